"""nDCG@10 without a pretrained model on four public sets, beside other libraries; Darija questions by leg.

    DALIL_CORPORA=… python benchmarks/retrieval.py --peers peers/bin/python     # see retrieval_peers.py
    DALIL_CORPORA=… python benchmarks/retrieval.py --fit      # fits the weights that are shipped first (ranking_prior.py)
    python benchmarks/retrieval.py --recipes                  # the fused and the shipped order on the recipes' own questions
    python benchmarks/retrieval.py --darija

Test: the questions of the first 40 % of article titles sorted by md5; the whole corpus is searched; the other articles'
questions are own training questions (the re-ranker's). Every system reads the same texts: title, new line, passage.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from dalil import Workspace
from dalil.artefacts import read_records
from dalil.dataset.split import HeldOut
from dalil.evaluation.ranking import gain, summary
from dalil.initialise import initialise
from dalil.language import words
from dalil.pipeline import open_index
from dalil.pipeline.ranking import MOST, fit_kept
from dalil.pipeline.sought import Sought, held_out_questions
from dalil.records import Example, Passage, Question, content_id
from dalil.retrieval.encoders import open_embedder
from dalil.retrieval.fusion import fuse, in_order
from dalil.retrieval.index import DENSE, Index
from dalil.retrieval.lexical import whole_text
from dalil.retrieval.rerank import DEPTH, shipped_weights
from public_sets import SETS, Asked, whole_passages
from ranking_prior import SCRATCH, SEED, Prepared, fitted, prepared, unseen

ROOT = Path(__file__).parent.parent
WEIGHTS = Path("src/dalil/retrieval/default_ranking.json")
BASELINE = "bm25s, the right stemmer"
FUSED, RERANKED = "dalil, all legs", "dalil, re-ranked"
OTHERS, OTHERS_AND_OWN = "dalil, re-ranked by the other sets", "dalil, re-ranked by the other sets and own questions"
RECIPES = ("idarati", "machine-manuals", "code-qa", "domain-embeddings", "app-catalogue")
Ranks = dict[str, list[int | None]]
Fit = dict[str, Any]


def place(order: Sequence[object], gold: object) -> int | None:
    return order.index(gold) + 1 if gold in order else None


def measure(one: Prepared, fits: Mapping[str, Fit], peers: str | None) -> None:
    """Print the table of one set."""
    for label, fit in fits.items():
        print(f"\n{one.name}, {label}: {said(fit)}")
    ranks = of_dalil(one, fits)
    if peers:
        texts = {passage.document: whole_text(passage) for passage in whole_passages(one.documents)}
        ranks = of_peers(peers, one.name, texts, one.test) | ranks
    show(one.name, ranks, [asked.document for asked in one.test], len(one.documents))


def said(fit: Fit) -> str:
    told = f"{fit['kept']} order, {fit.get('questions', 0)} own questions"
    if "gain" not in fit:
        return told
    gains = {"gain of own weights where they were not fitted, over what stands without": fit["gain"],
             "of the weights begun with, over the fused order": fit["shipped_over_fused"]}  # fmt: skip
    return "; ".join(
        [told, *(f"{k} {g['value']:+.4f} ({g['low']:+.4f} to {g['high']:+.4f})" for k, g in gains.items())]
    )


def fits_of(one: Prepared, sets: Sequence[Prepared], shipped: Mapping[str, float]) -> dict[str, Fit]:
    """What ships, and what a workspace gets whose texts no fit has seen: without own questions and with them."""
    own = sorted(one.own, key=lambda row: content_id("rank", row.example.id))[:MOST]
    others = fitted(sets, one.name)
    return {RERANKED: fit_kept(own, SEED, shipped), OTHERS: {"kept": "shipped", "weights": others},
            OTHERS_AND_OWN: fit_kept(own, SEED, others)}  # fmt: skip


def of_dalil(one: Prepared, fits: Mapping[str, Fit]) -> Ranks:
    language = SETS[one.name][1]
    embedder = open_embedder(one.folder, SCRATCH)
    index = Index(one.folder, [language], embedder=embedder)
    numbers = {document: number for number, document in index.store.numbers()}
    found: Ranks = defaultdict(list)
    for asked in one.test:
        legs, gold = index.legs(asked.question, 10), numbers[asked.document]
        lexical = {leg: scores for leg, scores in legs.items() if leg != DENSE}
        found["dalil, stems alone"].append(place(in_order(legs["stems"]), gold))
        found["dalil, vectors alone"].append(place(in_order(legs[DENSE]), gold))
        found["dalil, lexical legs"].append(place(in_order(fuse(lexical, index.weights)), gold))
        found[FUSED].append(place(in_order(fuse(legs, index.weights)), gold))
    index.close()
    for label, fit in fits.items():
        ranked = Index(one.folder, [language], embedder=embedder, ranking=fit["weights"])
        for asked in one.test:
            hits = ranked.search(Question(asked.id, asked.question), DEPTH)
            found[label].append(place([hit.passage.document for hit in hits], asked.document))
        ranked.close()
    return dict(found)


def of_peers(python: str, name: str, texts: dict[str, str], test: Sequence[Asked]) -> Ranks:
    paths = list(texts)
    given = {"language": SETS[name][1], "passages": list(texts.values()), "questions": [one.question for one in test]}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        script = Path(__file__).with_name("retrieval_peers.py")
        done = subprocess.run([python, str(script), file.name], capture_output=True, text=True, check=True)
    found: dict[str, list[list[int]]] = json.loads(done.stdout.splitlines()[-1])
    return {peer: [place([paths[i] for i in row], one.document) for row, one in zip(rows, test, strict=True)]
            for peer, rows in found.items()}  # fmt: skip


def show(name: str, ranks: Ranks, groups: Sequence[str], passages: int) -> None:
    print(f"\n{name}: {passages} passages, {len(groups)} test questions on {len(set(groups))} passages\n")
    print(
        "| search | nDCG@10 (95 %) | recall@1 | recall@10 | gain over bm25s with the right stemmer (95 %), p |\n|---|---|---|---|---|"
    )
    for search, found in ranks.items():
        m = summary(found, groups, SEED)
        main = m["ndcg@10"]
        won = ""
        if BASELINE in ranks:
            g = gain(found, ranks[BASELINE], groups, SEED)
            won = f"{g['value']:+.4f} ({g['low']:+.4f} to {g['high']:+.4f}), {g['p']:.4f}"
        print(f"| {search} | {main['value']:.4f} ({main['low']:.3f}–{main['high']:.3f}) | {m['recall@1']['value']:.3f}"
              f" | {m['recall@10']['value']:.3f} | {won} |", flush=True)  # fmt: skip
    print()
    for search in (RERANKED, OTHERS, OTHERS_AND_OWN):
        g = gain(ranks[search], ranks[FUSED], groups, SEED)
        print(
            f"{search}, over the fused order: {g['value']:+.4f} ({g['low']:+.4f} to {g['high']:+.4f}), p {g['p']:.4f}"
        )


def recipes() -> None:
    """nDCG@10 of the held-out own questions of each recipe that has any, by the fused order and by the shipped one."""
    print("| recipe | questions | fused | shipped | difference (95 %), p |\n|---|---|---|---|---|")
    for name in RECIPES:
        with tempfile.TemporaryDirectory() as folder:
            opened, asked = of_recipe(Path(folder) / name, name)
            groups = [sought.example.group for sought in asked]
            ranks = [order_of(open_index(opened.context, weights), asked) for weights in (None, shipped_weights())]
        if asked:
            fused, ranked = (summary(found, groups, SEED)["ndcg@10"]["value"] for found in ranks)
            g = gain(ranks[1], ranks[0], groups, SEED)
            print(f"| {name} | {len(asked)} | {fused:.4f} | {ranked:.4f} | {g['value']:+.4f} ({g['low']:+.4f} to "
                  f"{g['high']:+.4f}), {g['p']:.2f} |", flush=True)  # fmt: skip


def order_of(index: Index, asked: Sequence[Sought]) -> list[int | None]:
    """The place of each question's proof."""
    hits = [[hit.passage for hit in index.search(sought.question, DEPTH)] for sought in asked]
    index.close()
    return [next((i for i, p in enumerate(found, start=1) if sought.is_met_by(p)), None)
            for sought, found in zip(asked, hits, strict=True)]  # fmt: skip


def of_recipe(folder: Path, recipe: str) -> tuple[Workspace, list[Sought]]:
    """A recipe's workspace up to its ranking, and its held-out own questions."""
    initialise(folder, recipe=recipe, sources=(), pairs=None)
    opened = Workspace(folder)
    opened.prepare("ranking")
    examples = read_records(Example, opened.runner.folder("examples") / "examples.jsonl")
    held = read_records(HeldOut, opened.runner.folder("split") / "heldout.jsonl")
    asked, origin = held_out_questions(examples, held)
    return opened, [sought for sought, _ in asked] if origin == "own" else []


def darija() -> None:
    """recall@10 by leg of recipe idarati: its own questions by language, and those in the other language of the documents."""
    with tempfile.TemporaryDirectory() as folder:
        opened, asked = of_recipe(Path(folder) / "idarati", "idarati")
        index = open_index(opened.context)
        print("| questions | n | " + " | ".join([*index.weights, "all legs"]) + " |\n|---|---|" + "---|" * 5)
        for language in ("fr", "ar", "ary", "ary-Latn"):
            own = [(s.question.text, s.is_met_by) for s in asked if s.example.language == language]
            print(recall_row(index, language, own))
        for name in ("arabic_of_french", "french_of_arabic"):
            lines = (ROOT / "tests" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines()
            rows = [json.loads(line) for line in lines]
            print(recall_row(index, name, [(row["question"], partial(holds, row)) for row in rows]))
        passages = [passage for _, passage in index.store.every_passage()]
        print(f"\n{len(passages)} passages, {sum(len(words(p.text)) for p in passages)} words")
        index.close()


def recall_row(index: Index, name: str, asked: Sequence[tuple[str, Callable[[Passage], bool]]]) -> str:
    """recall@10 of each leg for questions, each with what tells whether a passage proves its answer."""
    hits: dict[str, int] = defaultdict(int)
    for text, is_met_by in asked:
        legs = index.legs(text, 10)
        for leg, scores in (*legs.items(), ("all legs", fuse(legs, index.weights))):
            hits[leg] += any(map(is_met_by, index.store.passages(in_order(scores)[:10]).values()))
    shown = " | ".join(f"{hits[leg] / len(asked):.2f}" for leg in [*index.weights, "all legs"])
    return f"| {name} | {len(asked)} | {shown} |"


def holds(row: Mapping[str, str], passage: Passage) -> bool:
    """Whether a passage is of the row's document and says the first line of its answer."""
    wanted, read = (" ".join(words(text)) for text in (row["answer"].splitlines()[0], passage.text))
    return Path(row["document"]).name == Path(passage.document).name and wanted in read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", help="the Python of an environment with the other libraries")
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument(
        "--darija",
        action="store_true",
        help="only recipe idarati, its questions in Darija and in the documents' other language, by leg",
    )
    parser.add_argument(
        "--recipes", action="store_true", help="only the recipes' own questions, fused and shipped order"
    )
    parser.add_argument("--fit", action="store_true", help="fit the shipped weights first")
    given = parser.parse_args()
    if given.darija or given.recipes:
        darija() if given.darija else recipes()
        return
    with tempfile.TemporaryDirectory() as folder:
        never = unseen()
        sets = [prepared(name, Path(folder) / name, never) for name in SETS]
        shipped = fitted(sets) if given.fit else shipped_weights()
        if given.fit:
            WEIGHTS.write_text(json.dumps(shipped, indent=1) + "\n", encoding="utf-8")
        for one in sets:
            if one.name in given.sets:
                measure(one, fits_of(one, sets, shipped), given.peers)


if __name__ == "__main__":
    main()
