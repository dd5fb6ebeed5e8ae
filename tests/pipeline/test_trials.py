"""Which questions calibration tries: people's and harvested ones before those that dalil wrote about texts."""

from __future__ import annotations

from dataclasses import replace

from dalil.pipeline.measuring import MAX_TRIALS, TEXT_TRIALS, drawn_trials
from dalil.records import Example, Origin


def pool(**counts: int) -> list[Example]:
    plain = Example("", "Q ?", "a", "section", "fr", "pairs", True)
    origins: dict[str, Origin] = {"pairs": "pairs", "sections": "sections", "templates": "templates"}
    return [replace(plain, id=f"{o}{i}", origin=origins[o]) for o, n in counts.items() for i in range(n)]


def count(chosen: list[Example], origin: str) -> int:
    return sum(example.origin == origin for example in chosen)


def test_questions_about_texts_fill_up_what_people_left_open() -> None:
    chosen = drawn_trials(pool(pairs=40, sections=500, templates=40))
    assert count(chosen, "pairs") == 40
    assert count(chosen, "templates") == 40
    assert count(chosen, "sections") == TEXT_TRIALS - 40


def test_without_people_they_are_tried_up_to_their_number_and_never_more_than_all() -> None:
    assert count(drawn_trials(pool(sections=500)), "sections") == TEXT_TRIALS
    assert count(drawn_trials(pool(pairs=300, sections=50)), "sections") == 0
    assert len(drawn_trials(pool(templates=2 * MAX_TRIALS))) == MAX_TRIALS
