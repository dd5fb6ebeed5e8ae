"""`training.report_to`: the curves also in TensorBoard, W&B, MLflow or trackio, in the run's own folder; nothing leaves the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from dalil.errors import WorkError

INSTALLED_BY = {"tensorboard": "pip install 'dalil[curves]'"}
"""What installs a package, where that is not its own name."""
FOLDER = "curves"


def need_reporters(names: Sequence[str]) -> None:
    """Raises WorkError where a package is missing, before anything is trained."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        commands = " && ".join(INSTALLED_BY.get(name, f"pip install {name}") for name in missing)
        raise WorkError(f"training.report_to: {', '.join(missing)} is not installed.",
                        hint=f"{commands}, or leave it out: dalil keeps its own curves")  # fmt: skip


@contextmanager
def reporting_to(names: Sequence[str], run: Path) -> Iterator[None]:
    """Inside, these packages write below the run's folder, offline and without telemetry; what the user set himself stays."""
    kept = run / FOLDER
    ours = {name: value for reporter in names for name, value in _switches(reporter, kept).items()}
    added = {name: value for name, value in ours.items() if name not in os.environ}
    if names:
        kept.mkdir(parents=True, exist_ok=True)
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _switches(reporter: str, kept: Path) -> dict[str, str]:
    if reporter == "wandb":
        return {"WANDB_MODE": "offline", "WANDB_DIR": str(kept), "WANDB_ERROR_REPORTING": "false", "WANDB_SILENT": "true",
                "WANDB_DISABLE_GIT": "true"}  # fmt: skip
    if reporter == "mlflow":
        return {"MLFLOW_TRACKING_URI": f"sqlite:///{kept / 'mlflow.db'}", "MLFLOW_DISABLE_TELEMETRY": "true"}
    if reporter == "trackio":
        return {"TRACKIO_DIR": str(kept / "trackio")}
    return {"TENSORBOARD_LOGGING_DIR": str(kept / "tensorboard")}
