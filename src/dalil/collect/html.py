"""Web pages: the main part's text with headings, questions of FAQs, lists and tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import cast, get_args

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dalil.collect.decode import decode_html
from dalil.collect.html_faq import faq_of
from dalil.collect.html_hidden import take_hidden
from dalil.collect.html_menus import menus_of
from dalil.collect.html_text import PageText
from dalil.collect.outline import Draft
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.language import clean, fold, identify, is_right_to_left
from dalil.records import Document, Dropped, Language, make_document

_NEVER = "script, style, noscript, template, svg, iframe, object, canvas, select, textarea"
_AROUND = "nav, aside, header, footer, [role=navigation], [role=banner], [role=contentinfo], [role=search]"
_MAIN_SHARE = 0.2


def read_html(file: SourceFile, languages: Sequence[Language], reading: ReadingSettings) -> list[Document | Dropped]:
    """A page as one document. Raises SourceError where it has no text (it may need a browser)."""
    tree = LexborHTMLParser(decode_html(Path(file.absolute).read_bytes(), file.encoding))
    questions = faq_of(tree)
    sheets = tree.css_first("style, link[rel~=stylesheet]") is not None
    for node in reversed(tree.css(_NEVER)):  # from the inside out: a node must not go before what lies in it
        node.decompose()
    hidden = take_hidden(tree, sheets)
    title, heading = _first(tree, "title"), _first(tree, "h1")
    if (body := tree.body) is None:
        raise SourceError("no text on the page")
    whole = body.text(separator=" ")
    for node in reversed(tree.css(_AROUND)):
        if not _titles_an_article(node):
            node.decompose()
    for menu in menus_of(body):
        menu.decompose()
    main = _main(tree, body)
    draft = Draft()
    if heading and fold(heading) not in {fold(" ".join(clean(node.text()).split())) for node in main.css("h1")}:
        draft.heading(heading, 1)
    PageText(draft).add(main)
    _append_questions(draft, questions)
    text, sections = draft.finish()
    if not text:
        raise SourceError(
            "no text besides its menus" if whole.strip() else "no text on the page; it may need a browser"
        )
    language = _language(tree, text, languages)
    name = heading or title or PurePosixPath(file.path).stem
    return [make_document(file.path, name, text, language, file.path, sections=sections), *hidden.dropped(file.path)]


def _first(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return " ".join(clean(node.text()).split()) if node else ""


def _titles_an_article(node: LexborNode) -> bool:
    """A header inside main or article holds the title: it stays."""
    parent = node.parent
    while node.tag == "header" and parent is not None:
        if parent.tag in ("main", "article"):
            return True
        parent = parent.parent
    return False


def _main(tree: LexborHTMLParser, body: LexborNode) -> LexborNode:
    """main, else the only article, if it holds a fair part of the page; else the body."""
    mains, articles = tree.css("main, [role=main]"), tree.css("article")
    chosen = mains[0] if mains else articles[0] if len(articles) == 1 else None
    if chosen is None or len(chosen.text().split()) < _MAIN_SHARE * len(body.text().split()):
        return body
    return chosen


def _append_questions(draft: Draft, questions: Sequence[tuple[str, str]]) -> None:
    """Add the FAQ that the page declares for machines, where its text does not have the question already."""
    known = {fold(heading.text) for heading in draft.headings}
    for question, answer in questions:
        if fold(question) not in known:
            draft.line("")
            draft.close(2)
            draft.heading(question, 2)
            for line in answer.split("\n"):
                draft.line(line)


def _language(tree: LexborHTMLParser, text: str, languages: Sequence[Language]) -> Language:
    """What the page says, if dalil knows it and the script agrees; else what its words say."""
    root = tree.root
    declared = ((root.attributes.get("lang") if root else None) or "").strip().lower().split("-")[0]
    if declared in get_args(Language) and (declared in ("ar", "ary")) == is_right_to_left(text):
        return cast(Language, declared)
    return identify(text, languages)
