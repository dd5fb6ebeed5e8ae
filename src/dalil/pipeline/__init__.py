"""The whole story in one list: documents → passages → index, examples → split → ranking, calibration, models → answers, staleness → judged → report."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from dalil.pipeline.asking_again import to_ask_again
from dalil.pipeline.measuring import (
    FINAL,
    answer,
    answer_settings,
    approach_settings,
    calibrate_answers,
    calibration_settings,
    calibrations,
    judge_answers,
    knowledge,
)
from dalil.pipeline.models import (
    asked_for,
    files_for,
    fold_models,
    make_models,
    models_prints,
    models_settings,
    pointer,
    real_model,
    wanted_models,
)
from dalil.pipeline.questions import (
    build_dataset,
    dataset_settings,
    pairs_prints,
    split,
    split_settings,
    split_whole,
)
from dalil.pipeline.ranking import Ranking, fit_rankers, ranking_settings, read_ranking, unfitted_ranking
from dalil.pipeline.reading import (
    collect,
    cut,
    index,
    index_prints,
    index_settings,
    index_whole,
    open_index,
    source_prints,
    unread_for_now,
)
from dalil.published import REPORT, TIMES
from dalil.stages import Stage


def _when_asked(module: str, function: str) -> Callable[..., Any]:
    """A function of a module that is loaded when it is called: nothing that is asked needs those of the report."""

    def call(*given: Any) -> Any:
        return getattr(import_module(f"{__name__}.{module}"), function)(*given)

    return call


STAGES: tuple[Stage, ...] = (
    Stage("documents", (), collect, lambda c: {"reading": c.reading.model_dump(mode="json"), "language": c.language,
          "sources": [s.model_dump(mode="json") for s in c.sources]}, source_prints, version=14, again=unread_for_now),
    Stage("passages", ("documents",), cut, lambda c: c.passages.model_dump(mode="json"), version=4),
    Stage("index", ("documents", "passages"), index, index_settings, index_prints, version=7, whole=index_whole),
    Stage("examples", ("documents",), build_dataset, dataset_settings, pairs_prints, version=12),
    Stage("split", ("examples",), split, split_settings, whole=split_whole, version=2),
    Stage("ranking", ("index", "examples", "split"), fit_rankers, ranking_settings, version=5),
    Stage("calibration", ("documents", "index", "examples", "split", "ranking"), calibrate_answers,
          calibration_settings, version=30),
    Stage("models", ("documents", "examples", "split"), make_models, models_settings, models_prints, version=7),
    Stage("answers", ("index", "examples", "split", "ranking", "calibration", "models"), answer, answer_settings,
          outside=(TIMES,), whole=to_ask_again, version=30),
    Stage("staleness", ("documents", "passages", "examples", "ranking", "calibration", "models"),
          _when_asked("staleness", "probe_staleness"), _when_asked("staleness", "staleness_settings"),
          outside=(TIMES,), version=2),
    Stage("judged", ("documents", "examples", "split", "models", "answers"), judge_answers, approach_settings, version=4),
    Stage("report", ("documents", "passages", "examples", "split", "calibration", "models", "answers", "judged", "staleness"),
          _when_asked("reporting", "write_report"),
          lambda c: c.model_dump(mode="json"), _when_asked("shown_human", "people_print"), outside=REPORT, version=12),
)  # fmt: skip

__all__ = [
    "FINAL", "STAGES", "Ranking", "asked_for", "calibrations",
    "files_for", "fold_models", "knowledge", "open_index", "pointer", "read_ranking", "real_model", "unfitted_ranking", "wanted_models",
]  # fmt: skip
