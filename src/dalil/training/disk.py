"""A disk that takes no more while a run writes: torch and safetensors say so in errors of their own."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dalil.errors import DalilError, WorkError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SAYINGS = ("no space left", "disk quota", "file too large", "inline_container", "pytorchstreamwriter")
"""Of safetensors, and of torch, which names only its own file."""


@contextmanager
def fitting_onto_disk(folder: Path) -> Iterator[None]:
    """Raises WorkError where a library could not write what the run leaves in `folder`; other errors pass."""
    try:
        yield
    except DalilError:
        raise
    except Exception as error:
        if not _is_full(error):
            raise
        raise WorkError(f"{folder} could not be written: the disk is full. The checkpoints before are kept.",
                        hint="free some space or lower training.save_total_limit, then: dalil train goes on there") from error  # fmt: skip


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL
    return any(saying in str(error).lower() for saying in _SAYINGS)
