"""Reads one PDF, as the work of a limited process: a file → its pages as plain data.

PDF parsers are the part of a document tool that hostile files break most: this may run out of memory or time, or crash,
and costs that file only. It imports nothing heavier than pypdfium2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dalil.collect.pdf_read import Opened, described, open_page, over_the_end

_ERRORS = {3: "damaged or cut off: it cannot be opened", 4: "encrypted: it needs a password", 5: "encrypted in a way that cannot be read"}  # fmt: skip
_MOST_BOOKMARKS = 5000


def prepare(asked: dict[str, Any]) -> None:
    """Import what every child needs."""
    import pypdfium2.raw  # noqa: F401


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What `read` gives for the `path` and `most_pages` that are asked for."""
    return read(asked["path"], asked["most_pages"])


def read(path: str, most_pages: int) -> dict[str, Any]:
    """Pages as `described` gives them (None where one cannot be read), their number, title, bookmarks; or {"error": reason}."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return {"error": _ERRORS.get(error.err_code or 0, "damaged: it cannot be opened")}
    count = len(document)
    pages = list(_pages(document, min(count, most_pages)))
    try:
        bookmarks = _bookmarks(document)
    except pypdfium2.PdfiumError:
        bookmarks = []
    return {"count": count, "pages": pages, "title": document.get_metadata_value("Title"), "bookmarks": bookmarks}


def _pages(document: Any, count: int) -> Iterator[dict[str, Any] | None]:
    """Each page, when the one below it is open: a table may go on over its end. None where it cannot be read."""
    before: Opened | None = None
    for number in range(count):
        page = _opened(document, number, before)
        if before and page:
            before, page = over_the_end(before, page)
        if number:
            yield _closed(before)
        before = page
    if count:
        yield _closed(before)


def _closed(page: Opened | None) -> dict[str, Any] | None:
    if page is None:
        return None
    found = described(page)
    page.sheet.one.page.close()
    return found


def _opened(document: Any, number: int, above: Opened | None) -> Opened | None:
    import pypdfium2

    try:
        return open_page(document[number], above)
    except pypdfium2.PdfiumError:
        return None


def _bookmarks(document: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None and len(found) < _MOST_BOOKMARKS:
            found.append({"title": bookmark.get_title(), "level": bookmark.level + 1, "page": page})
    return found
