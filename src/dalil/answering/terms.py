"""A question as the corpus reads it: its content stems, how rare each is, and how much of it no document knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dalil.language import stem, words
from dalil.language.analysis import function_words
from dalil.records import Language


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """A question's content stems with their weights (inverse document frequency); `rarest`: that of a word never seen."""

    weights: dict[str, float]
    unknown: float
    rarest: float

    @property
    def total(self) -> float:
        return sum(self.weights.values()) or 1.0


def query_terms(text: str, languages: Sequence[Language], idf: Callable[[str], float],
                knows: Callable[[str], bool]) -> QueryTerms:  # fmt: skip
    """Each content word once, under the language in which the corpus knows it; `unknown`: the weight of the others."""
    ignored = set[str]().union(*(function_words(language) for language in languages))
    asked = [word for word in dict.fromkeys(words(text)) if word not in ignored] or words(text)
    weights: dict[str, float] = {}
    unknown = 0.0
    for word in asked[:200]:
        forms = [stem(word, language) for language in languages]
        known = [form for form in forms if knows(form)]
        form = known[0] if known else forms[0]
        weights[form] = idf(form)
        unknown += 0.0 if known else weights[form]
    return QueryTerms(weights, unknown, idf("") or 1.0)
