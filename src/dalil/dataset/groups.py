"""Groups before rows: what shares a record, a near-duplicate text or a translation never lies on two sides.

Equal field values join nothing (an equal value in two records is not the same fact). Aggregates are groups of their own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from dalil.dataset.aggregates import is_aggregate
from dalil.dataset.components import Components, Link
from dalil.dataset.fields import name_key
from dalil.dataset.near import Hashes, near_pairs, shingles
from dalil.errors import GroupingError
from dalil.language import content_words, words
from dalil.records import Document, Example, content_id

AGGREGATE_PREFIX = "aggregate:"
FEWEST_GROUPS, LARGEST_SHARE = 30, 0.2
_ALIKE = 0.8
_WIDTH = 5
_FEWEST_SHINGLES = 12
_LANGUAGE_PART = re.compile(r"(?<![^/._-])(?:fr|ar|en|ary)(?=[/._-])", re.IGNORECASE)


def group_examples(examples: Sequence[Example], documents: Sequence[Document], seed: int) -> list[Example]:
    """The examples with their groups set. A group that is set already (negatives of no record) stays.

    Raises GroupingError where, from 30 groups on, several documents hang together that hold over 20 % of the rows.
    """
    components = Components()
    _join_documents(components, documents, seed)
    rows = [example for example in examples if not is_aggregate(example) and not example.group]
    _join_examples(components, rows, seed)
    groups = components.groups()
    of_node = {node: group for group, nodes in groups.items() for node in nodes}
    of_row = {id(example): of_node[nodes_of(example)[0]] for example in rows}
    _refuse_giant(components, groups, Counter(of_row.values()))
    return [
        replace(example, group=of_row.get(id(example)) or example.group or _aggregate_group(example))
        for example in examples
    ]


def members_by_group(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Group → its members' names (documents, or questions without one): what the split is sticky by.

    Aggregates and negatives of no record take no part: they are not split.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        if takes_part(example):
            found[example.group].update(nodes_of(example))
    return {group: sorted(names) for group, names in sorted(found.items())}


def bridge(
    examples: Iterable[Example], documents: Iterable[Document], members: Sequence[str], seed: int
) -> Link | None:
    """The link on which a group of these members hangs, with its reason; None for a single member."""
    inside = set(members)
    components = Components()
    _join_documents(components, [document for document in documents if document.path in inside], seed)
    rows = [e for e in examples if not is_aggregate(e) and inside.issuperset(nodes_of(e))]
    _join_examples(components, rows, seed)
    return components.bridge(sorted(inside))


def resampled_with_records(asked: Sequence[Example], every: Iterable[Example]) -> list[Example]:
    """The questions as the statistics group them: an aggregate shares its luck with its records, so it joins the first."""
    of_document = {path: e.group for e in every if takes_part(e) for path in e.documents}
    return [
        replace(e, group=of_document.get(e.documents[0], e.group)) if is_aggregate(e) and e.documents else e
        for e in asked
    ]


def takes_part(example: Example) -> bool:
    """Whether an example's group is one that the split puts on a side."""
    own = bool(example.documents) or example.answerable or example.origin in ("pairs", "harvest")
    return own and not is_aggregate(example)


def nodes_of(example: Example) -> tuple[str, ...]:
    """The documents that an example is about and proved by; the question itself where there are none."""
    named = dict.fromkeys((*example.documents, *(evidence.document for evidence in example.evidence)))
    return tuple(named) or (f"question:{content_id(' '.join(words(example.question)))}",)


def _aggregate_group(example: Example) -> str:
    return AGGREGATE_PREFIX + content_id(example.field, *sorted(example.documents), *example.values)


def _join_documents(components: Components, documents: Sequence[Document], seed: int) -> None:
    """Near-duplicate texts, translations of a file, and records of one name in catalogues of different languages."""
    ordered = sorted(documents, key=lambda document: document.path)
    for document in ordered:
        components.add(document.path)
    for i, j, alike in near_pairs([_text_shingles(document) for document in ordered], _ALIKE, seed):
        components.join(ordered[i].path, ordered[j].path, f"their texts are {alike:.0%} the same")
    translations: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in ordered:
        source, _, key = document.path.partition("#")
        translations["path", f"{_LANGUAGE_PART.sub('*', source)}#{key}"].append(document)
        if document.fields:
            translations["name", name_key(document.name)].append(document)
    for (why, _), same in translations.items():
        for a, b in pairwise(same):
            if why == "path" or (a.source != b.source and a.language != b.language):
                components.join(a.path, b.path, "they are translations of each other by their names")


def _text_shingles(document: Document) -> Hashes:
    """Word 5-shingles of a text. Of a record: those of its prose only, and none where there is little of it."""
    if not document.fields:
        text = words(document.text)
        return shingles([text], min(_WIDTH, max(1, len(text))))
    found = shingles([words(field.value) for field in document.fields], _WIDTH)
    return found if len(found) >= _FEWEST_SHINGLES else found[:0]


def _join_examples(components: Components, examples: Sequence[Example], seed: int) -> None:
    free: dict[str, Example] = {}
    for example in examples:
        nodes = nodes_of(example)
        for node in nodes:
            components.add(node)
        for first, second in pairwise(nodes):
            components.join(first, second, f"the question « {example.question} » is about both")
        if not example.documents and not example.evidence:
            free.setdefault(nodes[0], example)
    keys = sorted(free)
    for i, j, alike in near_pairs([_question_shingles(free[key]) for key in keys], _ALIKE, seed):
        components.join(keys[i], keys[j], f"the questions are {alike:.0%} the same")


def _question_shingles(example: Example) -> Hashes:
    found = sorted(set(content_words(example.question, example.language) or words(example.question)))
    return shingles([found], 1)


def _refuse_giant(components: Components, groups: Mapping[str, list[str]], rows: Counter[str]) -> None:
    """The gate against one component that swallows the test: it names the link that the component hangs on."""
    if len(rows) < FEWEST_GROUPS:
        return
    for group, count in rows.most_common(5):
        share = count / rows.total()
        link = components.bridge(groups[group])
        if share > LARGEST_SHARE and link is not None and not group.startswith("question:"):
            raise GroupingError(
                f"{len(groups[group])} documents hang together as one group with {share:.0%} of the questions "
                f"(at most {LARGEST_SHARE:.0%} can be measured): {link.first} and {link.second}, because {link.reason}.",
                hint="remove or rename one of the two in `sources`, then: dalil run",
            )
