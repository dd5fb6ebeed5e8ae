"""Menus that a page does not mark as such: blocks of links before its title."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

_FEWEST_LINKS = 5
_LINK_SHARE = 0.7


def menus_of(body: LexborNode) -> list[LexborNode]:
    """The blocks before the page's only h1 that are little but links. After it, a list of links may be what the page says."""
    titles = body.css("h1")
    return [block for block in _before(titles[0], body) if _is_menu(block)] if len(titles) == 1 else []


def _before(node: LexborNode, body: LexborNode) -> Iterator[LexborNode]:
    """Everything that stands before a node, in the largest blocks that do not hold it."""
    at: LexborNode | None = node
    while at is not None and at.mem_id != body.mem_id:
        block = at.prev
        while block is not None:
            if not (block.tag or "-").startswith("-"):
                yield block
            block = block.prev
        at = at.parent


def _is_menu(block: LexborNode) -> bool:
    links = block.css("a")
    if len(links) < _FEWEST_LINKS:
        return False
    return _letters(*links) >= _LINK_SHARE * _letters(block)


def _letters(*nodes: LexborNode) -> int:
    return sum(len("".join(node.text().split())) for node in nodes)
