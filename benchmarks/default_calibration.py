"""Fit the coefficients that `extractive` begins with, before a workspace has questions of its own.

    DALIL_CORPORA=… python benchmarks/default_calibration.py      # writes src/dalil/answering/default_calibration.json

Proving sentences: PIAF, SQuAD 2.0 (answerable questions), XQuAD ar and en; each question asked once as it is (right: a gold
answer stands in the quoted sentences) and once with its passage hidden (nothing said is right). Train: 60 % of the articles;
the table is of the other 40 %. Fields and lists of records: a prior by hand, replaced by the workspace's own questions.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from dalil.answering.abstention import Calibration, Logistic, Threshold, Trial, choose_threshold, fit_logistic
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.language import words
from dalil.lexicon import load_lexicon
from dalil.records import Question
from dalil.retrieval.index import Index, sync_index
from public_sets import SETS, Asked, is_test, load, whole_passages

TARGET = 0.05
QUESTIONS_A_SET = 1200
RECORD_THRESHOLD = 0.8
"""A line of a record answers seldom: it must be surer than a sentence of a text."""
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


def holds(quote: str, gold: str) -> bool:
    """Whether the words of `gold` stand in a row in the quote."""
    found, asked = words(quote), words(gold)
    return any(found[i : i + len(asked)] == asked for i in range(len(found) - len(asked) + 1))


def trials_of(name: str) -> tuple[list[Trial], list[Trial]]:
    """Training and test trials of one set (their `example` is the article, which the split is by)."""
    documents, asked = load(name)
    language = SETS[name][1]
    rng = np.random.default_rng(42)
    answerable = [a for a in asked if a.golds]
    picked = [answerable[i] for i in rng.permutation(len(answerable))[:QUESTIONS_A_SET]]
    with tempfile.TemporaryDirectory() as folder:
        sync_index(Path(folder), documents, whole_passages(documents))
        index = Index(Path(folder), [language])
        approach = Extractive(Knowledge(index, [], load_lexicon("fr"), [language], Calibration()))
        made = [(a, *_try(approach, a)) for a in picked]
        index.close()
    train = [t for a, *pair in made for t in pair if not is_test(a.article)]
    test = [t for a, *pair in made for t in pair if is_test(a.article)]
    return train, test


def _try(approach: Extractive, asked: Asked) -> tuple[Trial, Trial]:
    question = Question(asked.id, asked.question)
    plain, hidden = approach.propose(question), approach.propose(question, {asked.document})
    right = any(holds(plain.text, gold) for gold in asked.golds)
    return Trial("text", plain.features, right, asked.article), Trial("text", hidden.features, False, asked.article)


def auroc(scores: list[float], right: list[bool]) -> float:
    """Area under the ROC curve by ranks."""
    order = np.argsort(np.argsort(scores)) + 1
    positives = np.array(right)
    n, m = positives.sum(), (~positives).sum()
    return float((order[positives].sum() - n * (n + 1) / 2) / (n * m))


def main() -> None:
    train: list[Trial] = []
    tests: dict[str, list[Trial]] = {}
    for name in SETS:
        own_train, tests[name] = trials_of(name)
        train += own_train
    model = fit_logistic([t.features for t in train], [t.right for t in train])
    scores = [model.probability(t.features) for t in train]
    threshold = choose_threshold(scores, [t.right for t in train], TARGET)
    print(
        "| set | trials | right when said | AUROC | answered | wrong among them | said although hidden |\n|---|---|---|---|---|---|---|"
    )
    for name, test in tests.items():
        own = [model.probability(t.features) for t in test]
        said = [s >= threshold.value for s in own]
        plain = test[::2]
        right = [t.right for t, yes in zip(plain, said[::2], strict=True) if yes]
        print(f"| {name} | {len(test)} | {np.mean([t.right for t in plain]):.3f} | {auroc(own, [t.right for t in test]):.3f}"
              f" | {np.mean(said[::2]):.3f} | {1 - np.mean(right):.3f} | {np.mean(said[1::2]):.3f} |")  # fmt: skip
    text = Logistic(model.bias, model.weights, model.rows, own=False)
    prior = Threshold(0.5, TARGET, False, 0, 0, 1.0, 0)
    calibration = Calibration(
        {"text": text, "record": text, "field": FIELD_PRIOR, "list": LIST_PRIOR},
        {"text": threshold, "record": replace(prior, value=RECORD_THRESHOLD), "field": prior, "list": prior},
    )
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "src/dalil/answering/default_calibration.json")
    out.write_text(json.dumps(asdict(calibration), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"\n{model}\n{threshold}")


if __name__ == "__main__":
    main()
