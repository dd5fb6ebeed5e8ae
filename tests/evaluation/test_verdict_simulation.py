"""The figures of benchmarks/verdict.md on fewer simulations."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "verdict_simulation.py"


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verdict_simulation", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("groups", "questions"), [(12, 48), (30, 120), (100, 400)])
def test_equal_systems_are_rarely_called_different(simulation: ModuleType, groups: int, questions: int) -> None:
    share = simulation.share_different(simulation.Setting(groups, questions, 0.3, 0.0), 200, 1)
    assert share <= 0.1  # 5 % nominal: over 0.1 in 200 has a chance of 1 in 500


def test_ten_points_are_found_in_a_hundred_groups(simulation: ModuleType) -> None:
    assert simulation.share_different(simulation.Setting(100, 400, 0.3, 0.1), 200, 1) >= 0.8
