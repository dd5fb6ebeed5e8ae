"""`dalil plan` as a person types it: outside a workspace, in one, with what was built there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from small_workspace import SETTINGS, assert_said, dalil, lines, write_workspace

MODELS = """models:
  assistant:
    model_name_or_path: Llama-3.2-1B
    lora: {r: 8}
    training: {max_steps: 100}
"""
OWN = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
       "intermediate_size": 128, "vocab_size": 320, "max_position_embeddings": 256, "tie_word_embeddings": True}  # fmt: skip


def test_outside_a_workspace(tmp_path: Path) -> None:
    assert_said(dalil("plan", cwd=tmp_path), 2, "idarati", "code-qa-gpt2", "dalil plan --recipe NAME")
    assert_said(dalil("plan", "--recipe", "nothing", cwd=tmp_path), 2, "app-catalogue")
    assert_said(dalil("plan", "--recipe", "idarati", "--device", "a100", cwd=tmp_path), 2, "(nearest: a100-80gb)")
    assert_said(dalil("plan", "--recipe", "idarati", "--model", "x", cwd=tmp_path), 2, "assistant")
    row = lines(dalil("plan", "--recipe", "idarati", "--json", "--offline", cwd=tmp_path))[0]
    assert row["trainable_parameters"] == 161_480_704
    assert "stand-in" in row["tokenizer"]
    shown = dalil("plan", "--recipe", "app-catalogue", cwd=tmp_path)
    assert shown.returncode == 0
    assert shown.stdout.strip().splitlines()[-1].strip().startswith("!")
    assert "Rules of thumb" in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_hosted_jobs_and_the_small_memory_stand_beside_every_recipe(tmp_path: Path) -> None:
    hosted = ("plan", "--recipe", "app-catalogue", "--model", "openai")
    shown = dalil(*hosted, cwd=tmp_path)
    assert shown.returncode == 0
    for part in ("567 steps, 3 epochs", "14.18 USD", "published by the catalogue project"):
        assert part in shown.stdout
    assert "→ up to 2,000 rows     n_epochs 3–5, batch_size 4–8, learning_rate_multiplier 1.5" in shown.stdout
    shown = dalil("plan", "--recipe", "idarati", "--model", "scratch", cwd=tmp_path)
    for part in ("at most 3 min", "0 USD", "cpu-2", "never an assistant"):
        assert part in shown.stdout
    assert_said(dalil(*hosted, "--device", "t4", cwd=tmp_path), 2, "provider")
    assert "Rules of thumb" not in shown.stdout
    assert_said(
        dalil("plan", "--recipe", "idarati", "--model", "x", cwd=tmp_path), 2, "scratch", "openai-gpt-3.5-turbo"
    )


def test_architectures_side_by_side(tmp_path: Path) -> None:
    rows = lines(dalil("plan", "--architectures", "--json", cwd=tmp_path))
    by_name = {row["model"]: row for row in rows}
    assert by_name["openai-community/gpt2-large"]["context"] == 1024
    assert by_name["meta-llama/Llama-3.2-1B"]["grouped_queries"] is True
    shown = dalil("plan", "--architectures", cwd=tmp_path).stdout.splitlines()
    assert len(shown) == len(rows) + 1
    assert len({len(line) for line in shown}) == 1


@pytest.mark.parametrize(
    ("recipe", "parts"),
    [("idarati", ("11.1 GiB (11.9 GB)", "rows at random", "161,480,704 parameters")),
     ("machine-manuals", ("rows grouped by length", "--model gpt-2 | gemma | llama-3", "no price is known")),
     ("domain-embeddings", ("— (the rows are not known)", "— (the time is not known)"))],
)  # fmt: skip
def test_a_plan_can_be_read_by_itself(tmp_path: Path, recipe: str, parts: tuple[str, ...]) -> None:
    shown = dalil("plan", "--recipe", recipe, "--offline", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert [part for part in parts if part not in shown.stdout] == []


def test_in_a_workspace_without_models(tmp_path: Path) -> None:
    assert_said(dalil("plan", cwd=write_workspace(tmp_path)), 2, "models", "dalil plan --recipe NAME")


def test_a_workspace_without_models_can_plan_the_memory_and_a_hosted_job(tmp_path: Path) -> None:
    folder = write_workspace(tmp_path)
    assert_said(dalil("plan", cwd=folder), 2, "scratch", "openai")
    assert lines(dalil("plan", "--model", "scratch", "--json", cwd=folder))[0]["seconds"] == 180
    assert lines(dalil("plan", "--model", "openai", "--json", cwd=folder))[0]["cost"] is None


def test_settings_of_the_workspace_reach_the_plan(tmp_path: Path) -> None:
    more = "    offline: {max_minutes: 2}\n    plan: {rows: 800, devices: 4, device: a100-80gb}\n"
    write_workspace(tmp_path, SETTINGS + MODELS + more)
    row = lines(dalil("plan", "--json", cwd=tmp_path))[0]
    assert (row["devices"], row["rows_per_step"], row["epochs"]) == (4, 32, 4.0)
    assert "at most 2 minutes" in row["offline"]
    shown = dalil("plan", cwd=tmp_path).stdout
    assert "4 × a100-80gb" in shown
    assert "a memory of the trained questions instead, at most 2 minutes" in shown
    assert lines(dalil("plan", "--model", "scratch", "--json", cwd=tmp_path))[0]["seconds"] == 120
    assert lines(dalil("plan", "--model", "openai", "--json", cwd=tmp_path))[0]["cost"] == 15


def test_the_workspaces_own_models_stand_among_the_architectures(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "config.json").write_text(json.dumps(OWN), encoding="utf-8")
    write_workspace(tmp_path, SETTINGS + MODELS.replace("Llama-3.2-1B", "own"))
    rows = lines(dalil("plan", "--architectures", "--json", cwd=tmp_path))
    assert (rows[0]["layers"], rows[0]["heads"], rows[0]["kv_heads"], rows[0]["context"]) == (3, 4, 2, 256)
    assert len(rows) == 11


def test_a_price_of_ones_own_is_taken_for_the_device_that_it_is_about(tmp_path: Path) -> None:
    more = "    plan: {rows: 800, device: t4, price_usd_per_hour: 0.5}\n"
    write_workspace(tmp_path, SETTINGS + MODELS + more)
    row = lines(dalil("plan", "--json", cwd=tmp_path))[0]
    assert row["cost"] == pytest.approx(row["seconds"] / 3600 * 0.5, rel=0.01)
    assert "0.5 an hour" in row["price_source"]
    assert lines(dalil("plan", "--device", "h100", "--json", cwd=tmp_path))[0]["cost"] is None
    assert "plan.price_usd_per_hour" in dalil("plan", "--device", "h100", cwd=tmp_path).stdout


def test_an_adapter_that_is_gone_on_with_is_what_is_planned(tmp_path: Path) -> None:
    kept = {"peft_type": "LORA", "r": 64, "lora_alpha": 128, "bias": "none",
            "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]}  # fmt: skip
    model = """models:
  assistant:
    model_name_or_path: Qwen/Qwen2.5-7B
    quantization: {load_in_4bit: true}
    training: {resume_from_adapter: before}
"""
    write_workspace(tmp_path, SETTINGS + model)
    assert_said(dalil("plan", cwd=tmp_path), 2, "before holds no adapter")
    (tmp_path / "before").mkdir()
    (tmp_path / "before" / "adapter_config.json").write_text(json.dumps(kept), encoding="utf-8")
    row = lines(dalil("plan", "--json", cwd=tmp_path))[0]
    assert row["trainable_parameters"] == 161_480_704
    assert row["memory_bytes"] < 40e9, "a full tuning would take more than 100 GB"


def test_in_a_workspace_the_rows_built_there_count(small: Path) -> None:
    settings = small / "dalil.yaml"
    settings.write_text(SETTINGS + MODELS, encoding="utf-8")
    built = lines(dalil("plan", "--json", cwd=small))[0]
    assert built["rows"] > 10
    assert built["data"] == "the training rows built here"
    hosted = lines(dalil("plan", "--model", "openai", "--json", cwd=small))[0]
    assert (hosted["rows"], hosted["data"]) == (built["rows"], built["data"])
    assert built["epochs"] == round(100 * 8 / built["rows"], 2)
    stale = {stage["stage"] for stage in lines(dalil("status", "--json", cwd=small)) if stage["reason"]}
    assert stale <= {"report"}


def test_the_dataset_page_counts_rows_for_a_folder_of_the_workspace_and_not_for_an_address(small: Path) -> None:
    from dalil import Workspace
    from dalil.pipeline.material import read_material
    from dalil.pipeline.shown_training import row_tokens

    (small / "own").mkdir()
    (small / "own" / "config.json").write_text(json.dumps(OWN), encoding="utf-8")
    (small / "dalil.yaml").write_text(SETTINGS + MODELS.replace("Llama-3.2-1B", "own") + "  far: {endpoint: {base_url: 'http://127.0.0.1:9/v1'}}\n", encoding="utf-8")  # fmt: skip
    workspace = Workspace(small)
    folders = {stage: workspace.runner.folder(stage) for stage in ("documents", "examples", "split")}
    (counted,) = row_tokens(small, workspace.config, read_material(workspace.config, folders))
    assert counted["base"] == "own"
    assert counted["longest"] > 3
    planned = lines(dalil("plan", "--json", cwd=small))[0]
    assert "stand-in" in planned["tokenizer"], "the folder holds a configuration alone"


def test_passages_before_the_question_are_planned_too(small: Path) -> None:
    settings = small / "dalil.yaml"
    planned = []
    for data in ("", "    data: {context: {distractors: 2}}\n"):
        settings.write_text(SETTINGS + MODELS + data, encoding="utf-8")
        planned.append(lines(dalil("plan", "--json", cwd=small))[0])
    bare, reading = planned
    assert reading["rows"] == bare["rows"]
    assert reading["tokens_per_row"] > 2 * bare["tokens_per_row"]
    assert reading["memory_bytes"] > bare["memory_bytes"]


def test_in_a_workspace_that_is_not_built(tmp_path: Path) -> None:
    write_workspace(tmp_path, SETTINGS + MODELS + "    plan: {rows: 50, words_per_row: 10}\n")
    row = lines(dalil("plan", "--json", cwd=tmp_path))[0]
    assert row["rows"] == 50
    assert row["epochs"] == 16
    assert "dalil dataset build" in row["data"]
    write_workspace(tmp_path, "recipe: app-catalogue\n" + SETTINGS + MODELS)
    assert lines(dalil("plan", "--json", cwd=tmp_path))[0]["rows"] == 756


def test_the_rules_of_thumb_are_printed_as_what_they_are(tmp_path: Path) -> None:
    row = lines(dalil("plan", "--rules", "--json", cwd=tmp_path))[0]
    assert row["note"] == "as published, not measured here"
    assert len(row["criteria"]) == 7
    assert len(row["requests"]["usd"]) == 4
    shown = dalil("plan", "--rules", cwd=tmp_path).stdout
    assert "not measured here" in shown.splitlines()[0]
    assert "traceability" in shown
