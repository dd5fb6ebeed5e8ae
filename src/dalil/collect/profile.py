"""What the fields of each catalogue hold: an associative summary of its records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from dalil.records import Document, content_id


@dataclass
class _Column:
    """One field of one source. `values` holds hashes of distinct values; `place` the latest place among a record's fields."""

    present: int = 0
    lists: int = 0
    longest: int = 0
    place: int = 0
    values: set[str] = field(default_factory=set)
    example: tuple[str, str] = ("~", "")

    def add(self, value: str, is_list: bool, place: int) -> None:
        key = content_id(value)
        self._join(1, int(is_list), len(value), place)
        self.values.add(key)
        self.example = min(self.example, (key, value))

    def merge(self, other: _Column) -> None:
        self._join(other.present, other.lists, other.longest, other.place)
        self.values |= other.values
        self.example = min(self.example, other.example)

    def _join(self, present: int, lists: int, longest: int, place: int) -> None:
        self.present += present
        self.lists += lists
        self.longest = max(self.longest, longest)
        self.place = max(self.place, place)


@dataclass
class FieldProfile:
    """Per source and field: in how many records it is present, how many values differ, and what they look like."""

    records: Counter[str] = field(default_factory=Counter)
    columns: dict[tuple[str, str], _Column] = field(default_factory=dict)

    def add(self, document: Document) -> None:
        """Count a record; texts without fields are passed over."""
        if not document.fields:
            return
        self.records[document.source] += 1
        for place, item in enumerate(document.fields):
            column = self.columns.setdefault((document.source, item.name), _Column())
            column.add(item.value, bool(item.items), place)

    def merge(self, other: FieldProfile) -> FieldProfile:
        """The profile of both; neither is changed."""
        joined = FieldProfile(self.records + other.records)
        for profile in (self, other):
            for key, column in profile.columns.items():
                joined.columns.setdefault(key, _Column()).merge(column)
        return joined

    def rows(self) -> list[dict[str, Any]]:
        """One plain dictionary a field, in the order of source and field; `longest` in characters."""
        ordered = sorted(self.columns.items(), key=lambda item: (item[0][0], item[1].place, item[0][1]))
        return [
            {
                "source": source, "field": name, "present": column.present,
                "absent": self.records[source] - column.present, "distinct": len(column.values),
                "list": column.lists * 2 > column.present, "example": column.example[1], "longest": column.longest,
            }
            for (source, name), column in ordered
        ]  # fmt: skip
