"""How sure a sentence is that a model wrote and a passage bears out: as sure as that proof would be if it were quoted.

The calibration was learnt from quoted proofs, for a model cannot be asked hundreds of questions at every run. So the
threshold of a path keeps a model to what `extractive` would dare to say of the same passage, whatever the model is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dalil.answering.abstention import Calibration
from dalil.answering.extractive import Extractive
from dalil.answering.proof import Looked, best_window
from dalil.answering.proposal import Path, Proposal
from dalil.answering.support import Proof
from dalil.records import Citation, Hit, Language, Question


@dataclass(frozen=True)
class Sureness:
    """Of the sentences that answer one question. Nothing is looked up before a sentence asks."""

    question: Question
    language: Language
    extractive: Extractive
    calibration: Calibration

    def of(self, proof: Proof) -> tuple[float, bool]:
        """Confidence 0–1 of a sentence with that proof, and whether its path's threshold lets it be said."""
        path, features = self._signals(proof)
        confidence = self.calibration.confidence(path, features)
        withheld = self._proposed.withheld and self._is_proposed(proof)
        return confidence, not withheld and self.calibration.allows(path, confidence, self.language)

    def _signals(self, proof: Proof) -> tuple[Path, dict[str, float]]:
        """A typed answer's own, where it stands on the same place; else those of the passage that was cited."""
        if self._is_proposed(proof):
            return self._proposed.path, self._proposed.features
        passage = proof.passage
        hit = next((hit for hit in self._looked.hits if hit.passage.id == passage.id), Hit(0, passage, 0.0))
        record = self.extractive.is_record(passage.document)
        window = best_window(hit.passage, self._looked.terms, lines=record)
        return "record" if record else "text", self._looked.signals(hit, window)

    def _is_proposed(self, proof: Proof) -> bool:
        """Whether what would be quoted stands on the same place."""
        return any(_overlap(citation, proof.citation) for citation in self._proposed.citations)

    @cached_property
    def _proposed(self) -> Proposal:
        return self.extractive.propose(self.question)

    @cached_property
    def _looked(self) -> Looked:
        return self.extractive.look(self.question)


def _overlap(one: Citation, other: Citation) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end
