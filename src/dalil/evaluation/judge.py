"""The one place where right is decided.

A typed gold (a field's value, a list, a count, a comparison, yes or no) is right where the answer states it and no other
value of that field. A text is right where it stands in the answer, or where most of a long one does without a false
figure. In a typed answer another value of the field is what a false number is in a text: it makes the answer wrong; so does a
yes or a no said to a question about a value ("Non : 84").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dalil.evaluation.catalogue import Catalogue
from dalil.evaluation.rulings import Ruling, rule, token_recall
from dalil.records import Answer, Citation, Document, Evidence, Example, Outcome


@dataclass(frozen=True, slots=True)
class Judgement:
    """`recall`: share of the gold's words in the answer (0–1); `cites_proof`: None where not answered or no proof known."""

    id: str
    outcome: Outcome
    recall: float
    cites_proof: bool | None
    reason: str


class Judge:
    """Judges answers against examples; knows every value of every field from the documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._catalogue = Catalogue(documents)

    def judge(self, example: Example, answer: Answer) -> Judgement:
        """The outcome of one answer. Raises ValueError where the example has no gold to judge by."""
        if not can_be_judged(example):
            raise ValueError(f"example {example.id} has no gold answer; expected one, or answerable false")
        outcome, reason = self._silent(example, answer) or self._answered(example, answer.answer)
        recall = token_recall(_gold_text(example), answer.answer)
        return Judgement(example.id, outcome, recall, self._cites_proof(example, answer), reason)

    def _silent(self, example: Example, answer: Answer) -> Ruling | None:
        """The ruling where nothing was answered, or nothing could be; None where the text decides.

        A question back to an unanswerable question states nothing false: it counts as rightly silent.
        """
        if answer.status == "failed":
            return "failed", answer.reason or "failed"
        if answer.status == "which_one":
            if example.expects == "which_one":
                return "right", "asked back, as it should"
            if not example.answerable:
                return "rightly_silent", "asked back"
            wanted = {self._catalogue.path(key) for key in example.documents}
            offered = {self._catalogue.path(option.document) for option in answer.options}
            return ("partly", "offers the record") if wanted & offered else ("wrongly_silent", "asked back")
        if answer.status == "abstained" or not answer.answer.strip():
            return ("wrongly_silent" if example.answerable else "rightly_silent"), "silent"
        if not example.answerable:
            return "wrong", "no answer exists"
        return None

    def _answered(self, example: Example, text: str) -> Ruling:
        if not _gold_text(example):
            return "wrong", "should have asked back"
        return rule(self._catalogue.read(example), example, text)

    def _cites_proof(self, example: Example, answer: Answer) -> bool | None:
        """Whether a citation overlaps the proof; where only the document (and page) of the proof is known, lies in it."""
        evidence = example.evidence or tuple(Evidence(document, 0, 0) for document in example.documents)
        if answer.status != "answered" or not answer.answer.strip() or not example.answerable or not evidence:
            return None
        page = None if example.evidence else example.page
        return any(self._overlap(proof, cited, page) for proof in evidence for cited in answer.citations)

    def _overlap(self, proof: Evidence, cited: Citation, page: int | None) -> bool:
        if self._catalogue.path(proof.document) != self._catalogue.path(cited.document):
            return False
        if proof.end <= proof.start:
            return page is None or cited.page is None or cited.page == page
        return cited.start < proof.end and proof.start < cited.end


def can_be_judged(example: Example) -> bool:
    """Whether there is something to judge by: a gold, or that none exists, or that a question back is expected."""
    return not example.answerable or example.expects == "which_one" or bool(_gold_text(example))


def _gold_text(example: Example) -> str:
    return example.answer.strip() or " ; ".join(example.values)
