"""Tables that ship: both of PyYAML's readers read the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import dalil
from dalil.tables import read_table

SHIPPED = sorted(Path(dalil.__file__).parent.rglob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_table_is_read_as_safe_load_reads_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_table(text) == yaml.safe_load(text)
