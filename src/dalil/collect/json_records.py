"""Where the records of plain data lie (dictionaries, lists, texts): the file is one, or holds a list of them somewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from dalil.collect.json_titled import titled_texts
from dalil.collect.name_field import names_by_usage
from dalil.collect.rows import Rows
from dalil.collect.sources import SourceFile
from dalil.errors import SourceError
from dalil.records import Dropped

_FIGURE = re.compile(r"[+−-]?\d")
_BULK = 0.8
"""A list nested in records is read in their place where it holds this share of their text (articles in chapters)."""
_HALF, _ENOUGH_OWN = 0.5, 3
"""An object with so many plain fields of its own, and so little of its text in its longest list, is one record too."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object of a list with the plain fields of the objects around it."""

    value: Any
    around: dict[str, Any]


def records_in(data: Any, file: SourceFile, found: Rows) -> list[Item]:
    """The items of the list of records. Other lists of objects are named in `found.dropped`."""
    lists = dict(_outer_lists(data, ""))
    if file.records:
        found.dropped += _beside(data, file.records, file.path, lists)
        return _named(data, file.records, lists)
    if titled := titled_texts(data):
        return [Item(text, {}) for text in titled]
    if isinstance(data, dict) and data and _is_record(data, lists):
        return [Item(_flat(data), {})]
    if not lists:
        raise SourceError("holds no list of objects (records)")
    chosen = max(lists, key=lambda path: len(lists[path]))
    for path, values in lists.items():
        if path != chosen:
            found.dropped.append(Dropped(f"{file.path} {path}", f"another list ({len(values)} objects); `records: {path}` would read it instead"))  # fmt: skip
    found.dropped += _beside(data, chosen, file.path, lists)
    items = _descend([Item(value, {}) for value in lists[chosen]], file.path, found)
    return [part for item in items for part in _under_titles(item)]


def _under_titles(item: Item) -> list[Item]:
    """The texts of an object whose keys are their titles, else the object."""
    return [Item(text, item.around) for text in titled_texts(item.value)] or [item]


def _is_record(data: dict[str, Any], lists: dict[str, list[Any]]) -> bool:
    """Whether the whole file is one record: it has a name, or enough fields of its own, beside lists that are a part of it.

    A file that is little but a list of records stays that list, whatever it is called (a title, a notice, a count).
    """
    share = max(map(_size, lists.values()), default=0) / max(1, _size(data))
    named = any(names_by_usage(key) for key, value in data.items() if not isinstance(value, list))
    own = sum(not isinstance(value, (list, dict)) and bool(readable(value).strip()) for value in data.values())
    return not lists or (named and share < _BULK) or (own >= _ENOUGH_OWN and share < _HALF)


def _flat(data: dict[str, Any], before: str = "") -> dict[str, Any]:
    """The fields of an object with those of the objects in it, each under the names on the way to it; lists stay whole."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        name = f"{before}{key}"
        inside = _flat(value, f"{name} ") if isinstance(value, dict) else {name: value}
        found |= {free_name(inner, found): part for inner, part in inside.items()}
    return found


def _beside(data: Any, chosen: str, path: str, lists: Collection[str]) -> Iterator[Dropped]:
    """What lies beside the list of records on the way to it, and is no other list of records: it belongs to no record."""
    before = ""
    for key in chosen.split(".") if chosen else ():
        if not isinstance(data, dict):
            return
        for name, value in data.items():
            place = f"{before}{name}"
            inside = any(f"{other}.".startswith(f"{place}.") for other in lists)
            if name != key and readable(value).strip() and not inside:
                yield Dropped(f"{path} `{place}`", f"lies beside `{chosen}`, where the records lie")
        data, before = data.get(key), f"{before}{key}."


def _outer_lists(data: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    """(dotted path, list) of every list of objects that lies in no other list."""
    if isinstance(data, list):
        if data and sum(isinstance(value, dict) for value in data) * 2 >= len(data):
            yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _outer_lists(value, f"{path}.{key}" if path else key)


def _named(data: Any, path: str, lists: dict[str, list[Any]]) -> list[Item]:
    """The list at a.b.c; a list on the way is entered, each of its objects giving its own part."""
    items = [Item(data, {})]
    for key in path.split("."):
        inside = [Item(value, item.around) for item in items for value in (item.value if isinstance(item.value, list) else [item.value])]  # fmt: skip
        items = [
            Item(item.value[key], {**item.around, **(_plain_fields(item.value) if item.value is not data else {})})
            for item in inside
            if isinstance(item.value, dict) and key in item.value
        ]
    records = [Item(value, item.around) for item in items if isinstance(item.value, list) for value in item.value]
    if not records:
        there = ", ".join(path or "(the file itself)" for path in lists) or "none"
        raise SourceError(f"no list at `records: {path}`; lists of objects found: {there}")
    return records


def _descend(items: list[Item], path: str, found: Rows) -> list[Item]:
    """Go into a nested list that holds the bulk of the text; the fields around it go with each of its objects."""
    total = sum(_size(item.value) for item in items)
    sizes: dict[str, int] = {}
    counts: dict[str, int] = {}
    for item in items:
        for key, value in item.value.items() if isinstance(item.value, dict) else ():
            if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
                sizes[key] = sizes.get(key, 0) + _size(value)
                counts[key] = counts.get(key, 0) + len(value)
    key = max(sizes, key=lambda name: sizes[name], default="")
    if not key or sizes[key] < _BULK * total or counts[key] < 2 * len(items):
        return items
    inner: list[Item] = []
    for number, item in enumerate(items, start=1):
        if not isinstance(item.value, dict) or not item.value.get(key):
            found.dropped.append(Dropped(f"{path} object {number}", f"has no `{key}`, where the records lie"))
            continue
        around = {**item.around, **_plain_fields(item.value)}
        inner += [Item(value, around) for value in item.value[key]]
        found.dropped += [
            Dropped(f"{path} object {number} `{name}`", f"lies beside `{key}`, where the records lie")
            for name, value in item.value.items()
            if name != key and isinstance(value, (list, dict)) and value
        ]
    return _descend(inner, path, found)


def _plain_fields(value: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if not isinstance(part, (list, dict))}


def _size(value: Any) -> int:
    """How many characters the values hold."""
    if isinstance(value, dict):
        return sum(_size(part) for part in value.values())
    if isinstance(value, list):
        return sum(_size(part) for part in value)
    return len(str(value))


def readable(value: Any) -> str:
    """A value as people read it: the values of a nested object joined by " — ", of a nested list by ", ".

    A figure, or a yes or no, says nothing without what it is of: it is written behind its key.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return " — ".join(part for key, item in value.items() if (part := _under(key, item)))
    if isinstance(value, list):
        return ", ".join(part for item in value if (part := readable(item).strip()))
    return str(value)


def _under(key: str, value: Any) -> str:
    text = readable(value).strip()
    needs_key = isinstance(value, bool) or (isinstance(value, (str, int, float)) and _FIGURE.match(text))
    return f"{key} : {text}" if text and needs_key else text


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, numbered where another field has it."""
    count = 1
    while (free := name if count == 1 else f"{name} ({count})") in taken:
        count += 1
    return free
