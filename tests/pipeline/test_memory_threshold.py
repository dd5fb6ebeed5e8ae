"""From which log-probability on a memory may speak."""

from __future__ import annotations

import pytest

from dalil.pipeline.memories import ALWAYS, NEVER, _threshold


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        ([], NEVER),
        ([(-0.1, False), (-0.2, False)], NEVER),
        ([(-0.1, True), (-0.4, True)], ALWAYS),
        ([(-0.1, True), (-0.2, True), (-0.3, False), (-0.4, False)], -0.2),
    ],
    ids=["no trial", "all wrong", "all right", "wrong ones below"],
)
def test_the_threshold_keeps_the_limit_on_the_trials(trials: list[tuple[float, bool]], expected: float) -> None:
    assert _threshold(trials, 0.05) == expected
