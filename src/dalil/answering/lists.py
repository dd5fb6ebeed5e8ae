"""Lists of texts answered whole: the papers to bring, the steps in their order, the points under a heading; or one step.

Which list is meant is said by the text's name and the headings that it stands under. Where several fit equally (the cases
of a procedure, two manuals that are alike) the question is asked back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dalil.answering.proposal import Proposal
from dalil.language import identify, stands_in, stem, words
from dalil.language.analysis import function_words
from dalil.lexicon import load_lexicon
from dalil.lexicon.crossing import crossed
from dalil.lexicon.lists import ListKind, asks_for_papers, list_cues
from dalil.lexicon.saying import as_read_in
from dalil.records import PART_MARK, Citation, Document, Language, Option, Question

LEAST_EXPLAINED, LEAST_HEADING, WHOLE_HEADING = 0.7, 0.5, 0.99
"""Shares of weight: of the question's own words that name and headings hold, and of a heading's words that it says."""
_PAPERS_FIRST, _WRITTEN_SO = 0.05, 0.05
_ARABIC_PARTICLES = "لبفو"
_MOST_OPTIONS = 8
_LONGEST_QUESTION = 60


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question about a list: its kinds, the number of the step, its words, and those of them that are its own by the
    language of the documents that they are looked for in."""

    kinds: frozenset[ListKind]
    step: int | None
    words: tuple[str, ...]
    own: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class _List:
    """A list of a text: the stems of its name and headings (`named`), and of its own heading."""

    part: Document
    named: frozenset[str]
    heading: frozenset[str]
    numbered: bool
    papers: bool

    @property
    def document(self) -> str:
        return self.part.part_of


@dataclass(frozen=True, slots=True)
class _Match:
    """A list that may be meant, with its rank and the question's words that it does not explain."""

    found: _List
    score: float
    strange: int
    cover: float


class ListAnswerer:
    """Knows the lists of the texts of a workspace. `idf`: how rare a stem is in the corpus."""

    def __init__(self, parts: Sequence[Document], idf: Callable[[str], float],
                 languages: Sequence[Language] = ()) -> None:  # fmt: skip
        """`languages`: in which questions are asked."""
        self._lists = [_read(part) for part in parts if part.fields[0].items]
        self._idf = idf
        self._languages = tuple(languages)
        self._named = {one.document: _content(_name(one.part), one.part.language) for one in self._lists}
        self._things = {
            language: frozenset[str]().union(
                *(self._named[o.document] for o in self._lists if o.part.language == language)
            )
            for language in {one.part.language for one in self._lists}
        }

    def _asked(self, question: Question) -> _Asked | None:
        """The question as one about a list, or None where nothing asks for one."""
        language = question.language or identify(question.text)
        kinds, step = _kinds(question.text)
        if not kinds and step is None:
            return None
        own: dict[str, tuple[str, ...]] = {
            read: _own(as_read_in(question.text, read, self._languages), {language, read}, step)
            for read in {one.part.language for one in self._lists}
        }
        return _Asked(kinds, step, tuple(words(question.text)[:_LONGEST_QUESTION]), own)

    def asks_steps(self, question: Question) -> bool:
        """Whether the question is one about steps: no list of records answers it."""
        kinds, step = _kinds(question.text)
        return step is not None or "steps" in kinds

    def propose(self, question: Question, hidden: Collection[str] = ()) -> Proposal | None:
        """The list or the step asked for, several to choose from, or None where no list is surely meant."""
        asked = self._asked(question) if self._lists else None
        if asked is None:
            return None
        lists = [one for one in self._lists if one.document not in hidden and question.scope in ("", one.document)]
        matches = [match for one in lists if (match := self._match(one, asked, bool(question.scope)))]
        if not matches:
            return None
        spoken = crossed(question.text, self._languages)
        matches = [match for match in matches if match.found.part.language == spoken] or matches
        best = max(match.score for match in matches)
        first = [match for match in matches if match.score >= best - 1e-9]
        if len(first) > 1:
            return _which(first)
        return _step(first[0], asked.step) if asked.step is not None else _whole(first[0])

    def _match(self, one: _List, asked: _Asked, scoped: bool) -> _Match | None:
        """How well the list fits, or None where it does not."""
        language = one.part.language
        said = frozenset(_stem_in(one.named, word, language) for word in asked.own[language])
        own = said - _said_always(language, self._things[language])
        if not own and not scoped:
            return None
        explained = self._share(own, one.named)
        cover = self._share(one.heading, own) if own else 1.0
        if explained < LEAST_EXPLAINED or self._names_another(own - one.named, one):
            return None
        score = _score(one, asked, explained, cover)
        return _Match(one, score, len(own - one.named), cover) if score else None

    def _names_another(self, strange: Collection[str], one: _List) -> bool:
        """Whether a word that the list does not explain stands in the name of another text of its language: that one is meant."""
        return any(
            word in self._named[other.document]
            for other in self._lists
            if other.document != one.document and other.part.language == one.part.language
            for word in strange
        )

    def _share(self, wanted: Collection[str], held: Collection[str]) -> float:
        """The share of the wanted stems' weight that is held; 1 where none is wanted."""
        total = sum(self._idf(word) for word in wanted)
        return sum(self._idf(word) for word in wanted if word in held) / total if total else 1.0


def _score(one: _List, asked: _Asked, explained: float, cover: float) -> float:
    """The rank of a list among those of the kinds asked for; 0 where it is of none of them."""
    if "papers" in asked.kinds and asked.step is None and (one.papers or not one.numbered):
        return explained + _PAPERS_FIRST * one.papers
    by_heading = explained + cover / 10 + _WRITTEN_SO * stands_in(words(one.part.fields[0].name), asked.words)
    wants_steps = asked.step is not None or ("steps" in asked.kinds and not one.papers)
    if wants_steps and cover >= (LEAST_HEADING if one.numbered else WHOLE_HEADING):
        return by_heading
    return by_heading if "points" in asked.kinds and cover >= WHOLE_HEADING else 0.0


def _read(part: Document) -> _List:
    heading, language = part.fields[0].name, part.language
    lexicon = load_lexicon(language)
    own = _content(heading, language) - _said_always(language)
    return _List(part, _content(part.name, language), own, part.text[:1].isdigit(), asks_for_papers(heading, lexicon))


def _stem_in(named: Collection[str], word: str, language: str) -> str:
    """The word's stem; without a particle written onto it where the list is named so (لتجديد, for the renewal)."""
    plain, bare = stem(word, language), stem(word[1:], language)
    return bare if plain not in named and word[:1] in _ARABIC_PARTICLES and bare in named else plain


def _content(text: str, language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in words(text) if word not in function_words(language))


def _said_always(language: str, things: Collection[str] = ()) -> frozenset[str]:
    """Stems of words that any question about a list may have; not those that name a text (البطاقة: a card, and a sheet)."""
    lexicon = load_lexicon(language)
    spoken = {word for cues in list_cues() for word in cues.around} | lexicon.which
    return lexicon.question_stems.difference(things) | {stem(word, language) for word in spoken}


def _kinds(text: str) -> tuple[frozenset[ListKind], int | None]:
    """The kinds of lists that a question asks for, and the number of the step."""
    said = words(text)[:_LONGEST_QUESTION]
    kinds = frozenset(kind for cues in list_cues() for kind in cues.kinds_asked(said))
    return kinds, next((n for cues in list_cues() if (n := cues.step_number(said)) is not None), None)


def _own(text: str, languages: Collection[str], step: int | None) -> tuple[str, ...]:
    """The words of a question that are no function words of its language or the documents', nor the step's number."""
    ignored = frozenset[str]().union(*map(function_words, languages))
    return tuple(word for word in words(text)[:_LONGEST_QUESTION] if word not in ignored and word != str(step))


def _which(matches: Sequence[_Match]) -> Proposal:
    """Of one text: which case; of several: which text."""
    parts = [match.found.part for match in matches]
    of_one = len({part.part_of for part in parts}) == 1
    labels = [part.fields[0].name if of_one else _name(part) for part in parts]
    options = dict.fromkeys(Option(label, part.part_of) for label, part in zip(labels, parts, strict=True))
    return Proposal("field", options=tuple(options)[:_MOST_OPTIONS], silence="which_case" if of_one else "which_one")


def _whole(match: _Match) -> Proposal:
    part = match.found.part
    return _said(match, part.fields[0].value, part.fields[0].start)


def _step(match: _Match, number: int) -> Proposal:
    """That step alone; nothing where the list has no such step."""
    part = match.found.part
    items, at = part.fields[0].items, 0
    if not 0 < number <= len(items) or not match.found.numbered:
        return Proposal("field", features=_features(match))
    for item in items[: number - 1]:
        at = part.text.index(item, at) + len(item)
    return _said(match, items[number - 1], part.text.index(items[number - 1], at))


def _said(match: _Match, text: str, start: int) -> Proposal:
    part = match.found.part
    first = part.offset + start
    cited = Citation(part.part_of, _name(part), "", part.page_of(start), first, first + len(text), text)
    return Proposal("field", text, (cited,), features=_features(match))


def _name(part: Document) -> str:
    return part.name.partition(PART_MARK)[0]


def _features(match: _Match) -> dict[str, float]:
    """Those of a field of a record that is named exactly (see `TypedAnswerer`)."""
    return {
        "exact": 1.0, "typo": 0.0, "name_score": 1.0, "several": 0.0, "field_score": 1.6 if match.cover >= WHOLE_HEADING else 1.0,
        "margin": 1.0, "unexplained": min(1.0, match.strange / 10), "beside": 0.0,
    }  # fmt: skip
