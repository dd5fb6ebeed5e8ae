"""`training.report_to`: the curves also in TensorBoard, W&B, MLflow or trackio, in the run's own folder; nothing leaves the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from pathlib import Path

from dalil.errors import WorkError
from dalil.packages import load_package

INSTALLED_BY = {"tensorboard": "pip install 'dalil[curves]'"}
"""What installs a package, where that is not its own name."""
FOLDER = "curves"
PREFIXES = {"tensorboard": "TENSORBOARD", "wandb": "WANDB", "mlflow": "MLFLOW", "trackio": "TRACKIO"}
"""How the names of a package's variables begin."""


def need_reporters(names: Sequence[str], run: Path) -> None:
    """Raises WorkError where a package is missing or keeps to another folder, before anything is trained."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        commands = " && ".join(INSTALLED_BY.get(name, f"pip install {name}") for name in missing)
        raise WorkError(f"training.report_to: {', '.join(missing)} is not installed.",
                        hint=f"{commands}, or leave it out: dalil keeps its own curves")  # fmt: skip
    if "trackio" in names:
        _trackio_takes(run)


def _trackio_takes(run: Path) -> None:
    """Trackio reads its folder once a process, when it is first imported; TRL imports it too."""
    loaded = getattr(sys.modules.get("trackio.utils"), "TRACKIO_DIR", None)
    wanted = Path(os.environ.get("TRACKIO_DIR") or _switches("trackio", run / FOLDER)["TRACKIO_DIR"])
    if loaded is not None and Path(loaded) != wanted:
        raise WorkError(f"training.report_to: trackio was loaded before in this process and writes to {loaded}, not to {wanted}.",
                        hint="train in a process of its own: dalil train")  # fmt: skip


@contextmanager
def reporting_to(names: Sequence[str], run: Path) -> Iterator[None]:
    """Inside, these packages write below the run's folder, offline and without telemetry; what the user set himself stays.

    What they print goes to stderr. After it their runs are closed, so that a second run in this process begins its own, and
    their variables are as they were.
    """
    if not names:
        yield
        return
    kept = run / FOLDER
    kept.mkdir(parents=True, exist_ok=True)
    before = dict(os.environ)
    for reporter in names:
        os.environ.update({key: value for key, value in _switches(reporter, kept).items() if key not in before})
    theirs = [reporter for reporter in names if _is_open(reporter)]
    failed = True
    try:
        with redirect_stdout(sys.stderr):
            for reporter in names:
                load_package(reporter, "training.report_to",
                             hint=f"pip install --upgrade {reporter}, or leave it out: dalil keeps its own curves")  # fmt: skip
            yield
            failed = False
    finally:
        for reporter in names:
            if reporter not in theirs and _is_open(reporter):
                _close(reporter, failed=failed)
            _restore(PREFIXES[reporter], before)


def _is_open(reporter: str) -> bool:
    """Whether a run of that package goes on in this process. What began before ours is the user's, and stays open."""
    package = sys.modules.get(reporter)
    if reporter == "wandb":
        return "WANDB_SERVICE" in os.environ
    if reporter == "mlflow":
        return package is not None and package.active_run() is not None
    return reporter == "trackio" and package is not None and package.context_vars.current_run.get() is not None


def _close(reporter: str, *, failed: bool) -> None:
    """End what the trainer's callbacks leave open: W&B's run and its service always, the others where training broke off.
    Left open, MLflow would end its run when the process does, in a database where the process then stands."""
    package = sys.modules[reporter]
    with redirect_stdout(sys.stderr):
        if reporter == "wandb":
            if package.run is not None:
                package.finish(exit_code=int(failed))
            package.teardown()
        elif reporter == "mlflow":
            package.end_run("FAILED" if failed else "FINISHED")
        else:
            package.finish()


def _restore(prefix: str, before: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith(prefix)]:
        del os.environ[name]
    os.environ.update({name: value for name, value in before.items() if name.startswith(prefix)})


def _switches(reporter: str, kept: Path) -> dict[str, str]:
    if reporter == "wandb":
        folders = {
            f"WANDB_{name}_DIR": str(kept / "wandb" / name.lower()) for name in ("CACHE", "CONFIG", "DATA", "ARTIFACT")
        }
        return {"WANDB_MODE": "offline", "WANDB_DIR": str(kept), "WANDB_SILENT": "true", "WANDB_CONSOLE": "off", "WANDB_DISABLE_GIT": "true", **folders}  # fmt: skip
    if reporter == "mlflow":
        return _mlflow_store(kept)
    if reporter == "trackio":
        return {"TRACKIO_DIR": str(kept / "trackio")}
    return {"TENSORBOARD_LOGGING_DIR": str(kept / "tensorboard")}


def _mlflow_store(kept: Path) -> dict[str, str]:
    """A database where MLflow can keep one; mlflow-skinny comes without SQLAlchemy and Alembic and writes files."""
    if all(find_spec(name) is not None for name in ("sqlalchemy", "alembic")):
        return {"MLFLOW_TRACKING_URI": f"sqlite:///{kept / 'mlflow.db'}"}
    return {"MLFLOW_TRACKING_URI": (kept / "mlflow").absolute().as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}
