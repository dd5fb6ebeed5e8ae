"""The page "before and after": held-out questions answered by the model untrained and trained, with what can be seen of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dalil.evaluation.training_shown import effect_of, perplexity
from dalil.evaluation.wording import Words

if TYPE_CHECKING:
    from dalil.evaluation.report import ReportData

COUNTED = ("right", "exact", "same_language", "asks_rightly", "friendly", "truncated")
MEANS = ("words", "sentence_words")
WHEN = ("before", "after")
GOOD = ("right", "rightly_silent")
Row = dict[str, Any]


def before_after(report: ReportData, say: Words) -> list[Row]:
    """One part a model that has samples: totals, and the samples by stratum."""
    return [_model(model, say) for model in report.get("training", []) if model["samples"]]


def _model(model: Row, say: Words) -> Row:
    samples: list[Row] = model["samples"]
    strata = list(dict.fromkeys(row["stratum"] for row in samples))
    kind, effect = effect_of(model, say)
    return {
        "name": model["model"], "memory": model["kind"] == "memory", "untrained": any(row["before"] for row in samples),
        "kind": kind, "effect": effect, "totals": [*losses(model, say), *totals(samples, say)],
        "strata": [{"name": say.name("values.stratum", stratum),
                    "rows": [_sample(row, say) for row in samples if row["stratum"] == stratum]} for stratum in strata],
    }  # fmt: skip


def losses(model: Mapping[str, Any], say: Words) -> list[Row]:
    """A line of loss and one of perplexity for each stratum, means over the folds, on every held-out question of it."""
    lines = []
    for stratum in dict.fromkeys(name for fold in model["folds"] for name in fold["heldout"]):
        found = [fold["heldout"][stratum] for fold in model["folds"] if stratum in fold["heldout"]]
        means = {when: mean([row[when] for row in found]) for when in WHEN}
        for form in ("loss", "perplexity"):
            name = say.labels["before_after"][form].format(stratum=say.name("values.stratum", stratum))
            lines.append({"name": name, **{when: _loss(form, means[when], say) for when in WHEN}})
    return lines


def mean(numbers: Sequence[float | None]) -> float | None:
    """The mean of those that are known; None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known) / len(known) if known else None


def _loss(form: str, value: float | None, say: Words) -> str:
    if form == "perplexity" or value is None:
        return perplexity(value, say)
    return say.isolate(say.number(value, 3))


def totals(samples: Sequence[Mapping[str, Any]], say: Words) -> list[Row]:
    """A line a mark: {name, before, after}; counts as "18/24", means as a number; "–" where it cannot be told."""
    said = {when: [(row[when], row["expected"]) for row in samples if row[when]] for when in WHEN}
    lines = [
        {"name": say.labels["before_after"][mark], **{w: _counted(mark, said[w], say) for w in WHEN}}
        for mark in COUNTED
    ]
    means = [
        {
            "name": say.labels["before_after"][name],
            **{w: _mean([answer[name] for answer, _ in said[w]], say) for w in WHEN},
        }
        for name in MEANS
    ]
    return [*lines, *means]


def _counted(mark: str, said: Sequence[tuple[Row, str]], say: Words) -> str:
    """Hits of those that the mark can be told of."""
    known = [hit for answer, expected in said if (hit := _hit(mark, answer, expected)) is not None]
    return say.isolate(f"{say.number(sum(known))}/{say.number(len(known))}") if known else "–"


def _hit(mark: str, answer: Row, expected: str) -> bool | None:
    if mark == "exact":
        return _exact(answer, expected)
    if mark == "right":
        return None if answer["outcome"] is None else answer["outcome"] in GOOD
    found = None if mark == "same_language" and not answer["text"] else answer[mark]
    return None if found is None else bool(found)


def _mean(numbers: Sequence[float | None], say: Words) -> str:
    found = mean(numbers)
    return "–" if found is None else say.isolate(say.number(found, 1))


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
    marks = _outcome(answer["outcome"], say)
    if answer["text"] and answer["language"] is None:
        marks.append(("bad", words["no_language"]))
    elif answer["text"]:
        same = answer["same_language"]
        text = words["same_mark" if same else "other_mark"]
        marks.append(("good" if same else "bad", text.format(language=say.name("values.language", answer["language"]))))
    marks += [("good", words["exact_mark"])] if _exact(answer, expected) else []
    marks += _asked_back(answer, words)
    marks += [("good", words["friendly_mark"])] if answer["friendly"] else []
    marks += [("bad", words["cut_mark"])] if answer["truncated"] else []
    return [*marks, ("mild", words["word_mark"].format(n=say.number(answer["words"])))]


def _outcome(outcome: str | None, say: Words) -> list[tuple[str, str]]:
    """What the judge says, as of every other answer."""
    if outcome is None:
        return []
    look = "good" if outcome in GOOD else "mild" if outcome == "partly" else "bad"
    return [(look, say.name("metrics", outcome))]


def _asked_back(answer: Row, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Whether it asks back, and whether the expected answer does."""
    if answer["asks_back"]:
        return [("good" if answer["asks_rightly"] else "mild", words["asks_mark"])]
    return [("bad", words["should_ask_mark"])] if answer["asks_rightly"] is False else []
