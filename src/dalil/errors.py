"""Every error that dalil raises on purpose.

    DalilError              what a person can act on: what was given, what was expected, the next command
    ├── ConfigError         dalil.yaml, an option or a file's columns are wrong        (exit 2)
    ├── WorkspaceError      no workspace here, or another run holds it                  (exit 2)
    ├── SourceError         one source file cannot be read: costs that file only
    ├── ModelError          a language model did not answer: costs that question only
    │   └── ModelUnavailable    nor does it seem that it will answer the next one: wrong key, nobody there, overloaded
    └── WorkError           the work itself failed: disk, corrupt artefact, a gate      (exit 1)
        └── GroupingError   one group would swallow the test: stops the measurement, never an answer

The message is one or two sentences for the user; `hint` is the next command to type.
"""

from __future__ import annotations

ASK_AGAIN = "run the same command again: what was answered is kept"
"""Stands in the hint where a server may answer another time: such answers are no measurement, `run` asks them again."""


class DalilError(Exception):
    """Base of all errors meant for a person. `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message


class ConfigError(DalilError):
    """The configuration, an option or the columns of a file are not what was expected."""

    exit_code = 2


class WorkspaceError(DalilError):
    """There is no workspace here, or another process is writing in it."""

    exit_code = 2


class SourceError(DalilError):
    """One source cannot be read; collection goes on and names it with this reason."""


class PassingSourceError(SourceError):
    """One source cannot be read with what this machine has now (time, memory): the next run tries it again."""


class ModelError(DalilError):
    """A language model did not answer this question; the answer is counted as failed, with this reason."""


class ModelUnavailable(ModelError):
    """A language model cannot be asked as things stand: after a few in a row it is left alone."""


class WorkError(DalilError):
    """The work failed (disk full, corrupt artefact) or a gate did not pass."""


class GroupingError(WorkError):
    """Documents hang together so that one group would hold most of the test; the message names the bridge."""
