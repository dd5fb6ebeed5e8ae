"""Devices that a run can be planned on: memory, speed, price where one is known."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from dalil.config_models import PlanSettings
from dalil.errors import ConfigError
from dalil.tables import read_table

GIB = 2**30
PROCESSOR = "cpu-2"
RUNTIME_BYTES = GIB
"""Left free for the driver's context, the libraries' work space and fragmentation."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device. `tflops` is its peak, `usable` the share of it that fine-tuning reaches."""

    name: str
    title: str
    memory_gib: float
    tflops: float
    usable: float
    bf16: bool = True
    price_usd_per_hour: float | None = None
    price_source: str = ""

    @property
    def flops_per_second(self) -> float:
        """Useful floating-point operations a second."""
        return self.tflops * 1e12 * self.usable

    def holds(self, memory_bytes: int) -> bool:
        """Whether so much fits, with room left for the runtime."""
        return memory_bytes + RUNTIME_BYTES <= self.memory_gib * GIB


@cache
def load_devices() -> tuple[Device, ...]:
    """The devices that ship, from the smallest GPU to the largest, the CPU last."""
    rows = read_table(resources.files(__package__).joinpath("devices.yaml").read_text("utf-8"))
    return tuple(Device(name=name, **row) for name, row in rows.items())


def find_device(name: str) -> Device:
    """The device of that name. Raises ConfigError that lists them."""
    by_name = {device.name: device for device in load_devices()}
    if name.casefold() in by_name:
        return by_name[name.casefold()]
    begun = [known for known in by_name if known.startswith(name.casefold())]
    near = begun or difflib.get_close_matches(name.casefold(), by_name, n=1)
    nearest = f" (nearest: {near[0]})" if near else ""
    raise ConfigError(f"There is no device {name!r}{nearest}; there are: {', '.join(by_name)}.",
                      hint="dalil plan --recipe NAME --device NAME")  # fmt: skip


def priced(device: Device, given: PlanSettings) -> Device:
    """The device at the hourly price that the settings give, where it is the one that they are about."""
    if given.price_usd_per_hour is None or (given.device or device.name).casefold() != device.name:
        return device
    return replace(
        device,
        price_usd_per_hour=given.price_usd_per_hour,
        price_source=f"{given.price_usd_per_hour:g} an hour, as `plan` gives it",
    )


def smallest_that_holds(memory_bytes: int, *, bf16: bool) -> Device:
    """The first GPU of the table that holds so much (and computes in bfloat16); the largest where none does."""
    gpus = [d for d in load_devices() if not d.name.startswith("cpu") and (d.bf16 or not bf16)]
    return next((device for device in gpus if device.holds(memory_bytes)), gpus[-1])


def this_device() -> str:
    """The name of the device that training takes here: the GPU where the table knows it, else the smallest whose memory is no
    smaller; the processor where there is none."""
    import torch

    if not torch.cuda.is_available():
        return PROCESSOR
    given = torch.cuda.get_device_properties(0)
    words = given.name.casefold().replace("-", " ").split()
    known = [device for device in load_devices() if device.name != PROCESSOR]
    named = [device for device in known if set(device.name.split("-")[:-1] or [device.name]) <= set(words)]
    larger = [device for device in known if device.memory_gib * GIB >= 0.9 * given.total_memory]
    return (named or larger or known[-1:])[0].name
