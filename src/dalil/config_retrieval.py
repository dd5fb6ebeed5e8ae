"""The settings of the index under `retrieval:` in dalil.yaml."""

from __future__ import annotations

from pydantic import Field, model_validator

from dalil.config_models import Settings


class WeightSettings(Settings):
    """What each leg of the search counts. A leg's scores are brought to 0–1 first (min-max), then weighted and added."""

    stems: float = Field(1.0, ge=0, le=10, description="BM25 over stems: the words of the question.")
    grams: float = Field(
        0.6, ge=0, le=10, description="BM25 over folded character 4-grams: slips, compounds, Arabic clitics."
    )
    names: float = Field(0.4, ge=0, le=10, description="BM25 over names and headings: the record that is asked about.")

    @model_validator(mode="after")
    def _something_counts(self) -> WeightSettings:
        if not any(self.model_dump().values()):
            raise ValueError("at least one weight must be above 0")
        return self


class RetrievalSettings(Settings):
    """How passages are found."""

    weights: WeightSettings = Field(WeightSettings(), description="What each leg of the search counts.")
