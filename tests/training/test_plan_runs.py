"""Several devices, packed and padded rows, and the model that is trained here from nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dalil.config_models import ModelSettings
from dalil.config_training import LoraSettings, TrainingSettings
from dalil.planning import plan
from dalil.training.cautions import cautions
from dalil.training.lengths import Data, assumed
from dalil.training.plan import Plan, Request, as_row, make_plan
from dalil.training.scratch import llama_config, shape_for
from dalil.training.scratch_plan import WORDINGS, make_scratch_plan, scratch_shape
from dalil.training.shapes import find_shape

SHAPE = find_shape("Llama-3.2-1B")


def made(devices: int = 1, rows: int = 1000, **training: Any) -> Plan:
    given = {"per_device_train_batch_size": 4, "num_train_epochs": 2, **training}
    settings = ModelSettings(
        model_name_or_path="Llama-3.2-1B", lora=LoraSettings(r=8), training=TrainingSettings(**given)
    )
    data = assumed(rows, 100, "llama-3", "fr", "here")
    return make_plan(Request("x", "y", settings, SHAPE, data, "a100-80gb", devices=devices))


def test_devices_share_the_rows() -> None:
    one, four = made(), made(4)
    assert (one.steps, four.steps) == (500, 126)
    assert (one.epochs, one.tokens) == (four.epochs, four.tokens)
    assert four.seconds == pytest.approx((one.seconds or 0) / 4)
    assert four.memory == one.memory
    assert four.cost == pytest.approx(one.cost, abs=0.011)
    assert four.rows_per_step == 16


def test_with_steps_given_devices_pass_more_rows_in_the_same_time_for_more_money() -> None:
    one, four = made(max_steps=2000), made(4, max_steps=2000)
    assert four.steps == one.steps
    assert four.epochs == 4 * (one.epochs or 0)
    assert four.tokens == 4 * (one.tokens or 0)
    assert four.seconds == pytest.approx(one.seconds)
    assert four.cost == pytest.approx(4 * (one.cost or 0), abs=0.03)
    assert any("2,000 steps × 16 rows" in line for line in cautions(four))


def test_several_devices_need_a_launcher() -> None:
    assert any("accelerate launch --num_processes 4" in line for line in cautions(made(4)))
    assert not any("accelerate" in line for line in cautions(made()))


def test_packed_rows_take_fewer_steps_of_the_same_tokens() -> None:
    plain, packed = made(max_length=1024), made(max_length=1024, packing=True)
    assert packed.tokens == pytest.approx(plain.tokens, rel=0.001)
    assert packed.epochs == plain.epochs
    assert 5 * (packed.steps or 0) < (plain.steps or 0)


def test_padded_rows_take_the_time_of_the_padding() -> None:
    plain, padded = made(max_length=2048), made(max_length=2048, pad_to_max_length=True)
    assert padded.tokens == plain.tokens
    assert (padded.seconds or 0) > 12 * (plain.seconds or 1)
    assert any("padded to 2,048: 12 times the work" in line for line in cautions(padded))


def scratch(**given: Any) -> Plan:
    settings = ModelSettings(model_name_or_path="scratch", **given)
    return make_scratch_plan(
        Request("x", "y", settings, scratch_shape(500), Data(500, 30.0, 0, "here", "none"), given.get("device"))
    )


@pytest.mark.parametrize("rows", [None, 500, 2_640, 13_110, 100_000])
def test_the_plan_of_scratch_counts_the_parameters_that_the_model_has(rows: int | None) -> None:
    transformers = pytest.importorskip("transformers")
    shape = shape_for((rows or 0) // WORDINGS)
    model = transformers.LlamaForCausalLM(llama_config(shape, shape.vocabulary))
    assert scratch_shape(rows).total == sum(p.numel() for p in model.parameters())


def test_scratch_takes_the_minutes_that_it_is_given_and_no_money() -> None:
    row = as_row(scratch(offline={"max_minutes": 7}), [])
    assert (row["seconds"], row["seconds_range"], row["cost"], row["device"]) == (420, [420, 420], 0, "cpu-2")
    assert (row["steps"], row["adapter_bytes"], row["suggested"], row["offline"]) == (None, None, None, None)
    assert row["trainable_parameters"] == scratch_shape(500).total
    assert as_row(scratch(), [])["seconds"] == 180


def test_scratch_says_what_it_is_and_what_does_not_apply() -> None:
    assert any("never an assistant" in line for line in cautions(scratch()))
    assert not any("do not apply" in line for line in cautions(scratch()))
    assert any("do not apply" in line for line in cautions(scratch(training={"learning_rate": 1e-3})))


def test_every_recipe_can_be_planned_as_scratch() -> None:
    found = plan(Path("nowhere"), recipe="app-catalogue", model="scratch", device=None)
    assert isinstance(found, Plan)
    assert found.cost == 0
    assert found.request.data.rows == 756


def test_the_real_model_says_what_run_trains_instead() -> None:
    settings = ModelSettings(model_name_or_path="Llama-3.2-1B", offline={"max_minutes": 2})
    data = assumed(1000, 100, "llama-3", "fr", "here")
    row = as_row(make_plan(Request("x", "y", settings, SHAPE, data)), [])
    assert row["offline"] == "`dalil run` trains a memory of the trained questions instead, at most 2 minutes"
    assert row["trainable_parameters"] == SHAPE.total
    assert as_row(made(), [])["offline"] is None
