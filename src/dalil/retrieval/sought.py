"""What a question asks of each lexical leg: its words by their forms, and what documents say for its words of Darija."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from dalil.language import words
from dalil.lexicon.darija import said_for
from dalil.records import Language
from dalil.retrieval.lexical import content_of, distinct, gram_terms, stems_by_word

Ways = list[list[str]]


@dataclass(frozen=True, slots=True)
class Sought:
    """`words`: each by its forms, which all count. `meanings`: for each word of Darija the ways to say it, as terms, of
    which the best counts: a document says it in one language."""

    words: list[list[str]]
    meanings: list[Ways]


def sought(text: str, languages: Sequence[Language]) -> dict[str, Sought]:
    """What each lexical leg is asked for."""
    said = said_for(text, languages)
    plain = [word for word, others in said.items() if not others]
    meant = [((word,), *others) for word, others in said.items() if others]
    telling = plain if not meant else content_of(plain, languages)
    return {
        "stems": Sought(
            stems_by_word(telling, languages), [[stems_of(way, languages) for way in ways] for ways in meant]
        ),
        "grams": Sought(
            [[gram] for gram in dict.fromkeys(gram_terms(plain).split())],
            [[gram_terms(way).split() for way in ways] for ways in meant],
        ),
        "names": Sought([[word] for word in plain], [[list(way) for way in ways] for ways in meant]),
    }


def stems_of(way: Sequence[str], languages: Sequence[Language]) -> list[str]:
    """The stems of a few words that mean one thing, under every language."""
    return distinct(stems_by_word(way, languages))


def words_seen(leg: str, text: str, there: Set[str], languages: Sequence[Language], least: float) -> list[str]:
    """The question's words of which a passage holds so much (of their 4-grams at least this share), in one way or another."""
    counted = content_of(list(dict.fromkeys(words(text))), languages) or words(text)
    seen: list[str] = []
    for word, others in said_for(text, languages).items():
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
