"""Markdown and plain text files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from dalil.collect.decode import decode
from dalil.collect.outline import Draft, as_code
from dalil.collect.sources import SourceFile
from dalil.collect.wrapping import join_lines
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.language import clean, identify
from dalil.records import Document, Dropped, Language, make_document

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NO_PARAGRAPH = re.compile(r"\s*(?:[-*+>|]\s|\d{1,3}[.)]\s|[|>]|<|\[[^\]]+\]:|[-*_]{3,}\s*$)| {4}|\t")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*{1,3}|`+|(?<!\w)_{1,3}|_{1,3}(?!\w))")
_LONGEST_HEADING = 500


def read_text(file: SourceFile, languages: Sequence[Language], reading: ReadingSettings) -> list[Document | Dropped]:
    """A plain text as one document without sections. Lines cut at a page's width are joined."""
    draft = Draft()
    for line in join_lines([clean(line).strip() for line in _lines(file)]):
        draft.line(line)
    return [_document(file, draft, PurePosixPath(file.path).stem, languages)]


def read_markdown(
    file: SourceFile, languages: Sequence[Language], reading: ReadingSettings
) -> list[Document | Dropped]:
    """A Markdown file with its headings as sections; the lines of a paragraph are joined, code stays as it is."""
    draft = _Markdown(_lines(file)).draft()
    name = draft.headings[0].text if draft.headings else PurePosixPath(file.path).stem
    return [_document(file, draft, name, languages)]


def _lines(file: SourceFile) -> list[str]:
    text = decode(Path(file.absolute).read_bytes(), file.encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _document(file: SourceFile, draft: Draft, name: str, languages: Sequence[Language]) -> Document:
    text, sections = draft.finish()
    if not text.strip():
        raise SourceError("no text in the file")
    return make_document(file.path, name, text, identify(text, languages), file.path, sections=sections)


class _Markdown:
    """Reads Markdown line by line: front matter, fenced code, headings of both kinds, paragraphs."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.made = Draft()
        self.in_paragraph = False
        self.in_list = False

    def draft(self) -> Draft:
        """The text with its headings."""
        i = self._front_matter()
        fence = ""
        while i < len(self.lines):
            line = self.lines[i]
            mark = _FENCE.match(line)
            if fence:
                self._plain(line)
                fence = "" if line.strip().startswith(fence) and not line.strip().strip(fence[0]) else fence
            elif mark:
                fence = mark.group(1)
                self._plain(line)
            else:
                taken = self._heading(line, self.lines[i + 1] if i + 1 < len(self.lines) else "")
                if not taken:
                    self._text(line)
                i += max(0, taken - 1)
            i += 1
        return self.made

    def _front_matter(self) -> int:
        """Keep a block of settings between two --- lines at the top as it is; where the text after it begins."""
        if not self.lines or self.lines[0].rstrip() != "---":
            return 0
        end = next((i for i, line in enumerate(self.lines[1:], start=1) if line.rstrip() == "---"), 0)
        for line in self.lines[: end + 1] if end else ():
            self._plain(line)
        return end + 1 if end else 0

    def _plain(self, line: str) -> None:
        self.in_paragraph = False
        self.made.line(as_code(line))

    def _heading(self, line: str, following: str) -> int:
        """Add the line as a heading if it is one; how many lines it took (a setext heading takes the one below too)."""
        atx = _ATX.match(line) if len(line) <= _LONGEST_HEADING else None
        if atx and _heading_text(atx.group(2) or ""):
            self.made.heading(_heading_text(atx.group(2)), len(atx.group(1)), clean(line))
            self.in_paragraph = False
            return 1
        setext = _SETEXT.match(following)
        if atx or not setext or self.in_paragraph or not line.strip() or _NO_PARAGRAPH.match(line):
            return 0
        text = _heading_text(line)
        if not text or len(line) > _LONGEST_HEADING:
            return 0
        self.made.heading(text, 1 if setext.group(1)[0] == "=" else 2, clean(line))
        self.made.line(clean(following))
        return 2

    def _text(self, line: str) -> None:
        indented = line.startswith(("    ", "\t"))
        self.in_list = bool(_ITEM.match(line)) or (self.in_list and (indented or not line.strip()))
        paragraph = bool(line.strip()) and not _NO_PARAGRAPH.match(line) and not line.startswith("#")
        if paragraph and self.in_paragraph:
            self.made.extend(clean(line).strip())
        else:
            self.made.line(as_code(line) if indented and not self.in_list else clean(line))
        self.in_paragraph = paragraph and not line.endswith(("  ", "\\"))


def _heading_text(line: str) -> str:
    return " ".join(clean(_MARKS.sub("", _LINK.sub(r"\1", line))).split())
