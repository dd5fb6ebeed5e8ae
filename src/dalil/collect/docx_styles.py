"""Word's styles and numberings: which paragraphs are headings, which are items of lists, what a style hides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dalil.collect.docx_runs import is_on, value_of, w

_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_DEEPEST_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph's style makes of it: `level` 0 is no heading."""

    level: int = 0
    title: bool = False
    hidden: bool = False
    number: str = ""


class Styles:
    """Looks up styles by their id, and counts the items of numbered lists."""

    def __init__(self, opened: Any) -> None:
        self.elements = {value_of(e, "w:styleId"): e for e in opened.styles.element.findall(w("w:style"))}
        self.known: dict[str, Style] = {}
        self.formats = _formats(opened)
        self.counts: dict[tuple[str, int], int] = {}

    def of(self, paragraph: Any) -> Style:
        """The style of a paragraph, with the outline level that it may carry itself."""
        style = self._style(value_of(paragraph.find(f"{w('w:pPr')}/{w('w:pStyle')}")))
        level = value_of(paragraph.find(f"{w('w:pPr')}/{w('w:outlineLvl')}"))
        return Style(_level(level), style.title, style.hidden, style.number) if level else style

    def hides(self, run: Any) -> bool:
        """Whether the run's style or its paragraph's is hidden."""
        paragraph = next(run.iterancestors(w("w:p")), None)
        own = self._style(value_of(run.find(f"{w('w:rPr')}/{w('w:rStyle')}")))
        return own.hidden or (paragraph is not None and self.of(paragraph).hidden)

    def mark(self, paragraph: Any) -> str:
        """What stands before an item of a list, "- " or "3. "; else ""."""
        properties = paragraph.find(f"{w('w:pPr')}/{w('w:numPr')}")
        number = value_of(properties.find(w("w:numId"))) if properties is not None else self.of(paragraph).number
        if number in ("", "0") or self.of(paragraph).level:
            return ""
        depth = value_of(properties.find(w("w:ilvl"))) if properties is not None else ""
        level = int(depth) if depth.isdigit() else 0
        if self.formats.get((number, level), "bullet") in ("bullet", "none"):
            return "- "
        self.counts = {key: n for key, n in self.counts.items() if key[0] != number or key[1] <= level}
        self.counts[number, level] = self.counts.get((number, level), 0) + 1
        return f"{self.counts[number, level]}. "

    def _style(self, name: str) -> Style:
        if name not in self.known:
            self.known[name] = self._resolve(name)
        return self.known[name]

    def _resolve(self, name: str) -> Style:
        """A style with what it inherits; the nearest that says something decides."""
        chain: list[Any] = []
        while (element := self.elements.get(name)) is not None and len(chain) < _DEEPEST_CHAIN:
            chain.append(element)
            name = value_of(element.find(w("w:basedOn")))
        hidden = next((on for e in chain if (on := is_on(e.find(w("w:rPr")), "w:vanish")) is not None), False)
        number = next((v for e in chain if (v := value_of(e.find(f"{w('w:pPr')}/{w('w:numPr')}/{w('w:numId')}")))), "")
        names = [value_of(e.find(w("w:name"))) for e in chain]
        levels = [value_of(e.find(f"{w('w:pPr')}/{w('w:outlineLvl')}")) for e in chain]
        named = next((int(m.group(1)) for n in names if (m := _HEADING.match(n))), 0)
        level = named or next((_level(v) for v in levels if v), 0)
        return Style(level, "title" in (n.lower() for n in names), hidden, number)


def _level(outline: str) -> int:
    """Word counts outline levels from 0; 9 is body text."""
    return int(outline) + 1 if outline.isdigit() and int(outline) < 9 else 0


def _formats(opened: Any) -> dict[tuple[str, int], str]:
    """(numbering, level) → bullet, decimal …"""
    part = next((r.target_part for r in opened.part.rels.values() if str(r.reltype).endswith("/numbering") and not r.is_external), None)  # fmt: skip
    if part is None:
        return {}
    root = part.element
    abstract = {value_of(e, "w:abstractNumId"): e for e in root.findall(w("w:abstractNum"))}
    found: dict[tuple[str, int], str] = {}
    for number in root.findall(w("w:num")):
        pattern = abstract.get(value_of(number.find(w("w:abstractNumId"))))
        for level in pattern.findall(w("w:lvl")) if pattern is not None else ():
            depth = value_of(level, "w:ilvl")
            place = value_of(number, "w:numId"), int(depth) if depth.isdigit() else 0
            found[place] = value_of(level.find(w("w:numFmt")))
    return found
