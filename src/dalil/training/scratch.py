"""The `scratch` model: a tokenizer and a small Llama-style model made from the workspace's own texts.

It becomes a memory of the trained questions, never an assistant (docs/training.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dalil.language_model.quiet import quieten

PAD, END = "<|pad|>", "<|end|>"
LLAMA_3_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
"""The pattern that Llama 3's tokenizer splits text by: a GGUF reader knows it by that name."""


SMALL, MIDDLE = 1000, 5000
"""Facts up to which a small vocabulary, and a narrow model, hold them."""


@dataclass(frozen=True, slots=True)
class ScratchShape:
    """Size of a scratch model: 1.2 M parameters at 192 × 2 with 2,048 tokens. Two layers with one head of keys and values take
    a third of the time of six with six, and learn more in the same minutes (benchmarks/training.md)."""

    hidden: int = 192
    layers: int = 2
    heads: int = 3
    kv_heads: int = 1
    intermediate: int = 512
    vocabulary: int = 2048
    context: int = 1024


def shape_for(facts: int) -> ScratchShape:
    """A larger memory for more facts, as far as it is shown them often enough (benchmarks/training.md)."""
    if facts <= SMALL:
        return ScratchShape()
    return (
        ScratchShape(vocabulary=4096)
        if facts <= MIDDLE
        else ScratchShape(256, heads=4, intermediate=704, vocabulary=4096)
    )


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """A byte-level BPE tokenizer over the texts, as transformers loads it."""
    quieten(offline=True)
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA_3_SPLIT), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    raw.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[PAD, END], initial_alphabet=sorted(alphabet), show_progress=False,
    ))  # fmt: skip
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token=PAD, eos_token=END, clean_up_tokenization_spaces=False
    )


def new_model(tokenizer: Any, shape: ScratchShape, seed: int) -> Any:
    """A Llama-style model with random weights."""
    quieten(offline=True)
    import torch
    from transformers import LlamaForCausalLM

    torch.manual_seed(seed)
    return LlamaForCausalLM(llama_config(shape, len(tokenizer), tokenizer.pad_token_id, tokenizer.eos_token_id))


def llama_config(shape: ScratchShape, vocabulary: int, pad: int | None = None, end: int | None = None) -> Any:
    """The shape as transformers' LlamaConfig."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=vocabulary, hidden_size=shape.hidden, intermediate_size=shape.intermediate,
        num_hidden_layers=shape.layers, num_attention_heads=shape.heads, num_key_value_heads=shape.kv_heads,
        max_position_embeddings=shape.context, tie_word_embeddings=True, pad_token_id=pad, bos_token_id=None,
        eos_token_id=end,
    )  # fmt: skip
