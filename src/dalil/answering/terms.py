"""A question as the corpus reads it: its content stems, how rare each is, and how much of it no document knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dalil.language import identify, stem, stems
from dalil.language.analysis import function_words
from dalil.lexicon.saying import said_for
from dalil.lexicon.synonyms import said_alike
from dalil.records import Language


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """A question's content stems with their weights (inverse document frequency); `rarest`: that of a word never seen.

    `same`: what else documents say for a word (of Darija, in their other language, or by a synonym), by the stems that stand for it among the
    weights (one word may say two of the question's). `spoken`: the question's language, where it is one
    of two that it can be said in; `across`: the weight of the words that only documents in the other know."""

    weights: dict[str, float]
    unknown: float
    rarest: float
    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spoken: Language | None = None
    across: float = 0.0

    def seen(self, found: Iterable[str]) -> list[str]:
        """Stems, those of one meaning as those that are weighed."""
        return [one for stem in found for one in self.same.get(stem, (stem,))] if self.same else list(found)

    def stems_of(self, text: str, language: str) -> list[str]:
        """The stems of a text as they are weighed here."""
        return self.seen(stems(text, language))

    def unknown_in(self, language: str) -> float:
        """The weight of the words that no document in a language knows."""
        return self.unknown + (self.across if language == self.spoken else 0.0)

    @property
    def total(self) -> float:
        return sum(self.weights.values()) or 1.0


def query_terms(text: str, languages: Sequence[Language], idf: Callable[[str], float],
                knows: Callable[[str], bool]) -> QueryTerms:  # fmt: skip
    """Each content word once, under the language in which the corpus knows it; `unknown`: the weight of the others."""
    ignored = set[str]().union(*(function_words(language) for language in languages))
    said = said_for(text, languages)
    asked = [word for word in said.words if word not in ignored] or list(said.words)
    spoken = identify(text, languages)
    weights: dict[str, float] = {}
    same: dict[str, tuple[str, ...]] = {}
    unknown = across = 0.0
    for word in asked[:200]:
        own, near = [stem(word, language) for language in languages], said_alike(word, spoken)
        far = [
            stem(other, one) for way in said.words[word] for other in way if other not in ignored for one in languages
        ]
        known = [form for form in (*own, *near, *far) if knows(form)]
        form = _standing_for(own, known, idf, first=not far or said.spoken is not None)
        weights[form] = idf(form)
        unknown += 0.0 if known else weights[form]
        across += weights[form] if said.spoken is not None and known and known[0] not in (*own, *near) else 0.0
        beside = {other for other in known if (near or far) and other != form and other not in weights}
        same |= {other: tuple(dict.fromkeys((*same.get(other, ()), form))) for other in beside}
    return QueryTerms(weights, unknown, idf("") or 1.0, same, said.spoken, across)


def _standing_for(own: Sequence[str], known: Sequence[str], idf: Callable[[str], float], *, first: bool) -> str:
    """The stem that stands for a word: itself `first`, where the corpus knows it; else the commonest of what says the same."""
    if not known:
        return own[0]
    return known[0] if first and known[0] in own else min(known, key=idf)
