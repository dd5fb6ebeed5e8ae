"""Near questions about texts that have no answer: what only another text speaks of, a step too many, a text that is not there.

Each is a question that dalil asks of a real fact, moved to where the fact provably is not: of what it is about no word,
nor its stem, stands anywhere in the text that is asked. What a text could say in other words is not moved: headings, fields
of a known meaning ("administration"), and whatever several texts speak of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

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
from dalil.language import content_words, fold, stem
from dalil.lexicon import load_lexicon
from dalil.lexicon.synonyms import said_alike
from dalil.records import Example, Language, content_id

_NAMED_BY = ("row", "label", "term", "subject", "topic")
"""The first of these that a fact has says what it is about; the others only say where it stands."""
_MOVED = frozenset({"definition", "value_of_label", "row", "cell", "value", "procedure"})
_WITHOUT_TEXT = _MOVED | {"section", "list"}
_MOST_TRIED = 20
_FEWEST_LETTERS = 4
_TOPIC_SHARE, _STEP_SHARE = 0.5, 0.2
_PAST_THE_END = 2
"""So many steps behind the last: one that the reader of a PDF missed is not taken for one that is not there."""


@dataclass
class TextNegatives:
    """Writes the near negatives of texts. `names`: those of all documents, folded; `count`: trained wordings a question, beside the held-out one."""

    texts: Sequence[AskedText]
    names: Collection[str]
    count: int
    vocabulary: Collection[str]
    _known: dict[str, tuple[frozenset[str], str]] = field(default_factory=dict)

    def examples(self, number: int, seed: int) -> list[Example]:
        """About `number` of them: half absent topics, a fifth steps too many; invented texts take over what is lacking."""
        facts = _in_turn(self.texts)
        unit = self.count + 1
        topics = self._absent_topics(facts, round(_TOPIC_SHARE * number) // unit)
        steps = self._absent_steps(round(_STEP_SHARE * number) // unit)
        left = number - len(topics) - len(steps)
        return [*topics, *steps, *self._invented(facts, left, seed)]

    def _absent_topics(self, facts: Sequence[tuple[AskedText, TextFact]], number: int) -> list[Example]:
        """Facts of one text asked of another one of its language that holds no word of what they are about."""
        made: list[Example] = []
        asked = set[tuple[str, str]]()
        tellers = _tellers(facts)
        for turn, (source, fact) in enumerate(facts):
            if len(asked) == number:
                break
            about = about_of(fact)
            asked_of = " ".join(_asked_of(fact))
            known = load_lexicon(source.document.language).concept_of(about)
            if fact.kind not in _MOVED or not known.name.startswith("field:") or len(tellers[name_key(about)]) > 1:
                continue
            for target in self._others(source, turn):
                key = (target.document.path, fold(about))
                if key not in asked and self._is_silent_on(target, about) and self._says_none_of(target, asked_of):
                    asked.add(key)
                    made += self._moved(target, fact, ABSENT_TOPIC)
                    break
        return made

    def _others(self, source: AskedText, turn: int) -> Iterator[AskedText]:
        """Some other texts of the source's language, from another one on each turn."""
        same = [t for t in self.texts if t.document.language == source.document.language and t is not source]
        for i in range(min(_MOST_TRIED, len(same))):
            yield same[(turn + i) % len(same)]

    def _is_silent_on(self, target: AskedText, about: str) -> bool:
        """Whether no content word of `about` stands in the text or in its name: neither its stem, nor a long one's letters.

        Nor a word that says about the same ("guarantee" where the warranty is asked for).
        """
        stems, text = self._held(target)
        language = target.document.language
        words = content_words(about, language)
        asked = [stem(word, language) for word in words]
        telling = [word for word in asked if len(word) >= _FEWEST_LETTERS and word.isalpha()]
        alike = {other for word in words for other in said_alike(word, language)}
        return bool(telling) and stems.isdisjoint({*asked, *alike}) and not any(word in text for word in telling)

    def _says_none_of(self, target: AskedText, heading: str) -> bool:
        """Whether a text speaks of nothing under such a heading: where it does, what it says there may hold for the case asked."""
        stems, _ = self._held(target)
        return stems.isdisjoint(
            stem(word, target.document.language) for word in content_words(heading, target.document.language)
        )

    def _held(self, target: AskedText) -> tuple[frozenset[str], str]:
        """The stems of a text with its name, and its letters."""
        if target.document.path not in self._known:
            whole = f"{target.document.name}\n{target.document.text}"
            language = target.document.language
            held = frozenset(stem(word, language) for word in content_words(whole, language))
            self._known[target.document.path] = (held, fold(whole))
        return self._known[target.document.path]

    def _absent_steps(self, number: int) -> list[Example]:
        """Steps behind the last one of a procedure."""
        ends = [
            (content_id("past", text.document.path, about_of(fact)), text, fact)
            for text in self.texts
            for fact in {about_of(f): f for f in text.facts if f.kind == "step"}.values()
        ]
        made: list[Example] = []
        for key, text, fact in sorted(ends, key=lambda end: end[0])[:number]:
            past = fact.of + _PAST_THE_END + int(key, 16) % 2
            made += self._moved(text, TextFact("step", (*fact.asked[:1], ("number", str(past))), ()), ABSENT_STEP)
        return made

    def _moved(self, text: AskedText, fact: TextFact, kind: str) -> Iterator[Example]:
        """A fact that the text does not hold, asked of it in every wording."""
        document = text.document
        for family in families(self.count):
            question = question_of(text, fact, family)
            yield unanswerable(question, kind, document.language, family, documents=(document.path,))

    def _invented(self, facts: Sequence[tuple[AskedText, TextFact]], number: int, seed: int) -> list[Example]:
        """Facts asked of texts that do not exist, each language in its share and with names of its own letters."""
        by_language: dict[Language, list[tuple[AskedText, TextFact]]] = defaultdict(list)
        for text, fact in facts:
            if fact.kind in _WITHOUT_TEXT:
                by_language[text.document.language].append((text, fact))
        total = sum(map(len, by_language.values()))
        shares = ((language, asked, number * len(asked) / total) for language, asked in by_language.items())
        return [e for language, asked, share in shares for e in self._of_no_text(language, asked, share, seed)]

    def _of_no_text(self, language: Language, asked: Sequence[tuple[AskedText, TextFact]], share: float,
                    seed: int) -> Iterator[Example]:  # fmt: skip
        """Of two names, one is asked in the trained wordings, one in the held-out."""
        written = load_wordings(language)
        wanted = min(MOST_INVENTED, round(2 * share / (self.count + 1)))
        rng = np.random.default_rng([seed, *language.encode()])
        syllables = written.syllables if written else ()
        names = invented_names(self.names, syllables, wanted, rng, self.vocabulary) if syllables else ()
        for turn, name in enumerate(names):
            text, fact = asked[turn // 2 % len(asked)]
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


def _tellers(facts: Sequence[tuple[AskedText, TextFact]]) -> dict[str, set[str]]:
    """What facts are about → the texts that have such a fact."""
    found: dict[str, set[str]] = defaultdict(set)
    for text, fact in facts:
        found[name_key(about_of(fact))].add(text.document.path)
    return found


def _in_turn(texts: Sequence[AskedText]) -> list[tuple[AskedText, TextFact]]:
    """Every fact with its text: each kind's first before any kind's second, and each text's before any text's next."""
    queues: dict[str, list[tuple[AskedText, TextFact]]] = defaultdict(list)
    for turn in zip_longest(*(text.facts for text in texts)):
        for text, fact in zip(texts, turn, strict=True):
            if fact is not None:
                queues[fact.kind].append((text, fact))
    return [entry for turn in zip_longest(*queues.values()) for entry in turn if entry is not None]
