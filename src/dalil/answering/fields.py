"""Which field of a record a question asks for, from the lexicon's cues and the field's own name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dalil.language import stems
from dalil.lexicon import Concept, Lexicon

Cue = tuple[str, ...]
OWN_NAME, FIELD_NAME, CUE, WEAK = 1.6, 1.3, 1.0, 0.35
MISSING = 0.75
"""A concept that the catalogue has no field for must be asked for more clearly than one it has."""


@dataclass(frozen=True, slots=True)
class FieldGuess:
    """A field with its score; `margin` is the lead over the next (0–1), `cues` the stems that spoke for it.

    `held` is False where the question asks for something that the lexicon knows and this catalogue has no field for.
    """

    name: str
    concept: Concept
    score: float
    margin: float
    cues: frozenset[str]
    held: bool = True

    @property
    def weak(self) -> bool:
        """Whether nothing but weak cues spoke ("qui …?"): not enough beside words that say something else."""
        return bool(self.cues) and self.score < CUE / 2


class FieldGuesser:
    """Scores the fields of one source against a question's stems, beside the concepts that the source lacks.

    A missing concept of a kind that the source has ("who": a group where there are no actors) does not stand aside.
    """

    def __init__(self, field_names: Sequence[str], lexicon: Lexicon) -> None:
        self._concepts = {name: lexicon.concept_of(name) for name in field_names}
        present = {concept.name for concept in self._concepts.values()}
        kinds = {concept.kind for concept in self._concepts.values()} - {"other"}
        self._missing = {f"?{c.name}": c for c in lexicon.concepts if c.name not in present and c.kind not in kinds}
        own = {name: tuple(stems(name, lexicon.language)) for name in field_names}
        others = set(own.values())
        self._weights = {name: _weights(c, own[name], others - {own[name]}) for name, c in self._concepts.items()}
        self._weights |= {name: _weights(c, (), others) for name, c in self._missing.items()}
        self._users = Counter(cue for name in self._concepts for cue in self._weights[name])
        self._cues = {cue[0] for weights in self._weights.values() for cue in weights if len(cue) == 1}
        self._begun = {name: _by_first(weights) for name, weights in self._weights.items()}
        self._firsts = _by_letter({first for begun in self._begun.values() for first in begun})

    def concept(self, field_name: str) -> Concept:
        return self._concepts[field_name]

    def guess(self, asked: Sequence[str]) -> FieldGuess | None:
        """What the question's stems ask for, or None where nothing speaks for any field."""
        firsts = self._firsts_in(asked)
        scored = [
            (*self._score(name, asked, firsts), name) for name in self._weights if self._concept(name).name != "name"
        ]
        scored = sorted((item for item in scored if item[0] > 0), key=lambda item: (-item[0], item[2]))
        asked_for = {self._concept(name).name for score, _, name in scored if score >= CUE / 2}
        scored = [item for item in scored if not asked_for & set(self._concept(item[2]).yields)]
        if not scored:
            return None
        score, spoke, name = scored[0]
        margin = (score - (scored[1][0] if len(scored) > 1 else 0.0)) / score
        return FieldGuess(name, self._concept(name), score, margin, frozenset(spoke), name in self._concepts)

    def definition(self) -> FieldGuess | None:
        """The field that says what a record is, where there is one."""
        found = next((name for name, concept in self._concepts.items() if concept.name == "definition"), None)
        return FieldGuess(found, self._concepts[found], 0.2, 0.5, frozenset()) if found else None

    def _concept(self, name: str) -> Concept:
        return self._concepts.get(name) or self._missing[name]

    def score_of(self, name: str, asked: Sequence[str]) -> float:
        """How strongly the stems ask for this one field (0: not at all)."""
        return self._score(name, asked, self._firsts_in(asked))[0]

    def cues_of(self, name: str) -> frozenset[str]:
        """Every stem that can speak for the field."""
        return frozenset(part for cue in self._weights[name] for part in cue)

    def _firsts_in(self, asked: Iterable[str]) -> set[str]:
        """The first words of cues that one of the question's words may be: few cues are worth a closer look."""
        return {
            first for word in set(asked) for first in self._firsts.get(word[:1], ()) if _alike(first, word, self._cues)
        }

    def _score(self, name: str, asked: Sequence[str], firsts: Iterable[str]) -> tuple[float, tuple[str, ...]]:
        """Best cues first, each word counted once; longer cues and those that fewer fields share weigh more."""
        share = 1.0 if name in self._concepts else MISSING
        found: list[tuple[float, int, int]] = []
        begun = self._begun[name]
        for cue, weight in (item for first in firsts for item in begun.get(first, ())):
            start, closeness = _place(cue, asked, self._cues)
            if closeness:
                value = share * weight * closeness * len(cue) ** 1.3 / max(1, self._users[cue]) ** 0.5
                found.append((value, start, start + len(cue)))
        total, spoke, taken = 0.0, list[str](), set[int]()
        for value, start, end in sorted(found, reverse=True):
            if not taken & set(range(start, end)):
                taken |= set(range(start, end))
                total += value
                spoke += asked[start:end]
        return total, tuple(spoke)


def _weights(concept: Concept, own: Cue, others: Collection[Cue]) -> dict[Cue, float]:
    """Cue → weight; the own name of another field speaks for that field alone."""
    weights = dict.fromkeys(concept.weak, WEAK) | dict.fromkeys(concept.cues, CUE)
    weights |= dict.fromkeys(concept.fields, FIELD_NAME)
    return {cue: weight for cue, weight in (weights | {own: OWN_NAME}).items() if cue and cue not in others}


def _by_first(weights: Mapping[Cue, float]) -> dict[str, list[tuple[Cue, float]]]:
    """The cues with their weights, by their first word."""
    found: dict[str, list[tuple[Cue, float]]] = defaultdict(list)
    for cue, weight in weights.items():
        found[cue[0]].append((cue, weight))
    return dict(found)


def _by_letter(firsts: Iterable[str]) -> dict[str, list[str]]:
    """Words by their first letter, which a slip leaves as it is."""
    found: dict[str, list[str]] = defaultdict(list)
    for first in sorted(firsts):
        found[first[:1]].append(first)
    return dict(found)


def _place(cue: Cue, asked: Sequence[str], exact: Collection[str]) -> tuple[int, float]:
    """Where the cue's stems stand in a row, and how closely: 1, or 0.8 with a typing error; (0, 0.0) where nowhere."""
    best = (0, 0.0)
    for start in range(len(asked) - len(cue) + 1):
        closeness = min(_alike(a, b, exact) for a, b in zip(cue, asked[start : start + len(cue)], strict=True))
        if closeness > best[1]:
            best = (start, closeness)
    return best


def _alike(known: str, asked: str, exact: Collection[str]) -> float:
    if known == asked:
        return 1.0
    if asked in exact:
        return 0.0
    if len(known) < 5 or len(asked) < 4 or known[0] != asked[0]:
        return 0.0
    from rapidfuzz.distance import OSA

    return 0.8 if OSA.distance(known, asked, score_cutoff=1) <= 1 else 0.0
