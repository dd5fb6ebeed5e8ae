"""A part of the writing of an index in a process of its own, while this one writes the rest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def process_beside(module: str, *arguments: str) -> Iterator[None]:
    """`python -m module arguments…` runs while the block does, and has ended after it. Where it fails it says nothing: who waits
    for what it writes looks whether it is there."""
    with subprocess.Popen([sys.executable, "-P", "-m", module, *arguments], stderr=subprocess.DEVNULL) as started:
        try:
            yield
        except BaseException:
            started.kill()
            raise
