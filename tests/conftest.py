"""One small workspace, built once a test process; tests work on copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dalil import Workspace
from small_workspace import write_workspace


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with everything built. Read only: copy it (`small`) to change it."""
    root = write_workspace(tmp_path_factory.mktemp("built") / "small")
    list(Workspace(root).run())
    return root


@pytest.fixture
def small(built: Path, tmp_path: Path) -> Path:
    """A copy of the built workspace, to change at will."""
    return Path(shutil.copytree(built, tmp_path / "small"))
