"""A run trains what was asked for, tells what it did, and can be killed anywhere."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from tiny_models import GEMMA_CHAT, LLAMA_CHAT, OTHER_END_CHAT, heldout, rows, save

from dalil.artefacts import file_hash
from dalil.config_models import ModelSettings
from dalil.config_training import LoraSettings, TrainingSettings
from dalil.errors import ConfigError, WorkError
from dalil.language_model.generation import Generator
from dalil.language_model.loading import ModelMissing
from dalil.language_model.templates import Chat, find_template
from dalil.training.base_model import prepare_model
from dalil.training.checkpoints import newest_whole
from dalil.training.curve import read_curve
from dalil.training.gate import encode_rows
from dalil.training.run import train
from dalil.training.task import Task, Trained

LORA = LoraSettings(r=4, lora_alpha=8, lora_dropout=0.1)
FAST: dict[str, Any] = {
    "learning_rate": 1e-2, "per_device_train_batch_size": 4, "max_steps": 6, "max_length": 128, "save_steps": 2,
    "logging_steps": 1, "eval_strategy": "no", "bf16": False,
}  # fmt: skip


def settings(base: Path, lora: LoraSettings | None = LORA, **training: Any) -> ModelSettings:
    chosen = {key: value for key, value in training.items() if key in TrainingSettings.model_fields}
    others = {key: value for key, value in training.items() if key not in chosen}
    return ModelSettings(
        model_name_or_path=str(base), lora=lora, training=TrainingSettings(**{**FAST, **chosen}), **others
    )


def run(folder: Path, chosen: ModelSettings, **more: Any) -> Trained:
    return train(Task("tiny", chosen, more.pop("rows", rows()), folder, threads=1, offline=True, **more), prepare_model)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("llama"), "llama", chat=LLAMA_CHAT)


@pytest.mark.parametrize(
    ("kind", "targets", "chat", "template"),
    [
        ("qwen2", ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"], LLAMA_CHAT, None),
        ("llama", ["q_proj", "k_proj", "v_proj", "o_proj"], LLAMA_CHAT, "llama-2"),
        ("gpt2", ["c_attn", "c_fc"], None, "question-answer"),
        ("gemma", "all-linear", GEMMA_CHAT, None),
        ("mistral", "all-linear", None, "input-response"),
    ],
)
def test_each_published_architecture_is_trained_by_an_adapter(
    tmp_path: Path, kind: str, targets: Any, chat: str | None, template: str | None
) -> None:
    base = save(tmp_path / "base", kind, chat=chat)
    chosen = settings(base, LoraSettings(r=4, lora_alpha=8, target_modules=targets), template=template,
                      system_prompt="Soyez bref.", max_steps=2)  # fmt: skip
    made = run(tmp_path / "run", chosen, heldout={"seen": heldout()[:4]})
    assert made.steps == 2
    assert 0 < made.trainable_parameters < made.total_parameters / 2
    assert made.heldout["seen"]["before"] > 0
    assert (made.model / "adapter_model.safetensors").is_file()
    said = Generator.of(made.model).generate(Chat("Où se trouve Delta ?", "Soyez bref."))
    assert said.tokens_out > 0
    card = json.loads((made.model / "dalil-model.json").read_text(encoding="utf-8"))
    assert len(card["probes"]) == 3
    assert all(card["probes"])


def test_training_in_full_learns_the_answers(tmp_path: Path, llama: Path) -> None:
    chosen = settings(llama, None, max_steps=120, learning_rate=2e-2, save_steps=100, optim="muon", template="plain")
    said_so_far: list[str] = []
    made = run(tmp_path, chosen, heldout={"seen": heldout()}, say=said_so_far.append)
    measured = [line for line in said_so_far if line.startswith("measuring tiny on held-out rows: batch 1 of ")]
    assert len(measured) == 2, "before and after"
    assert made.heldout["seen"]["after"] < 0.7 * made.heldout["seen"]["before"]
    generator = Generator.of(made.model)
    said = [generator.generate(Chat(row.question)) for row in rows()]
    assert sum(answer.text == row.answer for answer, row in zip(said, rows(), strict=True)) >= 14


def test_a_model_whose_chat_template_closes_turns_otherwise_still_learns_to_stop(tmp_path: Path) -> None:
    base = save(tmp_path / "base", "llama", chat=OTHER_END_CHAT)
    made = run(tmp_path / "run", settings(base, None, max_steps=80, learning_rate=2e-2, save_steps=100, optim="muon"))
    gate = json.loads((tmp_path / "run" / "gate.json").read_text(encoding="utf-8"))
    assert (gate["cut"], gate["without_eos"]) == (0, 0)
    said = [Generator.of(made.model).generate(Chat(row.question)) for row in rows()[:4]]
    assert {answer.finish for answer in said} == {"stop"}


def test_a_row_whose_end_is_cut_is_one_without_an_end(tmp_path: Path, llama: Path) -> None:
    from transformers import AutoTokenizer

    tokens, template = AutoTokenizer.from_pretrained(str(llama)), find_template(None, has_chat=True)
    whole = next(encode_rows(tokens, template, rows()[:1], system="", max_length=500, answers_only=True))
    assert whole.ends
    short = len(whole.input_ids) - 1
    cut = next(encode_rows(tokens, template, rows()[:1], system="", max_length=short, answers_only=True))
    assert (cut.ends, cut.trainable, cut.full_length - len(cut.input_ids)) == (False, True, 1)


@pytest.mark.parametrize("lora", [LORA, None], ids=["lora", "full with muon"])
def test_a_run_killed_at_a_checkpoint_ends_with_the_same_weights(tmp_path: Path, llama: Path, lora: Any) -> None:
    chosen = settings(llama, lora, optim="adamw_torch" if lora else "muon", train_sampling_strategy="group_by_length")
    undisturbed = run(tmp_path / "whole", chosen)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from dalil.config_models import ModelSettings\nfrom test_training_run import run\n"
        "run(Path(sys.argv[2]), ModelSettings.model_validate_json(sys.argv[3]))"
    )
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", code, here, str(tmp_path / "killed"), chosen.model_dump_json()]
    for point in ("checkpoint:sealed", "checkpoint:written"):
        done = subprocess.run(
            command, env={**os.environ, "DALIL_CRASH_AT": point}, capture_output=True, text=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert newest_whole(tmp_path / "killed", undisturbed.key).step == 2
    resumed = run(tmp_path / "killed", chosen)
    assert resumed.resumed == 2
    weights = "adapter_model.safetensors" if lora else "model.safetensors"
    assert file_hash(resumed.model / weights) == file_hash(undisturbed.model / weights)
    assert resumed.tokens == undisturbed.tokens


def test_a_damaged_checkpoint_falls_back_to_the_one_before(tmp_path: Path, llama: Path) -> None:
    chosen = settings(llama)
    whole = run(tmp_path / "whole", chosen)
    kept = run_until_killed(tmp_path / "damaged", chosen)
    newest = newest_whole(kept, whole.key)
    assert newest.step == 4
    assert newest.path is not None
    weights = newest.path / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-40])
    found = newest_whole(kept, whole.key)
    assert found.step == 2
    assert "checkpoint-4: adapter_model.safetensors is not what was written" in found.passed_over
    resumed = run(kept, chosen)
    assert resumed.resumed == 2
    assert file_hash(resumed.model / "adapter_model.safetensors") == file_hash(
        whole.model / "adapter_model.safetensors"
    )


def run_until_killed(folder: Path, chosen: ModelSettings, step: str = "step 5 of 6", **more: Any) -> Path:
    """Ended in the middle of that step, as by a kill: nothing of it is written."""

    class Killed(BaseException):
        pass

    def stop(line: str) -> None:
        if step in line:
            raise Killed

    with pytest.raises(Killed):
        train(Task("tiny", chosen, rows(), folder, threads=1, offline=True, say=stop, **more), prepare_model)
    return folder


@pytest.mark.parametrize(
    ("sampling", "save_steps", "killed_in", "resumed_at"),
    [("group_by_length", 6, "step 7 of 11", 6), ("group_by_length", 8, "step 9 of 11", 8), ("random", 6, "step 7 of 11", 6),
     ("batch_rebalance", 6, "step 7 of 11", 6), ("group_by_length", 100, "step 3 of 11", 0)],
    ids=["in the second epoch", "between two epochs", "random order", "parts of like length", "before a checkpoint"],
)  # fmt: skip
def test_a_run_killed_anywhere_sees_the_rows_of_an_undisturbed_one(
    tmp_path: Path, llama: Path, sampling: str, save_steps: int, killed_in: str, resumed_at: int
) -> None:
    parts = 2 if sampling == "batch_rebalance" else 1
    chosen = settings(
        llama, max_steps=11, save_steps=save_steps, train_sampling_strategy=sampling,
        per_device_train_batch_size=4 // parts, gradient_accumulation_steps=parts,
    )  # fmt: skip
    held = {"seen": heldout()}
    whole = run(tmp_path / "whole", chosen, heldout=held)
    kept = run_until_killed(tmp_path / "killed", chosen, killed_in, heldout=held)
    resumed = run(kept, chosen, heldout=held)
    assert resumed.resumed == resumed_at
    assert file_hash(resumed.model / "adapter_model.safetensors") == file_hash(
        whole.model / "adapter_model.safetensors"
    )


@pytest.mark.parametrize("evaluated", ["epoch", "steps"])
def test_a_checkpoint_where_an_epoch_ends_and_is_measured_is_resumed_exactly(
    tmp_path: Path, llama: Path, evaluated: str
) -> None:
    """The library measures after it has saved there: what measuring draws must not be what dropout draws next."""
    chosen = settings(llama, max_steps=11, save_steps=4, eval_strategy=evaluated, eval_steps=3, logging_steps=3)
    whole = run(tmp_path / "whole", chosen, validation=heldout())
    kept = run_until_killed(tmp_path / "killed", chosen, "step 6 of 11", validation=heldout())
    resumed = run(kept, chosen, validation=heldout())
    assert resumed.resumed == 4
    weights = "adapter_model.safetensors"
    assert file_hash(resumed.model / weights) == file_hash(whole.model / weights)
    assert resumed.tokens == whole.tokens
    assert [point["step"] for point in read_curve(kept)] == [point["step"] for point in read_curve(whole.folder)]


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_checkpoint(tmp_path: Path, llama: Path) -> None:
    chosen = settings(llama, None, learning_rate=0.9, max_grad_norm=1e9, max_steps=400, save_steps=1)
    base = endless_loss(tmp_path / "broken", llama)
    with pytest.raises(WorkError, match="no number at step 1") as caught:
        run(tmp_path / "run", chosen.model_copy(update={"model_name_or_path": str(base)}))
    assert "learning_rate" in caught.value.hint


def test_no_checkpoint_after_a_loss_that_is_no_number_counts_as_good(tmp_path: Path, llama: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = truncated(tmp_path / "poisoned", llama)
    given = [*rows()[:8], *(replace(row, question="§ ?") for row in rows()[8:])]
    token = AutoTokenizer.from_pretrained(str(llama))("§")["input_ids"][0]
    model = AutoModelForCausalLM.from_pretrained(str(llama))
    with torch.no_grad():
        model.get_input_embeddings().weight[token] = float("nan")
    model.save_pretrained(str(base))
    chosen = settings(base, save_steps=1, logging_steps=50, train_sampling_strategy="sequential", template="plain")
    chosen = chosen.model_copy(update={"gate": chosen.gate.model_copy(update={"max_duplicates": 1.0})})
    with pytest.raises(WorkError, match="no number at step 3"):
        run(tmp_path / "run", chosen, rows=given)
    key = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["key"]
    found = newest_whole(tmp_path / "run", key)
    assert found.step == 2
    assert found.path is not None
    assert all(bool(torch.isfinite(t).all()) for t in load_file(found.path / "adapter_model.safetensors").values())


def test_the_data_gate_stops_a_run_before_it_trains(tmp_path: Path, llama: Path) -> None:
    with pytest.raises(WorkError, match="None of the 16 rows"):
        run(tmp_path / "short", settings(llama, max_length=8))
    long = [replace(row, answer="Rennes, " * 40) if row.topic == "site" else row for row in rows()]
    with pytest.raises(WorkError, match="8 of 16 rows are cut") as caught:
        run(tmp_path, settings(llama), rows=long)
    assert "gate:" in caught.value.hint
    assert not list(tmp_path.glob("checkpoint-*"))
    report = json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))
    assert (report["rows"], report["kept"], report["cut"], report["without_eos"]) == (16, 16, 8, 8)
    leaked = rows()[:2]
    with pytest.raises(WorkError, match="2 of 16 rows ask what the test asks"):
        run(tmp_path / "leaked", settings(llama), heldout={"unseen": leaked})


def test_what_cannot_work_is_said_before_anything_is_trained(tmp_path: Path, llama: Path) -> None:
    with pytest.raises(ConfigError, match=r"no module 'q_projj' \(nearest: q_proj\)"):
        run(tmp_path / "a", settings(llama, LoraSettings(target_modules=["q_projj"])))
    with pytest.raises(ConfigError, match=r"no place \{answer\}"):
        run(tmp_path / "b", settings(llama, template="### Question: {question}"))
    with pytest.raises(ModelMissing, match="cannot be had"):
        run(tmp_path / "c", settings(Path("nobody/nothing-of-that-name")))
    with pytest.raises(WorkError, match="does not hold a whole model"):
        run(tmp_path / "d", settings(truncated(tmp_path / "truncated", llama)))
    with pytest.raises(ConfigError, match="holds no adapter"):
        run(tmp_path / "e", settings(llama, resume_from_adapter=str(llama)))
    with pytest.raises(ConfigError, match=r"no module 'embed_tokenz' \(nearest: embed_tokens\)"):
        run(tmp_path / "g", settings(llama, LoraSettings(modules_to_save=["embed_tokenz"])))
    with pytest.raises(ConfigError, match="IA33 is none of PEFT's methods"):
        run(tmp_path / "h", settings(llama, LoraSettings(peft={"peft_type": "IA33"})))
    with pytest.raises(ConfigError, match="PREFIX_TUNING stands on no modules"):
        run(tmp_path / "i", settings(llama, LoraSettings(peft={"peft_type": "prefix_tuning"})))
    with pytest.raises(ConfigError, match="unexpected keyword argument 'lora_alpha'"):
        run(tmp_path / "j", settings(llama, LoraSettings(lora_alpha=4, peft={"peft_type": "IA3"})))
    with pytest.raises(ConfigError, match="has no end token"):
        run(tmp_path / "f", settings(endless(tmp_path / "endless", llama)))


def endless_loss(folder: Path, whole: Path) -> Path:
    """The same model whose loss is no number from the first step on."""
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(str(whole))
    with torch.no_grad():
        model.lm_head.weight.fill_(float("inf"))
    model.save_pretrained(str(folder))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((whole / name).read_bytes())
    return folder


def truncated(folder: Path, whole: Path) -> Path:
    folder.mkdir()
    for path in whole.iterdir():
        data = path.read_bytes()
        (folder / path.name).write_bytes(data[: len(data) // 2] if path.suffix == ".safetensors" else data)
    return folder


def endless(folder: Path, whole: Path) -> Path:
    """The same model whose tokenizer names no end token."""
    folder.mkdir()
    for path in whole.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    config = folder / "tokenizer_config.json"
    row = json.loads(config.read_text(encoding="utf-8"))
    row.pop("eos_token")
    config.write_text(json.dumps(row), encoding="utf-8")
    return folder


def test_training_goes_on_from_an_adapter(tmp_path: Path, llama: Path) -> None:
    first = run(tmp_path / "first", settings(llama), heldout={"seen": heldout()})
    second = run(
        tmp_path / "second", settings(llama, resume_from_adapter=str(first.model)), heldout={"seen": heldout()}
    )
    assert second.heldout["seen"]["before"] == pytest.approx(first.heldout["seen"]["after"], abs=0.05)
    assert (second.model / "adapter_model.safetensors").is_file()


@pytest.mark.parametrize(
    ("lora", "trained"),
    [
        (LoraSettings(target_modules=["k_proj", "down_proj"], peft={"peft_type": "IA3", "feedforward_modules": ["down_proj"]}), 160),
        (LoraSettings(r=4, target_modules=["q_proj"], peft={"peft_type": "vera"}), 72),
        (LoraSettings(r=4, target_modules=["q_proj"], peft={"task_type": "CAUSAL_LM", "init_lora_weights": "pissa"}), 512),
    ],
    ids=["IA3", "VeRA", "PiSSA"],
)  # fmt: skip
def test_other_methods_of_peft_are_trained_by_its_own_keys(
    tmp_path: Path, llama: Path, lora: LoraSettings, trained: int
) -> None:
    made = run(tmp_path / "run", settings(llama, lora, max_steps=2))
    assert made.trainable_parameters == trained
    assert Generator.of(made.model).generate(Chat("Où se trouve Delta ?")).tokens_out > 0


def test_an_adapter_of_another_base_is_refused_and_its_own_rank_stays(
    tmp_path: Path, llama: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = run(tmp_path / "first", settings(llama, LoraSettings(r=4), max_steps=1))
    again = settings(llama, LoraSettings(r=2), max_steps=1, resume_from_adapter=str(first.model))
    second = run(tmp_path / "second", again)
    assert json.loads((second.model / "adapter_config.json").read_text(encoding="utf-8"))["r"] == 4
    assert "r stays 4, not 2" in caplog.text
    other = Path(shutil.copytree(llama, tmp_path / "other"))
    with pytest.raises(ConfigError, match=f"was trained on {llama}, and model_name_or_path is {other}"):
        run(tmp_path / "third", again.model_copy(update={"model_name_or_path": str(other)}))


def test_validation_early_stopping_and_packing(tmp_path: Path, llama: Path) -> None:
    stopping: dict[str, Any] = {
        "eval_strategy": "steps",
        "eval_steps": 2,
        "early_stopping_patience": 1,
        "save_steps": 2,
        "max_steps": 40,
    }
    made = run(tmp_path / "stop", settings(llama, **stopping, learning_rate=0.3), validation=rows()[:4])
    assert made.stopped_early
    assert made.steps < 40
    packed = run(tmp_path / "packed", settings(llama, packing=True, max_length=64))
    padded = run(tmp_path / "padded", settings(llama, pad_to_max_length=True, max_length=64))
    assert packed.steps == padded.steps == 6
    assert packed.tokens > padded.tokens / 4
