"""What the readers of Word and PowerPoint files share: the draft, what was hidden in it, the last form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from dalil.collect.hidden import Hidden
from dalil.collect.named_grid import MOST_COLUMNS, Grid, GridCell, filled, heavy_rows, named_lines
from dalil.collect.outline import Draft
from dalil.collect.pdf_tables import names_columns
from dalil.collect.sources import SourceFile
from dalil.errors import SourceError
from dalil.language import clean, identify
from dalil.records import Document, Dropped, Language, make_document

_MOST_HEAD_ROWS = 3


@dataclass
class OfficeText:
    """A text under construction, and what was left out of it."""

    draft: Draft = field(default_factory=Draft)
    hidden: Hidden = field(default_factory=Hidden)
    dropped: list[Dropped] = field(default_factory=list)

    def lines(self, text: str, mark: str = "") -> None:
        """Add a paragraph, a line for each of its breaks; the first one gets the mark of a list."""
        kept = [line for part in text.split("\n") if (line := clean(part).strip())]
        for i, line in enumerate(kept):
            self.draft.line(f"{mark}{line}" if i == 0 else line)

    def heading(self, text: str, level: int) -> None:
        """Add a heading after a blank line."""
        if line := " ".join(clean(text).split()):
            self.draft.line("")
            self.draft.heading(line, level)

    def table(self, rows: Sequence[Sequence[GridCell]], heads: int = 0) -> None:
        """Add a table: rows that say their columns' names, else its cells joined by a bar. `heads`: rows marked as its head."""
        for line in named_table(rows, heads) or map(" | ".join, plain_table(rows)):
            self.draft.line(line.rstrip(" |"))

    def finish(
        self, file: SourceFile, name: str, languages: Sequence[Language], pages: Sequence[int] = ()
    ) -> list[Document | Dropped]:
        """The document and what was left out. Raises SourceError where no text is left."""
        text, sections = self.draft.finish()
        if not text.strip():
            raise SourceError("no text in the file" + (" that can be seen" if self.hidden.found else ""))
        name = name or (sections[0].heading if sections else PurePosixPath(file.path).stem)
        starts = tuple(min(start, len(text)) for start in pages)
        document = make_document(
            file.path, name, text, identify(text, languages), file.path, sections=sections, page_starts=starts
        )
        return [document, *self.dropped, *self.hidden.dropped(file.path)]


def named_table(rows: Sequence[Sequence[GridCell]], heads: int = 0) -> list[str]:
    """The rows of a table that say their columns' names; none where these are not known. `heads`: rows marked as its head."""
    return named_lines(rows, lambda titles, grid: max(0, heads - titles) or _head_rows(grid))


def plain_table(rows: Sequence[Sequence[GridCell]]) -> list[list[str]]:
    """The texts of the rows of a table that are not empty."""
    wide = max(map(len, rows), default=0) > MOST_COLUMNS
    texts = (
        [" ".join(clean(cell.text).split()) for cell in _each_once(row)] for row in (rows if wide else filled(rows))
    )
    return [row for row in texts if any(row)]


def _each_once(row: Sequence[GridCell]) -> Iterator[GridCell]:
    """The cells of a row, one over several columns in the first of them alone."""
    for i, cell in enumerate(row):
        if i == 0 or cell is not row[i - 1]:
            yield cell


def _head_rows(grid: Grid) -> int:
    """Rows of heavy cells; else a first row without figures above a column of these, with the row below it where it is parted."""
    if (heavy := heavy_rows(grid)) and heavy <= _MOST_HEAD_ROWS:
        return heavy
    return next((count for count in (1, 2) if len(grid) > count and _heads(grid, count)), 0)


def _heads(grid: Grid, count: int) -> bool:
    names = [" ".join(dict.fromkeys(cell.text for cell in column)) for column in zip(*grid[:count], strict=True)]
    return names_columns(names, [[cell.text for cell in row] for row in grid[count:]])


@contextmanager
def office_errors(what: str) -> Iterator[None]:
    """Whatever the library makes of a damaged file becomes one SourceError with a reason."""
    try:
        yield
    except (SourceError, MemoryError, RecursionError):
        raise
    except Exception as error:  # these libraries document none of what they raise
        raise SourceError(f"not a readable {what} ({type(error).__name__}: {str(error)[:120]})") from error
