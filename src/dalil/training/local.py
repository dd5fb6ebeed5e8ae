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
