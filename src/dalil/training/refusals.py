"""Settings that the training libraries refuse, as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dalil.errors import ConfigError
from dalil.language_model.memory_limits import is_out_of_memory


@contextmanager
def accepted_settings() -> Iterator[None]:
    """Raises ConfigError where the libraries refuse the settings inside."""
    try:
        yield
    except (TypeError, ValueError, RuntimeError, ImportError) as error:
        if is_out_of_memory(error):
            raise
        said = " ".join(str(error).split()).rstrip(".")[:240]
        raise ConfigError(f"The training libraries refuse these settings: {said}.",
                          hint="mend `training` or `lora` in dalil.yaml (docs/settings.md)") from error  # fmt: skip
