"""The sentences of a passage that prove an answer: the best sentence with its neighbours, at most 60 words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dalil.answering.proposal import Path, Proposal, cite_span
from dalil.language import sentence_spans, stem, tokenise, words
from dalil.language.analysis import function_words
from dalil.records import Hit, Language, Passage

MAX_WORDS = 60
READ_HITS = 5


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """A question's content stems with their weights (inverse document frequency)."""

    weights: dict[str, float]
    unknown: float

    @property
    def total(self) -> float:
        return sum(self.weights.values()) or 1.0


def query_terms(text: str, languages: Sequence[Language], idf: Callable[[str], float],
                knows: Callable[[str], bool]) -> QueryTerms:  # fmt: skip
    """Each content word once, under the language in which the corpus knows it; `unknown`: the weight of the others."""
    ignored = set[str]().union(*(function_words(language) for language in languages))
    asked = [word for word in dict.fromkeys(words(text)) if word not in ignored] or words(text)
    weights: dict[str, float] = {}
    unknown = 0.0
    for word in asked[:200]:
        forms = [stem(word, language) for language in languages]
        known = [form for form in forms if knows(form)]
        form = known[0] if known else forms[0]
        weights[form] = idf(form)
        unknown += 0.0 if known else weights[form]
    return QueryTerms(weights, unknown)


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences start to end (offsets of the passage's text) with their share of the question's weight."""

    start: int
    end: int
    sentence: float
    coverage: float


def best_window(passage: Passage, terms: QueryTerms, max_words: int = MAX_WORDS) -> Window:
    """The best sentence, then its neighbours (the following one first) while they fit in `max_words` (at most 60)."""
    spans = sentence_spans(passage.text) or [(0, len(passage.text))]
    held = [_stems(passage.text[start:end], passage.language) for start, end in spans]
    lengths = [len(tokenise(passage.text[start:end])) for start, end in spans]
    named = _stems(" ".join((passage.name, *passage.heading)), passage.language)
    scores = [_covered(terms, found, named) - 0.0005 * max(0, 8 - n) for found, n in zip(held, lengths, strict=True)]
    best = max(range(len(spans)), key=lambda i: (scores[i], -i))
    first, last, used = best, best, lengths[best]
    while True:
        after = last + 1 < len(spans) and used + lengths[last + 1] <= max_words
        before = first > 0 and used + lengths[first - 1] <= max_words
        if after and (not before or last - best <= best - first):
            last, used = last + 1, used + lengths[last + 1]
        elif before:
            first, used = first - 1, used + lengths[first - 1]
        else:
            break
    start, end = spans[first][0], spans[last][1]
    if used > MAX_WORDS:
        start, end = _cut(passage.text, start, end, terms, passage.language, MAX_WORDS)
    return Window(start, end, scores[best], _covered(terms, set().union(*held[first : last + 1]), named))


def _stems(text: str, language: str) -> set[str]:
    return {stem(word, language) for word in words(text)}


def _covered(terms: QueryTerms, found: set[str], named: set[str]) -> float:
    """Share of the question's weight in the sentence; what only the heading or name says counts half."""
    return sum(w * (1.0 if s in found else 0.5 if s in named else 0.0) for s, w in terms.weights.items()) / terms.total


def _cut(text: str, start: int, end: int, terms: QueryTerms, language: str, max_words: int) -> tuple[int, int]:
    """The stretch of `max_words` words of one long sentence that holds most of the question's weight."""
    tokens = [token for token in tokenise(text) if start <= token.start < end]
    gains = [terms.weights.get(stem(token.form, language), 0.0) for token in tokens]
    best = max(range(len(tokens) - max_words + 1), key=lambda i: (sum(gains[i : i + max_words]), -i))
    return tokens[best].start, tokens[best + max_words - 1].end


def prove(hits: Sequence[Hit], terms: QueryTerms, strangers: float, is_record: Callable[[str], bool],
          silence: str) -> Proposal:  # fmt: skip
    """The proving sentences of the best of the first hits, with the scores that tell how sure they are.

    Of a record only the best line is quoted, and its path has a calibration of its own: a record answers by its fields.
    """
    if not hits:
        return Proposal("none", silence=silence)
    windows = [
        (h, best_window(h.passage, terms, 1 if is_record(h.passage.document) else MAX_WORDS)) for h in hits[:READ_HITS]
    ]
    ranked = sorted(windows, key=lambda item: -(item[0].score + 0.6 * item[1].sentence + 0.4 * item[1].coverage))
    hit, window = ranked[0]
    second = hits[1].score if len(hits) > 1 else 0.0
    features = {
        "fused": hit.score,
        "margin": (hits[0].score - second) / (hits[0].score or 1.0),
        "sentence": window.sentence,
        "window": window.coverage,
        "unknown": terms.unknown / terms.total,
        "terms": min(12, len(terms.weights)) / 12,
        "mass": min(1.0, terms.total / 40),
        "first": float(hit.rank == 1),
        "strangers": strangers,
    }
    citation = cite_span(hit.passage, window.start, window.end)
    path: Path = "record" if is_record(hit.passage.document) else "text"
    return Proposal(path, citation.quote, (citation,), features=features, silence=silence, nearest=tuple(hits[:3]))
