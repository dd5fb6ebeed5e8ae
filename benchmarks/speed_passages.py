"""As many passages as asked for, of real text: the sentences of PIAF, SQuAD2 and XQuAD (ar) drawn anew, a third each.

So that the vocabulary grows as that of real collections does, three words of a passage are crossed with others of it
(the beginning of one and the end of another): a new word in forty.
"""

from __future__ import annotations

import numpy as np

from dalil.language import sentence_spans
from dalil.records import Document, Language, Passage, Question, content_id, make_document
from public_sets import load

SETS = ("piaf_fr", "squad2_en", "xquad_ar")
LANGUAGES: tuple[Language, ...] = ("fr", "en", "ar")
SEED, WORDS, CROSSED, A_DOCUMENT = 42, 120, 3, 20


def varied(count: int) -> tuple[list[Document], list[Passage]]:
    """So many passages of at least 120 words, twenty to a document."""
    rng = np.random.default_rng(SEED)
    pools = [[d.text[a:b].split() for d in load(name)[0] for a, b in sentence_spans(d.text)] for name in SETS]
    documents: list[Document] = []
    passages: list[Passage] = []
    for number, start in enumerate(range(0, count, A_DOCUMENT)):
        pool = pools[number % len(SETS)]
        parts = [" ".join(_crossed(_drawn(pool, rng), rng)) for _ in range(min(A_DOCUMENT, count - start))]
        language, path, name = LANGUAGES[number % len(SETS)], f"{number}.md", " ".join(parts[0].split()[:3])
        document = make_document(path, name, "\n\n".join(parts), language, path)
        documents.append(document)
        at = 0
        for ordinal, part in enumerate(parts):
            spot = (path, str(ordinal), part)
            passages.append(
                Passage(content_id(*spot), path, name, (), part, at, at + len(part), None, language, ordinal)
            )
            at += len(part) + 2
    return documents, passages


def questions(each: int) -> list[Question]:
    """The first questions of each set."""
    return [Question(one.id, one.question) for name in SETS for one in load(name)[1][:each]]


def _drawn(pool: list[list[str]], rng: np.random.Generator) -> list[str]:
    words: list[str] = []
    while len(words) < WORDS:
        words += pool[int(rng.integers(len(pool)))]
    return words


def _crossed(words: list[str], rng: np.random.Generator) -> list[str]:
    for at, other in rng.integers(len(words), size=(CROSSED, 2)):
        head, tail = words[at], words[other]
        words[at] = head[: max(2, len(head) // 2)] + tail[len(tail) // 2 :]
    return words
