"""Questions to PDFium that are asked of every character, word or object of a page. Runs in the reading process.

The functions of `pypdfium2.raw` check and convert their arguments, which costs more than the answers. Here they are called
by address with plain numbers and write their answers side by side into one buffer. `text_page` is an address too.
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Callable, Sequence
from functools import cache
from itertools import repeat
from typing import Any

_RECTANGLE_BYTES, _DOUBLE_BYTES, _INT_BYTES = 16, 8, 4
_NAME_BYTES = 80
_BLACK = 0, 0, 0, 255
_ADDRESS, _INT = ctypes.c_void_p, ctypes.c_int


Columns = tuple[list[float], list[float], list[float], list[float]]
"""Left, bottom, right and top of some characters."""


def boxes_of(text_page: int, numbers: Sequence[int]) -> Columns:
    """The box of each character; NaN where it has none."""
    count = len(numbers)
    buffer = (ctypes.c_float * (4 * count))()
    ask = _function("FPDFText_GetLooseCharBox", _INT, _ADDRESS, _INT, _ADDRESS)
    known = list(map(ask, repeat(text_page), numbers, _places(buffer, count, _RECTANGLE_BYTES)))
    columns = buffer[0::4], buffer[3::4], buffer[2::4], buffer[1::4]
    if not all(known):
        for column in columns:
            column[:] = [value if there else math.nan for there, value in zip(known, column, strict=True)]
    return columns


def origins_of(text_page: int, numbers: Sequence[int]) -> list[tuple[float, float]]:
    """x and y of the point on the baseline where each character begins."""
    count = len(numbers)
    buffer = (ctypes.c_double * (2 * count))()
    ask = _function("FPDFText_GetCharOrigin", _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS)
    where = [_places(buffer, count, 2 * _DOUBLE_BYTES, _DOUBLE_BYTES * part) for part in range(2)]
    for _ in map(ask, repeat(text_page), numbers, *where):
        pass
    values = buffer[:]
    return list(zip(values[0::2], values[1::2], strict=True))


def objects_of(text_page: int, numbers: Sequence[int]) -> list[int]:
    """The address of the text object that draws each character; 0 where none does (a space that PDFium put in)."""
    ask = _function("FPDFText_GetTextObject", _ADDRESS, _ADDRESS, _INT)
    return [found or 0 for found in map(ask, repeat(text_page), numbers)]


def modes_of(text_objects: Sequence[int]) -> list[int]:
    """How each text object is drawn: filled, outlined, invisibly (numbers of the PDF standard); -1 for no object."""
    return list(map(_function("FPDFTextObj_GetTextRenderMode", _INT, _ADDRESS), text_objects))


def colours_of(text_page: int, numbers: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Red, green, blue and opacity that each character is filled with; black where that is not known."""
    colour = (ctypes.c_uint * 4)()
    parts = [repeat(ctypes.addressof(colour) + _INT_BYTES * part) for part in range(4)]
    ask = _function("FPDFText_GetFillColor", _INT, _ADDRESS, _INT, *[_ADDRESS] * 4)
    found = [bytes(colour) if known else b"" for known in map(ask, repeat(text_page), numbers, *parts)]
    read: dict[bytes, tuple[int, int, int, int]] = {each: struct.unpack("=4I", each) for each in set(found) if each}
    return [read.get(each, _BLACK) for each in found]


def kinds_of_objects(page: Any, count: int) -> list[int]:
    """What each object of a page is: text, path, picture, form (PDFium's numbers)."""
    get = _function("FPDFPage_GetObject", _ADDRESS, _ADDRESS, _INT)
    return list(map(_function("FPDFPageObj_GetType", _INT, _ADDRESS), map(get, repeat(address(page)), range(count))))


def style_of(text_page: int, number: int) -> tuple[float, bytes, int]:
    """Size in points, name of the font and its flags, of one character."""
    size_of, matrix_of, font_of = _style_questions()
    matrix, name, flags = (ctypes.c_float * 6)(), ctypes.create_string_buffer(_NAME_BYTES), ctypes.c_int()
    size: float = size_of(text_page, number)
    if matrix_of(text_page, number, ctypes.addressof(matrix)):
        size *= math.hypot(matrix[2], matrix[3])
    font_of(text_page, number, ctypes.addressof(name), _NAME_BYTES, ctypes.addressof(flags))
    return size, name.value, flags.value


@cache
def _style_questions() -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    return (
        _function("FPDFText_GetFontSize", ctypes.c_double, _ADDRESS, _INT),
        _function("FPDFText_GetMatrix", _INT, _ADDRESS, _INT, _ADDRESS),
        _function("FPDFText_GetFontInfo", ctypes.c_ulong, _ADDRESS, _INT, _ADDRESS, ctypes.c_ulong, _ADDRESS),
    )


def address(handle: Any) -> int:
    """Where the thing lies that a helper of pypdfium2 holds."""
    return ctypes.cast(handle.raw, _ADDRESS).value or 0


def _places(buffer: Any, count: int, step: int, offset: int = 0) -> range:
    start = ctypes.addressof(buffer) + offset
    return range(start, start + count * step, step)


@cache
def _function(name: str, answer: Any, *given: Any) -> Callable[..., Any]:
    """A function of PDFium that takes addresses and numbers as they are."""
    import pypdfium2.raw as pdfium

    made: Callable[..., Any] = ctypes.PYFUNCTYPE(answer, *given)(
        ctypes.cast(getattr(pdfium, name), _ADDRESS).value or 0
    )
    return made
