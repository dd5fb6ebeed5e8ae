"""The settings of the index under `retrieval:` in dalil.yaml."""

from __future__ import annotations

from pydantic import Field, model_validator

from dalil.config_base import Settings

AUTO_RERANKER, NO_RERANKER = "auto", "none"
SCRATCH_EMBEDDER, NO_EMBEDDER = "scratch", "none"
_E5_PROMPTS = ("query: ", "passage: ")
"""What the e5 family was trained with; their files do not say it."""


class EmbedderSettings(Settings):
    """What turns texts into vectors for the dense leg. `embedder: NAME` is short for its name alone."""

    model_name_or_path: str = Field(
        SCRATCH_EMBEDDER,
        min_length=1,
        description="scratch: trained here on the passages (extra train); none; or a model of sentence-transformers (extra embed).",
    )
    query_prompt: str | None = Field(
        None, description="Put before a question; when not given, what the model itself or the e5 family asks for."
    )
    passage_prompt: str | None = Field(None, description="Put before a passage; when not given, as above.")
    fewest_passages: int = Field(
        300, ge=2, description="scratch: trained from so many passages on; fewer tell it too little, and it would harm."
    )
    dimensions: int | None = Field(None, ge=8, description="Keep so many numbers (models trained with Matryoshka).")

    def prompts(self) -> tuple[str | None, str | None]:
        """The prompts of questions and of passages; None: the model's own."""
        known = _E5_PROMPTS if "e5" in self.model_name_or_path.lower().rsplit("/", 1)[-1].split("-") else (None, None)
        return (self.query_prompt if self.query_prompt is not None else known[0],
                self.passage_prompt if self.passage_prompt is not None else known[1])  # fmt: skip


class WeightSettings(Settings):
    """What each leg of the search counts. A leg's scores are brought to 0–1 first (min-max), then weighted and added."""

    stems: float = Field(1.0, ge=0, le=10, description="BM25 over stems: the words of the question.")
    grams: float = Field(
        1.0, ge=0, le=10, description="BM25 over folded character 4-grams: slips, compounds, Arabic clitics."
    )
    names: float = Field(0.1, ge=0, le=10, description="BM25 over names and headings: the record that is asked about.")
    dense: float = Field(
        0.5, ge=0, le=10, description="Nearness of the vectors of `embedder`: other words for the same."
    )

    @model_validator(mode="after")
    def _something_counts(self) -> WeightSettings:
        if not (self.stems or self.grams or self.names):
            raise ValueError("at least one of stems, grams and names must be above 0: vectors are not always there")
        return self


class RetrievalSettings(Settings):
    """How passages are found."""

    weights: WeightSettings = Field(WeightSettings(), description="What each leg of the search counts.")
    reranker: str = Field(
        AUTO_RERANKER,
        min_length=1,
        description="auto: weights that are shipped, moved by own training questions where that wins on others; none; or a cross-encoder of "
        "sentence-transformers (extra embed).",
    )
    exact_up_to: int = Field(
        200_000,
        ge=1,
        description="Vectors are scanned up to so many passages, found by usearch (extra vectors) beyond.",
    )
