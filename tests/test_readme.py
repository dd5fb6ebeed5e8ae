"""The README's commands run as they stand there, on real files, in the order a reader types them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dalil.testing.llm_server import LlmServer, quoting

ROOT = Path(__file__).parent.parent
PROGRAM = [sys.executable, "-m", "dalil"]


def block(language: str, holding: str) -> str:
    """The first code block of that language that holds a text."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", readme, re.DOTALL)
    return next(code for code in blocks if holding in code)


def type_in(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line, comments=True)
    assert words[0] == "dalil"
    return subprocess.run([*PROGRAM, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=1200, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    documents = folder / "documents"
    documents.mkdir()
    (documents / "carte.md").write_text(
        "# Carte nationale\n\n## Quel est le délai de renouvellement ?\n\nLe délai de renouvellement est de quinze jours.\n\n"
        "## Combien coûte le timbre ?\n\nLe timbre coûte soixante-quinze dirhams au guichet.\n",
        encoding="utf-8",
    )
    (folder / "faq.csv").write_text(
        "question,answer\nCombien coûte le timbre ?,soixante-quinze dirhams\n", encoding="utf-8"
    )
    return folder


def test_own_documents_from_init_to_report(home: Path) -> None:
    folder = home
    for line in block("sh", "--pairs").splitlines():
        line = line.replace("~/documents", "documents")
        if line.startswith("cd "):
            folder = folder / line.split()[1]
        elif line.startswith("dalil "):
            done = type_in(line, folder)
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
            if line.startswith("dalil ask"):
                assert "quinze jours" in done.stdout
    assert (home / "own" / "report.html").is_file()
    code = block("python", "Workspace").replace('"own"', repr(str(home / "own")))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "quinze jours" in done.stdout


def test_the_table_of_verbs(home: Path) -> None:
    workspace = home / "own"
    if not (workspace / "report.html").is_file():
        test_own_documents_from_init_to_report(home)
    (workspace / "theirs.jsonl").write_text(
        '{"question": "Combien coûte le timbre ?", "answer": "quinze"}\n', encoding="utf-8"
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for line in re.findall(r"`(dalil [^`]+)`", readme) if "DIR" not in line]
    assert len(lines) >= 7
    for line in lines:
        line = line.replace("ours.xlsx", str(home / "faq.csv")).replace("…", "timbre")
        with LlmServer(quoting) as theirs:
            done = type_in(line.replace("BASE_URL", theirs.base_url), workspace)
        expected = (
            (0, 2) if "previous" in line or "train" in line else (0, 1) if "doctor" in line or "check" in line else (0,)
        )
        assert done.returncode in expected, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr


def test_the_demo_of_the_makefile(tmp_path: Path) -> None:
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    lines = [line.split("$(BIN)/")[1] for line in recipe.group(1).splitlines() if "$(BIN)/dalil" in line]
    assert lines
    for line in lines:
        done = type_in(line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        settings = tmp_path / "demo" / "dalil.yaml"  # the memory's three minutes are not for a test
        text = settings.read_text(encoding="utf-8").replace("max_minutes: 3", "max_minutes: 0.4")
        settings.write_text(text.replace("negatives: 0.15}", "negatives: 0.15, max_questions: 60}"), encoding="utf-8")
    assert (tmp_path / "demo" / "report.html").is_file()
    question = re.search(r'dalil ask "(.+?)"', done.stdout)
    assert question is not None
    answered = type_in(f'dalil ask "{question.group(1)}" --workspace demo', tmp_path)
    assert "proof:" in answered.stdout
