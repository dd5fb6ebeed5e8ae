"""How long a run is, what it is measured on, which settings decide it, and what is refused in a sentence."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest

pytest.importorskip("trl")

from test_train_verb import MEMORY, REAL
from test_training_run import endless_loss, run, settings
from tiny_models import LLAMA_CHAT, NAMES, heldout, rows, save

from dalil import Workspace
from dalil.config_models import DataSettings, DecodingSettings, NoiseSettings
from dalil.config_spelling import OPTIMISERS, SCHEDULERS
from dalil.errors import WorkError
from dalil.language_model.quiet import quieten
from dalil.language_model.templates import CHAT, Template, find_template
from dalil.records import Example
from dalil.training.curve import read_curve
from dalil.training.published import short_enough
from dalil.training.reporters import need_reporters
from dalil.training.task import Task
from small_workspace import dalil, lines, write_workspace


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("llama"), "llama", chat=LLAMA_CHAT)


@pytest.fixture(scope="module")
def broken(llama: Path) -> Path:
    return endless_loss(llama.with_name("broken"), llama)


def noisy(base: Path, **training: Any) -> Any:
    return settings(
        base, **{"max_steps": None, "num_train_epochs": 3, **training}, data=DataSettings(noise=NoiseSettings())
    )


def test_noise_changes_questions_and_not_the_length_of_a_run(tmp_path: Path, llama: Path) -> None:
    three: dict[str, Any] = {"max_steps": None, "num_train_epochs": 3}
    assert run(tmp_path / "noisy", noisy(llama)).steps == run(tmp_path / "bare", settings(llama, **three)).steps
    packed: dict[str, Any] = {**three, "packing": True, "max_length": 64}
    plain = run(tmp_path / "plain", settings(llama, **packed))
    nothing_strewn = DataSettings(noise=NoiseSettings(strewn=0))  # strewn words make rows longer, and packs more
    made = run(tmp_path / "packed", settings(llama, **packed, data=nothing_strewn))
    assert 0.7 * plain.steps <= made.steps <= 1.5 * plain.steps


def test_noise_keeps_the_evaluations_of_each_epoch(tmp_path: Path, llama: Path) -> None:
    made = run(tmp_path / "run", noisy(llama, eval_strategy="epoch"), validation=heldout()[:4])
    assert made.steps == 12
    assert [point["step"] for point in read_curve(made.folder) if "eval_loss" in point] == [4, 8, 12]


def test_early_stopping_saves_where_it_evaluates(tmp_path: Path, llama: Path) -> None:
    chosen = settings(llama, eval_strategy="steps", eval_steps=4, save_steps=3, early_stopping_patience=1)
    assert run(tmp_path / "run", chosen, validation=rows()[:4]).steps == 6


def test_the_names_of_schedules_and_optimisers_are_the_librarys() -> None:
    from transformers import SchedulerType
    from transformers.training_args import OptimizerNames

    assert {item.value for item in SchedulerType} == SCHEDULERS
    assert {item.value for item in OptimizerNames} == OPTIMISERS - {"muon"}


LEFT = {
    "tensorboard": "tensorboard/events.out.tfevents*",
    "wandb": "wandb/offline-run-*/*.wandb",
    "mlflow": "mlflow.db" if find_spec("sqlalchemy") else "mlflow/0/*/metrics/loss",
    "trackio": "trackio/*.db",
}
"""Where each keeps its curves; mlflow-skinny alone, without SQLAlchemy, in files."""


@pytest.fixture(params=list(LEFT))
def reporter(request: pytest.FixtureRequest) -> str:
    """Each package that is installed: TensorBoard everywhere, the others where somebody tries them (docs/training.md)."""
    if find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


def variables() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("WANDB", "MLFLOW", "TENSORBOARD", "TRACKIO"))
    }


def test_each_run_of_a_process_has_its_own_curves(
    tmp_path: Path, llama: Path, broken: Path, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below its own folder, nowhere else, and only where asked for; after it the environment is as it was."""
    if reporter == "trackio":
        pytest.skip("keeps one folder a process: the next test trains in a process of its own")
    monkeypatch.chdir(tmp_path)
    quieten(offline=False)
    before = variables()
    for name in ("first", "second"):
        run(tmp_path / name, settings(llama, report_to=[reporter]))
        assert list((tmp_path / name / "curves").glob(LEFT[reporter]))
        assert variables() == before
    with pytest.raises(WorkError, match="no number"):
        run(tmp_path / "broken", settings(broken, report_to=[reporter]))
    assert variables() == before
    run(tmp_path / "not", settings(llama))
    assert {path.name for path in tmp_path.iterdir()} == {"first", "second", "broken", "not"}
    assert not (tmp_path / "not" / "curves").exists()


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """(address, what came): whoever wants to leave the machine has to ask here."""
    came: list[bytes] = []

    class Noting(BaseRequestHandler):
        def handle(self) -> None:
            came.append(self.request.recv(200))

    with ThreadingTCPServer(("127.0.0.1", 0), Noting) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", came
        server.shutdown()


def test_curves_stay_on_this_machine_and_below_the_runs_folder(
    tmp_path: Path, llama: Path, reporter: str, proxy: tuple[str, list[bytes]]
) -> None:
    address, came = proxy
    asked = REAL.replace("BASE", str(llama)).replace("training: {", f"training: {{report_to: [{reporter}], ")
    root = write_workspace(tmp_path / "w", asked)
    home = tmp_path / "home"
    home.mkdir()
    proxies = [f"{name}={address}" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")]
    hiding = (
        "HF_HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "PYTEST_CURRENT_TEST",
        "CI",
        "GITHUB_ACTIONS",
    )
    unset = [part for name in hiding for part in ("-u", name)]  # MLflow reports nothing from a test, whatever is set
    done = dalil("train", "--json", "-w", root, before=["env", *unset, f"HOME={home}", *proxies])
    assert done.returncode == 0, done.stderr
    (made,) = lines(done)
    assert list((Path(made["folder"]) / "curves").glob(LEFT[reporter]))
    assert came == []
    assert [path for path in home.rglob("*") if any(name in path.name for name in LEFT)] == []


def with_broken(package: str, folder: Path) -> list[str]:
    """What to put before a command so that the package is found and raises as it is loaded."""
    place = folder / "packages" / package
    place.mkdir(parents=True)
    (place / "__init__.py").write_text(
        "raise OSError('libbroken.so: cannot open shared object file')", encoding="utf-8"
    )
    return ["env", "PYTHONPATH=" + os.pathsep.join([str(place.parent), os.environ.get("PYTHONPATH", "")])]


def assert_named(done: CompletedProcess[str], said: str, hint: str) -> None:
    assert done.returncode != 0
    assert f"{said} is installed and cannot be loaded: libbroken.so: cannot open shared object file." in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
    assert "step 1" not in done.stderr


def test_a_package_of_curves_that_cannot_be_loaded_is_named_before_anything_is_trained(
    tmp_path: Path, llama: Path
) -> None:
    asked = REAL.replace("BASE", str(llama)).replace("training: {", "training: {report_to: [mlflow], ")
    root = write_workspace(tmp_path / "w", asked)
    done = dalil("train", "-w", root, before=with_broken("mlflow", tmp_path))
    assert_named(done, "training.report_to: mlflow", "pip install --upgrade mlflow")


@pytest.mark.parametrize(("verb", "package"), [("train", "torch"), ("train", "peft"), ("run", "torch")])
def test_a_training_stack_that_cannot_be_loaded_is_named(tmp_path: Path, llama: Path, verb: str, package: str) -> None:
    root = write_workspace(tmp_path / "w", REAL.replace("BASE", str(llama)) if verb == "train" else MEMORY)
    done = dalil(verb, "-w", root, before=with_broken(package, tmp_path))
    assert_named(done, f"Language models: {package}", f"pip install --force-reinstall {package}")


def test_a_run_that_did_nothing_says_so_and_from_which_change_on_it_would_have(tmp_path: Path, llama: Path) -> None:
    asked = REAL.replace("BASE", str(llama)).replace("learning_rate: 0.001", "learning_rate: 1.0e-12")
    done = dalil("train", "-w", write_workspace(tmp_path / "w", asked))
    assert done.returncode == 0, done.stderr
    assert "no change: the loss fell by no more than 1%, training did nothing here" in done.stdout


def test_trackio_that_was_loaded_for_another_folder_is_named_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("trackio")
    monkeypatch.delenv("TRACKIO_DIR", raising=False)
    with pytest.raises(WorkError, match="loaded before in this process and writes to"):
        need_reporters(["trackio"], tmp_path)


def test_a_package_for_curves_that_is_missing_is_named_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="wandb") as error:
        need_reporters(["wandb"] if find_spec("wandb") is None else ["wandb_that_is_nowhere"], tmp_path)
    assert "pip install wandb" in str(error.value.hint)
    need_reporters([], tmp_path)


def test_the_published_filter_counts_the_filled_template() -> None:
    template = find_template("question-answer", has_chat=False)
    around = len("### Question: \n### Answer: ")
    example = Example("1", "q" * 10, "a" * 20, "own", "en", "pairs", True)
    assert short_enough([example], 31 + around, template) == [example]
    assert short_enough([example], 30 + around, template) == []
    assert short_enough([example], 31, Template(CHAT)) == [example]


def test_what_does_not_decide_the_weights_does_not_begin_a_run_anew(tmp_path: Path, llama: Path) -> None:
    def key(chosen: Any) -> str:
        return Task("tiny", chosen, rows(), tmp_path).key

    base = key(settings(llama))
    assert key(settings(llama, decoding=DecodingSettings(max_new_tokens=7), report_to=["wandb"])) == base
    assert key(settings(llama, learning_rate=0.5)) != base
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in llama.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    assert key(settings(moved)) == base
    (moved / "config.json").write_text("{}", encoding="utf-8")
    assert key(settings(moved)) != base


def test_an_architecture_that_no_plan_knows_is_trained_and_published(tmp_path: Path) -> None:
    from transformers import OPTConfig, OPTForCausalLM

    base = tmp_path / "w" / "base"
    save(base, "llama")
    tokens = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config = OPTConfig(vocab_size=tokens["vocab_size"], hidden_size=32, ffn_dim=64, num_hidden_layers=2, num_attention_heads=2,
                       word_embed_proj_dim=32, max_position_embeddings=200, eos_token_id=tokens["eos_token_id"],
                       pad_token_id=tokens["pad_token_id"], bos_token_id=None)  # fmt: skip
    OPTForCausalLM(config).save_pretrained(str(base))
    root = write_workspace(tmp_path / "w", REAL.replace("BASE", "base"))
    done = dalil("train", "-w", root)
    assert done.returncode == 0, done.stderr
    assert "max_length 1,024 becomes 200" in done.stderr
    assert "no plan to compare with" in done.stderr
    assert " kept, longest " in done.stdout
    assert (root / "state" / "models" / "tiny" / "current.json").is_file()


def test_a_file_of_rows_is_split_by_group_with_rows_to_validate(tmp_path: Path, llama: Path) -> None:
    root = tmp_path / "w"
    asked = [{"question": row.question, "answer": row.answer, "document": row.names[0]} for row in rows()]
    text = REAL.replace("BASE", str(llama)).replace("    template:", "    data: {files: [rows.jsonl]}\n    template:")
    write_workspace(root, text)
    lost = [{"question": "Qui répond ?", "answer": ""}, {"question": "", "answer": "Personne"}]
    (root / "rows.jsonl").write_text("\n".join(json.dumps(row) for row in [*asked, *lost]), encoding="utf-8")
    done = dalil("train", "--json", "-w", root)
    made = lines(done)[0]
    assert done.stderr.count("rows.jsonl: 1 left out of 18 rows: they have no answer") == 1
    assert done.stderr.count("rows.jsonl: 1 left out of 18 rows: the question is empty") == 1
    assert "file" in made["heldout"]
    kept = Path(made["folder"]) / "trained.jsonl"
    trained = [json.loads(line)["question"] for line in kept.read_text(encoding="utf-8").splitlines()]
    names = Counter(next(name for name in NAMES if name in question) for question in trained)
    assert set(names.values()) == {2}
    assert 0 < len(names) < len(NAMES) - 1


def test_passages_and_a_file_of_rows_do_not_go_together() -> None:
    with pytest.raises(ValueError, match="belong to the workspace's own questions"):
        DataSettings.model_validate({"files": ["rows.csv"], "context": {}})


def test_a_model_that_reads_passages_is_measured_reading_them(tmp_path: Path, llama: Path) -> None:
    text = REAL.replace("BASE", str(llama)).replace(
        "    template:", "    data: {context: {distractors: 1}}\n    template:"
    )
    from dalil.pipeline.material import read_material
    from dalil.train import make_rows

    workspace = Workspace(write_workspace(tmp_path / "w", text))
    workspace.prepare("passages")
    workspace.prepare("split")
    folders = {stage: workspace.runner.folder(stage) for stage in ("documents", "examples", "split", "passages")}
    made = make_rows(workspace, workspace.config.models["tiny"], read_material(workspace.config, folders), folders)
    assert all(row.context for row in made.heldout["unseen"])
    assert all(row.context for row in made.validation)
