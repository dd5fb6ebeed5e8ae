"""Groups before rows: what shares a record, a near-duplicate text or a translation never lies on two sides.

Equal field values join nothing (an equal value in two records is not the same fact). Aggregates are groups of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from dalil.dataset.aggregates import is_aggregate
from dalil.dataset.components import Components, Link
from dalil.dataset.joins import FreeQuestions, join_documents, join_example, nodes_of
from dalil.errors import GroupingError
from dalil.records import Document, Example, content_id

AGGREGATE_PREFIX = "aggregate:"
FEWEST_GROUPS, LARGEST_SHARE = 30, 0.2


def group_examples(examples: Sequence[Example], documents: Sequence[Document], seed: int) -> list[Example]:
    """The examples with their groups set. A group that is set already (negatives of no record) stays.

    Raises GroupingError as `Grouping.groups`.
    """
    grouping = Grouping(sorted(documents, key=lambda document: document.path), seed)
    hanging = [grouping.add(example) for example in examples]
    of_node = grouping.groups()
    return [
        replace(example, group=found.own or of_node[found.node])
        for example, found in zip(examples, hanging, strict=True)
    ]


class Hanging(NamedTuple):
    """Where an example hangs: at a node, in whose group it will be, or in a group of its own."""

    node: str
    own: str = ""


class Grouping:
    """What hangs together: examples come one at a time, and none is kept; the groups are known when all have come.

    `documents` in the order of their paths. `folder`: where hashes of their texts may lie meanwhile.
    """

    def __init__(self, documents: Iterable[Document], seed: int, folder: Path | None = None) -> None:
        self._components = Components()
        join_documents(self._components, documents, seed, folder)
        self._questions = FreeQuestions(seed)
        self._rows: Counter[str] = Counter()

    def add(self, example: Example) -> Hanging:
        """A group of its own: one that is set already, or an aggregate's."""
        if own := example.group or (_aggregate_group(example) if is_aggregate(example) else ""):
            return Hanging("", own)
        node = join_example(self._components, example)
        self._questions.add(example, node)
        self._rows[node] += 1
        return Hanging(node)

    def groups(self) -> dict[str, str]:
        """Node → its group. Raises GroupingError where, from 30 groups on, several documents hang together that hold over 20 %
        of the rows."""
        self._questions.join(self._components)
        groups = self._components.groups()
        of_node = {node: group for group, nodes in groups.items() for node in nodes}
        rows: Counter[str] = Counter()
        for node, count in self._rows.items():
            rows[of_node[node]] += count
        _refuse_giant(self._components, groups, rows)
        return of_node


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
    near = [document for document in documents if document.path in inside]
    join_documents(components, sorted(near, key=lambda document: document.path), seed)
    questions = FreeQuestions(seed)
    for example in examples:
        if not is_aggregate(example) and inside.issuperset(nodes_of(example)):
            questions.add(example, join_example(components, example))
    questions.join(components)
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


def _aggregate_group(example: Example) -> str:
    return AGGREGATE_PREFIX + content_id(example.field, *sorted(example.documents), *example.values)


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
