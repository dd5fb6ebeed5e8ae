"""Draws PDF pages for tests: texts at places, in sizes and weights, and ruled tables with merged cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collecting import read_file

HEIGHT = 842
COLUMN, ROW = 110.0, 22.0


@dataclass
class Sheet:
    """Pages under construction. Places are points from the top left corner."""

    path: Path
    canvas: Any = field(init=False)

    def __post_init__(self) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self.canvas = Canvas(str(self.path), pagesize=(595, HEIGHT))

    def text(self, text: str, x: float, y: float, size: float = 10, bold: bool = False) -> None:
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self.canvas.drawString(x, HEIGHT - y, text)

    def lines(self, lines: Sequence[str], y: float, x: float = 72) -> None:
        for i, line in enumerate(lines):
            self.text(line, x, y + 14 * i)

    def table(self, rows: Sequence[Sequence[str]], x: float, y: float, bold_rows: int = 1) -> None:
        """A ruled table; "^" merges a cell with the one above it, a line feed breaks the line in its cell."""
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                left, top = x + j * COLUMN, y + i * ROW
                if cell != "^":
                    self.canvas.line(left, HEIGHT - top, left + COLUMN, HEIGHT - top)
                    for k, part in enumerate(cell.split("\n")):
                        self.text(part, left + 4, top + 10 + 9 * k, 8, bold=i < bold_rows)
        right, bottom = x + len(rows[0]) * COLUMN, y + len(rows) * ROW
        self.canvas.line(x, HEIGHT - bottom, right, HEIGHT - bottom)
        for j in range(len(rows[0]) + 1):
            self.canvas.line(x + j * COLUMN, HEIGHT - y, x + j * COLUMN, HEIGHT - bottom)

    def page(self) -> None:
        self.canvas.showPage()

    def save(self) -> Path:
        self.canvas.save()
        return self.path


def read_lines(sheet: Sheet) -> list[str]:
    """The lines of the one document that a sheet is read as."""
    (document,), _ = read_file(sheet.save())
    return document.text.split("\n")
