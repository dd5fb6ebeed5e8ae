"""What one training run is given, what is prepared for it, and what it leaves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dalil.artefacts import file_hash, read_json
from dalil.config_models import ModelSettings
from dalil.errors import WorkError
from dalil.language_model.folder import CARD
from dalil.records import content_id, to_row
from dalil.training.checkpoints import changed
from dalil.training.rows import TrainingRow

Say = Callable[[str], None]
RUN, RESULT, MODEL, GATE = "run.json", "result.json", "model", "gate.json"
LARGE_BYTES = 64 * 2**20
STACK = ("torch", "transformers", "trl", "peft", "datasets", "tokenizers")
ROWS_AS_TOKENS = 2
"""Raised when the same rows become other tokens: weights trained before are then not those of the same run."""
DECIDES = {"lora", "quantization", "training", "data", "template", "system_prompt"}
"""Settings that decide the weights; how answers are generated, what is planned and where the gate stops do not."""


@dataclass(frozen=True)
class Task:
    """What is trained, on what, and where. `heldout`: stratum → rows that are never trained, for loss and perplexity.
    `given`: what else decides the run (a memory's seconds and texts)."""

    name: str
    settings: ModelSettings
    rows: Sequence[TrainingRow]
    folder: Path
    validation: Sequence[TrainingRow] = ()
    heldout: Mapping[str, Sequence[TrainingRow]] = field(default_factory=dict)
    seed: int = 42
    threads: int = 2
    offline: bool = False
    given: str = ""
    say: Say = lambda line: None

    @property
    def key(self) -> str:
        """The hash of all that decides the weights; of models in folders their files count, not where they lie."""
        settings = self.settings
        decides = settings.model_dump(
            mode="json", include=DECIDES, exclude={"training": {"report_to", "resume_from_adapter"}}
        )
        origins = [settings.model_name_or_path, settings.training.resume_from_adapter or ""]
        parts = {"settings": decides, "from": [_print_of(origin) for origin in origins], "seed": self.seed,
                 "threads": self.threads, "given": self.given, "encoding": ROWS_AS_TOKENS,
                 "rows": [to_row(row) for row in self.rows], "validation": [to_row(row) for row in self.validation],
                 "stack": stack_versions()}  # fmt: skip
        return content_id(json.dumps(parts, sort_keys=True, ensure_ascii=False))


@dataclass(frozen=True)
class Prepared:
    """Tokenizer, untuned model (loaded when asked for) and the steps of a run. `steps`: -1 where epochs count.

    `epochs`: how often every row is drawn with other noise (1 without noise: the trainer counts epochs itself). `seconds`: where
    not None, the run ends so many after `made_at`, with more or fewer steps than `steps`, `most` of them at most.
    """

    tokenizer: Any
    load: Callable[[], Any]
    steps: int
    epochs: int
    base: str
    scratch: bool = False
    seconds: float | None = None
    most: int = 0
    made_at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Trained:
    """A finished run. Losses are natural logarithms a token; `heldout`: stratum → {before, after}; seconds of training alone."""

    folder: Path
    key: str
    steps: int
    seconds: float
    tokens: int
    loss: float
    heldout: dict[str, dict[str, float]]
    trainable_parameters: int
    total_parameters: int
    peak_memory_bytes: int
    stopped_early: bool
    resumed: int
    versions: dict[str, str]

    @property
    def model(self) -> Path:
        return self.folder / MODEL


def _print_of(origin: str) -> str:
    """A hub name as it is; a folder by its files, large ones by size and date."""
    folder = Path(origin)
    if not origin or not folder.is_dir():
        return origin
    return content_id(*(f"{path.name} {_file_print(path)}" for path in sorted(folder.iterdir()) if path.is_file()))


def _file_print(path: Path) -> str:
    found = path.stat()
    return file_hash(path) if found.st_size < LARGE_BYTES else f"{found.st_size} {found.st_mtime_ns}"


def stack_versions() -> dict[str, str]:
    """Versions of the libraries that decide the weights."""
    return {name: version(name) for name in STACK}


def finished(folder: Path, key: str) -> Trained | None:
    """The finished run of that key in the folder, or None. Raises WorkError where its model is not as it was written."""
    if not (folder / RESULT).is_file() or not (folder / MODEL / CARD).is_file():
        return None
    row = read_json(folder / RESULT)
    if row.get("key") != key:
        return None
    damage = changed(folder / MODEL, row.pop("files", {}))
    if damage:
        raise WorkError(f"The trained model in {folder / MODEL} is damaged: {damage}.",
                        hint=f"put the file back from a copy; or remove {folder} and train it anew: dalil train")  # fmt: skip
    return Trained(**{**row, "folder": folder})
