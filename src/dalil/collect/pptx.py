"""PowerPoint files: a slide is a page and a section; its title, texts, tables and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dalil.collect.archive import check_archive
from dalil.collect.named_grid import GridCell
from dalil.collect.office import OfficeText, office_errors
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.language import clean
from dalil.records import Document, Dropped, Language

_SMALLEST_POINTS = 1.0


def read_pptx(file: SourceFile, languages: Sequence[Language], reading: ReadingSettings) -> list[Document | Dropped]:
    """A presentation as one document with a page a slide. Raises SourceError where it is damaged or has no text."""
    check_archive(file.absolute, "ppt", reading)
    from pptx import Presentation

    out, pages = OfficeText(), []
    with office_errors("PowerPoint presentation"):
        for number, slide in enumerate(Presentation(file.absolute).slides, start=1):
            pages.append(out.draft.length)
            if slide.element.get("show") in ("0", "false"):
                out.dropped.append(Dropped(f"{file.path} page {number}", "a hidden slide"))
            else:
                _slide(out, slide)
    return out.finish(file, "", languages, pages)


def _slide(out: OfficeText, slide: Any) -> None:
    title = slide.shapes.title
    if title is not None and not _is_hidden(title):
        out.heading(_frame_text(out, title.text_frame), 1)
    for shape in _shapes(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if _is_hidden(shape):
            out.hidden.add("a hidden shape", shape.text_frame.text if shape.has_text_frame else "")
        elif getattr(shape, "has_table", False):
            rows = [[_cell(out, cell) for cell in row.cells if not cell.is_spanned] for row in shape.table.rows]
            out.table(rows, heads=int(bool(shape.table.first_row)))
        elif shape.has_text_frame:
            _frame(out, shape.text_frame)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        out.draft.line("")
        _frame(out, slide.notes_slide.notes_text_frame)


def _shapes(shapes: Any) -> Iterator[Any]:
    """All shapes in their order, those inside groups too."""
    for shape in shapes:
        inner = getattr(shape, "shapes", None)
        if inner is not None and not _is_hidden(shape):
            yield from _shapes(inner)
        else:
            yield shape


def _is_hidden(shape: Any) -> bool:
    marks = shape.element.xpath("./*[1]/*[local-name()='cNvPr']/@hidden")
    return bool(marks) and marks[0] in ("1", "true")


def _cell(out: OfficeText, cell: Any) -> GridCell:
    text = " ".join(_frame_text(out, cell.text_frame).split())
    return GridCell(text, rows=max(1, cell.span_height), columns=max(1, cell.span_width))


def _frame(out: OfficeText, frame: Any) -> None:
    for paragraph in frame.paragraphs:
        out.lines(_text(out, paragraph), "- " if paragraph.level else "")


def _frame_text(out: OfficeText, frame: Any) -> str:
    return " ".join(_text(out, paragraph) for paragraph in frame.paragraphs)


def _text(out: OfficeText, paragraph: Any) -> str:
    """A paragraph without its runs that are too small to be seen. White is not judged: what lies behind is not known."""
    runs = {run._r: run for run in paragraph.runs}
    pieces = []
    for child in paragraph._p:
        run = runs.get(child)
        if run is None:
            tag = str(child.tag).rsplit("}", 1)[-1]
            pieces.append("\n" if tag == "br" else "".join(child.itertext()) if tag == "fld" else "")
        elif run.font.size is not None and run.font.size.pt <= _SMALLEST_POINTS:
            out.hidden.add("too small to be seen", run.text)
        else:
            pieces.append(run.text)
    return clean("".join(pieces))
