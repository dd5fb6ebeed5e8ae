"""A dataset against the published checklist: what is wrong, what is missing, what to do, and whether it may be trained on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dalil.dataset.check_cover import Coverage, coverage, expected_kinds
from dalil.dataset.check_facts import Figures, Grounding, grounding
from dalil.dataset.check_repeats import Repeats, repeats
from dalil.dataset.check_shape import Balance, Lengths, balance, is_silent, lengths
from dalil.dataset.check_split import SplitCheck, split_check
from dalil.dataset.files import PairFile
from dalil.dataset.pair import Located
from dalil.dataset.raw import Problem
from dalil.records import Document, Language, Origin

CERTIFIED = ("shared_groups", "shared_documents", "exact_duplicates")


@dataclass(frozen=True)
class Material:
    """What is checked. `documents`: what it should cover and be proved by, if known; `figures` reads numbers and dates.

    `certificate`: the one that the workspace's split made, which then decides instead of one made of the rows. `origins`:
    who should have written questions, `kinds` which ones (all when empty).
    """

    rows: Sequence[Located]
    figures: Figures
    files: Sequence[PairFile] = ()
    documents: Sequence[Document] = ()
    language: Language = "fr"
    origins: tuple[Origin, ...] = ("templates",)
    kinds: Collection[str] = ()
    certificate: dict[str, Any] | None = None
    seed: int = 42
    review: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Everything that was found. `coverage` and `expected_kinds` are empty where no documents are known."""

    material: Material
    problems: list[Problem]
    notes: list[str]
    repeats: Repeats
    coverage: Coverage | None
    expected_kinds: tuple[str, ...]
    balance: Balance
    lengths: Lengths
    negatives: int
    grounding: Grounding
    split: SplitCheck

    @property
    def rows(self) -> Sequence[Located]:
        return self.material.rows

    @property
    def leaks(self) -> int:
        """Held-out rows that training gives away, and what the workspace's certificate counts."""
        certificate = self.material.certificate or {}
        return len(self.split.leaks) + sum(int(certificate.get(name, 0)) for name in CERTIFIED)

    @property
    def passed(self) -> bool:
        """The gate: no error of format, no leak, and something to check at all."""
        return not self.problems and not self.leaks and bool(self.rows)

    @property
    def cleaned(self) -> list[Located]:
        """The valid rows without those that repeat an earlier one."""
        return self.repeats.cleaned(self.rows)

    @property
    def missing_kinds(self) -> list[str]:
        """The kinds of question that the documents allow and no row has."""
        return [kind for kind in self.expected_kinds if kind not in self.balance.kinds]


def check(material: Material) -> Checked:
    """Check rows that were read. Nothing is changed."""
    rows, documents = material.rows, material.documents
    split = split_check(rows)
    expected = expected_kinds(documents, material.language, material.origins) if documents else ()
    return Checked(
        material=material,
        problems=[problem for file in material.files for problem in file.problems],
        notes=[note for file in material.files for note in file.notes],
        repeats=repeats(rows, material.seed),
        coverage=coverage(rows, documents, material.language) if documents else None,
        expected_kinds=tuple(kind for kind in expected if not material.kinds or kind in material.kinds),
        balance=balance(rows),
        lengths=lengths(rows),
        negatives=sum(is_silent(row.pair) for row in rows),
        grounding=grounding(rows, {document.path: document for document in documents}, material.figures),
        split=replace(split, certificate=material.certificate) if material.certificate else split,
    )


def as_row(checked: Checked, lines: Iterable[Any], advice: Sequence[str]) -> dict[str, Any]:
    """The object of `dalil dataset check --json`. `lines`: the checklist; `advice`: the recommendations."""
    return {
        "rows": len(checked.rows),
        "files": [{"file": f.name, "format": f.format, "rows": len(f.rows), "unit": f.unit} for f in checked.material.files],
        "passed": checked.passed,
        "errors": [{"file": p.file, "line": p.line, "reason": p.reason} for p in checked.problems],
        "notes": checked.notes,
        "checklist": [{"name": line.name, "ok": line.ok, "found": line.found} for line in lines],
        "duplicates": {
            name: [_two(r.row, r.of) | {"similarity": r.similarity} for r in getattr(checked.repeats, name)]
            for name in ("exact", "near", "conflicting")
        },
        "coverage": coverage_row(checked.coverage),
        "balance": {"kinds": checked.balance.kinds, "languages": checked.balance.languages,
                    "missing_kinds": checked.missing_kinds},
        "lengths": _lengths(checked.lengths),
        "negatives": {"count": checked.negatives, "share": _share(checked.negatives, len(checked.rows))},
        "grounding": _grounding(checked.grounding),
        "split": {
            "sides": checked.split.sides,
            "groups": checked.split.groups,
            "leaks": [_two(leak.row, leak.of) | {"reason": leak.reason} for leak in checked.split.leaks],
        },
        "certificate": checked.split.certificate,
        "review": checked.material.review or None,
        "recommendations": list(advice),
    }  # fmt: skip


def where(row: Located) -> dict[str, Any]:
    """Where a row stands, and its question."""
    return {"file": row.file, "line": row.line, "id": row.pair.id, "question": row.pair.question}


def _two(row: Located, of: Located) -> dict[str, Any]:
    return where(row) | {"of": {"file": of.file, "line": of.line, "id": of.pair.id, "question": of.pair.question}}


def _share(count: int, total: int) -> float | None:
    return round(count / total, 4) if total else None


def coverage_row(found: Coverage | None) -> dict[str, Any] | None:
    """The coverage of records and of texts, with the names of what no question is about."""
    if found is None:
        return None
    parts = {"records": found.records, "texts": found.texts}
    made: dict[str, Any] = {
        name: {"covered": part.covered, "of": part.of, "missing": list(part.missing)} for name, part in parts.items()
    }
    return made | {"short_descriptions": list(found.short)}


def _lengths(found: Lengths) -> dict[str, Any]:
    listed: Callable[[list[Located]], list[dict[str, Any]]] = lambda rows: [where(row) for row in rows]  # noqa: E731
    within = None if found.within is None else round(found.within, 4)
    return {"answers": found.answers, "typed": found.typed, "shortest": found.shortest, "median": found.median,
            "p90": found.p90, "longest": found.longest, "within_20_200": within, "under_20": listed(found.short),
            "over_200": listed(found.long)}  # fmt: skip


def _grounding(found: Grounding) -> dict[str, Any]:
    rows = [where(item.row) | {"missing": item.missing} for item in found.ungrounded]
    return {"checked": found.checked, "without_evidence": found.without, "ungrounded": rows}
