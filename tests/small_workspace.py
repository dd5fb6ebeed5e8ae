"""A small workspace, the command line as a process of its own, and what the tests ask of both."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dalil import Document, Workspace
from dalil.artefacts import read_records

NAMES = (
    "Alpha",
    "Boussole",
    "Cadastre",
    "Delta",
    "Eole",
    "Fanal",
    "Galion",
    "Hermine",
    "Iris",
    "Jonque",
    "Quorvex",
    "Rimbault",
    "Sylvane",
    "Tessalit",
    "Ulmeric",
    "Vandris",
)
DIRECTIONS = ("Finances", "Transports", "Santé", "Culture")
LANGUAGES = ("Java", "Python", "COBOL")
FAQ = """# Questions fréquentes

## Comment demander un accès ?

Envoyez le formulaire A12 au guichet numérique, qui répond sous trois jours ouvrés.

## Où trouver le guide de l'utilisateur ?

Le guide de l'utilisateur se trouve sur l'intranet, dans la rubrique Documents.

## Qui appeler en cas de panne ?

Appelez le centre de support au poste 4512, ouvert de 8 h à 18 h.
"""
SETTINGS = """language: [fr]
sources:
- path: sources
dataset: {wordings: 1, max_questions: 48}
embedder: {fewest_passages: 2}
"""
PHONE_QUESTION = "Qui appeler en cas de panne ?"
OWN = [
    {"id": "007", "question": "Quel est le langage de Delta ?", "answer": "Java", "document": "Delta", "mood": "calm"},
    {"id": "q7", "question": PHONE_QUESTION, "answer": "au poste 4512", "document": "faq.md", "mood": ""},
]
ANSWER_KEYS = {"id", "question", "approach", "status", "answer", "confidence", "citations", "nearest", "options",
               "seconds", "tokens", "cost", "currency"}  # fmt: skip
CITATION_KEYS = {"document", "name", "passage", "page", "start", "end", "quote", "exact"}
OBEYING_MODES = ["setpriv", "--bounding-set=-dac_override,-dac_read_search",
                 "--inh-caps=-dac_override,-dac_read_search"]  # fmt: skip


def obeying_modes() -> list[str]:
    """What to run a command with, so that the modes of files bind it: root, who may run the tests, reads everything."""
    return OBEYING_MODES if shutil.which("setpriv") and Path("/proc/self").owner() == "root" else []


def records() -> list[dict[str, Any]]:
    """Sixteen applications; every field value can be told from the others of its record."""
    return [
        {
            "nom": name,
            "direction": DIRECTIONS[i % len(DIRECTIONS)],
            "langage": LANGUAGES[i % len(LANGUAGES)],
            "date_mise_en_service": f"20{10 + i}-0{1 + i % 9}-15",
            "utilisateurs": 100 + 17 * i,
        }
        for i, name in enumerate(NAMES)
    ]


def write_sources(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "applications.json").write_text(json.dumps(records(), ensure_ascii=False), encoding="utf-8")
    (folder / "faq.md").write_text(FAQ, encoding="utf-8")


def write_workspace(root: Path, settings: str = SETTINGS) -> Path:
    write_sources(root / "sources")
    (root / "dalil.yaml").write_text(settings, encoding="utf-8")
    return root


def dalil(*arguments: str | Path, cwd: Path | None = None, crash_at: str = "", before: Sequence[str] = (),
          preexec: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run the command line in a process of its own; `crash_at` names a crash point, `before` a wrapping command."""
    environment = {key: value for key, value in os.environ.items() if key != "DALIL_CRASH_AT"}
    if crash_at:
        environment["DALIL_CRASH_AT"] = crash_at
    command = [*before, sys.executable, "-m", "dalil", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, preexec_fn=preexec, check=False)  # fmt: skip


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Standard output as JSON lines: with --json it holds nothing else."""
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(isinstance(row, dict) for row in rows)
    return rows


def contents(root: Path) -> dict[str, str]:
    """Each stage's content hash, as `status --json` gives it."""
    return {row["stage"]: row["content"] for row in lines(dalil("status", "--json", "-w", root))}


def assert_said(done: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    """The command ended with `code` and a sentence with the next step on stderr, nothing on stdout, no traceback."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stderr
    assert "→" in done.stderr, done.stderr
    for part in parts:
        assert part in done.stderr, done.stderr


def ok(*arguments: str | Path) -> list[dict[str, Any]]:
    """The JSON lines of a command that must succeed, without a trace of anything else on stdout."""
    done = dalil(*arguments)
    assert done.returncode == 0, done.stderr
    return lines(done)


def texts(root: Path) -> dict[str, str]:
    folder = Workspace(root).runner.folder("documents")
    return {document.path: document.text for document in read_records(Document, folder / "documents.jsonl")}


def write_own(path: Path) -> Path:
    """The own questions as the kind of file that the suffix says."""
    if path.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(list(OWN[0]))
        for row in OWN:
            book.active.append(list(row.values()))
        book.save(path)
    elif path.suffix == ".csv":
        rows = [",".join(OWN[0]), *(",".join(row.values()) for row in OWN)]
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in OWN), encoding="utf-8")
    return path


def artefacts(root: Path) -> dict[str, bytes]:
    """Every immutable file of build/, and the report: what a failed command must leave as it was."""
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.glob("build/*/*/*") if p.is_file()}
    kept = {name: data for name, data in found.items() if not name.startswith("build/index/lexical-")}
    return kept | {"report.html": (root / "report.html").read_bytes(), "current": pointer(root)}


def pointer(root: Path) -> bytes:
    return (root / "build" / "current.json").read_bytes()


def assert_kept(before: dict[str, bytes], root: Path) -> None:
    now = artefacts(root)
    assert {name: now.get(name) == data for name, data in before.items()} == dict.fromkeys(before, True)


def add_setting(root: Path, text: str) -> None:
    with (root / "dalil.yaml").open("a", encoding="utf-8") as settings:
        settings.write(text + "\n")


def answers(root: Path) -> str:
    """The answer to a question that every good workspace here answers."""
    done = dalil("ask", "--json", "-w", root, PHONE_QUESTION)
    assert done.returncode == 0, done.stderr
    return str(lines(done)[0]["answer"])
