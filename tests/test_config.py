"""dalil.yaml: every mistake is named with what was expected; every shipped recipe loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.config import Config, load_config, parse_config
from dalil.errors import ConfigError
from dalil.initialise import recipe_config, recipes


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sead": 3}, "unknown key `sead` (nearest: `seed`)"),
        ({"sources": [{"path": "a", "name_feild": "x"}]}, "unknown key `sources.0.name_feild` (nearest: `name_field`)"),
        ({"split": {"foldz": 2}}, "unknown key `split.foldz` (nearest: `folds`)"),
        ({"dataset": {"negatives": 3}}, "`dataset.negatives`"),
        ({"approaches": ["passage", "passage"]}, "two approaches have the same name"),
        ({"approaches": ["magic"]}, "passage"),
        ({"language": ["de"]}, "`language.0`"),
        (
            {"models": {"training": {"model_name_or_path": "x", "lora": {"lora_alfa": 1}}}},
            "unknown key `models.training.lora.lora_alfa` (nearest: `lora_alpha`)",
        ),
        (
            {"models": {"a": {"model_name_or_path": "x", "quantization": {"load_in_4bit": True}}}},
            "quantised weights cannot be trained",
        ),
    ],
)
def test_mistakes_are_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(given, "dalil.yaml")
    assert said in error.value.message
    assert error.value.exit_code == 2


def test_a_name_is_an_approach() -> None:
    assert [a.label for a in parse_config({"approaches": ["passage"]}, "x").approaches] == ["passage"]


@pytest.mark.parametrize("text", ["a: [", "- 1", "\xff"])
def test_a_file_that_is_not_settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "dalil.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"dalil\.yaml"):
        load_config(tmp_path / "dalil.yaml")


def test_every_recipe_loads() -> None:
    assert "app-catalogue" in recipes()
    for name in recipes():
        assert isinstance(parse_config(recipe_config(name), name), Config)
    with pytest.raises(ConfigError, match="app-catalogue"):
        recipe_config("nothing")


def test_every_setting_says_what_it_is() -> None:
    def check(model: type) -> None:
        for name, field in model.model_fields.items():  # type: ignore[attr-defined]
            assert field.description, f"{model.__name__}.{name}"

    check(Config)
    for field in Config.model_fields.values():
        if hasattr(field.annotation, "model_fields"):
            check(field.annotation)  # type: ignore[arg-type]
