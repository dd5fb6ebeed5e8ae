"""A question in the words of the documents: one in Darija, or in French of Arabic documents, or in Arabic of French ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dalil.language import words
from dalil.language.duals import twos_in_french
from dalil.lexicon.crossing import OTHER, crossed, in_words_across, said_across
from dalil.lexicon.darija import in_words_of, is_darija, said_in_documents
from dalil.records import Language

Ways = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The folded words of a question, each once, with the ways in which documents say it.

    `spoken`: the question's language where documents are written in it too: then a word is first of all itself. None where
    the ways are all that counts (Darija), or there are none."""

    words: dict[str, Ways]
    spoken: Language | None


def said_for(text: str, languages: Sequence[Language]) -> Said:
    """How documents in these languages say a question's words."""
    if is_darija(text, languages):
        return Said(said_in_documents(text), None)
    spoken = crossed(text, tuple(languages))
    if spoken is None:
        return Said(dict.fromkeys(words(text), ()), None)
    return Said(said_across(text, spoken), spoken)


def as_read_in(text: str, language: str, languages: Sequence[Language], kept: Collection[int] = ()) -> str:
    """A question as documents of one language read it. `kept`: places of words that are a record's whole name, and stay."""
    text = twos_in_french(text) if language == "fr" else text
    if is_darija(text, languages):
        return in_words_of(text, language)
    spoken = crossed(text, tuple(languages))
    return in_words_across(text, spoken, kept) if spoken and OTHER[spoken] == language else text
