"""Any encoder of sentence-transformers, with the prompts that it was trained with (extra `embed`)."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dalil.config_retrieval import EmbedderSettings
from dalil.errors import WorkError
from dalil.language_model.quiet import OFFLINE, quieten
from dalil.records import content_id

Floats = NDArray[np.float32]
BATCH = 32


class SentenceEncoder:
    """The model is loaded with the first text: an index that is whole is opened without it."""

    def __init__(self, settings: EmbedderSettings, place: str = "") -> None:
        """`place`: where the model lies, if not where it is named."""
        self._settings, self._place = settings, place or settings.model_name_or_path
        self.id = content_id(settings.model_dump_json(), _print_of(self._place))

    @cached_property
    def dimensions(self) -> int:
        return int(self.encode_query(["."]).shape[1])

    def encode_query(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dimensions) of questions."""
        return self._encode(self._model.encode_query, texts, self._settings.prompts()[0])

    def encode_document(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dimensions) of passages."""
        return self._encode(self._model.encode_document, texts, self._settings.prompts()[1])

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str | None) -> Floats:
        """`prompt` None: the model's own, where its configuration names one."""
        given = {} if prompt is None else {"prompt": prompt}
        made = encode(list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, **given)
        return np.asarray(made, dtype=np.float32)

    @cached_property
    def _model(self) -> Any:
        name = self._settings.model_name_or_path
        quieten(offline=OFFLINE in os.environ)
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise WorkError(f"The embedder {name} needs the package sentence-transformers.",
                            hint="pip install 'dalil[embed]', or `embedder: scratch` in dalil.yaml") from error  # fmt: skip
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        try:
            return SentenceTransformer(self._place, truncate_dim=self._settings.dimensions)
        except (OSError, ValueError, RuntimeError) as error:
            raise WorkError(f"The embedder {name} cannot be loaded ({str(error).splitlines()[0]}).",
                            hint="mend `embedder` in dalil.yaml: a folder, a model that can be reached, or scratch") from error  # fmt: skip


def _print_of(name: str) -> str:
    """Names and sizes of a local model's files, so that another model in its folder is another embedder."""
    folder = Path(name)
    if not folder.is_dir():
        return ""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return content_id(
        *(f"{path.relative_to(folder)}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files)
    )
