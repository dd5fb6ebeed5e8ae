"""A model as sizes: its projections, its other parts, and what can be counted from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["llama", "gpt2", "encoder"]


@dataclass(frozen=True, slots=True)
class Projection:
    """One linear map (or embedding): `inputs` × `outputs` weights, perhaps with a bias."""

    name: str
    inputs: int
    outputs: int
    bias: bool = False

    @property
    def weights(self) -> int:
        return self.inputs * self.outputs


@dataclass(frozen=True, slots=True)
class Part:
    """A module that is no projection of a layer. `times`: how often it stands in the model; `tied`: shares its weights."""

    name: str
    weights: int
    biases: int = 0
    times: int = 1
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A transformer's sizes. `context` in tokens; `parameters` the published total (0: none is known).

    `qk_norm`: queries and keys are normed; `sandwiched`: each half of a layer is normed before and after.
    """

    name: str
    family: Family
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    intermediate: int
    vocabulary: int
    tied: bool
    context: int
    tokenizer: str
    parameters: int = 0
    qkv_bias: bool = False
    o_bias: bool = False
    mlp_bias: bool = False
    qk_norm: bool = False
    sandwiched: bool = False
    note: str = ""
    names: tuple[str, ...] = ()

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The linear maps of one layer, by the last parts of their path, as LoRA's `target_modules` takes them."""
        wide, narrow = self.heads * self.head_size, self.kv_heads * self.head_size
        h, inner, bias, mlp = self.hidden, self.intermediate, self.qkv_bias, self.mlp_bias
        if self.family == "llama":
            return (
                Projection("self_attn.q_proj", h, wide, bias), Projection("self_attn.k_proj", h, narrow, bias),
                Projection("self_attn.v_proj", h, narrow, bias), Projection("self_attn.o_proj", wide, h, self.o_bias),
                Projection("mlp.gate_proj", h, inner, mlp), Projection("mlp.up_proj", h, inner, mlp),
                Projection("mlp.down_proj", inner, h, mlp),
            )  # fmt: skip
        if self.family == "gpt2":
            return (
                Projection("attn.c_attn", h, 3 * h, True), Projection("attn.c_proj", h, h, True),
                Projection("mlp.c_fc", h, inner, True), Projection("mlp.c_proj", inner, h, True),
            )  # fmt: skip
        return (
            Projection("self.query", h, h, True), Projection("self.key", h, h, True), Projection("self.value", h, h, True),
            Projection("attention.output.dense", h, h, True), Projection("intermediate.dense", h, inner, True),
            Projection("output.dense", inner, h, True),
        )  # fmt: skip

    @property
    def outer(self) -> tuple[Projection, ...]:
        """Linear maps and embeddings outside the layers that can be LoRA targets by name."""
        h, words = self.hidden, self.vocabulary
        if self.family == "llama":
            return Projection("embed_tokens", words, h), Projection("lm_head", h, words)
        if self.family == "gpt2":
            return Projection("wte", words, h), Projection("wpe", self.context, h), Projection("lm_head", h, words)
        return (Projection("pooler.dense", h, h, True),)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All modules with parameters but the layers' projections, by the last parts of their path."""
        h, words, layers = self.hidden, self.vocabulary, self.layers
        if self.family == "llama":
            before = ("input_layernorm", "post_attention_layernorm")
            after = ("pre_feedforward_layernorm", "post_feedforward_layernorm") if self.sandwiched else ()
            heads = ("self_attn.q_norm", "self_attn.k_norm") if self.qk_norm else ()
            return (
                Part("embed_tokens", words * h), Part("lm_head", words * h, tied=self.tied), Part("model.norm", h),
                *(Part(name, h, times=layers) for name in (*before, *after)),
                *(Part(name, self.head_size, times=layers) for name in heads),
            )  # fmt: skip
        if self.family == "gpt2":
            return (
                Part("wte", words * h), Part("wpe", self.context * h), Part("lm_head", words * h, tied=self.tied),
                Part("ln_f", h, h), Part("ln_1", h, h, layers), Part("ln_2", h, h, layers),
            )  # fmt: skip
        return (
            Part("word_embeddings", words * h), Part("position_embeddings", (self.context + 2) * h),
            Part("token_type_embeddings", h), Part("embeddings.LayerNorm", h, h),
            Part("attention.output.LayerNorm", h, h, layers), Part("layer.output.LayerNorm", h, h, layers),
            Part("pooler.dense", h * h, h),
        )  # fmt: skip

    @property
    def linear(self) -> int:
        """Weights of all layers' projections, without biases: what quantisation shrinks."""
        return self.layers * sum(p.weights for p in self.projections)

    @property
    def biases(self) -> int:
        """All biases of the model."""
        inner = self.layers * sum(p.outputs for p in self.projections if p.bias)
        return inner + sum(part.biases * part.times for part in self.parts)

    @property
    def kept(self) -> int:
        """All other parameters (embeddings, head, norms, biases): they stay 16-bit under quantisation."""
        return self.biases + sum(part.weights * part.times for part in self.parts if not part.tied)

    @property
    def total(self) -> int:
        """All parameters, tied ones once."""
        return self.linear + self.kept
