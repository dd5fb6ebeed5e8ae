"""Approaches by kind. A new one is a class with the Approach protocol and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dalil.answering.asking import OpenModel
from dalil.answering.assistant import Assistant
from dalil.answering.extractive import Extractive
from dalil.answering.gated import Gated
from dalil.answering.knowledge import Knowledge
from dalil.answering.model_alone import ModelAlone, ModelFiles, base_of, tuned_of
from dalil.answering.passage import FirstPassage
from dalil.answering.rag import Rag, ReadingPlan
from dalil.answering.shelves import Best, Everything
from dalil.config import READING_KINDS, ApproachKind, ApproachSettings
from dalil.config_models import ModelSettings
from dalil.errors import WorkError
from dalil.seams import Approach

READERS: dict[str, Callable[..., Approach]] = {"passage": FirstPassage, "extractive": Extractive}


@dataclass(frozen=True)
class Asked:
    """The language model of an approach that asks one over passages, or at an address: its settings, and how it is opened."""

    approach: ApproachSettings
    model: ModelSettings
    open: OpenModel


def make_approach(kind: ApproachKind, name: str, knowledge: Knowledge, model: ModelFiles | None = None,
                  asked: Asked | None = None) -> Approach:  # fmt: skip
    """The approach of that kind, under that name. Raises WorkError where it needs a model that has not been trained."""
    if kind in READERS:
        return READERS[kind](knowledge, name=name)
    if asked is not None:
        return _asking(kind, name, knowledge, asked)
    if model is None:
        raise WorkError(f"The approach {name} needs a trained model, and there is none.", hint="dalil train")
    if kind == "gated":
        return Gated(knowledge, model, name=name)
    load = base_of(model) if kind == "closed-book" else tuned_of(model)
    return ModelAlone(load, knowledge.languages, name=name)


def _asking(kind: ApproachKind, name: str, knowledge: Knowledge, asked: Asked) -> Approach:
    if kind not in READING_KINDS:
        return Assistant(knowledge.languages, asked.open, asked.model, name=name)
    everything = kind == "in-context"
    shelf = Everything(knowledge.searcher) if everything else Best(Extractive(knowledge), asked.approach.passages)
    trained = kind == "rag+fine-tuned" and asked.model.data.context is not None
    plan = ReadingPlan(shelf, asked.model, asked.approach.rewrite, trained, asked.approach.withhold_unsure)
    return Rag(knowledge, asked.open, plan, name=name)
