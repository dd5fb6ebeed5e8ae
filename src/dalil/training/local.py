"""Where a model lies on this machine: its folder, or its snapshot in the hub's cache. Never the network."""

from __future__ import annotations

import os
from pathlib import Path


def local_folder(name: str) -> Path | None:
    """The folder of a model by its name or path; of cached snapshots the one that the hub's `main` names, else the newest."""
    if not name:
        return None
    if Path(name).is_dir():
        return Path(name)
    return _snapshot(_cache() / f"models--{name.replace('/', '--')}")


def _cache() -> Path:
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def _snapshot(cached: Path) -> Path | None:
    main = cached / "refs" / "main"
    if main.is_file():
        named = cached / "snapshots" / main.read_text(encoding="utf-8").strip()
        if named.is_dir():
            return named
    folders = [path for path in (cached / "snapshots").glob("*") if path.is_dir()]
    return max(folders, key=lambda path: path.stat().st_mtime, default=None)


FAST = "tokenizer.json"
TOKENIZER_FILES = (FAST, "tokenizer.model", "vocab.json", "vocab.txt", "sentencepiece.bpe.model", "spiece.model")
"""What a model's folder may hold its tokenizer in, the newer kind first."""


def tokenizer_file(folder: Path) -> str | None:
    """The file that holds the tokenizer; None where the folder has none: a configuration alone can be planned."""
    return next((name for name in TOKENIZER_FILES if (folder / name).is_file()), None)
