"""The nodes of a page in their order, and which of them begin a line of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "legend", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr",
    "ul",
})  # fmt: skip

_RAISED = re.compile(r"\s*[-+−]?\d{1,4}\s*")
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """(node, True) on the way in and (node, False) on the way out, in the page's order, at any depth."""
    node = root
    while True:
        yield node, True
        if (child := node.first_child) is not None:
            node = child
            continue
        while True:
            yield node, False
            if node.mem_id == root.mem_id:
                return
            if (following := node.next) is not None:
                node = following
                break
            parent = node.parent
            if parent is None:
                return
            node = parent


def text_of(node: LexborNode) -> str:
    """What a node of text says; raised figures stay raised: 10<sup>3</sup> is not 103, nor a note's number part of a word."""
    text = node.text_content or ""
    return text.translate(_SUPERSCRIPTS) if _RAISED.fullmatch(text) and _is_raised(node) else text


def _is_raised(node: LexborNode) -> bool:
    around = node.parent
    if around is not None and around.tag == "a":  # a note's number leads to the note
        around = around.parent
    return around is not None and around.tag == "sup"
