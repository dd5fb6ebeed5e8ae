"""A question as the corpus reads it: its content stems, how rare each is, and how much of it no document knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dalil.language import stem, stems
from dalil.language.analysis import function_words
from dalil.lexicon.saying import said_for
from dalil.records import Language


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """A question's content stems with their weights (inverse document frequency); `rarest`: that of a word never seen.

    `same`: what else documents say for a word (of Darija, or in their other language), by the stems that stand for it among the
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
    weights: dict[str, float] = {}
    same: dict[str, tuple[str, ...]] = {}
    unknown = across = 0.0
    for word in asked[:200]:
        others = [other for way in said.words[word] for other in way if other not in ignored]
        own = [stem(word, language) for language in languages]
        forms = [*own, *(stem(other, language) for other in others for language in languages)]
        known = [form for form in forms if knows(form)]
        as_asked = said.spoken is not None and bool(known) and known[0] in own
        form = min(known, key=idf) if known and others and not as_asked else (known or forms)[0]
        weights[form] = idf(form)
        unknown += 0.0 if known else weights[form]
        across += weights[form] if known and said.spoken is not None and not as_asked else 0.0
        beside = {other for other in known if others and other != form and other not in weights}
        same |= {other: tuple(dict.fromkeys((*same.get(other, ()), form))) for other in beside}
    return QueryTerms(weights, unknown, idf("") or 1.0, same, said.spoken, across)
