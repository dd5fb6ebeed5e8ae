"""docs/models.md runs as it stands there: the settings, then the commands, against the stand-in that ships."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from dalil.testing.llm_server import LlmServer, quoting
from small_workspace import dalil

PAGE = (Path(__file__).parent.parent / "docs" / "models.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def server() -> Iterator[str]:
    """The stand-in as the page starts it, on a free port."""
    with LlmServer(quoting) as free:
        port = free.base_url.rsplit(":", 1)[1].split("/")[0]
    words = block("sh").splitlines()[0].removesuffix(" &").replace("8123", port).split()[1:]
    running = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
    finally:
        running.terminate()
        running.wait(timeout=10)


def test_the_page_from_the_stand_in_to_the_table(server: str, tmp_path: Path) -> None:
    folder = tmp_path
    for line in block("sh").splitlines()[1:]:
        if line.startswith("cd "):
            folder = folder / line.split()[1]
            settings = folder / "dalil.yaml"
            shown = yaml.safe_load(block("yaml").replace("http://127.0.0.1:8123/v1", server))
            settings.write_text(
                yaml.safe_dump({**yaml.safe_load(settings.read_text("utf-8")), **shown}), encoding="utf-8"
            )
            continue
        command = line.split("#")[0].replace("http://127.0.0.1:8123/v1", server)
        done = dalil(*[word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)[1:]], cwd=folder)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        if "ask" in line:
            assert "items.sort()" in done.stdout
            assert "proof: sorting.md" in done.stdout
        if "--endpoint" in line:
            assert re.search(r"− rag: [+-]\d", done.stdout), done.stdout
    assert (folder / "report.html").is_file()
