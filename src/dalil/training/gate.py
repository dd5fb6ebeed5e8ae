"""Rows → token ids, and the data gate: what was kept, cut, left without an end or an answer, repeated, leaked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from dalil.config_models import GateSettings
from dalil.errors import WorkError
from dalil.language import words
from dalil.language_model.encoding import many_answer_ids, many_prompt_ids
from dalil.language_model.templates import Chat, Template
from dalil.training.rows import TrainingRow

IGNORED = -100
"""The label of a token that is not learnt (PyTorch's ignore_index)."""
TOGETHER = 256
"""Rows that are encoded at once."""
BINS = (32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096)


@dataclass(frozen=True, slots=True)
class EncodedRow:
    """A row as token ids. `labels`: the ids that are learnt, IGNORED elsewhere. `full_length` before it was cut; `ends`:
    whether an end token of the answer is kept."""

    id: str
    input_ids: list[int]
    labels: list[int]
    full_length: int
    ends: bool

    @property
    def trainable(self) -> bool:
        return any(label != IGNORED for label in self.labels)


@dataclass
class GateReport:
    """Counts of the data gate. `kept` + `without_answer` = `rows`; `cut` and `without_eos` are among the kept.

    `lengths`: rows by upper bound of their tokens; `tokens_per_word` by language.
    """

    rows: int = 0
    kept: int = 0
    cut: int = 0
    without_eos: int = 0
    without_answer: int = 0
    duplicates: int = 0
    leaked: int = 0
    tokens: int = 0
    tokens_learnt: int = 0
    longest: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    tokens_per_word: dict[str, float] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def problems(self, settings: GateSettings) -> list[str]:
        """What is above the thresholds, each with what to change."""
        checks = (
            (self.cut, settings.max_cut, "rows are cut", "raise training.max_length, or shorten the answers"),
            (self.duplicates, settings.max_duplicates, "rows stand there already", "dalil dataset check --write, or lower dataset.wordings"),
            (self.leaked, settings.max_leaked, "rows ask what the test asks", "remove them from data.files"),
        )  # fmt: skip
        found = [
            f"{count:,} of {self.rows:,} {what} ({count / self.rows:.1%}, at most {limit:.0%}): {change}"
            for count, limit, what, change in checks
            if self.rows and count / self.rows > limit
        ]
        if self.without_answer:
            found.append(f"{self.without_answer:,} of {self.rows:,} rows have no token of their answer within max_length: "
                         "raise training.max_length (they are left out)")  # fmt: skip
        return found


def encode_rows(tokenizer: Any, template: Template, rows: Iterable[TrainingRow], *, system: str, max_length: int,
                answers_only: bool) -> Iterator[EncodedRow]:  # fmt: skip
    """Each row as ids, cut at `max_length`; with `answers_only` the prompt's labels are IGNORED."""
    remaining = iter(rows)
    while some := list(islice(remaining, TOGETHER)):
        chats = [Chat(row.question, system, row.context) for row in some]
        prompts = many_prompt_ids(tokenizer, template, chats)
        answers = many_answer_ids(tokenizer, template, chats, [row.answer for row in some], prompts)
        for row, before, after in zip(some, prompts, answers, strict=True):
            ids = before + after
            labels = [IGNORED] * len(before) + after if answers_only else list(ids)
            ends = tokenizer.eos_token_id in after[: max(0, max_length - len(before))]
            yield EncodedRow(row.id, ids[:max_length], labels[:max_length], len(ids), ends)


def inspect(rows: Sequence[TrainingRow], encoded: Iterable[EncodedRow], asked: Collection[str]) -> GateReport:
    """The gate's counts over distinct rows (before noise). `asked`: folded questions of the test."""
    report = GateReport()
    seen = set[tuple[str, str, str]]()
    token_count, word_count, lengths = Counter[str](), Counter[str](), Counter[int]()
    for row, made in zip(rows, encoded, strict=True):
        key = (question_key(row.question), row.answer, row.context)
        repeated, leaked = key in seen, key[0] in asked
        seen.add(key)
        _count(report, row, made, repeated=repeated, leaked=leaked)
        lengths[next((b for b in BINS if made.full_length <= b), BINS[-1] * 2)] += 1
        token_count[row.language] += made.full_length
        word_count[row.language] += len(words(f"{row.context} {row.question} {row.answer}"))
    report.lengths = {str(b): lengths[b] for b in sorted(lengths)}
    report.tokens_per_word = {lang: round(n / max(1, word_count[lang]), 2) for lang, n in token_count.items()}
    return report


def question_key(question: str) -> str:
    """What makes two questions the same: their folded words."""
    return " ".join(words(question))


def _count(report: GateReport, row: TrainingRow, made: EncodedRow, *, repeated: bool, leaked: bool) -> None:
    report.rows += 1
    report.kept += made.trainable
    report.without_answer += not made.trainable
    report.cut += made.full_length > len(made.input_ids)
    report.without_eos += made.trainable and not made.ends
    report.duplicates += repeated
    report.leaked += leaked
    report.tokens += len(made.input_ids)
    report.tokens_learnt += sum(label != IGNORED for label in made.labels)
    report.longest = max(report.longest, made.full_length)
    named = {
        "cut": made.full_length > len(made.input_ids),
        "duplicates": repeated,
        "leaked": leaked,
        "without_answer": not made.trainable,
    }
    for name, applies in named.items():
        if applies and len(report.examples.setdefault(name, [])) < 3:
            report.examples[name].append(row.question[:120])


def hold(report: GateReport, settings: GateSettings) -> None:
    """Raises WorkError where no row is left or a share is above its threshold."""
    if not report.kept:
        cut = f": their answers begin after training.max_length (the longest row has {report.longest:,} tokens)"
        hint = (
            "raise training.max_length, or shorten the template or system_prompt"
            if report.rows
            else "dalil dataset show"
        )
        raise WorkError(f"None of the {report.rows:,} rows can be trained on{cut * bool(report.rows)}.", hint=hint)
    problems = report.problems(settings)
    stopping = [problem for problem in problems if "left out" not in problem]
    if stopping:
        raise WorkError("The data gate stopped the run before it trained: " + "; ".join(problems) + ".",
                        hint="change that, or raise the thresholds under `gate:` in dalil.yaml")  # fmt: skip
