"""A question as the corpus reads it: its content stems, how rare each is, and how much of it no document knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dalil.language import identify, stem, stems
from dalil.language.analysis import content_words, function_words
from dalil.lexicon.asked_values import AskedValue, asked_value
from dalil.lexicon.darija import DARIJA, is_darija, is_spelled_by_sound
from dalil.lexicon.everyday import is_everyday
from dalil.lexicon.proper import begun_with_capital, written_as_names
from dalil.lexicon.saying import Ways, said_for
from dalil.lexicon.synonyms import said_alike
from dalil.records import Language

EVERYDAY, EVERYDAY_UNKNOWN = 0.5, 0.15
"""What people say around a question is hardly looked for; not nothing, for a question may have no other word."""
IN_DARIJA = 0.4
"""Hardly any document is in Darija, so that it lacks a word of a question in it says less."""
DOCUMENTS_OF: Mapping[Language, Language] = {"ary": "ar", "ary-Latn": "fr"}
"""In whose documents who writes Darija reads best: those in the script that he writes."""
_CODE = re.compile(r"([a-z]+)(\d+)[a-z]?")
_LEAST_ALIKE = 4
"""Letters of a stem that may be met by one with one letter more."""
_LEAST_OF_CODE = 2
"""Letters of a code that may stand as a word of its own ("WL 180")."""
WITH_UNIT, WITHOUT_UNIT = 0.6, 0.3
"""An amount with its unit answers though its line says half of the question only; a bare number or year may be another's."""


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """A question's content stems with their weights (inverse document frequency); `rarest`: that of a word never seen.

    `same`: what else documents say for a word (of Darija, in their other language, or by a synonym), by the stems that stand for it among the
    weights (one word may say two of the question's). `spoken`: the question's language, where it is one
    of two that it can be said in; `across`: the weight of the words that only documents in the other know; `value`: the kind of
    value asked for, if one is. `written`: the question's word, folded, by its stem; `proper`: the stems of those that it writes like names, or with digits.
    `everyday`: the folded words that only surround what is asked; `read_best`: the language of documents that who asks reads best; `codes`: words like
    "E55" that no document has; `cut`: the weighed stems by themselves without their last letter."""

    weights: dict[str, float]
    unknown: float
    rarest: float
    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spoken: Language | None = None
    across: float = 0.0
    value: AskedValue | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    proper: frozenset[str] = frozenset()
    everyday: frozenset[str] = frozenset()
    read_best: Language | None = None
    codes: frozenset[str] = frozenset()
    cut: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def seen(self, found: Iterable[str]) -> list[str]:
        """Stems, those of one meaning as those that are weighed."""
        return [one for stem in found for one in self.same.get(stem) or self._alike(stem)]

    def _alike(self, stem: str) -> tuple[str, ...]:
        """The stems that a stem of a text may be another form of: one letter more or less at the end ("suivr", "suiv")."""
        if stem in self.weights or len(stem) < _LEAST_ALIKE:
            return (stem,)
        shorter = (stem[:-1],) if len(stem) > _LEAST_ALIKE and stem[:-1] in self.weights else ()
        return (*self.cut.get(stem, ()), *shorter) or (stem,)

    def stems_of(self, text: str, language: str) -> list[str]:
        """The stems of a text as they are weighed here."""
        return self.seen(stems(text, language))

    def content_of(self, text: str, language: str) -> list[str]:
        """The same without function words, which are not weighed."""
        return self.seen([stem(word, language) for word in content_words(text, language)])

    def unknown_in(self, language: str) -> float:
        """The weight of the words that no document in a language knows."""
        return self.unknown + (self.across if language == self.spoken else 0.0)

    @property
    def has_unknown(self) -> bool:
        """Whether the question has a word, no everyday one, that no document has."""
        return any(weight >= self.rarest for weight in self.weights.values())

    def value_in(self, text: str) -> bool:
        """Whether the text holds a value of the kind that is asked for, where one is."""
        return self.value is not None and self.value.held_in(text)

    def worth_of_value(self, text: str) -> float:
        """What such a value adds in choosing a sentence, where a sentence that says the whole question has 1."""
        if self.value is None or not self.value.held_in(text):
            return 0.0
        return WITH_UNIT if self.value.has_unit else WITHOUT_UNIT

    def value_apart(self, sentences: Iterable[str], beside: str, language: str) -> float:
        """How much of what is asked about the sentences with the asked value leave unsaid (0–1), the best of them; what stands
        `beside` (headings, names) counts half. 0 where none holds it, or no value with a unit is asked for."""
        if self.value is None or not self.value.has_unit:
            return 0.0
        topic = {form: weight for form, weight in self.weights.items() if form in self.topic}
        near = set(self.stems_of(beside, language))
        held = [set(self.stems_of(sentence, language)) for sentence in sentences if self.value_in(sentence)]
        total = sum(topic.values())
        if not held or not total:
            return 0.0
        return 1.0 - max(
            sum(w * (1.0 if form in said else 0.5 if form in near else 0.0) for form, w in topic.items()) / total
            for said in held
        )

    @property
    def topic(self) -> frozenset[str]:
        """The stems that say what the question is about, without those that only ask for a value."""
        asking = self.value.asking if self.value else frozenset()
        return frozenset(form for form, word in self.written.items() if word not in asking | self.everyday)

    @property
    def total(self) -> float:
        return sum(self.weights.values()) or 1.0


def query_terms(text: str, languages: Sequence[Language], idf: Callable[[str], float],
                knows: Callable[[str], bool]) -> QueryTerms:  # fmt: skip
    """Each content word once, under the language in which the corpus knows it; `unknown`: the weight of the others."""
    ignored = set[str]().union(*(function_words(language) for language in languages))
    said, value = said_for(text, languages), asked_value(text)
    ignored |= value.only_asks if value else frozenset()
    asked = [word for word in said.words if word not in ignored] or list(said.words)
    spoken, in_darija = identify(text, languages), is_darija(text, languages)
    everyday = frozenset(word for word in asked if _only_surrounds(word, said.words[word], ignored, languages))
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    same: dict[str, tuple[str, ...]] = {}
    unknown = across = 0.0
    for word in asked[:200]:
        own, near = [stem(word, language) for language in languages], said_alike(word, spoken)
        far = [
            stem(other, one) for way in said.words[word] for other in way if other not in ignored for one in languages
        ]
        known = [form for form in (*own, *near, *far) if knows(form)]
        form = _standing_for(own, known, idf, first=not far or said.spoken is not None)
        weights[form] = idf(form) * _telling(everyday=word in everyday, known=bool(known), in_darija=in_darija)
        written[form] = word
        unknown += 0.0 if known else weights[form]
        across += weights[form] if said.spoken is not None and known and known[0] not in (*own, *near) else 0.0
        beside = {other for other in known if (near or far) and other != form and other not in weights}
        same |= {other: tuple(dict.fromkeys((*same.get(other, ()), form))) for other in beside}
    names = written_as_names(text)
    first, rarest = begun_with_capital(text), idf("") or 1.0
    proper = frozenset(f for f, word in written.items() if word in names or (word == first and weights[f] >= rarest))
    codes = frozenset(word for word in asked if _is_strange_code(word, languages, knows))
    cut: dict[str, tuple[str, ...]] = {}
    for form in weights:
        cut[form[:-1]] = (*cut.get(form[:-1], ()), form)
    read_best = DOCUMENTS_OF.get(spoken, spoken)
    return QueryTerms(weights, unknown, rarest, same, said.spoken, across, value, written, proper, everyday,
                      read_best, codes, cut)  # fmt: skip


def _only_surrounds(word: str, ways: Ways, ignored: Collection[str], languages: Sequence[Language]) -> bool:
    """Whether a word is an everyday one, or is said so in the words of documents ("n9der": "puis-je")."""
    others = [other for way in ways for other in way if other not in ignored]
    return all(is_everyday(other, languages) for other in others or [word])


def _telling(*, everyday: bool, known: bool, in_darija: bool) -> float:
    """How much a word tells, as a share of what one so rare would: everyday words little, the less where no document has them."""
    if everyday:
        return EVERYDAY if known else EVERYDAY_UNKNOWN
    return IN_DARIJA if in_darija and not known else 1.0


def _is_strange_code(word: str, languages: Sequence[Language], knows: Callable[[str], bool]) -> bool:
    """Whether a folded word names a thing by letters and figures ("E55") and stands in no document, in one word or in two;
    not where Darija is asked in and the figure is a letter ("wra9")."""
    found = _CODE.fullmatch(word)
    if found is None or knows(word) or (not set(DARIJA).isdisjoint(languages) and is_spelled_by_sound(word)):
        return False
    return len(found[1]) < _LEAST_OF_CODE or not all(map(knows, found.groups()))


def _standing_for(own: Sequence[str], known: Sequence[str], idf: Callable[[str], float], *, first: bool) -> str:
    """The stem that stands for a word: itself `first`, where the corpus knows it; else the commonest of what says the same."""
    if not known:
        return own[0]
    return known[0] if first and known[0] in own else min(known, key=idf)
