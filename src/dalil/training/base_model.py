"""The tokenizer and the untuned model of a Hugging Face name or folder, prepared for a run."""

from __future__ import annotations

import math
from typing import Any

from dalil.language_model.loading import load_model, load_tokenizer
from dalil.language_model.precision import half_or_full
from dalil.training.task import Prepared, Task


def prepare_model(task: Task) -> Prepared:
    """Tokenizer and model of a Hugging Face name or folder."""
    settings = task.settings
    name = settings.model_name_or_path
    tokenizer = load_tokenizer(name, offline=task.offline)
    dtype = "float32" if not settings.trains_adapter or not settings.training.half_precision else half_or_full()

    def load() -> Any:
        return load_model(name, settings.quantization, dtype=dtype, offline=task.offline)

    training = settings.training
    per_epoch = max(1, math.ceil(len(task.rows) / training.rows_per_step))
    if settings.data.noise is None:
        return Prepared(tokenizer, load, training.max_steps or -1, 1, name)
    if training.packing and training.max_steps is None:
        return Prepared(tokenizer, load, -1, math.ceil(training.num_train_epochs), name)
    steps = training.max_steps or math.ceil(training.num_train_epochs * per_epoch)
    return Prepared(tokenizer, load, steps, math.ceil(steps / per_epoch), name)
