"""What is shown of a passage that may answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalil.records import Passage
from dalil.retrieval.excerpt import CUT, LONGEST, excerpt


def passage(text: str, language: str = "fr") -> Passage:
    return Passage("p", "d.md", "Passeport", (), text, 0, len(text), None, language, 0)  # type: ignore[arg-type]


def test_it_begins_where_the_question_is_spoken_of() -> None:
    text = "La photo est récente.\nLe timbre coûte 500 dirhams. Il est acheté en ligne. " + "Rien de plus. " * 30
    shown = excerpt("combien coûtent les timbres", passage(text))
    assert shown.startswith(f"{CUT} Le timbre coûte 500 dirhams. Il est acheté en ligne.")
    assert shown.endswith(CUT)
    assert len(shown) <= LONGEST + 2 * len(f"{CUT} ")


def test_a_short_passage_is_shown_whole() -> None:
    assert excerpt("timbre", passage("Le timbre coûte\n500 dirhams.")) == "Le timbre coûte 500 dirhams."


@pytest.mark.parametrize("question", ["", "؟", "xyz"])
def test_where_nothing_is_shared_it_begins_at_the_beginning(question: str) -> None:
    assert excerpt(question, passage("يودع الطلب. ثم يسلم الوصل.", "ar")) == "يودع الطلب. ثم يسلم الوصل."


@given(st.text(max_size=400), st.text(max_size=900))
def test_it_is_one_line_of_the_passage_and_never_too_long(question: str, text: str) -> None:
    shown = excerpt(question, passage(text))
    assert len(shown) <= LONGEST + 2 * len(f"{CUT} ")
    assert shown.splitlines() in ([], [shown])
    assert shown.strip(f"{CUT} ") in " ".join(text.split())
