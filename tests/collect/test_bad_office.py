"""Hostile and damaged Word, PowerPoint and Excel files: refused before they are unpacked, or named when they break."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from collecting import reason_of
from office_writing import docx, pptx, unzipped, xlsx, zipped

from dalil.config import ReadingSettings

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    parts = unzipped(path)
    parts[name] = change(parts.get(name, b""))
    return zipped(path, parts)


def without_declaration(data: bytes) -> bytes:
    return data.partition(b"?>")[2] or data


OFFICE = [
    (docx, "a.docx", "word/document.xml", "Word document"),
    (pptx, "a.pptx", "ppt/presentation.xml", "PowerPoint presentation"),
    (xlsx, "a.xlsx", "xl/workbook.xml", "Excel workbook"),
]
every_office = pytest.mark.parametrize(("write", "name", "part", "what"), OFFICE, ids=["docx", "pptx", "xlsx"])
Writer = Callable[[Path], Path]


@every_office
def test_a_zip_bomb_is_not_unpacked(write: Writer, name: str, part: str, what: str, tmp_path: Path) -> None:
    bomb = with_part(write(tmp_path / name), f"{part.split('/')[0]}/media.bin", lambda _: b"\0" * 25_000_000)
    assert "a zip bomb? " in reason_of(bomb)


@every_office
def test_an_xml_bomb_is_not_opened(write: Writer, name: str, part: str, what: str, tmp_path: Path) -> None:
    for entities in (LAUGHS, OUTSIDE):
        path = write(tmp_path / name)
        parts = unzipped(path)
        parts[part] = entities + without_declaration(parts[part])
        assert "declares entities of its own" in reason_of(zipped(path, parts))


@every_office
def test_a_truncated_office_file(write: Writer, name: str, part: str, what: str, tmp_path: Path) -> None:
    path = write(tmp_path / name)
    path.write_bytes(path.read_bytes()[:-400])
    assert f"cut off: not a readable {what}" in reason_of(path)


@every_office
def test_a_damaged_part_of_an_office_file(write: Writer, name: str, part: str, what: str, tmp_path: Path) -> None:
    assert f"not a readable {what}" in reason_of(with_part(write(tmp_path / name), part, lambda data: data[:-30]))


@every_office
def test_an_encrypted_office_file(write: Writer, name: str, part: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(OLE)
    assert "password" in reason_of(path)


@every_office
def test_another_archive_under_the_name(write: Writer, name: str, part: str, what: str, tmp_path: Path) -> None:
    assert f"not a {what}" in reason_of(zipped(tmp_path / name, {"x.txt": b"x"})).replace("an Excel", "a Excel")
    (tmp_path / name).write_text("no archive")
    assert "its content is not" in reason_of(tmp_path / name)


def test_an_archive_of_too_many_parts(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        for i in range(20_001):
            archive.writestr(f"word/{i}", b"")
    assert "20001 parts" in reason_of(tmp_path / "a.docx")


def test_a_sheet_that_unpacks_beyond_the_memory(tmp_path: Path) -> None:
    path = with_part(xlsx(tmp_path / "a.xlsx"), "xl/large.bin", lambda _: os.urandom(1000) * 300_000)
    assert "reading.memory_mb (256 MB)" in reason_of(path, ReadingSettings(memory_mb=256))


def test_a_deep_word_document_costs_only_itself(tmp_path: Path) -> None:
    deep = b"<w:sdt><w:sdtContent>" * 20_000 + b"</w:sdtContent></w:sdt>" * 20_000
    path = with_part(
        docx(tmp_path / "a.docx"), "word/document.xml", lambda d: d.replace(b"<w:body>", b"<w:body>" + deep)
    )
    assert reason_of(path)


def test_a_lying_size_in_an_archive(tmp_path: Path) -> None:
    """The central directory says 10 bytes, the part holds more: the archive is damaged, never unpacked further."""
    path = docx(tmp_path / "a.docx")
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml"))
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    path.write_bytes(bytes(data))
    assert "not a readable Word document" in reason_of(path)
