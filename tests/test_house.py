"""The house: arrows between rooms go down only, the public door, what `import` costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import dalil

SOURCE = Path(dalil.__file__).parent
FLOORS = [
    {"errors", "testing", "tables"},
    {"records"},
    {
        "seams",
        "language",
        "artefacts",
        "lexicon",
        "config",
        "config_base",
        "config_errors",
        "config_models",
        "config_reading",
        "config_retrieval",
        "config_spelling",
        "config_training",
        "binomial",
        "packages",
    },
    {"engine", "store", "language_model"},
    {"collect", "dataset", "retrieval", "answering", "evaluation", "training"},
    {"stages", "published"},
    {"pipeline"},
    {"workspace"},
    {
        "initialise",
        "given_answers",
        "measure",
        "theirs",
        "dataset_work",
        "dataset_review",
        "dataset_fetch",
        "doctor",
        "planning",
        "train",
        "human_sheet",
    },
    {"cli"},
]
"""From the cellar up: a room may use the rooms of the floors under its own, and its neighbours where they are walls."""
WINGS = {"collect", "dataset", "retrieval", "answering", "evaluation", "training"}


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports(path: Path) -> set[str]:
    """The rooms of dalil that a file imports at its top (not inside functions)."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dalil"):
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return {room for room in found if any(room in rooms for rooms in FLOORS)}


def test_arrows_go_down_only() -> None:
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if room in ("__init__", "__main__"):
            continue
        for used in imports(path) - {room}:
            if floor_of(used) > floor_of(room) or (used in WINGS and room in WINGS):
                wrong.append(f"{path.relative_to(SOURCE)} uses {used}")
    assert wrong == []


def test_every_room_has_its_floor() -> None:
    rooms = {p.stem for p in SOURCE.glob("*.py")} | {p.name for p in SOURCE.iterdir() if (p / "__init__.py").exists()}
    assert rooms - {"__init__", "__main__"} == set().union(*FLOORS)


def test_public_names() -> None:
    assert set(dalil.__all__) == {
        "Answer", "Citation", "DalilError", "Document", "Example", "Hit", "Passage", "Question", "Workspace",
    }  # fmt: skip
    assert all(getattr(dalil, name).__name__ == name for name in dalil.__all__)


def test_importing_dalil_and_its_command_line_loads_nothing_heavy() -> None:
    heavy = {"numpy", "pydantic", "torch", "openpyxl", "jinja2", "yaml", "sklearn", "scipy", "pandas"}
    code = "import sys, dalil.cli; print(' '.join(sorted({m.split('.')[0] for m in sys.modules})))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert heavy.isdisjoint(loaded)
