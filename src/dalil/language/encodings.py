"""The encoding of bytes that do not say theirs: that of French or Arabic files in which they make the most words.

Every code page gives a text for any bytes. A wrong one shows: a capital stands after a small letter, a Latin letter beside an
Arabic one, a sign between two letters.
"""

from __future__ import annotations

import re

from dalil.language.identify import is_right_to_left

_FRENCH = ("cp1252", "mac_roman", "cp850", "cp1256", "iso8859_6")
_ARABIC = ("cp1256", "iso8859_6", "cp1252", "mac_roman", "cp850")
"""Windows, Macintosh, DOS and ISO; the first of those that fit as well is taken."""
_WIDE = ("utf-16-le", "utf-16-be")
_AS_WELL = 0.05
_STRANGE = 0.1
"""What a small letter that French has not counts less than one that it has."""
_SURELY_WIDE = 0.95
_LOOKED_AT = 65_536
_PIECES = 16

_SMALL, _CAPITAL, _LETTER_OF_ARABIC = "a-zß-öø-ÿœ", "À-ÖØ-ÞŒŸ", "\u0621-\u065f\u066e-\u06d3"
_LETTER = rf"a-zA-Z{_CAPITAL}{_SMALL}{_LETTER_OF_ARABIC}"
_FITTING = re.compile(
    rf"(?<![a-zA-Z{_CAPITAL}{_SMALL}])[{_LETTER_OF_ARABIC}](?![a-zA-Z{_CAPITAL}{_SMALL}])"
    rf"|(?<![{_LETTER_OF_ARABIC}])[ß-öø-ÿœ](?![{_LETTER_OF_ARABIC}])"
    rf"|(?<![{_SMALL}{_LETTER_OF_ARABIC}])[{_CAPITAL}](?![{_LETTER_OF_ARABIC}])"
    rf"|(?<![{_LETTER}])[«»“”–—…€°§©®±²³µ×÷½¼¾£·•،؛؟]|[»”…°²³،؛؟](?![{_LETTER}])"
    r"|[’\u00a0\u0660-\u0669]"
)
_STRANGE_LETTER = re.compile("[ßáãåìíðñòóõøúýþ]")
_PLAIN = re.compile(rf"[\n\r\t -~{_LETTER}\u00a0-\u00bf\u060c\u061b\u061f\u0660-\u066c\u2010-\u2026]")


def code_page(data: bytes) -> str:
    """The code page of a text that is not UTF-8."""
    looked_at = _telling(data)
    order = _ARABIC if is_right_to_left(looked_at.decode("cp1256", "replace")) else _FRENCH
    fits = {page: _fit(looked_at.decode(page, "replace")) for page in order}
    best = max(fits.values())
    return next(page for page in order if fits[page] >= best - _AS_WELL)


def wide_encoding(data: bytes) -> str | None:
    """UTF-16 without its mark, which is full of NUL bytes; None where it makes no text of them."""
    looked_at = data[:_LOOKED_AT]
    for encoding in _WIDE if len(data) % 2 == 0 else ():
        text = looked_at.decode(encoding, "ignore")
        if text and len(_PLAIN.findall(text)) >= _SURELY_WIDE * len(text):
            return encoding
    return None


def _telling(data: bytes) -> bytes:
    """The lines that are not ASCII; of many bytes, pieces from beginning to end."""
    lines = b"\n".join(line for line in data.split(b"\n") if not line.isascii())
    if len(lines) <= _LOOKED_AT:
        return lines
    size, step = _LOOKED_AT // _PIECES, len(lines) // _PIECES
    pieces = (lines[at : at + size] for at in range(0, step * _PIECES, step))
    telling = b"\n".join(piece for piece in pieces if not piece.isascii())
    return telling or lines


def _fit(text: str) -> float:
    """The share of the characters beyond ASCII that stand where such a one can stand."""
    beyond = sum(not c.isascii() for c in text)
    fitting = len(_FITTING.findall(text)) - _STRANGE * len(_STRANGE_LETTER.findall(text))
    return fitting / beyond if beyond else 0.0
