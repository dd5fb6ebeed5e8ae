"""`dalil dataset check` and `convert`: what they need of files and of a workspace, around the dataset room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dalil.artefacts import write_text
from dalil.config import CONFIG_NAME
from dalil.dataset.check import Checked, Material, as_row, check
from dalil.dataset.checklist import checklist, recommendations
from dalil.dataset.files import PairFile, Written, read_pairs, write_pairs
from dalil.dataset.formats import FORMATS
from dalil.dataset.pair import Pair
from dalil.dataset_review import built_documents
from dalil.errors import ConfigError
from dalil.evaluation.values import figures
from dalil.workspace import Workspace

Note = Callable[[str], None]
READ_SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".xlsx", ".parquet")


@dataclass(frozen=True)
class CheckedSet:
    """A check with its checklist, its advice and, with `--write`, where the cleaned set lies."""

    checked: Checked
    written: Written | None = None

    def as_row(self) -> dict[str, Any]:
        """One object for --json."""
        row = as_row(self.checked, checklist(self.checked), recommendations(self.checked))
        return row | {"written": asdict(self.written) if self.written else None}


def check_dataset(files: Sequence[str], folder: str, open_workspace: Callable[[str], Workspace],
                  write: str | None = None) -> CheckedSet:  # fmt: skip
    """Check files, or the workspace's own dataset. Files made elsewhere need no workspace; where `folder` is one, its
    documents tell what they should cover and prove."""
    is_workspace = (Path(folder) / CONFIG_NAME).is_file()
    workspace = open_workspace(folder) if is_workspace or not files else None
    checked = check(_material_of_files(files, workspace) if files else _material_of(_required(workspace)))
    return CheckedSet(checked, _write_cleaned(checked, Path(write)) if write else None)


def _required(workspace: Workspace | None) -> Workspace:
    if workspace is None:
        raise ConfigError("There is nothing to check.", hint="dalil dataset check FILE")
    return workspace


def _material_of_files(files: Sequence[str], workspace: Workspace | None) -> Material:
    read = read_files(files)
    rows = [row for file in read for row in file.rows]
    if workspace is None:
        return Material(rows, figures, read)
    workspace.prepare("documents")
    return Material(
        rows, figures, read, built_documents(workspace), workspace.config.language[0], seed=workspace.config.seed
    )


def _material_of(workspace: Workspace) -> Material:
    """The workspace's own dataset."""
    from dalil.pipeline.shown_dataset import dataset_material

    workspace.prepare("split")
    return dataset_material(workspace.config, workspace.context.state, _folders(workspace))


def _folders(workspace: Workspace, names: Sequence[str] = ("documents", "examples", "split")) -> dict[str, Path]:
    return {name: workspace.runner.folder(name) for name in names}


def write_dataset_page(workspace: Workspace, out: Path, language: str | None) -> dict[str, Any]:
    """Write the dataset page of the workspace, building what it shows; nothing is trained for it."""
    from dalil.evaluation.dataset_page import render_dataset
    from dalil.pipeline.shown_dataset import SHOWN_STAGES, dataset_data

    for stage in ("passages", "split"):
        workspace.prepare(stage)
    data = dataset_data(workspace.context, _folders(workspace, SHOWN_STAGES))
    write_text(out, render_dataset({**data, "language": language or data["language"]}))
    return {"page": str(out), "examples": data["counts"]["examples"], "passed": data["passed"]}


def read_files(given: Iterable[str]) -> list[PairFile]:
    """The files, and those of the folders, that are named. Raises ConfigError where a folder holds none."""
    paths: list[Path] = []
    for name in given:
        path = Path(name)
        if path.is_dir():
            found = sorted(p for p in path.iterdir() if p.suffix.lower() in READ_SUFFIXES)
            if not found:
                raise ConfigError(f"{path} holds no file of questions.", hint="dalil dataset check FILE")
            paths += found
        else:
            paths.append(path)
    return [read_pairs(path) for path in paths]


def _write_cleaned(checked: Checked, out: Path) -> Written:
    """Save the valid rows without repeats, in the format they came in where the name allows it."""
    name = next((file.format for file in checked.material.files if file.format), "dalil")
    rows = [(row.pair, row.side) for row in checked.cleaned]
    return write_pairs(out, FORMATS[_format_for(out, name)], rows)


def _format_for(out: Path, wanted: str) -> str:
    """The wanted format; where the suffix is none of its, the one that owns the suffix."""
    suffix = out.suffix.lower()
    if not suffix or suffix in FORMATS[wanted].suffixes:
        return wanted
    return next((form.name for form in FORMATS.values() if suffix in form.suffixes), wanted)


@dataclass(frozen=True)
class Conversion:
    """How to write. `side`: only rows of that side; `system`: a system prompt for rows that have none."""

    out: Path
    to: str | None = None
    side: str | None = None
    system: str = ""
    bare: bool = False


@dataclass(frozen=True)
class Converted:
    """What was written. `sides`: the sides that one file holds together; `apart`: rows on no side, not in a folder's files."""

    written: Written
    rows: int
    problems: list[dict[str, Any]]
    sides: dict[str, int]
    apart: int

    def as_row(self) -> dict[str, Any]:
        """One object for --json."""
        return {
            **asdict(self.written),
            "rows": self.rows,
            "sides": self.sides,
            "errors": self.problems,
            "apart": self.apart,
        }


def convert_dataset(files: Sequence[str], how: Conversion, open_workspace: Callable[[], Workspace]) -> Converted:
    """Write files, or the workspace's own dataset, as another format. `out` without a suffix: a folder, a file a side."""
    read = read_files(files)
    problems = [asdict(problem) for file in read for problem in file.problems]
    located = [row for file in read for row in file.rows] if files else _material_of(open_workspace()).rows
    rows = [(_with_system(row.pair, how.system), row.side) for row in located if how.side in (None, row.side)]
    if not rows:
        first = f" ({problems[0]['file']}:{problems[0]['line']}: {problems[0]['reason']})" if problems else ""
        raise ConfigError(f"There is no row to convert{first}.", hint="dalil dataset check FILE names what is wrong")
    sides = Counter(side for _, side in rows)
    form = FORMATS[how.to or _format_for(how.out, "dalil")]
    written = write_pairs(how.out, form, rows, bare=how.bare)
    apart = len(rows) - sum(written.files.values())
    return Converted(written, len(rows), problems, dict(sides) if len(written.files) == 1 else {}, apart)


def _with_system(pair: Pair, system: str) -> Pair:
    return replace(pair, system=system) if system and not pair.system else pair
