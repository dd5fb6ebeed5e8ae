"""Coverage: which records and texts the questions are about, by name what they leave out, and what is thinly described."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dalil.dataset.aggregates import aggregate_examples
from dalil.dataset.extremes import extreme_examples
from dalil.dataset.fields import catalogues, name_key
from dalil.dataset.pair import Located, documents_of
from dalil.dataset.sections import AskedText, asked_texts
from dalil.dataset.wordings import load_wordings
from dalil.dataset.yes_no import yes_no_examples
from dalil.language import words
from dalil.lexicon import load_lexicon
from dalil.records import Document, Language, Origin

SHORT_DESCRIPTION = 50
"""Characters: a shorter description says too little to be learnt from."""


@dataclass(frozen=True, slots=True)
class Covered:
    """How many of some documents a question is about, and the names of the others."""

    covered: int
    of: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float | None:
        return self.covered / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Records (catalogue entries) and texts apart; `short`: records whose description has under 50 characters."""

    records: Covered
    texts: Covered
    short: tuple[str, ...]


def coverage(rows: Sequence[Located], documents: Sequence[Document], language: Language) -> Coverage:
    """A document is covered where an answerable question names it as its document, or says its name."""
    about = _about([row for row in rows if row.pair.answerable], documents)
    parts = [
        Covered(sum(d.path in about for d in part), len(part), tuple(d.name for d in part if d.path not in about))
        for part in ([d for d in documents if d.fields], [d for d in documents if not d.fields])
    ]
    return Coverage(parts[0], parts[1], short_descriptions(documents, language))


def _about(rows: Iterable[Located], documents: Sequence[Document]) -> set[str]:
    by_name: dict[str, list[str]] = defaultdict(list)
    by_words: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for document in documents:
        for form in (document.path, document.name, document.path.rpartition("/")[2]):
            by_name[name_key(form)].append(document.path)
        if said := tuple(words(document.name)):
            by_words[said[0]].append((said, document.path))
    found = set[str]()
    for row in rows:
        for given in documents_of(row.pair):
            found.update(by_name.get(name_key(given), ()))
        found.update(_named(words(row.pair.question), by_words))
    return found


def _named(asked: Sequence[str], by_words: Mapping[str, list[tuple[tuple[str, ...], str]]]) -> Iterable[str]:
    """The documents whose name stands in the question; the longest name that begins at a word wins."""
    for at, word in enumerate(asked):
        here = [(said, path) for said, path in by_words.get(word, ()) if tuple(asked[at : at + len(said)]) == said]
        longest = max((len(said) for said, _ in here), default=0)
        yield from (path for said, path in here if len(said) == longest)


def short_descriptions(documents: Sequence[Document], language: Language) -> tuple[str, ...]:
    """The names of records whose description is there and has under 50 characters."""
    lexicon = load_lexicon(language)
    concepts = {field.name: lexicon.concept_of(field.name).name for document in documents for field in document.fields}
    return tuple(
        document.name for document in documents for field in document.fields
        if concepts[field.name] == "definition" and 0 < len(field.value.strip()) < SHORT_DESCRIPTION
    )  # fmt: skip


def expected_kinds(documents: Sequence[Document], language: Language, origins: Collection[Origin]) -> tuple[str, ...]:
    """The kinds of question that dalil would write of the documents: of records (`templates`), of texts (`sections`)."""
    kinds = _of_records(documents, language) if "templates" in origins else set()
    if "sections" in origins:
        texts = asked_texts(sorted(documents, key=lambda document: document.path), 1)
        kinds |= {fact.kind for text in texts if isinstance(text, AskedText) for fact in text.facts}
    return tuple(sorted(kinds))


def _of_records(documents: Sequence[Document], language: Language) -> set[str]:
    """Those of the catalogues' fields, those over several records, and yes or no."""
    wordings = load_wordings(language)
    if wordings is None:
        return set()
    known, _ = catalogues(documents, load_lexicon(language), wordings)
    kinds = {field.kind for catalogue in known for field in catalogue.fields.values()}
    for catalogue in known:
        for made in (aggregate_examples, extreme_examples, yes_no_examples):
            kinds |= {example.kind for example in made(catalogue, wordings, 1)}
    return kinds
