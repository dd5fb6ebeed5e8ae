"""Union-find that remembers why: which pair joined two parts of a component, and what the component hangs on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """Two nodes and the reason that joined them."""

    first: str
    second: str
    reason: str


@dataclass
class Components:
    """Nodes are names. Joining twice changes nothing."""

    _parent: dict[str, str] = field(default_factory=dict)
    _links: list[Link] = field(default_factory=list)

    def add(self, node: str) -> None:
        self._parent.setdefault(node, node)

    def root(self, node: str) -> str:
        """The component's current representative (only equality means something)."""
        self.add(node)
        while self._parent[node] != node:
            self._parent[node] = self._parent[self._parent[node]]
            node = self._parent[node]
        return node

    def join(self, first: str, second: str, reason: str) -> None:
        a, b = self.root(first), self.root(second)
        if a != b:
            self._parent[b] = a
            self._links.append(Link(first, second, reason))

    def groups(self) -> dict[str, list[str]]:
        """Group name (its smallest node) → its sorted nodes."""
        found: dict[str, list[str]] = defaultdict(list)
        for node in sorted(self._parent):
            found[self.root(node)].append(node)
        return {nodes[0]: nodes for nodes in found.values()}

    def bridge(self, nodes: list[str]) -> Link | None:
        """The link whose removal cuts the component most evenly; None for a single node."""
        inside = set(nodes)
        links = [link for link in self._links if link.first in inside]
        near: dict[str, list[tuple[str, Link]]] = defaultdict(list)
        for link in links:
            near[link.first].append((link.second, link))
            near[link.second].append((link.first, link))
        size = dict.fromkeys(nodes, 1)
        best: tuple[int, Link] | None = None
        for node, above, over in reversed(_walk(nodes[0], near)):
            if over is None:
                continue
            size[above] += size[node]
            smaller = min(size[node], len(nodes) - size[node])
            if best is None or smaller > best[0]:
                best = (smaller, over)
        return best[1] if best else None


def _walk(start: str, near: dict[str, list[tuple[str, Link]]]) -> list[tuple[str, str, Link | None]]:
    """(node, its parent, their link) of the tree of links, parents first."""
    order: list[tuple[str, str, Link | None]] = [(start, "", None)]
    seen = {start}
    for node, _, _ in order:
        for other, link in near[node]:
            if other not in seen:
                seen.add(other)
                order.append((other, node, link))
    return order
