"""What people's scores say: means by approach, their agreement with the judge, and with each other. Records in, one object out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import Any

from dalil.evaluation.agreement import Agreement, agreement, weighted_mean
from dalil.evaluation.ratings import RatedSheet, Rating
from dalil.evaluation.run import MIN_GROUPS, as_figure, generator
from dalil.evaluation.sheet import SCALE, SCORES, Key, KeyRow
from dalil.records import to_row

RIGHT_FROM = 4
"""A precision from here on says that the answer is right."""
TRUST_FROM = 0.4
"""Under this kappa the judge is not to be trusted."""
ENDS = (float(SCALE[0]), float(SCALE[-1]))
Scored = Mapping[str, Sequence[int]]


def human_object(key: Key, sheets: Mapping[str, RatedSheet], seed: int) -> dict[str, Any]:
    """The object of `dalil evaluate --sheet-in`: {set, sheet_rows, raters, approaches, judge, between}.

    `sheets`: rater → the sheet, matched with the key.
    """
    by_code = {row.code: row for row in key.rows}
    every = [(by_code[rating.code], rating) for sheet in sheets.values() for rating in sheet.ratings]
    pooled = {name: value for name, value in judge_agreement(every, seed, "pooled").items() if name != "differ"}
    return {
        "set": "test",
        "sheet_rows": len(key.rows),
        "raters": [_rater(name, sheet, by_code, seed) for name, sheet in sheets.items()],
        "approaches": [_approach(name, key, sheets, seed) for name in sorted(key.totals)],
        "judge": pooled,
        "between": [_between(a, b, sheets, by_code, seed) for a, b in combinations(sheets, 2)],
    }


def _rater(name: str, sheet: RatedSheet, by_code: Mapping[str, KeyRow], seed: int) -> dict[str, Any]:
    rated = [(by_code[rating.code], rating) for rating in sheet.ratings]
    return {
        "rater": name,
        "rated": len(sheet.ratings),
        "unrated": sheet.unrated,
        "blank": sheet.blank,
        "missing": sheet.missing,
        "refused": [to_row(found) for found in sheet.refused],
        "judge": judge_agreement(rated, seed, name),
    }


def _approach(name: str, key: Key, sheets: Mapping[str, RatedSheet], seed: int) -> dict[str, Any]:
    """Means of an approach's scores; an answer scored by several people counts once, with their mean.

    The sheet is drawn evenly over outcomes, the answers are not: each score stands for its share of the approach's
    answers with that outcome. `covered`: the share of answers whose outcome has a score at all.
    """
    rows = [row for row in key.rows if row.approach == name]
    values = {score: scores_by_code(sheets, score) for score in SCORES}
    rated = [row for row in rows if any(row.code in values[score] for score in SCORES)]
    totals = key.totals[name]
    covered = sum(totals[outcome] for outcome in {row.outcome for row in rated}) / sum(totals.values())
    return {
        "approach": name,
        "n": len(rated),
        "of": sum(totals.values()),
        "covered": round(covered, 6),
        "scores": {score: _mean(rows, values[score], totals, seed, name, score) for score in SCORES},
    }


def scores_by_code(sheets: Mapping[str, RatedSheet], score: str) -> dict[str, float]:
    """Code → the mean of what the raters gave."""
    found: dict[str, list[int]] = {}
    for sheet in sheets.values():
        for rating in sheet.ratings:
            value = getattr(rating, score)
            if value is not None:
                found.setdefault(rating.code, []).append(value)
    return {code: fmean(values) for code, values in found.items()}


def _mean(rows: Sequence[KeyRow], values: Mapping[str, float], totals: Mapping[str, int], seed: int,
          *names: str) -> dict[str, Any]:  # fmt: skip
    told = [row for row in rows if row.code in values]
    counts = Counter(row.outcome for row in told)
    weights = [totals[row.outcome] / counts[row.outcome] for row in told]
    rng = generator(seed, "human", *names)
    return as_figure(weighted_mean([values[row.code] for row in told], weights, [row.group for row in told], rng, ENDS,
                                   intervals=has_groups(told)))  # fmt: skip


def has_groups(rows: Sequence[KeyRow]) -> bool:
    """Whether there are groups enough for an interval; questions over several records, and about none, add none."""
    split = {row.group for row in rows if row.stratum in ("seen", "unseen")}
    return len(split or {row.group for row in rows}) >= MIN_GROUPS


def judge_agreement(rated: Sequence[tuple[KeyRow, Rating]], seed: int, name: str) -> dict[str, Any]:
    """A precision from 4 on against the judge's right (or rightly silent), and where the two differ.

    Over the rows of the sheet as they are: evenly drawn, so that seldom outcomes weigh as much as frequent ones.
    """
    told = [(row, rating.precision) for row, rating in rated if rating.precision is not None]
    rows = [row for row, _ in told]
    people = [int(precision >= RIGHT_FROM) for _, precision in told]
    judged = [int(row.correct) for row in rows]
    found = agreement(people, judged, [row.group for row in rows], generator(seed, "judge", name), levels=2,
                      intervals=has_groups(rows))  # fmt: skip
    differ = [
        {"id": row.id, "approach": row.approach, "code": row.code, "judged": row.outcome, "precision": precision}
        for row, precision in told
        if row.correct != (precision >= RIGHT_FROM)
    ]
    return {**_figures(found), "trust": trust(found), "differ": differ}


def trust(found: Agreement) -> str:
    """`yes` where kappa's whole interval reaches 0.4, `no` where kappa itself does not, else `unclear`."""
    kappa = found.kappa
    if kappa.value is None:
        return "unclear"
    if kappa.value < TRUST_FROM:
        return "no"
    return "yes" if kappa.low is not None and kappa.low >= TRUST_FROM else "unclear"


def _figures(found: Agreement) -> dict[str, Any]:
    return {"n": found.n, "observed": as_figure(found.observed), "kappa": as_figure(found.kappa)}


def _between(a: str, b: str, sheets: Mapping[str, RatedSheet], by_code: Mapping[str, KeyRow],
             seed: int) -> dict[str, Any]:  # fmt: skip
    """Two raters on the answers that both scored: kappa weighted by the square of the steps between their scores."""
    first, second = ({rating.code: rating for rating in sheets[name].ratings} for name in (a, b))
    made: dict[str, Any] = {"a": a, "b": b, "weights": "quadratic"}
    for score in SCORES:
        pairs = [(code, getattr(first[code], score), getattr(second[code], score)) for code in first if code in second]
        told = [(by_code[code], x, y) for code, x, y in pairs if x is not None and y is not None]
        rows = [row for row, _, _ in told]
        steps = [
            [value - SCALE[0] for value in column] for column in ([x for _, x, _ in told], [y for _, _, y in told])
        ]
        rng = generator(seed, "between", a, b, score)
        made[score] = _figures(agreement(steps[0], steps[1], [row.group for row in rows], rng, levels=len(SCALE),
                                         quadratic=True, intervals=has_groups(rows)))  # fmt: skip
    return made
