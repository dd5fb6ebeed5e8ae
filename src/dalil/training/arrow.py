"""Encoded rows as an Arrow file that the trainer maps into memory: its size does not count in the process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dalil.artefacts import disk_errors
from dalil.training.gate import EncodedRow


def write_rows(path: Path, rows: Iterable[EncodedRow]) -> Any:
    """The trainable rows as a datasets.Dataset with `input_ids`, `labels` and `length`, in `path`."""
    from datasets import Dataset, Features, List, Value
    from datasets.arrow_writer import ArrowWriter

    features = Features({"input_ids": List(Value("int32")), "labels": List(Value("int32")), "length": Value("int32")})
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".partial")
        with ArrowWriter(features=features, path=str(beside)) as writer:
            for row in rows:
                if row.trainable:
                    writer.write({"input_ids": row.input_ids, "labels": row.labels, "length": len(row.input_ids)})
            writer.finalize()
        beside.replace(path)
    return Dataset.from_file(str(path))


def text_rows(tokenizer: Any, texts: Iterable[str], width: int) -> Iterable[EncodedRow]:
    """Texts as windows of `width` tokens, every token learnt."""
    for number, text in enumerate(texts):
        ids = [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
        for start in range(0, len(ids), width):
            window = [int(i) for i in ids[start : start + width]]
            if len(window) > 1:
                yield EncodedRow(str(number), window, window, len(window), True)
