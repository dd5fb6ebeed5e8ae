"""The words and figures of the report's language: labels as data, numbers as that language writes them."""

from __future__ import annotations

import math
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from dalil.evaluation.drop_reasons import RULINGS, said
from dalil.tables import read_table

if TYPE_CHECKING:
    from dalil.evaluation.report import ApproachData, Figure

Unit = Literal["record", "page", "document", "any"]
"""What the questions are about, which the strata are named after: records, pages, other documents, or several of these."""

PROSE = ("fr", "en", "ar")
_SYMBOLS = {"EUR": "€", "USD": "$"}
_LEAST_PERCENT, _LEAST_MONEY = 0.05, 0.005
_PAGE_OF = re.compile(r"(.+) pages? (\d+(?:–\d+)?)")
_NARROW, _NO_BREAK, _JOIN = "\u202f", "\u00a0", "\u2060"
_BELOW = f"<{_NO_BREAK}"


@cache
def load_labels(language: str) -> dict[str, Any]:
    """The labels of a language of prose; English where there are none in that language (Darija: Arabic)."""
    chosen = "ar" if language == "ary" else language if language in PROSE else "en"
    path = resources.files("dalil.evaluation") / "templates" / f"labels.{chosen}.yaml"
    labels: dict[str, Any] = read_table(path.read_text(encoding="utf-8"))
    return {**(_typeset_all(labels) if chosen == "fr" else labels), "language": chosen}


def _labels_for(unit: Unit, labels: dict[str, Any]) -> dict[str, Any]:
    values = labels["values"]
    return labels | {"values": values | {"stratum": values["stratum"] | labels["strata"][unit]}}


def _typeset_all(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typeset_all(item) for key, item in value.items()}
    return typeset(str(value))


def typeset(text: str) -> str:
    """French spacing: no line may break before ; : ! ? % » or after «."""
    text = re.sub(r" ([;!?%»])", _NARROW + r"\1", text)
    text = re.sub(r"(?<=\d) (?=\d)", _NARROW, text)
    return text.replace(" :", _NO_BREAK + ":").replace("« ", "«" + _NARROW)


class Words:
    """Labels and figures of one language. Shares are 0–1 going in, percent coming out.

    `memories`: the approaches whose model is a memory of the trained questions, and is called one. `unit`: what the
    strata are strata of.
    """

    def __init__(self, language: str, *, counts_only: bool = False, currency: str = "EUR",
                 memories: frozenset[str] = frozenset(), unit: Unit = "any") -> None:  # fmt: skip
        self.labels = _labels_for(unit, load_labels(language))
        self.language: str = self.labels["language"]
        self.rtl = self.labels["direction"] == "rtl"
        self.counts_only = counts_only
        self.currency = _SYMBOLS.get(currency, currency)
        self.memories = memories

    def name(self, group: str, key: Any) -> str:
        """The label of a key in a group ("values.kind"), or the key itself where it has none."""
        found: Any = self.labels
        for part in group.split("."):
            found = found[part]
        return str(found.get(str(key), key))

    def reason(self, reason: str) -> str:
        """Why something was left out; in English where it is not known in this language."""
        found = said(reason, self.language)
        return typeset(found) if self.language == "fr" and found != reason else found

    def ruling(self, reason: str) -> str:
        """Why the judge ruled so; in English where it is not known in this language (a model's own error)."""
        found = said(reason, self.language, RULINGS)
        return typeset(found) if self.language == "fr" and found != reason else found

    def place(self, what: str) -> str:
        """A file, or "file page 3", with the page as the language writes it."""
        found = _PAGE_OF.fullmatch(what)
        return f"{found[1]}{self.labels['comma']}{self.labels['answers']['page']} {found[2]}" if found else what

    def approach(self, approach: ApproachData) -> str:
        """What sentences call an approach: its kind in words, with its own name where that differs."""
        words, name = self.name("approaches", approach["kind"]), approach["name"]
        if name in self.memories:
            words = self.labels["memory_approaches"].get(approach["kind"], words)
        return words if name in (approach["kind"], words) else f"{words} ({self.isolate(name)})"

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with the language's separators and a true minus sign."""
        rules = self.labels["numbers"]
        text = f"{abs(value):,.{decimals}f}".replace(",", "\0").replace(".", rules["decimal"])
        sign = "−" if value < 0 and float(f"{value:.{decimals}f}") != 0 else ""
        return sign + text.replace("\0", rules["thousands"] if abs(value) >= 10_000 else "")

    def percent(self, value: float | None) -> str:
        """Whole percents; one decimal under 10 % and where rounding would claim 0 or 100, which nothing else is."""
        return self.labels["page"]["unknown"] if value is None else self._unit("percent", self._hundredths(value))

    def plain_percent(self, value: float) -> str:
        """A percent for a plot, which reads left to right in every language."""
        return str(self.labels["numbers"]["percent"]).format(n=self._hundredths(value))

    def _hundredths(self, value: float) -> str:
        percent = 100 * value
        if 0 < percent < _LEAST_PERCENT:
            return _BELOW + self.number(0.1, 1)
        exact = math.isclose(percent, round(percent), abs_tol=1e-9)
        fine = not exact and (0 < abs(percent) < 10 or 99.5 <= percent < 100)
        return self.number(min(percent, 99.9) if fine and percent > 99 else percent, 1 if fine else 0)

    def interval(self, low: float | None, high: float | None, *, prose: bool = False) -> str:
        """ "88–94" in a table; as the language says it in prose. Empty where there is no interval."""
        if low is None or high is None:
            return ""
        ends = {"low": self._hundredths(low), "high": self._hundredths(high)}
        form = "signed" if low < 0 else "from_to"
        text = str(self.labels["numbers"][form] if prose or low < 0 else "{low}–{high}").format(**ends)
        return text.replace("–", f"{_JOIN}–{_JOIN}") if prose else text

    def seconds(self, value: float | None) -> str:
        if value is None:
            return str(self.labels["page"]["unknown"])
        if value < 0.1:
            return self._unit("milliseconds", self.number(1000 * value, 1 if value < 0.002 else 0))
        return self._unit("seconds", self.number(value, 0 if value >= 10 else 1 if value >= 1 else 2))

    def money(self, value: float | None, currency: str | None = None) -> str:
        if value is None:
            return str(self.labels["page"]["unknown"])
        symbol = self.currency if currency is None else _SYMBOLS.get(currency, currency)
        least = _BELOW if 0 < value < _LEAST_MONEY else ""
        amount = self.number(max(value, _LEAST_MONEY) if least else value, 2 if value else 0)
        return self._unit("money", least + amount, currency=symbol)

    def duration(self, seconds: float) -> str:
        """Seconds, minutes from two on, hours from two on."""
        if seconds < 120:
            return self.seconds(seconds)
        unit, size = ("minute", 60) if seconds < 7200 else ("hour", 3600)
        amount = seconds / size
        return self.isolate(self.count(round(amount, 0 if amount >= 10 else 1), unit))

    def points(self, difference: float) -> str:
        """A difference of two shares in percentage points; one decimal under 10."""
        points = 100 * difference
        return self.isolate(self.count(round(points, 0 if abs(points) >= 10 else 1), "point"))

    def _unit(self, form: str, number: str, **more: str) -> str:
        """A number with its unit; `<` in words where a line runs from right to left, which mirrors it."""
        rules = self.labels["numbers"]
        if number.startswith(_BELOW):
            number = rules["least"].format(n=number.removeprefix(_BELOW))
        return self.isolate(str(rules[form]).format(n=number, **more))

    def share(self, figure: Figure | None) -> str:
        """A figure that is a share: percent, or "7/9" where only counts are told."""
        if figure is None or figure["value"] is None:
            return str(self.labels["page"]["unknown"])
        if self.counts_only:
            return self.isolate(f"{self.number(round(figure['value'] * figure['n']))}/{self.number(figure['n'])}")
        return self.percent(figure["value"])

    def p(self, value: float, *, named: bool = False) -> str:
        """ "< 0.001" or "0.012"; "p = 0.012" where `named`."""
        if value < 0.001:
            text = f"p {self.labels['p_below']}" if named else self.labels["p_below"]
        else:
            n = self.number(value, 3)
            text = f"p {self.labels['p_equal'].format(n=n)}" if named else n
        return self.isolate(text.replace(" ", _NO_BREAK))

    def count(self, n: float, noun: str) -> str:
        """ "312 questions", in the plural form that the language asks for."""
        forms = self.labels["nouns"][noun]
        decimals = 0 if float(n).is_integer() else 1
        return str(forms[self._plural(n)]).format(n=self.number(n, decimals))

    def _plural(self, n: float) -> str:
        """The plural category (CLDR's rules for the three languages)."""
        if self.language != "ar":
            return "one" if (abs(n) < 2 if self.language == "fr" else abs(n) == 1) else "other"
        if not float(n).is_integer():
            return "other"
        tail = int(abs(n)) % 100
        few_or_many = "few" if 3 <= tail <= 10 else "many" if tail >= 11 else "other"
        return {0: "zero", 1: "one", 2: "two"}.get(int(n), few_or_many)

    def isolate(self, text: str) -> str:
        """Keep a figure or a name in one piece inside right-to-left prose (Unicode isolates)."""
        return f"\u2068{text}\u2069" if self.rtl and text else text
