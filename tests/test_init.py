"""`dalil init`: what a recipe brings along, what it leaves out, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import dalil as dalil_package
from dalil.initialise import initialise, recipes
from small_workspace import dalil, ok, write_own, write_sources

RECIPES = Path(dalil_package.__file__).parent / "recipes"


@pytest.mark.parametrize("recipe", recipes())
def test_a_recipe_brings_every_file_that_it_names_and_its_settings_byte_for_byte(recipe: str, tmp_path: Path) -> None:
    made = initialise(tmp_path / "w", recipe=recipe, sources=(), pairs=None)
    assert (tmp_path / "w" / "dalil.yaml").read_bytes() == (RECIPES / recipe / "dalil.yaml").read_bytes()
    assert made.notes == []
    settings = yaml.safe_load((tmp_path / "w" / "dalil.yaml").read_text(encoding="utf-8"))
    named = [source["path"] for source in settings["sources"]] + settings.get("dataset", {}).get("pairs", [])
    assert all((tmp_path / "w" / path).exists() for path in named)


def test_own_sources_leave_the_recipes_questions_out_and_say_so(tmp_path: Path) -> None:
    write_sources(tmp_path / "docs")
    made = initialise(tmp_path / "w", recipe="idarati", sources=(str(tmp_path / "docs"),), pairs=None)
    settings = yaml.safe_load((tmp_path / "w" / "dalil.yaml").read_text(encoding="utf-8"))
    assert "pairs" not in settings["dataset"]
    assert settings["language"] == ["fr", "ar", "ary", "ary-Latn"]
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["dalil.yaml"]
    assert any("comments" in note for note in made.notes)
    assert any("questions.jsonl" in note for note in made.notes)


def test_own_pairs_take_the_place_of_the_recipes_and_their_columns_are_told(tmp_path: Path) -> None:
    pairs = tmp_path / "w" / "own.jsonl"
    pairs.parent.mkdir()
    rows = [{"question": "Qui ?", "answer": "Léa", "mood": "calm"}, {"question": "qui ?", "answer": "Ali", "mood": ""}]
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = dalil("init", tmp_path / "w", "--recipe", "machine-manuals", "--pairs", pairs, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ignored column 'mood' (1 values)" in done.stdout
    assert "asked before in the same words" in done.stdout
    assert "comments" in done.stdout
    settings = yaml.safe_load((tmp_path / "w" / "dalil.yaml").read_text(encoding="utf-8"))
    assert settings["dataset"]["pairs"] == ["own.jsonl"]
    assert not (tmp_path / "w" / "questions.jsonl").exists()


def test_init_prints_one_object(tmp_path: Path) -> None:
    write_sources(tmp_path / "docs")
    pairs = write_own(tmp_path / "own.csv")
    (made,) = ok("init", tmp_path / "w", "--sources", tmp_path / "docs", "--pairs", pairs, "--json")
    assert made["config"] == str(tmp_path / "w" / "dalil.yaml")
    assert (made["files"], made["pairs"], made["languages"]) == ({"json": 1, "markdown": 1}, 2, ["fr"])
    assert made["ignored_columns"] == {"mood": 1}
    assert made["warnings"] == made["notes"] == made["dropped"] == []
