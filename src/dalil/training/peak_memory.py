"""The most memory that a run took, whatever its process had held before it."""

from __future__ import annotations

import contextlib
from pathlib import Path

_FORGET_PEAK, _FORGET = Path("/proc/self/clear_refs"), "5"
_STATUS = Path("/proc/self/status")


class PeakMemory:
    """Counts from when it is made: what is held then does not count, nor what was held and given back before.

    Of the GPU where there is one, else of this process. Where the system can forget no peak (anything but Linux, or a /proc
    that is read only), a run that takes less than what the process held before it counts too little.
    """

    def __init__(self) -> None:
        import torch

        self._on_gpu = torch.cuda.is_available()
        if self._on_gpu:
            torch.cuda.reset_peak_memory_stats()
            self._before = int(torch.cuda.memory_allocated())
            return
        forgotten = False
        with contextlib.suppress(OSError):
            _FORGET_PEAK.write_text(_FORGET, encoding="ascii")
            forgotten = True
        self._before = _resident("VmRSS") if forgotten else _peak()

    def taken(self) -> int:
        """Bytes, since it was made, at most."""
        import torch

        peak = int(torch.cuda.max_memory_allocated()) if self._on_gpu else _peak()
        return max(0, peak - self._before)


def _peak() -> int:
    return _resident("VmHWM") if _STATUS.exists() else _largest_ever()


def _resident(field: str) -> int:
    """Bytes of a field of this process's status, which gives kB."""
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:")), 0)


def _largest_ever() -> int:
    import resource
    import sys

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
