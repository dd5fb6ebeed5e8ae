"""When a tuned model may speak: the question names what it was trained on, its answer is one of those, and it is sure.

A tuned model's own log-probability does not stop questions about records that it never saw: it answers many of them,
surely (benchmarks/training.md). So the answer must be one that was trained about the record and the field asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dalil.language import content_words, fold, words
from dalil.lexicon import load_lexicon
from dalil.records import Document, Example

MOST_FIELDS = 0.5
"""A word that stands with more than this share of the fields tells none of them."""


@dataclass(frozen=True, slots=True)
class Match:
    """The trained question that an answer goes back to, and how much of its words the question shares (0–1)."""

    example: Example
    shared: float


class Memory:
    """What was trained, to look up what an answer goes back to. `records`: all there are now, trained or not."""

    def __init__(self, trained: Sequence[Example], records: Iterable[Document] = ()) -> None:
        self._by_answer: dict[str, list[Example]] = defaultdict(list)
        self._about: dict[tuple[tuple[str, ...], str], set[str]] = defaultdict(set)
        self._fields: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._asked_with: dict[str, set[str]] = defaultdict(set)
        self._known: set[str] = set()
        self._names = {document.path: words(document.name) for document in records if document.fields}
        for example in trained:
            if example.answerable:
                self._by_answer[_key(example.answer)].append(example)
                self._about[example.documents, example.field] |= (about := _about(example))
                self._fields[example.documents].add(example.field)
                for word in about:
                    self._asked_with[word].add(example.field)
                self._known.update(words(example.question))
            self._names |= {path: words(name) for path in example.documents if (name := _record_name(path))}
        fields = {field for _, field in self._about}
        self._most_fields = max(1.0, MOST_FIELDS * len(fields))

    def match(self, question: str, answer: str) -> Match | None:
        """The trained question with this answer that is nearest to the question; None where none may stand for it."""
        asked = words(question)
        named = self._named(asked)
        found = [e for e in self._by_answer.get(_key(answer), ()) if self._vouches(e, question, asked, named)]
        best = max(found, key=lambda example: _shared(asked, example), default=None)
        return Match(best, _shared(asked, best)) if best is not None else None

    def _vouches(self, example: Example, question: str, asked: Sequence[str], named: Collection[str]) -> bool:
        """Whether the trained question may stand for this one: the same records, no stranger beside their names, and words
        in common that speak of its field more than of another."""
        records = {path for path in example.documents if path in self._names}
        if records != set(named):
            return False
        if not records:
            return all(word in self._known for word in _content(question, example))
        beside = self._beside(asked, records)
        content = _content(question, example)
        if any(word not in self._known for word in beside & content if word in _capitalised(question)):
            return False
        name_words = {word for path in records for word in self._names[path]}
        return self._asks_for(example, content - name_words)

    def _asks_for(self, example: Example, content: set[str]) -> bool:
        """Whether these words speak of the example's field, and of no other field of the same records more."""
        weights = {field: self._weight(content & self._about[example.documents, field])
                   for field in self._fields[example.documents]}  # fmt: skip
        return weights[example.field] > 0 and weights[example.field] >= max(weights.values())

    def _weight(self, words_in_common: set[str]) -> float:
        """A word that stands with few fields tells more; one that stands with more than half of them tells nothing."""
        counts = [len(self._asked_with[word]) for word in words_in_common]
        return sum(1 / count for count in counts if count <= self._most_fields)

    def _named(self, asked: Sequence[str]) -> set[str]:
        """The records that the question names by all the words of their name; a name within a longer one does not count."""
        found = {path for path, name in self._names.items() if name and _places(asked, name)}
        return {
            path for path in found
            if not any(len(self._names[path]) < len(self._names[other]) and _places(self._names[other], self._names[path])
                       for other in found)
        }  # fmt: skip

    def _beside(self, asked: Sequence[str], records: Iterable[str]) -> set[str]:
        """The words right before and after the names."""
        found: set[str] = set()
        for path in records:
            name = self._names[path]
            for place in _places(asked, name):
                found.update(asked[max(0, place - 1) : place], asked[place + len(name) : place + len(name) + 1])
        return found


def _record_name(path: str) -> str:
    return path.rpartition("#")[2].split("~")[0] if "#" in path else ""


def _key(text: str) -> str:
    return " ".join(fold(text).split())


def _content(question: str, example: Example) -> set[str]:
    return set(content_words(question, example.language))


def _about(example: Example) -> set[str]:
    """The words that a question about the example's field is known by, whatever the records."""
    named = {word for path in example.documents for word in words(_record_name(path))}
    return (_content(example.question, example) - named) | _cues(example)


def _cues(example: Example) -> set[str]:
    """The lexicon's words for the field that a question about one record asks for."""
    if not example.field or len(example.documents) != 1:
        return set()
    spoken = load_lexicon(example.language).concept_of(example.field).spoken
    return {word for cue in spoken for word in _content(cue, example)}


def _capitalised(question: str) -> set[str]:
    """The folded words that are written like a name: with a capital or a digit."""
    return {
        form for word in question.split() if word != word.lower() or any(map(str.isdigit, word)) for form in words(word)
    }


def _places(text: Sequence[str], part: Sequence[str]) -> list[int]:
    """Where the part stands in the text, by index."""
    wanted = list(part)
    return [i for i in range(len(text) - len(part) + 1) if list(text[i : i + len(part)]) == wanted]


def _shared(asked: Sequence[str], example: Example) -> float:
    known = set(words(example.question))
    return len(known & set(asked)) / max(1, len(known | set(asked)))
