"""`dalil dataset check`: what is wrong is named by line, what repeats, what is missing, and whether it may be trained on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from records_by_hand import record, tools

from built_examples import build_examples
from dalil.config import DatasetSettings
from dalil.dataset.check import Checked, Material, check
from dalil.dataset.check_cover import expected_kinds
from dalil.dataset.check_facts import missing_facts, names_in
from dalil.dataset.check_repeats import repeats
from dalil.dataset.checklist import Line, Said, checklist, recommendations
from dalil.dataset.files import read_pairs
from dalil.dataset.pair import Located, Pair
from dalil.errors import ConfigError
from dalil.evaluation.values import figures
from dalil.records import Section, make_document
from small_workspace import assert_said, dalil, ok

GOOD = {"messages": [{"role": "user", "content": "Qui gère Alpha ?"}, {"role": "assistant", "content": "La DSI."}]}


def line(*turns: tuple[str, Any]) -> str:
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in turns]}, ensure_ascii=False)


def problems(path: Path, data: bytes | str) -> list[tuple[int, str]]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return [(problem.line, problem.reason) for problem in read_pairs(path).problems]


U, A, S = ("user", "Q ?"), ("assistant", "R."), ("system", "S")


@pytest.mark.parametrize(("bad", "said"), [
    ('{"messages": [{"role": "user", "content": "Q', "cut off"),
    ('{"messages": [', "cut off"),
    ("{'messages': []}", "not JSON"),
    ('{"messages": NaN}', "NaN is not a JSON value"),
    ("[1, 2]", "not an object but a list"),
    (line(), "no turn"),
    (line(U), "no assistant turn after the last user turn"),
    (line(S), "only a system prompt"),
    (line(A, U), "turn 1 is assistant, expected user"),
    (line(U, S, A), "turn 2 is system, expected assistant"),
    (line(U, U, A), "turn 2 is user, expected assistant"),
    (line(S, U, A, U), "no assistant turn after"),
    (line(U, ("assistant", "")), "turn 2 (assistant) is empty"),
    (line(U, ("assistant", None)), "`content` is not a text"),
    (line(("robot", "Q ?"), A), "`role` is 'robot'"),
    (line(U, ("tool", "x")), "calls a tool"),
    ('{"messages": [{"role": "user"}]}', "`content` is missing"),
    ('{"messages": "Q ?"}', "not a list of turns"),
    ('{"question": "Q ?", "answer": "R."}', "in another format (csv) in a file of messages"),
    ('{"foo": 1}', "without `messages`"),
    ('{"messages": [{"role": "user", "content": "\\ud800"}]}', "half of a character"),
    ('{"messages": [{"role": "user", "content": "x\\u0000"}]}', "a NUL character"),
    ('{"messages": ' + "9" * 5000 + "}", "a number of more digits than can be read"),
    ("[" * 100_000, "nested too deeply"),
])  # fmt: skip
def test_a_bad_line_is_named_with_its_reason_and_the_others_are_read(bad: str, said: str, tmp_path: Path) -> None:
    good = json.dumps(GOOD)
    ((number, reason),) = problems(tmp_path / "m.jsonl", f"{good}\n\n{bad}\n{good}\n")
    assert number == 3
    assert said in reason
    assert len(read_pairs(tmp_path / "m.jsonl").rows) == 2


@pytest.mark.parametrize(("name", "data", "expected"), [
    ("e.jsonl", b"", (1, "the file is empty")),
    ("e.csv", b"\xef\xbb\xbf\n", (1, "the file is empty")),
    ("e.csv", b"question,answer\n", (1, "there is a header and no row")),
    ("e.json", b"[]", (1, "there is no row")),
    ("e.xlsx", b"PK no", (1, "it is not an Excel workbook (.xlsx)")),
    ("e.parquet", b"PAR1", (1, "it is not a Parquet file")),
    ("e.csv", b"a\0b", (1, "it is not a text")),
    ("e.jsonl", b'{"titre": "a"}\n', (1, "no known format: `titre`")),
    ("e.csv", b"question,answer\nQ ?,R.\nP ?,R.,x\n", (3, "3 cells under 2 columns")),
    ("e.csv", b'question,answer,answerable\n"Q\n?",R.,\nP ?,,yes\n', (4, "the answer is empty")),
    ("e.csv", b'question,answer\nQ ?,R.\n"P ?,R.\n', (3, "not a table from here on")),
    ("e.csv", b"question,answer,x:json\nQ ?,R.,{\n", (2, "the column 'x:json' is not JSON")),
    ("e.json", b'[\n{"instruction": "Q ?", "output": "R."},\n{"instruction": "P', (3, "cut off")),
    ("e.json", b'{"data": 3', (1, "cut off")),
    ("e.json", b'[{"instruction": "", "output": "R."}]', (1, "instruction is empty")),
    ("e.jsonl", b'{"prompt": "Q ?", "completion": 3}', (1, "completion is not a text")),
    ("e.jsonl", b'{"conversations": [{"from": "human", "value": "Q"}, {"from": "user", "value": "R"}]}', (1, "turn 2 is user")),
    ("e.jsonl", b'{"id": 1, "question": "Q ?", "answer": "R."}\n{"id": "1", "question": "P ?", "answer": "R."}',
     (2, "the id '1' is that of line 1 too")),
    ("e.csv", "question,answer\nOù ?,Là.\nQué ?,".encode() + b"L\xe0.\n", (3, "two encodings in one file")),
])  # fmt: skip
def test_a_bad_file_is_said_so(name: str, data: bytes, expected: tuple[int, str], tmp_path: Path) -> None:
    ((number, reason),) = problems(tmp_path / name, data)
    assert number == expected[0]
    assert expected[1] in reason


def test_rows_before_a_damage_are_kept(tmp_path: Path) -> None:
    rows = [{"instruction": f"Q{n} ?", "output": "R."} for n in range(4)]
    text = json.dumps(rows, indent=1)
    (tmp_path / "a.json").write_text(text[: text.index("Q3")], encoding="utf-8")
    read = read_pairs(tmp_path / "a.json")
    assert [(row.line, row.pair.question) for row in read.rows] == [(2, "Q0 ?"), (6, "Q1 ?"), (10, "Q2 ?")]


def test_one_old_encoding_is_read_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes("question;réponse\nOù ?;Là-bas.\n".encode("cp1252"))
    read = read_pairs(tmp_path / "old.csv")
    assert (read.problems, read.rows[0].pair) == ([], Pair("Où ?", "Là-bas."))
    assert "Windows-1252" in read.notes[0]


def test_a_row_that_says_it_has_no_answer_needs_none(tmp_path: Path) -> None:
    rows = [{"question": "Q ?", "answer": "R."}, {"question": "شنو ؟", "answerable": False}, {"question": "S ?"}]
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    read = read_pairs(path)
    assert [(row.pair.question, row.pair.answerable) for row in read.rows] == [("Q ?", True), ("شنو ؟", False)]
    assert [(p.line, p.reason) for p in read.problems] == [(3, "there is no answer, only a question")]


def test_a_table_may_leave_an_answer_empty_and_squad_says_so_itself(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("question,answer\nOù ?,Là.\nCombien ?,\n", encoding="utf-8")
    read = read_pairs(tmp_path / "t.csv")
    assert [(row.line, row.pair.answerable) for row in read.rows] == [(2, True), (3, False)]
    assert "1 rows of t.csv have no answer" in read.notes[0]
    asked = [
        {"id": "a", "question": "Quand ?", "answers": [{"text": "en mai"}]},
        {"id": "b", "question": "Qui ?", "answers": []},
    ]
    article = {"title": "Guide", "paragraphs": [{"context": "Le filtre se change en mai.", "qas": asked}]}
    (tmp_path / "s.json").write_text(json.dumps({"data": [article]}), encoding="utf-8")
    squad = read_pairs(tmp_path / "s.json")
    assert [row.pair for row in squad.rows] == [
        Pair("Quand ?", "en mai", "a", context="Le filtre se change en mai.", extra={"document": "Guide"}),
        Pair("Qui ?", "", "b", context="Le filtre se change en mai.", answerable=False, extra={"document": "Guide"}),
    ]
    assert (squad.problems, squad.notes) == (
        [],
        ["1 rows of s.json have no answer: taken as questions that the documents do not answer"],
    )


# What the rows say


def rows(*pairs: Pair, side: str = "") -> list[Located]:
    return [Located("f.jsonl", number, pair, side or pair.text("split")) for number, pair in enumerate(pairs, start=1)]


def checked(made: Sequence[Located], **more: Any) -> Checked:
    return check(Material(made, figures, **more))


TOWNS = ("Rabat", "Lyon", "Fès", "Brest", "Oujda", "Nantes", "Salé")


def silent(question: str) -> Pair:
    return Pair(question, "", answerable=False, extra={"kind": "off_topic"})


def marks(found: Checked) -> dict[str, bool | None]:
    return {line.name: line.ok for line in checklist(found)}


def test_repeats_are_told_from_questions_about_other_things() -> None:
    made = rows(
        Pair("Où se trouve le guide de l'utilisateur de Boussole ?", "Rennes"),
        Pair("où se trouve le GUIDE de l'utilisateur de Boussole", "Rennes."),
        Pair("Où se trouve donc le guide de l'utilisateur de Boussole ?", "Rennes"),
        Pair("Où se trouve le guide de l'utilisateur de Delta ?", "Rennes"),
        Pair("Où se trouve le guide de l'utilisateur de Boussole ?", "Nantes"),
        Pair("What is C++?", "A language."),
        Pair("What is C#?", "A language."),
    )
    found = repeats(made)
    assert [(r.row.line, r.of.line) for r in found.exact] == [(2, 1)]
    assert [(r.row.line, r.of.line) for r in found.near] == [(3, 1)]
    assert [(r.row.line, r.of.line) for r in found.conflicting] == [(5, 1)]
    assert [row.line for row in found.cleaned(made)] == [1, 4, 5, 6, 7]


def test_two_questions_without_an_answer_repeat_only_where_they_ask_for_one_thing() -> None:
    """That both answer nothing does not make them one, as the same answer would."""
    written = "In the manual of the mobile air compressor, where do I find the"
    made = rows(
        *(
            Pair(f"{written} {asked}?", "", answerable=False)
            for asked in ("displacement", "force", "displacement, then")
        )
    )
    assert [(r.row.line, r.of.line) for r in repeats(made).near] == [(3, 1)]


def test_wordings_made_on_purpose_are_no_repeats() -> None:
    words = "Quel est donc le statut actuel de cette application nommée Delta"
    made = rows(*(Pair(f"{words}{end}", "Oui", extra={"wording": w}) for w, end in (("w1", " ?"), ("w2", " alors ?"))))
    assert repeats(made).near == []


@pytest.mark.parametrize(("answer", "missing"), [
    ("Il y en a 1 840, depuis le 4 mars 2019, avec Java.", {}),
    ("Il y en a 1 850.", {"numbers": ["1850"]}),
    ("En 2019.", {}),
    ("Depuis le 5 mars 2019.", {"dates": ["2019-03-05"]}),
    ("Il est écrit par Zénobie en Cobol.", {"names": ["Zénobie", "Cobol"]}),
    ("Voyez https://intra.test/a ou x@dsi.test.", {"addresses": ["x@dsi.test"]}),
    ("Appelez le 02 99 11 22 33.", {}),
    ("Appelez le 02 99 11 22 34.", {"addresses": ["02 99 11 22 34"]}),
    ("La direction répond.", {}),
    ("يستعمل Java منذ 2019-03-04.", {}),
    ("يستعمل Python.", {"names": ["Python"]}),
])  # fmt: skip
def test_facts_of_an_answer_stand_in_its_evidence(answer: str, missing: dict[str, list[str]]) -> None:
    evidence = (
        "Utilisateurs : 1840 ; date : 2019-03-04 ; langage : Java ; https://intra.test/a ; tél. +33 2 99 11 22 33"
    )
    assert missing_facts(answer, [evidence], figures) == missing


def test_names_are_capitals_inside_a_sentence() -> None:
    assert names_in("Le guide. Il cite Delta, 6Tzen et GitHub.\n- Puis Rennes") == [
        "Delta",
        "6Tzen",
        "GitHub",
        "Rennes",
    ]


def test_grounding_uses_quotes_documents_or_says_that_there_are_none() -> None:
    delta = record("Delta", {"langage": "Java"})
    made = rows(
        Pair("Langage ?", "En Java.", context="Java"),
        Pair("Langage ?", "En Cobol.", extra={"evidence": [{"quote": "langage : Java"}]}),
        Pair("Langage de Delta ?", "C'est Java, pour Delta.", extra={"document": delta.path}),
        Pair("Langage ?", "En Java."),
        Pair("Prix ?", "", answerable=False),
    )
    found = checked(made, documents=[delta]).grounding
    assert (found.checked, found.without, [item.row.line for item in found.ungrounded]) == (3, 1, [2])


def test_coverage_names_what_is_missing_and_short_descriptions() -> None:
    documents = tools(12)
    named = documents[:10]
    made = rows(*(Pair(f"Quelle est la licence de {document.name} ?", "MIT") for document in named[:9]),
                Pair("Et celle-là ?", "MIT", extra={"documents": [named[9].path]}),
                Pair(f"Prix de {documents[10].name} ?", "", answerable=False))  # fmt: skip
    found = checked(made, documents=documents).coverage
    assert found is not None
    assert (found.records.covered, found.records.of) == (10, 12)
    assert found.records.missing == tuple(document.name for document in documents[10:])
    assert found.short == tuple(document.name for document in documents)


def test_a_longer_name_is_not_its_beginning() -> None:
    documents = [record("Delta", {"a": "x"}), record("Delta Plus", {"a": "y"})]
    found = checked(rows(Pair("Que fait Delta Plus ?", "y")), documents=documents).coverage
    assert found is not None
    assert found.records.missing == ("Delta",)


def test_lengths_leave_typed_values_and_silence_apart() -> None:
    made = rows(Pair("A ?", "mot " * 30), Pair("B ?", "mot"), Pair("C ?", "mot " * 201), Pair("D ?", "Java", extra={"values": ["Java"]}),
                Pair("E ?", "I don't know, sorry."), Pair("F ?", "", answerable=False))  # fmt: skip
    found = checked(made)
    lengths = found.lengths
    assert (lengths.answers, lengths.typed, found.negatives) == (3, 1, 2)
    assert ([row.line for row in lengths.short], [row.line for row in lengths.long]) == ([2], [3])
    assert lengths.within == pytest.approx(1 / 3)


def test_what_was_trained_may_not_be_asked() -> None:
    made = rows(
        Pair("Qui gère Alpha ?", "La DSI", extra={"split": "train", "group": "a", "documents": ["f#a"]}),
        Pair("qui gère alpha", "La DSI", extra={"split": "test", "group": "b"}),
        Pair("Où est Alpha ?", "Rennes", extra={"split": "test", "group": "a"}),
        Pair("Où trouver Alpha ?", "Rennes", extra={"split": "test", "group": "a", "stratum": "seen"}),
        Pair("Où est Delta ?", "Brest", extra={"split": "test", "group": "d", "documents": ["f#d"]}),
    )
    found = checked(made)
    assert [(leak.row.line, leak.of.line) for leak in found.split.leaks] == [(2, 1), (3, 1)]
    assert not found.passed
    clean = checked([made[0], *made[3:]])
    assert clean.passed
    assert clean.split.certificate is not None
    assert clean.split.certificate["shared_groups"] == 0


def test_the_checklist_of_a_good_set_and_of_a_bad_one() -> None:
    documents = [record(f"Outil{n}x", {"licence": f"L-{n}"}) for n in range(20)]
    made = []
    for n, document in enumerate(documents):
        side = "test" if n < 2 else "validation" if n < 4 else "train"
        beside = {"split": side, "group": document.path, "kind": "other", "documents": [document.path]}
        text = f"La licence de {document.name} est L-{n}, " + "elle vaut pour toute la maison " * 4
        made += [Pair(f"Question {i} sur {document.name} ?", text, extra=beside) for i in range(6)]
    made += [
        Pair(f"{kind} sur tout ?", "mot " * 25, extra={"kind": kind}) for kind in ("listing", "count", "comparative")
    ]
    made += [silent(f"Quel temps fait-il à {town} ?") for town in TOWNS]
    good = checked(rows(*made), documents=documents)
    assert marks(good) == dict.fromkeys(marks(good), True), [line for line in checklist(good) if not line.ok]
    bad = checked(rows(Pair("A ?", "x"), Pair("A ?", "y")), documents=documents)
    assert [name for name, mark in marks(bad).items() if mark] == ["every line is valid"]
    assert any("Outil0x" in advice for advice in recommendations(bad))
    assert "Complete the 2 answers of under 20 words where a sentence is missing; a bare value may stay short." in (
        recommendations(bad)
    )
    assert not any("80/10/10" in advice for advice in recommendations(good))
    off = checked(rows(*(Pair(f"Q {n} ?", "R", extra={"split": "train" if n else "test"}) for n in range(4))))
    for language in ("fr", "en", "ar"):
        assert sum("80/10/10" in advice for advice in recommendations(off, language)) == 1


def test_six_letters_that_look_like_a_nul_are_a_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"question": "Que veut dire \\u0000 ?", "answer": "Rien."}), encoding="utf-8")
    assert read_pairs(path).problems == []


def test_a_share_is_printed_so_that_it_can_be_told_from_the_bound_it_misses() -> None:
    answered = [Pair(f"Question {n} ?", "R.") for n in range(99)]
    five = [silent(f"Quel temps fait-il à {town} ?") for town in TOWNS[:5]]
    lines = {code: checklist(checked(rows(*answered, *five)), code)[7] for code in ("en", "fr")}
    assert [(line.ok, line.found) for line in lines.values()] == [
        (False, "5 questions without an answer (4.8%)"),
        (False, "questions sans réponse : 5 (4,8\u202f%)"),
    ]
    assert "at least 5%" in lines["en"].name
    enough = checklist(checked(rows(*answered[:95], *five)))[7]
    assert (enough.ok, enough.found) == (True, "5 questions without an answer (5%)")
    one = checklist(checked(rows(*answered, *answered, *answered, five[0])))[7]
    assert (one.ok, one.found) == (False, "1 questions without an answer (0.3%)")
    say = Said("en", str)
    assert [say.share(value, 0.9) for value in (0.896, 0.89, 0.9, 0.90004, 0.996)] == [
        "89.6%",
        "89%",
        "90%",
        "90.004%",
        "99.6%",
    ]


def test_the_split_may_lie_on_its_bounds_and_is_not_rounded_into_them() -> None:
    def split_line(train: int, validation: int, test: int) -> Line:
        sides = {"train": train, "validation": validation, "test": test}
        made = [
            row for side, n in sides.items() for i in range(n) for row in rows(Pair(f"{side} {i} ?", "R."), side=side)
        ]
        return checklist(checked(made))[8]

    on_them, beyond = split_line(75, 10, 15), split_line(748, 102, 150)
    assert (on_them.ok, on_them.found) == (True, "75 / 10 / 15 of 100 rows")
    assert (beyond.ok, beyond.found) == (False, "74.8 / 10 / 15 of 1000 rows")


# The verb


def write(path: Path, *given: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
    return path


def test_a_file_made_elsewhere_needs_no_workspace(tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", GOOD, GOOD)
    (row,) = ok("dataset", "check", path, "--json", "-w", tmp_path, "--write", tmp_path / "clean.jsonl")
    assert (row["passed"], row["files"][0]["format"], len(row["duplicates"]["exact"])) == (True, "messages", 1)
    assert json.loads((tmp_path / "clean.jsonl").read_text()) == GOOD
    with path.open("a") as stream:
        stream.write('{"messages": [')
    done = dalil("dataset", "check", path, "-w", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "m.jsonl:3: cut off" in done.stdout
    assert_said(dalil("dataset", "check", tmp_path / "none.jsonl", "-w", tmp_path), 2, "no such file")
    assert_said(dalil("dataset", "check", "-w", tmp_path), 2, "dalil.yaml")


def test_sides_are_told_by_the_names_of_files(tmp_path: Path) -> None:
    other = {"messages": [{"role": "user", "content": "Où ?"}, {"role": "assistant", "content": "Ici."}]}
    write(tmp_path / "set" / "my_train.jsonl", GOOD)
    write(tmp_path / "set" / "my-test.jsonl", GOOD, other)
    done = dalil("dataset", "check", tmp_path / "set", "--json", "-w", tmp_path)
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["split"]["sides"] == {"test": 2, "train": 1}
    assert [leak["question"] for leak in found["split"]["leaks"]] == ["Qui gère Alpha ?"]


def test_the_workspace_is_checked_and_converted_without_a_leak(small: Path, tmp_path: Path) -> None:
    (row,) = ok("dataset", "check", "--json", "-w", small)
    assert row["passed"]
    assert row["coverage"]["records"] == {"covered": 16, "of": 16, "missing": []}
    assert row["grounding"]["ungrounded"] == []
    assert row["certificate"]["shared_groups"] == row["review"]["reviewed"] == 0
    (made,) = ok(
        "dataset", "convert", "--json", "-w", small, "--out", tmp_path / "set", "--to", "messages", "--system", "S"
    )
    assert {Path(name).name for name in made["files"]} == {"train.jsonl", "validation.jsonl", "test.jsonl"}
    (again,) = ok("dataset", "check", tmp_path / "set", "--json", "-w", small)
    assert (again["passed"], again["rows"]) == (True, sum(made["files"].values()))
    assert again["coverage"]["records"]["of"] == 16
    (only,) = ok("dataset", "convert", "--json", "-w", small, "--out", tmp_path / "t.csv", "--side", "train")
    assert (only["format"], only["rows"]) == ("csv", made["files"][str(tmp_path / "set" / "train.jsonl")])


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    from dalil.dataset_work import read_files

    with pytest.raises(ConfigError, match="holds no file"):
        read_files([str(tmp_path)])


# What would be lost in silence


@pytest.mark.parametrize(("name", "data", "said"), [
    ("k.jsonl", b'{"question": "Q ?", "question": "P ?", "answer": "R."}', "the key 'question' stands twice"),
    ("k.json", b'[{"question": "Q ?", "answer": "R.", "answer": "S."}]', "the key 'answer' stands twice"),
    ("k.jsonl", b"\x1f\x8b\x08\x00abc", "a gzip archive: unpack it first"),
    ("k.csv", b"PK\x03\x04abc", "a zip archive or an Office file"),
    ("k.json", b"%PDF-1.7", "it is a PDF"),
])  # fmt: skip
def test_what_another_reader_would_lose_is_named(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    ((line, reason),) = problems(tmp_path / name, data)
    assert (line, said in reason) == (1, True), reason


def test_a_column_that_stands_twice_is_kept_twice_and_noted(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("question,answer,answer\nQ ?,R.,S.\n", encoding="utf-8")
    read = read_pairs(tmp_path / "t.csv")
    assert read.rows[0].pair == Pair("Q ?", "R.", extra={"answer~2": "S."})
    assert "'answer' more than once: number 2 is read as 'answer~2'" in read.notes[0]


def test_a_side_that_is_none_is_noted(tmp_path: Path) -> None:
    text = "".join(
        json.dumps({"question": f"{s} ?", "answer": "R.", "split": s}) + "\n" for s in ("eval", "foo", "foo")
    )
    (tmp_path / "s.jsonl").write_text(text, encoding="utf-8")
    read = read_pairs(tmp_path / "s.jsonl")
    assert [row.side for row in read.rows] == ["validation", "", ""]
    assert read.notes == [
        "2 rows of s.jsonl name the side 'foo', which is none of train, validation, test: they count as on none"
    ]


def test_a_formula_without_its_value_is_named_by_cell(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for cells in (["question", "answer"], ["=A1", "=B1"], ["Q ?", "R."], ["P ?", "=B3"]):
        book.active.append(cells)
    book.save(tmp_path / "f.xlsx")
    read = read_pairs(tmp_path / "f.xlsx")
    assert [(row.line, row.pair) for row in read.rows] == [(3, Pair("Q ?", "R."))]
    assert [(p.line, "A2, B2" in p.reason, "B4" in p.reason) for p in read.problems] == [
        (2, True, False),
        (4, False, True),
    ]


def test_a_workbook_that_is_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    from zipfile import ZIP_DEFLATED, ZipFile

    with ZipFile(tmp_path / "b.xlsx", "w", ZIP_DEFLATED) as book, book.open("xl/worksheets/sheet1.xml", "w") as sheet:
        for _ in range(60):
            sheet.write(b" " * 1_000_000)
    ((line, reason),) = problems(tmp_path / "b.xlsx", (tmp_path / "b.xlsx").read_bytes())
    assert (line, "a zip bomb? xl/worksheets/sheet1.xml unpacks to" in reason) == (1, True)


@pytest.mark.parametrize("damage", ["encrypted", "cut", "xml"])
def test_a_damaged_workbook_is_named_as_one(damage: str, tmp_path: Path) -> None:
    from zipfile import ZipFile

    from openpyxl import Workbook

    Workbook().save(tmp_path / "d.xlsx")
    data = bytearray((tmp_path / "d.xlsx").read_bytes())
    if damage == "encrypted":
        for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = -1
            while (at := data.find(sign, at + 1)) >= 0:
                data[at + place] |= 1
    elif damage == "cut":
        del data[len(data) // 2 :]
    else:
        with ZipFile(tmp_path / "x.xlsx", "w") as book, ZipFile(tmp_path / "d.xlsx") as whole:
            for name in whole.namelist():
                book.writestr(name, b"<worksheet><" if "sheet1" in name else whole.read(name))
        data = bytearray((tmp_path / "x.xlsx").read_bytes())
    ((line, reason),) = problems(tmp_path / "d.xlsx", bytes(data))
    assert (line, reason) == (1, "it is not an Excel workbook (.xlsx)")


def test_texts_that_a_parquet_file_holds_as_bytes_are_read_as_texts(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    columns = {"question": pa.array(["Où ?".encode()], pa.binary()), "answer": ["Là."], "picture": [b"\xff\xd8"]}
    parquet.write_table(pa.table(columns), tmp_path / "b.parquet")
    read = read_pairs(tmp_path / "b.parquet").rows[0].pair
    assert read == Pair("Où ?", "Là.", extra={"picture": "(2 bytes that are no text)"})


def test_a_key_that_stands_twice_costs_its_row_only(tmp_path: Path) -> None:
    good = '{"question": "Q%d ?", "answer": "R."}'
    text = f'[{good % 1},\n{{"question": "P ?", "answer": "R.", "answer": "S."}},\n{good % 2}]'
    ((line, reason),) = problems(tmp_path / "k.json", text)
    assert (line, reason) == (2, "the key 'answer' stands twice in one object")
    assert [row.pair.question for row in read_pairs(tmp_path / "k.json").rows] == ["Q1 ?", "Q2 ?"]


def test_one_question_asked_within_two_documents_is_two_questions(tmp_path: Path) -> None:
    made = rows(
        Pair("What is the purpose of this manual?", "The loader.", extra={"scope": "loader.pdf", "split": "train"}),
        Pair("What is the purpose of this manual?", "The pump.", extra={"scope": "pump.pdf", "split": "test"}),
        Pair("What is the purpose of this manual?", "Another.", extra={"scope": "pump.pdf", "split": "test"}),
    )
    found = checked(made)
    assert [(r.row.line, r.of.line) for r in found.repeats.conflicting] == [(3, 2)]
    assert found.split.leaks == []


def test_the_recipe_with_scopes_passes_its_own_check(tmp_path: Path) -> None:
    ok("init", tmp_path / "w", "--recipe", "machine-manuals", "--json")
    (found,) = ok("dataset", "check", "-w", tmp_path / "w", "--json")
    assert (found["passed"], found["duplicates"]["conflicting"], found["split"]["leaks"]) == (True, [], [])
    assert found["certificate"]["highest_similarity"]["value"] < 1


def test_the_recipe_of_own_questions_has_enough_without_an_answer(tmp_path: Path) -> None:
    ok("init", tmp_path / "w", "--recipe", "code-qa", "--json")
    (found,) = ok("dataset", "check", "-w", tmp_path / "w", "--json")
    kinds = found["balance"]["kinds"]
    assert (kinds["not covered"], kinds["off_topic"], found["negatives"]["count"]) == (5, 13, 18)


def test_every_kind_that_dalil_writes_is_expected_and_no_other() -> None:
    text = (
        "Pompe P 7\nDonnées\nDébit nominal | 90 l/min\nVidange\n1. Arrêtez la pompe.\n2. Ouvrez la vanne de vidange.\n"
    )
    starts = [text.index(heading) for heading in ("Données", "Vidange")]
    sections = (Section("Données", 2, starts[0], starts[1]), Section("Vidange", 2, starts[1], len(text)))
    manual = make_document("m.md", "Pompe P 7", text, "fr", "text", sections=sections)
    documents = [*tools(12), manual]
    settings = DatasetSettings(origins=["templates", "sections"], wordings=1)
    examples, _ = build_examples(documents, settings, "fr", [], seed=1)
    built = {example.kind for example in examples if example.answerable}
    assert {"step", "procedure", "yes_no", "listing", "comparative"} <= built
    assert set(expected_kinds(documents, "fr", settings.origins)) == built
    assert "step" not in expected_kinds(documents, "fr", ["templates"])


def test_a_kind_that_the_settings_leave_out_is_not_missed() -> None:
    documents = tools(12)
    checked = check(Material([], figures, (), documents, kinds=("definition",)))
    assert checked.missing_kinds == ["definition"]
