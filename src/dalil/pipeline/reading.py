"""Sources → documents → passages → index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from dalil.artefacts import (
    Made,
    Manifest,
    Records,
    Spool,
    read_json,
    write_json,
    write_records,
)
from dalil.collect.passages import PassageSplitter
from dalil.collect.pdf_ocr import Scans
from dalil.collect.profile import FieldProfile
from dalil.collect.read import Reader
from dalil.collect.sources import SourceFile, list_sources
from dalil.config import Config
from dalil.dataset.parts import parts_of
from dalil.engine import RowCache
from dalil.errors import WorkError
from dalil.records import Document, Dropped, Passage
from dalil.retrieval.encoders import embedder_state, open_embedder, prepare_embedder
from dalil.retrieval.index import INDEX_FILE, Index, sync_index
from dalil.stages import Context, Job
from dalil.store.sqlite import DamagedIndex, SqliteStore

PARTS = "parts.jsonl"
TO_TRY_AGAIN = "to_try_again"
"""The count of files that ran out of time or memory."""


def drops(dropped: Iterable[Dropped]) -> list[dict[str, str]]:
    """What was left out, as a manifest holds it."""
    return [{"what": item.what, "reason": item.reason} for item in dropped]


def _found_sources(context: Context) -> tuple[list[SourceFile], list[Dropped]]:
    return list_sources(context.config.sources, context.root, context.config.reading)


def source_prints(context: Context) -> dict[str, str]:
    files, dropped = _found_sources(context)
    return {file.path: file.digest for file in files} | {drop.what: drop.reason for drop in dropped}


def collect(job: Job) -> Made:
    """Sources → documents.jsonl, parts.jsonl (records that are rows of a text's tables), profile.json."""
    context = job.context
    files, dropped = _found_sources(context)
    kept = context.build.folder / "cache"
    reader = Reader(tuple(context.config.language), context.config.reading, Scans(kept / "ocr", context.say))
    cache = RowCache(kept / "documents", reader.row_key)
    counts = Counter(files=len(files), documents=0, records=0, pages=0)
    results = context.engine.map(reader, files, cache)
    with closing(Spool(job.folder)) as spool:  # one file's documents in memory at a time
        for made in context.progress(results, label="reading", total=len(files)):
            for item in made:
                if isinstance(item, Dropped):
                    dropped.append(item)
                else:
                    spool.add(item, (item.path, item.id))
                    counts["records" if item.fields else "documents"] += 1
                    counts["pages"] += len(item.page_starts)
        if not len(spool):
            raise _nothing_read(dropped)
        spool.write(job.folder / "documents.jsonl")
    documents = Records(Document, job.folder / "documents.jsonl")
    counts["parts"] = write_records(job.folder / PARTS, (part for document in documents for part in parts_of(document)))
    counts["dropped"] = len(dropped)
    profile = context.engine.summarise(FieldProfile, documents)
    write_json(job.folder / "profile.json", profile.rows())
    if again := sum(item.passing for item in dropped):
        counts[TO_TRY_AGAIN] = again
    return Made(dict(counts), drops(dropped))


def unread_for_now(manifest: Manifest) -> str:
    """Why the sources are to be read again though nothing has changed; what was read of them is kept."""
    count = manifest.counts.get(TO_TRY_AGAIN, 0)
    return f"{count} file{'s' if count > 1 else ''} ran out of time or memory: tried again" if count else ""


def _nothing_read(dropped: Sequence[Dropped]) -> WorkError:
    """Nothing to build from: better said than an empty index in the place of a good one."""
    reasons = "; ".join(f"{item.what}: {item.reason}" for item in dropped[:3])
    return WorkError(f"No document could be read from the sources ({reasons or 'nothing is there'}).",
                     hint="mend the files or `sources` in dalil.yaml, then run the same command again")  # fmt: skip


def cut(job: Job) -> Made:
    """Documents → passages.jsonl."""
    documents = Records(Document, job.inputs["documents"] / "documents.jsonl")
    count = len(documents)
    splitter = PassageSplitter(job.context.config.passages)
    dropped: list[Dropped] = []

    def passages() -> Iterator[Passage]:
        for made in job.context.progress(map(splitter, documents), label="cutting", total=count):
            for item in made:
                if isinstance(item, Dropped):
                    dropped.append(item)
                else:
                    yield item

    written = write_records(job.folder / "passages.jsonl", passages())
    return Made({"documents": count, "passages": written, "dropped": len(dropped)}, drops(dropped))


def index(job: Job) -> Made:
    """Documents, parts and passages → build/index/index.sqlite (the truth) and its caches; index.json says what it holds."""
    config, folder = job.context.config, index_folder(job.context)
    documents = Records(Document, job.inputs["documents"] / "documents.jsonl")
    parts = Records(Document, job.inputs["documents"] / PARTS)
    passages = Records(Passage, job.inputs["passages"] / "passages.jsonl")
    prepare = prepare_embedder(folder, config.embedder, config.seed, job.context.root)
    counts = sync_index(folder, chain(documents, parts), passages, prepare, config.retrieval.exact_up_to)
    write_json(job.folder / "index.json", {"content": counts["content"], "embedder": counts["embedder"]})
    return Made({"documents": len(documents), "passages": len(passages)})


def index_settings(config: Config) -> Any:
    return {"language": config.language, "embedder": config.embedder.model_dump(mode="json"),
            "exact_up_to": config.retrieval.exact_up_to, "seed": config.seed}  # fmt: skip


def index_prints(context: Context) -> dict[str, str]:
    return {"embedder": embedder_state(context.config.embedder)}


def index_folder(context: Context) -> Path:
    """Where the index lies."""
    return context.build.folder / "index"


def index_whole(context: Context, manifest: Manifest) -> str:
    """Whether the one mutable artefact is there and holds what the manifest says."""
    path = index_folder(context) / INDEX_FILE
    if not path.is_file():
        return f"{path} is missing"
    made = read_json(context.build.path("index", manifest.key) / "index.json")
    if made["embedder"] and embedder_id(context) != made["embedder"]:
        return "the embedder is missing or another one"
    try:
        opened = SqliteStore(path)
    except DamagedIndex as error:
        return error.message
    try:
        return "" if opened.content() == made["content"] else "the index holds something else"
    except DamagedIndex as error:
        return error.message
    finally:
        opened.close()


def open_index(context: Context, ranking: Mapping[str, float] | None = None) -> Index:
    """The workspace's index, ready to search; `ranking`: weights of the re-ranker."""
    embedder = open_embedder(index_folder(context), context.config.embedder, context.root)
    return Index(
        index_folder(context), context.config.language, context.config.retrieval, embedder, ranking, context.root
    )


def embedder_id(context: Context) -> str:
    """The id of the embedder that the index is searched with; "" where there is none."""
    embedder = open_embedder(index_folder(context), context.config.embedder, context.root)
    return embedder.id if embedder else ""
