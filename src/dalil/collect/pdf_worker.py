"""Reads one PDF, as the work of a limited process: a file → its pages as plain data.

PDF parsers are the part of a document tool that hostile files break most: this may run out of memory or time, or crash,
and costs that file only. It imports nothing heavier than pypdfium2.
"""

from __future__ import annotations

from typing import Any

from dalil.collect.pdf_read import read_page

_ERRORS = {3: "damaged or cut off: it cannot be opened", 4: "encrypted: it needs a password", 5: "encrypted in a way that cannot be read"}  # fmt: skip
_MOST_BOOKMARKS = 5000


def prepare(asked: dict[str, Any]) -> None:
    """Import what every child needs."""
    import pypdfium2.raw  # noqa: F401


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What `read` gives for the `path` and `most_pages` that are asked for."""
    return read(asked["path"], asked["most_pages"])


def read(path: str, most_pages: int) -> dict[str, Any]:
    """Pages as `read_page` gives them (None where one cannot be read), their number, title, bookmarks; or {"error": reason}."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return {"error": _ERRORS.get(error.err_code or 0, "damaged: it cannot be opened")}
    count = len(document)
    pages: list[dict[str, Any] | None] = []
    for number in range(min(count, most_pages)):
        try:
            page = document[number]
            pages.append(read_page(page))
            page.close()
        except pypdfium2.PdfiumError:
            pages.append(None)
    try:
        bookmarks = _bookmarks(document)
    except pypdfium2.PdfiumError:
        bookmarks = []
    return {"count": count, "pages": pages, "title": document.get_metadata_value("Title"), "bookmarks": bookmarks}


def _bookmarks(document: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None and len(found) < _MOST_BOOKMARKS:
            found.append({"title": bookmark.get_title(), "level": bookmark.level + 1, "page": page})
    return found
