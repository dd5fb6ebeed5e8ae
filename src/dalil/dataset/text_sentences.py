"""Definitions and values in sentences: a subject with its article, a verb, then what it is or how much.

The verbs, the articles and the units of each language are data (`wordings/texts.*.yaml`). A sentence that begins
otherwise (with a pronoun, a condition) is passed over: what it speaks of cannot be named without the sentence before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dalil.dataset.text_wordings import TextWordings
from dalil.language import content_words, fold, sentence_spans, words

_MOST_SUBJECT_WORDS, _MOST_REST_WORDS, _FEWEST_DEFINING_WORDS = 10, 30, 4
_MARKS = re.compile(r"[,;:،؛|()]|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class SpokenFact:
    """A fact in a sentence; the span is in offsets of the text that was given."""

    kind: str
    asked: tuple[tuple[str, str], ...]
    start: int
    end: int


def spoken_facts(text: str, wordings: TextWordings) -> list[SpokenFact]:
    """At most one fact a sentence."""
    found = (_fact(text, start, end, wordings) for start, end in sentence_spans(text))
    return [fact for fact in found if fact is not None]


def _fact(text: str, start: int, end: int, wordings: TextWordings) -> SpokenFact | None:
    sentence = text[start:end].rstrip(" .")
    if not sentence or text[start:end].rstrip()[-1:] not in ".!…":
        return None
    for verb in wordings.verbs:
        at = verb.pattern.search(sentence)
        if at is None:
            continue
        subject, rest = sentence[: at.start()].strip(), sentence[at.end() :].strip()
        if not _is_subject(subject, wordings) or not 0 < len(words(rest)) <= _MOST_REST_WORDS:
            return None
        if verb.asks_value and _says_how_much(rest, wordings):
            asked = (("subject", _lowered(subject, wordings)), ("ask", verb.asked_with(at.group())))
            first = start + at.end() + len(sentence[at.end() :]) - len(sentence[at.end() :].lstrip())
            return SpokenFact("value", asked, first, start + len(sentence))
        if verb.defines and _says_what(rest, wordings):
            return SpokenFact("definition", (("term", _lowered(subject, wordings)),), start, end)
        return None
    return None


def _is_subject(subject: str, wordings: TextWordings) -> bool:
    """A noun phrase that says by itself what it is: an article or a name first, no mark, no relative clause."""
    found = words(subject)
    if not 0 < len(found) <= _MOST_SUBJECT_WORDS or _MARKS.search(subject) or set(found) & wordings.not_in_subject:
        return False
    begins = wordings.article.match(subject) is not None
    return begins and bool(content_words(wordings.article.sub("", subject), wordings.language))


def _lowered(subject: str, wordings: TextWordings) -> str:
    """The subject as it stands inside a sentence: its article small, everything else as it is written."""
    found = wordings.article.match(subject)
    return found.group().lower() + subject[found.end() :] if found else subject


def _says_how_much(rest: str, wordings: TextWordings) -> bool:
    """A figure with a unit first, or behind "about", "at most" and the like."""
    near = wordings.about.sub("", rest).split()[:3]
    if not near or not near[0][:1].isdigit():
        return False
    behind = [fold(word.strip(".,;()")) for word in near]
    return any(unit.lstrip("0123456789.,") in wordings.units for unit in behind)


def _says_what(rest: str, wordings: TextWordings) -> bool:
    found = words(rest)
    return len(found) >= _FEWEST_DEFINING_WORDS and wordings.kind_of.match(rest) is not None
