"""What every page is made with: templates that escape each text, and what marks own markup as safe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from dalil.evaluation.stage_counts import counted
from dalil.evaluation.wording import typeset

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def read_template(name: str) -> str:
    """The text of a file of templates/."""
    return (resources.files("dalil.evaluation") / "templates" / name).read_text(encoding="utf-8")


def safe(text: str) -> Markup:
    """Markup of dalil's own making, which is not escaped again."""
    from markupsafe import Markup

    return Markup(text)


def environment() -> Environment:
    """Templates in which every text of a user is escaped, and a name that is missing is an error."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(autoescape=True, loader=FunctionLoader(read_template), undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    made.filters.update(prose=_prose, marked=_marked, proving=_proving, spaced=_spaced, counted=counted)
    return made


def _spaced(text: str, language: str) -> str:
    """A question as its language is set: French keeps its marks on the line of their words."""
    return typeset(text) if language == "fr" else text


def _prose(text: str) -> Markup:
    """Own prose: everything escaped, then `backticks` as code that reads left to right."""
    from markupsafe import escape

    return safe(re.sub(r"`([^`]+)`", r'<code dir="ltr">\1</code>', str(escape(text))))


def _marked(quote: str, gold: str) -> Markup:
    """A quote with the first place where the expected answer stands in it, highlighted."""
    from markupsafe import escape

    at = quote.casefold().find(gold.casefold()) if gold and len(quote.casefold()) == len(quote) else -1
    if at < 0:
        return escape(quote)
    return _highlighted(quote, at, at + len(gold))


def _proving(citation: Mapping[str, Any]) -> Markup:
    """A cited quote with the sentence in it that proves, highlighted, where it has others beside it."""
    from markupsafe import escape

    quote, exact = str(citation["quote"]), citation.get("exact")
    if not exact:
        return escape(quote)
    return _highlighted(quote, exact[0] - citation["start"], exact[1] - citation["start"])


def _highlighted(text: str, start: int, end: int) -> Markup:
    from markupsafe import escape

    return escape(text[:start]) + safe("<mark>") + escape(text[start:end]) + safe("</mark>") + escape(text[end:])
