"""The sentences of a passage that prove an answer: the best sentence with its neighbours, at most 60 words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from dalil.answering.conflicts import Claim, opposed, settle
from dalil.answering.editions import alike
from dalil.answering.likeness import Near
from dalil.answering.proposal import Path, Proposal, cite_span
from dalil.answering.signals import of_legs, of_passage, of_question, of_value
from dalil.answering.terms import QueryTerms
from dalil.language import sentence_spans, stem, tokenise, words
from dalil.records import Hit, Option, Passage

MAX_WORDS = 60
READ_HITS = 5
MAX_HEADING_WORDS = 12
LEAD_SHARE = 0.85
COPY_OVERLAP = 0.7
CELLS, LABELLED = " | ", ": "
"""Between the cells of a table's row; between what a cell is and what it holds."""
READ_BEST = 0.15
"""What a passage in the language that who asks reads best is worth before its translation."""
LEAST_OF_ROW = 0.5
"""A row whose cells say what they are is about that and nothing else: the torque of the wheel bolts is not that of other bolts."""
WHOLE = 0.99
"""A sentence that holds so much of the question's weight says all of it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences start to end (offsets of the passage's text) with their share of the question's weight; `best`: the one
    among them that holds most of it; `quoted`: what of them is shown; `named`: the passage or its name holds every name of the
    question."""

    start: int
    end: int
    best: tuple[int, int]
    sentence: float
    coverage: float
    lead: bool
    quoted: tuple[int, int]
    named: bool


def best_window(passage: Passage, terms: QueryTerms, *, lines: bool = False, plain: bool = False) -> Window:
    """The best sentence, then its neighbours (the following one first) while they fit in MAX_WORDS.

    A question or a heading proves nothing: what it says counts for the sentence behind it. `lines`: each line stands
    for itself (a record's field). `plain`: neither rule, as the baseline has it.
    """
    spans = sentence_spans(passage.text) or [(0, len(passage.text))]
    held = [set(terms.stems_of(passage.text[start:end], passage.language)) for start, end in spans]
    lengths = [len(tokenise(passage.text[start:end])) for start, end in spans]
    named = set(terms.stems_of(" ".join((passage.name, *passage.heading)), passage.language))
    scores = [_covered(terms, found, named) - 0.0005 * max(0, 8 - n) for found, n in zip(held, lengths, strict=True)]
    leads = [
        not lines and not plain and _leads(passage.text[start:end], n)
        for (start, end), n in zip(spans, lengths, strict=True)
    ]
    for i in range(len(spans) - 1):
        if leads[i]:
            scores[i + 1] = max(scores[i + 1], LEAD_SHARE * scores[i])
            scores[i] *= LEAD_SHARE**2
    values = [0.0 if plain else terms.worth_of_value(passage.text[start:end]) for start, end in spans]
    best = max(range(len(spans)), key=lambda i: (scores[i] + values[i], -i))
    first, last = _widen(best, lengths, leads, 1 if lines else MAX_WORDS)
    start, end = spans[first][0], spans[last][1]
    if sum(lengths[first : last + 1]) > MAX_WORDS:
        start, end = _cut(passage.text, start, end, terms, passage.language, MAX_WORDS)
    rows = _rows_alike([passage.text[a:b] for a, b in spans[first : last + 1]], best - first, terms, passage.language)
    quoted = (start, end) if plain or not rows else (spans[first + rows[0]][0], spans[first + rows[1]][1])
    return Window(start, end, spans[best], scores[best], _covered(terms, set().union(*held[first : last + 1]), named),
                  all(leads[first : last + 1]), quoted, terms.proper <= named.union(*held))  # fmt: skip


def opening_span(passage: Passage, terms: QueryTerms) -> tuple[int, int]:
    """How a passage begins: from its first sentence that is no heading, as many as fit in MAX_WORDS."""
    spans = sentence_spans(passage.text) or [(0, len(passage.text))]
    lengths = [len(tokenise(passage.text[start:end])) for start, end in spans]
    leads = [_leads(passage.text[start:end], n) for (start, end), n in zip(spans, lengths, strict=True)]
    first = leads.index(False) if False in leads else 0
    _, last = _widen(first, lengths, leads, MAX_WORDS)
    start, end = spans[first][0], spans[last][1]
    too_long = lengths[first] > MAX_WORDS
    return _cut(passage.text, start, end, terms, passage.language, MAX_WORDS) if too_long else (start, end)


def _leads(sentence: str, length: int) -> bool:
    """Whether a sentence only leads to what follows: a question, or a short line without an end mark."""
    if CELLS in sentence:  # a row of a table
        return False
    last = sentence.rstrip(' »"”’)')[-1:]
    return last in "?؟:" or (length <= MAX_HEADING_WORDS and last not in ".!…۔;؛")


def _rows_alike(sentences: Sequence[str], best: int, terms: QueryTerms, language: str) -> tuple[int, int] | None:
    """First and last of a table's rows that answer together, None where the best sentence is no row whose cells say what they are.

    Such a row needs no neighbours, which are other rows; but where the question names what its first cell holds (a symptom), those
    that share it are all meant."""
    if not _is_row(sentences[best]):
        return None
    cell = sentences[best].split(CELLS)[0]
    first = last = best
    if terms.weights.keys() & set(terms.stems_of(cell.partition(LABELLED)[2], language)):
        while first and sentences[first - 1].split(CELLS)[0] == cell:
            first -= 1
        while last + 1 < len(sentences) and sentences[last + 1].split(CELLS)[0] == cell:
            last += 1
    return first, last


def _is_row(sentence: str) -> bool:
    cells = sentence.split(CELLS)
    return len(cells) > 1 and all(LABELLED in cell for cell in cells)


def _is_named(row: str, passage: Passage, terms: QueryTerms) -> bool:
    """Whether the question says half of its document's name and all of a cell that no other row of the passage has: then it is
    about this one. A single word names a row in its first cell only: elsewhere it may be there by chance."""
    name = set(terms.content_of(passage.name, passage.language))
    if 2 * len(name & terms.weights.keys()) < len(name):  # the wheel nuts of another machine
        return False
    others = {cell for line in passage.text.splitlines() if line != row for cell in line.split(CELLS)}
    for place, cell in enumerate(row.split(CELLS)):
        said = set(terms.content_of(cell.partition(LABELLED)[2], passage.language))
        least = 2 if place else 1
        if cell not in others and len(said) >= least and said <= terms.weights.keys():
            return True
    return False


def _widen(best: int, lengths: Sequence[int], leads: Sequence[bool], max_words: int) -> tuple[int, int]:
    """First and last sentence around the best that fit, the following ones first; none of them a lead at the front."""
    first = last = best
    used = lengths[best]
    while True:
        after = last + 1 < len(lengths) and used + lengths[last + 1] <= max_words
        before = first > 0 and used + lengths[first - 1] <= max_words and not leads[first - 1]
        if after and (not before or last - best <= best - first):
            last, used = last + 1, used + lengths[last + 1]
        elif before:
            first, used = first - 1, used + lengths[first - 1]
        else:
            return first, last


def _covered(terms: QueryTerms, found: set[str], named: set[str]) -> float:
    """Share of the question's weight in the sentence; what only the heading or name says counts half."""
    return sum(w * (1.0 if s in found else 0.5 if s in named else 0.0) for s, w in terms.weights.items()) / terms.total


def _cut(text: str, start: int, end: int, terms: QueryTerms, language: str, max_words: int) -> tuple[int, int]:
    """The stretch of `max_words` words of one long sentence that holds most of the question's weight."""
    tokens = [token for token in tokenise(text) if start <= token.start < end]
    said = (terms.seen([stem(token.form, language)]) for token in tokens)
    gains = [sum(terms.weights.get(one, 0.0) for one in meant) for meant in said]
    best = max(range(len(tokens) - max_words + 1), key=lambda i: (sum(gains[i : i + max_words]), -i))
    return tokens[best].start, tokens[best + max_words - 1].end


def _rivals(other: Passage, passage: Passage) -> bool:
    """Whether another passage says something else: of another document, and no copy or edition of this text."""
    if other.document == passage.document:
        return False
    a, b = set(words(other.text)), set(words(passage.text))
    return len(a & b) < COPY_OVERLAP * min(len(a), len(b))


def _merit(hit: Hit, window: Window, terms: QueryTerms) -> float:
    """What ranks windows of several hits; one that only asks or announces comes behind any that says something.

    The value that is asked for counts only where nobody else's name is meant: how long another thing takes is no answer.
    What is read best comes before its translation."""
    told = terms.worth_of_value(hit.passage.text[window.start : window.end]) if window.named else 0.0
    told += READ_BEST * (hit.passage.language == terms.read_best)
    return hit.score + 0.6 * window.sentence + 0.4 * window.coverage + told - (1.0 if window.lead else 0.0)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for a question: its passages, its words weighed, and how many of these look like names and stand nowhere.

    `near`: how near words are in meaning. `within` one document nothing rivals it.
    """

    hits: Sequence[Hit]
    terms: QueryTerms
    strangers: float
    near: Near
    within: bool = False

    def signals(self, hit: Hit, window: Window, shown_too: Collection[str] = ()) -> dict[str, float]:
        """The scores that tell how sure it is that a window of a passage answers. Passages that are `shown_too` are no
        rivals: they contradict it and stand beside it in the answer."""
        foreign = self._foreign(hit)
        rivals = [
            o for o in self.hits
            if _rivals(o.passage, hit.passage) and o.passage.id not in shown_too and o.passage.id not in foreign
        ]  # fmt: skip
        kept = foreign | {other.passage.id for other in rivals}
        counted = [o for o in self.hits if o.passage.id in kept or o.passage.document == hit.passage.document]
        return {
            "sentence": window.sentence,
            "first": float(hit.rank == 1),
            "strangers": self.strangers,
            "lead": float(window.lead),
            **of_value(self.terms, hit.passage.text[window.quoted[0] : window.quoted[1]], hit.passage),
            **of_question(self.terms, hit.passage.language),
            **of_passage(
                self.terms, hit.passage, hit.passage.text[window.start : window.end], window.coverage, self.near
            ),
            **of_legs(counted, hit, None if self.within else rivals),
        }

    def _foreign(self, hit: Hit) -> set[str]:
        """The passages in the other language, where the hit is in the question's own: what stands there is no less sure for
        what the other says too, and a translation is no rival."""
        if hit.passage.language != self.terms.spoken:
            return set()
        return {other.passage.id for other in self.hits if other.passage.language != hit.passage.language}


def _each_answers(ranked: Sequence[tuple[Hit, Window]], is_record: Callable[[str], bool]) -> tuple[Option, ...]:
    """Texts about things that are alike, each with a sentence that says all of the question: it leaves open which is meant."""
    whole = [hit.passage for hit, window in ranked if window.sentence >= WHOLE and not is_record(hit.passage.document)]
    first = ranked[0][0].passage
    if not whole or whole[0] is not first:
        return ()
    others = [p for p in whole if alike(p.name, first.name) and p.language == first.language]
    found = dict.fromkeys(Option(p.name, p.document) for p in (first, *others)) if others else {}
    return tuple(found)


def prove(looked: Looked, is_record: Callable[[str], bool]) -> Proposal:
    """The proving sentences of the best of the first hits, with the scores that tell how sure they are.

    Of a record only the best line is quoted, and its path has a calibration of its own: a record answers by its fields.
    """
    hits, terms = looked.hits, looked.terms
    if not hits or terms.codes:  # what is named so stands nowhere
        return Proposal("none", nearest=tuple(hits[:3]))
    windows = [
        (hit, best_window(hit.passage, terms, lines=is_record(hit.passage.document))) for hit in hits[:READ_HITS]
    ]
    ranked = sorted(windows, key=lambda item: -_merit(item[0], item[1], terms))
    hit, window = ranked[0]
    if (
        not window.coverage and terms.unknown >= terms.total
    ):  # no word of the question stands anywhere: nothing is proven
        return Proposal("none", nearest=tuple(hits[:3]))
    quoted = hit.passage.text[window.quoted[0] : window.quoted[1]]
    of_another = (
        all(map(_is_row, quoted.splitlines()))
        and window.coverage < LEAST_OF_ROW
        and terms.has_unknown
        and not _is_named(hit.passage.text[slice(*window.best)], hit.passage, terms)
    )
    if meant := _each_answers(ranked, is_record):
        return Proposal("text", options=meant, features=looked.signals(hit, window), silence="which_document")
    texts = [] if is_record(hit.passage.document) else [h for h in hits if not is_record(h.passage.document)]
    claim = Claim(hit.passage, *window.best)
    against = opposed(claim, texts, terms)
    features = looked.signals(hit, window, {other.passage.id for other in against})
    if against:
        return replace(settle(claim, against, features), nearest=tuple(hits[:3]))
    citation = cite_span(hit.passage, *window.quoted, exact=window.best)
    path: Path = "record" if is_record(hit.passage.document) else "text"
    return Proposal(path, citation.quote, (citation,), features=features, nearest=tuple(hits[:3]), withheld=of_another)
