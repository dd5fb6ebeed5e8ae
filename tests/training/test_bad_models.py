"""Models, checkpoints and machines that cannot do what was asked: a sentence with the next step, and nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("trl")

from test_train_verb import REAL
from test_training_run import run, run_until_killed, settings
from tiny_models import LLAMA_CHAT, heldout, save

from dalil.config_training import LoraSettings
from dalil.errors import ConfigError, WorkError
from dalil.language_model.generation import Generator
from dalil.language_model.loading import load_trained
from dalil.language_model.templates import Chat
from dalil.planning import plan
from dalil.training.checkpoints import newest_whole, seal
from dalil.training.plan import Plan
from small_workspace import assert_said, dalil, write_workspace

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("llama"), "llama", chat=LLAMA_CHAT)


@pytest.mark.parametrize(
    ("written", "wrong", "said"),
    [("r: 4", "r: 0", ("models.tiny.lora.r", "greater than or equal to 1")),
     ("lora: {r: 4, lora_alpha: 8}", "quantization: {load_in_8bit: true}", ("quantised weights cannot be trained",))],
    ids=["rank 0", "quantised weights trained in full"],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_when_they_are_read(
    tmp_path: Path, written: str, wrong: str, said: tuple[str, ...]
) -> None:
    assert written in REAL
    root = write_workspace(tmp_path, REAL.replace("BASE", "base").replace(written, wrong))
    assert_said(dalil("train", "-w", root), 2, "dalil.yaml", *said)


def test_a_tokenizer_without_pad_pads_with_its_end_which_is_still_learnt(tmp_path: Path, llama: Path) -> None:
    base = tmp_path / "padless"
    base.mkdir()
    for path in llama.iterdir():
        (base / path.name).write_bytes(path.read_bytes())
    config = json.loads((base / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert config.pop("pad_token")
    (base / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    made = run(tmp_path / "run", settings(base, max_steps=2))
    gate = json.loads((tmp_path / "run" / "gate.json").read_text(encoding="utf-8"))
    assert made.steps == 2
    assert (gate["without_eos"], gate["kept"]) == (0, 16)


def test_a_pad_token_that_the_model_never_had_gives_way_to_the_end_token(
    tmp_path: Path, llama: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As in copies of Llama-2, whose tokenizer has one token more than the model."""
    from transformers import AutoTokenizer

    base = Path(shutil.copytree(llama, tmp_path / "base"))
    tokens = AutoTokenizer.from_pretrained(str(base))
    tokens.add_special_tokens({"pad_token": "<padding>"})
    tokens.save_pretrained(str(base))
    made = run(tmp_path / "run", settings(base, max_steps=2), heldout={"seen": heldout()})
    assert "no place for its pad token <padding>" in caplog.text
    plain = run(tmp_path / "plain", settings(llama, max_steps=2), heldout={"seen": heldout()})
    assert made.heldout == plain.heldout
    generator = Generator.of(made.model)
    assert len(list(generator.answers([Chat("Où ?"), Chat("Où se trouve Delta ?")]))) == 2


def test_a_tokenizer_of_another_model_is_named_before_anything_is_trained(tmp_path: Path, llama: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = Path(shutil.copytree(llama, tmp_path / "base"))
    model = AutoModelForCausalLM.from_pretrained(str(base))
    model.resize_token_embeddings(len(AutoTokenizer.from_pretrained(str(base))) - 30)
    model.save_pretrained(str(base))
    with pytest.raises(ConfigError, match=r"The tokenizer beside .*base is not the model's own") as caught:
        run(tmp_path / "run", settings(base))
    assert "resize_token_embeddings" in caught.value.hint
    assert not list((tmp_path / "run").glob("checkpoint-*"))


@pytest.mark.parametrize(
    "chat",
    ["{% for m in messages %}{{ m.content }}{% endfor", "{{ raise_exception('never') }}", "{{ messages[7] + 1 }}"],
)
def test_a_chat_template_that_fails_says_what_to_take_instead(tmp_path: Path, chat: str) -> None:
    base = save(tmp_path / "base", "llama", chat=chat)
    with pytest.raises(ConfigError, match="chat template fails") as caught:
        run(tmp_path / "run", settings(base, system_prompt="Soyez bref."))
    assert caught.value.hint == "template: question-answer"


def test_held_out_rows_without_a_token_of_their_answer_are_named_and_not_measured(
    tmp_path: Path, llama: Path, caplog: pytest.LogCaptureFixture
) -> None:
    long = [replace(row, question=row.question + " s'il vous plaît" * 40) for row in heldout()]
    chosen = settings(llama, max_steps=2, eval_strategy="epoch", early_stopping_patience=1)
    made = run(tmp_path, chosen, heldout={"seen": heldout(), "unseen": long}, validation=long)
    assert set(made.heldout) == {"seen"}
    assert "unseen: no row has a token of its answer within max_length" in caplog.text
    assert "validation: no row" in caplog.text


class _GatedHub(BaseHTTPRequestHandler):
    """The Hugging Face hub where nobody was let in."""

    def do_GET(self) -> None:
        self.send_response(403)
        self.send_header("X-Error-Code", "GatedRepo")
        self.send_header("X-Error-Message", "Access to model org/closed is restricted.")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET


@pytest.fixture
def gated_hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _GatedHub)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_gated_model_says_how_to_be_let_in(tmp_path: Path, gated_hub: str) -> None:
    root = write_workspace(tmp_path, REAL.replace("BASE", "org/closed"))
    done = dalil("train", "-w", root, before=["env", "-u", "HF_HUB_OFFLINE", "-u", "DALIL_OFFLINE", "-u", "TRANSFORMERS_OFFLINE", f"HF_ENDPOINT={gated_hub}", f"HF_HOME={tmp_path / 'hub'}",
                                               "HF_HUB_ETAG_TIMEOUT=60"])  # fmt: skip
    assert_said(done, 1, "org/closed is a gated model", "HF_TOKEN")


@pytest.mark.parametrize(
    ("named", "said"),
    [("nobody/nothing-of-that-name", "cannot be had: it is not on this machine and --offline was given"),
     ("./models/nothing", "There is no folder ./models/nothing")],
    ids=["name", "folder"],
)  # fmt: skip
def test_a_model_that_is_nowhere_says_what_can_stand_in(tmp_path: Path, named: str, said: str) -> None:
    root = write_workspace(tmp_path, REAL.replace("BASE", named))
    assert_said(
        dalil("train", "--offline", "-w", root), 1, said, "model_name_or_path", "models.tiny.offline: {max_minutes: 3}"
    )


def test_an_encoder_is_not_trained_to_write(tmp_path: Path) -> None:
    from transformers import AutoConfig

    AutoConfig.for_model("xlm-roberta", hidden_size=32, num_hidden_layers=1).save_pretrained(str(tmp_path / "e5"))
    write_workspace(tmp_path, REAL.replace("BASE", "e5"))
    assert_said(dalil("train", "-w", tmp_path), 2, "is an encoder", "embedder:")


def test_the_plan_finds_a_folder_of_the_workspace_and_refuses_what_training_would(tmp_path: Path, llama: Path) -> None:
    shutil.copytree(llama, tmp_path / "base")
    root = write_workspace(tmp_path, REAL.replace("BASE", "base"))
    made = plan(root, recipe=None, model=None, device=None)
    assert isinstance(made, Plan)
    assert (made.request.shape.layers, made.request.settings.model_name_or_path) == (2, "base")
    write_workspace(root, REAL.replace("BASE", "base").replace("question-answer", '"Q: {question}"'))
    assert_said(dalil("plan", "-w", root), 2, "has no place {answer}")


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("whole_model", [False, True], ids=["adapter", "whole model"])
def test_a_trained_model_that_is_cut_is_named_and_never_trained_over(
    tmp_path: Path, llama: Path, whole_model: bool
) -> None:
    chosen = settings(llama, None, max_steps=1) if whole_model else settings(llama, max_steps=1)
    made = run(tmp_path / "run", chosen)
    card = made.model / "dalil-model.json"
    card.write_text(card.read_text(encoding="utf-8") + "\n", encoding="utf-8")  # new `decoding` changes it, too
    assert run(tmp_path / "run", chosen) == made
    cut = made.model / ("model.safetensors" if whole_model else "adapter_model.safetensors")
    cut_in_half(cut)
    left = cut.read_bytes()
    with pytest.raises(WorkError, match=f"is damaged: {cut.name} is not what was written") as damaged:
        run(tmp_path / "run", chosen)
    assert "dalil train" in damaged.value.hint
    with pytest.raises(WorkError, match=r"(The adapter in .* is not whole|does not hold a whole model)"):
        load_trained(made.model)
    assert cut.read_bytes() == left


def test_a_cut_adapter_is_not_trained_on(tmp_path: Path, llama: Path) -> None:
    first = run(tmp_path / "first", settings(llama, max_steps=1))
    cut_in_half(first.model / "adapter_model.safetensors")
    again = settings(llama, max_steps=1, resume_from_adapter=str(first.model))
    with pytest.raises(WorkError, match=r"The adapter in .* is not whole") as error:
        run(tmp_path / "second", again)
    assert "copy it there again" in error.value.hint


def test_out_of_memory_gives_the_plans_advice(tmp_path: Path, llama: Path) -> None:
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from test_training_run import run, settings; import dalil.training.trainer\n"
        "size = next(int(l.split()[1]) * 1024 for l in open('/proc/self/status') if l.startswith('VmSize'))\n"
        "resource.setrlimit(resource.RLIMIT_AS, (size + 600_000_000,) * 2)\n"
        "chosen = settings(Path(sys.argv[2]), per_device_train_batch_size=16, max_length=30_000, pad_to_max_length=True)\n"
        "from dalil.errors import WorkError\n"
        "try: run(Path(sys.argv[3]), chosen)\n"
        "except WorkError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code, str(HERE), str(llama), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "tiny does not fit into memory" in done.stdout, done.stderr
    assert "dalil plan --model tiny" in done.stdout
    assert "per_device_train_batch_size" in done.stdout


@pytest.mark.parametrize("kilobytes", [32, 300], ids=["optimiser", "weights"])
def test_a_disk_that_is_full_at_a_checkpoint_is_said_and_the_run_goes_on_later(
    tmp_path: Path, llama: Path, kilobytes: int
) -> None:
    """Files of that size are refused, as a full disk refuses them: by torch for the optimiser, by safetensors for the weights."""
    lora = LoraSettings(r=4, lora_dropout=0.1) if kilobytes < 100 else None
    chosen = settings(llama, lora)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import resource, signal\n"
        "from test_training_run import run; from dalil.config_models import ModelSettings; from dalil.errors import WorkError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]) * 1000,) * 2)\n"
        "try: run(Path(sys.argv[2]), ModelSettings.model_validate_json(sys.argv[3]))\n"
        "except WorkError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code, str(HERE), str(tmp_path / "run"), chosen.model_dump_json(), str(kilobytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "could not be written: the disk is full" in done.stdout, done.stderr
    assert "save_total_limit" in done.stdout
    assert run(tmp_path / "run", chosen).steps == 6


def test_a_damaged_mark_of_a_run_sets_it_aside(tmp_path: Path, llama: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = run_until_killed(tmp_path / "run", settings(llama))
    (folder / "run.json").write_text("{", encoding="utf-8")
    assert run(folder, settings(llama)).resumed == 0
    assert "set aside as run.other-" in caplog.text


def test_checkpoints_of_another_configuration_are_set_aside_and_never_gone_on_with(tmp_path: Path, llama: Path) -> None:
    folder = run_until_killed(tmp_path / "run", settings(llama))
    made = run(folder, settings(llama, learning_rate=2e-2, max_steps=2))
    assert made.resumed == 0
    (aside,) = tmp_path.glob("run.other-*")
    assert {path.name for path in aside.glob("checkpoint-*")} == {"checkpoint-2", "checkpoint-4"}


def test_a_checkpoint_that_is_not_this_runs_or_not_whole_is_passed_over_by_name(tmp_path: Path) -> None:
    for step, key in ((2, "ours"), (4, "theirs"), (6, "ours"), (8, "ours")):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "optimizer.pt").write_bytes(b"0" * 100)
        seal(folder, key)
    (tmp_path / "checkpoint-6" / "optimizer.pt").write_bytes(b"0" * 60)
    (tmp_path / "checkpoint-8" / "optimizer.pt").unlink()
    found = newest_whole(tmp_path, "ours")
    assert found.step == 2
    assert found.passed_over == (
        "checkpoint-8: optimizer.pt is missing",
        "checkpoint-6: optimizer.pt is not what was written",
        "checkpoint-4: it belongs to another configuration",
    )
