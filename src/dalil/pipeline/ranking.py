"""The stage `ranking`: the order that passages are brought to, by own training questions where these are enough to tell.

A workspace begins with weights fitted on public sets. Weights moved by its own questions are kept only where they win on questions
that they were not fitted on; and where these questions rank no better by the shipped weights, the fused order stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dalil.artefacts import Made, read_json, read_records, write_json
from dalil.config import Config
from dalil.config_retrieval import AUTO_RERANKER
from dalil.dataset.split import fold_count, read_split, training_examples
from dalil.evaluation.ranking import PRIMARY, mean_gain, measures
from dalil.pipeline.reading import open_index
from dalil.pipeline.sought import Sought, own_questions
from dalil.records import Example, content_id
from dalil.retrieval.features import FEATURES
from dalil.retrieval.index import Index
from dalil.retrieval.rerank import DEPTH, fit_weights, shipped_weights
from dalil.stages import Job

RANKING = "ranking.json"
FINAL = "final"
FEWEST = 100
"""With fewer own questions to train on nothing is fitted."""
OWN, SHIPPED, FUSED = "own", "shipped", "fused"
"""Which order stands: by weights that own questions moved, by those that are shipped, or that of fusion alone."""
_TOO_FEW = f"fewer than {FEWEST} own questions to train on"
MOST = 2000
PARTS = 5
ROUNDS = 4
"""The gain is the mean over so many ways of parting the groups: with one way, luck decides."""
LEVEL = 0.9
"""The gain's interval: above 0 at the lower end is clear of zero at 5 %, one-sided."""
Weights = dict[str, float]


@dataclass(frozen=True)
class Row:
    """A question's first candidates: their features, and which of them hold the proof."""

    example: Example
    table: NDArray[np.float64]
    right: NDArray[np.bool_]

    def place(self, scores: NDArray[np.float64]) -> int | None:
        """The first place of a right candidate under these scores."""
        order = np.argsort(-scores, kind="stable")
        found = np.flatnonzero(self.right[order])
        return int(found[0]) + 1 if len(found) else None


@dataclass(frozen=True)
class Ranking:
    """What the stage found: weights by fold (None: the fused order stays), and weights that never saw a part's questions."""

    folds: dict[str, Weights | None] = field(default_factory=dict)
    parts: list[Weights | None] = field(default_factory=list)

    def of_fold(self, fold: str) -> Weights | None:
        """The weights for questions of that fold; those fitted on all that may be trained where there is none."""
        return self.folds.get(fold, self.folds.get(FINAL))


def unfitted_ranking(config: Config) -> Ranking:
    """What stands where no own question was looked at."""
    return Ranking({FINAL: _start(config)})


def _start(config: Config) -> Weights | None:
    return dict(shipped_weights()) if config.retrieval.reranker == AUTO_RERANKER else None


def part_of(example: Example, round_: int = 0) -> int:
    """Which part of the questions an example's group is in: another one each round."""
    return int(content_id("part", str(round_), example.group), 16) % PARTS


def read_ranking(folder: Path) -> Ranking:
    """What the stage wrote."""
    row = read_json(folder / RANKING)
    return Ranking(row["folds"], row["parts"])


def ranking_settings(config: Config) -> Any:
    return {"language": config.language, "retrieval": config.retrieval.model_dump(mode="json"), "seed": config.seed}


def fit_rankers(job: Job) -> Made:
    """Own training questions → ranking.json: for each fold weights and what they gained where they were not fitted."""
    config = job.context.config
    examples = read_records(Example, job.inputs["examples"] / "examples.jsonl")
    split = read_split(job.inputs["split"] / "split.jsonl")
    folds = fold_count(config.split, len({row.group for row in split}))
    trained = {str(fold): training_examples(examples, split, fold, folds) for fold in range(folds)}
    pool = own_questions({example.id: example for known in trained.values() for example in known}.values())
    rows = {row.example.id: row for row in _rows(job, pool)} if config.retrieval.reranker == AUTO_RERANKER else {}
    ids = [sought.example.id for sought in pool]
    made = {fold: _fit(_among(ids, known), rows, config) for fold, known in trained.items()}
    made[FINAL] = _fit(ids, rows, config) if folds > 1 else made["0"]
    final = made[FINAL]
    parts = _part_weights(list(rows.values()), dict(shipped_weights())) if final["kept"] == OWN else [final["weights"]]
    write_json(job.folder / RANKING, {"folds": {fold: one["weights"] for fold, one in made.items()}, "parts": parts,
                                      "fits": made})  # fmt: skip
    return Made({"questions": final["questions"], "kept": sum(made[fold]["kept"] == OWN for fold in trained)},
                [] if final["kept"] == OWN else [{"what": "re-ranker", "reason": final["reason"]}])  # fmt: skip


def _among(ids: Sequence[str], known: Sequence[Example]) -> list[str]:
    there = {example.id for example in known}
    return [one for one in ids if one in there]


def _fit(ids: Sequence[str], rows: Mapping[str, Row], config: Config) -> dict[str, Any]:
    """What is fitted on these questions; where none was looked at, how many there are and why."""
    if config.retrieval.reranker != AUTO_RERANKER:
        return _not_fitted(len(ids), None, f"retrieval.reranker is {config.retrieval.reranker}")
    return fit_kept([rows[one] for one in ids if one in rows], config.seed, of=len(ids))


def _not_fitted(questions: int, weights: Weights | None, reason: str) -> dict[str, Any]:
    return {"questions": questions, "kept": SHIPPED if weights else FUSED, "weights": weights, "reason": reason}


def _rows(job: Job, pool: Sequence[Sought]) -> list[Row]:
    """The first candidates of a sample of the questions; none where there are too few to fit on."""
    if len(pool) < FEWEST:
        return []
    chosen = sorted(pool, key=lambda sought: content_id("rank", sought.example.id))[:MOST]
    index = open_index(job.context)
    try:
        return [_row(index, sought) for sought in job.context.progress(chosen, label="ranking", total=len(chosen))]
    finally:
        index.close()


def _row(index: Index, sought: Sought) -> Row:
    candidates, table = index.candidates(sought.question, DEPTH)
    right = np.array([sought.is_met_by(candidate.passage) for candidate in candidates], dtype=bool)
    return Row(sought.example, table, right)


def fit_kept(
    rows: Sequence[Row], seed: int, start: Mapping[str, float] | None = None, *, of: int = 0
) -> dict[str, Any]:
    """Weights moved by these questions where, fitted on four fifths of the groups at a time, they rank the others better than
    what stands without them: clear of zero. That are those of `start` (the shipped ones), or the fused order, where the questions
    rank worse by them. `of`: how many questions there are, where not all were looked at."""
    start = dict(start or shipped_weights())
    if len(rows) < FEWEST:
        return _not_fitted(max(of, len(rows)), start, _TOO_FEW)
    fused = np.array([_worth(row, row.table[:, 0]) for row in rows])
    shipped = np.array([_worth(row, row.table @ _vector(start)) for row in rows])
    stands = shipped if shipped.mean() >= fused.mean() else fused
    own = _unseen(rows, start)
    groups = [row.example.group for row in rows]
    won, begun = (mean_gain(gains.tolist(), groups, seed, LEVEL) for gains in (own - stands, shipped - fused))
    found = {"questions": len(rows), "gain": won, "shipped_over_fused": begun}
    if won["low"] > 0:
        return found | {"kept": OWN, "weights": _weights(rows, start), "reason": ""}
    reason = "on questions that it was not fitted on it ranks no better"
    if stands is shipped:
        return found | {"kept": SHIPPED, "weights": start, "reason": reason}
    return found | {"kept": FUSED, "weights": None, "reason": f"{reason}, nor do the weights that are shipped"}


def _vector(weights: Weights) -> NDArray[np.float64]:
    return np.array([weights.get(name, 0.0) for name in FEATURES])


def _worth(row: Row, scores: NDArray[np.float64]) -> float:
    return measures(row.place(scores))[PRIMARY]


def _unseen(rows: Sequence[Row], start: Weights) -> NDArray[np.float64]:
    """Each question's nDCG@10 by weights that were fitted without its group, on average over the rounds."""
    found = np.zeros(len(rows))
    for round_ in range(ROUNDS):
        weights = [_vector(one) for one in _part_weights(rows, start, round_)]
        found += [_worth(row, row.table @ weights[part_of(row.example, round_)]) / ROUNDS for row in rows]
    return found


def _part_weights(rows: Sequence[Row], start: Weights, round_: int = 0) -> list[Weights]:
    """For each part the weights fitted on the others."""
    return [_weights([row for row in rows if part_of(row.example, round_) != part], start) for part in range(PARTS)]


def _weights(rows: Sequence[Row], start: Weights) -> Weights:
    return fit_weights([row.table for row in rows], [row.right for row in rows], start)
