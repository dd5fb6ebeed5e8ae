"""Documents and own pairs → examples → the split and what is held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalil.artefacts import (
    REVIEWS,
    Made,
    Manifest,
    file_hash,
    write_json,
    write_parts,
    write_records,
)
from dalil.config import Config
from dalil.dataset.split import (
    Askable,
    Certifying,
    SplitRow,
    as_askable,
    assign,
    draw,
    fold_count,
    may_be_trained,
    members_by_group,
    read_split,
    strata,
    write_split,
)
from dalil.errors import ConfigError, WorkError
from dalil.lexicon import Lexicon
from dalil.pipeline.reading import drops
from dalil.pipeline.words import lexicon_settings, other_lexicons, workspace_lexicon
from dalil.records import Document, Dropped, Example
from dalil.stages import Context, Job
from dalil.store.shelf import Shelf

if TYPE_CHECKING:
    from dalil.dataset.spool import Line


def _pairs_paths(context: Context) -> list[Path]:
    return [context.root / path for path in context.config.dataset.pairs]


def pairs_prints(context: Context) -> dict[str, str]:
    missing = [path for path in _pairs_paths(context) if not path.is_file()]
    if missing:
        raise ConfigError(
            f"The file of own questions {missing[0]} is not there.", hint="mend dataset.pairs in dalil.yaml"
        )
    return {given: file_hash(context.root / given) for given in context.config.dataset.pairs} | reviews_print(context)


def reviews_print(context: Context) -> dict[str, str]:
    """What people reviewed."""
    reviews = context.state / REVIEWS
    return {f"state/{REVIEWS}": file_hash(reviews)} if reviews.is_file() else {}


def build_dataset(job: Job) -> Made:
    """Documents and own pairs → examples.jsonl, in groups."""
    from dalil.dataset.build import written_examples
    from dalil.dataset.groups import Grouping
    from dalil.dataset.pairs import read_questions
    from dalil.dataset.spool import ExampleSpool

    config = job.context.config
    documents = Shelf(Document, job.inputs["documents"] / "documents.jsonl")
    pairs: list[Example] = []
    dropped: list[Dropped] = []
    for path in _pairs_paths(job.context) if "pairs" in config.dataset.origins else ():
        given = read_questions(path, documents, expected=config.language, masked_kinds=config.reading.masked_kinds)
        pairs += given.examples
        dropped += given.dropped
    lexicon = workspace_lexicon(config)
    lexicons = [lexicon, *other_lexicons(config)]
    written = written_examples(documents, config.dataset, pairs, lexicons, config.seed, job.folder)
    with closing(ExampleSpool(Grouping(documents, config.seed, job.folder), job.folder)) as spool:
        for item in written:
            if isinstance(item, Dropped):
                dropped.append(item)
            else:
                spool.add(item)
        counts = _write_examples(job, spool.lines(), documents, lexicon, dropped)
    return Made(counts, drops(dropped))


def _write_examples(
    job: Job, lines: Iterable[Line], documents: Sequence[Document], lexicon: Lexicon, dropped: list[Dropped]
) -> dict[str, int]:
    """Write the examples as people's reviews leave them; returns how many there are. `dropped`: where those go that are rejected."""
    from dalil.dataset.gold import Corpus
    from dalil.dataset.review import read_reviews, reviewed_lines

    kinds: Counter[str] = Counter()
    groups = set[str]()

    def kept() -> Iterator[str]:
        reviews = read_reviews(job.context.state)
        corpus = Corpus(documents, lexicon) if reviews else None
        for line in reviewed_lines(lines, reviews, corpus):
            if isinstance(line, Dropped):
                dropped.append(line)
                continue
            kinds[line.label] += 1
            groups.add(line.group)
            yield line.text

    write_parts(job.folder / "examples.jsonl", kept())
    return {"examples": kinds.total(), "groups": len(groups), **dict(sorted(kinds.items()))}


def split(job: Job) -> Made:
    """Groups → sides and folds (sticky in state/split.jsonl), the held-out questions and the leakage certificate."""
    config = job.context.config
    examples = Shelf(Example, job.inputs["examples"] / "examples.jsonl")
    asked: list[Askable] = []

    def passing() -> Iterator[Example]:
        """The examples, of which those that may be asked are noted as they pass: to read all costs more than the rest."""
        for number, example in enumerate(examples):
            if found := as_askable(number, example):
                asked.append(found)
            yield example

    kept = job.context.state / "split.jsonl"
    groups = members_by_group(passing())
    rows = assign(groups, config.split, config.seed, _kept_split(job.context, kept))
    folds = fold_count(config.split, len(groups))
    held = draw(strata(asked, rows, folds), asked, config.dataset.max_questions)
    write_split(kept, rows)
    write_split(job.folder / "split.jsonl", rows)
    write_records(job.folder / "heldout.jsonl", held)
    numbers = {found.id: found.number for found in asked}
    unseen: list[list[Example]] = [[] for _ in range(folds)]
    for item in held:
        if item.stratum == "unseen":
            unseen[item.fold].append(examples[numbers[item.example_id]])
    write_json(job.folder / "certificate.json", _certify(examples, rows, unseen))
    strata_counts = Counter(item.stratum for item in held)
    return Made({"groups": len(groups), "folds": folds, "questions": len(held), **dict(sorted(strata_counts.items()))})


def _kept_split(context: Context, kept: Path) -> list[SplitRow]:
    """The split so far. Raises WorkError where it is damaged: a new one could move trained records to the test."""
    try:
        return read_split(kept) if kept.exists() else []
    except WorkError as error:
        key = context.build.current().get("split")
        copy = context.build.path("split", key) / "split.jsonl" if key else None
        hint = f"cp {copy} {kept}" if copy and copy.is_file() else f"put a copy of {kept} back, or remove it"
        raise WorkError(f"{error.message} It says which records are held out, and is never made anew unasked.",
                        hint=hint) from error  # fmt: skip


def _certify(
    examples: Iterable[Example], rows: Sequence[SplitRow], unseen: Sequence[Sequence[Example]]
) -> dict[str, Any]:
    """The certificate of every fold, each with its unseen questions; of several the one whose come closest to what was trained."""
    folds = len(unseen)
    made = [(Certifying(asked), may_be_trained(rows, fold, folds)) for fold, asked in enumerate(unseen)]
    for example in examples:
        for certifying, may in made:
            if may(example):
                certifying.add(example)
    found = [{"fold": fold, "folds": folds} | certifying.row() for fold, (certifying, _) in enumerate(made)]
    shared = ("shared_groups", "shared_documents", "exact_duplicates")
    worst = max(found, key=lambda c: (c["shared_groups"], (c["highest_similarity"] or {"value": 0.0})["value"]))
    return worst | {name: sum(c[name] for c in found) for name in shared}


def split_whole(context: Context, manifest: Manifest) -> str:
    """Whether the artefact still says what state/split.jsonl says: a sticky row may have moved in a build between."""
    kept = context.state / "split.jsonl"
    if not kept.exists():
        return f"{kept} is missing"
    sticky = {row.name: row for row in _kept_split(context, kept)}
    rows = read_split(context.build.path("split", manifest.key) / "split.jsonl")
    return "" if all(sticky.get(row.name) == row for row in rows) else f"{kept} says otherwise"


def dataset_settings(config: Config) -> Any:
    given = {"dataset": config.dataset.model_dump(mode="json"), "language": config.language, "seed": config.seed}
    given |= lexicon_settings(config)
    return {**given, "masked": config.reading.masked_kinds} if config.reading.masked_kinds else given


def split_settings(config: Config) -> Any:
    return {"split": config.split.model_dump(mode="json"), "max": config.dataset.max_questions, "seed": config.seed}
