"""Real files: nothing is empty, nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from collecting import READING, read_file

from dalil.collect.passages import PassageSplitter
from dalil.collect.read import Reader
from dalil.collect.sources import list_sources
from dalil.config import PassageSettings, SourceSettings
from dalil.records import Document, Dropped, Passage

CORPORA = os.environ.get("DALIL_CORPORA", "")
pytestmark = pytest.mark.skipif(not CORPORA, reason="DALIL_CORPORA does not name the folder of real data")


def read_folder(name: str) -> list[Document]:
    files, _ = list_sources([SourceSettings(path=name)], Path(CORPORA).resolve(), READING)
    reader = Reader(("fr", "ar", "en"), READING)
    made = [item for file in files for item in reader(file)]
    left_out = [item for item in made if isinstance(item, Dropped)]
    known = ("needs OCR", "another list", "lies beside", "not to be seen", "zero-width")
    assert all(any(reason in item.reason for reason in known) for item in left_out), left_out[:3]
    return [item for item in made if isinstance(item, Document)]


def check_passages(documents: list[Document]) -> None:
    splitter = PassageSplitter(PassageSettings())
    for document in documents:
        covered = set[int]()
        for passage in splitter(document):
            assert isinstance(passage, Passage)
            assert passage.text == document.text[passage.start : passage.end]
            covered.update(range(passage.start, passage.end))
        assert all(i in covered for i, c in enumerate(document.text) if not c.isspace())


def test_every_pdf_has_text_on_every_page() -> None:
    documents = read_folder("pdf")
    assert {d.origin: len(d.page_starts) for d in documents} == {
        "ar_fa_right_to_left_01.pdf": 1, "ar_fa_right_to_left_02.pdf": 1, "ar_fa_right_to_left_03.pdf": 1,
        "en_federal_register_2020-17221.pdf": 15, "en_table_ca_warn_report.pdf": 16, "fr_table_sill-2019.pdf": 8,
    }  # fmt: skip
    assert [d.language for d in documents] == ["ar", "ar", "ar", "en", "en", "fr"]
    assert "تحسين الإنتاجية وحل المشكلات من خلال البرمجة" in documents[0].text
    check_passages(documents)


def test_no_page_of_a_trilingual_site_is_empty() -> None:
    documents = [d for d in read_folder("w3c_i18n_site") if d.path.endswith(".html")]
    assert len(documents) == 126
    named = [d for d in documents if d.path.endswith((".fr.html", ".ar.html", ".en.html"))]
    assert sum(d.language == d.path.split(".")[-2] for d in named) >= 0.98 * len(named)
    check_passages(documents)


def test_each_row_of_a_catalogue_is_a_record() -> None:
    documents, dropped = read_file(Path(CORPORA) / "catalogues" / "sill-2020.csv")
    assert len(documents) == 225
    assert dropped == []
    years = documents[0].field("annees")
    assert documents[0].path == "sill-2020.csv#7zip"
    assert years is not None
    assert years.items == ("2018", "2019", "2020", "2021")
    check_passages(documents)


def test_a_folder_of_yaml_files_is_read_whole() -> None:
    documents = read_folder("catalogues/ore_software")
    assert len({document.source for document in documents}) == 97
    assert all(document.fields for document in documents)
