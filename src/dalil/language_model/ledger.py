"""What was paid for is kept: state/ledger/<model>/<request>.json, so that the same question never costs twice.

The name is the hash of the request, the folder that of address and model; the file holds the answer, its tokens and its
price, and nothing of the key. A killed run loses at most the answer that was under way.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from pathlib import Path

from dalil.artefacts import read_json, write_json
from dalil.errors import WorkError
from dalil.language_model.endpoint import Endpoint
from dalil.records import content_id, from_row, to_row
from dalil.seams import Clock, Completion, Piece, Request, Said


class Ledger:
    """An endpoint whose answers are kept in a folder. `anew`: it is asked all the same, and what it says now is kept."""

    def __init__(
        self, endpoint: Endpoint, folder: Path, clock: Clock = time.perf_counter, *, anew: bool = False
    ) -> None:
        self._endpoint, self._clock, self._folder, self._anew = endpoint, clock, folder, anew

    @property
    def name(self) -> str:
        return self._endpoint.name

    @property
    def context_tokens(self) -> int:
        return self._endpoint.context_tokens

    def count_tokens(self, text: str) -> int:
        return self._endpoint.count_tokens(text)

    def generate(self, request: Request) -> Said:
        """The kept answer at once; else the model's, which is then kept."""
        asked = json.dumps(asdict(request), ensure_ascii=False, sort_keys=True)
        model = self._endpoint.identity
        path = self._folder / content_id(model) / f"{content_id(asked)}.json"
        if not self._anew and (kept := _kept(path)):
            yield Piece(kept.text)
            yield self._endpoint.priced(kept)
            return
        started = self._clock()
        for part in self._endpoint.generate(request):
            if isinstance(part, Completion):
                row = to_row(replace(part, seconds=round(self._clock() - started, 6)))
                write_json(path, {"model": model, "completion": row, "at": _now()})
            yield part


def _kept(path: Path) -> Completion | None:
    """The kept answer; None where there is none, or where the file is damaged: then it is asked anew."""
    try:
        return from_row(Completion, read_json(path)["completion"]) if path.is_file() else None
    except (WorkError, KeyError, TypeError):
        return None


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
