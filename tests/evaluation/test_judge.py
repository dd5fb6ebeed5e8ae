from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from catalogue_of_tools import DATES, LONG, ROWS, SITES, catalogue, record
from hypothesis import given
from hypothesis import strategies as st

from dalil.evaluation.judge import Judge, Judgement, can_be_judged
from dalil.records import Answer, Citation, Evidence, Example, Option, Status

JUDGE = Judge(catalogue())
TYPED = [(name, field) for name in ROWS for field in ("licence", "statut", "groupe", "version", "agents")]


def typed(name: str, field: str, **more: Any) -> Example:
    found = record(name).field(field)
    assert found is not None
    values = found.items or (found.value,)
    row = {"answer": found.value, "kind": "other", "documents": (f"tools.csv#{name}",), "field": field, "values": values,
           "evidence": (Evidence(f"tools.csv#{name}", found.start, found.end),)}  # fmt: skip
    return example(**{**row, **more})


def example(**more: Any) -> Example:
    row = {
        "id": "1",
        "question": "?",
        "answer": "",
        "kind": "own",
        "language": "fr",
        "origin": "pairs",
        "answerable": True,
    }
    return Example(**{**row, **more})


def said(text: str, status: Status = "answered", **more: Any) -> Answer:
    return Answer("1", "?", "test", status, text, **more)


def judge(about: Example, text: str) -> str:
    return JUDGE.judge(about, said(text)).outcome


def own(answer: str, name: str = "", **more: Any) -> Example:
    """A question of people: no field, no values."""
    return example(answer=answer, documents=(f"tools.csv#{name}",) if name else (), **more)


@pytest.mark.parametrize(("name", "field"), TYPED)
def test_the_value_alone_is_right_however_it_is_written(name: str, field: str) -> None:
    about = typed(name, field)
    for text in (about.answer, about.answer.lower(), about.answer.upper(), f"{name} — {field} : {about.answer}"):
        assert judge(about, text) == "right", text


@given(st.sampled_from(TYPED), st.sampled_from(list(ROWS)), st.booleans())
def test_another_value_of_the_field_makes_it_wrong(place: tuple[str, str], other: str, first: bool) -> None:
    name, field = place
    about, false = typed(name, field), ROWS[other][field]
    if false in (about.answer, name):
        return
    parts = [false, about.answer] if first else [about.answer, false]
    assert judge(about, " ou ".join(parts)) == "wrong"
    assert judge(own(about.answer, name), " ou ".join(parts)) == "wrong"


@given(st.sampled_from(TYPED), st.sampled_from(["abstained", "answered"]))
def test_silence_on_an_answerable_question_is_wrongly_silent(place: tuple[str, str], status: Status) -> None:
    text = "Je ne trouve pas." if status == "abstained" else "  "
    assert JUDGE.judge(typed(*place), said(text, status)).outcome == "wrongly_silent"


def test_at_any_length_a_dump_of_all_values_is_not_right() -> None:
    filler = "Voici ce que l'on sait de cet outil. " * 20
    about = typed("Ansible", "groupe")
    assert judge(about, filler + "Groupe : MIMPROD") == "right"
    assert judge(about, filler + "MIMPROD, MIMO, MIMDEV") == "wrong"


def test_a_longer_identifier_is_another_value() -> None:
    assert judge(typed("Yunohost", "licence"), "GPL-2.0-only") == "wrong"
    assert judge(typed("Yunohost", "licence"), "GPL-2.0-unknown") != "right"
    assert judge(typed("Squash TM", "version"), "2.4-beta") == "wrong"
    assert judge(typed("Wekan", "version"), "3.10") == "wrong"
    assert judge(typed("Wekan", "version"), "Il s'agit de la v3.1.") == "right"


def test_single_letters_count_only_as_written() -> None:
    assert judge(typed("Wekan", "statut"), "Wekan a le statut O, m'a-t-on dit à l'oral") == "right"
    assert judge(typed("Ansible", "statut"), "Statut R. Voir aussi o et fr en minuscules") == "right"
    assert judge(typed("Ansible", "statut"), "Statut R ou O") == "wrong"


def test_numbers_are_numbers_and_dates_are_dates() -> None:
    for text in ("1 840", "1.840", "1840,0", "Ansible compte 1 840 agents depuis 2019"):
        assert judge(typed("Ansible", "agents"), text) == "right", text
    for text in ("4 mars 2019", "le 04/03/2019", "2019-03-04"):
        assert judge(typed("Ansible", "mise en service"), text) == "right", text
    assert judge(typed("Ansible", "mise en service"), f"{DATES['Ansible']} ou {DATES['Wekan']}") == "wrong"
    assert judge(typed("Ansible", "mise en service"), "5 mars 2019") == "wrong"


def test_lists_are_sets() -> None:
    about = typed("Ansible", "sites")
    assert judge(about, "Le Mans, Nantes et Rennes") == "right"
    assert judge(about, "Nantes et Rennes") == "partly"
    assert judge(about, "Le Mans, Nantes, Rennes et Brest") == "wrong"
    assert judge(own(" ; ".join(SITES["Ansible"]), "Ansible"), "Nantes, Le Mans, Rennes") == "right"


def test_own_questions_find_their_field() -> None:
    assert judge(own("MIMPROD", "Ansible"), "MIMPROD, et parfois MIMO") == "wrong"
    assert judge(own("MIMPROD", "Ansible"), "Ansible — groupe : MIMPROD") == "right"


def test_the_records_own_lines_state_no_other_value() -> None:
    about = typed("Wekan", "version", documents=("tools.csv#Wekan",))
    assert judge(about, record("Wekan").text) == "right"
    name_is_value = typed("PostgreSQL", "licence")
    assert judge(name_is_value, "PostgreSQL") == judge(name_is_value, "PostgreSQL — licence : PostgreSQL") == "right"


def test_long_values_by_recall_without_false_figures() -> None:
    about = typed("Ansible", "descriptif")
    assert judge(about, LONG) == "right"
    assert judge(about, f"En bref : {LONG.replace('Guichet en ligne', 'Un guichet numérique')}") == "right"
    assert judge(about, LONG.replace("Guichet", "Portail").replace("2014", "2019")) == "wrong"
    assert judge(about, LONG[: len(LONG) * 6 // 10]) == "partly"


def test_short_texts_stand_contiguous_in_a_short_answer() -> None:
    about = own("auprès de la mairie de votre domicile")
    assert judge(about, "Il se demande AUPRES de la mairie de votre domicile.") == "right"
    assert judge(about, "auprès de la mairie de votre domicile " + "et encore " * 40) == "partly"
    assert judge(about, "la mairie du domicile, auprès de votre guichet") == "partly"
    assert judge(about, "auprès de la mairie le 4 mars 2019 de votre domicile") == "wrong"
    assert judge(about, "à la préfecture") == "wrong"


def test_listings_need_every_name_and_no_other() -> None:
    about = example(answer="Wekan ; Mobile", values=("Wekan", "Mobile"), kind="listing", question="Quels outils suit MIMO ?",
                    documents=("tools.csv#Wekan", "tools.csv#Mobile"), field="groupe")  # fmt: skip
    assert judge(about, "Mobile, Wekan") == judge(about, "- Wekan\n- Mobile") == "right"
    assert judge(about, "Wekan") == "partly"
    assert judge(about, "Wekan, Mobile et Ansible") == judge(about, "Wekan, Ansible") == "wrong"
    names = own("Squash TM ; Ansible", question="Quels outils dépendent de Wekan ?")
    assert judge(names, "Wekan a deux outils : Ansible et Squash TM, aussi en version mobile.") == "right"
    assert judge(names, "Ansible et Squash") == "wrong"


def test_counts_state_their_number_and_no_other() -> None:
    about = example(answer="10", kind="count", values=("10",), question="Combien d'outils ont la licence GPL-2.0 ?")
    assert judge(about, "10 outils sont sous GPL-2.0.") == "right"
    assert judge(about, "10 ou 12") == judge(about, "12") == judge(about, "beaucoup") == "wrong"


def test_comparisons_give_each_record_its_value() -> None:
    both = ("tools.csv#Wekan", "tools.csv#Yunohost")
    typed_pair = example(answer="", kind="comparative", values=("3.1", "3.10"), documents=both, field="version")
    for about in (typed_pair, own("Wekan : 3.1 ; Yunohost : 3.10")):
        for text in ("Wekan : 3.1 ; Yunohost : 3.10", "Yunohost est en 3.10 et Wekan en 3.1", "3.1 pour Wekan et 3.10 pour Yunohost",
                     "Wekan et Yunohost sont respectivement en 3.1 et 3.10",
                     "Wekan et Yunohost diffèrent : Yunohost est en 3.10, Wekan est en 3.1"):  # fmt: skip
            assert judge(about, text) == "right", text
        assert judge(about, "Wekan : 3.10 ; Yunohost : 3.1") == "wrong"
        assert judge(about, "Wekan : 3.1 ; Yunohost : 3.10, Squash TM : 2.4") == "wrong"
        assert judge(about, "Wekan : 3.1") == judge(about, "3.1 ; 3.10") == "partly"


def test_yes_and_no() -> None:
    about = own("Oui", kind="yes_no")
    assert (
        judge(about, "Oui.")
        == judge(about, "NVDA — support : Oui")
        == judge(about, "نعم")
        == judge(about, "آه، صالح")
        == "right"
    )
    assert judge(about, "Non") == judge(about, "oui et non") == judge(about, "peut-être") == "wrong"


@pytest.mark.parametrize("said_first", ["Non : ", "Oui, ", "yes: ", "No - ", "نعم : ", "لا، ", "Non. "])
def test_a_yes_or_a_no_said_to_a_question_about_a_value_is_wrong(said_first: str) -> None:
    about = typed("Ansible", "agents", question="Combien d'agents utilisent Ansible ?")
    for gold in (about, own("84", question="Combien d'agents ?"), own("84", kind="count", values=("84",))):
        bare = gold.answer
        assert judge(gold, bare) == "right"
        assert judge(gold, said_first + bare) == "wrong", gold


def test_a_yes_or_a_no_that_was_asked_for_or_is_none_stays_right() -> None:
    statut = typed("Ansible", "statut", question="Est-ce que Ansible a un statut ?")
    assert judge(statut, f"Oui : {statut.answer}") == "right"
    assert judge(own("Oui", kind="yes_no", question="NVDA est-il libre ?"), "Oui : libre") == "right"
    for row in ("No. 84", "No.: 84 | Part: Bucket", "No: 84 | Part: Bucket"):
        assert judge(own("84", question="Which page?"), row) == "right"
    assert judge(own("par carte", question="Comment payer ?"), "Oui, par carte") == "right"


def test_unanswerable_questions() -> None:
    about = example(answerable=False)
    assert judge(about, "MIT") == "wrong"
    for status in ("abstained", "which_one"):
        assert JUDGE.judge(about, said("Je ne sais pas.", status)).outcome == "rightly_silent"
    assert JUDGE.judge(about, said("", "failed", reason="time-out")).outcome == "failed"


def test_questions_back() -> None:
    about = typed("Squash", "licence")
    options = (Option("Squash", "tools.csv#Squash"), Option("Squash TM", "tools.csv#Squash TM"))
    assert JUDGE.judge(about, said("Lequel ?", "which_one", options=options)).outcome == "partly"
    assert JUDGE.judge(about, said("Lequel ?", "which_one", options=options[1:])).outcome == "wrongly_silent"
    expected = dataclasses.replace(about, expects="which_one")
    assert JUDGE.judge(expected, said("Lequel ?", "which_one")).outcome == "right"


def test_citing_the_proof() -> None:
    about = typed("Wekan", "licence")
    span = about.evidence[0]

    def cites(document: str, start: int, end: int, asked: Example = about, page: int | None = None) -> bool | None:
        citation = Citation(document, "", "", page, start, end, "")
        return JUDGE.judge(asked, said("MIT", citations=(citation,))).cites_proof

    assert cites("tools.csv#Wekan", span.start, span.end) is True
    assert cites(record("Wekan").id, span.start - 5, span.start + 1) is True
    assert cites("tools.csv#Wekan", span.end, span.end + 5) is False
    assert cites("tools.csv#Ansible", span.start, span.end) is False
    page = own("MIT", "Wekan", page=3)
    assert cites("tools.csv#Wekan", 0, 1, page, 3) is True
    assert cites("tools.csv#Wekan", 0, 1, page, 4) is False
    assert JUDGE.judge(own("MIT"), said("MIT")).cites_proof is None
    assert JUDGE.judge(about, said("", "abstained")).cites_proof is None


def test_a_question_without_gold_cannot_be_judged() -> None:
    assert not can_be_judged(own(""))
    with pytest.raises(ValueError, match="no gold"):
        JUDGE.judge(own(""), said("MIT"))


def test_judgements_explain_themselves() -> None:
    found = JUDGE.judge(typed("Ansible", "groupe"), said("MIMO"))
    assert found == Judgement("1", "wrong", 0.0, False, "states mimo")


@given(st.text(min_size=1), st.text())
def test_any_text_gets_an_outcome_and_its_own_gold_is_right(gold: str, text: str) -> None:
    about = own(gold)
    if can_be_judged(about):
        assert JUDGE.judge(about, said(text)).outcome in {"right", "partly", "wrong", "wrongly_silent"}
        if len(gold.split()) <= 20:
            assert judge(about, gold) == "right"


def test_a_quotation_states_what_stands_behind_a_yes_or_a_no() -> None:
    about = own("No, wear parts such as tyres are excluded", question="Does the guarantee cover tyres?")
    assert judge(about, "The guarantee lasts 24 months. Wear parts such as tyres are excluded.") == "right"
    assert judge(about, "No, wear parts such as tyres are excluded.") == "right"
    assert judge(about, "The guarantee lasts 24 months.") == "wrong"
    assert judge(about, "Yes, it covers tyres for 24 months.") == "wrong"
