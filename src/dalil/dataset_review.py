"""`dalil dataset review`: a sheet of examples goes out, people's rulings come back into state/reviews.jsonl."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dalil.artefacts import read_records, writer_lock
from dalil.dataset.review import Review, draw_for_review, keep_reviews, read_reviews, review_code, review_row
from dalil.dataset.review_sheet import ReviewedSheet, read_review_sheet, sheet_row, texts_in, write_review_sheet
from dalil.errors import ConfigError
from dalil.records import Document, Example
from dalil.workspace import Workspace


def built_documents(workspace: Workspace) -> list[Document]:
    """The documents as they are built."""
    return read_records(Document, workspace.runner.folder("documents") / "documents.jsonl")


def built_examples(workspace: Workspace) -> list[Example]:
    """The examples as they are built."""
    return read_records(Example, workspace.runner.folder("examples") / "examples.jsonl")


def write_review(workspace: Workspace, path: Path, most: int, kind: str | None = None) -> dict[str, Any]:
    """Write a sheet of examples that nobody has reviewed. Never writes over a file that may be filled."""
    if path.exists():
        raise ConfigError(f"{path} exists, and may hold reviews.", hint="give the new sheet another name")
    workspace.prepare("examples")
    examples = built_examples(workspace)
    kinds = sorted({example.kind for example in examples})
    if kind is not None and kind not in kinds:
        raise ConfigError(f"No example of kind {kind!r}; kinds here: {', '.join(kinds)}.", hint="dalil dataset show")
    wanted = [example for example in examples if kind in (None, example.kind)]
    drawn = draw_for_review(wanted, read_reviews(workspace.context.state), most, workspace.config.seed)
    if not drawn:
        raise ConfigError("Every example has been reviewed.", hint="dalil dataset review shows the share")
    language = workspace.config.language[0]
    documents = {document.path: document for document in built_documents(workspace)}
    rows = [sheet_row(example, documents, texts_in(language)) for example in drawn]
    write_review_sheet(path, rows, language)
    return {"sheet": str(path), "rows": len(drawn), "of": len(wanted),
            "kinds": dict(sorted(Counter(example.kind for example in drawn).items()))}  # fmt: skip


def read_review(workspace: Workspace, paths: Sequence[Path]) -> dict[str, Any]:
    """Read filled sheets into state/reviews.jsonl; the examples change when they are built next, which is here."""
    workspace.prepare("examples")
    known = {review_code(example): example for example in built_examples(workspace)}
    sheets = {path: read_review_sheet(path, known, path.stem) for path in paths}
    reviews = [review for sheet in sheets.values() for review in sheet.reviews]
    if not reviews:
        raise ConfigError("No row has a ruling that can be used" + _first_refused(sheets) + ".",
                          hint="fill in y or n, or a correction, then read it again")  # fmt: skip
    with writer_lock(workspace.context.state):
        changed = keep_reviews(workspace.context.state, reviews)
    fresh = Workspace(workspace.root)
    fresh.prepare("examples")
    return {
        "read": len(reviews),
        "rulings": dict(Counter(review.ruling for review in reviews)),
        "replaced": changed + _twice(reviews),
        "empty": sum(sheet.empty for sheet in sheets.values()),
        "refused": [asdict(problem) for sheet in sheets.values() for problem in sheet.refused],
        **reviewed(fresh),
    }


def _first_refused(sheets: dict[Path, ReviewedSheet]) -> str:
    refused = [problem for sheet in sheets.values() for problem in sheet.refused]
    return f" ({refused[0].file} row {refused[0].line}: {refused[0].reason})" if refused else ""


def _twice(reviews: Sequence[Review]) -> int:
    """Rulings that another sheet, read in the same command, replaces by another one."""
    by_code: dict[str, Review] = {}
    count = 0
    for review in reviews:
        before = by_code.get(review.code)
        count += before is not None and before.ruling != review.ruling
        by_code[review.code] = review
    return count


def reviewed(workspace: Workspace) -> dict[str, Any]:
    """How much of the workspace's examples people have reviewed."""
    workspace.prepare("examples")
    return review_row(workspace.context.state, built_examples(workspace))
