"""The names of the months in French, English and Arabic (of the East and of the Maghreb)."""

from __future__ import annotations

from dalil.language.analysis import fold

_MONTHS = (
    ("janvier", "janv", "january", "jan", "يناير", "جانفي", "كانون الثاني"),
    ("fevrier", "fevr", "fev", "february", "feb", "فبراير", "فيفري"),
    ("mars", "march", "mar", "مارس"),
    ("avril", "avr", "april", "apr", "ابريل", "افريل"),
    ("mai", "may", "ماي", "مايو"),
    ("juin", "june", "jun", "يونيو", "جوان"),
    ("juillet", "juil", "july", "jul", "يوليو", "يوليوز", "جويلية"),
    ("aout", "august", "aug", "اغسطس", "غشت", "اوت"),
    ("septembre", "sept", "september", "sep", "سبتمبر", "شتنبر"),
    ("octobre", "oct", "october", "اكتوبر"),
    ("novembre", "nov", "november", "نوفمبر", "نونبر"),
    ("decembre", "dec", "december", "ديسمبر", "دجنبر"),
)
_NUMBER_OF = {fold(name): month for month, names in enumerate(_MONTHS, start=1) for name in names}
MONTH_NAMES = tuple(_NUMBER_OF)


def month_number(name: str) -> int | None:
    """The month (from 1) of that name, whole or shortened, or None."""
    return _NUMBER_OF.get(fold(name))
