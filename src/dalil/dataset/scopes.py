"""Which document a person means who names it in part: "WL 180", "wheel loader", a file's name without its ending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from dalil.language import fold, words


def matching_scopes(given: str, named: Iterable[tuple[str, str]]) -> list[str]:
    """The paths that `given` can mean, of (path, name) pairs; a catalogue's file is one of them, beside its records.

    The strictest rule that finds any decides: the path; the whole name, file name or its stem; some of their words in a
    row ("WL180" is "WL 180"); their words in any order.
    """
    known = [(path, name) for path, name in named]
    known += [(source, "") for source in dict.fromkeys(path.split("#", 1)[0] for path, _ in known if "#" in path)]
    if any(path == given for path, _ in known):
        return [given]
    titles = [(path, _titles(path, name)) for path, name in known]
    whole = [path for path, found in titles if fold(given) in {fold(title) for title in (path, *found)}]
    asked = words(given)
    if whole or not asked:
        return whole
    forms = [(path, [words(title) for title in found]) for path, found in titles]
    in_a_row = [path for path, found in forms if any(_holds(title, "".join(asked)) for title in found)]
    return in_a_row or [path for path, found in forms if set(asked) <= {word for title in found for word in title}]


def _titles(path: str, name: str) -> list[str]:
    """What people call a document: its name; a file also by its file name, with or without the ending."""
    if "#" in path:
        return [name, path.split("#", 1)[1]]
    return [title for title in (name, PurePosixPath(path).name, PurePosixPath(path).stem) if title]


def _holds(title: Sequence[str], joined: str) -> bool:
    """Whether whole words of the title in a row, written together, are `joined`."""
    return any("".join(title[i:j]) == joined for i in range(len(title)) for j in range(i + 1, len(title) + 1))
