"""Near questions about texts that have no answer: what only another text speaks of, a step too many, a text that is not there.

Each is a question that dalil asks of a real fact, moved to where the fact provably is not: of what it is about no word,
nor its stem, stands anywhere in the text that is asked. What a text could say in other words is not moved: headings, fields
of a known meaning ("administration"), and whatever several texts speak of.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest
from sys import intern

import numpy as np

from dalil.dataset.fields import name_key
from dalil.dataset.sections import AskedText, question_of
from dalil.dataset.text_facts import TextFact
from dalil.dataset.unanswerable import (
    ABSENT_STEP,
    ABSENT_TOPIC,
    ALONE_PREFIXES,
    INVENTED_TEXT,
    MOST_INVENTED,
    invented_names,
    unanswerable,
)
from dalil.dataset.wordings import HELD_OUT, families, load_wordings
from dalil.language import content_words, fold, folded, stem
from dalil.lexicon import load_lexicon
from dalil.lexicon.synonyms import said_alike
from dalil.records import Example, Language, content_id

_NAMED_BY = ("row", "label", "term", "subject", "topic")
"""The first of these that a fact has says what it is about; the others only say where it stands."""
_MOVED = frozenset({"definition", "value_of_label", "row", "cell", "value", "procedure"})
_WITHOUT_TEXT = _MOVED | {"section", "list"}
_MOST_TRIED, _REMEMBERED = 20, 100
_FEWEST_LETTERS = 4
_TOPIC_SHARE, _STEP_SHARE = 0.5, 0.2
_PAST_THE_END = 2
"""So many steps behind the last: one that the reader of a PDF missed is not taken for one that is not there."""


_Place = tuple[int, int]
"""Of a fact: the number of its text, and its own in that text."""


@dataclass
class TextNegatives:
    """Writes the near negatives of texts. `names`: those of all documents, folded; `count`: trained wordings a question, beside
    the held-out one. `texts` may lie on disk: they are passed once or twice, and then read one at a time."""

    texts: Sequence[AskedText]
    names: Collection[str]
    count: int
    vocabulary: Collection[str]

    def __post_init__(self) -> None:
        self._held = lru_cache(maxsize=_REMEMBERED)(self._held_by)
        self._languages: list[Language] = []
        self._kinds: list[list[str]] = []
        self._of_language: dict[Language, list[int]] = defaultdict(list)
        for number, text in enumerate(self.texts):
            self._languages.append(text.document.language)
            self._kinds.append([intern(fact.kind) for fact in text.facts])
            self._of_language[text.document.language].append(number)

    def examples(self, number: int, seed: int) -> Iterator[Example]:
        """About `number` of them: half absent topics, a fifth steps too many; invented texts take over what is lacking."""
        unit = self.count + 1
        places = self._in_turn()
        written = 0
        topics = self._absent_topics(places, round(_TOPIC_SHARE * number) // unit)
        steps = self._absent_steps(round(_STEP_SHARE * number) // unit)
        for example in chain(topics, steps):
            written += 1
            yield example
        yield from self._invented(places, number - written, seed)

    def _in_turn(self) -> list[_Place]:
        """Every fact: each kind's first before any kind's second, and each text's before any text's next."""
        queues: dict[str, list[_Place]] = defaultdict(list)
        for turn in range(max(map(len, self._kinds), default=0)):
            for number, kinds in enumerate(self._kinds):
                if turn < len(kinds):
                    queues[kinds[turn]].append((number, turn))
        return [place for turn in zip_longest(*queues.values()) for place in turn if place is not None]

    def _absent_topics(self, places: Sequence[_Place], number: int) -> Iterator[Example]:
        """Facts of one text asked of another one of its language that holds no word of what they are about."""
        asked = set[tuple[str, str]]()
        shared = self._told_twice()
        for turn, (source, which) in enumerate(places):
            if len(asked) == number:
                break
            if self._kinds[source][which] not in _MOVED:
                continue
            fact = self.texts[source].facts[which]
            about = about_of(fact)
            asked_of = " ".join(_asked_of(fact))
            known = load_lexicon(self._languages[source]).concept_of(about)
            if not known.name.startswith("field:") or hash(name_key(about)) in shared:
                continue
            for target in self._others(source, turn):
                path, _, _ = self._held(target)
                key = (path, fold(about))
                if key not in asked and self._is_silent_on(target, about) and self._says_none_of(target, asked_of):
                    asked.add(key)
                    yield from self._moved(self.texts[target], fact, ABSENT_TOPIC)
                    break

    def _told_twice(self) -> frozenset[int]:
        """The hashes of what facts of several texts are about."""
        hashes, numbers = array("q"), array("q")
        for number, text in enumerate(self.texts):
            of_text = {hash(name_key(about_of(fact))) for fact in text.facts}
            hashes.extend(of_text)
            numbers.extend([number] * len(of_text))
        found, counts = np.unique(np.asarray(hashes), return_counts=True)
        return frozenset(found[counts > 1].tolist())

    def _others(self, source: int, turn: int) -> Iterator[int]:
        """Some other texts of the source's language, from another one on each turn."""
        same = self._of_language[self._languages[source]]
        own, others = bisect_left(same, source), len(same) - 1
        for i in range(min(_MOST_TRIED, others)):
            place = (turn + i) % others
            yield same[place if place < own else place + 1]

    def _is_silent_on(self, target: int, about: str) -> bool:
        """Whether no content word of `about` stands in the text or in its name: neither its stem, nor a long one's letters.

        Nor a word that says about the same ("guarantee" where the warranty is asked for).
        """
        _, stems, text = self._held(target)
        language = self._languages[target]
        words = content_words(about, language)
        asked = [stem(word, language) for word in words]
        telling = [word for word in asked if len(word) >= _FEWEST_LETTERS and word.isalpha()]
        alike = {other for word in words for other in said_alike(word, language)}
        return bool(telling) and stems.isdisjoint({*asked, *alike}) and not any(word in text for word in telling)

    def _says_none_of(self, target: int, heading: str) -> bool:
        """Whether a text speaks of nothing under such a heading: where it does, what it says there may hold for the case asked."""
        _, stems, _ = self._held(target)
        language = self._languages[target]
        return stems.isdisjoint(stem(word, language) for word in content_words(heading, language))

    def _held_by(self, target: int) -> tuple[str, frozenset[str], str]:
        """A text's path, the stems of it with its name, and its letters."""
        document = self.texts[target].document
        whole = f"{document.name}\n{document.text}"
        held = frozenset(stem(word, document.language) for word in content_words(whole, document.language))
        return document.path, held, folded(whole)

    def _absent_steps(self, number: int) -> Iterator[Example]:
        """Steps behind the last one of a procedure."""
        ends: list[tuple[str, int, int]] = []
        for place, text in enumerate(self.texts):
            last = {about_of(fact): which for which, fact in enumerate(text.facts) if fact.kind == "step"}
            ends += ((content_id("past", text.document.path, about), place, which) for about, which in last.items())
        for key, place, which in sorted(ends, key=lambda end: end[0])[:number]:
            text = self.texts[place]
            fact = text.facts[which]
            past = fact.of + _PAST_THE_END + int(key, 16) % 2
            yield from self._moved(text, TextFact("step", (*fact.asked[:1], ("number", str(past))), ()), ABSENT_STEP)

    def _moved(self, text: AskedText, fact: TextFact, kind: str) -> Iterator[Example]:
        """A fact that the text does not hold, asked of it in every wording."""
        document = text.document
        for family in families(self.count):
            question = question_of(text, fact, family)
            yield unanswerable(question, kind, document.language, family, documents=(document.path,))

    def _invented(self, places: Sequence[_Place], number: int, seed: int) -> Iterator[Example]:
        """Facts asked of texts that do not exist, each language in its share and with names of its own letters."""
        by_language: dict[Language, list[_Place]] = defaultdict(list)
        for text, which in places:
            if self._kinds[text][which] in _WITHOUT_TEXT:
                by_language[self._languages[text]].append((text, which))
        total = sum(map(len, by_language.values()))
        for language, asked in by_language.items():
            yield from self._of_no_text(language, asked, number * len(asked) / total, seed)

    def _of_no_text(self, language: Language, asked: Sequence[_Place], share: float, seed: int) -> Iterator[Example]:
        """Of two names, one is asked in the trained wordings, one in the held-out."""
        written = load_wordings(language)
        wanted = min(MOST_INVENTED, round(2 * share / (self.count + 1)))
        rng = np.random.default_rng([seed, *language.encode()])
        syllables = written.syllables if written else ()
        names = invented_names(self.names, syllables, wanted, rng, self.vocabulary) if syllables else ()
        for turn, name in enumerate(names):
            place, which = asked[turn // 2 % len(asked)]
            text = self.texts[place]
            fact = text.facts[which]
            for family in families(self.count)[:-1] if turn % 2 else (HELD_OUT,):
                question, group = question_of(text, fact, family, name), f"{ALONE_PREFIXES[0]}{name}"
                yield unanswerable(question, INVENTED_TEXT, language, family, group=group)


def about_of(fact: TextFact) -> str:
    """What a fact is about: the row, label, term or heading that its question names."""
    slots = dict(fact.asked)
    return next((slots[name] for name in _NAMED_BY if name in slots), "")


def _asked_of(fact: TextFact) -> list[str]:
    """The heading that a row's question asks for, beside the row."""
    return [text for name, text in fact.asked if fact.kind == "row" and name in _NAMED_BY and text != about_of(fact)]
