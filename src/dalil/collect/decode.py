"""Bytes → text: byte order mark, the given encoding, UTF-8, else the code page in which the bytes make words."""

from __future__ import annotations

import codecs
import re

from dalil.errors import SourceError
from dalil.language.encodings import code_page, wide_encoding

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file. Raises SourceError where it is binary, or not in the `encoding` that was given."""
    chosen = next((name for mark, name in _MARKS if data.startswith(mark)), encoding)
    if not chosen and b"\0" in data:
        chosen = wide_encoding(data)
    if chosen:
        return _checked(_decode_as(data, chosen))
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _checked(_guess(data))


def decode_html(data: bytes, encoding: str | None = None) -> str:
    """As `decode`, with the encoding that the page declares where none is given."""
    declared = _META_CHARSET.search(data[:4096])
    if encoding is None and declared:
        try:
            return decode(data, codecs.lookup(declared.group(1).decode("ascii")).name)
        except (LookupError, SourceError):
            return decode(data)
    return decode(data, encoding)


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise SourceError(f"its encoding `{encoding}` is not known to Python") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"not a text in {encoding}: byte {error.start} does not fit") from error


def _guess(data: bytes) -> str:
    """A few damaged bytes in a UTF-8 text stay UTF-8; else the likeliest code page."""
    mended = data.decode("utf-8", "replace")
    damaged = mended.count("\ufffd")
    if sum(ord(c) > 127 for c in mended) > 5 * damaged:
        return mended
    return data.decode(code_page(data), "replace")


def _checked(text: str) -> str:
    if "\0" in text:
        raise SourceError("binary: NUL bytes in the text")
    return text
