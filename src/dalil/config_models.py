"""The settings of a model under `models:` in dalil.yaml, in the spelling of Hugging Face, TRL and PEFT.

Defaults are those of the libraries (TRL's SFTConfig, PEFT's LoraConfig) except where the description says otherwise;
`dalil plan` lists the ones that were not given.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Settings(BaseModel):
    """A part of dalil.yaml. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LoraSettings(Settings):
    """A low-rank adapter (Hu et al., 2021)."""

    r: int = Field(8, ge=1, le=1024, description="Rank of the adapter.")
    lora_alpha: int = Field(8, ge=1, description="Scale of the adapter: its output is multiplied by lora_alpha / r.")
    lora_dropout: float = Field(0.0, ge=0, lt=1, description="Share of the adapter's input dropped while training.")
    target_modules: list[str] | Literal["all-linear"] = Field(
        "all-linear",
        description="Which projections get an adapter: their names, or all-linear (dalil's default; PEFT's own is two of them).",
    )
    bias: Literal["none", "all", "lora_only"] = Field("none", description="Which biases are trained too.")


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
        "linear", description="Course of the learning rate after the warm-up: linear, cosine …"
    )
    warmup_steps: float = Field(0, ge=0, description="Steps of warm-up; below 1: their share of all steps.")
    weight_decay: float = Field(0.0, ge=0, lt=1, description="Weight decay of AdamW.")
    per_device_train_batch_size: int = Field(8, ge=1, description="Rows that lie in memory at once.")
    gradient_accumulation_steps: int = Field(1, ge=1, description="Batches that are added up before a step.")
    max_steps: int | None = Field(None, ge=1, description="Steps in all; when given, num_train_epochs does not count.")
    num_train_epochs: float = Field(3, gt=0, description="Passes over the data.")
    max_length: int = Field(1024, ge=8, description="A row is cut to this many tokens.")
    optim: str = Field("adamw_torch", description="Optimiser: adamw_torch, adamw_8bit, paged_adamw_32bit …")
    max_grad_norm: float = Field(1.0, gt=0, description="Gradients are cut to this norm.")
    fp16: bool = Field(False, description="Compute in float16.")
    bf16: bool | None = Field(None, description="Compute in bfloat16; on unless fp16 is, when not given.")
    activation_checkpointing: bool = Field(True, description="Compute activations twice instead of keeping them.")
    train_sampling_strategy: Literal["random", "sequential", "group_by_length"] = Field(
        "random", description="group_by_length puts rows of equal length together: less padding."
    )

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


class ModelSettings(Settings):
    """A language model: where it comes from and how it is tuned."""

    model_name_or_path: str = Field(description="Name on the Hugging Face hub, or a folder.")
    lora: LoraSettings | None = Field(None, description="Train an adapter; the whole model when not given.")
    quantization: QuantizationSettings = Field(QuantizationSettings(), description="How the frozen weights are held.")
    training: TrainingSettings = Field(TrainingSettings(), description="How it is trained.")
    plan: PlanSettings = Field(
        PlanSettings(), description="What `dalil plan` reckons with where no data has been built."
    )

    @model_validator(mode="after")
    def _quantised_weights_are_frozen(self) -> ModelSettings:
        if self.lora is None and (self.quantization.load_in_4bit or self.quantization.load_in_8bit):
            raise ValueError("quantised weights cannot be trained: give `lora`, or leave `quantization` out")
        return self
