"""What a question asks of each lexical leg: its words by their forms, and what documents in another language say for them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from dalil.language import words
from dalil.language.grams import gram_terms
from dalil.lexicon.saying import Said, said_for
from dalil.lexicon.saying import Ways as SaidWays
from dalil.records import Language
from dalil.retrieval.lexical import LEGS, content_of, distinct, stems_by_word

Ways = list[list[str]]


@dataclass(frozen=True, slots=True)
class Sought:
    """`words`: each by its forms, which all count. `meanings`: for each word of Darija the ways to say it, as terms, of
    which the best counts: a document says it in one language. `across`: for words of a question in a language of the documents
    the ways in which those of the other say it, behind the word itself, which stands among `words` too; `kept`: those
    of `words` that have no such way."""

    words: list[list[str]]
    meanings: list[Ways] = field(default_factory=list)
    across: list[Ways] = field(default_factory=list)
    kept: list[list[str]] = field(default_factory=list)
    spoken: Language | None = None


def sought(text: str, languages: Sequence[Language]) -> dict[str, Sought]:
    """What each lexical leg is asked for."""
    said = said_for(text, languages)
    if said.spoken is not None:
        return _sought_across(said, said.spoken, languages)
    plain = [word for word, others in said.words.items() if not others]
    meant = [((word,), *others) for word, others in said.words.items() if others]
    telling = plain if not meant else content_of(plain, languages)
    return {leg: Sought(_forms(leg, telling if leg == "stems" else plain, languages),
                        [[_terms(leg, way, languages) for way in ways] for ways in meant]) for leg in LEGS}  # fmt: skip


def _sought_across(said: Said, spoken: Language, languages: Sequence[Language]) -> dict[str, Sought]:
    """The question's own words as ever, and beside them what the other language says for them."""
    every = list(said.words)
    kept = [word for word, others in said.words.items() if not others]
    terms: dict[SaidWays, list[str]] = {}
    for word, others in said.words.items():
        if others:  # words of one term ("permis de conduire") say one thing, and weigh together
            terms.setdefault(others, []).append(word)
    meant = [(tuple(own), *others) for others, own in terms.items()]
    return {
        leg: Sought(
            _forms(leg, every, languages), [], [[_terms(leg, way, languages) for way in ways] for ways in meant],
            _forms(leg, content_of(kept, languages), languages) if meant and kept else [], spoken,
        )
        for leg in LEGS
    }  # fmt: skip


def _forms(leg: str, asked: Sequence[str], languages: Sequence[Language]) -> list[list[str]]:
    """Words as one leg reads them, each by its forms."""
    if leg == "stems":
        return stems_by_word(asked, languages)
    return [[term] for term in (dict.fromkeys(gram_terms(asked).split()) if leg == "grams" else asked)]


def _terms(leg: str, way: Sequence[str], languages: Sequence[Language]) -> list[str]:
    """A few words that mean one thing as one leg reads them."""
    if leg == "stems":
        return stems_of(way, languages)
    return gram_terms(way).split() if leg == "grams" else list(way)


def stems_of(way: Sequence[str], languages: Sequence[Language]) -> list[str]:
    """The stems of a few words that mean one thing, under every language."""
    return distinct(stems_by_word(way, languages))


def words_seen(leg: str, text: str, there: Set[str], languages: Sequence[Language], least: float) -> list[str]:
    """The question's words of which a passage holds so much (of their 4-grams at least this share), in one way or another."""
    counted = content_of(list(dict.fromkeys(words(text))), languages) or words(text)
    seen: list[str] = []
    for word, others in said_for(text, languages).words.items():
        ways = ((word,), *others)
        if leg == "grams":
            found = any(_share(gram_terms(way).split(), there) >= least for way in ways)
        elif leg == "stems":
            found = (word in counted or bool(others)) and any(
                not there.isdisjoint(stems_of(w, languages)) for w in ways
            )
        else:
            found = any(not there.isdisjoint(way) for way in ways)
        seen += [word] if found else []
    return seen


def _share(terms: Sequence[str], there: Set[str]) -> float:
    return sum(term in there for term in terms) / len(terms) if terms else 0.0
