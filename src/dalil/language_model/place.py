"""Where a model lies that a workspace names."""

from __future__ import annotations

from pathlib import Path


def place_of(name: str, root: Path) -> str:
    """A folder of the workspace in full, so that it is found from any current directory; else the name as it is."""
    return str(root / name) if name and (root / name).is_dir() else name
