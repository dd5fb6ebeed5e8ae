"""Rows of a batch one behind the other instead of padded: each attends to itself alone, all else is computed for all at once.

TRL's `padding_free` needs flash attention's kernels, which a processor lacks; here rows are laid side by side for attention alone.
The gradient is that of the padded batch, so training is the same but for its time (benchmarks/training.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn.functional import dropout as dropout_of
from torch.nn.functional import pad, softmax
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from dalil.config_training import TrainingSettings
from dalil.errors import ConfigError
from dalil.training.activations import SHORT_ROWS
from dalil.training.gate import IGNORED
from dalil.training.widths import IN_LINE_WIDTH, up

NAME = "dalil_rows_in_line"
"""What transformers knows this attention by while a model is trained."""
TOKENS = "tokens_in_line"
"""The batch's own tokens, without the filling."""
PLAIN_LAYERS = frozenset({"full_attention", "sliding_attention"})


class InLine(DataCollatorForLanguageModeling):  # type: ignore[misc]
    """TRL's collator for rows in line, which ends the line with a row of padding: lines of few widths, because a processor makes
    its kernels anew for each."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """(1, width) ids, labels and positions, and where each row begins."""
        tokens = sum(len(row["input_ids"]) for row in examples)
        fill = up(tokens, IN_LINE_WIDTH) - tokens
        filling = [{"input_ids": [self.pad_token_id] * fill, "labels": [IGNORED] * fill}] if fill else []
        made: dict[str, Any] = super().torch_call([*examples, *filling])
        return {**made, TOKENS: tokens}


def computes_in_line(training: TrainingSettings, model: Any) -> bool:
    """Whether rows are computed in line: packed ones always; others where asked for, and on a processor by default.

    Raises ConfigError where it is asked for and the model cannot.
    """
    able = training.packing or attends_plainly(model)
    if training.padding_free and not able:
        raise ConfigError(
            f"padding_free: rows of {type(model).__name__} cannot be kept apart without padding.",
            hint="leave it out, or `train_sampling_strategy: group_by_length`",
        )
    on_its_own = training.packing or training.padding_free or not torch.cuda.is_available()
    return bool(able and on_its_own and training.in_line_on_a_processor)


def attends_plainly(model: Any) -> bool:
    """Whether the model's attention is transformers' own plain one, of whole rows or of a window: nothing else mixes tokens."""
    text = model.config.get_text_config()
    layers = getattr(text, "layer_types", None) or ()
    return bool(model._supports_attention_backend and model._supports_sdpa and PLAIN_LAYERS.issuperset(layers))


def attend_in_line(model: Any) -> None:
    """Gives the model this attention, unless it has flash attention's, which knows rows in line, or cannot have it: packed rows
    are then kept apart by a mask. Batches that are padded get SDPA's as before."""
    if not attends_plainly(model) or model.config._attn_implementation.startswith("flash"):
        return
    AttentionInterface.register(NAME, _attention)
    AttentionMaskInterface.register(NAME, _mask)
    model.set_attn_implementation(NAME)


def _attention(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None, **how: Any
) -> tuple[torch.Tensor, None]:
    """(1, heads, tokens, head size) → (1, tokens, heads, head size). Rows in line are laid side by side for this alone: no token
    looks forward, so none sees what fills up the shorter ones."""
    starts, longest, back = (how.pop(name, None) for name in ("cu_seq_lens_q", "max_length_q", "sliding_window"))
    if starts is None:
        return sdpa_attention_forward(module, query, key, value, mask, **how)  # type: ignore[no-any-return]
    rows = len(starts) - 1
    begins = torch.arange(rows, device=query.device) * longest - starts[:-1]
    places = torch.arange(query.shape[2], device=query.device) + begins.repeat_interleave(starts.diff())

    def aside(line: torch.Tensor) -> torch.Tensor:
        heads, size = line.shape[1], line.shape[3]
        wide = line.new_zeros(rows * longest, heads, size).index_copy(0, places, line[0].transpose(0, 1))
        return wide.view(rows, longest, heads, size).transpose(1, 2)

    attend = _whole if longest <= SHORT_ROWS and not query.is_cuda else sdpa_attention_forward
    window = _window(longest, back, query.device)
    seen, _ = attend(module, aside(query), aside(key), aside(value), window, **how)
    return seen.flatten(0, 1).index_select(0, places)[None], None


def _whole(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, window: torch.Tensor | None,
    scaling: float | None = None, dropout: float = 0.0, **_: Any,
) -> tuple[torch.Tensor, None]:  # fmt: skip
    """Attention by its whole matrix: of short rows a processor computes it, and its gradient above all, quicker than SDPA's tiles."""
    groups = getattr(module, "num_key_value_groups", 1)
    scores = query @ repeat_kv(key, groups).transpose(2, 3) * (scaling or query.shape[-1] ** -0.5)
    length = query.shape[2]
    back = scores.new_ones(length, length, dtype=torch.bool).tril() if window is None else window
    shares = softmax(scores.masked_fill(~back, torch.finfo(scores.dtype).min), dim=-1, dtype=torch.float32)
    kept = dropout_of(shares.to(query.dtype), dropout, training=module.training)
    return (kept @ repeat_kv(value, groups)).transpose(1, 2), None


def _window(length: int, width: int | None, device: torch.device) -> torch.Tensor | None:
    """What each token of a row may look back at; None: at all before it."""
    if width is None or length <= width:
        return None
    back = torch.arange(length, device=device)
    apart = back[:, None] - back[None, :]
    return ((apart >= 0) & (apart < width))[None, None]


def _mask(*, q_length: int, kv_length: int, attention_mask: torch.Tensor | None = None, **how: Any) -> Any:
    """None for rows in line, which need no mask of the whole line's square."""
    if attention_mask is None and q_length == kv_length:
        return None
    return sdpa_mask(q_length=q_length, kv_length=kv_length, attention_mask=attention_mask, **how)


def learnt_tokens(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The line with its logits asked for where the next token is learnt, and nowhere else."""
    following = pad(inputs["labels"][:, 1:], (0, 1), value=IGNORED)
    kept = (following[0] != IGNORED).nonzero().flatten()
    labels = following[:, kept]
    return {**inputs, "labels": labels, "shift_labels": labels, "logits_to_keep": kept}
