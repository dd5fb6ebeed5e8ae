"""Scanned pages: without leave they are named, with it Tesseract (a system package) reads them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from collecting import read_file, source_of
from pdf_writing import Sheet

from dalil.collect.ocr_worker import lines_of
from dalil.collect.pdf_ocr import Scans
from dalil.collect.read import Reader
from dalil.config import ReadingSettings
from dalil.records import Dropped

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


TESSERACT = """#!{python}
import os, sys, time
if "--list-langs" in sys.argv:
    print("ara\\nfra\\neng")
    sys.exit()
folder = {folder!r}
sys.stdin.buffer.read()
mine = os.path.join(folder, str(os.getpid()))
open(mine, "w").close()
end = time.monotonic() + 5
while len(os.listdir(folder)) < {together} and time.monotonic() < end:  # waits for the others that read now
    time.sleep(0.01)
if len(os.listdir(folder)) < {together}:
    sys.exit(1)
if os.path.exists({stuck!r}) and len(os.listdir(folder)) > {together}:
    time.sleep(60)
print("level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext")
for word, text in enumerate("The oil filter is replaced every 500 hours.".split()):
    print(5, 1, 1, 1, 1, word, 100 + 50 * word, 50, 40, 20, 90, text, sep="\t")
"""


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, together: int) -> Path:
    """A program named tesseract that reads one line off any page, once so many read at once. Returns where they sign in."""
    signed, program = folder / "signed", folder / "bin" / "tesseract"
    signed.mkdir()
    program.parent.mkdir()
    stuck = str(folder / "stuck")
    program.write_text(TESSERACT.format(python=sys.executable, folder=str(signed), together=together, stuck=stuck))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return signed


def scanned(path: Path, pages: int) -> Path:
    sheet = Sheet(path)
    for _ in range(pages):
        sheet.canvas.rect(100, 100, 200, 200)
        sheet.page()
    return sheet.save()


def test_pages_of_one_file_are_read_at_once_kept_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = stand_in(tmp_path, monkeypatch, together=2)
    said: list[str] = []
    reader = Reader(("en",), WITH_OCR, Scans(tmp_path / "kept", said.append))
    file = source_of(scanned(tmp_path / "m.pdf", 4))
    made = reader(file)
    assert sum("confidence 90 %" in item.reason for item in made if isinstance(item, Dropped)) == 4
    assert len(list(signed.iterdir())) == 4
    assert [line.split(" · ")[0] for line in said] == [f"OCR of m.pdf: {i} of 4 pages" for i in (1, 2, 3, 4)]
    assert all(line.endswith("/s") for line in said)
    assert reader(file) == made  # from what is kept
    assert len(list(signed.iterdir())) == 4


def test_a_scan_that_ran_out_of_time_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = stand_in(tmp_path, monkeypatch, together=1)
    (tmp_path / "stuck").touch()
    reading = ReadingSettings(ocr=True, ocr_processes=1, seconds_per_file=3)
    reader = Reader(("en",), reading, Scans(tmp_path / "kept"))
    file = source_of(scanned(tmp_path / "m.pdf", 3))
    made = reader(file)
    late = [item for item in made if isinstance(item, Dropped) and item.passing]
    assert [item.what for item in late] == ["m.pdf page 2", "m.pdf page 3"]
    assert (
        late[0].reason
        == "not reached by OCR within reading.seconds_per_file (3 s): the next `dalil run` goes on with it"
    )
    (tmp_path / "stuck").unlink()
    running = [Path("/proc", each.name, "stat") for each in signed.iterdir()]
    assert all(not stat.exists() or ") Z " in stat.read_text() for stat in running), "it was ended with its worker"
    again = reader(file)
    assert not any(item.passing for item in again if isinstance(item, Dropped))
    assert sum(item.reason.startswith("read by OCR") for item in again if isinstance(item, Dropped)) == 3
    assert len(list(signed.iterdir())) == 4  # page 1 once, page 2 twice, page 3 once
