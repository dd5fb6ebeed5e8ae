"""dataset.html: one page, no network and no script, from one JSON-ready dictionary (`DatasetData`).

What was read and dropped, what the questions cover, samples with their evidence marked, how they are balanced and split.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

from dalil.evaluation.charts import described_lengths, length_charts
from dalil.evaluation.pages import environment, safe
from dalil.evaluation.wording import Unit, Words

NAMED = 30


class DatasetData(TypedDict):
    """All that the page shows. `checklist` and `advice`: language → lines; `coverage`: records and texts apart.

    balance: dimension → [{label, all, trained, asked}]; samples: [{kind, total, rows: [{question, answer, places: [{document,
    page, heading, before, quote, after}], more …}]}]; by_document: [{document, name, words, questions, touched, parts, record}];
    personal: {done: keep | flag | mask, found: kind → how often}; split: {groups, several, folds, sides, by_fold, strata, largest: {rows, of, count, members, bridge} | None}.
    """

    title: str
    recipe: str | None
    generated_at: str
    language: str
    unit: NotRequired[Unit]
    counts: dict[str, int]
    sources: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    dropped: list[dict[str, str]]
    dropped_counts: dict[str, dict[str, int]]
    stages: list[dict[str, Any]]
    personal: dict[str, Any]
    coverage: dict[str, Any] | None
    by_document: list[dict[str, Any]]
    samples: list[dict[str, Any]]
    lengths: dict[str, list[int]]
    tokens: list[dict[str, Any]]
    balance: dict[str, list[dict[str, Any]]]
    negatives: dict[str, int]
    split: dict[str, Any]
    certificate: dict[str, Any]
    checklist: dict[str, list[dict[str, Any]]]
    advice: dict[str, list[str]]
    passed: bool
    reviewed: dict[str, Any]


def render_dataset(dataset: Mapping[str, Any]) -> str:
    """The whole page as HTML. `dataset` has the shape of `DatasetData`; raises KeyError where a part is missing."""
    data = cast("DatasetData", dataset)
    say = Words(data["language"], unit=data.get("unit", "any"))
    return environment().get_template("dataset.html.j2").render(
        report=data, say=say, labels=say.labels, script_hash="", sentences=_sentences(data, say),
        checklist=data["checklist"][say.language], advice=data["advice"][say.language],
        covered=[_covered(name, part, say) for name, part in _parts(data).items() if part["of"]],
        total_documents=data["counts"]["documents"] + data["counts"]["records"],
        negatives=_negatives(data, say), personal=_personal(data, say), folds=_folds(data, say), largest=_largest(data, say),
        plots={name: safe(svg) for name, svg in length_charts(data["lengths"], say).items()},
        described=described_lengths(data["lengths"], say),
    )  # fmt: skip


def _sentences(data: DatasetData, say: Words) -> list[str]:
    """What it is, whether anything stops a training, what is not met, and who wrote and reviewed it."""
    words, counts = say.labels["dataset_page"], data["counts"]
    read = [say.count(counts[f"{noun}s"], noun) for noun in ("document", "record", "page") if counts[f"{noun}s"]]
    unmet = sum(line["ok"] is False for line in data["checklist"][say.language])
    own = next((row["all"] for row in data["balance"]["origin"] if row["label"] == "pairs"), 0)
    review = data["reviewed"]
    found = [
        words["opening"].format(pairs=say.count(counts["examples"], "pair"), read=words["and"].join([words["listed"].join(read[:-1]), read[-1]] if read[1:] else read),
                                asked=say.count(counts["questions"], "held_out")),
        words["own"].format(share=say.percent(own / counts["examples"])) if own else words["no_own"],
        words["passed" if data["passed"] else "not_passed"],
        words["unmet"].format(n=say.number(unmet)) if unmet else "",
        words["reviewed"].format(n=say.number(review["reviewed"]), of=say.number(review["of"])),
    ]  # fmt: skip
    return [sentence for sentence in found if sentence]


def _parts(data: DatasetData) -> dict[str, dict[str, Any]]:
    found = data["coverage"] or {}
    return {name: found[name] for name in ("records", "texts") if name in found}


def _covered(name: str, part: Mapping[str, Any], say: Words) -> dict[str, Any]:
    text = say.labels["dataset_page"][f"{name}_covered"].format(
        n=say.number(part["covered"]), of=say.number(part["of"])
    )
    missing = part["missing"]
    return {"share": part["covered"] / part["of"], "text": text, "missing": missing[:NAMED],
            "more": max(0, len(missing) - NAMED)}  # fmt: skip


def _negatives(data: DatasetData, say: Words) -> str:
    count, total = sum(data["negatives"].values()), data["counts"]["examples"]
    share = say.percent(count / total) if total else ""
    return str(say.labels["dataset_page"]["negatives_line"]).format(n=say.number(count), share=share)


def _personal(data: DatasetData, say: Words) -> str:
    """What was done with personal data, and how much of each kind was found."""
    words, done, found = say.labels["dataset_page"], data["personal"]["done"], data["personal"]["found"]
    if done == "keep":
        return str(words["personal_keep"])
    listed = say.labels["comma"].join(
        f"{say.name('dataset_page.personal_kinds', kind)} {say.number(count)}" for kind, count in found.items()
    )
    return str(words[f"personal_{done}"]).format(found=listed) if listed else str(words["personal_none"])


def _folds(data: DatasetData, say: Words) -> str:
    words, split = say.labels["dataset_page"], data["split"]
    form = "folds" if split["folds"] > 1 else "one_fold"
    return str(words[form]).format(groups=say.count(split["groups"], "bundle"), n=say.number(split["folds"]),
                                   several=say.number(split["several"]))  # fmt: skip


def _largest(data: DatasetData, say: Words) -> str:
    found = data["split"]["largest"]
    if found is None:
        return ""
    share = say.percent(found["rows"] / found["of"])
    members = say.number(found["count"])
    return str(say.labels["dataset_page"]["largest_line"]).format(
        rows=say.count(found["rows"], "pair"), share=share, members=members
    )
