"""nDCG@10 without a pretrained model on four public sets, beside other libraries; Darija questions by leg.

    DALIL_CORPORA=… python benchmarks/retrieval.py --peers peers/bin/python     # see retrieval_peers.py
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

import numpy as np

from dalil.config_retrieval import EmbedderSettings
from dalil.evaluation.ranking import gain, summary
from dalil.language import words
from dalil.pipeline.ranking import MOST, Row, fit_kept
from dalil.pipeline.sought import held_out_questions
from dalil.records import Example, Passage, Question, content_id
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.fusion import fuse, in_order
from dalil.retrieval.index import DENSE, Index, sync_index
from dalil.retrieval.lexical import whole_text
from dalil.retrieval.rerank import DEPTH
from public_sets import SETS, Asked, first_articles, load, whole_passages

SEED = 42
ROOT = Path(__file__).parent.parent
SCRATCH = EmbedderSettings(fewest_passages=2)  # XQuAD has 240 passages: under 300 a workspace has no vectors
BASELINE = "bm25s, the right stemmer"
RERANKED = "dalil, re-ranked"
Ranks = dict[str, list[int | None]]


def place(order: Sequence[object], gold: object) -> int | None:
    return order.index(gold) + 1 if gold in order else None


def measure(name: str, peers: str | None) -> None:
    """Print the table of one set."""
    documents, asked = load(name)
    test_articles = first_articles([document.name for document in documents])
    answerable = [one for one in asked if one.golds]
    test = [one for one in answerable if one.article in test_articles]
    train = [one for one in answerable if one.article not in test_articles]
    with tempfile.TemporaryDirectory() as folder:
        sync_index(Path(folder), documents, whole_passages(documents), prepare_embedder(Path(folder), SCRATCH, SEED))
        ranks = of_dalil(Path(folder), name, train, test)
    if peers:
        texts = {passage.document: whole_text(passage) for passage in whole_passages(documents)}
        ranks = of_peers(peers, name, texts, test) | ranks
    show(name, ranks, [one.document for one in test], len(documents))


def of_dalil(folder: Path, name: str, train: Sequence[Asked], test: Sequence[Asked]) -> Ranks:
    language = SETS[name][1]
    embedder = open_embedder(folder, SCRATCH)
    index = Index(folder, [language], embedder=embedder)
    fit = fit_kept([row_of(index, one) for one in sample(train)], SEED)
    print(f"\n{name}: re-ranker {'kept' if fit['weights'] else 'not kept: ' + fit['reason']}, {fit['questions']} questions, "
          f"cross-fitted gain {fit['gain']['value']:+.4f} ({fit['gain']['low']:+.4f} to {fit['gain']['high']:+.4f})")  # fmt: skip
    numbers = {document: number for number, document in index.store.numbers()}
    found: Ranks = defaultdict(list)
    for one in test:
        legs, gold = index.legs(one.question, 10), numbers[one.document]
        lexical = {leg: scores for leg, scores in legs.items() if leg != DENSE}
        found["dalil, stems alone"].append(place(in_order(legs["stems"]), gold))
        found["dalil, vectors alone"].append(place(in_order(legs[DENSE]), gold))
        found["dalil, lexical legs"].append(place(in_order(fuse(lexical, index.weights)), gold))
        found["dalil, all legs"].append(place(in_order(fuse(legs, index.weights)), gold))
    index.close()
    ranked = Index(folder, [language], embedder=embedder, ranking=fit["weights"])
    for one in test:
        hits = ranked.search(Question(one.id, one.question), DEPTH)
        found[RERANKED].append(place([hit.passage.document for hit in hits], one.document))
    ranked.close()
    return dict(found)


def sample(train: Sequence[Asked]) -> list[Asked]:
    return sorted(train, key=lambda one: content_id("rank", one.id))[:MOST]


def row_of(index: Index, one: Asked) -> Row:
    candidates, table = index.candidates(Question(one.id, one.question), DEPTH)
    example = Example(one.id, one.question, "", "own", "fr", "pairs", True, group=one.article)
    return Row(example, table, np.array([c.passage.document == one.document for c in candidates], dtype=bool))


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


def darija() -> None:
    """recall@10 by leg of recipe idarati: its own questions by language, and those in the other language of the documents."""
    from dalil import Workspace
    from dalil.artefacts import read_records
    from dalil.dataset.split import HeldOut
    from dalil.initialise import initialise
    from dalil.pipeline import open_index

    with tempfile.TemporaryDirectory() as folder:
        initialise(Path(folder) / "idarati", recipe="idarati", sources=(), pairs=None)
        opened = Workspace(Path(folder) / "idarati")
        opened.prepare("ranking")
        examples = read_records(Example, opened.runner.folder("examples") / "examples.jsonl")
        held = read_records(HeldOut, opened.runner.folder("split") / "heldout.jsonl")
        asked = [sought for sought, _ in held_out_questions(examples, held)[0]]
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
    given = parser.parse_args()
    if given.darija:
        darija()
        return
    for name in given.sets:
        measure(name, given.peers)


if __name__ == "__main__":
    main()
