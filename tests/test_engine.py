"""What a killed run had finished is not done again; what is damaged of it is."""

from __future__ import annotations

from pathlib import Path

from dalil.engine import LocalEngine, RowCache
from dalil.records import Dropped


class Reads:
    """A map stage that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, row: str) -> list[Dropped]:
        self.asked.append(row)
        return [Dropped(row, row.upper())]


def test_kept_rows_are_not_made_again_and_come_in_their_place(tmp_path: Path) -> None:
    cache, first, second = RowCache(tmp_path, str), Reads(), Reads()
    list(LocalEngine().map(first, ["b", "d"], cache))
    made = list(LocalEngine().map(second, ["a", "b", "c", "d"], cache))
    assert second.asked == ["a", "c"]
    assert made == [[Dropped(row, row.upper())] for row in "abcd"]


def test_a_damaged_row_is_made_again_and_kept_whole(tmp_path: Path) -> None:
    cache, reads = RowCache(tmp_path, str), Reads()
    list(LocalEngine().map(reads, ["a", "b"], cache))
    (damaged,) = [path for path in tmp_path.rglob("*.json") if '"a"' in path.read_text()]
    damaged.write_text("[[")
    assert list(LocalEngine().map(reads, ["a", "b"], cache)) == [[Dropped("a", "A")], [Dropped("b", "B")]]
    assert reads.asked == ["a", "b", "a"]
    assert cache.get("a") == [Dropped("a", "A")]
