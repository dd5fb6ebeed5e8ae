"""A question that does no more than name a document: it is answered by how the document begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dalil.answering.meant import Within
from dalil.answering.named_text import named_text
from dalil.answering.proof import READ_HITS, Looked, opening_span
from dalil.answering.proposal import Proposal, cite_span
from dalil.language import words
from dalil.lexicon import load_lexicon
from dalil.lexicon.darija import is_darija
from dalil.records import Language


def only_names(text: str, languages: Sequence[Language]) -> bool:
    """Whether no word of a question asks for anything (where, when, how much, is it). Of Darija that cannot be told."""
    said = tuple(words(text))
    lexicons = [load_lexicon(one) for one in languages]
    asks = any(not one.asks_what.isdisjoint(said) or one.asks_yes_or_no(said) for one in lexicons)
    return not asks and not is_darija(text, languages)


def opening(looked: Looked, within: Within, is_record: Callable[[str], bool]) -> Proposal | None:
    """The first sentences of the text that the question names; None where it says more than a name."""
    named = named_text(looked, looked.terms.weights.keys(), is_record)
    if named is None or named.beside:
        return None
    hits = [*named.hits, *within(named.path, 2 * READ_HITS)]
    first = min((hit.passage for hit in hits), key=lambda passage: passage.ordinal)
    citation = cite_span(first, *opening_span(first, looked.terms))
    return Proposal("field", citation.quote, (citation,), features=named.features(), nearest=tuple(looked.hits[:3]))
