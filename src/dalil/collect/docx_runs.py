"""The text of Word's runs: what a reader sees, and apart from it what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dalil.collect.hidden import Hidden

if TYPE_CHECKING:
    from dalil.collect.docx_styles import Styles

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SMALLEST_HALF_POINTS = 2
_OFF = ("0", "false", "off")


def w(name: str) -> str:
    """The full name of w:name."""
    return _WORD + name.removeprefix("w:")


def value_of(element: Any, name: str = "w:val") -> str:
    """An attribute of an element, or ""."""
    return "" if element is None else str(element.get(w(name)) or "")


def is_on(properties: Any, name: str) -> bool | None:
    """Whether a switch such as w:vanish is on, off, or (None) not said."""
    found = None if properties is None else properties.find(w(name))
    return None if found is None else value_of(found) not in _OFF


class Runs:
    """Puts together the text of paragraphs and cells. `white_hides`: white text cannot be seen on this background."""

    def __init__(self, hidden: Hidden, styles: Styles, white_hides: bool) -> None:
        self.hidden = hidden
        self.styles = styles
        self.white_hides = white_hides

    def text(self, parent: Any, in_table: bool = False) -> tuple[str, list[str]]:
        """The text below an element, and the notes that it refers to. Fallbacks repeat what they stand for: left out."""
        pieces: list[str] = []
        notes: list[str] = []
        stack = [parent]
        while stack:
            element = stack.pop()
            if element.tag in (_FALLBACK, w("w:del"), w("w:moveFrom")):
                continue
            if element.tag == w("w:p") and any(pieces):
                pieces.append("\n")
            if element.tag == w("w:r"):
                self._run(element, in_table, pieces, notes)
            stack += [child for child in reversed(element) if isinstance(child.tag, str)]
        return "".join(pieces), notes

    def _run(self, run: Any, in_table: bool, pieces: list[str], notes: list[str]) -> None:
        found = [piece for child in run if (piece := _piece(child))]
        how = self._how_hidden(run, in_table) if found else ""
        if how:
            self.hidden.add(how, "".join(found))
            return
        pieces += found
        for child in run:
            if child.tag in (w("w:footnoteReference"), w("w:endnoteReference")):
                number = value_of(child, "w:id")
                kind = "footnotes" if child.tag == w("w:footnoteReference") else "endnotes"
                notes.append(f"{kind} {number}")
                pieces.append(f" [{number}]")

    def _how_hidden(self, run: Any, in_table: bool) -> str:
        """How a run is hidden, or "". White counts only where nothing dark can lie behind it: no table, box or shading."""
        properties = run.find(w("w:rPr"))
        vanish = is_on(properties, "w:vanish")
        if vanish or (vanish is None and self.styles.hides(run)):
            return "marked as hidden"
        if properties is None:
            return ""
        size = value_of(properties.find(w("w:sz")))
        if size.isdigit() and int(size) <= _SMALLEST_HALF_POINTS:
            return "too small to be seen"
        white = value_of(properties.find(w("w:color"))).upper() == "FFFFFF"
        if white and self.white_hides and not in_table and not _on_something(run, properties):
            return "white on white"
        return ""


def _on_something(run: Any, properties: Any) -> bool:
    shaded = any(properties.find(w(name)) is not None for name in ("w:shd", "w:highlight"))
    paragraph = next(run.iterancestors(w("w:p")), None)
    beneath = None if paragraph is None else paragraph.find(f"{w('w:pPr')}/{w('w:shd')}")
    return shaded or beneath is not None or next(run.iterancestors(w("w:txbxContent")), None) is not None


def _piece(child: Any) -> str:
    if child.tag == w("w:t"):
        return child.text or ""
    if child.tag in (w("w:br"), w("w:cr")):
        return "\n"
    if child.tag == w("w:noBreakHyphen"):
        return "-"
    return " " if child.tag == w("w:tab") else ""
