"""`dalil train` and what `run` makes of it: a real (tiny) model, the stand-in, and the approaches that ask them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("trl")

from tiny_models import save

from dalil import Workspace
from dalil.artefacts import read_json
from small_workspace import assert_said, dalil, lines, write_workspace

MEMORY = """language: [fr]
sources:
- path: sources/applications.json
dataset: {wordings: 2, max_questions: 60}
models:
  assistant:
    model_name_or_path: nobody/nothing-of-that-name
    offline: {max_minutes: 0.15}
approaches: [passage, extractive, {kind: closed-book, model: assistant}, {kind: fine-tuned, model: assistant},
  {kind: gated, model: assistant}]
"""
REAL = """language: [fr]
sources:
- path: sources/applications.json
dataset: {wordings: 1, max_questions: 48}
models:
  tiny:
    model_name_or_path: BASE
    lora: {r: 4, lora_alpha: 8}
    template: question-answer
    training: {max_steps: 4, per_device_train_batch_size: 4, learning_rate: 0.001, save_steps: 2, logging_steps: 1, bf16: false}
    decoding: {max_new_tokens: 8}
approaches: [extractive, {kind: closed-book, model: tiny}, {kind: fine-tuned, model: tiny}]
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a memory of a few seconds, run to the report."""
    root = write_workspace(tmp_path_factory.mktemp("memory"), MEMORY)
    done = dalil("run", "-w", root)
    assert done.returncode == 0, done.stderr
    assert "it/s]" not in done.stderr, "the libraries' own bars"
    return root


def test_run_trains_a_memory_and_measures_it_on_the_folds_it_was_trained_for(measured: Path) -> None:
    report = read_json(measured / "report.json")
    by_name = {item["name"]: item for item in report["approaches"]}
    assert list(by_name) == ["passage", "extractive", "closed-book", "fine-tuned", "gated"]
    whole, part = by_name["extractive"]["metrics"]["right"]["n"], by_name["fine-tuned"]["metrics"]["right"]["n"]
    assert 0 < part < whole
    assert {pair["n"] for pair in report["pairs"] if "gated" in (pair["a"], pair["b"])} == {part}
    models = Workspace(measured).runner.manifest("models")
    assert models is not None
    assert models.counts["models"] == 1
    assert models.dropped == []


def test_an_answer_from_memory_names_the_question_that_it_goes_back_to(measured: Path) -> None:
    rows = [
        json.loads(line)
        for line in (measured / "answers" / "test" / "gated.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    remembered = [row for row in rows if row["reason"].startswith("from memory: ")]
    assert all(row["citations"] for row in remembered)
    asked = lines(dalil("ask", "--json", "--approach", "fine-tuned", "-w", measured, "Quel est le langage de Delta ?"))[
        0
    ]
    assert asked["tokens"]["out"] > 0
    assert asked["approach"] == "fine-tuned"


def test_train_says_what_stands_in_for_a_model_that_cannot_be_had(measured: Path) -> None:
    done = dalil("train", "--offline", "-w", measured)
    assert done.returncode == 0, done.stderr
    assert "cannot be had" in done.stderr
    assert "a memory of the trained questions, not an assistant" in done.stdout
    assert_said(dalil("train", "--model", "nobody", "-w", measured), 2, "assistant")


def test_a_real_model_is_trained_once_and_measured_by_run(tmp_path: Path) -> None:
    base = save(tmp_path / "base", "llama")
    root = write_workspace(tmp_path / "w", REAL.replace("BASE", str(base)))
    before = dalil("run", "--upto", "models", "-w", root)
    assert before.returncode == 0, before.stderr
    manifest = Workspace(root).runner.manifest("models")
    assert manifest is not None
    assert manifest.dropped == [{"what": "model tiny", "reason": "not trained: dalil train --model tiny"}]
    made = lines(dalil("train", "--json", "-w", root))[0]
    assert made["kind"] == "trained"
    assert made["steps"] == 4
    assert made["plan"]["measured"]["steps"] == 4
    assert made["plan"]["planned"]["trainable_parameters"] == made["trainable_parameters"]
    again = lines(dalil("train", "--json", "-w", root))[0]
    assert again["seconds"] == made["seconds"]
    settings = root / "dalil.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("max_new_tokens: 8", "max_new_tokens: 5"), encoding="utf-8"
    )
    assert lines(dalil("train", "--json", "-w", root))[0]["seconds"] == made["seconds"]
    assert read_json(Path(made["folder"]) / "model" / "dalil-model.json")["decoding"]["max_new_tokens"] == 5
    done = dalil("run", "-w", root)
    assert done.returncode == 0, done.stderr
    names = [item["name"] for item in read_json(root / "report.json")["approaches"]]
    assert names == ["extractive", "closed-book", "fine-tuned"]
    samples = read_json(Path(made["folder"]) / "report.json")["samples"]
    assert samples
    assert {"before", "after", "question", "expected"} <= samples[0].keys()
    adapter = Path(made["folder"]) / "model" / "adapter_model.safetensors"
    whole = adapter.read_bytes()
    adapter.write_bytes(whole[:-40])
    assert_left_out(root, "adapter_model.safetensors is not what was written")
    adapter.write_bytes(whole)
    assert dalil("run", "--upto", "models", "-w", root).returncode == 0
    assert dropped(root) == []


def dropped(root: Path) -> list[dict[str, str]]:
    manifest = Workspace(root).runner.manifest("models")
    assert manifest is not None
    return manifest.dropped


def assert_left_out(root: Path, said: str) -> None:
    """The run goes on without the model, names it with the reason, and says in the report what its training would cost."""
    done = dalil("run", "-w", root)
    assert done.returncode == 0, done.stderr
    assert [(item["what"], said in item["reason"]) for item in dropped(root)] == [("model tiny", True)]
    report = read_json(root / "report.json")
    assert "fine-tuned" not in [item["name"] for item in report["approaches"] if item["metrics"]["right"]["n"]]
    assert [item["model"] for item in report["not_measured"]] == ["tiny"]


def test_a_model_that_was_trained_in_full_is_compared_with_what_it_was_before(tmp_path: Path) -> None:
    base = save(tmp_path / "base", "llama")
    text = (
        REAL.replace("BASE", str(base))
        .replace("    lora: {r: 4, lora_alpha: 8}\n", "")
        .replace("max_steps: 4", "max_steps: 30")
    )
    root = write_workspace(tmp_path / "w", text.replace("learning_rate: 0.001", "learning_rate: 0.01"))
    made = lines(dalil("train", "--json", "-w", root))[0]
    samples = read_json(Path(made["folder"]) / "report.json")["samples"]
    assert all(row["before"] is not None for row in samples)
    assert any(row["before"]["text"] != row["after"]["text"] for row in samples)
    workspace = Workspace(root)
    said = {
        name: workspace.ask("Quel est le langage de Delta ?", name).answer for name in ("closed-book", "fine-tuned")
    }
    assert said["closed-book"] != said["fine-tuned"]


def test_rows_that_were_split_at_random_are_never_measured_on_the_test(tmp_path: Path) -> None:
    base = save(tmp_path / "base", "llama")
    published = REAL.replace("BASE", str(base)).replace("    template:", "    data: {test_size: 0.2}\n    template:")
    root = write_workspace(tmp_path / "w", published)
    made = lines(dalil("train", "--json", "-w", root))[0]
    assert set(made["heldout"]) == {"random"}
    assert dalil("run", "--upto", "models", "-w", root).returncode == 0
    manifest = Workspace(root).runner.manifest("models")
    assert manifest is not None
    assert "random split" in manifest.dropped[0]["reason"]
    assert manifest.counts["models"] == 0
