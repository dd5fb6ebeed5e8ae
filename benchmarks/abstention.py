"""How well `extractive` knows what it does not know: AUROC, calibration, and whether a promised limit is kept.

    DALIL_CORPORA=… python benchmarks/abstention.py          # the tables, with the coefficients that are shipped
    DALIL_CORPORA=… python benchmarks/abstention.py --fit    # fits these first (src/dalil/answering/default_calibration.json)

Each question is asked as it is (right: a gold answer stands in the quoted sentences), with its passage hidden and with its
whole article hidden (then nothing is right). The coefficients: 60 % of the articles; the tables: the other 40 %. Fields and
lists of records begin with a prior by hand, which the workspace's own questions replace.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from abstention_trials import ADVERSARIAL, ARTICLE, PASSAGE, PLAIN, SEED, Tried, tried
from dalil.answering.abstention import (
    PRIOR_RIDGE,
    Calibration,
    Logistic,
    Trial,
    default_calibration,
    fit_confidence,
    unseen_scores,
)
from dalil.answering.threshold import LIKELIER, SURE, Threshold, choose_threshold
from dalil.binomial import binomial_lower
from public_sets import SETS, is_test

TARGET = 0.05
TARGETS = (0.05, 0.1, 0.2, 0.3)
RESAMPLED = 100
BINS = 10
RIDGE = 30.0
COEFFICIENTS = Path("src/dalil/answering/default_calibration.json")
RECORD_THRESHOLD = 0.8
"""A line of a record answers seldom: it must be surer than a sentence of a text."""
UNITLESS_PRIOR = -2.5
"""By hand: an amount with its unit was asked for and none is quoted. The public sets ask for too few to tell."""
OWN_ALONE = frozenset({"apart"})
"""What only a workspace's own questions give a weight, for the same reason: among the public sets' it got one by chance."""
FIELD_PRIOR = Logistic(
    -2.5,
    {"name_score": 3.0, "exact": 0.5, "typo": 0.0, "field_score": 1.0, "margin": 0.8, "unexplained": -0.5, "beside": -1.0,
     "several": -3.0},
    own=False,
)  # fmt: skip
LIST_PRIOR = Logistic(
    -0.5,
    {
        "cued": 1.0,
        "close": 0.3,
        "value_words": 0.3,
        "asks": 0.5,
        "unexplained": -2.0,
        "strangers": -1.5,
        "values": -1.0,
    },
    own=False,
)
Of = Callable[[Tried], bool]


class Half(NamedTuple):
    """Whether the limit was promised; in the other half: how many were wrong and said, the answerable's share said."""

    promised: bool
    wrong: int
    said: int
    answered: float

    @property
    def share(self) -> float:
        return self.wrong / self.said if self.said else 0.0

    def contradicts(self, limit: float) -> bool:
        """Whether more than the limit must be wrong, whatever the chance of this half."""
        return binomial_lower(self.wrong, self.said) > limit


def halves(rows: Sequence[Tried]) -> list[Tried]:
    """Each question twice: as it is, and without its passage or (every other one) without its article."""
    ids = list(dict.fromkeys(row.asked.id for row in rows if row.way == PLAIN))
    way = {identifier: (PASSAGE, ARTICLE)[place % 2] for place, identifier in enumerate(ids)}
    return [row for row in rows if row.way == PLAIN or row.way == way.get(row.asked.id)]


def left_out(rows: Sequence[Tried]) -> list[Tried]:
    """Each question twice: as it is, and without its article, as a workspace asks its own to calibrate."""
    return [row for row in rows if row.way in (PLAIN, ARTICLE)]


def trial_of(row: Tried) -> Trial:
    return Trial("text", row.features, row.right, row.asked.id, there=row.way == PLAIN)


def fit(every: Sequence[Tried]) -> Calibration:
    """Coefficients from the training articles of all sets, and the thresholds that a workspace begins with.

    Without vectors: what a cosine means hangs on the encoder, so that only the workspace's own questions can tell.
    """
    shared = [replace(row, features={k: v for k, v in row.features.items() if k not in OWN_ALONE}) for row in every]
    model = fit_confidence([trial_of(row) for row in shared], RIDGE, by_there=True)
    assert model.there is not None
    weights = model.weights | {"unitless": UNITLESS_PRIOR}
    text = replace(model, weights=weights, own=False, there=replace(model.there, own=False))
    prior = Threshold(LIKELIER, TARGET, False, 0, 0, 1.0, 0)
    return Calibration(
        {"text": text, "record": text, "field": FIELD_PRIOR, "list": LIST_PRIOR},
        {
            "text": replace(prior, value=SURE),
            "record": replace(prior, value=RECORD_THRESHOLD),
            "field": prior,
            "list": prior,
        },
    )


def auroc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """Area under the ROC curve by ranks; of equal scores the mean rank."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    positives = np.array(right)
    n, m = positives.sum(), (~positives).sum()
    return float((ranks[positives].sum() - n * (n + 1) / 2) / (n * m))


def calibration_error(scores: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error: announced against seen, in tenths of confidence."""
    found, truth = np.array(scores), np.array(right)
    place = np.minimum((found * BINS).astype(int), BINS - 1)
    return float(sum(abs(found[place == b].sum() - truth[place == b].sum()) for b in range(BINS)) / len(found))


def row_of(model: Logistic, rows: Sequence[Tried]) -> str:
    """AUROC of what is there against what is gone (article, passage), of right; refused at 90 % answered; error."""
    score = {way: [model.probability(r.features) for r in rows if r.way == way] for way in (PLAIN, PASSAGE, ARTICLE)}
    cut = np.quantile(score[PLAIN], 0.1)
    both = halves(rows)
    own, right = [model.probability(r.features) for r in both], [r.right for r in both]

    def apart(way: str) -> float:
        return auroc(score[PLAIN] + score[way], [True] * len(score[PLAIN]) + [False] * len(score[way]))

    refused = [np.mean(np.array(score[way]) < cut) for way in (ARTICLE, PASSAGE)]
    return (f"{apart(ARTICLE):.3f} | {apart(PASSAGE):.3f} | {auroc(own, right):.3f} | {refused[0]:.2f} | {refused[1]:.2f} | "
            f"{calibration_error(own, right):.3f}")  # fmt: skip


def show_auroc(trials: dict[tuple[str, bool], list[Tried]], default: Calibration) -> None:
    print(
        "\n| set | vectors | coefficients | AUROC article | AUROC passage | AUROC right | refused article | refused passage | calibration error |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for (name, dense), rows in trials.items():
        test = [row for row in rows if is_test(row.asked.article)]
        train = left_out([row for row in rows if not is_test(row.asked.article)])
        shipped = default.models["text"]
        own = fit_confidence([trial_of(r) for r in train], PRIOR_RIDGE, shipped)
        for label, model in (("shipped", shipped), ("own questions", own)):
            print(f"| {name} | {'yes' if dense else 'no'} | {label} | {row_of(model, test)} |")
            if model.there:
                print(f"| {name} | {'yes' if dense else 'no'} | {label}, there or not | {row_of(model.there, test)} |")
    for (name, dense), rows in trials.items():
        odd = [r for r in rows if r.way == ADVERSARIAL and is_test(r.asked.article)]
        if odd:
            plain = [r for r in rows if r.way == PLAIN and is_test(r.asked.article)]
            scores = [default.models["text"].probability(r.features) for r in [*plain, *odd]]
            found = auroc(scores, [True] * len(plain) + [False] * len(odd))
            print(
                f"\n{name}, {'with' if dense else 'without'} vectors: AUROC of {len(odd)} adversarial questions {found:.3f}"
            )


def resampled(both: Sequence[Tried], default: Calibration, is_right: Of) -> dict[float, list[Half]]:
    """Target → what each resampling by halves of the articles promised, and what came of it in the other half."""
    rng, articles = np.random.default_rng(SEED), sorted({row.asked.article for row in both})
    found: dict[float, list[Half]] = {target: [] for target in TARGETS}
    for _ in range(RESAMPLED):
        taken = {articles[i] for i in rng.permutation(len(articles))[: len(articles) // 2]}
        trials = [replace(trial_of(r), right=is_right(r)) for r in both if r.asked.article in taken]
        prior = default.models["text"]
        model = fit_confidence(trials, PRIOR_RIDGE, prior)
        units = unseen_scores(trials, prior)
        rest = [(model.probability(r.features), r) for r in both if r.asked.article not in taken]
        for target in TARGETS:
            cut = choose_threshold([score for score, _, _ in units], [ok for _, ok, _ in units], target)
            said = [r for score, r in rest if score >= cut.value]
            plain = sum(r.way == PLAIN for r in said) / sum(r.way == PLAIN for _, r in rest)
            found[target].append(Half(cut.holds, sum(not is_right(r) for r in said), len(said), plain))
    return found


def show_guarantee(trials: dict[tuple[str, bool], list[Tried]], default: Calibration) -> None:
    print(
        "\n| set | gone | right is | limit | promised | kept | contradicted | wrong, mean | answerable answered, mean |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    kinds: tuple[tuple[str, Of], ...] = (
        ("gold quoted", lambda r: r.right),
        ("passage found", lambda r: r.way == PLAIN and r.found),
    )
    for (name, dense), rows in trials.items():
        asked = (("article", left_out(rows)), ("passage or article", halves(rows)))
        for gone, both, label, is_right in [(*way, *kind) for way in asked for kind in kinds if dense]:
            for target, tries in resampled(both, default, is_right).items():
                promised = [half for half in tries if half.promised]
                kept = sum(half.share <= target for half in promised)
                against = sum(half.contradicts(target) for half in promised)
                print(f"| {name} | {gone} | {label} | {target:.0%} | {len(promised)} | {kept} | {against} | "
                      f"{np.mean([half.share for half in tries]):.3f} | {np.mean([half.answered for half in tries]):.2f} |",
                      flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="fit the shipped coefficients first")
    asked = parser.parse_args()
    trials = {(name, dense): tried(name, dense=dense) for name in SETS for dense in (False, True)}
    default = default_calibration()
    if asked.fit:
        lexical = [rows for (_, dense), rows in trials.items() if not dense]
        every = [row for rows in lexical for row in halves(rows) if not is_test(row.asked.article)]
        default = fit(every)
        COEFFICIENTS.write_text(json.dumps(asdict(default), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    show_auroc(trials, default)
    show_guarantee(trials, default)


if __name__ == "__main__":
    main()
