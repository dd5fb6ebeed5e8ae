"""Which words of a question are written like names or numbers: what answers it has to say them too."""

from __future__ import annotations

from itertools import pairwise

from dalil.language import tokenise
from dalil.lexicon.asked_values import is_time
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


def told_in_passing(text: str) -> set[str]:
    """The folded numbers of how long something has been or will be, or how old somebody is ("depuis 4 mois", "3 days ago"): who asks
    tells of himself, and what answers need not say them."""
    return {number.form for number, unit in pairwise(tokenise(text)) if number.form.isdigit() and is_time(unit.form)}
