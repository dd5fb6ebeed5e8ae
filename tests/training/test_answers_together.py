"""Many chats answered together: the same texts, tokens and ends as one at a time, for models with either kind of positions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny_models import GEMMA_CHAT, LLAMA_CHAT, heldout, rows, save

from dalil.answering.model_alone import TIMED, ModelAlone
from dalil.config_models import DecodingSettings, ModelSettings
from dalil.language_model.generation import MOST_TOKENS, TOGETHER, WINDOW, Generator, _batches
from dalil.language_model.local import LocalModel
from dalil.language_model.opening import open_model
from dalil.language_model.templates import Chat
from dalil.records import Question
from dalil.seams import Completion

KINDS = {"llama": LLAMA_CHAT, "gpt2": None, "gemma2": GEMMA_CHAT}
ASKED = [*rows(), *heldout()] * 5
CHATS = [Chat(row.question, context="Alpha est à Rennes. " * (i % 4)) for i, row in enumerate(ASKED)]


@pytest.fixture(scope="module", params=KINDS)
def generator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator:
    """A random model in float32: in bfloat16 two tokens may be equally likely."""
    kind = str(request.param)
    folder = save(tmp_path_factory.mktemp(kind), kind, chat=KINDS[kind])
    opened = open_model("tiny", ModelSettings(model_name_or_path=str(folder)), folder)
    assert isinstance(opened, LocalModel)
    made = opened.generator
    made.model.float()
    made.card = replace(made.card, decoding=DecodingSettings(max_new_tokens=12).model_dump())
    return made


def one_by_one(generator: Generator) -> list[Completion]:
    return [generator.generate(chat) for chat in CHATS]


def generated(generator: Generator, chat: Chat) -> list[int]:
    import torch

    ids = generator.ids(chat)
    made = generator.model.generate(torch.tensor([ids]), max_new_tokens=12, do_sample=False)
    return [int(token) for token in made[0, len(ids) :]]


def test_answers_together_are_those_given_one_at_a_time(generator: Generator) -> None:
    assert len(CHATS) > WINDOW
    alone = one_by_one(generator)
    together = list(generator.answers(CHATS))
    assert len({said.text for said in alone}) > 3
    assert [replace(said, logprob=None) for said in together] == [replace(said, logprob=None) for said in alone]
    assert [said.logprob for said in together] == pytest.approx([said.logprob for said in alone], abs=1e-4)


def test_each_answer_ends_at_its_own_end(generator: Generator) -> None:
    """A token that closes some answers early and others not at all."""
    said = [generated(generator, chat) for chat in CHATS]
    counts = {token: sum(token in ids for ids in said) for ids in said for token in ids}
    end = min(counts, key=lambda token: abs(counts[token] - len(CHATS) / 2))
    ended = Generator(generator.model, generator.tokenizer, generator.card)
    ended._ends = frozenset({end})
    alone = one_by_one(ended)
    assert {completion.finish for completion in alone} == {"stop", "length"}
    assert [replace(said, logprob=None) for said in ended.answers(CHATS)] == [
        replace(said, logprob=None) for said in alone
    ]


def test_sampled_answers_keep_their_own_seed(generator: Generator) -> None:
    sampling = Generator(generator.model, generator.tokenizer, replace(
        generator.card, decoding=DecodingSettings(max_new_tokens=6, temperature=1.0).model_dump()))  # fmt: skip
    assert list(sampling.answers(CHATS[:6])) == [sampling.generate(chat) for chat in CHATS[:6]]


def test_batches_hold_every_prompt_once_within_their_bounds() -> None:
    prompts = [[1] * n for n in (3000, 5, 3000, 9000, 7, *range(1, 40))]
    batches = list(_batches(prompts, TOGETHER))
    assert sorted(i for batch in batches for i in batch) == list(range(len(prompts)))
    for batch in batches:
        longest = max(len(prompts[i]) for i in batch)
        assert len(batch) <= TOGETHER
        assert len(batch) == 1 or len(batch) * longest <= MOST_TOKENS


def test_answers_are_cut_where_the_context_ends(tmp_path: Path) -> None:
    """GPT-2 has no place for a further token: a prompt near its end gets what is left, one over it nothing, the others all."""
    folder = save(tmp_path, "gpt2", context=96)
    opened = open_model("tiny", ModelSettings(model_name_or_path=str(folder)), folder)
    assert isinstance(opened, LocalModel)
    made = opened.generator
    made.card = replace(made.card, decoding=DecodingSettings(max_new_tokens=40).model_dump())
    chats = [Chat("Où ?"), Chat("Où ?", context="1" * 35), Chat("Où ?", context="1" * 90)]
    lengths = [len(made.ids(chat)) for chat in chats]
    assert lengths[0] + 40 < 96 < lengths[1] + 40
    assert lengths[1] < 96 < lengths[2]
    said = list(made.answers(chats))
    assert [answer.tokens_out for answer in said] == [40, 96 - lengths[1], 0]
    assert [replace(answer, logprob=None) for answer in said] == [
        replace(made.generate(chat), logprob=None) for chat in chats
    ]
    told = ModelAlone(lambda: made, ["fr"], name="closed-book").answer(Question("1", "Où ?", "fr"), said[2], 0.0)
    assert (told.status, told.reason) == (
        "abstained",
        "the prompt fills the model's context: it has no place for an answer",
    )


def test_some_questions_are_timed_one_at_a_time_and_the_others_are_not_timed(generator: Generator) -> None:
    approach = ModelAlone(lambda: generator, ["fr"], name="closed-book")
    questions = [Question(str(i), row.question, "fr") for i, row in enumerate(ASKED)]
    answers = list(approach.answer_many(questions))
    assert [answer.id for answer in answers] == [question.id for question in questions]
    timed = [i for i, answer in enumerate(answers) if answer.seconds]
    assert len(timed) <= TIMED
    assert max(timed) > len(ASKED) * 0.8, "they are spread over all questions"
    (alone,) = approach.answer_many(questions[:1])
    assert alone.seconds > 0
    assert alone.answer == answers[0].answer
