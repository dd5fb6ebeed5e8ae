"""What all settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A part of dalil.yaml. Unknown keys are refused, and numbers without end."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
