"""A model on this machine behind the seam: the same text streamed and whole, stopped, too long a prompt, and as an approach."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_models import LLAMA_CHAT, save

from dalil.config_models import DecodingSettings, ModelSettings
from dalil.errors import ModelError
from dalil.language_model.local import LocalModel
from dalil.language_model.opening import open_model
from dalil.language_model.templates import Chat
from dalil.records import Turn
from dalil.seams import Completion, Piece, Request

ASKED = Request("Où se trouve Delta ?", "Réponds court.", "[1] Delta\nDelta se trouve à Rennes.", max_tokens=12)


@pytest.fixture(scope="module", params=["llama", "gpt2"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind = str(request.param)
    return save(tmp_path_factory.mktemp(kind), kind, chat=LLAMA_CHAT if kind == "llama" else None)


def opened(folder: Path, **more: object) -> LocalModel:
    model = open_model("tiny", ModelSettings.model_validate({"model_name_or_path": str(folder), **more}), folder)
    assert isinstance(model, LocalModel)
    return model


def test_pieces_make_the_answer_that_the_model_gives_at_once(folder: Path) -> None:
    model = opened(folder)
    *pieces, last = model.generate(ASKED)
    assert isinstance(last, Completion)
    assert "".join(piece.text for piece in pieces if isinstance(piece, Piece)).strip() == last.text
    whole = model.generator.run(model.generator.ids(Chat(ASKED.question, ASKED.system, ASKED.context)),
                                DecodingSettings(max_new_tokens=12).model_dump())  # fmt: skip
    assert last == whole
    assert last.tokens_in > 40
    assert 0 < last.tokens_out <= 12
    assert last.logprob is not None
    assert last.logprob < 0
    assert last.cost == 0


def test_closing_stops_the_model(folder: Path) -> None:
    model = opened(folder)
    parts = model.generate(Request("Où ?", max_tokens=150))
    next(parts)
    parts.close()
    assert "dalil-generate" not in {thread.name for thread in threading.enumerate()}


def test_too_long_a_prompt_says_both_numbers(folder: Path) -> None:
    model = opened(folder)
    assert model.context_tokens == 256
    with pytest.raises(ModelError, match=r"reads 256 tokens; the prompt has \d+, the answer may have 250"):
        list(model.generate(Request("Où se trouve Delta ?", max_tokens=250)))
    with pytest.raises(ModelError, match="one question at a time"):
        list(model.generate(Request("Et Alpha ?", history=(Turn("Où est Delta ?", "À Rennes."),))))


def test_what_breaks_in_the_model_is_told(folder: Path) -> None:
    model = opened(folder)
    broken = SimpleNamespace(device="cpu", config=model.generator.model.config, generate=lambda *a, **m: 1 / 0)
    model.generator.model = broken
    with pytest.raises(ModelError, match="division by zero"):
        list(model.generate(ASKED))


def test_a_sampled_answer_is_the_same_each_time_it_is_asked_for(folder: Path) -> None:
    generator = opened(folder).generator
    sampling = DecodingSettings(max_new_tokens=12, temperature=1.5, top_p=0.9).model_dump()
    greedy = DecodingSettings(max_new_tokens=12).model_dump()
    ids = generator.ids(Chat(ASKED.question))
    first = generator.run(ids, sampling)
    generator.run(generator.ids(Chat("Et Alpha ?")), sampling)
    assert generator.run(ids, sampling) == first
    assert generator.run(ids, greedy).text != first.text
