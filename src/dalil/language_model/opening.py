"""A language model from its settings: at an address, as it comes from the hub or a folder, or as it was tuned."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from dalil.config_models import EndpointSettings, ModelSettings
from dalil.errors import ModelUnavailable
from dalil.language_model.endpoint import Endpoint
from dalil.language_model.folder import ModelCard
from dalil.language_model.generation import Generator
from dalil.language_model.http import Http
from dalil.language_model.keys import find_key
from dalil.language_model.ledger import Ledger
from dalil.language_model.local import LocalModel
from dalil.language_model.masking import Masking
from dalil.language_model.place import place_of
from dalil.language_model.quiet import OFFLINE
from dalil.records import PersonalKind
from dalil.seams import LanguageModel

LEDGER = "ledger"


def open_model(name: str, settings: ModelSettings, root: Path, tuned: Path | None = None,
               masked: Sequence[PersonalKind] = ()) -> LanguageModel:  # fmt: skip
    """The model under that name of a workspace; `tuned`: the folder that training left, instead of the model before it.

    Nothing is loaded or sent before the first question. Raises ModelUnavailable where --offline forbids the address.
    """
    if settings.endpoint is not None:
        return open_endpoint(name, settings.endpoint, root, masked)
    load = _tuned(name, tuned) if tuned is not None else _untuned(name, settings, root)
    return LocalModel(load, name=name)


def open_endpoint(name: str, settings: EndpointSettings, root: Path,
                  masked: Sequence[PersonalKind] = (), *, anew: bool = False) -> LanguageModel:  # fmt: skip
    """The model at an address; what it answers is kept in the workspace's ledger. `masked` personal data is never sent.

    `anew`: what it answered before is asked again.
    """
    http = Http(settings, find_key(settings, root), offline=OFFLINE in os.environ)
    kept = Ledger(Endpoint(settings, http, name=name), root / "state" / LEDGER, anew=anew)
    return Masking(kept, masked) if masked else kept


def _tuned(name: str, folder: Path) -> Callable[[], Generator]:
    """Loads what training left, unless it is a memory of the trained questions."""

    def load() -> Generator:
        generator = Generator.of(folder)
        if generator.card.scratch:
            raise ModelUnavailable(f"The model {name} is a small memory of the trained questions: it cannot read a context.",
                                   hint=f"dalil train --model {name} trains the real one; kind: gated asks the memory")  # fmt: skip
        return generator

    return load


def _untuned(name: str, settings: ModelSettings, root: Path) -> Callable[[], Generator]:
    """Loads the model as it comes, from this machine: nothing is fetched for an answer."""

    def load() -> Generator:
        from dalil.language_model.belonging import known_tokens
        from dalil.language_model.loading import load_model, load_tokenizer
        from dalil.language_model.precision import half_or_full
        from dalil.language_model.templates import find_template

        source = place_of(settings.model_name_or_path, root)
        tokenizer = load_tokenizer(source, offline=True)
        template = find_template(settings.template, bool(tokenizer.chat_template))
        model = load_model(source, settings.quantization, dtype=half_or_full(), offline=True).eval()
        known_tokens(tokenizer, model, source)
        card = ModelCard(name, source, template.name, template.text, settings.system_prompt,
                         settings.decoding.model_dump(), [])  # fmt: skip
        return Generator(model, tokenizer, card)

    return load
