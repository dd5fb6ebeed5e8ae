"""The page "before and after": held-out questions answered by the model untrained and trained, with what can be seen of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dalil.evaluation.wording import Words

if TYPE_CHECKING:
    from dalil.evaluation.report import ReportData

COUNTED = ("same_language", "exact", "asks_back", "truncated")
WHEN = ("before", "after")
Row = dict[str, Any]


def before_after(report: ReportData, say: Words) -> list[Row]:
    """One part a model that has samples: totals, and the samples by stratum."""
    return [_model(model, say) for model in report.get("training", []) if model["samples"]]


def _model(model: Row, say: Words) -> Row:
    samples: list[Row] = model["samples"]
    strata = list(dict.fromkeys(row["stratum"] for row in samples))
    return {
        "name": model["model"], "memory": model["kind"] == "memory", "untrained": any(row["before"] for row in samples),
        "totals": totals(samples, say),
        "strata": [{"name": say.name("values.stratum", stratum),
                    "rows": [_sample(row, say) for row in samples if row["stratum"] == stratum]} for stratum in strata],
    }  # fmt: skip


def totals(samples: Sequence[Mapping[str, Any]], say: Words) -> list[Row]:
    """A line a mark: {name, before, after}; counts as "18/24", mean words as a number; "–" where there was no answer."""
    said = {when: [(row[when], row["expected"]) for row in samples if row[when]] for when in WHEN}
    lines = [
        {"name": say.labels["before_after"][mark], **{w: _counted(mark, said[w], say) for w in WHEN}}
        for mark in COUNTED
    ]
    means = {w: _mean([answer["words"] for answer, _ in said[w]], say) for w in WHEN}
    return [*lines, {"name": say.labels["before_after"]["words"], **means}]


def _counted(mark: str, said: Sequence[tuple[Row, str]], say: Words) -> str:
    if not said:
        return "–"
    hits = sum(_exact(answer, expected) if mark == "exact" else bool(answer[mark]) for answer, expected in said)
    return say.isolate(f"{say.number(hits)}/{say.number(len(said))}")


def _mean(numbers: Sequence[int], say: Words) -> str:
    return say.isolate(say.number(sum(numbers) / len(numbers), 1)) if numbers else "–"


def _exact(answer: Row, expected: str) -> bool:
    return bool(answer["text"].split() == expected.split())


def _sample(row: Row, say: Words) -> Row:
    shown = {
        when: {"text": row[when]["text"], "marks": _marks(row[when], row["expected"], say)} if row[when] else None
        for when in WHEN
    }
    return {"question": row["question"], "expected": row["expected"], "language": row["language"], **shown}


def _marks(answer: Row, expected: str, say: Words) -> list[tuple[str, str]]:
    """(class, text): good, bad or mild."""
    words = say.labels["before_after"]
    marks = []
    if answer["text"] and answer["language"] is None:
        marks.append(("bad", words["no_language"]))
    elif answer["text"]:
        same = answer["same_language"]
        text = words["same_mark" if same else "other_mark"]
        marks.append(("good" if same else "bad", text.format(language=say.name("values.language", answer["language"]))))
    marks += [("good", words["exact_mark"])] if _exact(answer, expected) else []
    marks += [("mild", words["asks_mark"])] if answer["asks_back"] else []
    marks += [("bad", words["cut_mark"])] if answer["truncated"] else []
    return [*marks, ("mild", words["word_mark"].format(n=say.number(answer["words"])))]
