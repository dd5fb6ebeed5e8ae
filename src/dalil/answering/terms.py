"""A question as the corpus reads it: its content stems, how rare each is, and how much of it no document knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dalil.language import stem, stems
from dalil.language.analysis import function_words
from dalil.lexicon.darija import said_for
from dalil.records import Language


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """A question's content stems with their weights (inverse document frequency); `rarest`: that of a word never seen.

    `same`: what else documents say for a word of Darija, by the stem that stands for it among the weights."""

    weights: dict[str, float]
    unknown: float
    rarest: float
    same: Mapping[str, str] = field(default_factory=dict)

    def seen(self, found: Iterable[str]) -> list[str]:
        """Stems, those of one meaning as the one that is weighed."""
        return [self.same.get(stem, stem) for stem in found] if self.same else list(found)

    def stems_of(self, text: str, language: str) -> list[str]:
        """The stems of a text as they are weighed here."""
        return self.seen(stems(text, language))

    @property
    def total(self) -> float:
        return sum(self.weights.values()) or 1.0


def query_terms(text: str, languages: Sequence[Language], idf: Callable[[str], float],
                knows: Callable[[str], bool]) -> QueryTerms:  # fmt: skip
    """Each content word once, under the language in which the corpus knows it; `unknown`: the weight of the others."""
    ignored = set[str]().union(*(function_words(language) for language in languages))
    said = said_for(text, languages)
    asked = [word for word in said if word not in ignored] or list(said)
    weights: dict[str, float] = {}
    same: dict[str, str] = {}
    unknown = 0.0
    for word in asked[:200]:
        others = [other for way in said[word] for other in way if other not in ignored]
        forms = [stem(one, language) for one in (word, *others) for language in languages]
        known = [form for form in forms if knows(form)]
        form = min(known, key=idf) if known and others else (known or forms)[0]
        weights[form] = idf(form)
        unknown += 0.0 if known else weights[form]
        same |= {other: form for other in known if others and other != form and other not in weights}
    return QueryTerms(weights, unknown, idf("") or 1.0, same)
