"""The documentation is what the code declares, and every verb is in it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from dalil.cli import cli

ROOT = Path(__file__).parent.parent


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_pages_are_those_of_the_code() -> None:
    made = reference()
    told = "python docs/make_reference.py writes it anew"
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == made.settings_page(), told
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == made.commands_page(), told


def test_every_command_in_the_readme_is_a_verb_that_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    used = set(re.findall(r"\bdalil ([a-z]+)\b", "\n".join(re.findall(r"```(?:sh|text)\n(.*?)```", readme, re.DOTALL))))
    assert used
    assert used <= set(cli.commands)
    assert {"run", "ask", "init"} <= used


def test_links_in_the_docs_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
