"""What leaves for a model: the scope of a question by its name, personal data masked; and where a model's folder lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.answering.assistant import Assistant
from dalil.config_models import ModelSettings
from dalil.language_model.masking import Masking
from dalil.language_model.opening import open_model
from dalil.language_model.place import place_of
from dalil.language_model.scoped import within_scope
from dalil.records import Example, Question, Turn
from dalil.seams import Completion, Request, Said
from dalil.training.rows import rows_of

FAR = ModelSettings.model_validate({"endpoint": {"base_url": "http://localhost:9/v1", "model": "m"}})
SCOPE = "manuals/wl180-wheel-loader.pdf"


class Hears:
    """Keeps what it is asked."""

    name, context_tokens = "hears", 4096

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def count_tokens(self, text: str) -> int:
        return len(text)

    def generate(self, request: Request) -> Said:
        self.asked.append(request)
        yield Completion("500 hours", 1, 1)


@pytest.mark.parametrize(("scope", "said"), [
    ("", "Why?"),
    (SCOPE, "wl180 wheel loader: Why?"),
    ("apps.json#6Tzen~2", "6Tzen: Why?"),
])  # fmt: skip
def test_a_question_is_asked_with_the_name_of_its_scope(scope: str, said: str) -> None:
    assert within_scope("Why?", scope) == said


def test_training_and_an_address_hear_the_same_scoped_question() -> None:
    hears = Hears()
    question = Question("1", "How often do I change the oil of this machine?", "en", scope=SCOPE)
    next(Assistant(["en"], lambda: hears, FAR, name="theirs").answer_many([question]))
    example = Example("1", question.text, "500 hours", "own", "en", "pairs", True, scope=SCOPE)
    assert [hears.asked[0].question] == [row.question for row in rows_of([example], unknown=False)]
    assert hears.asked[0].question.startswith("wl180 wheel loader: ")


def test_personal_data_is_masked_before_it_leaves() -> None:
    hears = Hears()
    turns = (Turn("Write to sara@exemple.org", "I wrote to sara@exemple.org"),)
    request = Request("Who is omar@exemple.org?", context="[1] omar@exemple.org", history=turns)
    assert [part.text for part in Masking(hears, ["email"]).generate(request)] == ["500 hours"]
    sent = hears.asked[0]
    assert sent.question == "Who is [email]?"
    assert "@" not in "".join((sent.context, sent.history[0].question, sent.history[0].answer))


def test_an_address_is_asked_masked_where_the_workspace_masks(tmp_path: Path) -> None:
    assert isinstance(open_model("far", FAR, tmp_path, masked=["email"]), Masking)
    assert not isinstance(open_model("far", FAR, tmp_path), Masking)


def test_a_folder_is_named_from_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "small").mkdir(parents=True)
    monkeypatch.chdir(tmp_path.parent)
    assert place_of("models/small", tmp_path) == str(tmp_path / "models" / "small")
    assert place_of("org/small", tmp_path) == "org/small"
