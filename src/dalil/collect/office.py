"""What the readers of Word and PowerPoint files share: the draft, what was hidden in it, the last form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from dalil.collect.hidden import Hidden
from dalil.collect.outline import Draft
from dalil.collect.sources import SourceFile
from dalil.errors import SourceError
from dalil.language import clean, identify
from dalil.records import Document, Dropped, Language, make_document


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

    def row(self, cells: Iterable[str]) -> None:
        """Add a row of a table, its cells joined by a bar."""
        texts = [" ".join(clean(cell).split()) for cell in cells]
        if any(texts):
            self.draft.line(" | ".join(texts).rstrip(" |"))

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


@contextmanager
def office_errors(what: str) -> Iterator[None]:
    """Whatever the library makes of a damaged file becomes one SourceError with a reason."""
    try:
        yield
    except (SourceError, MemoryError, RecursionError):
        raise
    except Exception as error:  # these libraries document none of what they raise
        raise SourceError(f"not a readable {what} ({type(error).__name__}: {str(error)[:120]})") from error
