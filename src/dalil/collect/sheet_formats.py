"""A cell's value as its format shows it to who opens the sheet: 0.25 as 25%, 1250 as 1250 €, a month without a day that nobody wrote.

The figures and the signs beside them are the file's; spaces between thousands and the decimal sign are the reader's own program's, and
stay out. What a format does beyond that (fractions, powers of ten, thousands cut off) is not followed: the stored number is kept.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]|_.|\*.|([0#?][0#?,.]*)|(.)', re.DOTALL)
_NOT_FOLLOWED = re.compile(r"[eE][+-]|/|[?0#],+(?![?0#])|@|general", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_CODE = re.compile(r"0[0 -]*0")
_LONGEST_FORMAT = 255  # that spreadsheet programs take
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class _Shape:
    """What stands before and after a number, and how many decimals it has at most."""

    before: str
    after: str
    decimals: int

    @property
    def says_something(self) -> bool:
        return any(not c.isspace() and c not in "()+-" for c in self.before + self.after)


def shown(value: Any, number_format: str) -> str:
    """A cell as text: numbers as their format shows them, dates as ISO 8601 as far as they are shown, the day alone at midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, datetime.datetime):
        return _date(value, number_format)
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _number(value: float, number_format: str) -> str:
    if len(number_format) > _LONGEST_FORMAT:
        return plain_number(value)
    if (code := number_format.replace("\\", "")).count("0") > 1 and _CODE.fullmatch(code) and value == abs(value) // 1:
        return _coded(str(int(value)), code)
    shape = _shape(number_format, value < 0)
    if shape is None or not shape.says_something:
        return plain_number(value)
    size = abs(value) * 100 if "%" in shape.before + shape.after else abs(value)
    figures = f"{size:.{shape.decimals}f}"
    figures = figures.rstrip("0").rstrip(".") if "." in figures and float(figures).is_integer() else figures
    sign = "-" if value < 0 and float(figures) else ""
    return " ".join(f"{sign}{shape.before}{figures}{shape.after}".split())


def _coded(digits: str, code: str) -> str:
    """A post code or a telephone number in its places: 1000 in `00000` is 01000."""
    left = list(digits.zfill(code.count("0")))
    behind = [left.pop() if sign == "0" else sign for sign in reversed(code)]
    return "".join([*left, *reversed(behind)])


def plain_number(value: float) -> str:
    """Whole numbers without a point, others with the digits that a sheet keeps (0.1 + 0.2 is 0.3)."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 10**_MOST_DIGITS):
        return str(int(value))
    return repr(float(f"{value:.{_MOST_DIGITS}g}"))


@lru_cache(maxsize=1_000)
def _shape(number_format: str, negative: bool) -> _Shape | None:
    """The part of a format that is for such a number; None where it is not followed, or holds no number."""
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)
    part = parts[1] if negative and len(parts) > 1 else parts[0]
    if _NOT_FOLLOWED.search(_QUOTED.sub("", part)):
        return None
    sides = ["", ""]
    decimals = None
    for quoted, escaped, currency, figures, other in _TOKEN.findall(part):
        if figures:
            if decimals is not None and sides[1].strip():
                return None  # two numbers with words between them
            decimals = max(decimals or 0, len(figures.partition(".")[2]))
        else:
            sides[decimals is not None] += quoted or escaped or currency or other
    if decimals is None:
        return None
    before, after = (side.replace("(", "").replace(")", "") for side in sides)
    return _Shape(before.lstrip("-+ "), after.rstrip("-+ "), decimals)


def _date(value: datetime.datetime, number_format: str) -> str:
    letters = _QUOTED.sub("", number_format).lower()
    if "y" in letters and not {"d", "h"} & set(letters):
        return f"{value:%Y-%m}" if "m" in letters else f"{value:%Y}"
    return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()


def _duration(value: datetime.timedelta) -> str:
    minutes, seconds = divmod(round(abs(value).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if value < datetime.timedelta() else ''}{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
