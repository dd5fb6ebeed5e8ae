"""Published settings on a processor: 8 and 4 bits, schedules, 8-bit and paged optimisers, checkpoints kept."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")
pytest.importorskip("bitsandbytes")

from test_training_run import LORA, run, run_until_killed, settings
from tiny_models import LLAMA_CHAT, heldout, save

from dalil.artefacts import file_hash
from dalil.config_training import QuantizationSettings
from dalil.errors import ConfigError
from dalil.language_model.generation import Generator
from dalil.language_model.loading import load_trained
from dalil.language_model.templates import Chat
from dalil.training.curve import read_curve

EIGHT = QuantizationSettings(load_in_8bit=True)
FOUR = QuantizationSettings(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("llama"), "llama", chat=LLAMA_CHAT, width=64)


@pytest.mark.parametrize(("quantization", "kind"), [(EIGHT, "Linear8bitLt"), (FOUR, "Linear4bit")], ids=["8", "4"])
def test_an_adapter_is_trained_on_quantised_weights_and_answers_on_them(
    tmp_path: Path, llama: Path, quantization: QuantizationSettings, kind: str
) -> None:
    made = run(tmp_path, settings(llama, quantization=quantization, max_steps=12), heldout={"seen": heldout()})
    assert made.heldout["seen"]["after"] < made.heldout["seen"]["before"] - 0.1
    assert made.total_parameters == run(tmp_path / "whole", settings(llama, max_steps=1)).total_parameters
    model, _, _ = load_trained(made.model)
    assert {type(module).__name__ for module in model.modules()} & {"Linear8bitLt", "Linear4bit"} == {kind}
    assert Generator.of(made.model).generate(Chat("Où se trouve Delta ?")).tokens_out > 0


def test_four_bits_that_a_processor_cannot_pack_are_refused_before_training(tmp_path: Path) -> None:
    narrow = save(tmp_path / "narrow", "llama", chat=LLAMA_CHAT, width=32)
    with pytest.raises(ConfigError, match=r"multiples of 64, and model\.layers\.0\.\S+ has 32") as caught:
        run(tmp_path / "run", settings(narrow, quantization=FOUR))
    assert "load_in_8bit" in caught.value.hint


@pytest.mark.parametrize(
    ("schedule", "warmup", "expected"),
    [("constant", 0, [1.0] * 6), ("constant_with_warmup", 2, [0.0, 0.5, 1.0, 1.0, 1.0, 1.0]),
     ("linear", 0, [1.0, 0.833, 0.667, 0.5, 0.333, 0.167]), ("cosine", 0.33, [0.0, 0.5, 1.0, 0.854, 0.5, 0.146])],
)  # fmt: skip
def test_the_rate_goes_the_way_that_was_asked_for(
    tmp_path: Path, llama: Path, schedule: str, warmup: float, expected: list[float]
) -> None:
    run(tmp_path, settings(llama, lr_scheduler_type=schedule, warmup_steps=warmup, learning_rate=0.01))
    rates = [point["learning_rate"] / 0.01 for point in read_curve(tmp_path) if "learning_rate" in point]
    assert rates == pytest.approx(expected, abs=0.002)


def test_a_run_with_an_8_bit_optimiser_is_resumed_exactly(tmp_path: Path, llama: Path) -> None:
    chosen = settings(llama, None, optim="adamw_8bit")
    whole = run(tmp_path / "whole", chosen)
    resumed = run(run_until_killed(tmp_path / "killed", chosen), chosen)
    assert resumed.resumed == 4
    assert file_hash(resumed.model / "model.safetensors") == file_hash(whole.model / "model.safetensors")


@pytest.mark.parametrize(
    ("paged", "here"),
    [("paged_adamw_32bit", "adamw_torch_fused"), ("paged_adamw_8bit", "adamw_8bit"), ("paged_lion_8bit", "lion_8bit")],
)
def test_a_paged_optimiser_is_the_same_one_without_pages(
    tmp_path: Path, llama: Path, caplog: pytest.LogCaptureFixture, paged: str, here: str
) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("a GPU has pages")
    with caplog.at_level(logging.WARNING, "dalil.training"):
        made = run(tmp_path / "paged", settings(llama, None, optim=paged, max_steps=2))
    assert f"on a processor: optim becomes {here}" in caplog.text
    same = run(tmp_path / "same", settings(llama, None, optim=here, max_steps=2))
    assert file_hash(made.model / "model.safetensors") == file_hash(same.model / "model.safetensors")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"optim": "lomo"}, "lomo_optim"), ({"lr_scheduler_type": "cosine_with_min_lr"}, "min_lr")],
    ids=["optimiser whose package is missing", "schedule that lacks a setting"],
)
def test_what_the_libraries_refuse_only_when_training_begins_is_a_sentence_too(
    tmp_path: Path, llama: Path, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=f"libraries refuse these settings: .*{said}"):
        run(tmp_path, settings(llama, LORA, **wrong))


@pytest.mark.parametrize(("limit", "kept"), [(1, [4, 5]), (3, [3, 4, 5])])
def test_checkpoints_are_kept_as_many_as_asked_for_and_never_fewer_than_two(
    tmp_path: Path, llama: Path, limit: int, kept: list[int]
) -> None:
    folder = run_until_killed(tmp_path, settings(llama, save_steps=1, save_total_limit=limit), "step 6 of 6")
    assert sorted(int(path.name.removeprefix("checkpoint-")) for path in folder.glob("checkpoint-*")) == kept
