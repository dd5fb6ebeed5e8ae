"""Approaches by kind. A new one is a class with the Approach protocol and a line here."""

from __future__ import annotations

from collections.abc import Callable

from dalil.answering.extractive import Extractive
from dalil.answering.gated import Gated
from dalil.answering.knowledge import Knowledge
from dalil.answering.model_alone import ModelAlone, ModelFiles, base_of, tuned_of
from dalil.answering.passage import FirstPassage
from dalil.config import ApproachKind
from dalil.errors import WorkError
from dalil.seams import Approach

READERS: dict[str, Callable[..., Approach]] = {"passage": FirstPassage, "extractive": Extractive}


def make_approach(kind: ApproachKind, name: str, knowledge: Knowledge, model: ModelFiles | None = None) -> Approach:
    """The approach of that kind, under that name. Raises WorkError where it needs a model that has not been trained."""
    if kind in READERS:
        return READERS[kind](knowledge, name=name)
    if model is None:
        raise WorkError(f"The approach {name} needs a trained model, and there is none.", hint="dalil train")
    if kind == "gated":
        return Gated(knowledge, model, name=name)
    load = base_of(model) if kind == "closed-book" else tuned_of(model)
    return ModelAlone(load, knowledge.languages, name=name)
