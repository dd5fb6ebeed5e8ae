"""Examples pass by one at a time: what waits on disk comes back whole, in its group, and memory stays small."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from records_by_hand import own, record, tools

from dalil.artefacts import write_records
from dalil.config import DatasetSettings
from dalil.dataset.build import written_examples
from dalil.dataset.certificate import Certifying
from dalil.dataset.groups import Grouping, group_examples
from dalil.dataset.near import hashes_on_disk, near_pairs, shingles
from dalil.dataset.one_answer import with_one_answer
from dalil.dataset.review import Review, review_code, reviewed_lines
from dalil.dataset.spool import ExampleSpool, Line
from dalil.errors import WorkError
from dalil.lexicon import load_lexicon
from dalil.records import Document, Dropped, Example
from dalil.store.shelf import Shelf

A, B = record("Alpha", {"licence": "MIT"}), record("Beta", {"licence": "MIT"})


def lines(examples: Sequence[Example], documents: Sequence[Document] = (A, B)) -> list[Line]:
    with closing(ExampleSpool(Grouping(documents, 1))) as spool:
        for example in examples:
            spool.add(example)
        return list(spool.lines())


def test_lines_are_the_examples_in_their_groups_whatever_their_texts_hold() -> None:
    said = 'Que dit "group": "", "id": "x" \\" et \\\\ ?\n'
    examples = [own(said, B.path, ident="z"), own("Qui ?", A.path, ident='a"é'), own(said, A.path, ident="b")]
    made = lines(examples)
    wanted = sorted(group_examples(examples, (A, B), 1), key=lambda e: (e.group, e.id))
    assert [line.example() for line in made] == wanted
    assert [(line.group, line.id) for line in made] == [(e.group, e.id) for e in wanted]
    assert {line.label for line in made} == {"pairs:question"}
    assert lines([]) == []


def test_a_repeated_id_gets_a_number_that_nobody_else_has() -> None:
    names = ["1", "1", "1~2", "2", "1", "2~2"]
    made = {
        e.question: e.id for e in (x.example() for x in lines([own(f"Q{i} ?", ident=n) for i, n in enumerate(names)]))
    }
    assert [made[f"Q{i} ?"] for i in range(6)] == ["1", "1~2", "1~2~2", "2", "1~3", "2~2"]


def test_a_review_changes_its_own_line_alone() -> None:
    made = lines([own("A ?", A.path, ident="a"), own("B ?", A.path, ident="b"), own("C ?", A.path, ident="c")])
    first, second, third = (line.example() for line in made)
    rulings = [
        Review(review_code(first), "a", "A ?", "oui", "corrected", "A donc ?"),
        Review(review_code(second), "b", "B ?", "oui", "rejected"),
    ]
    found = list(reviewed_lines(made, {review.code: review for review in rulings}))
    assert [type(item) for item in found] == [Line, Dropped, Line]
    corrected, _, same = found
    assert isinstance(corrected, Line)
    assert corrected.text.endswith("}\n")
    assert (corrected.example().question, corrected.example().group) == ("A donc ?", first.group)
    assert same == made[2]
    assert third.question == "C ?"


def test_the_answers_of_a_question_are_compared_over_passes() -> None:
    first, second = own("La moins chère ?", A.path, answer="Alpha"), own("la moins chere", B.path, answer="Beta")
    other, twin = own("Qui ?", A.path, answer="Léa"), own("Qui ?", B.path, answer="lea", ident="t")
    found = list(with_one_answer(lambda: [first, other, second, twin]))
    assert found[:2] == [other, twin]
    assert [item.what for item in found[2:] if isinstance(item, Dropped)] == [first.question, second.question]


def test_a_shelf_gives_each_record_by_its_place(tmp_path: Path) -> None:
    rows = [Dropped("é" * size, "…") for size in (3, 0, 7)]
    write_records(tmp_path / "x.jsonl", rows)
    shelf = Shelf(Dropped, tmp_path / "x.jsonl")
    assert (list(shelf), len(shelf), shelf[0], shelf[-1], shelf[1:]) == (rows, 3, rows[0], rows[2], rows[1:])
    (tmp_path / "y.jsonl").write_text('{"what": "a", "reason": "b"}\n{"what"\n', encoding="utf-8")
    with pytest.raises(WorkError, match=r"y\.jsonl is damaged"):
        Shelf(Dropped, tmp_path / "y.jsonl")[1]
    with pytest.raises(WorkError, match=r"z\.jsonl is damaged"):
        Shelf(Dropped, tmp_path / "z.jsonl")


def test_hashes_on_disk_are_compared_as_in_memory() -> None:
    rng = np.random.default_rng(3)
    runs = [[f"w{n}" for n in rng.integers(0, 400, 60)] for _ in range(20)]
    sets = [shingles([run], 5) for run in [*runs, *(run[:-2] for run in runs[::3]), runs[0], []]]
    with closing(hashes_on_disk()) as spool:
        for found in sets:
            spool.add(found)
        assert list(near_pairs(spool, 0.8, 1)) == list(near_pairs(sets, 0.8, 1)) != []


def peak(work: Callable[[], int]) -> tuple[int, int]:
    """The most memory that the work took, and how many examples passed."""
    tracemalloc.start()
    count = work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found, count


def growth(work: Callable[[int], int]) -> float:
    """Bytes of peak memory for each more example, when the work grows fourfold."""
    work(30)  # word lists and caches
    (small, few), (large, many) = peak(lambda: work(50)), peak(lambda: work(200))
    return (large - small) / (many - few)


def test_examples_are_not_held_while_they_are_written() -> None:
    def work(size: int) -> int:
        documents = tools(size)
        with closing(ExampleSpool(Grouping(documents, 1))) as spool:
            for item in written_examples(documents, DatasetSettings(), [], [load_lexicon("fr")], 42):
                if isinstance(item, Example):
                    spool.add(item)
            return sum(1 for _ in spool.lines())

    assert growth(work) < 400, "with the record that it is of; an example itself takes 1,200"


def test_what_was_trained_is_not_held_while_it_is_compared() -> None:
    def work(size: int) -> int:
        certifying = Certifying([own("Combien en coûte ?", A.path)])
        for number in range(size * 120):
            certifying.add(own(f"Combien en coûte {number % 50} fois ?", f"#{number % 7}", ident=str(number)))
        assert certifying.row()["train"] == size * 120
        return size * 120

    assert growth(work) < 40


def test_groups_come_once() -> None:
    made = lines([own(f"Q{i} ?", (A, B)[i % 2].path) for i in range(9)])
    assert [group for group, _ in groupby(line.group for line in made)] == sorted({line.group for line in made})
