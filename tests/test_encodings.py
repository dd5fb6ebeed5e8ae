"""Texts that do not say their encoding, in those that French and Arabic files have."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.collect.decode import decode
from dalil.dataset.raw import read_raw
from dalil.dataset.tables import read_rows
from dalil.language.encodings import code_page, wide_encoding

FRENCH = [
    "L'été à la mairie, le dossier complet déjà payé où ça.",
    "DÉJÀ VU À L'ÉCOLE",
    "Français ; Où ?",
    "Note : « À bientôt » coûte 3 500,50 DH.",
]
ARABIC = ["مرحبا بكم في المغرب، خاصك تجيب الوثائق ديال البطاقة", "كيفاش نجدد Passeport ديالي؟", "بطاقة CNIE ب 500 DH؟"]


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("text", FRENCH)
def test_french_is_read_in_the_code_page_that_it_was_written_in(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["cp1256", "iso8859_6"])
@pytest.mark.parametrize("text", ARABIC)
def test_arabic_is_read_in_the_code_page_that_it_was_written_in(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text", ["L’œuvre coûte 500 €", "Öl für die Straße", "El niño está aquí: ¿qué?", "§ 3, m², © 2024"]
)
def test_windows_is_believed_where_nothing_speaks_against_it(text: str) -> None:
    assert code_page(text.encode("cp1252")) == "cp1252"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [*FRENCH, *ARABIC])
def test_utf_16_needs_no_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("data", [b"hello\0world", b"\0" * 3000, b"MZ\0\0\0\0\1\0" * 200, b"<p>he\0llo</p>" * 100])
def test_nul_bytes_that_are_no_utf_16_stay_none(data: bytes) -> None:
    assert wide_encoding(data) is None


def test_of_a_large_file_its_end_is_looked_at_too() -> None:
    text = "plain words only\n" * 20_000 + "Le dossier complet est déjà payé.\n" * 4_000
    assert decode(text.encode("cp850")) == text


def test_questions_and_training_files_are_read_by_the_same_rule(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes("question;answer\nشنو هي الوثائق المطلوبة؟;عقد الازدياد\n".encode("iso8859_6"))
    assert read_rows(path) == [{"question": "شنو هي الوثائق المطلوبة؟", "answer": "عقد الازدياد"}]
    raw = read_raw(path)
    assert raw.rows[0][1]["answer"] == "عقد الازدياد"
    assert raw.notes == ["q.csv is not UTF-8: read as ISO 8859-6; save it as UTF-8"]


def test_a_training_file_in_utf_16_needs_no_mark_either(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes("question;answer\nWhere is it?;Here.\n".encode("utf-16-le"))
    assert read_rows(path) == [{"question": "Where is it?", "answer": "Here."}]
    assert read_raw(path).rows == [(2, {"question": "Where is it?", "answer": "Here."})]
