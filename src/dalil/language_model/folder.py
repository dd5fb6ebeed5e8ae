"""A trained model as a folder: the weights or the adapter, the tokenizer, and dalil-model.json beside them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json, write_json
from dalil.errors import WorkError
from dalil.language_model.templates import Template

CARD = "dalil-model.json"


@dataclass(frozen=True)
class ModelCard:
    """What must be known to ask a model as it was trained.

    `base`: the model before training ("" where it was made from nothing). `adapter`: the folder holds an adapter on it,
    else whole weights. `scratch`: a memory of trained
    questions, never an assistant. `probes`: token ids of the probe chats.
    """

    name: str
    base: str
    template: str
    template_text: str
    system_prompt: str
    decoding: dict[str, Any]
    probes: list[list[int]]
    adapter: bool = False
    scratch: bool = False
    quantization: dict[str, Any] = field(default_factory=dict)

    @property
    def prompt_template(self) -> Template:
        return Template(self.template, self.template_text)


def write_card(folder: Path, card: ModelCard) -> None:
    """Write the card into the model's folder."""
    write_json(folder / CARD, asdict(card))


def set_decoding(folder: Path, decoding: dict[str, Any]) -> bool:
    """Have a trained model answer by these settings from now on; false where it does already."""
    card = read_card(folder)
    if card.decoding == decoding:
        return False
    write_card(folder, replace(card, decoding=decoding))
    return True


def read_card(folder: Path) -> ModelCard:
    """The card of a model's folder. Raises WorkError where there is none."""
    try:
        return ModelCard(**read_json(folder / CARD))
    except TypeError as error:
        raise WorkError(f"{folder / CARD} is damaged ({error}).", hint="dalil train") from error
