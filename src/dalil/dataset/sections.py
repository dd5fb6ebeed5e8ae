"""Questions that dalil writes about texts (HTML, PDF, Markdown, DOCX): the answer stands in the text, verbatim.

Each question names its document, and is asked only where that document has one answer to it and no other document bears
the name: what is left out is counted with its reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dalil.dataset.fields import name_key
from dalil.dataset.text_facts import TextFact, facts_of
from dalil.dataset.text_lines import Body, RepeatedLines, bodies, repeated_lines
from dalil.dataset.text_wordings import TextWordings, load_text_wordings
from dalil.dataset.wordings import families
from dalil.language import words
from dalil.lexicon import Lexicon, load_lexicon
from dalil.records import Document, Dropped, Evidence, Example, Language, content_id

_TYPED = frozenset({"value_of_label", "row", "cell", "entries", "list", "documents"})
_MOST_NAME_WORDS = 14
_SUBTITLE = re.compile(r"\s*[:：|]\s+|\s+[–—]\s+")


@dataclass(frozen=True, slots=True)
class AskedText:
    """A text that can be asked about: what questions call it, how they are worded, and the facts that it has one answer to."""

    document: Document
    name: str
    wordings: TextWordings
    facts: tuple[TextFact, ...]


def asked_texts(documents: Iterable[Document], most: int) -> Iterator[AskedText | Dropped]:
    """Every text with at most `most` facts of a kind, and what is not asked, with the reason. `documents`: in the order of
    their paths; they are passed several times, and none is kept."""
    titled: list[_Titled] = []

    def texts() -> Iterator[Document]:
        for document in documents:
            titled.append(_Titled(document.path, document.name, document.language, bool(document.fields)))
            if not document.fields:
                yield document

    skipped = repeated_lines(texts())
    names, dropped = _names(titled)
    yield from dropped
    for document in documents:
        if document.fields or document.path not in names:
            continue
        wordings = load_text_wordings(document.language)
        if wordings is None:
            reason = f"not asked about: dalil has no wordings for texts in `{document.language}`"
            yield Dropped(document.path, reason)
            continue
        facts, passed = _facts(document, wordings, load_lexicon(document.language), skipped)
        yield from passed
        yield AskedText(document, names[document.path], wordings, tuple(_spread(facts, most)))


def section_examples(text: AskedText, count: int) -> Iterator[Example]:
    """Questions about every fact, each in `count` trained wordings and the held-out one."""
    return (example for fact in text.facts for example in _asked(text, fact, count))


class _Titled(NamedTuple):
    """A document without its text."""

    path: str
    name: str
    language: Language
    is_record: bool


def _names(titled: Sequence[_Titled]) -> tuple[dict[str, str], list[Dropped]]:
    """Path → what questions call the text: its name, up to a subtitle where that is enough to tell it from the others."""
    texts = [document for document in titled if not document.is_record]
    short = Counter(name_key(_SUBTITLE.split(text.name)[0]) for text in texts)
    every = Counter((name_key(d.name), "" if d.is_record else d.language) for d in titled)
    records = {name_key(d.name) for d in titled if d.is_record}
    found: dict[str, str] = {}
    dropped: list[Dropped] = []
    for text in texts:
        title = _SUBTITLE.split(text.name)[0].strip()
        name = title if len(words(title)) > 1 and short[name_key(title)] == 1 else text.name
        if every[name_key(text.name), text.language] > 1 or name_key(name) in records | {""}:
            dropped.append(Dropped(text.path, "not asked about: another document has the same name"))
        elif len(words(name)) > _MOST_NAME_WORDS:
            dropped.append(Dropped(text.path, f"not asked about: a name of over {_MOST_NAME_WORDS} words"))
        else:
            found[text.path] = " ".join(name.split())
    return found, dropped


def _facts(document: Document, wordings: TextWordings, lexicon: Lexicon,
           skipped: RepeatedLines) -> tuple[list[TextFact], list[Dropped]]:  # fmt: skip
    """The facts that have one answer in the document, in its order."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], list[TextFact]] = defaultdict(list)
    dropped: list[Dropped] = []
    for body in bodies(document, skipped):
        titled = name_key(body.heading) in name_key(document.name)
        for fact in facts_of(Body("", body.lines) if titled else body, document.name, wordings, lexicon):
            if isinstance(fact, Dropped):
                dropped.append(Dropped(f"{document.path}: {fact.what}", fact.reason))
            else:
                found[fact.kind, tuple((key, name_key(value)) for key, value in fact.asked)].append(fact)
    for (kind, _), same in found.items():
        if len(same) > 1:
            what = ", ".join(value for _, value in same[0].asked)
            dropped.append(Dropped(f"{document.path}: {what}", f"{len(same)} answers in one document ({kind})"))
    return [same[0] for same in found.values() if len(same) == 1], dropped


def _spread(facts: Sequence[TextFact], most: int) -> Iterator[TextFact]:
    """At most `most` facts of each kind, evenly over the document."""
    by_kind: dict[str, list[TextFact]] = defaultdict(list)
    for fact in facts:
        by_kind[fact.kind].append(fact)
    for same in by_kind.values():
        kept = min(most, len(same))
        yield from (same[i * len(same) // kept] for i in range(kept))


def _asked(text: AskedText, fact: TextFact, count: int) -> Iterator[Example]:
    document = text.document
    answer = " ; ".join(fact.items) if fact.items else document.text[fact.spans[0][0] : fact.spans[-1][1]]
    for family in families(count):
        yield Example(
            id=content_id("sections", document.path, fact.kind, *(value for _, value in fact.asked), family),
            question=question_of(text, fact, family),
            answer=answer,
            kind=fact.kind,
            language=document.language,
            origin="sections",
            answerable=True,
            documents=(document.path,),
            evidence=tuple(Evidence(document.path, start, end) for start, end in fact.spans),
            values=(fact.items or (answer,)) if fact.kind in _TYPED else (),
            wording=family,
            page=document.page_of(fact.spans[0][0]),
        )


def question_of(text: AskedText, fact: TextFact, family: str, name: str = "") -> str:
    """The question of a wording family for a fact of the text, or of another text called `name`."""
    slots = dict(fact.asked)
    if fact.kind == "value_of_label":
        slots["label"] = text.wordings.label(slots["label"], load_lexicon(text.document.language))
    return text.wordings.ask(fact.kind, family, slots, name or text.name)
