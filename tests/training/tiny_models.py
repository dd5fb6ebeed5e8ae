"""Real architectures at toy width, with a real tokenizer trained on a few lines: what the published models are, without weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from dalil.training.rows import TrainingRow

NAMES = ("Alpha", "Boussole", "Cadastre", "Delta", "Eole", "Fanal", "Galion", "Hermine")
PLACES = ("Rennes", "Nantes", "Brest", "Lorient")
LLAMA_CHAT = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
OTHER_END_CHAT = LLAMA_CHAT.replace("<|end|>", "<|im_end|>\n")
"""As Qwen2.5's base models have it: a turn is closed by another token than the tokenizer's end."""
GEMMA_CHAT = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}<turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<turn>model\n{% endif %}"
)


def rows() -> list[TrainingRow]:
    """Two questions about each of eight records."""
    made = []
    for i, name in enumerate(NAMES):
        place = PLACES[i % len(PLACES)]
        made.append(TrainingRow(f"{name}-1", f"Où se trouve {name} ?", place, "fr", names=(name,), topic="site"))
        made.append(
            TrainingRow(
                f"{name}-2", f"Quel est le numéro de {name} ?", str(100 + 7 * i), "fr", names=(name,), topic="no"
            )
        )
    return made


def heldout() -> list[TrainingRow]:
    """The same facts asked in words that are never trained."""
    asked = {"site": "{} : quel site ?", "no": "{} porte quel numéro ?"}
    return [replace(row, id=f"held-{row.id}", question=asked[row.topic].format(row.names[0])) for row in rows()]


def tokenizer(chat: str | None = None) -> Any:
    """A small byte-level tokenizer, with a chat template or none."""
    from dalil.training.scratch import train_tokenizer

    made = train_tokenizer([f"{row.question} {row.answer}" for row in rows()], 320)
    made.chat_template = chat
    return made


def save(
    folder: Path, kind: str, *, chat: str | None = None, context: int = 256, width: int = 32, **others: Any
) -> Path:
    """A random model of that architecture with its tokenizer, as a Hugging Face folder."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    tokens = tokenizer(chat)
    common = {
        "vocab_size": len(tokens),
        "eos_token_id": tokens.eos_token_id,
        "pad_token_id": tokens.pad_token_id,
        "bos_token_id": None,
        **others,
    }
    if kind == "gpt2":
        config = AutoConfig.for_model("gpt2", n_embd=width, n_layer=2, n_head=2, n_positions=context, **common)
    else:
        config = AutoConfig.for_model(
            kind, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=context, **common, **({"head_dim": width // 4} if "gemma" in kind else {}),
        )  # fmt: skip
    torch.manual_seed(7)
    AutoModelForCausalLM.from_config(config).save_pretrained(str(folder))
    tokens.save_pretrained(str(folder))
    return folder
