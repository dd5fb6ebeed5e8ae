"""How to do what a section is called ("Comment renouveler la carte nationale ?"): how that section of the named text begins.

The headings say what is asked, so no sentence below them need say it, and confidence in a quoted sentence would be low.
"""

from __future__ import annotations

from collections.abc import Callable

from dalil.answering.meant import Within
from dalil.answering.named_text import named_text
from dalil.answering.only_value import LOOKED_THROUGH
from dalil.answering.proof import Looked, opening_span
from dalil.answering.proposal import Proposal, cite_span


def named_section(looked: Looked, within: Within, is_record: Callable[[str], bool]) -> Proposal | None:
    """The beginning of the section whose headings say all that the question says beside the text's name; the widest of
    several that stand in each other. None where the name says all, or no heading does; and of a text in another language than
    the question's where passages of another come first, for one word may stand for a whole term there ("بطاقة": carte grise)."""
    terms = looked.terms
    named = named_text(looked, terms.topic, is_record) if terms.value is None else None
    if named is None or named.several or not named.beside:
        return None
    if looked.hits[0].passage.document != named.path and named.hits[0].passage.language != terms.spoken:
        return None
    passages = sorted((hit.passage for hit in within(named.path, LOOKED_THROUGH)), key=lambda one: one.ordinal)
    below = [
        one for one in passages
        if named.beside <= set(terms.stems_of(" ".join(one.heading[1:]), one.language)) and one.text.strip()
    ]  # fmt: skip
    if not below:
        return None
    first = min(below, key=lambda one: (len(one.heading), one.ordinal))
    citation = cite_span(first, *opening_span(first, terms))
    return Proposal("field", citation.quote, (citation,), features=named.features(), nearest=tuple(looked.hits[:3]))
