"""Settings of one training run: adapter, quantisation, trainer. Defaults are those of the libraries (TRL's SFTConfig, PEFT's LoraConfig)
except where a description says otherwise."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from dalil.config_base import Settings
from dalil.config_spelling import OPTIMISERS, SCHEDULERS


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
    padding_free: bool | None = Field(
        None,
        description="Compute the rows of a batch one behind the other instead of padded: the same training, faster. When not given: on a processor, but for batches of equal length.",
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
        if self.padding_free and self.pad_to_max_length:
            raise ValueError("padding_free and pad_to_max_length exclude each other")
        if self.early_stopping_patience is not None and self.eval_strategy == "no":
            raise ValueError("early_stopping_patience needs the validation loss: eval_strategy: epoch, or steps")
        return self

    @property
    def rows_per_step(self) -> int:
        """Rows of one step on one device."""
        return self.per_device_train_batch_size * self.gradient_accumulation_steps

    @property
    def in_line_on_a_processor(self) -> bool:
        """Whether a processor computes the rows of a batch one behind the other, where the model lets it."""
        if self.padding_free is not None or self.packing:
            return self.packing or bool(self.padding_free)
        alike = self.pad_to_max_length or self.train_sampling_strategy == "group_by_length"
        return self.per_device_train_batch_size > 1 and not alike

    @property
    def in_bf16(self) -> bool:
        """Whether it computes in bfloat16: where asked for, and by default where float16 is not."""
        return self.bf16 is True or (self.bf16 is None and not self.fp16)

    @property
    def half_precision(self) -> bool:
        """Whether activations are 16-bit."""
        return self.fp16 or self.in_bf16
