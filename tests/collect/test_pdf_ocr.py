"""Scanned pages: without leave they are named, with it Tesseract (a system package) reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from collecting import read_file
from pdf_writing import Sheet

from dalil.collect.ocr_worker import lines_of
from dalil.config import ReadingSettings

LINES = ["The oil filter is replaced every 500 hours.", "The tyre pressure is 3.5 bar at the front."]
WITH_OCR = ReadingSettings(ocr=True)


def write_scan(path: Path, folder: Path) -> Path:
    """A PDF whose first page has text and whose second is a picture of text."""
    import pypdfium2
    from reportlab.lib.utils import ImageReader

    drawn = Sheet(folder / "drawn.pdf")
    for i, line in enumerate(LINES):
        drawn.text(line, 72, 100 + 30 * i, 14)
    picture = pypdfium2.PdfDocument(str(drawn.save()))[0].render(scale=200 / 72).to_pil()
    sheet = Sheet(path)
    sheet.lines(["Maintenance of the machine."], 80)
    sheet.page()
    sheet.canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    return sheet.save()


def test_a_scan_is_named_where_ocr_is_not_allowed(tmp_path: Path) -> None:
    (document,), dropped = read_file(write_scan(tmp_path / "m.pdf", tmp_path))
    assert document.text == "Maintenance of the machine."
    assert [(d.what, d.reason) for d in dropped] == [("m.pdf page 2", "no text on the page: needs OCR")]


def test_without_tesseract_the_reason_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_scan(tmp_path / "m.pdf", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    (document,), dropped = read_file(path, WITH_OCR)
    assert document.text == "Maintenance of the machine."
    assert "apt-get install -y tesseract-ocr tesseract-ocr-fra tesseract-ocr-ara tesseract-ocr-eng" in dropped[0].reason


def test_words_become_lines_in_points_with_their_mean_confidence() -> None:
    header = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext\n"
    rows = ["5 1 1 1 1 1 100 50 40 20 90 Oil", "5 1 1 1 1 2 150 50 60 20 70 filter", "5 1 1 1 2 1 100 90 40 20 80 500"]
    found = lines_of(header + "\n".join(row.replace(" ", "\t") for row in rows), 2.0)
    assert [line["text"] for line in found["lines"]] == ["Oil filter", "500"]
    assert found["lines"][0]["box"] == [50.0, 25.0, 105.0, 35.0]
    assert found["confidence"] == pytest.approx(0.8)


@pytest.mark.servers
def test_tesseract_reads_a_scan_and_its_confidence_is_kept(tmp_path: Path) -> None:
    (document,), dropped = read_file(write_scan(tmp_path / "m.pdf", tmp_path), WITH_OCR)
    assert document.text.split("\n")[1:] == LINES
    assert document.page_of(document.text.index("tyre")) == 2
    assert [d.what for d in dropped] == ["m.pdf page 2"]
    assert dropped[0].reason.startswith("read by OCR, 17 words, confidence 9")
