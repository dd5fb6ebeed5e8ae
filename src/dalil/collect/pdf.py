"""PDF files: read in a limited process, laid out here, with bookmarks as sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from dalil.collect.cut_words import CutWords
from dalil.collect.hidden import Hidden
from dalil.collect.limited import work
from dalil.collect.outline import Heading, sections_of
from dalil.collect.pdf_contents import contents_of, labels_of
from dalil.collect.pdf_headings import with_headings
from dalil.collect.pdf_layout import Laid, lay_out
from dalil.collect.pdf_lines import Line, PageContent, page_content, raw_text, unreadable
from dalil.collect.pdf_ocr import NEEDS_OCR, NOT_REACHED, Scans, read_scans
from dalil.collect.pdf_running import without_running_lines
from dalil.collect.pdf_tables import with_rows
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import PassingSourceError, SourceError
from dalil.language import clean, identify, words
from dalil.records import Document, Dropped, Language, Section, make_document

_NO_TITLE = re.compile(r"untitled|sans titre|powerpoint presentation|microsoft word|document\d*$|.*\.(docx?|indd|qxd|pptx?|pdf|rtf|odt|tmp|x?html?|txt|md|xlsx?|tex|dvi|ps)$", re.IGNORECASE)  # fmt: skip
_END_BYTES = 4096
_LONGEST_TITLE = 200
_FEWEST_TITLE_WORDS = 2  # of a heading: "Introduction" names no document
_FEWEST_BOOKMARKS_SHARE = 0.2


def read_pdf(
    file: SourceFile, languages: Sequence[Language], reading: ReadingSettings, scans: Scans
) -> list[Document | Dropped]:
    """The document, then what was left out with its reason. Raises SourceError where no page has text."""
    return made_of(file, _work(file, reading), languages, reading, scans)


def made_of(
    file: SourceFile, found: dict[str, Any], languages: Sequence[Language], reading: ReadingSettings, scans: Scans
) -> list[Document | Dropped]:
    """As `read_pdf`, from what the reading process found."""
    contents, reasons = _pages(found)
    notes: dict[int, str] = {}
    if reading.ocr:
        lacking = [i for i, reason in enumerate(reasons) if reason.endswith(NEEDS_OCR)]
        contents, reasons, notes = read_scans(file, contents, reasons, lacking, languages, reading, scans)
    pages, left_out = _text_pages(contents, reasons)
    if not any(pages):
        failure = PassingSourceError if any(map(_passes, reasons)) else SourceError
        raise failure(_no_text(found["count"], reasons))
    laid = lay_out(pages)
    sections = _sections(found["bookmarks"], laid)
    name = _title(found["title"]) or _headed(sections, laid) or PurePosixPath(file.path).stem
    language = identify(laid.text, languages)
    document = make_document(
        file.path, name, laid.text, language, file.path, sections=sections, page_starts=laid.starts
    )
    pages_out = [(i, reason) for i, reason in enumerate(reasons) if reason]
    every = sorted([*pages_out, *left_out, *notes.items()])
    dropped = [Dropped(f"{file.path} page {i + 1}", why, passing=_passes(why)) for i, why in every]
    return [document, *dropped, *_hidden(file, found), *_rest(file, found, len(pages), reading)]


def _passes(reason: str) -> bool:
    """Whether the next run may read a page that this one could not."""
    return reason.startswith(NOT_REACHED)


def _no_text(count: int, reasons: Sequence[str]) -> str:
    tried = next((reason for reason in reasons if not reason.endswith(NEEDS_OCR)), "")
    return f"no text on any of its {count} pages: {tried or 'needs OCR'}"


def _hidden(file: SourceFile, found: dict[str, Any]) -> list[Dropped]:
    hidden = Hidden()
    for page in found["pages"]:
        hidden.add("not to be seen on its page", page["hidden"] if page else "")
    return hidden.dropped(file.path)


def _rest(file: SourceFile, found: dict[str, Any], read: int, reading: ReadingSettings) -> list[Dropped]:
    """What of the file was not reached: pages beyond the limit, an end that is missing."""
    dropped = []
    if found["count"] > read:
        reason = f"{found['count'] - read} pages beyond reading.max_pages ({reading.max_pages})"
        dropped.append(Dropped(f"{file.path} pages {read + 1}–{found['count']}", reason))
    if not _ends_well(Path(file.absolute)):
        dropped.append(Dropped(f"{file.path} end", "the end of the file is missing; what was there has been read"))
    return dropped


def _work(file: SourceFile, reading: ReadingSettings) -> dict[str, Any]:
    """What the reading process found. Raises SourceError where it failed, ran out of time or memory, or crashed."""
    asked = {"path": file.absolute, "most_pages": reading.max_pages}
    return work("dalil.collect.pdf_worker", asked, reading, "PDF reader")


def _pages(found: dict[str, Any]) -> tuple[list[PageContent], list[str]]:
    """Each page's content (nothing where it cannot be read) and for each the reason why it is empty, or ""."""
    reasons = ["the page is damaged" if page is None else unreadable(raw_text(page)) for page in found["pages"]]
    cut = CutWords.of(line for page in found["pages"] if page for line in _lines_of(page))
    pages = zip(found["pages"], reasons, strict=True)
    return [PageContent(()) if reason else page_content(page, cut) for page, reason in pages], reasons


def _lines_of(page: dict[str, Any]) -> Iterator[str]:
    """The lines of a page, then those of the cells of its tables."""
    for line in page["lines"]:
        yield line["text"]
    for table in page["tables"]:
        for cell in table["cells"]:
            yield from cell["lines"]


def _text_pages(contents: Sequence[PageContent], reasons: list[str]) -> tuple[list[list[Line]], list[tuple[int, str]]]:
    """The lines of each page that are text to answer from, and (page from 0, what was left out of it)."""
    pages = with_rows(without_running_lines(contents))
    for i, page in enumerate(pages):
        reasons[i] = reasons[i] or ("" if page else f"nothing but its header and footer: {NEEDS_OCR}")
    left_out: list[tuple[int, str]] = []
    kept: list[list[Line]] = []
    for i, (page, contents_lines) in enumerate(zip(pages, contents_of(pages), strict=True)):
        labels = labels_of(page)
        if contents_lines:
            left_out.append((i, f"a table of contents, {len(contents_lines)} lines, left out"))
        if labels:
            shown = " ".join(page[j].text for j in sorted(labels))[:60]
            left_out.append((i, f"labels of a figure left out: {shown}"))
        kept.append([line for j, line in enumerate(page) if j not in contents_lines and j not in labels])
    return (with_headings(kept), left_out) if any(kept) else (with_headings(pages), [])


def _ends_well(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _END_BYTES))
        return b"%%EOF" in stream.read()


def _title(given: str) -> str:
    """The title that the file carries, where a person wrote it."""
    title = " ".join(clean(given or "").split())
    return title if 3 < len(title) <= _LONGEST_TITLE and words(title) and not _NO_TITLE.match(title) else ""


def _headed(sections: Sequence[Section], laid: Laid) -> str:
    """The heading above all others, where it stands alone on the first page; a numbered one is a chapter's."""
    top = min((section.level for section in sections), default=0)
    highest = [section for section in sections if section.level == top]
    first_page = laid.starts[1] if len(laid.starts) > 1 else len(laid.text)
    if len(highest) != 1 or highest[0] is not sections[0] or highest[0].start >= first_page:
        return ""
    title = highest[0].heading.strip(" *:")
    return (
        title
        if len(words(title)) >= _FEWEST_TITLE_WORDS and not title[0].isdigit() and len(title) <= _LONGEST_TITLE
        else ""
    )


def _sections(bookmarks: Sequence[dict[str, Any]], laid: Laid) -> tuple[Section, ...]:
    """Bookmarks as sections: from where their title stands on their page, else from the page's beginning.

    Where there are none, or fewer than a fifth of the headings that the page shows, the headings that stand out.
    """
    text, starts = laid.text, laid.starts
    headings = []
    for bookmark in bookmarks:
        title = " ".join(clean(bookmark["title"]).split())
        page = bookmark["page"]
        if not title or not 0 <= page < len(starts):
            continue
        end = starts[page + 1] if page + 1 < len(starts) else len(text)
        headings.append(Heading(title, bookmark["level"], _find(title, text, starts[page], end)))
    if len(headings) < _FEWEST_BOOKMARKS_SHARE * len(laid.headings) or not headings:
        return sections_of(laid.headings, len(text))
    headings.sort(key=lambda heading: heading.start)
    return sections_of(headings, len(text))


def _find(title: str, text: str, start: int, end: int) -> int:
    """Where a title stands on its page: by itself on a line, else anywhere, else the page's beginning."""
    parts = r"\W{1,3}".join(re.escape(part) for part in re.findall(r"\w+", title)[:12])
    if not parts:
        return start
    for pattern in (rf"^\W{{0,3}}({parts})\W*$", f"({parts})"):
        if found := re.compile(pattern, re.IGNORECASE | re.MULTILINE).search(text, start, end):
            return found.start(1)
    return start
