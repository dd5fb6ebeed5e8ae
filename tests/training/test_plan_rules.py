"""The published rules of thumb, as data and as a page."""

from __future__ import annotations

import json

import pytest

from dalil.cli.show_plan import show_rules
from dalil.planning import rules_of_thumb


def test_the_published_tables_are_there_and_marked() -> None:
    rules = rules_of_thumb()
    assert json.loads(json.dumps(rules)) == rules
    assert rules["note"] == "as published, not measured here"
    sides = {row["criterion"]: (row["retrieval"], row["fine_tuning"]) for row in rules["criteria"]}
    assert len(sides) == 7
    assert sides["precision claimed"] == ("80–90 %", "85–95 %")
    assert {row["model"]: row["usd"] for row in rules["requests"]["usd"]} == {
        "Ollama": 0, "gpt-3.5-turbo": 0.002, "gpt-4o-mini": 0.005, "Claude": 0.015,
    }  # fmt: skip
    assert rules["requests"]["as_of"] == 2025


def test_the_page_says_everything(capsys: pytest.CaptureFixture[str]) -> None:
    rules = rules_of_thumb()
    show_rules(rules)
    shown = capsys.readouterr().out
    assert "not measured here" in shown.splitlines()[0]
    for row in rules["criteria"]:
        assert all(text in shown for text in row.values())
    for row in rules["requests"]["usd"]:
        assert f"{row['model']:<13}  {row['usd']:g}" in shown
    for row in rules["situations"]:
        assert row["advice"] in shown
    assert "32 / 64 / 0.01 / 0.0001" in shown
    assert "3–5 / 4–8 / 1.5" in shown
