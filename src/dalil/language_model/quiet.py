"""Switches of the libraries: no telemetry, no network unless a model is to be fetched, no advertisements in the output."""

from __future__ import annotations

import logging
import os
import warnings

OFFLINE = "DALIL_OFFLINE"
"""Set by `--offline`: nothing may reach the network."""
_OFF = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TRACKIO_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",  # TRL imports MLflow and W&B wherever they are installed; MLflow reads DO_NOT_TRACK=1 as no
    "WANDB_ERROR_REPORTING": "false",
    "TOKENIZERS_PARALLELISM": "false",
    "GOMP_SPINCOUNT": "2000",  # threads that wait sleep soon: busy waiting makes a busy machine crawl, none at all halves the pace
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


def quieten(*, offline: bool) -> None:
    """Set the libraries' switches; call it before the first of them is imported. What the user set himself stays."""
    for name, value in _OFF.items():
        os.environ.setdefault(name, value)
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    for name in ("bitsandbytes", "transformers", "torchao", "httpx"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for kind in (UserWarning, FutureWarning):
        warnings.filterwarnings("ignore", category=kind, module="torch|transformers|peft|trl")
