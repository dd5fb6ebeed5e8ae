"""`dalil dataset fetch`: a Hugging Face data set → a file of JSON lines in the workspace, a source or own pairs from then on.

The network is reached when a person asks for it, never by `run`; what was fetched stays as it is until it is fetched again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from dalil.artefacts import write_text
from dalil.errors import ConfigError, WorkError


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which data set (`org/name` on the Hub, or a folder), and how much of it."""

    name: str
    split: str = "train"
    config: str | None = None
    revision: str | None = None
    most_rows: int | None = None

    @property
    def file_name(self) -> str:
        parts = [self.name, *([self.config] if self.config else []), self.split]
        return ".".join(re.sub(r"[^\w.-]+", "--", part.strip("/.")) for part in parts) + ".jsonl"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was written: its path from the workspace, rows, columns, and columns left out as they hold no text."""

    path: str
    rows: int
    columns: list[str]
    left_out: list[str]

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def fetch_dataset(wanted: Wanted, root: Path, folder: str) -> Fetched:
    """Write the data set's rows below `root`/`folder`. Raises ConfigError where it cannot be had, WorkError where it is empty."""
    rows, left_out = _plain_rows(_loaded(wanted))
    if not rows:
        raise WorkError(f"The data set {wanted.name} has no row in its split {wanted.split}.", hint="choose another --split")  # fmt: skip
    path = Path(folder) / wanted.file_name
    (root / folder).mkdir(parents=True, exist_ok=True)
    write_text(root / path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return Fetched(path.as_posix(), len(rows), columns, left_out)


def _loaded(wanted: Wanted) -> list[dict[str, Any]]:
    """The rows, streamed, so that no more is downloaded than is asked for."""
    local = Path(wanted.name).is_dir()
    if "DALIL_OFFLINE" in os.environ and not local:
        raise ConfigError(f"{wanted.name} lies on the Hugging Face Hub, and --offline reaches no network.",
                          hint="leave --offline away, or give a folder that holds the data set")  # fmt: skip
    load = _loader()
    try:
        rows = load(wanted.name, wanted.config, split=wanted.split, revision=wanted.revision, streaming=True)
        return [dict(row) for row in islice(_decoded_nothing(rows), wanted.most_rows)]
    except Exception as error:  # the Hub, its client and the file readers raise errors of many libraries
        last = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
        raise ConfigError(
            f"The data set {wanted.name} (split {wanted.split}) cannot be read: {last} ({type(error).__name__}).",
            hint="check the name, --split and --config on huggingface.co/datasets; a private one needs HF_TOKEN; "
            "without network give a folder that holds its files",
        ) from error


def _loader() -> Callable[..., Any]:
    try:
        from datasets import load_dataset
    except ImportError as error:
        raise ConfigError("Data sets are fetched with `datasets`, which is not installed.", hint="pip install 'dalil[hub]'") from error  # fmt: skip
    loader: Callable[..., Any] = load_dataset
    return loader


def _decoded_nothing(rows: Any) -> Iterable[Any]:
    """The rows with pictures and sounds as bytes: decoding them would need libraries, and they are left out anyway."""
    undecoded: Iterable[Any] = rows.decode(False) if getattr(rows, "features", None) else rows
    return undecoded


def _plain_rows(rows: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows without columns of bytes, values as JSON holds them (NaN and the infinities are missing), and the names of these columns."""
    left_out: dict[str, None] = {}
    made = []
    for row in rows:
        left_out.update(dict.fromkeys(key for key, value in row.items() if _holds_bytes(value)))
        made.append({key: json.loads(json.dumps(value, default=str), parse_constant=lambda name: None) for key, value in row.items() if key not in left_out})  # fmt: skip
    return [{key: value for key, value in row.items() if key not in left_out} for row in made], list(left_out)


def _holds_bytes(value: Any) -> bool:
    return any(isinstance(part, (bytes, bytearray)) for part in _parts(value))


def _parts(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    yield value
    for part in inner:
        yield from _parts(part)
