"""Out of memory, as each library says it, and what a user can do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dalil.errors import WorkError

_SAYINGS = ("can't allocate memory", "not enough memory", "cannot allocate memory", "out of memory")


def is_out_of_memory(error: BaseException) -> bool:
    """A GPU's and Python's own errors have a class; a processor's is a RuntimeError that says so."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(saying in str(error).lower() for saying in _SAYINGS)
    )


@contextmanager
def fitting_into_memory(what: str, hint: str) -> Iterator[None]:
    """Raises WorkError with the hint where memory runs out inside; other errors pass."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        said = " ".join(str(error).split())[:160] or "no memory is left"
        raise WorkError(f"{what} does not fit into memory: {said}.", hint=hint) from error
