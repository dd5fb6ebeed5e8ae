"""Reads one PDF in a process of its own: python -m dalil.collect.pdf_worker FILE PAGES MEMORY_MB SECONDS → JSON on stdout.

PDF parsers are the part of a document tool that hostile files break most: this process may run out of memory or time, or
crash, and costs that file only. It imports nothing but pypdfium2.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

_ALEFS = frozenset("اأإآٱ")
_LAM = "ل"
_ERRORS = {3: "damaged or cut off: it cannot be opened", 4: "encrypted: it needs a password", 5: "encrypted in a way that cannot be read"}  # fmt: skip
_MOST_BOOKMARKS = 5000


def read(path: str, most_pages: int) -> dict[str, Any]:
    """Pages' texts (None where a page cannot be read), their number, title and bookmarks; or {"error": reason}."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return {"error": _ERRORS.get(error.err_code or 0, "damaged: it cannot be opened")}
    count = len(document)
    pages: list[str | None] = []
    for number in range(min(count, most_pages)):
        try:
            page = document[number]
            pages.append(page_text(page.get_textpage()))
            page.close()
        except pypdfium2.PdfiumError:
            pages.append(None)
    try:
        bookmarks = _bookmarks(document)
    except pypdfium2.PdfiumError:
        bookmarks = []
    return {"count": count, "pages": pages, "title": document.get_metadata_value("Title"), "bookmarks": bookmarks}


def page_text(page: Any) -> str:
    """The text of a page. Lam-alef ligatures, which come as alef + lam, are put right where both share one box."""
    text: str = page.get_text_range()
    characters = list(text)
    wide = 0
    for i, character in enumerate(text[:-1]):
        wide += character > "\uffff"
        if character in _ALEFS and text[i + 1] == _LAM and _one_box(page, i + wide):
            characters[i], characters[i + 1] = text[i + 1], character
    return "".join(characters)


def _one_box(page: Any, text_index: int) -> bool:
    """Whether two neighbours of the text (counted in UTF-16 units) have the same left and right: one glyph."""
    import pypdfium2.raw as pdfium

    first = pdfium.FPDFText_GetCharIndexFromTextIndex(page, text_index)
    second = pdfium.FPDFText_GetCharIndexFromTextIndex(page, text_index + 1)
    if first < 0 or second < 0:
        return False
    left, _, right, _ = page.get_charbox(first)
    other_left, _, other_right, _ = page.get_charbox(second)
    return bool(left == other_left and right == other_right)


def _bookmarks(document: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None and len(found) < _MOST_BOOKMARKS:
            found.append({"title": bookmark.get_title(), "level": bookmark.level + 1, "page": page})
    return found


def main(arguments: list[str]) -> int:
    """Set the limits, read, write JSON. Exit 3 when memory is not enough."""
    path, pages, memory_mb, seconds = arguments[0], *map(int, arguments[1:4])
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        result = json.dumps(read(path, pages))
    except MemoryError:
        return 3
    sys.stdout.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
