"""People's reviews of examples: what they accepted, corrected or rejected, and how the examples change by it.

A review holds for an example as it was read: its code is a hash of id, question and answer. An example that changes at
its source is reviewed anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from dalil.artefacts import REVIEWS, json_lines, read_records, write_records
from dalil.dataset.gold import Corpus
from dalil.dataset.spool import Line
from dalil.errors import WorkError
from dalil.records import Dropped, Example, content_id, to_row

Ruling = Literal["accepted", "corrected", "rejected"]


@dataclass(frozen=True, slots=True)
class Review:
    """One ruling. `question` and `answer`: as they were read; `new_*`: what a correction put in their place ("" kept)."""

    code: str
    id: str
    question: str
    answer: str
    ruling: Ruling
    new_question: str = ""
    new_answer: str = ""
    comment: str = ""
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class ReviewShare:
    """How much of a dataset people have looked at. `reviewed` of `of` examples stand accepted or corrected."""

    reviewed: int
    of: int
    accepted: int
    corrected: int
    rejected: int
    stale: int

    @property
    def share(self) -> float:
        return self.reviewed / self.of if self.of else 0.0


def review_code(example: Example) -> str:
    """The example's name on a sheet. The letter keeps spreadsheets from reading digits as a number."""
    return "r" + content_id(example.id, example.question, example.answer)


def read_reviews(state: Path) -> dict[str, Review]:
    """Code → the last review. Raises WorkError where the file is damaged: it is people's work."""
    path = state / REVIEWS
    if not path.exists():
        return {}
    try:
        return {review.code: review for review in read_records(Review, path)}
    except WorkError as error:
        raise WorkError(error.message, hint=f"put a copy of {path} back, or move it away") from error


def keep_reviews(state: Path, fresh: Iterable[Review]) -> int:
    """Add reviews to those that are kept; a new one of the same code replaces the old. Returns how many it replaced."""
    kept = read_reviews(state)
    made = {review.code: review for review in fresh}
    changed = sum(code in kept and kept[code] != review for code, review in made.items())
    write_records(state / REVIEWS, [review for _, review in sorted((kept | made).items())])
    return changed


def apply_reviews(examples: Sequence[Example], reviews: Mapping[str, Review],
                  corpus: Corpus | None = None) -> tuple[list[Example], list[Dropped]]:  # fmt: skip
    """The examples as people left them, and those they rejected. `corpus` finds the proof of a corrected answer."""
    kept: list[Example] = []
    dropped: list[Dropped] = []
    for example in examples:
        found = _last(example, reviews, corpus)
        if found is None:
            dropped.append(Dropped(f"{example.id}: {example.question}", "rejected in a review"))
        else:
            kept.append(found)
    return kept, dropped


def reviewed_lines(
    lines: Iterable[Line], reviews: Mapping[str, Review], corpus: Corpus | None = None
) -> Iterator[Line | Dropped]:
    """`apply_reviews` of lines, of which those that nobody reviewed stay as they are written."""
    reviewed = {review.id for review in reviews.values()}
    for line in lines:
        if line.id not in reviewed:
            yield line
            continue
        kept, dropped = apply_reviews([line.example()], reviews, corpus)
        yield from dropped
        yield from (line._replace(text=json_lines([to_row(example)])) for example in kept)


def _last(example: Example, reviews: Mapping[str, Review], corpus: Corpus | None) -> Example | None:
    """The example after every review of it in turn (a corrected one may be reviewed again); None where one rejects it."""
    seen = set[str]()
    while (review := reviews.get(code := review_code(example))) and code not in seen:
        seen.add(code)
        if review.ruling == "rejected":
            return None
        example = _corrected(example, review, corpus)
    return example


def _corrected(example: Example, review: Review, corpus: Corpus | None) -> Example:
    """A new answer keeps no old proof; origin, record, group and kind stay."""
    question = review.new_question or example.question
    if not review.new_answer:
        return replace(example, question=question)
    bare = replace(
        example, question=question, answer=review.new_answer, answerable=True, evidence=(), values=(), field=""
    )
    return corpus.prove(bare) if corpus else bare


def review_share(state: Path, examples: Sequence[Example]) -> ReviewShare:
    """How much of the built examples people have reviewed; `stale`: reviews of what is no longer there."""
    reviews = read_reviews(state)
    after = {_code_after(review): review for review in reviews.values() if review.ruling != "rejected"}
    found = [after[code] for example in examples if (code := review_code(example)) in after]
    counts = Counter(review.ruling for review in found)
    rejected = sum(review.ruling == "rejected" for review in reviews.values())
    later = sum(_code_after(review) in reviews for review in after.values() if review.ruling == "corrected")
    stale = len(after) - len({review.code for review in found}) - later
    return ReviewShare(len(found), len(examples), counts["accepted"], counts["corrected"], rejected, max(0, stale))


def review_row(state: Path, examples: Sequence[Example]) -> dict[str, Any]:
    """The share of these examples that people have reviewed, as a row."""
    found = review_share(state, examples)
    return {**asdict(found), "share": round(found.share, 4)}


def _code_after(review: Review) -> str:
    """The code of the example as the review left it."""
    if review.ruling == "accepted":
        return review.code
    return "r" + content_id(review.id, review.new_question or review.question, review.new_answer or review.answer)


def draw_for_review(examples: Iterable[Example], reviewed: Mapping[str, Review], most: int, seed: int) -> list[Example]:
    """At most `most` examples that nobody has reviewed, in turn over kinds, each kind's in the order of a seeded hash."""
    done = set(reviewed) | {_code_after(review) for review in reviewed.values()}
    by_kind: dict[str, list[Example]] = defaultdict(list)
    for example in sorted(examples, key=lambda e: content_id("review", str(seed), e.id)):
        if review_code(example) not in done:
            by_kind[example.kind].append(example)
    ranks = zip_longest(*(by_kind[kind] for kind in sorted(by_kind)))
    return [example for rank in ranks for example in rank if example is not None][:most]
