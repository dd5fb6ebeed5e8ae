"""The settings of a model under `models:` in dalil.yaml, in the spelling of Hugging Face, TRL and PEFT.

Defaults that differ from the libraries' say so; `dalil plan` lists the ones that were not given.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from dalil.config_base import Settings
from dalil.config_training import LoraSettings, QuantizationSettings, TrainingSettings

SCRATCH: Literal["scratch"] = "scratch"
"""The model that is trained here from nothing, on the workspace's own documents."""


class PlanSettings(Settings):
    """What `dalil plan` reckons with where no training data has been built."""

    rows: int | None = Field(None, ge=1, description="Rows that will be trained on.")
    words_per_row: float = Field(
        100, gt=0, description="Words a row, with its prompt (an assumption where no data is)."
    )
    device: str | None = Field(
        None, description="The device, by its name in `dalil plan`; the smallest that fits when not given."
    )
    devices: int = Field(1, ge=1, description="How many of it, each with the whole model and its own rows.")
    price_usd_per_hour: float | None = Field(
        None, ge=0, description="What an hour of `device` costs (USD); when not given, what the table of devices knows."
    )


class NoiseSettings(Settings):
    """Noise on the questions, anew in each epoch: what makes a new wording answerable (docs/training.md)."""

    drop: float = Field(
        0.35, ge=0, lt=1, description="Share of words dropped that tell neither the record nor the field."
    )
    shuffle: float = Field(0.3, ge=0, le=1, description="Share of questions whose words are shuffled.")
    lower: float = Field(0.3, ge=0, le=1, description="Share of questions in lower case.")
    filler: float = Field(0.3, ge=0, le=1, description="Share of questions with a filler word.")
    strewn: float = Field(
        0.8,
        ge=0,
        le=1,
        description="Share of questions with words and turns of phrase from anywhere in the rows strewn in.",
    )
    synonym: float = Field(
        0.6,
        ge=0,
        le=1,
        description="Share of questions about a record's field that ask for it by another word of the lexicon.",
    )


class ContextSettings(Settings):
    """Rows with passages to read (RAFT, Zhang et al., 2024): the proof among distractors, or without it "not there"."""

    distractors: int = Field(3, ge=0, le=20, description="Passages beside the one that holds the answer.")
    absent: float = Field(
        0.2, ge=0, le=1, description="Share of rows whose passages do not hold it: the answer says so."
    )


class DataSettings(Settings):
    """Which rows are trained on. The workspace's own split where no file is given."""

    files: list[str] = Field(
        [], description="CSV, XLSX, JSON, JSONL or Parquet with question and answer, instead of the workspace's."
    )
    max_characters: int | None = Field(
        None,
        ge=1,
        description="Leave out rows with as many characters or more (a published way; tokens are what counts).",
    )
    test_size: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="A random split of the rows instead of groups (a published way: it leaks siblings).",
    )
    seed: int = Field(42, ge=0, description="Seed of the random split.")
    noise: NoiseSettings | None = Field(None, description="Noise on the questions.")
    context: ContextSettings | None = Field(None, description="Passages before the question.")

    @model_validator(mode="after")
    def _passages_are_the_workspaces(self) -> DataSettings:
        if self.context is not None and (self.files or self.test_size is not None):
            raise ValueError(
                "passages belong to the workspace's own questions: leave out data.files and data.test_size, or data.context"
            )
        return self


class GateSettings(Settings):
    """Above these shares the run stops before it trains, and says what to change."""

    max_cut: float = Field(0.05, ge=0, le=1, description="Rows longer than max_length.")
    max_duplicates: float = Field(0.2, ge=0, le=1, description="Rows that stand there already, word for word.")
    max_leaked: float = Field(0.0, ge=0, le=1, description="Rows whose question is asked in the test.")


class DecodingSettings(Settings):
    """How answers are generated."""

    max_new_tokens: int = Field(128, ge=1, description="Longest answer (tokens); a longer one is counted as truncated.")
    temperature: float = Field(0.0, ge=0, description="0: always the likeliest token.")
    top_p: float = Field(1.0, gt=0, le=1, description="Sample among the likeliest tokens that hold this share.")
    num_beams: int = Field(1, ge=1, description="Beams searched side by side.")


class OfflineSettings(Settings):
    """What stands in for the model in `dalil run`, and in `dalil train` where the model cannot be had."""

    model_name_or_path: Literal["scratch"] = Field(SCRATCH, description="scratch: a memory of the trained questions.")
    max_minutes: float = Field(3, gt=0, description="Minutes of training, over all folds.")


class EndpointSettings(Settings):
    """A model behind an OpenAI-compatible address. What is asked goes there; nothing else of dalil sends anything."""

    base_url: str = Field(
        description="Its address up to /v1 (http://localhost:11434/v1, https://api.openai.com/v1 …).",
    )
    model: str | None = Field(None, description="The model's name there; the first that it lists when not given.")
    api_key_env: str | None = Field(
        None,
        pattern=r"^[A-Za-z_]\w*$",
        description="The variable, of the environment or of the workspace's .env, that holds the key; OPENAI_API_KEY at api.openai.com, else none.",
    )
    context_tokens: int = Field(8192, ge=256, description="Tokens that it reads and writes together.")
    timeout_s: float = Field(120, gt=0, description="An answer that takes longer has failed (seconds).")
    max_retries: int = Field(
        4,
        ge=0,
        le=20,
        description="Tries after a refused connection, a 429 or a 5xx; an answer that broke off is not asked again.",
    )
    price_per_million_in: float = Field(0, ge=0, description="Price of a million tokens read.")
    price_per_million_out: float = Field(0, ge=0, description="Price of a million tokens written.")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="Of the prices.")

    @model_validator(mode="after")
    def _is_an_address(self) -> EndpointSettings:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("expected an address like http://localhost:8000/v1")
        if parts.username or parts.password:
            raise ValueError("a key does not stand in the address: name its variable as api_key_env")
        return self


class ModelSettings(Settings):
    """A language model: where it comes from and how it is tuned."""

    model_name_or_path: str = Field(
        "", description="Name on the Hugging Face hub, or a folder; needed without `endpoint`."
    )
    endpoint: EndpointSettings | None = Field(None, description="The model answers at an address instead of here.")
    lora: LoraSettings | None = Field(None, description="Train an adapter; the whole model when not given.")
    quantization: QuantizationSettings = Field(QuantizationSettings(), description="How the frozen weights are held.")
    training: TrainingSettings = Field(TrainingSettings(), description="How it is trained.")
    data: DataSettings = Field(DataSettings(), description="Which rows are trained on.")
    gate: GateSettings = Field(GateSettings(), description="What stops a run on damaged data.")
    template: str | None = Field(
        None,
        description="The prompt: `chat` (the model's own), a name of docs/training.md, or a text with {question} and {answer}.",
    )
    system_prompt: str = Field("", description="What the model is told before every question.")
    decoding: DecodingSettings = Field(DecodingSettings(), description="How answers are generated.")
    offline: OfflineSettings | None = Field(None, description="The stand-in that `dalil run` trains.")
    plan: PlanSettings = Field(
        PlanSettings(), description="What `dalil plan` reckons with where no data has been built."
    )

    @model_validator(mode="after")
    def _here_or_there(self) -> ModelSettings:
        if bool(self.model_name_or_path) == (self.endpoint is not None):
            raise ValueError("give one of model_name_or_path and endpoint")
        return self

    @model_validator(mode="after")
    def _quantised_weights_are_frozen(self) -> ModelSettings:
        if not self.trains_adapter and (self.quantization.load_in_4bit or self.quantization.load_in_8bit):
            raise ValueError("quantised weights cannot be trained: give `lora`, or leave `quantization` out")
        return self

    @property
    def trains_adapter(self) -> bool:
        """Whether an adapter is trained, a new one or one that is gone on with; else the whole model."""
        return self.lora is not None or self.training.resume_from_adapter is not None
