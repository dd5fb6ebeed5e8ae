"""The settings of a model under `models:` in dalil.yaml, in the spelling of Hugging Face, TRL and PEFT.

Defaults are those of the libraries (TRL's SFTConfig, PEFT's LoraConfig) except where the description says otherwise;
`dalil plan` lists the ones that were not given.
"""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dalil.config_spelling import OPTIMISERS, SCHEDULERS

SCRATCH = "scratch"
"""The model that is trained here from nothing, on the workspace's own documents."""


class Settings(BaseModel):
    """A part of dalil.yaml. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _known(value: str, names: frozenset[str]) -> str:
    """The name. Raises ValueError that says the nearest, or all, where it is none of these."""
    if value in names:
        return value
    close = difflib.get_close_matches(value, sorted(names), n=1)
    raise ValueError(
        f"there is no {value!r}; " + (f"nearest: {close[0]}" if close else f"known: {', '.join(sorted(names))}")
    )


class LoraSettings(Settings):
    """A low-rank adapter (Hu et al., 2021)."""

    r: int = Field(8, ge=1, le=1024, description="Rank of the adapter.")
    lora_alpha: int = Field(8, ge=1, description="Scale of the adapter: its output is multiplied by lora_alpha / r.")
    lora_dropout: float = Field(0.0, ge=0, lt=1, description="Share of the adapter's input dropped while training.")
    target_modules: Annotated[list[str], Field(min_length=1)] | Literal["all-linear"] = Field(
        "all-linear",
        description="Which projections get an adapter: their names, or all-linear (dalil's default; PEFT's own is two of them).",
    )
    bias: Literal["none", "all", "lora_only"] = Field("none", description="Which biases are trained too.")
    use_rslora: bool = Field(False, description="Scale by lora_alpha / √r instead (rank-stabilised).")
    use_dora: bool = Field(False, description="Train magnitude and direction apart (DoRA).")
    modules_to_save: list[str] | None = Field(
        None, description="Modules trained whole beside the adapter (embed_tokens, lm_head)."
    )
    peft: dict[str, Any] = Field(
        {},
        description="Any other key of PEFT's LoraConfig, as PEFT spells it (init_lora_weights, rank_pattern …); with `peft_type` "
        "those of another of PEFT's methods (IA3, VERA, OFT …).",
    )

    @model_validator(mode="after")
    def _each_key_once(self) -> LoraSettings:
        twice = sorted(self.peft.keys() & type(self).model_fields.keys())
        if twice:
            raise ValueError(f"{', '.join(twice)} stands under `lora` itself, not under `lora.peft`")
        return self


class QuantizationSettings(Settings):
    """How the frozen weights are held while an adapter is trained (bitsandbytes)."""

    load_in_4bit: bool = Field(False, description="Hold the projections in 4 bits; embeddings and head stay 16-bit.")
    load_in_8bit: bool = Field(False, description="Hold the projections in 8 bits.")
    bnb_4bit_quant_type: Literal["nf4", "fp4"] = Field("fp4", description="The 4-bit type.")
    bnb_4bit_use_double_quant: bool = Field(False, description="Quantise the quantisation constants too.")
    bnb_4bit_compute_dtype: Literal["float16", "bfloat16", "float32"] = Field(
        "float32", description="The type that 4-bit weights are multiplied in."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> QuantizationSettings:
        if self.load_in_4bit and self.load_in_8bit:
            raise ValueError("load_in_4bit and load_in_8bit exclude each other")
        return self


class TrainingSettings(Settings):
    """How the model is trained."""

    learning_rate: float = Field(2e-5, gt=0, lt=1, description="Highest learning rate.")
    lr_scheduler_type: str = Field(
        "linear", description="Course of the learning rate after the warm-up: linear, cosine, constant_with_warmup …"
    )
    warmup_steps: float = Field(0, ge=0, description="Steps of warm-up; below 1: their share of all steps.")
    weight_decay: float = Field(0.0, ge=0, lt=1, description="Weight decay of AdamW.")
    per_device_train_batch_size: int = Field(8, ge=1, description="Rows that lie in memory at once.")
    gradient_accumulation_steps: int = Field(1, ge=1, description="Batches that are added up before a step.")
    max_steps: int | None = Field(None, ge=1, description="Steps in all; when given, num_train_epochs does not count.")
    num_train_epochs: float = Field(3, gt=0, description="Passes over the data.")
    max_length: int = Field(1024, ge=8, description="A row is cut to this many tokens.")
    optim: str = Field(
        "adamw_torch_fused",
        description="Optimiser: adamw_torch_fused, adamw_torch, adamw_8bit, paged_adamw_32bit …, or muon (with AdamW for the embeddings). Pages need a GPU: on a processor the same one without them.",
    )
    max_grad_norm: float = Field(1.0, gt=0, description="Gradients are cut to this norm.")
    fp16: bool = Field(False, description="Compute in float16.")
    bf16: bool | None = Field(
        None, description="Compute in bfloat16; when not given, on unless fp16 is or the processor lacks it."
    )
    activation_checkpointing: bool = Field(True, description="Compute activations twice instead of keeping them.")
    train_sampling_strategy: Literal["random", "sequential", "group_by_length", "batch_rebalance"] = Field(
        "random",
        description="batch_rebalance computes the rows of a random batch in gradient_accumulation_steps parts of nearly equal length: hardly any padding, the same training. group_by_length puts rows of equal length into one batch: no padding, but other batches.",
    )
    packing: bool = Field(
        False, description="Put several rows into one of max_length, apart from each other: no padding."
    )
    pad_to_max_length: bool = Field(
        False, description="Pad every row to max_length (the published way of old scripts; slow: for comparison)."
    )
    completion_only_loss: bool = Field(True, description="Learn the answers only, not the questions.")
    eval_strategy: Literal["no", "steps", "epoch"] = Field(
        "epoch", description="When the validation rows are measured (loss, perplexity)."
    )
    eval_steps: int | None = Field(None, ge=1, description="Steps between evaluations, with eval_strategy: steps.")
    early_stopping_patience: int | None = Field(
        None, ge=1, description="Stop after so many evaluations without a lower validation loss, and keep the best."
    )
    save_steps: int = Field(100, ge=1, description="Steps between checkpoints.")
    save_total_limit: int = Field(
        2,
        ge=1,
        description="Checkpoints kept, the newest; never fewer than two: where one is damaged, the run goes on from the one before.",
    )
    logging_steps: int = Field(10, ge=1, description="Steps between points of the curves.")
    report_to: list[Literal["tensorboard", "wandb", "mlflow", "trackio"]] = Field(
        [], description="Where the curves go beside dalil's own; all off by default."
    )
    resume_from_adapter: str | None = Field(None, description="A folder with an adapter to train on from.")

    @field_validator("eval_strategy", mode="before")
    @classmethod
    def _a_bare_no_is_no(cls, value: Any) -> Any:
        """YAML reads a bare `no` as false."""
        return "no" if value is False else value

    @field_validator("report_to", mode="before")
    @classmethod
    def _one_name_is_a_list(cls, value: Any) -> Any:
        """The library takes one name too, and `none`."""
        given = [value] if isinstance(value, str) else value
        return [] if given == ["none"] else given

    @field_validator("max_steps", mode="before")
    @classmethod
    def _no_count_of_steps(cls, value: Any) -> Any:
        """The library writes -1 where epochs count."""
        return None if value == -1 else value

    @field_validator("lr_scheduler_type")
    @classmethod
    def _a_known_schedule(cls, value: str) -> str:
        return _known(value, SCHEDULERS)

    @field_validator("optim")
    @classmethod
    def _a_known_optimiser(cls, value: str) -> str:
        return _known(value, OPTIMISERS)

    @model_validator(mode="after")
    def _goes_together(self) -> TrainingSettings:
        if self.fp16 and self.bf16:
            raise ValueError("fp16 and bf16 exclude each other")
        if self.early_stopping_patience is not None and self.eval_strategy == "no":
            raise ValueError("early_stopping_patience needs the validation loss: eval_strategy: epoch, or steps")
        return self

    @property
    def rows_per_step(self) -> int:
        """Rows of one step on one device."""
        return self.per_device_train_batch_size * self.gradient_accumulation_steps

    @property
    def in_bf16(self) -> bool:
        """Whether it computes in bfloat16: where asked for, and by default where float16 is not."""
        return self.bf16 is True or (self.bf16 is None and not self.fp16)

    @property
    def half_precision(self) -> bool:
        """Whether activations are 16-bit."""
        return self.fp16 or self.in_bf16


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

    model_name_or_path: str = Field(SCRATCH, description="scratch, or a folder with a small model.")
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
