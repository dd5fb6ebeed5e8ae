"""Arabic says "two years" in one word, whose stem is that of a year: to a reader of French it is a number and its unit."""

from __future__ import annotations

from dalil.language.analysis import fold, tokenise

_UNITS = {
    "ans": "سنتان سنتين عامان عامين",
    "mois": "شهران شهرين",
    "semaines": "أسبوعان أسبوعين",
    "jours": "يومان يومين",
    "heures": "ساعتان ساعتين",
    "minutes": "دقيقتان دقيقتين",
    "dirhams": "درهمان درهمين",
}
_TWO_OF = {fold(word): unit for unit, forms in _UNITS.items() for word in forms.split()}


def twos_in_french(text: str) -> str:
    """The text with "سنتين" as "2 ans"; all else as it is written."""
    said, done = "", 0
    for token in tokenise(text):
        if unit := _TWO_OF.get(token.form):
            said += f"{text[done : token.start]}2 {unit}"
            done = token.end
    return said + text[done:]
