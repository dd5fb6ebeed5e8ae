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
        ({"seed": 2**32}, "`seed`: Input should be less than 4294967296"),
        ({"models": {"a/b": {"model_name_or_path": "a/b"}}}, "a name on the hub is its `model_name_or_path`"),
        ({"models": {"../a": {"model_name_or_path": "x"}}}, "'../a' does not"),
    ],
)
def test_mistakes_are_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(given, "dalil.yaml")
    assert said in error.value.message
    assert error.value.exit_code == 2


def tuned(part: str, key: str, value: object) -> dict[str, object]:
    return {"models": {"a": {"model_name_or_path": "x", part: {key: value}}}}


@pytest.mark.parametrize(
    ("part", "key", "value", "said"),
    [
        ("training", "warmup_ratio", 0.03, "`warmup_steps`: below 1 it is a share"),
        ("training", "group_by_length", True, "`train_sampling_strategy: group_by_length`"),
        ("training", "max_seq_length", 512, "`max_length`"),
        ("training", "evaluation_strategy", "steps", "`eval_strategy`"),
        ("training", "gradient_checkpointing", True, "`activation_checkpointing`"),
        ("training", "lr_scheduler_type", "cosinus", "nearest: cosine "),
        ("training", "optim", "paged_adamw", "nearest: paged_adamw_"),
        ("training", "optim", "zzz", "known: "),
        ("lora", "init_lora_weights", "gaussian", "PEFT's other keys stand under `peft`"),
        ("offline", "model_name_or_path", "./small", "Input should be 'scratch'"),
        ("lora", "rank", 16, "write `r`"),
        ("lora", "target_modules", [], "at least 1 item"),
        ("lora", "peft", {"r": 4}, "r stands under `lora` itself"),
        ("decoding", "do_sample", True, "`temperature` above 0"),
        (
            "training",
            "num_train_epochs",
            float("inf"),
            "`models.a.training.num_train_epochs`: Input should be a finite number",
        ),
    ],
)
def test_what_older_scripts_and_the_libraries_write_is_led_to_the_key_here(
    part: str, key: str, value: object, said: str
) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(tuned(part, key, value), "dalil.yaml")
    assert said in error.value.message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fp16": True, "bf16": True}, "exclude each other"),
        ({"early_stopping_patience": 2, "eval_strategy": "no"}, "needs the validation loss"),
    ],
)
def test_settings_that_do_not_go_together(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config({"models": {"a": {"model_name_or_path": "x", "training": wrong}}}, "dalil.yaml")
    assert said in error.value.message


@pytest.mark.parametrize(
    ("key", "given", "read"),
    [
        ("eval_strategy", False, "no"),
        ("report_to", "none", []),
        ("report_to", "tensorboard", ["tensorboard"]),
        ("max_steps", -1, None),
        ("warmup_steps", 0.03, 0.03),
    ],
)
def test_values_as_the_libraries_write_them(key: str, given: object, read: object) -> None:
    config = parse_config(tuned("training", key, given), "dalil.yaml")
    assert getattr(config.models["a"].training, key) == read


def test_a_name_is_an_approach() -> None:
    assert [a.label for a in parse_config({"approaches": ["passage"]}, "x").approaches] == ["passage"]


@pytest.mark.parametrize("text", ["a: [", "- 1", "\xff"])
def test_a_file_that_is_not_settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "dalil.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"dalil\.yaml"):
        load_config(tmp_path / "dalil.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "models:\n  a: {model_name_or_path: x}\n  a: {model_name_or_path: y}\n",
            "(line 3: the key `a` stands there twice)",
        ),
        ("seed: 1\nlanguage: [fr]\nseed: 2\n", "(line 3: the key `seed` stands there twice)"),
        ("recipe: 2024-02-30\n", "(day is out of range for month"),
    ],
)
def test_what_yaml_would_lose_or_cannot_read(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "dalil.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / "dalil.yaml")
    assert said in error.value.message


def test_settings_that_are_merged_in_give_way_to_their_own(tmp_path: Path) -> None:
    text = "models:\n  a: &a {model_name_or_path: x, system_prompt: kept}\n  b: {<<: *a, model_name_or_path: y}\n"
    (tmp_path / "dalil.yaml").write_text(text, encoding="utf-8")
    merged = load_config(tmp_path / "dalil.yaml").models["b"]
    assert (merged.model_name_or_path, merged.system_prompt) == ("y", "kept")


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
