"""A cross-encoder as re-ranker: any of sentence-transformers' by name (extra `embed`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from dalil.errors import WorkError
from dalil.language_model.quiet import OFFLINE, quieten
from dalil.retrieval.features import Candidate
from dalil.retrieval.lexical import whole_text

BATCH = 32


class CrossEncoderRanker:
    """Reads question and passage together. The model is loaded with the first question."""

    def __init__(self, name: str) -> None:
        self._name = name

    def scores(self, text: str, candidates: Sequence[Candidate]) -> list[float]:
        """One score a candidate, higher is better."""
        pairs = [(text, whole_text(candidate.passage)) for candidate in candidates]
        found = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False) if pairs else []
        return [float(score) for score in found]

    @cached_property
    def _model(self) -> Any:
        quieten(offline=OFFLINE in os.environ)
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise WorkError(f"The re-ranker {self._name} needs the package sentence-transformers.",
                            hint="pip install 'dalil[embed]', or `reranker: auto` in dalil.yaml") from error  # fmt: skip
        try:
            return CrossEncoder(self._name, num_labels=1)
        except (OSError, ValueError, RuntimeError) as error:
            raise WorkError(f"The re-ranker {self._name} cannot be loaded ({str(error).splitlines()[0]}).",
                            hint="mend retrieval.reranker in dalil.yaml: a folder, a model that can be reached, auto or none") from error  # fmt: skip
