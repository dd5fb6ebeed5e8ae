"""A hyphen at a line's end: a word's own where the document writes it so, or the language has it so; else it only cuts the word."""

from __future__ import annotations

import pytest

from dalil.collect.cut_words import CutWords
from dalil.collect.pdf_layout import lay_out
from dalil.collect.pdf_lines import Line, page_content
from dalil.collect.wrapping import join_lines


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (
            ["Le contrat est multi-", "support et peut être rompu. Un autre contrat multi-support suit."],
            "multi-support et",
        ),
        (["Il donne une informa-", "tion utile. Cette information est gratuite."], "information utile"),
        (["Le dossier est-", "il complet quand il est déposé au guichet de la commune ?"], "est-il complet"),
        (["Que peut-", "on faire quand le dossier n'est pas complet au guichet ?"], "peut-on faire"),
        (["Y a-", "t-il un délai pour le dépôt de la demande au guichet ?"], "a-t-il un"),
        (["The form is a non-", "refundable one and must be kept with the other papers."], "non-refundable one"),
        (["The tax is a nui-", "sance and must be paid with all the other papers."], "nuisance and"),
        (["Un support. Le contrat multi-", "support est multi quand on le veut."], "multi-support est"),
        (["Visitez Aix-", "Marseille ou une autre ville de la région du sud."], "Aix-Marseille ou"),
    ],
)
def test_a_line_end_keeps_the_hyphen_of_a_word_and_drops_that_of_a_cut(lines: list[str], whole: str) -> None:
    assert whole in "\n".join(join_lines(lines))


def test_a_document_that_cuts_words_cuts_those_that_it_writes_once_too() -> None:
    cutting = ["La vérifica-", "tion suit. Une vérification du lave-", "linge et du linge lave tout."]
    keeping = ["Un porte-", "plume et un autre porte-plume, puis un lave-", "linge et du linge lave tout."]
    assert CutWords.of(cutting).hyphenates is True
    assert not CutWords.of(cutting).is_own("du lave-", "linge et")
    assert CutWords.of(keeping).hyphenates is False
    assert CutWords.of(keeping).is_own("un gratte-", "ciel haut")
    assert CutWords.of(["Rien n'est", "coupé ici."]).hyphenates is None


def test_a_word_cut_over_a_page_s_end_is_put_together() -> None:
    pages = [
        [Line("Une police d'assurance dont le contrat dit qu'il est multi-")],
        [Line("support, comme tout contrat multi-support que nous vendons ici.")],
    ]
    laid = lay_out(pages)
    assert "qu'il est multi-support, comme" in laid.text
    assert laid.text[laid.starts[1] :].startswith("support, comme")


def test_a_cell_reads_its_cut_words_as_the_document_writes_them() -> None:
    cell = {"span": [0, 0, 0, 0], "lines": ["mise hors-", "service"], "bold": False}
    table = {
        "at": 0,
        "cells": [cell],
        "empty": [],
        "box": [0, 0, 1, 1],
        "columns": [0],
        "rows": 1,
        "ruled": True,
        "cut": False,
    }
    found = {"tables": [table], "lines": [], "height": 800}
    known = CutWords.of(["mise hors-", "service", "une mise hors-service"])
    read = [page_content(found, cut).items[0].cells[0].text for cut in (CutWords(), known)]  # type: ignore[union-attr]
    assert read == ["mise horsservice", "mise hors-service"]
