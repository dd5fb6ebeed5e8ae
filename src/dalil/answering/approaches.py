"""Approaches by kind. A new one is a class with the Approach protocol and a line here."""

from __future__ import annotations

from collections.abc import Callable

from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.answering.passage import FirstPassage
from dalil.config import ApproachKind
from dalil.seams import Approach

MAKERS: dict[ApproachKind, Callable[..., Approach]] = {"passage": FirstPassage, "extractive": Extractive}


def make_approach(kind: ApproachKind, name: str, knowledge: Knowledge) -> Approach:
    """The approach of that kind, under that name."""
    return MAKERS[kind](knowledge, name=name)
