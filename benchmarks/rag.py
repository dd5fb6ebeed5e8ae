"""A language model over passages beside the approaches without one: same questions, the product's own commands.

    DALIL_CORPORA=… python benchmarks/rag.py MODEL_FOLDER                      # rag, endpoint beside passage, extractive
    DALIL_CORPORA=… python benchmarks/rag.py MODEL_FOLDER --in-context         # one article, all of it in the prompt
    DALIL_CORPORA=… python benchmarks/rag.py MODEL_FOLDER --train-steps 60     # rag+fine-tuned too: an adapter tuned here
    DALIL_CORPORA=… python benchmarks/rag.py                                   # no model: a reader that knows the answers

Sources are the articles of a public set, a file each, but for the articles that are taken away; the articles that are
not tested give the workspace's own questions. Asked are n questions of the test articles: half with an answer there, a
quarter whose article was taken away, a quarter that SQuAD 2.0's authors wrote to have none (of an article taken away
where the set has no such questions). `endpoint`: the same model alone, served on 127.0.0.1. The reader that knows the answers says the sentence of the first
passage that holds a gold answer, with its number, else that it does not know: what retrieval leaves to a perfect model, and
what checking and `withhold_unsure` take from it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from dalil.config_models import ModelSettings
from dalil.language import sentence_spans
from dalil.language_model.opening import open_model
from dalil.seams import Completion, Request
from dalil.testing.llm_server import LlmServer, Messages, Reply
from public_sets import SETS, Asked, is_test, load

SEED = 42
OWN_PAIRS = 300
LONGEST_TOKENS = 96
DALIL = [sys.executable, "-m", "dalil"]
COLUMNS = ("right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed")


def dalil(*arguments: str, folder: Path) -> str:
    """Standard output of one dalil process; what goes wrong there is shown."""
    return subprocess.run([*DALIL, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout


def drawn(asked: Sequence[Asked], n: int, gone: set[str]) -> list[tuple[Asked, str]]:
    """The questions with what they are: answerable, article taken away, adversarial."""
    rng = np.random.default_rng(SEED)
    kinds = {
        "answerable": [a for a in asked if a.golds and a.article not in gone],
        "adversarial": [a for a in asked if not a.golds and a.article not in gone],
        "article taken away": [a for a in asked if a.golds and a.article in gone],
    }
    few = n // 4 if kinds["adversarial"] else 0
    wanted = {"answerable": n // 2, "adversarial": few, "article taken away": n - n // 2 - few}
    return [(kinds[kind][i], kind) for kind, k in wanted.items() for i in rng.permutation(len(kinds[kind]))[:k]]


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def prepare(root: Path, name: str, n: int, *, one_article: bool) -> Path:
    """A workspace over the set, with own pairs, and questions.jsonl beside it; `one_article`: over the shortest tested one."""
    documents, asked = load(name)
    texts: dict[str, str] = {}
    for document in documents:
        texts[document.name] = f"{texts.get(document.name, f'# {document.name}')}\n\n{document.text}"
    titles = sorted(title for title in texts if is_test(title))
    gone = set(titles[::3])
    kept = {min(set(titles) - gone, key=lambda t: len(texts[t]))} if one_article else set(texts) - gone
    sources = root / "sources"
    sources.mkdir()
    names = {title: re.sub(r"[^\w-]+", "-", title) + ".md" for title in kept}
    for title in kept:
        (sources / names[title]).write_text(texts[title] + "\n", encoding="utf-8")
    chosen = drawn([a for a in asked if is_test(a.article) and a.article in kept | gone], n, gone)
    write_rows(root / "questions.jsonl", (
        {"id": a.id, "question": a.question, "answer": a.golds[0] if kind == "answerable" else "", "kind": kind,
         "document": names[a.article] if kind == "answerable" else "", "answerable": kind == "answerable"}
        for a, kind in chosen
    ))  # fmt: skip
    taken = {a.id for a, _ in chosen}
    own = [
        a
        for a in asked
        if a.golds and a.article in kept and a.id not in taken and (one_article or not is_test(a.article))
    ]
    picked = np.random.default_rng(SEED).permutation(len(own))[:OWN_PAIRS]
    write_rows(root / "pairs.jsonl", (
        {"id": own[i].id, "question": own[i].question, "answer": own[i].golds[0], "document": names[own[i].article]} for i in picked
    ))  # fmt: skip
    dalil("init", "w", "--sources", "sources", "--pairs", "pairs.jsonl", folder=root)
    return root / "w"


def configure(workspace: Path, language: str, models: dict[str, Any], approaches: list[Any]) -> None:
    path = workspace / "dalil.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    config |= {"language": [language], "models": models, "approaches": approaches, "seed": SEED}
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the model alone, behind OpenAI's protocol on this machine."""
    model = open_model("served", ModelSettings(model_name_or_path=str(folder)), folder)

    def entry(messages: Messages) -> Reply:
        said = list(model.generate(Request(messages[-1]["content"], max_tokens=LONGEST_TOKENS)))[-1]
        assert isinstance(said, Completion)
        return Reply(said.text, finish=said.finish)

    with LlmServer(entry, models=[folder.name]) as server:
        yield server.base_url


@contextmanager
def knowing(questions: Path) -> Iterator[str]:
    """The address of a reader that knows the gold answers of questions.jsonl."""
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    golds = {row["question"].strip(): row["answer"] for row in rows}

    def entry(messages: Messages) -> Reply:
        context, _, question = messages[-1]["content"].rpartition("\n\n")
        gold = golds[question.strip()]
        for number, text in re.findall(r"(?:^|\n\n)\[(\d+)\] [^\n]*\n((?:(?!\n\n\[\d+\] )[\s\S])*)", context):
            for start, end in sentence_spans(text):
                if gold and gold in text[start:end]:
                    return Reply(f"{text[start:end].strip().rstrip('.')} [{number}].")
        return Reply("I do not know.")

    with LlmServer(entry, models=["knowing"]) as server:
        yield server.base_url


def row_of(made: dict[str, Any], answers: Path) -> str:
    """Counts of outcomes, sentences withheld, wrong among the answered, seconds a question."""
    rows = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    withheld = sum(
        int(found.group(1))
        for row in rows
        if (found := re.search(r"withheld, not in the passages: (\d+)", row["reason"]))
    )
    refused = sum(row["reason"].startswith("not in the passages") for row in rows)
    metrics = made["metrics"]
    counts = " | ".join(f"{round(metrics[name]['value'] * made['n'])}" for name in COLUMNS)
    wrong = metrics["wrong_of_answered"]
    share = f"{100 * wrong['value']:.0f} % of {wrong['n']}" if wrong["n"] else "none answered"
    return f"{counts} | {share} | {withheld} | {refused} | {metrics['seconds']['value']:.2f}"


def show(workspace: Path, labels: Sequence[str]) -> None:
    print("| approach | right | partly | wrong | rightly silent | wrongly silent | failed | wrong of the answered "
          "| sentences withheld | answers withheld whole | s a question |\n|---|---|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    for label in labels:
        out = dalil("evaluate", "--json", "--questions", "../questions.jsonl", "--approach", label, folder=workspace)
        made = json.loads(out.splitlines()[-1])
        print(f"| {label} | {row_of(made, workspace / 'answers' / 'questions' / f'{label}.jsonl')} |", flush=True)


def measure_ideal(root: Path, asked: argparse.Namespace) -> None:
    workspace = prepare(root, asked.set, asked.n, one_article=False)
    with knowing(root / "questions.jsonl") as address:
        models = {"knowing": {"endpoint": {"base_url": address, "context_tokens": 16000}}}
        open_ = {"kind": "rag", "model": "knowing", "name": "knowing reader"}
        strict = {**open_, "withhold_unsure": True, "name": "knowing reader, unsure withheld"}
        configure(workspace, SETS[asked.set][1], models, ["passage", "extractive", strict, open_])
        show(workspace, ["passage", "extractive", str(strict["name"]), str(open_["name"])])


def measure(root: Path, asked: argparse.Namespace) -> None:
    if asked.model is None:
        return measure_ideal(root, asked)
    workspace = prepare(root, asked.set, asked.n, one_article=asked.in_context)
    folder = str(asked.model.resolve())
    decoding = {"max_new_tokens": LONGEST_TOKENS}
    models: dict[str, Any] = {"reader": {"model_name_or_path": folder, "decoding": decoding}}
    kinds = ["rag", *(["in-context"] if asked.in_context else [])]
    approaches: list[Any] = ["passage", "extractive", *({"kind": kind, "model": "reader"} for kind in kinds)]
    labels = ["passage", "extractive", *kinds]
    if asked.train_steps:
        models["tuned"] = {
            "model_name_or_path": folder, "decoding": decoding, "data": {"context": {"distractors": 2}}, "lora": {"r": 16, "lora_alpha": 32},
            "training": {"learning_rate": 3e-4, "max_steps": asked.train_steps, "per_device_train_batch_size": 2, "max_length": 1024},
        }  # fmt: skip
        approaches.append({"kind": "rag+fine-tuned", "model": "tuned"})
        labels.append("rag+fine-tuned")
    with served(asked.model.resolve()) as address:
        models["alone"] = {"endpoint": {"base_url": address, "timeout_s": 600}, "decoding": decoding}
        configure(workspace, SETS[asked.set][1], models, [*approaches, {"kind": "endpoint", "model": "alone"}])
        if asked.train_steps:
            dalil("train", "--model", "tuned", folder=workspace)
        show(workspace, [*labels, "endpoint"])
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "model", type=Path, nargs="?", help="a folder with a causal language model; none: the knowing reader"
    )
    parser.add_argument("--set", choices=list(SETS), default="squad2_en")
    parser.add_argument("-n", type=int, default=48)
    parser.add_argument("--in-context", action="store_true")
    parser.add_argument("--train-steps", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="an empty folder to work in and leave behind")
    asked = parser.parse_args()
    if asked.keep:
        asked.keep.mkdir(parents=True)
        return measure(asked.keep.resolve(), asked)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), asked)
    return None


if __name__ == "__main__":
    main()
