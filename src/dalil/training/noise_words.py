"""The words of a set of questions, sorted by what noise may do with them: what tells the field, what tells nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from dalil.language import content_words, fold, stem, tokenise
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
    """What noise draws from: words that are never dropped, other words for each topic, words and turns of phrase of questions
    and words of answers to strew in between, and words of names, whose pieces stand in other words too. `titles`: the stems of a
    field's own name, which `other_cues` may stand beside; `own`: the words that surely ask for a topic, which `hints` may stand
    beside. Both would alone ask for another topic."""

    telling: frozenset[str]
    cues: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, frozenset[str]]
    other_cues: Mapping[str, tuple[str, ...]]
    own: Mapping[str, frozenset[str]]
    hints: Mapping[str, tuple[str, ...]]
    asked: tuple[str, ...]
    turns: tuple[tuple[str, ...], ...]
    answered: tuple[str, ...]
    named: tuple[str, ...]


def words_for(rows: Sequence[TrainingRow]) -> Words:
    """The words of these rows: those that tell the topic, and any others of their questions, answers and names. Words that the
    lexicon knows for a field are not strewn: they would be learnt as telling nothing."""
    named = {form for row in rows for form in _named_in(row)}
    of_topics = {row.topic: row for row in rows}.values()
    spoken = {row.topic: row.cues for row in of_topics}
    cues = {fold(cue) for some in spoken.values() for cue in some}
    signs = _signs(rows)
    kept = {word for word, share in signs.items() if share >= SURELY} | named | cues
    turns = sorted({turn for row in rows for turn in _turns(row, kept)})
    titles = {row.topic: _title(row) for row in of_topics}
    return Words(
        frozenset(signs),
        _of_one_topic(spoken),
        titles,
        _of_others(of_topics, {row.topic: row.cues for row in of_topics}, titles),
        {row.topic: frozenset(fold(cue) for cue in {*row.cues} - {*row.hints}) for row in of_topics},
        _of_others(of_topics, {row.topic: row.hints for row in of_topics}, titles),
        _distinct(word for turn in turns for word in turn),
        tuple(turns),
        _distinct(word for row in rows for word in _WORDS.findall(row.answer.lower()) if _strewable(word, kept)),
        tuple(sorted(word for word in named if word.isalpha() and len(word) >= FEWEST_LETTERS)),
    )


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def _strewable(word: str, kept: Container[str]) -> bool:
    return fold(word) not in kept and all(token.form not in kept for token in tokenise(word))


def _turns(row: TrainingRow, kept: Container[str]) -> Iterator[tuple[str, ...]]:
    """The words of the question, as they follow each other, between names, a value and what else must not be strewn."""
    held = "|".join(re.escape(text) for text in (*row.names, row.held) if text)
    for part in re.split(held, row.question, flags=re.IGNORECASE) if held else [row.question]:
        words = _WORDS.findall(part.lower())
        yield from (tuple(run) for strewable, run in groupby(words, lambda word: _strewable(word, kept)) if strewable)


def _title(row: TrainingRow) -> frozenset[str]:
    """The stems of the field's name, the first of its cues."""
    return _stems(row.cues[0], row.language) if row.cues else frozenset()


def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in content_words(text, language))


def _of_others(
    of_topics: Collection[TrainingRow], drawn: Mapping[str, Sequence[str]], titles: Mapping[str, frozenset[str]]
) -> dict[str, tuple[str, ...]]:
    """By topic (a row of each given) what is `drawn` for the other topics, but for what asks for this one too or holds a word of a field's name."""
    named: frozenset[str] = frozenset().union(*titles.values())
    untitled = {
        row.topic: [cue for cue in drawn[row.topic] if named.isdisjoint(_stems(cue, row.language))] for row in of_topics
    }
    return {row.topic: _distinct(cue for topic, some in untitled.items() if topic != row.topic for cue in some
                                 if fold(cue) not in set(map(fold, row.cues))) for row in of_topics}  # fmt: skip


def _of_one_topic(spoken: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The cues of each topic that are no other's: "identifiant" asks for neither of two identifiers."""
    topics = Counter(folded for cues in spoken.values() for folded in {fold(cue) for cue in cues})
    return {topic: tuple(cue for cue in cues if topics[fold(cue)] == 1) for topic, cues in spoken.items()}
