"""Plans: the figures of the published systems, as their shapes give them, and how they move with the settings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dalil.config import parse_config
from dalil.config_models import ModelSettings, PlanSettings
from dalil.config_training import LoraSettings, QuantizationSettings, TrainingSettings
from dalil.errors import ConfigError
from dalil.initialise import recipe_config, recipes
from dalil.planning import plan, plannable
from dalil.training.adapters import lora_parameters
from dalil.training.advice import advise, rules
from dalil.training.cautions import cautions
from dalil.training.lengths import assumed, measured
from dalil.training.memory import memory
from dalil.training.pace import steps_of
from dalil.training.plan import Plan, Request, as_row, make_plan
from dalil.training.presets import load_presets
from dalil.training.shapes import find_shape, load_shapes

MIB = 2**20
EVERY = [(name, model) for name, preset in load_presets().items() for model in preset.models]


def planned(recipe: str, model: str | None = None, device: str | None = None) -> Plan:
    made = plan(Path("nowhere"), recipe=recipe, model=model, device=device)
    assert isinstance(made, Plan)
    return made


def assert_said(made: Plan, *parts: str) -> bool:
    return any(all(part in warning for part in parts) for warning in cautions(made))


def test_shapes_count_to_the_published_totals() -> None:
    assert {shape.name: shape.total for shape in load_shapes()} == {
        shape.name: shape.parameters for shape in load_shapes()
    }


@pytest.mark.parametrize("name", ["unsloth/llama-3.2-3b", "unsloth/Llama-3.2-3B-bnb-4bit", "Llama-3.2-3B"])
def test_a_model_is_known_by_its_copies(name: str) -> None:
    assert find_shape(name).name == "meta-llama/Llama-3.2-3B"


def test_a_shape_is_read_from_a_folder(tmp_path: Path) -> None:
    given = {"model_type": "qwen2", "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
             "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
             "max_position_embeddings": 131072, "tie_word_embeddings": False}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(given), encoding="utf-8")
    assert find_shape(str(tmp_path)).total == 7_615_616_512
    (tmp_path / "config.json").write_text('{"model_type": "mamba"}', encoding="utf-8")
    with pytest.raises(ConfigError, match="mamba"):
        find_shape(str(tmp_path))


def test_idarati() -> None:
    made = planned("idarati")
    adapter = made.adapter_bytes
    assert made.trainable_parameters == 161_480_704
    assert adapter is not None
    assert (round(adapter["bf16"] / MIB), round(adapter["fp32"] / MIB)) == (308, 616)
    assert round(100 * made.share, 1) == 2.1
    assert made.memory.weights / 1e9 == pytest.approx(5.5, abs=0.06)
    assert made.epochs == pytest.approx(79.2, abs=0.05)
    assert assert_said(made, "79 epochs of 101 examples")
    assert assert_said(made, "154 MB", "308 MiB in bf16 and 616 in fp32", "r 32 in bf16 or r 16 in fp32")
    assert assert_said(made, "8.5 %", "2.1 %")
    assert assert_said(made, "4 GB", "5.5 GB", "embeddings and head stay 16-bit")
    assert assert_said(made, "8 GB of device memory")


def test_code_qa_steps_and_context() -> None:
    assert planned("code-qa-llama").steps == 9_960
    gpt2 = planned("code-qa-gpt2")
    assert gpt2.steps == 12_450
    assert gpt2.length == 1_024
    published = planned("code-qa-gpt2", "assistant-as-published")
    assert assert_said(published, "2,048", "1,024")
    assert published.memory == gpt2.memory
    assert published.request.settings.training.max_length == 2_048


def test_the_notes_stand_only_where_the_preset_says_so() -> None:
    for name in plannable():
        for part in ("dataset_text_field", "Modelfile", "Alpaca"):
            assert assert_said(planned(name), part) == (name == "app-catalogue"), (name, part)
    assert assert_said(planned("domain-embeddings"), "1,024 dimensions")


@pytest.mark.parametrize(
    ("recipe", "model", "preset"),
    [
        ("machine-manuals", "llama-2", "llama-2"),
        ("machine-manuals", "gemma", "gemma-2b"),
        ("code-qa", "llama-3.2-1b", "code-qa-llama"),
        ("code-qa", "gpt2-large", "code-qa-gpt2"),
    ],
)
def test_a_recipe_keeps_the_notes_and_the_plan_of_its_presets(recipe: str, model: str, preset: str) -> None:
    given, stated = planned(recipe, model), planned(preset)
    assert set(stated.request.notes) <= set(cautions(given))
    assert given.request.published == stated.request.published == load_presets()[preset].published
    for key in ("trainable_parameters", "memory", "steps", "tokens", "seconds"):
        assert getattr(given, key) == getattr(stated, key), key


def test_what_is_published_beside_the_weights_settings_is_kept() -> None:
    manuals = parse_config(recipe_config("machine-manuals"), "machine-manuals").models
    assert {model.template for model in manuals.values()} == {"input-response"}
    assert (manuals["llama-2"].training.save_steps, manuals["llama-2"].training.logging_steps) == (25, 25)
    code = parse_config(recipe_config("code-qa"), "code-qa").models["gpt2-large"]
    assert (code.training.save_steps, code.training.save_total_limit, code.training.logging_steps) == (20, 10, 20)
    for name in ("assistant-as-published", "mistral"):
        chosen = load_presets()["app-catalogue"].models[name].training
        assert (chosen.eval_strategy, chosen.eval_steps, chosen.save_steps, chosen.logging_steps) == (
            "steps",
            100,
            100,
            10,
        )
    for preset in load_presets().values():
        for name in preset.recipe_models[:1]:
            there = parse_config(recipe_config(preset.recipe or ""), "x").models[name]
            assert next(iter(preset.models.values())) == there.model_copy(update={"plan": PlanSettings()})


def test_a_recipe_keeps_its_own_settings_beside_a_preset_of_its_name() -> None:
    for name in recipes():
        for model, given_there in parse_config(recipe_config(name), name).models.items():
            assert planned(name, model).request.settings == given_there


@pytest.mark.parametrize(
    ("recipe", "model", "device", "low", "high"),
    [
        ("idarati", None, "a100-80gb", 30, 30),
        ("app-catalogue", "assistant-as-published", "rtx-3090", 30, 60),
        ("app-catalogue", "assistant-as-published", "t4", 60, 120),
        ("llama-2", None, "t4", 0.65, 0.65),
    ],
)
def test_minutes_are_the_published_ones_within_a_factor_of_two(
    recipe: str, model: str | None, device: str, low: float, high: float
) -> None:
    seconds = planned(recipe, model, device).seconds
    assert seconds is not None
    assert low / 2 <= seconds / 60 <= high * 2


def test_a_processor_takes_more_than_ten_hours() -> None:
    assert (planned("app-catalogue", "assistant-as-published", "cpu-2").seconds or 0) > 36_000


def test_money_only_where_a_price_is_known() -> None:
    assert planned("idarati").cost == pytest.approx(1.5, rel=0.5)
    assert planned("idarati", device="h200").cost is None


@pytest.mark.parametrize(("name", "model"), EVERY)
def test_every_preset_is_planned(name: str, model: str) -> None:
    made = planned(name, model)
    row = as_row(made, cautions(made))
    assert set(row) >= {"trainable_parameters", "adapter_bytes", "memory_bytes", "steps", "tokens", "seconds", "cost",
                        "currency", "warnings"}  # fmt: skip
    assert json.loads(json.dumps(row)) == row
    assert made.request.data.tokenizer
    assert (made.tokens is None) == (made.request.data.rows is None)


def test_what_was_not_given_is_named() -> None:
    row = as_row(planned("gemma-2b"), [])
    assert "learning_rate 2e-05" in row["library_defaults"]
    assert "r 8" in row["library_defaults"]


def test_advice_by_size() -> None:
    found = [advise(rows) for rows in (499, 500, 2_000, 2_001)]
    assert [advice.r for advice in found if advice] == [8, 16, 16, 32]
    assert all(advice.reason for advice in found if advice)
    assert all(
        set(row) <= {"up_to", "r", "lora_alpha", "lora_dropout", "learning_rate", "epochs", "openai", "reason"}
        for row in rules()["by_rows"]
    )
    assert advise(None) is None


def request(length: int = 512, batch: int = 2, r: int = 16, **more: bool) -> Request:
    model = ModelSettings(
        model_name_or_path="Llama-3.2-1B",
        lora=LoraSettings(r=r, lora_dropout=0.05),
        quantization=QuantizationSettings(**more),
        training=TrainingSettings(max_length=length, per_device_train_batch_size=batch),
    )
    shape = find_shape("Llama-3.2-1B")
    return Request("x", "y", model, shape, assumed(1000, 100, shape.tokenizer, "fr", "here"))


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 4096), st.integers(1, 64), st.integers(1, 256))
def test_memory_grows_with_length_batch_and_rank(length: int, batch: int, r: int) -> None:
    def total(asked: Request) -> int:
        return make_plan(asked).memory.total

    base = total(request(length, batch, r))
    assert total(request(length + 8, batch, r)) > base
    assert total(request(length, batch + 1, r)) > base
    assert total(request(length, batch, r + 1)) > base


def test_quantised_weights_are_smaller_and_slower() -> None:
    plain, eight = make_plan(request()), make_plan(request(load_in_8bit=True))
    four = make_plan(request(load_in_4bit=True))
    double = make_plan(request(load_in_4bit=True, bnb_4bit_use_double_quant=True))
    assert double.memory.weights < four.memory.weights < eight.memory.weights < plain.memory.weights
    assert (four.seconds or 0) > (plain.seconds or 0)


@pytest.mark.parametrize(
    "more", [{}, {"load_in_8bit": True}, {"load_in_4bit": True}], ids=["whole", "8 bits", "4 bits"]
)
def test_what_computes_in_float32_holds_its_weights_so(more: dict[str, bool]) -> None:
    half = replace(request(**more), device="cpu-2")
    training = half.settings.training.model_copy(update={"bf16": False})
    full = replace(half, settings=half.settings.model_copy(update={"training": training}))
    there, here = make_plan(full).memory, make_plan(half)
    assert there == here.memory_without_bf16 == make_plan(full).memory_without_bf16
    assert there.weights_16bit == 2 * here.memory.weights_16bit
    assert there.weights_quantised == here.memory.weights_quantised
    assert there.activations > here.memory.activations


def test_a_processor_computes_no_activations_twice_and_is_planned_so() -> None:
    asked = request()
    off, on = (
        replace(asked, settings=asked.settings.model_copy(update={"training": asked.settings.training.model_copy(
            update={"activation_checkpointing": wanted})}))
        for wanted in (False, True)
    )  # fmt: skip
    there, here = [[make_plan(replace(one, device=name)) for one in (off, on)] for name in ("h100", "cpu-2")]
    assert there[1].memory.activations < there[0].memory.activations
    assert (there[1].seconds or 0) > (there[0].seconds or 0)
    assert here[1].memory == here[0].memory
    assert here[1].memory_without_bf16 == here[0].memory_without_bf16
    assert here[1].seconds == here[0].seconds


def test_a_processor_without_bfloat16_is_warned_of() -> None:
    said = "a processor without bfloat16"
    assert assert_said(
        make_plan(replace(request(), device="cpu-2")), said, "holds weights and activations in float32: up to"
    )
    assert not any(said in line for line in cautions(make_plan(replace(request(), device="h100"))))
    assert assert_said(planned("llama-3", None, "cpu-2"), said, "which does not fit in 16 GiB")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 32), st.integers(1, 8), st.integers(1, 9))
def test_steps_pass_every_row(rows: int, batch: int, accumulation: int, epochs: int) -> None:
    training = TrainingSettings(per_device_train_batch_size=batch, gradient_accumulation_steps=accumulation,
                                num_train_epochs=epochs)  # fmt: skip
    steps = steps_of(training, rows)
    assert steps is not None
    assert steps * batch * accumulation >= rows * epochs
    assert (steps - epochs) * batch * accumulation < rows * epochs


def test_all_linear_and_wrong_targets() -> None:
    large = find_shape("gpt2-large")
    assert lora_parameters(large, LoraSettings(r=16, target_modules=["c_attn", "c_fc"])) == 6_635_520
    both = lora_parameters(large, LoraSettings(r=1, target_modules=["c_proj"]))
    assert both == 36 * (2 * 1280 + 5120 + 1280)
    assert lora_parameters(large, LoraSettings(r=1)) > both
    with pytest.raises(ConfigError, match=r"q_proj.*c_attn"):
        lora_parameters(large, LoraSettings(target_modules=["q_proj"]))


def test_too_large_for_the_device_and_for_the_processor_type() -> None:
    made = planned("llama-3", device="t4")
    assert assert_said(made, "do not fit on t4", "a100-80gb")
    assert assert_said(made, "bfloat16")


def test_the_smallest_device_that_holds_it_and_can_compute_it() -> None:
    assert planned("code-qa-llama").device.name == "t4"
    assert planned("gpt-2-small").device.name == "rtx-3090"
    assert planned("llama-3").device.name == "a100-80gb"


def test_rows_are_counted_in_tokens_by_language() -> None:
    shape = find_shape("gpt2")
    data = measured([("one two three", "en"), ("كلمة " * 2000, "ar")], shape.tokenizer, "", "here")
    assert data.rows == 2
    assert data.longest > 2000
    assert data.tokenizer
    made = make_plan(Request("x", "y", ModelSettings(model_name_or_path="gpt2"), shape, data))
    assert assert_said(made, "the longest row", "cut at 1,024")
    assert made.memory == memory(shape, made.request.settings, 1024)


def test_a_tokenizer_on_this_machine_counts_instead_of_the_stand_in(tmp_path: Path) -> None:
    library = pytest.importorskip("tokenizers", reason="the library `tokenizers` is not installed")
    made = library.Tokenizer(library.models.WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]"))
    made.pre_tokenizer = library.pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    data = measured([("a a a b", "en")], "gpt-2", str(tmp_path), "here")
    assert data.longest == 6
    assert "tokenizer.json" in data.tokenizer
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"tokenizer\.json"):
        measured([("a", "en")], "gpt-2", str(tmp_path), "here")
