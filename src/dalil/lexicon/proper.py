"""Which words of a question are written like names or numbers: what answers it has to say them too."""

from __future__ import annotations

from dalil.language import tokenise
from dalil.lexicon.darija import is_spelled_by_sound


def written_as_names(text: str) -> set[str]:
    """The folded words behind the first that begin with a capital letter, and all that hold a digit which is no letter ("n9der")."""
    found = tokenise(text)
    return {
        token.form for place, token in enumerate(found)
        if not is_spelled_by_sound(token.form)
        and ((place and text[token.start].isupper()) or any(map(str.isdigit, token.form)))
    }  # fmt: skip


def begun_with_capital(text: str) -> str:
    """The folded first word, where it begins with a capital letter ("" else): a name only where nobody knows the word."""
    found = tokenise(text)
    return found[0].form if found and text[found[0].start].isupper() else ""
