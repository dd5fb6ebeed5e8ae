from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_by_hand import own, tools

from built_examples import build_examples
from dalil.config import DatasetSettings, SplitSettings
from dalil.dataset.split import (
    SplitRow,
    askable,
    assign,
    certificate,
    draw,
    fold_count,
    members_by_group,
    read_split,
    resampled_with_records,
    strata,
    training_examples,
    write_split,
)
from dalil.records import Example

ONE = SplitSettings(folds=1, test=0.2)
MANY = SplitSettings()
Groups = dict[str, list[str]]


@st.composite
def partitions(draw_from: st.DrawFn) -> Groups:
    """Members m0 … in groups named after their smallest member."""
    labels = draw_from(st.lists(st.integers(0, 25), min_size=1, max_size=60))
    found: dict[int, list[str]] = defaultdict(list)
    for i, label in enumerate(labels):
        found[label].append(f"m{i:02}")
    return {names[0]: names for names in found.values()}


def places(rows: list[SplitRow]) -> dict[str, SplitRow]:
    return {row.name: row for row in rows}


@given(partitions(), st.integers(0, 9), st.sampled_from([ONE, MANY]))
def test_no_group_lies_on_two_sides_or_folds_and_both_are_balanced(
    groups: Groups, seed: int, how: SplitSettings
) -> None:
    rows = assign(groups, how, seed, [])
    assert rows == assign(dict(reversed(groups.items())), how, seed, [])
    by_group = {row.group: (row.side, row.fold) for row in rows}
    assert len({(row.group, row.side, row.fold) for row in rows}) == len(groups)
    folds = Counter(fold for _, fold in by_group.values())
    assert max(folds.values()) - min(folds[f] for f in range(5)) <= 1
    sides = Counter(side for side, _ in by_group.values())
    assert abs(sides["test"] - max(1.0 if len(groups) > 1 else 0.0, how.test * len(groups))) <= 1


@given(partitions(), st.data())
def test_what_stays_keeps_its_place_when_records_come_and_go(groups: Groups, data: st.DataObject) -> None:
    before = assign(groups, MANY, 1, [])
    gone = data.draw(st.sets(st.sampled_from(sorted(places(before)))))
    after: Groups = {"new1": ["new1"], "new2": ["new2", "new3"]}
    for names in groups.values():
        kept = [name for name in names if name not in gone]
        if kept:
            after[kept[0]] = kept
    now = places(assign(after, MANY, 1, before))
    for name, row in places(before).items():
        if name not in gone:
            assert (now[name].side, now[name].fold) == (row.side, row.fold)


@given(partitions(), partitions())
def test_a_trained_member_never_moves_to_test(first: Groups, second: Groups) -> None:
    """Whatever groups merge or come apart."""
    before = places(assign(first, ONE, 1, []))
    for row in assign(second, ONE, 1, list(before.values())):
        if row.name in before and before[row.name].side == "train":
            assert row.side == "train"


def test_a_record_that_comes_back_finds_its_old_place(tmp_path: Path) -> None:
    path = tmp_path / "state" / "split.jsonl"
    groups = {f"m{i}": [f"m{i}"] for i in range(20)}
    before = assign(groups, MANY, 1, [])
    write_split(path, before)
    fewer = {g: n for g, n in groups.items() if g != "m7"}
    write_split(path, assign(fewer, MANY, 1, read_split(path)))
    after = assign(groups, MANY, 1, read_split(path))
    assert places(after) == places(before)


def test_another_number_of_folds_deals_them_anew_and_keeps_the_sides() -> None:
    groups = {f"m{i}": [f"m{i}"] for i in range(30)}
    before = assign(groups, SplitSettings(folds=3), 1, [])
    after = assign(groups, SplitSettings(folds=5), 1, before)
    assert Counter(row.fold for row in after) == dict.fromkeys(range(5), 6)
    assert [row.side for row in after] == [row.side for row in before]


def test_folds_resolve_by_the_size_of_the_test_side() -> None:
    assert fold_count(SplitSettings(), 290) == 5
    assert fold_count(SplitSettings(), 300) == 1
    assert fold_count(SplitSettings(folds=3), 5000) == 3


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    pairs = [own(f"Que dire de ceci, {i} fois {i * 7} ?", ident=f"p{i}") for i in range(8)]
    pairs += [own("Quelle licence ?", "outils.json#ZephyrA0", ident="q")]
    made, _ = build_examples(tools(40), DatasetSettings(), "fr", pairs, 42)
    return made


@pytest.mark.parametrize("how", [ONE, MANY, SplitSettings(folds=3)])
def test_strata_hold_what_they_promise(examples: list[Example], how: SplitSettings) -> None:
    groups = members_by_group(examples)
    rows = assign(groups, how, 42, [])
    folds = fold_count(how, len(groups))
    held = strata(askable(examples), rows, folds)
    by_id = {example.id: example for example in examples}
    assert len({item.example_id for item in held}) == len(held)
    assert {item.stratum for item in held} == {"seen", "unseen", "aggregate", "out_of_scope"}
    for fold in range(folds):
        trained = training_examples(examples, rows, fold, folds)
        ids, groups_in = {e.id for e in trained}, {e.group for e in trained}
        about = {path for e in trained for path in e.documents}
        for item in (item for item in held if item.fold == fold):
            example = by_id[item.example_id]
            assert example.id not in ids
            assert (example.group in groups_in) == (item.stratum == "seen")
            if item.stratum == "unseen":
                assert not about & set(example.documents)
        assert all(e.wording != "held_out" for e in trained)


def test_every_held_out_wording_and_own_question_is_asked_once_over_all_folds(examples: list[Example]) -> None:
    groups = members_by_group(examples)
    held = strata(askable(examples), assign(groups, MANY, 42, []), fold_count(MANY, len(groups)))
    assert {item.example_id for item in held} == {e.id for e in examples if e.wording in ("held_out", "own")}


@given(st.integers(12, 200))
@settings(max_examples=15)
def test_the_draw_is_even_and_keeps_own_questions(examples: list[Example], limit: int) -> None:
    rows = assign(members_by_group(examples), MANY, 42, [])
    held = strata(askable(examples), rows, 5)
    drawn = draw(held, askable(examples), limit)
    by_id = {example.id: example for example in examples}
    assert len(drawn) == min(limit, len(held))
    assert sum(by_id[item.example_id].origin == "pairs" for item in drawn) == 9
    counts = Counter((i.stratum, by_id[i.example_id].kind) for i in drawn if by_id[i.example_id].origin != "pairs")
    full = Counter((i.stratum, by_id[i.example_id].kind) for i in held)
    open_counts = [count for key, count in counts.items() if count < full[key]]
    assert not open_counts or max(counts.values()) - min(open_counts) <= 1


def test_the_certificate_says_what_is_shared(examples: list[Example]) -> None:
    rows = assign(members_by_group(examples), MANY, 42, [])
    by_id = {example.id: example for example in examples}
    asked = [by_id[i.example_id] for i in strata(askable(examples), rows, 5) if i.stratum == "unseen" and i.fold == 0]
    trained = training_examples(examples, rows, 0, 5)
    clean = certificate(trained, asked)
    assert (clean["shared_groups"], clean["shared_documents"], clean["exact_duplicates"]) == (0, 0, 0)
    leaky = certificate(trained, trained[:3])
    assert leaky["shared_groups"] > 0
    assert leaky["exact_duplicates"] == 3
    assert leaky["highest_similarity"]["value"] == 1.0
    assert certificate(trained, [])["highest_similarity"] is None


def test_an_aggregate_shares_its_luck_with_one_of_its_records(examples: list[Example]) -> None:
    moved = resampled_with_records(examples, examples)
    groups = members_by_group(examples)
    changed = [(old, new) for old, new in zip(examples, moved, strict=True) if old != new]
    assert changed
    assert {old.kind for old, _ in changed} <= {"listing", "count", "comparative"}
    assert all(old.documents[0] in groups[new.group] for old, new in changed)
    assert all(len(old.documents) > 1 for old, _ in changed)
