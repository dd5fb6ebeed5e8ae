from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from records_by_hand import record

from dalil.dataset.pairs import QuestionFile, read_questions
from dalil.errors import ConfigError
from dalil.records import Document, Example, from_row, make_document, to_row

TOOLS = [
    record("Debian", {"version": "10", "support": "Oui", "public": "Oui"}),
    record("CentOS", {"version": "7.6", "sites": ["Rennes", "Brest"]}),
    record("Git", {"version": "2.3"}, source="a/un.json"),
    record("git", {"version": "2.4"}, source="b/deux.json"),
]
GUIDE = make_document("manuels/guide.pdf", "Guide", "Page une.\nLe filtre se change tous les six mois.", "fr", "pdf")
DOCUMENTS: list[Document] = [*TOOLS, GUIDE]
ROWS = [
    {"question": "Quelle version de Debian ?", "answer": "10", "document": "Debian"},
    {"question": "Et le filtre ?", "answer": "tous les six mois", "document": "guide.pdf"},
]


def read(path: Path, content: str | bytes, documents: list[Document] | None = DOCUMENTS) -> QuestionFile:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_questions(path, documents, expected=("fr",))


def jsonl(path: Path, *rows: dict[str, Any]) -> QuestionFile:
    return read(path / "q.jsonl", "\n".join(json.dumps(row) for row in rows))


def write_xlsx(path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.create_sheet("questions")
    sheet.append(["Question", "Réponse", "Document"])
    for row in ROWS:
        sheet.append(list(row.values()))
    book.save(path)


def write_parquet(path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pa.Table.from_pylist(ROWS), path)


@pytest.mark.parametrize(
    "name", ["q.csv", "q.tsv", "q.json", "data.json", "q.jsonl", "latin.csv", "q.xlsx", "q.parquet"]
)
def test_every_format_gives_the_same_examples(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    table = {"q.csv": ";", "q.tsv": "\t", "latin.csv": ","}
    if name in table:
        lines = ["Question,RÉPONSE,fiche", *(",".join(row.values()) for row in ROWS)]
        text = "\r\n".join(lines).replace(",", table[name])
        path.write_bytes(text.encode("cp1252" if name == "latin.csv" else "utf-8-sig"))
    elif name.endswith(".json"):
        path.write_text(json.dumps({"data": ROWS} if name == "data.json" else ROWS))
    elif name == "q.jsonl":
        path.write_text("\n".join(json.dumps(row) for row in ROWS))
    else:
        (write_xlsx if name == "q.xlsx" else write_parquet)(path)
    given = read_questions(path, DOCUMENTS, expected=("fr",))
    assert [(e.id, e.question, e.answer) for e in given.examples] == [
        (str(i), row["question"], row["answer"]) for i, row in enumerate(ROWS, start=1)
    ]
    assert given.examples[0].documents == ("outils.json#Debian",)
    assert given.examples[1].documents == ("manuels/guide.pdf",)


def test_squad_with_unanswerable_questions(tmp_path: Path) -> None:
    qas = [
        {
            "id": "a",
            "question": "Quand ?",
            "answers": [{"text": "six mois", "answer_start": 1}],
            "is_impossible": False,
        },
        {"id": "b", "question": "Qui ?", "answers": [], "is_impossible": True},
    ]
    data = {"data": [{"title": "Guide", "paragraphs": [{"context": "…", "qas": qas}]}]}
    given = read(tmp_path / "squad.json", json.dumps(data))
    assert [(e.id, e.answer, e.answerable) for e in given.examples] == [("a", "six mois", True), ("b", "", False)]
    assert given.examples[0].evidence[0].document == "manuels/guide.pdf"


def test_messages_take_the_last_question_and_its_answer(tmp_path: Path) -> None:
    turns = [
        ("system", "S"),
        ("user", "Bonjour ?"),
        ("assistant", "Oui ?"),
        ("user", "Où est-ce ?"),
        ("assistant", "Ici."),
    ]
    given = jsonl(tmp_path, {"messages": [{"role": role, "content": text} for role, text in turns]})
    assert [(e.question, e.answer) for e in given.examples] == [("Où est-ce ?", "Ici.")]


def test_a_missing_question_column_lists_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"`titre`, `texte`"):
        read(tmp_path / "q.csv", "titre,texte\na,b\n")


@pytest.mark.parametrize(("name", "content"), [
    ("q.json", b"{not json"), ("q.xlsx", b"no zip"), ("q.parquet", b"nothing"), ("q.docx", b""), ("q.csv", b"a\0b\n\xff"),
    ("q.jsonl", b"[1]"), ("q.csv", b""),
])  # fmt: skip
def test_bad_files_are_refused_with_their_name(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"q\."):
        read(tmp_path / name, content)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_questions(tmp_path / "absent.csv", None, expected=("fr",))


def test_other_columns_are_counted_and_empty_questions_dropped(tmp_path: Path) -> None:
    given = read(tmp_path / "q.csv", "question,réponse,auteur\nQui ?,A,Léa\n,B,Ali\nQuoi ?,C,\n")
    assert given.ignored_columns == {"auteur": 2}
    assert [d.what for d in given.dropped] == ["q.csv row 2"]
    assert [e.id for e in given.examples] == ["1", "3"]


def test_one_column_of_questions_with_commas_stays_whole(tmp_path: Path) -> None:
    given = read(tmp_path / "q.csv", "question\nBonjour, où est Debian ?\nQui gère Git, et comment ?\n")
    assert given.examples[0].question == "Bonjour, où est Debian ?"
    assert all(e.answerable for e in given.examples)


def test_answerable_is_read_in_words_and_digits_or_follows_the_answer(tmp_path: Path) -> None:
    text = "question,answer,answerable\nA ?,x,oui\nB ?,,non\nC ?,,0\nD ?,x,\nE ?,,\n"
    given = read(tmp_path / "q.csv", text)
    assert [e.answerable for e in given.examples] == [True, False, False, True, False]
    assert any("taken as unanswerable" in warning for warning in given.warnings)


def test_long_answers_and_repeats_are_warned_of_and_kept(tmp_path: Path) -> None:
    given = jsonl(tmp_path, {"question": "Qui ?", "answer": "mot " * 201}, {"question": "qui", "answer": "A"})
    assert len(given.examples) == 2
    assert sum("200 words" in w or "same words" in w for w in given.warnings) == 2


def test_an_ambiguous_document_names_its_candidates_and_an_unknown_one_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a/un\.json#Git, b/deux\.json#git"):
        jsonl(tmp_path, {"question": "Q ?", "document": "Git"})
    given = jsonl(tmp_path, {"question": "Q ?", "document": "Fedora"}, {"question": "R ?", "document": "a/un.json#Git"})
    assert [e.documents for e in given.examples] == [("Fedora",), ("a/un.json#Git",)]
    assert any("Fedora" in warning for warning in given.warnings)


def test_a_field_value_is_typed_and_proved(tmp_path: Path) -> None:
    given = jsonl(
        tmp_path,
        {"question": "Quelle version ?", "answer": "7.6", "document": "CentOS"},
        {"question": "Quels sites ?", "answer": "brest ; Rennes", "document": "CentOS"},
        {"question": "Y a-t-il un support pour Debian ?", "answer": "Oui", "document": "Debian"},
        {"question": "Est-ce bien vrai ?", "answer": "Oui", "document": "Debian"},
    )
    assert [e.field for e in given.examples[:3]] == ["version", "sites", "support"]
    assert given.examples[1].values == ("Rennes", "Brest")
    (evidence,) = given.examples[0].evidence
    assert TOOLS[1].text[evidence.start : evidence.end] == "7.6"
    assert given.examples[3].field == ""


def test_listings_and_comparisons_of_records_are_recognised(tmp_path: Path) -> None:
    given = jsonl(
        tmp_path,
        {"question": "Lesquels ?", "answer": "Debian ; centos"},
        {"question": "Leurs versions ?", "answer": "Debian : 10 ; CentOS : 7.6"},
    )
    both = ("outils.json#Debian", "outils.json#CentOS")
    assert [e.documents for e in given.examples] == [both, both]
    assert given.examples[0].values == ("Debian", "centos")
    assert (given.examples[1].field, given.examples[1].values) == ("version", ("10", "7.6"))


def test_the_words_of_an_answer_are_found_in_the_text(tmp_path: Path) -> None:
    (example,) = jsonl(tmp_path, {"question": "Quand ?", "answer": "TOUS les six mois.", "document": "Guide"}).examples
    (evidence,) = example.evidence
    assert GUIDE.text[evidence.start : evidence.end] == "tous les six mois"


@pytest.mark.parametrize("scope", ["guide.pdf", "guide", "le Guide", "manuels/guide.pdf"])
def test_a_scope_is_resolved_by_a_part_of_a_name_and_travels_with_the_example(tmp_path: Path, scope: str) -> None:
    guide = replace(GUIDE, name="Tout le guide")
    documents: list[Document] = [*TOOLS, guide]
    row = {"question": "Quand le filtre se change-t-il ?", "answer": "tous les six mois", "scope": scope}
    (example,) = read(tmp_path / "q.jsonl", json.dumps(row), documents).examples
    assert example.scope == "manuels/guide.pdf"
    assert example.documents == ("manuels/guide.pdf",)
    assert [GUIDE.text[e.start : e.end] for e in example.evidence] == ["tous les six mois"]
    kept = to_row(example)
    assert from_row(Example, kept) == example
    assert from_row(Example, {key: value for key, value in kept.items() if key != "scope"}).scope == ""


def test_the_same_words_within_two_documents_are_two_questions(tmp_path: Path) -> None:
    rows = [
        {"question": "À quoi sert ce manuel ?", "scope": "guide.pdf"},
        {"question": "à quoi sert ce manuel", "scope": "Debian"},
    ]
    assert jsonl(tmp_path, *rows).warnings == []
    about = [{"question": "Quelle version ?", "document": name} for name in ("Debian", "CentOS")]
    assert jsonl(tmp_path, *about).warnings == []
    (warning,) = jsonl(tmp_path, *rows, rows[0]).warnings
    assert "same words: 3 (as 1)" in warning


def test_a_scope_that_can_be_several_is_refused_with_its_candidates(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"outils\.json#Debian, outils\.json#CentOS"):
        read(
            tmp_path / "q.jsonl",
            json.dumps({"question": "Q ?", "scope": "json outils"}),
            [replace(TOOLS[0], name="outils json debian"), replace(TOOLS[1], name="outils json centos")],
        )
