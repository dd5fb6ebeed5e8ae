"""The words of a set of questions, sorted by what noise may do with them: what tells the field, what tells nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dalil.language import fold, tokenise
from dalil.training.rows import TrainingRow

FEW_TOPICS = 0.25
"""A word that tells the topic stands in the questions of at most this share of the topics …"""
OFTEN, SURELY = 0.3, 0.5
"""… and in at least this share of its topic's questions: the field's own name, not one wording's turn of phrase. What stands
in fewer than `SURELY` is a weak sign ("sous" of a licence): it is kept, and strewn into questions of other topics."""
_WORDS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
"""Words with what hangs on them ("est-ce", "trouve-t-on"): strewn nowhere, these would tell a question about a value."""
FEWEST_LETTERS = 4
"""Of a name whose pieces stand in other words."""


def _signs(rows: Sequence[TrainingRow]) -> dict[str, float]:
    """The folded words that tell what is asked, whatever the wording, each with the largest share of a topic's questions that
    it stands in. Under three topics: every word."""
    questions = Counter(row.topic for row in rows)
    topics: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for form in {token.form for token in tokenise(row.question)} - _named_in(row):
            topics[form][row.topic] += 1
    if len(questions) < 3:
        return dict.fromkeys(topics, 1.0)
    most = max(1.0, FEW_TOPICS * len(questions))
    shares = {
        word: max(n / questions[topic] for topic, n in found.items())
        for word, found in topics.items()
        if len(found) <= most
    }
    return {word: share for word, share in shares.items() if share >= OFTEN}


def _named_in(row: TrainingRow) -> set[str]:
    """The folded words of the row's names: "Extended Support Release" must not make "support" a word of every field."""
    return {token.form for name in row.names for token in tokenise(name)}


@dataclass(frozen=True)
class Words:
    """What noise draws from: words that are never dropped, other words for each topic, words of questions and of answers to
    strew in between, and words of names, whose pieces stand in other words too."""

    telling: frozenset[str]
    cues: Mapping[str, tuple[str, ...]]
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    named: tuple[str, ...]


def words_for(rows: Sequence[TrainingRow]) -> Words:
    """The words of these rows: those that tell the topic, and any others of their questions, answers and names. Words that the
    lexicon knows for a field are not strewn: they would be learnt as telling nothing."""
    named = {form for row in rows for form in _named_in(row)}
    spoken = {row.topic: row.cues for row in rows}
    cues = {fold(cue) for some in spoken.values() for cue in some}
    signs = _signs(rows)
    kept = {word for word, share in signs.items() if share >= SURELY} | named | cues

    def others(texts: Iterable[str]) -> tuple[str, ...]:
        found = {word for text in texts for word in _WORDS.findall(text.lower())}
        return tuple(sorted(word for word in found if kept.isdisjoint({fold(word), *(t.form for t in tokenise(word))})))

    return Words(
        frozenset(signs),
        _of_one_topic(spoken),
        others(row.question for row in rows),
        others(row.answer for row in rows),
        tuple(sorted(word for word in named if word.isalpha() and len(word) >= FEWEST_LETTERS)),
    )


def _of_one_topic(spoken: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The cues of each topic that are no other's: "identifiant" asks for neither of two identifiers."""
    topics = Counter(folded for cues in spoken.values() for folded in {fold(cue) for cue in cues})
    return {topic: tuple(cue for cue in cues if topics[fold(cue)] == 1) for topic, cues in spoken.items()}
