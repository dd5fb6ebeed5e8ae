"""Generate an answer: text, its log-probability, tokens in and out, and whether it was cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from dalil.language_model.encoding import many_prompt_ids, prompt_ids
from dalil.language_model.folder import ModelCard
from dalil.language_model.loading import load_trained
from dalil.language_model.templates import Chat
from dalil.records import content_id
from dalil.seams import Completion

TOGETHER = 16
"""Prompts that are answered at once."""
MOST_TOKENS = 8192
"""Tokens of prompts that lie in memory at once, padding and all."""
MOST_LOGITS = 1 << 28
"""Numbers that are kept at once to tell log-probabilities by: a row of the vocabulary for each token of each answer (1 GiB)."""
LONGEST_CONTEXT = 1_000_000
"""Some configurations write a number without meaning."""
WINDOW = 2 * TOGETHER
"""Chats that are sorted by length before they are parted into batches: few, so that answers come, and progress is told, after each."""


class Generator:
    """A loaded model that answers chats, one at a time or many together. Holds the weights, nothing of the questions."""

    def __init__(self, model: Any, tokenizer: Any, card: ModelCard) -> None:
        self.card = card
        self.model, self.tokenizer = model, tokenizer
        self._ends = frozenset(_ends(model, tokenizer))

    @classmethod
    def of(cls, folder: Path, *, tuned: bool = True, offline: bool = True) -> Generator:
        """The generator of a trained folder; `tuned` false: the model before training."""
        return cls(*load_trained(folder, tuned=tuned, offline=offline))

    def generate(self, chat: Chat) -> Completion:
        """The model's answer, by the decoding of its card."""
        return self.run(self.ids(chat), self.card.decoding)

    def ids(self, chat: Chat) -> list[int]:
        """The token ids of a prompt."""
        return prompt_ids(self.tokenizer, self.card.prompt_template, chat)

    def run(self, ids: Sequence[int], decoding: Mapping[str, Any], **more: Any) -> Completion:
        """What the model says after these tokens; `more` goes to transformers' generate (a streamer, stopping criteria)."""
        if decoding["temperature"] > 0:
            import torch

            torch.manual_seed(int(content_id(*map(str, ids)), 16) % 2**63)  # the same prompt is answered alike
        return self._run_many([ids], decoding, **more)[0]

    def answers(self, chats: Sequence[Chat]) -> Iterator[Completion]:
        """One completion a chat, in order, by the decoding of its card; likeliest tokens of many chats together."""
        remaining = iter(chats)
        while window := list(islice(remaining, WINDOW)):
            prompts = many_prompt_ids(self.tokenizer, self.card.prompt_template, window)
            said: dict[int, Completion] = {}
            for batch in _batches(
                prompts, self._at_once, self.context_tokens - int(self.card.decoding["max_new_tokens"])
            ):
                ids = [prompts[i] for i in batch]
                made = (
                    self._run_many(ids, self.card.decoding) if len(ids) > 1 else [self.run(ids[0], self.card.decoding)]
                )
                said |= zip(batch, made, strict=True)
            yield from (said[i] for i in range(len(window)))

    @property
    def context_tokens(self) -> int:
        """Tokens that the model reads and writes together."""
        found = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        return min(int(found or LONGEST_CONTEXT), LONGEST_CONTEXT)

    @property
    def _at_once(self) -> int:
        """Prompts of a batch; one where an answer hangs on a seed of its own, or on beams."""
        decoding = self.card.decoding
        if decoding["temperature"] > 0 or decoding["num_beams"] > 1:
            return 1
        numbers = int(self.model.config.vocab_size) * int(decoding["max_new_tokens"])
        return min(TOGETHER, max(1, MOST_LOGITS // numbers))

    def _run_many(self, prompts: Sequence[Sequence[int]], decoding: Mapping[str, Any], **more: Any) -> list[Completion]:
        """What the model says after each of these prompts, padded on the left to one length; cut where its context ends, and
        nothing where the prompt fills it: GPT-2 has no place for a further token."""
        import torch

        longest = max(map(len, prompts))
        room = min(int(decoding["max_new_tokens"]), self.context_tokens - longest)
        if room < 1:
            return [Completion("", len(ids), 0, "length", None) for ids in prompts]
        pad = self.tokenizer.pad_token_id or 0
        given = torch.tensor([[pad] * (longest - len(ids)) + list(ids) for ids in prompts], device=self.model.device)
        mask = torch.tensor([[0] * (longest - len(ids)) + [1] * len(ids) for ids in prompts], device=self.model.device)
        with torch.inference_mode():
            made = self.model.generate(
                given, attention_mask=mask, generation_config=self._decoding({**decoding, "max_new_tokens": room}),
                return_dict_in_generate=True, output_logits=True, **more,
            )  # fmt: skip
        beams = decoding.get("num_beams", 1) > 1
        logits = [] if beams else made.logits
        return [self._completion(ids, made.sequences[row, longest:].tolist(), [step[row] for step in logits])
                for row, ids in enumerate(prompts)]  # fmt: skip

    def _completion(self, ids: Sequence[int], generated: Sequence[int], logits: Sequence[Any]) -> Completion:
        """The answer up to its first end token; `logits`: one row of the vocabulary a token, none where they are not told."""
        end = next((i for i, token in enumerate(generated) if token in self._ends), None)
        said = list(generated) if end is None else list(generated[: end + 1])
        logprobs = _logprobs(logits[: len(said)], said) if logits else []
        mean = sum(logprobs) / len(logprobs) if logprobs else None
        text = self.tokenizer.decode(said, skip_special_tokens=True).strip()
        return Completion(text, len(ids), len(said), "length" if end is None else "stop", mean)

    def _decoding(self, given: Mapping[str, Any]) -> Any:
        from transformers import GenerationConfig

        sample = given["temperature"] > 0
        chosen = {"temperature": given["temperature"], "top_p": given["top_p"], "top_k": 0} if sample else {}
        return GenerationConfig(
            max_new_tokens=given["max_new_tokens"], num_beams=given["num_beams"], do_sample=sample,
            eos_token_id=sorted(self._ends), pad_token_id=self.tokenizer.pad_token_id, **chosen,
        )  # fmt: skip


def _batches(prompts: Sequence[Sequence[int]], most: int, longest: int = MOST_TOKENS) -> Iterator[list[int]]:
    """The prompts by index in batches of nearly equal length, the longest first. One of more than `longest` tokens stands alone:
    its answer is cut where the context ends, and no other's is."""
    batch: list[int] = []
    width = 0
    for i in sorted(range(len(prompts)), key=lambda i: -len(prompts[i])):
        if batch and (len(batch) == most or (len(batch) + 1) * width > MOST_TOKENS or width > longest):
            yield batch
            batch = []
        width = width if batch else len(prompts[i])
        batch.append(i)
    if batch:
        yield batch


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """Every token that closes an answer: the tokenizer's, and those that the model's own settings name."""
    named = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    more = named if isinstance(named, list) else [named]
    return {int(i) for i in (tokenizer.eos_token_id, *more) if i is not None}


def _logprobs(logits: Sequence[Any], said: Sequence[int]) -> list[float]:
    """Log-probability of each token said; `logits`: one row of the vocabulary a token."""
    import torch

    if not said:
        return []
    rows = torch.log_softmax(torch.stack([step.float() for step in logits]), dim=-1)
    return [float(x) for x in rows[torch.arange(len(said)), torch.tensor(said, device=rows.device)]]
