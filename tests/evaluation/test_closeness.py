from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalil.evaluation import metrics
from dalil.language import fold, words

TEXT = st.lists(st.sampled_from(["le", "la", "Été", "chat", "dort", "2019", "المغرب", "كِتاب", ","]), max_size=9).map(
    " ".join
)
MEASURES: list[Callable[[str, str], float]] = [
    metrics.token_f1, metrics.exact_match, metrics.rouge_l, metrics.chrf, metrics.bleu, metrics.recall,
]  # fmt: skip


@given(TEXT, TEXT)
def test_bounds_identity_and_symmetry(gold: str, answer: str) -> None:
    for measure in MEASURES:
        assert 0 <= measure(gold, answer) <= 1 + 1e-12
        assert measure(gold, gold) == pytest.approx(1)
    for measure in (metrics.token_f1, metrics.exact_match, metrics.rouge_l):
        assert measure(gold, answer) == pytest.approx(measure(answer, gold))


@given(TEXT, TEXT)
def test_token_f1_against_removing_words_one_by_one(gold: str, answer: str) -> None:
    left, common = words(gold), 0
    for word in words(answer):
        if word in left:
            left.remove(word)
            common += 1
    if common:
        precision, share = common / len(words(answer)), common / len(words(gold))
        assert metrics.token_f1(gold, answer) == pytest.approx(2 * precision * share / (precision + share))


@given(TEXT, TEXT)
def test_rouge_l_against_recursion(gold: str, answer: str) -> None:
    first, second = words(gold), words(answer)

    @cache
    def longest(i: int, j: int) -> int:
        if i == len(first) or j == len(second):
            return 0
        if first[i] == second[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    if first or second:
        assert metrics.rouge_l(gold, answer) == pytest.approx(2 * longest(0, 0) / (len(first) + len(second)))


@given(TEXT, TEXT)
def test_chrf_against_its_definition(gold: str, answer: str) -> None:
    wanted, found = fold(gold).replace(" ", ""), fold(answer).replace(" ", "")
    precisions, recalls = [], []
    for order in range(1, 7):
        theirs = [wanted[i : i + order] for i in range(len(wanted) - order + 1)]
        ours = [found[i : i + order] for i in range(len(found) - order + 1)]
        if theirs and ours:
            hits = sum(min(ours.count(gram), theirs.count(gram)) for gram in set(ours))
            precisions.append(hits / len(ours))
            recalls.append(hits / len(theirs))
    if precisions:
        p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
        assert metrics.chrf(gold, answer) == pytest.approx(5 * p * r / (4 * p + r) if p + r else 0)


def test_bleu_by_hand() -> None:
    # 3 of 4 words, (2 + 1) of (3 + 1) pairs, (1 + 1) of (2 + 1) triples, (0 + 1) of (1 + 1) fours; same length
    expected = math.exp(sum(map(math.log, (3 / 4, 3 / 4, 2 / 3, 1 / 2))) / 4)
    assert metrics.bleu("le chat noir dort", "le chat noir mange") == pytest.approx(expected)
    assert metrics.bleu("un deux trois quatre", "un deux") == pytest.approx(math.exp(1 - 4 / 2))
    assert metrics.bleu("a", "b") == 0


def test_scripts_and_accents_are_not_lost() -> None:
    assert metrics.rouge_l("كتاب الأطفال", "كِتَابُ الأطفالِ") == 1
    assert metrics.chrf("كتاب الأطفال", "كِتَابُ الأطفالِ") == 1
    assert metrics.token_f1("Déclaré à l'État", "declare a l'etat") == 1
    assert metrics.chrf("", "x") == metrics.token_f1("x", "") == 0


def test_language_match() -> None:
    french = "Il faut se rendre à la mairie avec une pièce d'identité."
    assert metrics.language_match("fr", french) == 1
    assert metrics.language_match("ar", french) == 0
    assert metrics.language_match("ar", "PostgreSQL") is None


def test_a_text_of_a_million_letters_without_a_mark_is_looked_at_at_once() -> None:
    started = time.perf_counter()
    assert metrics.truncated("mot " * 250_000)
    assert time.perf_counter() - started < 10  # tried at every letter: hours


def test_truncated() -> None:
    assert metrics.truncated("Le dossier est déposé au guichet, puis instruit par le service qui vérifie les pièces et")
    assert metrics.truncated("Il faut fournir un justificatif,")
    for whole in (
        "MPL-2.0",
        "",
        "Le dossier est déposé au guichet.",
        "Rennes ; Nantes ; Le Mans ; Brest ; Angers ; Vannes",
    ):
        assert not metrics.truncated(whole)
