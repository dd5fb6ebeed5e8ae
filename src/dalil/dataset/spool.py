"""Examples that wait in a nameless file until it is known in which group each is."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from dalil.artefacts import json_lines
from dalil.dataset.groups import Grouping, Hanging
from dalil.records import Example, from_row, to_row
from dalil.store.nameless import Nameless

_UNPLACED = '"group": "", "id": '
"""What stands before a line's id, whose names are sorted; nowhere else, for in a text a quotation mark follows a backslash."""
_AGAIN = "~"
Name = TypeVar("Name")
_decoder = json.JSONDecoder()


class Line(NamedTuple):
    """An example as its line of JSON; `label`: who wrote it, and its kind."""

    group: str
    id: str
    label: str
    text: str

    def example(self) -> Example:
        return from_row(Example, json.loads(self.text))


class _Names(Generic[Name]):
    """The name of each example, as a number: few names are shared by many."""

    def __init__(self) -> None:
        self.numbers = array("I")
        self._known: dict[Name, int] = {}

    def add(self, name: Name) -> None:
        self.numbers.append(self._known.setdefault(name, len(self._known)))

    def names(self) -> list[Name]:
        """Each name at the place of its number."""
        return list(self._known)


class ExampleSpool:
    """Takes examples one at a time and gives their lines by (group, id). What is held of each are 24 bytes.

    Ids stay as given; a repeated one (two files that both count rows from 1) gets ~2, ~3 … behind it.
    """

    def __init__(self, grouping: Grouping, folder: Path | None = None) -> None:
        self._grouping = grouping
        self._kept: Nameless[str] = Nameless(str.encode, bytes.decode, folder)
        self._ids = array("q")
        self._renamable: list[int] = []
        self._hanging, self._labels = _Names[Hanging](), _Names[str]()

    def add(self, example: Example) -> None:
        if _AGAIN in example.id:
            self._renamable.append(len(self._ids))
        self._ids.append(hash(example.id))
        self._hanging.add(self._grouping.add(example))
        self._labels.add(f"{example.origin}:{example.kind}")
        row = to_row(example)
        row["group"] = ""
        self._kept.add(json_lines([row]))

    def lines(self) -> Iterator[Line]:
        """By (group, id); those of one group are in memory at a time. Raises GroupingError as `Grouping.groups`."""
        of_node = self._grouping.groups()
        groups = [hanging.own or of_node[hanging.node] for hanging in self._hanging.names()]
        names = sorted(set(groups))
        places = {name: place for place, name in enumerate(names)}
        in_group = np.array([places[group] for group in groups], np.uint32)[np.asarray(self._hanging.numbers)]
        order = np.argsort(in_group, kind="stable")
        bounds = np.flatnonzero(np.diff(in_group[order])) + 1
        renamed, labels = self._renamed(), self._labels.names()
        for members in np.split(order, bounds) if len(order) else ():
            group = names[in_group[members[0]]]
            lines = [self._line(number, group, renamed, labels) for number in members.tolist()]
            yield from sorted(lines, key=lambda line: line.id)

    def _renamed(self) -> dict[int, str]:
        """The new ids of examples whose own is taken by an earlier one. Only those that may be are compared letter by letter."""
        hashes = np.asarray(self._ids)
        found, counts = np.unique(hashes, return_counts=True)
        repeated = np.flatnonzero(np.isin(hashes, found[counts > 1])).tolist()
        taken = set[str]()
        renamed: dict[int, str] = {}
        for number in sorted({*repeated, *self._renamable}):
            _, given, _ = self._parts(number)
            wanted, count = given, 1
            while wanted in taken:
                count += 1
                wanted = f"{given}{_AGAIN}{count}"
            taken.add(wanted)
            if wanted != given:
                renamed[number] = wanted
        return renamed

    def _line(self, number: int, group: str, renamed: Mapping[int, str], labels: Sequence[str]) -> Line:
        before, given, after = self._parts(number)
        name = renamed.get(number, given)
        placed = f'"group": {encode_basestring(group)}, "id": {encode_basestring(name)}'
        return Line(group, name, labels[self._labels.numbers[number]], before + placed + after)

    def _parts(self, number: int) -> tuple[str, str, str]:
        """A line's text before group and id, the id, and the text after."""
        before, rest = self._kept[number].split(_UNPLACED, 1)
        given, end = _decoder.raw_decode(rest)
        return before, given, rest[end:]

    def close(self) -> None:
        self._kept.close()
