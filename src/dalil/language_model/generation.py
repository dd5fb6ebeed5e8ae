"""Generate an answer: text, its log-probability, tokens in and out, and whether it was cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dalil.language_model.encoding import prompt_ids
from dalil.language_model.folder import ModelCard
from dalil.language_model.loading import load_trained
from dalil.language_model.templates import Chat
from dalil.records import content_id
from dalil.seams import Completion


class Generator:
    """A loaded model that answers chats one at a time. Holds the weights, nothing of the questions."""

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
        import torch

        if decoding["temperature"] > 0:
            torch.manual_seed(int(content_id(*map(str, ids)), 16) % 2**63)  # the same prompt is answered alike
        given = torch.tensor([list(ids)], device=self.model.device)
        with torch.inference_mode():
            made = self.model.generate(
                given, attention_mask=torch.ones_like(given), generation_config=self._decoding(decoding),
                return_dict_in_generate=True, output_logits=True, **more,
            )  # fmt: skip
        said = made.sequences[0, len(ids) :].tolist()
        beams = decoding.get("num_beams", 1) > 1
        logprobs = [] if beams else _logprobs(made.logits, said)
        cut = not said or said[-1] not in self._ends
        text = self.tokenizer.decode(said, skip_special_tokens=True).strip()
        mean = sum(logprobs) / len(logprobs) if logprobs else None
        return Completion(text, len(ids), len(said), "length" if cut else "stop", mean)

    def answers(self, chats: Sequence[Chat]) -> Iterator[Completion]:
        """One completion a chat, in order."""
        for chat in chats:
            yield self.generate(chat)

    def _decoding(self, given: Mapping[str, Any]) -> Any:
        from transformers import GenerationConfig

        sample = given["temperature"] > 0
        chosen = {"temperature": given["temperature"], "top_p": given["top_p"], "top_k": 0} if sample else {}
        return GenerationConfig(
            max_new_tokens=given["max_new_tokens"], num_beams=given["num_beams"], do_sample=sample,
            eos_token_id=sorted(self._ends), pad_token_id=self.tokenizer.pad_token_id, **chosen,
        )  # fmt: skip


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """Every token that closes an answer: the tokenizer's, and those that the model's own settings name."""
    named = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    more = named if isinstance(named, list) else [named]
    return {int(i) for i in (tokenizer.eos_token_id, *more) if i is not None}


def _logprobs(logits: Sequence[Any], said: Sequence[int]) -> list[float]:
    """Log-probability of each token said; `logits`: one (1, vocabulary) tensor a token."""
    import torch

    if not said:
        return []
    rows = torch.log_softmax(torch.cat([step.float() for step in logits]), dim=-1)
    return [float(x) for x in rows[torch.arange(len(said)), torch.tensor(said, device=rows.device)]]
