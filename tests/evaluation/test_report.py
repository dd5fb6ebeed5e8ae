"""The report: what a person reads first, one file without network, and texts of users that stay texts."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import report_sample as sample

from dalil.evaluation import plots
from dalil.evaluation.report import render
from dalil.evaluation.sentences import opening, weakest_part
from dalil.evaluation.wording import PROSE, Words, load_labels

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' {{ 7*7 }} `x`"


class Page(HTMLParser):
    """Tags with their attributes, ids, and whether every element is closed in order."""

    VOID = frozenset({"meta", "link", "br", "img", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.feed(html)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def values(self, name: str) -> list[str]:
        return [found for _, attrs in self.tags if (found := attrs.get(name)) is not None]


def said(report: dict[str, Any]) -> dict[str, str]:
    return {item.role: f"{item.lead} {item.text}".strip() for item in opening(report)}


def changed(report: dict[str, Any], **verdict: Any) -> dict[str, Any]:
    report["verdict"] |= verdict
    return report


def nothing_own(report: dict[str, Any]) -> dict[str, Any]:
    report["counts"] |= {"own_questions": 0, "written_questions": 312}
    return report


@pytest.mark.parametrize("language", PROSE)
def test_a_page_is_whole_and_loads_nothing(language: str) -> None:
    html = render(sample.report(language))
    page = Page(html)
    assert "://" not in html
    sources = page.values("src") + page.values("href")
    assert all(value.startswith(("#", "data:")) for value in sources)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in sources if value.startswith("#")} <= set(ids), "a figure leads nowhere"
    root = next(attrs for tag, attrs in page.tags if tag == "html")
    assert root["dir"] == ("rtl" if language == "ar" else "ltr")
    assert html.count("<svg") == 4


@pytest.mark.parametrize("language", PROSE)
def test_texts_of_users_are_never_markup(language: str) -> None:
    report = sample.report(language)
    plain = len([tag for tag, _ in Page(render(report)).tags if tag in ("script", "img")])
    names = {
        "proof": {"document": ATTACK, "quote": ATTACK, "page": 1},
        "citations": [{"document": ATTACK, "quote": ATTACK, "page": None}],
    }
    report["answers"].append(
        sample.answer(
            "extractive", "wrong", question=ATTACK, answer=ATTACK, gold=ATTACK, reason=ATTACK, kind=ATTACK, **names
        )
    )
    report["approaches"][1] |= {"name": ATTACK, "description": ATTACK}
    report["verdict"] |= {"winner": ATTACK, "upper_wrong": {ATTACK: 0.04}, "reasons": [ATTACK]}
    report |= {"title": ATTACK, "warnings": [ATTACK], "settings": {"recipe": ATTACK}}
    report["coverage"][0] |= {"field": ATTACK, "example": ATTACK}
    html = render(report)
    tags = [tag for tag, _ in Page(html).tags if tag in ("script", "img")]
    assert len(tags) == plain == 1
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "{{ 7*7 }}" in html


def test_the_policy_allows_only_the_pages_own_script() -> None:
    html = render(sample.report("en"))
    assert "default-src 'none'" in html
    assert "script-src 'sha256-" in html
    assert not re.search(r"\son\w+=", re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL))


def test_the_first_sentence_is_the_verdict_and_the_second_what_was_not_measured() -> None:
    roles = [item.role for item in opening(sample.report("en"))]
    assert roles == ["verdict", "not_trained", "baseline", "cost", "weakest"]
    text = said(sample.report("en"))
    assert text["verdict"].startswith(
        "Use retrieval with proof. On your 312 held-out questions (90 from your people, 222 written by dalil"
    )
    assert "2.9% were wrong (at most 4.4%), inside your limit of 5%" in text["verdict"]
    assert "fine-tuning was not measured" in text["not_trained"]
    assert "44 points less" in text["baseline"]
    assert "50%" in text["weakest"]
    assert "78 questions" in text["weakest"]


def test_without_questions_from_people_that_is_said_first() -> None:
    for language in PROSE:
        report = nothing_own(sample.report(language))
        first = opening(report)[0]
        assert first.role == "no_own"
        assert "dalil init DIR --sources PATH --pairs questions.xlsx" in first.text
        assert "dataset: {pairs: [questions.xlsx]}" in first.text
        html = render(report)
        assert html.index('class="caution"') < html.index('class="opening"')


@pytest.mark.parametrize("language", PROSE)
def test_under_twelve_groups_only_counts_are_told(language: str) -> None:
    report = changed(sample.report(language), decision="counts_only", winner=None, reasons=["too_few_groups"])
    report["counts"]["groups"] = 9
    report["approaches"] = [sample.approach("extractive", (12 / 18, 1 / 18, 2 / 18, 2 / 18, 1 / 18, 0), 18, 0.02)]
    text = said(report)
    assert set(text) == {"verdict", "not_trained", "cost"}
    assert "14/18" in text["verdict"]
    assert "%" not in text["verdict"]
    figures = render(report).split('id="figures"')[1].split('id="answers"')[0]
    table = figures.split("<table")[1].split("</table>")[0]
    assert "%" not in table
    assert "<svg" not in figures


def test_none_ready_names_the_best_and_the_limit() -> None:
    text = said(
        changed(
            sample.report("fr"),
            decision="none_ready",
            winner=None,
            upper_wrong={"extractive": 0.12, "passage": 0.4},
            more_questions=120,
        )
    )
    assert text["verdict"].startswith("Rien n'est encore prêt. En tête, la recherche avec preuve")
    assert "ne prouve pas encore" in text["verdict"]
    assert "120 questions de plus" in text["more"]


def test_undecided_says_how_many_more_questions() -> None:
    text = said(changed(sample.report("ar"), decision="undecided", winner=None, more_questions=240))
    assert "240 سؤالًا" in text["more"]


def test_too_few_answers_cannot_guarantee_the_limit() -> None:
    text = said(changed(sample.report("en"), guaranteed=False, answered=40, answers_needed=59))
    assert "40 answers are too few" in text["guarantee"]
    assert "59" in text["guarantee"]


def test_many_pairs_stand_over_the_whole_width() -> None:
    """Beside the plot their long names leave the last column no room, and each line grows high."""
    (pair, *_) = sample.report("en")["pairs"]
    few, many = (render(sample.report("en", pairs=[pair] * count)) for count in (10, 11))
    assert 'class="across"' not in few
    assert 'class="across"' in many


def test_no_approach_was_judged() -> None:
    report = changed(
        sample.report("en", approaches=[], answers=[], answers_total={}, pairs=[]), decision="none_ready", winner=None
    )
    assert "none has been judged" in said(report)["verdict"]
    Page(render(report))


def test_empty_parts_of_the_report_are_left_out() -> None:
    empty: dict[str, Any] = {"lengths": {}, "coverage": [], "documents": [], "reliability": [], "abstention": None, "certificate": {}, "dropped": [],
             "dropped_counts": {}, "stages": [], "rules_of_thumb": [], "ready": [], "warnings": [], "recipe": None}  # fmt: skip
    html = render(sample.report("en", **empty))
    assert "Nothing was dropped." in html
    assert "No confidence was announced." in html
    assert 'id="ready"' not in html


def test_each_answer_stands_beside_its_proof_with_its_own_direction() -> None:
    report = sample.report("fr")
    proof = {"document": "guide.pdf", "quote": "تشرف عليه المديرية العامة للنقل", "page": 12}
    arabic = sample.answer(
        "extractive", "wrong", question="شكون المسؤول؟", gold="المديرية العامة للنقل", language="ary", proof=proof
    )
    report["answers"].append(arabic)
    html = render(report)
    assert '<h4 dir="auto" lang="ary">شكون المسؤول؟</h4>' in html
    assert "تشرف عليه <mark>المديرية العامة للنقل</mark>" in html
    assert '<bdi>guide.pdf</bdi>, p. <bdi dir="ltr">12</bdi>' in html


def test_the_sentence_that_proves_is_highlighted_in_what_is_cited() -> None:
    report = sample.report("fr")
    quote = "Il ouvre à 8 h. Appelez le <4512>. Fermé le lundi."
    cited = {
        "document": "faq.md",
        "quote": quote,
        "page": None,
        "start": 100,
        "end": 100 + len(quote),
        "exact": [116, 134],
    }
    report["answers"].append({**sample.answer("extractive", "right"), "citations": [cited]})
    assert "Il ouvre à 8 h. <mark>Appelez le &lt;4512&gt;.</mark> Fermé le lundi." in render(report)


def test_figures_carry_interval_and_count() -> None:
    html = re.sub(r"<[^>]+>|\s", "", render(sample.report("fr")).replace("\u202f", ""))
    assert "91%(88–94)·312" in html


def test_the_report_is_the_same_after_json() -> None:
    report = sample.report("ar")
    assert render(json.loads(json.dumps(report))) == render(report)


def test_weakest_part_needs_enough_questions_and_lies_under_the_whole() -> None:
    found: Any = sample.approach("extractive", (0.8, 0, 0.1, 0.1, 0, 0), 100, 0.1)
    found["by"] = {
        "language": {
            "fr": sample.metrics((0.9, 0, 0.1, 0, 0, 0), 95, 0.1),
            "en": sample.metrics((0, 0, 1, 0, 0, 0), 5, 0.1),
        }
    }
    assert weakest_part(found) is None
    found["by"]["language"]["en"] = sample.metrics((0.3, 0, 0.7, 0, 0, 0), 20, 0.1)
    assert (weakest_part(found) or ())[:2] == ("language", "en")


@pytest.mark.parametrize(
    ("language", "ends"), [("fr", "(30\u202f%, 78 questions)."), ("en", "(30%, 78 questions)."), ("ar", "78 سؤالًا).")]
)
def test_a_weakest_part_without_an_interval_reads_without_its_gap(language: str, ends: str) -> None:
    data: Any = sample.report(language)
    part = data["approaches"][1]["by"]["language"]["ary"]["correct"]
    part |= {"value": 0.3, "low": None, "high": None}
    text = said(data)["weakest"]
    assert text.endswith(ends)
    assert not re.search(r"[,،] *[;؛,،)]", text.replace("\u202f", ""))


def test_numbers_as_each_language_writes_them() -> None:
    fr, en, ar = (Words(language) for language in PROSE)
    assert fr.percent(0.914) == "91\u202f%"
    assert en.percent(0.034) == "3.4%"
    assert fr.percent(0.034) == "3,4\u202f%"
    assert en.percent(0.9996) == "99.9%", "rounding must not claim 100"
    assert en.percent(1.0) == "100%"
    assert fr.number(136108) == "136\u202f108"
    assert en.number(136108) == "136,108"
    assert en.count(1, "question") == "1 question"
    assert fr.count(0, "question") == "0 question"
    assert [ar.count(n, "question") for n in (1, 2, 3, 11, 100)] == [
        "سؤال واحد",
        "سؤالين",
        "3 أسئلة",
        "11 سؤالًا",
        "100 سؤال",
    ]
    assert en.seconds(0.021) == "21 ms"
    assert en.p(0.00001, named=True).replace("\u00a0", " ") == "p < 0.001"
    assert fr.p(0.12, named=True).replace("\u00a0", " ") == "p = 0,120"
    assert (fr.p(0.12), fr.p(0.00001).replace("\u00a0", " ")) == ("0,120", "< 0,001"), "under a column named p"
    assert fr.percent(1 / 2065).replace("\u00a0", " ") == "< 0,1\u202f%", "rounding must not claim 0"
    assert fr.percent(0.0) == "0\u202f%"
    assert [en.money(value).replace("\u00a0", " ") for value in (0, 0.0003, 0.02)] == ["0 €", "< 0.01 €", "0.02 €"]
    below = ar.money(0.0003).strip("\u2068\u2069").replace("\u00a0", " ")
    assert below == "أقل من 0,01 €", "from right to left < would be read as its contrary"
    assert fr.place("notice.pdf page 3") == "notice.pdf, p. 3"
    assert fr.place("notice.pdf pages 3–7") == "notice.pdf, p. 3–7"
    assert ar.place("notice.pdf: Règles") == "notice.pdf: Règles"


def texts(html: str) -> str:
    """What a reader sees, spaces as they come."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)).replace("\u202f", " ").replace("\u00a0", " "))


def test_a_stage_tells_plain_counts_first_and_then_each_author_and_approach_on_its_own_line() -> None:
    page = texts(render(sample.report("fr")))
    assert "paires question-réponse 9 · groupes 4vos équipes 2 : garantie 2dalil (textes) 7 : " in page
    assert "écartés 0" not in page
    assert "extractive 9 : bonne réponse 7 · silence à tort 2new 1 : ancienne valeur 1" in page
    assert "Entraînement–1,0 ms" in page, "a stage that made nothing shows a dash"
    assert "wrongly_silent 2" not in texts(render(sample.report("ar")))


def test_the_checklist_is_measured_in_the_units_of_its_language() -> None:
    fr, en = (texts(render(sample.report(language))) for language in ("fr", "en"))
    assert "autrement formulés91 % (correct)" in fr
    assert "Moins de 2 secondes par question3,2 s" in fr
    assert "< 0,01 € les 1 000 réponses" in fr
    assert "< 0.01 € for 1,000 answers" in en
    assert "Style constantnon mesuré" in fr


def test_a_ruling_is_said_in_the_language_of_the_page_and_a_models_error_as_it_is() -> None:
    report = sample.report("fr")
    report["answers"] = [sample.answer("passage", "wrong", reason="recall 0.29"),
                         sample.answer("passage", "failed", reason="HTTP 503 of the endpoint")]  # fmt: skip
    html = render(report)
    assert "raison : part des mots attendus qu'elle contient : 0.29" in texts(html)
    assert '<bdi lang="en">HTTP 503 of the endpoint</bdi>' in html


def test_labels_have_the_same_keys_and_blanks_in_every_language() -> None:
    def leaves(value: Any, path: str = "") -> dict[str, frozenset[str]]:
        if isinstance(value, dict):
            return {
                key: blanks for name, item in value.items() for key, blanks in leaves(item, f"{path}.{name}").items()
            }
        assert isinstance(value, str), path
        return {path: frozenset(re.findall(r"(?<!\{)\{(\w+)\}", value))}

    labels = {language: leaves(load_labels(language)) for language in PROSE}
    for language in ("fr", "ar"):
        trees = [
            {key: blanks for key, blanks in labels[name].items() if not key.startswith(".nouns")}
            for name in ("en", language)
        ]
        assert trees[0] == trees[1]


def test_histogram_keeps_every_value_and_names_its_tail() -> None:
    texts = plots.Texts("t", "d", "x", "y")
    svg = plots.histogram([3] * 50 + [4] * 50 + [900], texts)
    counted = [int(found) for found in re.findall(r"<title>[^<]*: (\d+)</title></rect>", svg)]
    assert sum(counted) == 101
    assert "≥ 5" in svg
    assert plots.histogram([], texts) == ""


def test_labels_of_points_do_not_overlap() -> None:
    points = [plots.Point(0.5, 0.9 - 0.01 * i, f"approach-{i}") for i in range(4)]
    svg = plots.scatter(points, plots.Texts("t", "d", "x", "y"))
    boxes = [
        (float(x), float(y), len(name) * plots.LETTER)
        for x, y, name in re.findall(r'class="name" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)<', svg)
    ]
    assert len(boxes) >= 2
    for i, (x, y, wide) in enumerate(boxes):
        assert all(
            abs(y - top) >= plots.LINE or x + wide <= left or left + width <= x for left, top, width in boxes[i + 1 :]
        )


def test_a_plot_escapes_its_texts() -> None:
    svg = plots.reliability([plots.Point(0.5, 0.5, "<b>")], plots.Texts("<t>", "<d>", "<x>", "<y>"))
    assert not re.search(r"<[btdxy]>", svg)


@pytest.mark.parametrize(("language", "said"), [("fr", "ont relu"), ("en", "have reviewed"), ("ar", "راجع")])
def test_the_share_that_people_reviewed_is_said_and_nothing_where_nobody_did(language: str, said: str) -> None:
    report = sample.report(language)
    assert all(said not in sentence.text for sentence in opening({**report, "reviewed": {"reviewed": 0, "of": 80}}))
    found = [s.text for s in opening({**report, "reviewed": {"reviewed": 20, "of": 80}}) if said in s.text]
    assert len(found) == 1
    assert "25" in found[0]


@pytest.mark.parametrize(
    ("language", "page", "entry"),
    [("fr", "page jamais vue", "fiche jamais vue"), ("ar", "صفحة لم تُرَ قط", "بطاقة لم تُرَ قط"),
     ("en", "page never seen", "record never seen")],
)  # fmt: skip
def test_the_report_calls_them_so(language: str, page: str, entry: str) -> None:
    data: Any = sample.report(language)
    of_pages, of_records = (render(data | {"unit": name}) for name in ("page", "record"))
    assert (page in of_pages, entry in of_pages) == (True, False)
    assert (page in of_records, entry in of_records) == (False, True)


def test_every_language_names_every_stratum_of_every_unit() -> None:
    for language in PROSE:
        for name, strata in Words(language).labels["strata"].items():
            named = {
                key: Words(language, unit=name).name("values.stratum", key) for key in ("seen", "unseen", "aggregate")
            }
            assert named == strata
