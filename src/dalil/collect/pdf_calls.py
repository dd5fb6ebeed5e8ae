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

_RECTANGLE_BYTES, _DOUBLE_BYTES, _FLOAT_BYTES, _INT_BYTES = 16, 8, 4, 4
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


def modes_of(text_page: int, numbers: Sequence[int]) -> list[int]:
    """How each character is drawn: filled, outlined, invisibly (numbers of the PDF standard); -1 where no object draws it."""
    objects = map(_function("FPDFText_GetTextObject", _ADDRESS), repeat(_ADDRESS(text_page)), numbers)
    return list(map(_function("FPDFTextObj_GetTextRenderMode", _INT, _ADDRESS), objects))


def colours_of(text_page: int, numbers: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Red, green, blue and opacity that each character is filled with; black where that is not known."""
    colour = (ctypes.c_uint * 4)()
    parts = [repeat(_ADDRESS(ctypes.addressof(colour) + _INT_BYTES * part)) for part in range(4)]
    asked = map(_function("FPDFText_GetFillColor", _INT), repeat(_ADDRESS(text_page)), numbers, *parts)
    found = [bytes(colour) if known else b"" for known in asked]
    read: dict[bytes, tuple[int, int, int, int]] = {each: struct.unpack("=4I", each) for each in set(found) if each}
    return [read.get(each, _BLACK) for each in found]


def kinds_of_objects(page: Any, count: int) -> list[int]:
    """What each object of a page is: text, path, picture, form (PDFium's numbers)."""
    objects = map(_function("FPDFPage_GetObject", _ADDRESS), repeat(_ADDRESS(address(page))), range(count))
    return list(map(_function("FPDFPageObj_GetType", _INT, _ADDRESS), objects))


def styles_of(text_page: int, numbers: Sequence[int]) -> list[tuple[float, bytes, int]]:
    """Size in points, name of the font and its flags, of each character."""
    count = len(numbers)
    matrices, flags = (ctypes.c_float * (6 * count))(), (ctypes.c_int * count)()
    names = ctypes.create_string_buffer(_NAME_BYTES * count)
    size_of, matrix_of, font_of = _style_questions()
    pages = repeat(text_page)
    sizes = list(map(size_of, pages, numbers))
    known = list(map(matrix_of, pages, numbers, _places(matrices, count, 6 * _FLOAT_BYTES)))
    where = _places(names, count, _NAME_BYTES)
    for _ in map(font_of, pages, numbers, where, repeat(_NAME_BYTES), _places(flags, count, _INT_BYTES)):
        pass
    scales = map(math.hypot, matrices[2::6], matrices[3::6])
    sizes = [size * scale if turned else size for size, scale, turned in zip(sizes, scales, known, strict=True)]
    written = names.raw
    cut = (written[at : at + _NAME_BYTES] for at in range(0, len(written), _NAME_BYTES))
    return list(zip(sizes, (name.partition(b"\0")[0] for name in cut), flags, strict=True))


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
    """A function of PDFium that takes addresses and numbers as they are.

    Where what it is given is not declared, it takes whole numbers and `_ADDRESS(…)`, each a third faster.
    """
    import pypdfium2.raw as pdfium

    made: Callable[..., Any] = ctypes.PYFUNCTYPE(answer, *given)(
        ctypes.cast(getattr(pdfium, name), _ADDRESS).value or 0
    )
    return made
