"""Small files of every kind for tests, made in memory or at a path."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any


def docx(path: Path) -> Path:
    """A Word file: title, two headings, lists, a table, a note, and text hidden in four ways."""
    from docx import Document
    from docx.oxml import OxmlElement
    from docx.shared import Pt, RGBColor

    made = Document()
    made.add_heading("Guide des congés", 0)
    made.add_heading("Demande", 1)
    paragraph = made.add_paragraph("Le formulaire est rendu au bureau 12.")
    paragraph.add_run(" VANISHED").font.hidden = True
    paragraph.add_run(" WHITE").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run(" TINY").font.size = Pt(1)
    made.add_paragraph("Une photo", style="List Bullet")
    for step in ("Remplir", "Signer"):
        made.add_paragraph(step, style="List Number")
    made.add_heading("Délais", 2)
    table = made.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("Congé", "Jours", "Annuel", "25"), strict=True
    ):
        cell.text = ""
        cell.paragraphs[0].add_run(text).font.color.rgb = RGBColor(255, 255, 255)
    deleted = OxmlElement("w:del")
    deleted.append(OxmlElement("w:r"))
    made.add_paragraph("Fin.")._p.append(deleted)
    made.save(str(path))
    return with_note(path)


def with_note(path: Path) -> Path:
    """Give the last paragraph of a Word file a footnote."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    note = f'<w:footnotes xmlns:w="{name}"><w:footnote w:type="separator" w:id="0"/><w:footnote w:id="2"><w:p><w:r><w:t>Sauf en août.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    relation = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>'
    kind = '<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>'
    parts = unzipped(path)
    parts["word/footnotes.xml"] = note.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", kind.encode())
    where = "word/_rels/document.xml.rels"
    parts[where] = parts[where].replace(b"</Relationships>", relation.encode())
    body = parts["word/document.xml"].decode()
    parts["word/document.xml"] = body.replace(
        "Fin.</w:t></w:r>", 'Fin.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
    ).encode()
    return zipped(path, parts)


def pptx(path: Path) -> Path:
    """A presentation: a slide with a list and notes, one with a table, a hidden one."""
    from pptx import Presentation
    from pptx.util import Inches, Pt

    made = Presentation()
    first = made.slides.add_slide(made.slide_layouts[1])
    first.shapes.title.text = "Accueil"
    frame = first.placeholders[1].text_frame
    frame.text = "Le guichet ouvre à 9 h."
    under = frame.add_paragraph()
    under.text, under.level = "sauf le lundi", 1
    tiny = frame.add_paragraph().add_run()
    tiny.text, tiny.font.size = "TINY", Pt(1)
    first.notes_slide.notes_text_frame.text = "Saluer le public."
    second = made.slides.add_slide(made.slide_layouts[5])
    second.shapes.title.text = "Tarifs"
    table = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for i, text in enumerate(("Pièce", "Prix", "Timbre", "75 DH")):
        table.cell(i // 2, i % 2).text = text
    third = made.slides.add_slide(made.slide_layouts[5])
    third.shapes.title.text = "SECRET"
    third._element.set("show", "0")
    made.save(str(path))
    return path


def xlsx(path: Path, rows: Any = (("Nom", "Ville"), ("Siège", "Paris"))) -> Path:
    """A workbook of one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def parquet(path: Path) -> Path:
    """Two records with a list, a number, bytes and a missing value."""
    import pyarrow as arrow
    import pyarrow.parquet as writer

    rows = {"nom": ["Paie", "Chorus"], "n": [1.5, 2.0], "sites": [["Paris", "Lyon"], None], "photo": [b"\x01", b"\x02"]}
    writer.write_table(arrow.table(rows), path)
    return path


def unzipped(path: Path) -> dict[str, bytes]:
    """The parts of an archive."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    """An archive of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


TEXTS: dict[str, str] = {
    "a.csv": "nom;ville\nSiège;Paris\nDépôt;Lyon\n",
    "a.tsv": "nom\tville\nSiège\tParis\n",
    "a.json": json.dumps([{"nom": "Siège", "sites": ["Paris", "Lyon"]}]),
    "a.jsonl": '{"nom": "Siège"}\n{"nom": "Dépôt"}\n',
    "a.yaml": "- nom: Siège\n  sites: [Paris, Lyon]\n- nom: Dépôt\n  n: 1.50\n",
    "a.md": "# Titre\n\nUn texte.\n\n```\n  code\n```\n",
    "a.txt": "Un texte court.\nEt sa suite.\n",
    "a.html": "<h1>Titre</h1><p hidden>x</p><table><tr><td>a</td><td>b</td></tr></table><p>Texte.</p>",
}


def all_kinds(folder: Path) -> dict[str, bytes]:
    """A small good file of every kind that is read, by its name."""
    from pdf_writing import Sheet

    folder.mkdir(parents=True, exist_ok=True)
    sheet = Sheet(folder / "a.pdf")
    sheet.text("Un texte court.", 72, 100)
    made = [
        sheet.save(),
        docx(folder / "a.docx"),
        pptx(folder / "a.pptx"),
        xlsx(folder / "a.xlsx"),
        parquet(folder / "a.parquet"),
    ]
    return {**{name: text.encode() for name, text in TEXTS.items()}, **{path.name: path.read_bytes() for path in made}}
