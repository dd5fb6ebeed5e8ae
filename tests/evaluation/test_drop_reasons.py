"""Why something was left out: every sentence that the code can say is there in French and in Arabic."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

import dalil
from dalil.evaluation.drop_reasons import RULINGS, said
from dalil.evaluation.wording import Words

OUTCOMES = {"right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed"}
SAID_BY = {"Dropped": 1, "SourceError": 0, "PassingSourceError": 0}
JOINED_BY = {"join": 2}
"""What joins two documents into one group, by the method that says why."""
HEADS = re.compile(r"^\W*(\{\}\W*)*$")


def forms(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression can be, {} for what is filled in; none where it only passes one on."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (*forms(node.body), *forms(node.orelse))
    elif isinstance(node, ast.BinOp):
        yield from (left + right for left in forms(node.left) for right in forms(node.right))


def place_of(called: ast.expr) -> int | None:
    """Which argument of a call says a reason."""
    if isinstance(called, ast.Attribute):
        return JOINED_BY.get(called.attr)
    return SAID_BY.get(called.id) if isinstance(called, ast.Name) else None


def reasons_of(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (place := place_of(node.func)) is not None:
            yield from forms(node.args[place]) if len(node.args) > place else ()


def every_reason() -> list[str]:
    files = sorted(Path(dalil.__file__).parent.rglob("*.py"))
    found = {reason for file in files for reason in reasons_of(file.read_text(encoding="utf-8"))}
    return sorted(reason for reason in found if not HEADS.match(reason))


def rulings_of(source: str) -> Iterator[str]:
    """The second of each pair whose first is an outcome, or one of two: ("wrong", "states none")."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and OUTCOMES.issuperset(forms(node.elts[0])):
            yield from forms(node.elts[1])


def every_ruling() -> list[str]:
    files = [Path(dalil.__file__).parent / "evaluation" / name for name in ("rulings.py", "judge.py")]
    return sorted({ruling for file in files for ruling in rulings_of(file.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("ruling", every_ruling())
def test_a_ruling_is_known_in_every_language(ruling: str) -> None:
    filled = ruling.replace("{}", "12")
    for language in ("fr", "ar"):
        known = said(filled, language, RULINGS)
        assert known != filled, f"templates/rulings.yaml has no sentence for: {ruling}"
        assert known.count("12") == ruling.count("{}")
    assert said(filled, "en", RULINGS) == filled


def rows() -> list[dict[str, Any]]:
    path = resources.files("dalil.evaluation") / "templates" / "reasons.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("reason", every_reason())
def test_a_reason_that_the_code_says_is_known_in_every_language(reason: str) -> None:
    filled = reason.replace("{}", "X1")
    for language in ("fr", "ar"):
        assert said(filled, language) != filled, f"templates/reasons.yaml has no sentence for: {reason}"
    assert said(filled, "en") == filled


def test_every_sentence_says_what_it_fills_in_in_every_language() -> None:
    for row in rows():
        wanted = {str(i) for i in range(row["en"].count("{}"))}
        for language in ("fr", "ar"):
            assert set(re.findall(r"\{(\d)\}", row[language])) == wanted, row["en"]
    assert len({row["en"] for row in rows()}) == len(rows())


def test_what_is_filled_in_is_said_too_and_quotes_stay() -> None:
    hidden = "marked as hidden: 12 characters left out: {ignore} all"
    assert said(hidden, "fr") == "marqué comme caché : 12 caractères laissés de côté : {ignore} all"
    assert said("no text on any of its 3 pages: needs OCR", "ar").endswith("(3): يحتاج إلى تعرف ضوئي (OCR)")


@pytest.mark.parametrize(
    "counted", ["stand-in: words × tokens a word (qwen2: 1.7 fr)", "acme/one's own (tokenizer.json on this machine)"]
)
def test_what_counted_the_tokens_is_said_in_every_language(counted: str) -> None:
    assert all(said(counted, language) != counted for language in ("fr", "ar"))


def test_an_unknown_reason_stays_as_it_is() -> None:
    assert Words("ar").reason("the moon is full") == "the moon is full"
    assert Words("fr").reason("the file is empty") == "le fichier est vide"
    assert Words("ary").reason("the file is empty") == "الملف فارغ"
