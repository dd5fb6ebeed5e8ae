"""The same answers, lists and silences in English and in Arabic: another language is two more data files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from answering_rows import answering, ask

from dalil.records import Answer

ENGLISH = """[
 {"name": "Parkwise", "description": "Handles parking permits.", "status": "In production",
  "locations": "Leeds ; York", "version": "4.2.1", "owner": "Roads office", "tags": "Parkwise ; Transport"},
 {"name": "GeoFleet", "description": "Follows the vehicles of the fleet.", "status": "Under construction",
  "locations": "York", "version": "1.0", "tags": "Transport"},
 {"name": "Chronos", "description": "Clocks working hours.", "status": "In production", "locations": "Hull"},
 {"name": "Sirius Payroll Web", "description": "Computes wages.", "status": "In production", "version": "7"}
]"""
ARABIC = """[
 {"الاسم": "رخصة البناء", "الوصف": "تسمح ببدء أشغال البناء.", "الجهة": "الجماعة الحضرية", "المدة": "ثلاثون يوما",
  "الثمن": "500 درهم", "المدينة": "الرباط ; فاس", "الحالة": "متاحة على الإنترنت", "الفئة": "التعمير"},
 {"الاسم": "شهادة الإقامة", "الوصف": "تثبت محل سكنى صاحب الطلب.", "الجهة": "المديرية العامة للأمن", "المدة": "يومان",
  "المدينة": "فاس", "الحالة": "متاحة في الشباك", "الفئة": "الحالة المدنية"},
 {"الاسم": "السجل التجاري", "الوصف": "يقيد التجار والشركات.", "الجهة": "المحكمة التجارية", "الثمن": "200 درهم",
  "الحالة": "متاحة على الإنترنت", "الفئة": "المقاولة"}
]"""
Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with answering(json.loads(ENGLISH), "en", tmp_path_factory.mktemp("en")) as approach:
        yield partial(ask, approach)


@pytest.fixture(scope="module")
def arabic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with answering(json.loads(ARABIC), "ar", tmp_path_factory.mktemp("ar")) as approach:
        yield partial(ask, approach)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the status of Parkwise?", "In production"),
        ("status geofleet", "Under construction"),
        ("Who looks after Parkwise?", "Roads office"),
        ("Where is Parkwise deployed?", "Leeds ; York"),
        ("pls tell me the version of park wise", "4.2.1"),
        ("What is Chronos for?", "Clocks working hours."),
        ("Parkwise has which tags?", "Parkwise ; Transport"),
        ("which version of siriuspayroll", "7"),
        ("what is the staus of GeoFlete", "Under construction"),
        ("Which applications are in York?", "Parkwise ; GeoFleet"),
        ("How many applications are in production?", "3"),
        ("Compare the status of Parkwise and GeoFleet", "Parkwise : In production ; GeoFleet : Under construction"),
        ("Is GeoFleet in production?", "No : Under construction"),
        ("Is Parkwise under construction?", "No : In production"),
        ("What are the locations of Parkwise, York included?", "Leeds ; York"),
    ],
)
def test_english_records_answer_whole_and_verbatim(english: Ask, question: str, answer: str) -> None:
    given = english(question)
    assert (given.status, given.answer) == ("answered", answer)
    assert given.citations


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the version of Chronos?", "does not give the version"),
        ("What is the price of Parkwise?", "does not give the price"),
        ("What is the version of Photoshop?", "I cannot find"),
        ("What is the capital of Australia?", "I cannot find"),
    ],
)
def test_what_is_not_there_is_not_said_in_english(english: Ask, question: str, said: str) -> None:
    given = english(question)
    assert given.status == "abstained"
    assert said in given.answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("ما ثمن رخصة البناء؟", "500 درهم"),
        ("كم تستغرق شهادة الإقامة؟", "يومان"),
        ("من المسؤول عن رخصة البناء؟", "الجماعة الحضرية"),
        ("أين توجد رخصة البناء؟", "الرباط ; فاس"),
        ("ما حالة السجل التجاري؟", "متاحة على الإنترنت"),
        ("ما فئة شهادة الاقامه", "الحالة المدنية"),
        ("ما الغرض من السجل التجاري؟", "يقيد التجار والشركات."),
        ("ما الخدمات المتوفرة في فاس؟", "رخصة البناء ; شهادة الإقامة"),
        ("كم خدمة متاحة على الإنترنت؟", "2"),
        ("هل شهادة الإقامة متاحة على الإنترنت؟", "لا : متاحة في الشباك"),
        ("قارن الجهة بين رخصة البناء و شهادة الإقامة",
         "رخصة البناء : الجماعة الحضرية ; شهادة الإقامة : المديرية العامة للأمن"),
    ],
)  # fmt: skip
def test_arabic_records_answer_whole_and_verbatim(arabic: Ask, question: str, answer: str) -> None:
    given = arabic(question)
    assert (given.status, given.answer) == ("answered", answer)
    assert given.citations


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("ما ثمن شهادة الإقامة؟", "لا تذكر بطاقة شهادة الإقامة الثمن"),
        ("ما إصدار رخصة البناء؟", "لا تذكر بطاقة رخصة البناء الإصدار"),
        ("ما عاصمة أستراليا؟", "لا أجد الجواب"),
        ("ما ثمن برناديكس؟", "لا أجد الجواب"),
    ],
)
def test_what_is_not_there_is_not_said_in_arabic(arabic: Ask, question: str, said: str) -> None:
    given = arabic(question)
    assert given.status == "abstained"
    assert said in given.answer
