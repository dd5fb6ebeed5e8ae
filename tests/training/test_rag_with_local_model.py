"""`rag` and `rag+fine-tuned` with models on this machine, from dalil.yaml to the answer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
import yaml
from tiny_models import LLAMA_CHAT, save

from dalil import Workspace
from dalil.artefacts import read_records, write_json
from dalil.config import parse_config
from dalil.errors import ConfigError, WorkError
from dalil.language_model.folder import ModelCard, write_card
from dalil.pipeline.models import FoldModel, pointer
from dalil.records import Answer, Question
from small_workspace import PHONE_QUESTION


def configure(root: Path, kind: str, model: dict[str, object]) -> Workspace:
    path = root / "dalil.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    config["dataset"]["max_questions"] = 12
    config["models"] = {"tiny": {"decoding": {"max_new_tokens": 8}, **model}}
    config["approaches"] = ["extractive", {"kind": kind, "model": "tiny", "passages": 2}]
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return Workspace(root)


def test_a_model_without_training_reads_and_what_it_makes_up_is_withheld(small: Path, tmp_path: Path) -> None:
    folder = save(tmp_path / "tiny", "llama", chat=LLAMA_CHAT, context=2048)
    workspace = configure(small, "rag", {"model_name_or_path": str(folder)})
    (answer,) = workspace.approach("rag").answer_many([Question("1", PHONE_QUESTION, "fr")])
    assert (answer.status, answer.citations) == ("abstained", ()), "random weights say nothing that stands there"
    assert answer.tokens_in > 100
    assert answer.tokens_out == 8
    list(workspace.run("judged"))
    answers = read_records(Answer, workspace.runner.folder("answers") / "rag.jsonl")
    assert answers
    assert {a.status for a in answers} <= {"abstained", "which_one"}


def test_a_model_that_is_not_here_fails_with_what_to_do(small: Path) -> None:
    workspace = configure(small, "rag", {"model_name_or_path": "nobody/such-a-model"})
    (answer,) = workspace.approach("rag").answer_many([Question("1", PHONE_QUESTION, "fr")])
    assert answer.status == "failed"
    assert "nobody/such-a-model" in answer.reason
    assert "→" in answer.reason


def test_the_scratch_memory_is_not_offered_a_context() -> None:
    given = {"models": {"m": {"model_name_or_path": "scratch"}}, "approaches": [{"kind": "rag", "model": "m"}]}
    with pytest.raises(ConfigError, match=r"cannot read a context; give a pretrained model.*gated"):
        parse_config(given, "dalil.yaml")


def trained(workspace: Workspace, folder: Path, kind: str, *, scratch: bool) -> None:
    """What `dalil train` leaves for the model."""
    save(folder, "llama", chat=LLAMA_CHAT, context=2048)
    decoding = {"max_new_tokens": 8, "temperature": 0.0, "top_p": 1.0, "num_beams": 1}
    write_card(folder, ModelCard("tiny", "", "chat", "", "", decoding, [], scratch=scratch))
    (folder / "trained.jsonl").write_text("", encoding="utf-8")
    place = folder.relative_to(workspace.root).as_posix()
    row = FoldModel("tiny", 0, kind, place, "", f"{place}/trained.jsonl", 0.0, 1.0)
    write_json(pointer(workspace.context, "tiny"), asdict(row))


def test_the_tuned_model_reads(small: Path) -> None:
    workspace = configure(small, "rag+fine-tuned", {"model_name_or_path": "nobody/such-a-model"})
    workspace.prepare("models")
    with pytest.raises(WorkError, match="dalil train --model tiny"):
        workspace.approach("rag+fine-tuned")
    trained(workspace, workspace.context.state / "models" / "tiny" / "run", "trained", scratch=False)
    (answer,) = workspace.approach("rag+fine-tuned").answer_many([Question("1", PHONE_QUESTION, "fr")])
    assert (answer.status, answer.tokens_out) == ("abstained", 8)


def test_a_memory_never_stands_in_for_the_tuned_model(small: Path) -> None:
    workspace = configure(small, "rag+fine-tuned", {"model_name_or_path": "nobody/such-a-model"})
    trained(workspace, workspace.context.state / "models" / "tiny" / "run", "memory", scratch=True)
    with pytest.raises(WorkError, match="cannot read passages"):
        workspace.approach("rag+fine-tuned")
