"""`dalil index --compare`: legs, fusions, encoders and the re-ranker on the workspace's own held-out questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json, read_records
from dalil.config import parse_config
from dalil.dataset.split import HeldOut
from dalil.errors import WorkError
from dalil.evaluation.ranking import gain, summary
from dalil.pipeline.ranking import RANKING, read_ranking
from dalil.pipeline.reading import index_folder, open_index
from dalil.pipeline.sought import Sought, held_out_questions
from dalil.records import Example
from dalil.retrieval.encoders import open_embedder
from dalil.retrieval.fusion import POOL, Scores, fuse, in_order, reciprocal_ranks
from dalil.retrieval.index import DENSE, Index
from dalil.stages import Context

BASELINE = "stems"
RERANKED = "all legs, re-ranked"
Asked = Sequence[tuple[Sought, int]]
Ranks = dict[str, list[int | None]]


def compare_searches(context: Context, folders: Mapping[str, Path], encoders: Sequence[str]) -> dict[str, Any]:
    """Each way of searching with its measures, and its gain over BM25 on stems, paired, with intervals over groups.

    `folders` of the stages examples, split and ranking; `encoders`: further ones, by the name that `embedder` takes.
    """
    examples = read_records(Example, folders["examples"] / "examples.jsonl")
    asked, origin = held_out_questions(examples, read_records(HeldOut, folders["split"] / "heldout.jsonl"))
    if not asked:
        raise WorkError("No held-out question names its document: there is nothing to compare searches on.",
                        hint="give own questions a `document` (dataset.pairs in dalil.yaml)")  # fmt: skip
    ranks = _ranks(open_index(context), asked, "") | _reranked(context, asked, folders["ranking"])
    for name in encoders:
        ranks |= _ranks(_with_encoder(context, name), asked, name)
    groups, seed = [sought.example.group for sought, _ in asked], context.config.seed
    rows = [{"search": name, "metrics": summary(found, groups, seed), "gain": gain(found, ranks[BASELINE], groups, seed)}
            for name, found in ranks.items()]  # fmt: skip
    return {"questions": origin, "n": len(asked), "groups": len(set(groups)), "against": BASELINE, "searches": rows,
            "reranker": read_json(folders["ranking"] / RANKING)["fits"]}  # fmt: skip


def _with_encoder(context: Context, name: str) -> Index:
    settings = parse_config({"embedder": name}, f"--encoder {name}").embedder
    config, folder = context.config, index_folder(context)
    return Index(folder, config.language, config.retrieval, open_embedder(folder, settings), root=context.root)


def _ranks(index: Index, asked: Asked, encoder: str) -> Ranks:
    """The place of the proof for each question, by leg and fusion; of a further encoder only what it changes."""
    found: Ranks = defaultdict(list)
    try:
        for sought, _ in asked:
            scope = (sought.question.scope,) if sought.question.scope else ()
            orders = _orders(index.legs(sought.question.text, POOL, scope), index.weights, encoder)
            passages = index.store.passages({number for order in orders.values() for number in order})
            for name, order in orders.items():
                found[name].append(sought.place(order, passages))
    finally:
        index.close()
    return dict(found)


def _orders(legs: Mapping[str, Scores], weights: Mapping[str, float], encoder: str) -> dict[str, list[int]]:
    """The order of passages in each leg and fusion, by the name that the table has for it."""
    lexical = {leg: scores for leg, scores in legs.items() if leg != DENSE}
    made: dict[str, list[int]] = {}
    if not encoder:
        made |= {leg: in_order(scores) for leg, scores in lexical.items()}
        made["lexical legs, weighted"] = in_order(fuse(lexical, weights))
    if DENSE in legs:
        after = f" ({encoder})" if encoder else ""
        made[f"{DENSE}{after}"] = in_order(legs[DENSE])
        made[f"all legs, weighted{after}"] = in_order(fuse(legs, weights))
        made[f"all legs, by ranks (RRF){after}"] = in_order(reciprocal_ranks(legs))
    return {name: order[:POOL] for name, order in made.items()}


def _reranked(context: Context, asked: Asked, folder: Path) -> Ranks:
    """The place of the proof in what `search` gives with the re-ranker of each question's fold, where one was kept."""
    ranking = read_ranking(folder)
    found: list[int | None] = [None] * len(asked)
    kept = False
    for fold in sorted({fold for _, fold in asked}):
        index = open_index(context, ranking.of_fold(str(fold)))
        kept = kept or index.ranker is not None
        for place, (sought, own) in enumerate(asked):
            if own == fold:
                hits = index.search(sought.question, POOL)
                found[place] = sought.place(range(len(hits)), dict(enumerate(hit.passage for hit in hits)))
        index.close()
    return {RERANKED: found} if kept else {}
