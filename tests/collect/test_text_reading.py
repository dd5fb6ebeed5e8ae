"""Markdown, plain text and web pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from collecting import read_given

from dalil.records import Document


def headings(document: Document) -> list[tuple[int, str]]:
    for section in document.sections:
        assert document.text[section.start : section.end].strip()
    return [(section.level, section.heading) for section in document.sections]


def test_markdown_headings_of_both_kinds_and_code(tmp_path: Path) -> None:
    content = "---\ntitre: x\n---\nGuide\n=====\nUne phrase qui\ncontinue ici.\n\n```\n# pas un titre\n```\n## Étape **un** ##\n- a\n- b\n"
    (document,), dropped = read_given(tmp_path / "g.md", content)
    assert document.name == "Guide"
    assert headings(document) == [(1, "Guide"), (2, "Étape un")]
    assert "Une phrase qui continue ici." in document.text
    assert "- a\n- b" in document.text
    assert document.sections[0].end == len(document.text)
    assert dropped == []


def test_code_keeps_its_indentation(tmp_path: Path) -> None:
    fenced = "# G\n\n```python\ndef f():\n    if x:\n\treturn  1\n```\n"
    (document,), _ = read_given(tmp_path / "g.md", fenced)
    assert "def f():\n    if x:\n    return  1\n" in document.text
    block = "Texte  un.\n\n    for x in y:\n        print(x)\n\n- a\n    suite\n"
    (document,), _ = read_given(tmp_path / "h.md", block)
    assert document.text == "Texte un.\n\n    for x in y:\n        print(x)\n\n- a\n suite"
    page = "<p>Exemple :</p><pre>if x:\n    y()\n</pre>"
    (document,), _ = read_given(tmp_path / "p.html", page)
    assert document.text == "Exemple :\nif x:\n    y()"


def test_plain_text_joins_wrapped_lines_and_keeps_lists(tmp_path: Path) -> None:
    content = "Pour renouveler la carte nationale, le citoyen se présente\nau guichet de sa commune avec les pièces suivantes :\n- une photo\n- un acte\n"
    (document,), _ = read_given(tmp_path / "note.txt", content.encode("cp1252"))
    assert document.name == "note"
    assert document.sections == ()
    assert document.text.startswith("Pour renouveler la carte nationale, le citoyen se présente au guichet")
    assert document.text.endswith("\n- une photo\n- un acte")


PAGE = """<!DOCTYPE html><html lang="{lang}"><head><title>Site</title><style>p{{}}</style>{head}</head><body>
<nav>Menu</nav><header><h1>Carte d'identité</h1></header><main><p>Il faut   une
photo.</p><script>x()</script><p hidden>caché</p><ol><li>Payer</li><li><p>Signer</p></li></ol>
<table><tr><th>Pièce</th><th>Prix</th></tr><tr><td>Timbre</td><td>75 DH</td></tr></table>
<h2>Questions</h2><details><summary>Combien de temps ?</summary><p>Dix jours.</p></details><p>Suite.</p>
<dl><dt>Où aller ?</dt><dd>À la commune.</dd></dl></main><footer>Pied</footer></body></html>"""


def test_a_page_keeps_its_main_part_with_lists_tables_and_questions(tmp_path: Path) -> None:
    (document,), dropped = read_given(tmp_path / "p.html", PAGE.format(lang="fr-MA", head=""))
    assert document.name == "Carte d'identité"
    assert document.language == "fr"
    for absent in ("Menu", "Pied", "caché", "x()"):
        assert absent not in document.text
    for present in ("Il faut une photo.", "1. Payer\n2. Signer", "Pièce | Prix\nTimbre | 75 DH"):
        assert present in document.text
    assert headings(document) == [
        (1, "Carte d'identité"), (2, "Questions"), (3, "Combien de temps ?"), (3, "Où aller ?"),
    ]  # fmt: skip
    asked = document.sections[2]
    assert document.text[asked.start : asked.end].strip() == "Combien de temps ?\nDix jours."
    assert [d.reason for d in dropped] == ["marked as hidden: 5 characters left out: caché"]


def test_raised_figures_stay_raised_and_lists_go_on_where_they_say(tmp_path: Path) -> None:
    page = """<main><h1>Aide</h1><p>10<sup>3</sup> m<sup>2</sup>, le 1<sup>er</sup> mai<sup><a href="#n">12</a></sup>.</p>
        <ol start="3"><li>Signer</li><li>Envoyer</li></ol>
        <table><tr><th>Pays</th><th>Surface (m<sup>2</sup>)</th><th>Note</th></tr><tr><td>Maroc</td><td>10<sup>-3</sup></td><td>x</td></tr></table></main>"""
    (document,), _ = read_given(tmp_path / "a.html", page)
    assert document.text.split("\n") == [
        "Aide", "10³ m², le 1er mai¹².", "3. Signer", "4. Envoyer", "Pays: Maroc | Surface (m²): 10⁻³ | Note: x",
    ]  # fmt: skip


def test_questions_declared_for_machines_are_appended(tmp_path: Path) -> None:
    entry = {"@type": "Question", "name": "Est-ce payant ?", "acceptedAnswer": {"@type": "Answer", "text": "<p>Oui, 75 DH.</p>"}}  # fmt: skip
    block = json.dumps({"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [entry]})
    head = f'<script type="application/ld+json">{block}</script>'
    (document,), _ = read_given(tmp_path / "p.html", PAGE.format(lang="xx", head=head))
    assert document.text.endswith("Est-ce payant ?\nOui, 75 DH.")
    assert headings(document)[-1] == (2, "Est-ce payant ?")


def test_a_menu_before_the_title_goes_and_a_list_of_links_after_it_stays(tmp_path: Path) -> None:
    links = "".join(f'<li><a href="/{i}">Rubrique {i}</a></li>' for i in range(6))
    menu, found = f"<div><ul>{links}</ul></div>", links.replace("Rubrique", "Formulaire")
    page = f"<body><div>Accueil</div>{menu}<div><h1>Démarches</h1><p>Choisissez.</p><ul>{found}</ul></div></body>"
    (document,), _ = read_given(tmp_path / "a.html", page)
    assert "Rubrique" not in document.text
    assert "Accueil" in document.text
    assert "- Formulaire 5" in document.text


def test_a_page_in_its_declared_encoding(tmp_path: Path) -> None:
    content = '<html lang="en"><meta charset="windows-1256"><body><p>مرحبا بكم في البوابة</p></body></html>'
    (document,), _ = read_given(tmp_path / "p.html", content.encode("cp1256"))
    assert document.text == "مرحبا بكم في البوابة"
    assert document.language == "ar"


def test_a_very_deep_page_is_read(tmp_path: Path) -> None:
    (document,), _ = read_given(tmp_path / "p.html", "<div>" * 5000 + "fond")
    assert document.text == "fond"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.html", b"<html><body><script>app()</script></body></html>", "may need a browser"),
        ("a.html", b"<html><body><nav>Menu</nav></body></html>", "menus"),
        ("a.md", b"  \n\n", "no text"),
        ("a.txt", b"x" * 9000 + b"\0", "binary"),
    ],
)
def test_a_file_without_text_says_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    documents, dropped = read_given(tmp_path / name, content)
    assert documents == []
    assert len(dropped) == 1
    assert reason in dropped[0].reason


def test_an_unknown_encoding_costs_the_file(tmp_path: Path) -> None:
    _, dropped = read_given(tmp_path / "a.txt", "é", encoding="latin-99")
    assert "latin-99" in dropped[0].reason
