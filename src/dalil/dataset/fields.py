"""Which fields of each catalogue are asked about, and how a question names them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dalil.dataset.wordings import Wordings, template
from dalil.language import words
from dalil.lexicon import Concept, Lexicon, thing_of
from dalil.records import Document, Dropped

NAME, IDENTIFIER = "name", "identifier"


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field as questions name it. `alone`: no other field of its source means the same; `several`: its label is a plural."""

    name: str
    concept: Concept
    label: str
    of_label: str
    templates: tuple[str, ...]
    alone: bool
    wordings: Wordings
    several: bool = False

    @property
    def kind(self) -> str:
        return self.concept.kind

    def ask(self, record: str, family: str) -> str:
        """The question for this field of a record."""
        said, of = self.wordings.said(record), self.wordings.of(record)
        return template(self.templates, family).format(name=said, de=of, label=self.label, of_label=self.of_label)


@dataclass(frozen=True)
class Catalogue:
    """One source: all its records, those that can be asked about by name in these words, and the fields that are asked, by name.

    A source with names in two scripts makes two catalogues of the same records, each asked about those that its words can name."""

    source: str
    everything: tuple[Document, ...]
    records: tuple[Document, ...]
    fields: Mapping[str, AskedField]
    wordings: Wordings

    def common(self, field: str) -> bool:
        """Whether at least half of all records have a value in the field."""
        return 2 * sum(holds(record, field) for record in self.everything) >= len(self.everything)


def holds(record: Document, field: str) -> bool:
    """Whether a record has a value in a field."""
    found = record.field(field)
    return found is not None and bool(found.value.strip())


def name_key(name: str) -> str:
    """A name without case, accents, spaces and signs: what two names share that users cannot tell apart."""
    return "".join(words(name))


def ambiguous_names(documents: Iterable[Document]) -> frozenset[str]:
    """The name keys that several records bear (and the empty one): a question with such a name has several answers."""
    counts = Counter(name_key(document.name) for document in documents if document.fields)
    return frozenset(key for key, count in counts.items() if count > 1) | {""}


def is_numbered(record: Document) -> bool:
    """Whether a record is called by the number of its row: nobody asks for "the price of 3"."""
    return record.name.isdigit() and not any(record.is_named_by(field.name) for field in record.fields)


def catalogues(
    documents: Iterable[Document],
    lexicon: Lexicon,
    wordings: Wordings,
    others: Iterable[tuple[Lexicon, Wordings]] = (),
) -> tuple[list[Catalogue], list[Dropped]]:
    """The catalogues of a corpus, and what is not asked about: fields that only identify, records that share a name.

    `others`: of more languages; a catalogue most of whose records are in one of them is asked about in that one.
    """
    known = {other.language: (other, said) for other, said in others}
    every = sorted((d for d in documents if d.fields), key=lambda d: d.path)
    ambiguous = ambiguous_names(every)
    by_source: dict[str, list[Document]] = defaultdict(list)
    dropped: list[Dropped] = []
    for document in every:
        by_source[document.source].append(document)
        if name_key(document.name) in ambiguous:
            dropped.append(Dropped(document.path, "not asked about: another record has the same name"))
    made = []
    for source, records in by_source.items():
        language, _ = Counter(record.language for record in records).most_common(1)[0]
        own, said = known.get(language, (lexicon, wordings))
        fields, passed = _asked_fields(source, records, own, said)
        dropped += passed
        named = [r for r in records if name_key(r.name) not in ambiguous and not is_numbered(r)]
        kept, foreign = (tuple(r for r in named if said.reads(r.name) is readable) for readable in (True, False))
        dropped += [
            Dropped(r.path, "not asked about: it has no name, a number of its row alone")
            for r in records
            if is_numbered(r)
        ]
        made.append(Catalogue(source, tuple(records), kept, fields, said))
        reader = next((pair for pair in known.values() if foreign and pair[1].reads(foreign[0].name)), None)
        if reader:
            fields, _ = _asked_fields(source, records, *reader)
            made.append(Catalogue(source, tuple(records), foreign, fields, reader[1]))
        else:
            dropped += [
                Dropped(r.path, f"not asked about: a name in a script that `{said.language}` does not write")
                for r in foreign
            ]
    return made, dropped


def _asked_fields(
    source: str, records: Sequence[Document], lexicon: Lexicon, wordings: Wordings
) -> tuple[dict[str, AskedField], list[Dropped]]:
    names = dict.fromkeys(field.name for record in records for field in record.fields)
    concepts = {name: lexicon.concept_of(name) for name in names}
    dropped = []
    for name, concept in list(concepts.items()):
        reason = _not_asked(name, concept, records)
        if reason:
            dropped.append(Dropped(f"{source}: field {name}", reason))
            del concepts[name]
    users = Counter(concept.name for concept in concepts.values())
    thing = thing_of(users)
    return {n: _asked(n, c, users[c.name] == 1, wordings, thing) for n, c in concepts.items()}, dropped


def _not_asked(name: str, concept: Concept, records: Sequence[Document]) -> str:
    """Why a field is not asked about, "" where it is."""
    values = [found.value.strip() for record in records if (found := record.field(name))]
    if concept.name == NAME or all(record.is_named_by(name) for record in records if record.field(name)):
        return "not asked about: it names the records"
    if concept.name == IDENTIFIER and len(set(values)) == len(values) and all(v.isdigit() for v in values):
        return "not asked about: a number that only identifies"
    return ""


def _asked(name: str, concept: Concept, alone: bool, wordings: Wordings, thing: str) -> AskedField:
    """Fields that share a concept, or have none, are called by their own name, so that each question has one answer."""
    if alone and not concept.name.startswith("field:"):
        templates = wordings.templates_of(concept, thing)
        return AskedField(name, concept, concept.label, concept.of_label, templates, alone, wordings, concept.several)
    label, of_label = wordings.own_labels(" ".join(name.replace("_", " ").split()))
    return AskedField(name, concept, label, of_label, wordings.fields["other"], alone, wordings)
