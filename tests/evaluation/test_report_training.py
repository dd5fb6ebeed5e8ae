"""What the report shows of training: what was not measured, whether a run did anything, before and after, an update."""

from __future__ import annotations

import json
import math
import re
from html import unescape
from typing import Any

import pytest
import report_sample
import training_sample as sample
from test_report import ATTACK, Page, said

from dalil.evaluation.before_after import losses, totals
from dalil.evaluation.curves import Series, bins, lines
from dalil.evaluation.plots import Texts
from dalil.evaluation.report import render
from dalil.evaluation.sentences import opening
from dalil.evaluation.training_shown import shown_training
from dalil.evaluation.wording import PROSE, Words

TEXTS = Texts("t", "d", "x", "y")
CONFIGURED_NONE: dict[str, Any] = {"training": [], "not_measured": [], "staleness": None}


def section(html: str, name: str) -> str:
    return html.split(f'<section id="{name}">')[1].split("<section id=")[0]


@pytest.mark.parametrize("language", PROSE)
def test_the_page_is_whole_with_training_in_it(language: str) -> None:
    html = render(sample.report(language))
    page = Page(html)
    assert "://" not in html
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    links = {value[1:] for value in page.values("href") if value.startswith("#")}
    assert links <= set(ids)
    assert {"training", "before_after", "staleness"} <= links
    assert section(html, "training").count("<svg") == 6, "four curves and the lengths of two models"
    report = sample.report(language)
    assert render(json.loads(json.dumps(report))) == html


@pytest.mark.parametrize(
    "more", [{}, CONFIGURED_NONE, {"staleness": {"changed": 0, "questions": 0, "approaches": {}, "examples": []}}]
)
def test_without_training_nothing_of_it_is_shown(more: dict[str, Any]) -> None:
    html = render(report_sample.report("en", **more))
    assert Page(html).values("id").count("training") == 0
    assert "before_after" not in html
    assert "stale" not in html
    assert said(report_sample.report("en", **more))["not_trained"].startswith("Nothing was trained here")


def test_the_second_sentence_is_what_was_not_measured_with_its_price_and_command() -> None:
    found = opening(sample.report("en"))
    assert [item.role for item in found[:3]] == ["verdict", "not_trained", "memory"]
    assert found[1].text == (
        "Fine-tuning a pretrained model (`unsloth/llama-3.2-3b`) was not measured here; the plan says about 31 minutes and "
        "1.50 $ on `l4`: `dalil train --model assistant`."
    )
    fr, ar = said(sample.report("fr"))["not_trained"], said(sample.report("ar"))["not_trained"]
    assert "environ 31 minutes et 1,50 $ sur `l4`" in fr
    assert "31 دقيقة" in ar
    assert "\u2068`dalil train --model assistant`\u2069" in ar


@pytest.mark.parametrize(
    ("minutes", "cost", "device", "expected"),
    [
        (0.4, 0.01, "l4", "about 1 minute and 0.01 $ on `l4`"),
        (300.0, 12.0, "h100", "5 hours and 12.00 $ on `h100`"),
        (45.0, 0.0, "cpu-2", "45 minutes on `cpu-2`, free of charge"),
        (45.0, None, "own", "45 minutes on `own`:"),
        (None, None, None, "what it would cost could not be planned: `dalil train"),
    ],
)
def test_the_price_in_each_form(minutes: float | None, cost: float | None, device: str | None, expected: str) -> None:
    row = sample.missing(minutes=minutes, cost=cost, device=device, unplanned="the shape is not known")
    report = sample.report("en", not_measured=[row])
    assert expected in said(report)["not_trained"]
    assert ("the shape is not known" in section(render(report), "training")) == (minutes is None)


def test_only_scratch_and_no_extra_are_said() -> None:
    scratch = sample.memory(base="scratch")
    assert "names none under `models:`" in said(sample.report("en", training=[scratch], not_measured=[]))["not_trained"]
    missing = [sample.missing(base="scratch", reason="no_extra", device=None)]
    assert "pip install 'dalil[train]'" in said(sample.report("en", training=[], not_measured=missing))["not_trained"]
    both = [*missing, sample.missing()]
    text = said(sample.report("en", training=[], not_measured=both))["not_trained"]
    assert "`unsloth/llama-3.2-3b`" in text
    assert "1 model more" in text


def test_a_measured_real_model_leaves_nothing_to_say() -> None:
    text = said(sample.report("en", training=[sample.real()], not_measured=[], staleness=None))
    assert "not_trained" not in text
    assert "memory" not in text


def test_a_memory_is_called_one_wherever_it_is_named() -> None:
    report = sample.report("en")
    text = said(report)["memory"]
    assert text.replace("\u2060", "").startswith(
        "The small memory trained here (fine-tuned): of the answers it gave 38% were wrong (36–40)."
    )
    assert "It is a memory of the trained questions" in text
    assert "9 of 12 of its answers still gave the old value" in text
    html = render(report)
    for name in ("figures", "answers", "training", "before_after"):
        assert re.search(
            "[Aa] memory of the trained questions|the memory of the trained questions", section(html, name)
        ), name
    report["verdict"] |= {"winner": "fine-tuned", "upper_wrong": {"fine-tuned": 0.04}}
    assert said(report)["verdict"].startswith("Use the memory of the trained questions")
    assert "memory" not in said(report), "it is the verdict's subject already"


def test_a_memory_that_said_nothing() -> None:
    report = sample.report("fr", staleness=None)
    report["approaches"] = [
        *report["approaches"][:2],
        report_sample.approach("fine-tuned", (0, 0, 0, 1, 0, 0), 312, 0.1),
    ]
    assert "n'a donné aucune réponse" in said(report)["memory"]


@pytest.mark.parametrize(("after", "kind"), [(2.9, "no_op"), (2.88, "no_op"), (2.8, "changed"), (3.4, "risen")])
def test_a_run_that_did_nothing_or_harm_is_said_to_be_one(after: float, kind: str) -> None:
    run = sample.fold(0, {"seen": (2.9, after), "unseen": (2.9, 2.95)})
    shown = shown_training({"training": [sample.real(folds=[run])]}, Words("en"))  # type: ignore[typeddict-item]
    assert shown is not None
    model = shown["models"][0]
    assert model["kind"] == kind
    assert [part["no_op"] for part in model["runs"][0]["perplexity"]] == [kind == "no_op", False]
    assert f"{math.exp(after):.1f}" in model["effect"]


def test_without_held_out_questions_the_effect_is_unknown() -> None:
    html = section(render(sample.report("en", training=[sample.memory(folds=[sample.fold(0, {})])])), "training")
    assert "is not known: nothing was held out" in html


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "18.4 → 18.4no-op"), ("fr", "18,4 → 18,4sans effet"), ("ar", "18,4 ← 18,4بلا أثر")]
)
def test_perplexity_reads_in_the_direction_of_the_page(language: str, shown: str) -> None:
    html = section(render(sample.report(language)), "training")
    assert shown in re.sub(r"\s*<[^>]+>\s*|[\u2068\u2069]", "", html).replace("→", " → ").replace("←", " ← ").replace(
        "  ", " "
    )


def test_a_run_of_which_nothing_is_left_is_shown_as_such() -> None:
    empty = dict.fromkeys(("steps", "seconds", "tokens", "loss", "trainable_parameters", "total_parameters", "peak_memory_bytes",
                           "stopped_early", "resumed", "gate"))  # fmt: skip
    model = sample.memory(folds=[{"fold": 0, **empty, "heldout": {}, "curve": []}], samples=[])
    html = render(sample.report("en", training=[model]))
    assert "<svg" not in section(html, "training")
    assert 'id="before_after"' not in html


def test_a_run_in_figures() -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section(render(sample.report("en")), "training")))
    assert "assistant · fold 2: taken up again after an interruption, from step 400." in text
    assert "24,313,856 of 3,237,063,680 (0.8%)" in text
    assert "llama: stopped before its last step" in text
    assert "25 minutes 30 minutes" in text, "the plan stands beside what was measured"
    assert "8.3 GiB 8.7 GiB" in text


def test_several_runs_share_each_plot_with_a_legend() -> None:
    html = section(render(sample.report("en")), "training")
    loss = html.split("<svg")[1].split("</svg>")[0]
    assert re.findall(r'class="line (s\d(?: held)?)"', loss) == ["s0", "s1", "s2", "s2 held"]
    for svg in html.split("<svg")[2:5]:
        assert re.findall(r'class="line (s\d)"', svg.split("</svg>")[0]) == ["s0", "s1", "s2"]
    legend = html.split('<p class="legend">')[1].split("</p>")[0]
    assert re.findall(r'class="key (\w+)"></i>(?:<bdi>)?([^<]+)', legend) == [
        ("s0", "assistant · fold 1"), ("s1", "assistant · fold 2"), ("s2", "llama"), ("held", "dotted: validation rows, not trained on"),
    ]  # fmt: skip


def test_curves_lie_inside_the_plot_and_start_at_nought() -> None:
    svg = lines([Series("a", [(1, 0.5), (10, 7.0)], 0), Series("<b>", [(4, 2.0)], 1)], TEXTS)
    spots = [
        tuple(map(float, spot.split())) for spot in re.findall(r'class="line[^"]*" d="M([^"]+)"', svg)[0].split("L")
    ]
    assert all(46 <= x <= 366 and 14 <= y <= 208 for x, y in spots)
    assert spots[0][1] > spots[1][1], "a higher value stands higher"
    assert svg.count("<circle") == 1, "a single point is seen"
    assert "<b>" not in svg
    assert lines([Series("a", [], 0)], TEXTS) == ""


def test_steps_are_whole_numbers_even_of_a_run_with_one_point() -> None:
    for last, expected in ((1, ["0", "1"]), (3, ["0", "1", "2", "3"]), (40, ["0", "10", "20", "30", "40"])):
        svg = lines([Series("a", [(last, 2.0)], 0)], TEXTS)
        assert re.findall(r'class="tick"[^>]*text-anchor="middle"[^>]*>([^<]+)<', svg) == expected


def test_lengths_keep_every_row() -> None:
    svg = bins([(32, 1680), (64, 0), (96, 132)], TEXTS)
    assert [int(n) for n in re.findall(r"<title>\d+–\d+: (\d+)</title>", svg)] == [1680, 0, 132]
    assert bins([(32, 0)], TEXTS) == bins([], TEXTS) == ""


def test_the_data_gate_shows_its_counts_and_the_rows_behind_them() -> None:
    html = section(render(sample.report("en")), "training")
    gate = html.split('class="cards gate"')[1].split("</table>")[0]
    cells = dict(re.findall(r'<td data-label="([^"]+)"[^>]*><bdi>([^<]+)</bdi>', gate))
    assert cells | {"kept": "1888", "cut": "3", "without a trainable token": "2", "asked in the test": "0"} == cells
    assert 'class="bad"' in gate
    assert "Darija (Arabic script)</bdi> <bdi>2.40" in gate
    assert f'<dd dir="auto">{sample.ARABIC}</dd>' in html


def test_totals_before_and_after() -> None:
    found = totals(sample.samples(), Words("en"))
    assert {row["name"]: (row["before"], row["after"]) for row in found} == {
        "right, as the judge rules": ("0/3", "1/3"), "word for word as expected": ("0/3", "2/3"),
        "in the language of the question": ("0/2", "3/3"), "asks back where it should, and only there": ("1/2", "3/3"),
        "a word of courtesy": ("0/3", "0/3"), "cut": ("1/3", "0/3"), "mean words": ("11.3", "4.3"),
        "mean words a sentence": ("17.0", "4.3"),
    }  # fmt: skip


def test_loss_and_perplexity_before_and_after_are_means_over_the_folds() -> None:
    found = {row["name"]: (row["before"], row["after"]) for row in losses(sample.memory(), Words("en", unit="record"))}
    assert found["loss a token, record seen"] == ("7.420", "0.295")
    assert found["perplexity, record seen"] == ("1669", "1.34")
    silent = {"folds": [sample.fold(0, {"seen": (1.0, None)})]}  # type: ignore[dict-item]
    assert [row["after"] for row in losses(silent, Words("en"))] == ["–", "–"]


@pytest.mark.parametrize("language", PROSE)
def test_samples_keep_their_own_direction_and_carry_their_marks(language: str) -> None:
    html = unescape(section(render(sample.report(language)), "before_after"))
    words = Words(language).labels["before_after"]
    assert f'<th scope="row" dir="auto" lang="ary">{sample.ARABIC}</th>' in html
    for mark in ("no_language", "asks_mark", "cut_mark", "empty"):
        assert words[mark] in html
    assert html.count(words["memory_note"]) == 1
    assert html.count(words["no_before"]) == 1, "of the real model no answers before training were kept"


def test_texts_of_users_stay_texts() -> None:
    text = {**sample.said(ATTACK, "fr")}
    row = {"stratum": ATTACK, "question": ATTACK, "expected": ATTACK, "language": ATTACK, "before": text, "after": text}
    gate = sample.gate(examples={"cut": [ATTACK]}, tokens_per_word={ATTACK: 1.0})
    run = sample.fold(0, {"seen": (2.0, 1.0), ATTACK: (2.0, 1.0)}, gate=gate)
    model = sample.real(model=ATTACK, base=ATTACK, folds=[run, run], samples=[row])
    missing = sample.missing(model=ATTACK, base=ATTACK, reason=ATTACK, device=ATTACK, command=ATTACK)
    stale = sample.staleness(examples=[dict.fromkeys(("document", "field", "before", "after"), ATTACK)])
    html = render(sample.report("en", training=[model], not_measured=[missing], staleness=stale))
    assert [tag for tag, _ in Page(html).tags].count("script") == 1
    assert "img" not in [tag for tag, _ in Page(html).tags]


@pytest.mark.parametrize("language", PROSE)
def test_what_an_update_leaves_stale_stands_in_the_table(language: str) -> None:
    report = sample.report(language)
    html = section(render(report), "figures")
    assert re.findall(r'<td class="stale".*?</td>', html)[0].count("—") == 1, "passage was not asked"
    assert "built-in method" not in html, "a label named as a method of dict"
    assert '<bdi dir="ltr">9/12</bdi>' in html
    assert Words(language).duration(162.0) in html
    assert "مغلق" in html


def test_under_twelve_groups_the_memory_is_told_in_counts() -> None:
    report = sample.report("en")
    report["verdict"] |= {"decision": "counts_only", "winner": None}
    assert re.search(r"gave \d+/\d+ were wrong\.", said(report)["memory"])
