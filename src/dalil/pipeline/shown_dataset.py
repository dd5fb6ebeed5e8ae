"""The dataset page's data (shape: evaluation/dataset_page.py): what was read, what was asked of it, and how it was split."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json, read_records
from dalil.collect.personal_data import personal_totals
from dalil.config import Config
from dalil.dataset import check as checks
from dalil.dataset.checklist import checklist, recommendations
from dalil.dataset.export import located_examples
from dalil.dataset.groups import bridge, members_by_group
from dalil.dataset.review import review_row
from dalil.dataset.split import HeldOut, read_split
from dalil.evaluation.values import figures
from dalil.evaluation.wording import Words
from dalil.language import words
from dalil.pipeline.material import Material, read_material
from dalil.pipeline.shown import by_source, stages_data
from dalil.pipeline.shown_samples import samples_of
from dalil.pipeline.shown_training import row_tokens
from dalil.pipeline.shown_unit import unit_of
from dalil.records import Document, Example, Passage
from dalil.stages import Context

SHOWN_STAGES = ("documents", "passages", "examples", "split")
LANGUAGES = ("fr", "ar", "en")
DOCUMENTS_SHOWN, MEMBERS_SHOWN = 200, 12


def dataset_material(config: Config, state: Path, inputs: Mapping[str, Path]) -> checks.Material:
    """The workspace's own dataset as `dalil dataset check` takes it: examples with their sides, and the certificate."""
    documents = read_records(Document, inputs["documents"] / "documents.jsonl")
    examples = read_records(Example, inputs["examples"] / "examples.jsonl")
    rows = located_examples(examples, documents, read_split(inputs["split"] / "split.jsonl"))
    certificate = read_json(inputs["split"] / "certificate.json")
    return checks.Material(
        rows, figures, (), documents, config.language[0], tuple(config.dataset.origins), config.dataset.kinds,
        certificate=certificate, seed=config.seed, review=review_row(state, examples),
    )  # fmt: skip


def dataset_data(context: Context, inputs: Mapping[str, Path]) -> dict[str, Any]:
    """Everything of the page. `inputs`: the folders of SHOWN_STAGES."""
    config, made = context.config, read_material(context.config, inputs)
    checked = checks.check(dataset_material(config, context.state, inputs))
    passages = read_records(Passage, inputs["passages"] / "passages.jsonl")
    documents, examples = list(made.documents), list(made.examples)
    manifests = [m for name in SHOWN_STAGES if (m := context.build.manifest(name, inputs[name].name))]
    trained = {e.id for fold in range(made.folds) for e in made.trained(fold)}
    asked = {item.example_id: item for item in made.held}
    return {
        "title": context.root.name,
        "recipe": config.recipe,
        "generated_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "language": config.language[0],
        "unit": unit_of((e for e in examples if e.id in asked), {d.path: d for d in documents}),
        "counts": _counts(documents, passages, examples, asked),
        "sources": by_source(documents, passages, examples),
        "fields": read_json(inputs["documents"] / "profile.json"),
        **stages_data(manifests),
        "personal": {
            "done": config.reading.personal_data,
            "found": personal_totals(drop for m in manifests for drop in m.dropped),
        },
        "coverage": checks.coverage_row(checked.coverage),
        "by_document": coverage_by_document(documents, examples)[:DOCUMENTS_SHOWN],
        "samples": samples_of(examples, documents, passages, trained, asked),
        "lengths": _lengths(documents, passages, examples),
        "tokens": row_tokens(context.root, config, made),
        "balance": balance_of(examples, trained, asked),
        "negatives": dict(Counter(e.kind for e in examples if not e.answerable).most_common()),
        "split": split_of(made, config.seed),
        "certificate": read_json(inputs["split"] / "certificate.json"),
        "checklist": {
            code: [asdict(line) for line in checklist(checked, code, kind_names(code))] for code in LANGUAGES
        },
        "advice": {code: recommendations(checked, code, kind_names(code)) for code in LANGUAGES},
        "passed": checked.passed,
        "reviewed": review_row(context.state, examples),
    }


def kind_names(language: str) -> Callable[[str], str]:
    """What the kinds of question are called in a language."""
    return partial(Words(language).name, "values.kind")


def _counts(documents: Sequence[Document], passages: Sequence[Passage], examples: Sequence[Example],
            asked: Mapping[str, HeldOut]) -> dict[str, int]:  # fmt: skip
    return {
        "documents": sum(not d.fields for d in documents), "records": sum(bool(d.fields) for d in documents),
        "pages": sum(len(d.page_starts) for d in documents), "passages": len(passages), "examples": len(examples),
        "questions": len(asked),
    }  # fmt: skip


def coverage_by_document(documents: Sequence[Document], examples: Sequence[Example]) -> list[dict[str, Any]]:
    """A row a document, the least asked about first: its questions, and how many of its fields or sections they touch."""
    about: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.answerable:
            for path in example.documents:
                about[path].append(example)
    rows = [
        {"document": d.path, "name": d.name, "words": len(words(d.text)), "questions": len(about[d.path]),
         "touched": _touched(d, about[d.path]), "parts": len(d.fields or d.sections), "record": bool(d.fields)}
        for d in documents
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["questions"], row["document"]))


def _touched(document: Document, about: Iterable[Example]) -> int:
    """How many fields, or sections, hold the evidence of a question."""
    spans = [e for example in about for e in example.evidence if e.document == document.path]
    parts = document.fields or document.sections
    return sum(any(part.start < e.end and e.start < part.end for e in spans) for part in parts)


def _lengths(documents: Sequence[Document], passages: Sequence[Passage],
             examples: Sequence[Example]) -> dict[str, list[int]]:  # fmt: skip
    found = {
        "questions_words": [e.question for e in examples],
        "gold_words": [e.answer for e in examples if e.answerable],
        "documents_words": [d.text for d in documents],
        "passages_words": [p.text for p in passages],
    }
    return {name: [len(words(text)) for text in texts] for name, texts in found.items()}


def balance_of(examples: Sequence[Example], trained: set[str], asked: Mapping[str, HeldOut]) -> dict[str, Any]:
    """Dimension → its labels, the most frequent first, with how many there are, may be trained, and are asked."""
    found: dict[str, dict[str, Counter[str]]] = {name: defaultdict(Counter) for name in ("kind", "language", "origin")}
    for example in examples:
        states = [name for name, ids in (("trained", trained), ("asked", asked)) if example.id in ids]
        for dimension, labels in found.items():
            labels[getattr(example, dimension)].update(["all", *states])
    return {
        dimension: [{"label": label, **{name: count[name] for name in ("all", "trained", "asked")}}
                    for label, count in sorted(labels.items(), key=lambda item: (-item[1]["all"], item[0]))]
        for dimension, labels in found.items()
    }  # fmt: skip


def split_of(made: Material, seed: int) -> dict[str, Any]:
    """Groups by side and by fold, what is asked by stratum, and the largest group with what joins it."""
    members = members_by_group(made.examples)
    rows = Counter(example.group for example in made.examples if example.group in members)
    of_group = {row.group: row for row in made.rows}
    largest = max(members, key=lambda group: (rows[group], group), default=None)
    return {
        "groups": len(members),
        "several": sum(len(names) > 1 for names in members.values()),
        "folds": made.folds,
        "sides": dict(Counter(of_group[group].side for group in members if group in of_group)),
        "by_fold": [n for _, n in sorted(Counter(of_group[g].fold for g in members if g in of_group).items())],
        "strata": dict(Counter(item.stratum for item in made.held)),
        "largest": None if largest is None else _largest(made, members[largest], rows[largest], rows.total(), seed),
    }  # fmt: skip


def _largest(made: Material, members: Sequence[str], rows: int, of: int, seed: int) -> dict[str, Any]:
    link = bridge(made.examples, made.documents, members, seed)
    return {"rows": rows, "of": of, "count": len(members), "members": list(members[:MEMBERS_SHOWN]),
            "bridge": asdict(link) if link else None}  # fmt: skip
