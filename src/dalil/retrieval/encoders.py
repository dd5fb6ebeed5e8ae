"""Which embedder a workspace has: the scratch one, trained beside the index, or one of sentence-transformers by its name."""

from __future__ import annotations

import importlib.util
import logging
import shutil
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.artefacts import read_json, write_json
from dalil.config_retrieval import NO_EMBEDDER, SCRATCH_EMBEDDER, EmbedderSettings
from dalil.errors import WorkError
from dalil.language_model.place import place_of
from dalil.records import content_id_of
from dalil.retrieval.cache import is_whole, make_cache
from dalil.retrieval.sentence_encoder import SentenceEncoder
from dalil.retrieval.static import TRAINED_ON, StaticEmbedder
from dalil.retrieval.static_training import train_static
from dalil.seams import Embedder
from dalil.store.sqlite import SqliteStore

logger = logging.getLogger(__name__)
POINTER = "embedder.json"
SCRATCH_VERSION = 1
"""Raised when training changes, so that embedders trained before are trained anew."""
STALE_SHARE = 0.2
"""The scratch embedder is trained anew where more than this share of the passages came after it was trained."""

PrepareEmbedder = Callable[[SqliteStore], Embedder | None]


def prepare_embedder(folder: Path, settings: EmbedderSettings, seed: int, root: Path = Path()) -> PrepareEmbedder:
    """What gives the embedder of an index when its passages are there, training the scratch one where it must."""
    return partial(_ready, folder, settings, seed, root)


def embedder_state(settings: EmbedderSettings) -> str:
    """Which embedder can be had here: part of what an index depends on."""
    if settings.model_name_or_path == SCRATCH_EMBEDDER:
        return SCRATCH_EMBEDDER if _has_tokenizers() else "none: the package tokenizers is missing"
    return settings.model_name_or_path


def open_embedder(folder: Path, settings: EmbedderSettings, root: Path = Path()) -> Embedder | None:
    """The embedder that the index in the folder was made with, or None. Trains nothing. `root`: where its own folder is named from."""
    if settings.model_name_or_path == NO_EMBEDDER:
        return None
    if settings.model_name_or_path != SCRATCH_EMBEDDER:
        return SentenceEncoder(settings, place_of(settings.model_name_or_path, root))
    kept = _pointed(folder)
    return StaticEmbedder(kept) if kept and _has_tokenizers() else None


def _ready(folder: Path, settings: EmbedderSettings, seed: int, root: Path, store: SqliteStore) -> Embedder | None:
    if settings.model_name_or_path != SCRATCH_EMBEDDER:
        return open_embedder(folder, settings, root)
    numbers = np.fromiter((number for number, _ in store.numbers()), dtype=np.int64)
    enough = len(numbers) >= settings.fewest_passages
    if enough and not _has_tokenizers():
        logger.warning("no dense leg: the scratch embedder needs the package tokenizers: pip install 'dalil[train]'")
        return None
    kept = _pointed(folder) if enough else None
    if enough and (kept is None or _stale(kept, numbers)):
        kept = _train(folder, store, seed)
    _remove_others(folder, kept)
    return StaticEmbedder(kept) if kept else None


def _train(folder: Path, store: SqliteStore, seed: int) -> Path:
    name = content_id_of(
        chain((str(SCRATCH_VERSION), str(seed)), (identifier for _, identifier in store.identifiers()))
    )
    numbers = np.fromiter((number for number, _ in store.identifiers()), dtype=np.int64)
    made = folder / f"embedder-{name}"
    if made.is_dir():
        shutil.rmtree(made)
    make_cache(made, lambda partial_: train_static(partial_, numbers, store.passages, seed))
    write_json(folder / POINTER, {"folder": made.name, "version": SCRATCH_VERSION})
    return made


def _pointed(folder: Path) -> Path | None:
    """The scratch embedder's folder, where it is whole and of this version."""
    if not (folder / POINTER).is_file():
        return None
    try:
        pointer = read_json(folder / POINTER)
        kept = folder / str(pointer["folder"])
    except (WorkError, KeyError, TypeError):
        return None
    return kept if pointer.get("version") == SCRATCH_VERSION and is_whole(kept) else None


def _stale(kept: Path, numbers: NDArray[np.int64]) -> bool:
    known = np.load(kept / TRAINED_ON)
    return float(np.isin(numbers, known, invert=True).mean()) > STALE_SHARE


def _remove_others(folder: Path, kept: Path | None) -> None:
    for old in folder.glob("embedder-*"):
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)


def _has_tokenizers() -> bool:
    return importlib.util.find_spec("tokenizers") is not None
