"""What a page hides by its own attributes and inline styles. Style sheets are not read: what they hide is not known."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dalil.collect.hidden import Hidden
from dalil.collect.html_walk import walk

_NUMBER = re.compile(r"(\d*\.?\d+)(px|pt|em|rem|%|)$")
_SMALLEST = {"px": 1.0, "pt": 1.0, "em": 0.05, "rem": 0.05, "%": 5.0, "": 0.0}
_MOST_ABOVE = 200
_WHITE = ("white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)")


def take_hidden(tree: LexborHTMLParser, sheets: bool) -> Hidden:
    """Take the hidden parts out of the page. aria-hidden stays: the eye sees it. `sheets`: whether it has style sheets."""
    hidden = Hidden()
    taken: list[LexborNode] = []
    inside = 0
    for node, entering in walk(tree.body) if tree.body else ():
        if (node.tag or "-").startswith("-") or node.tag == "body":
            continue  # scripts that show a page when it is ready hide its whole body first
        if inside:
            inside = 0 if not entering and node.mem_id == inside else inside
        elif entering and (how := _how_hidden(node, sheets)):
            hidden.add(how, node.text(separator=" "))
            taken.append(node)
            inside = node.mem_id
    for node in taken:
        node.decompose()
    return hidden


def _how_hidden(node: LexborNode, sheets: bool) -> str:
    if "hidden" in node.attributes:
        return "marked as hidden"
    style = _style(node)
    unseen = style.get("visibility") in ("hidden", "collapse") and "animation-name" not in style
    if style.get("display") == "none" or unseen:
        return "not displayed"
    size = _NUMBER.match(style.get("font-size", ""))
    if size and float(size[1]) <= _SMALLEST[size[2]]:
        return "too small to be seen"
    return "in the colour of its background" if _is_blended(node, style, sheets) else ""


def _style(node: LexborNode) -> dict[str, str]:
    """The inline declarations of a node, lower case, without spaces and `!important`."""
    given = (node.attributes.get("style") or "").lower()
    parts = (part.split(":", 1) for part in given.split(";") if ":" in part)
    return {name.strip(): "".join(value.replace("!important", "").split()) for name, value in parts}


def _is_blended(node: LexborNode, style: dict[str, str], sheets: bool) -> bool:
    """White where the nearest background is white, or where none is given and no style sheet could give one."""
    colour = style.get("color") or (node.attributes.get("color") or "").lower()
    if not colour:
        return False
    at: LexborNode | None = node
    for _ in range(_MOST_ABOVE):
        if at is None:
            return colour in _WHITE and not sheets
        behind = _background(at)
        if behind:
            return behind == colour or (behind in _WHITE and colour in _WHITE)
        at = at.parent
    return False


def _background(node: LexborNode) -> str:
    style = _style(node)
    given = style.get("background-color") or style.get("background") or (node.attributes.get("bgcolor") or "").lower()
    return "" if given in ("transparent", "none", "inherit") else given
