"""How each kind of gold rules on the text of an answer: right, partly or wrong, with the reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from dalil.evaluation.catalogue import NO, YES, Gold
from dalil.evaluation.values import Forms, Statement, comparable, figures, forms, number_value, places, statements
from dalil.language import Token, fold, words
from dalil.lexicon import load_lexicon
from dalil.records import Example, Outcome

_FEWEST_STATED = 3
"""Words that a statement behind a yes or a no must have to say it alone."""
SHORT_GOLD, SHORT_ANSWER = 20, 60
"""Words: a gold of up to 20 must stand contiguous, in an answer of at most 60."""
FULL_RECALL, HALF_RECALL = 0.8, 0.5
_CLAUSE = re.compile(r"[,;.\n،؛•]")
_BREAK = re.compile(r"\s*(?:[:,،;.!–—-]|$)")
"""What parts a yes or a no from what follows it."""
_NUMBERED = re.compile(r"\W*no(?:\.\s*[\d:]|\s*:[^|]*\|)", re.IGNORECASE)
"""Begins like "No. 84", or like a row of a table whose first column counts ("No.: 1 | Part: Bucket"): no no."""
_AND = frozenset({"et", "and", "و", "mais", "but", "tandis", "while"})
Ruling = tuple[Outcome, str]


def rule(gold: Gold, example: Example, text: str) -> Ruling:
    """The ruling on an answer's text by what its gold means."""
    if _takes_for_yes_no(gold, example, text):
        return "wrong", "says yes or no to a question about a value"
    if gold.kind == "yes_no":
        return _yes_no(gold, example, text)
    if gold.kind == "count":
        return _count(gold, example, text)
    if gold.kind == "comparative":
        return _comparative(gold, text)
    if gold.kind == "listing":
        return _listing(gold, example, text)
    return _values(gold, text) if gold.kind == "values" else _text(_as_said(gold.values[0], text), text)


def _takes_for_yes_no(gold: Gold, example: Example, text: str) -> bool:
    """Whether the answer begins with a yes or a no ("Non : 84") though a value was asked for and the gold is one (84).

    In a text only a bare figure is surely no answer to a question of yes or no.
    """
    asked_for = gold.kind in ("values", "count") or (gold.kind == "text" and gold.values[0].strip().isdigit())
    if not asked_for or not _begins_yes_no(text) or any(map(_begins_yes_no, gold.values)):
        return False
    return not load_lexicon(example.language).asks_yes_or_no(tuple(words(example.question)))


def _begins_yes_no(text: str) -> bool:
    first = next(iter(comparable(text)), None)
    said = first is not None and first.form in YES | NO and _BREAK.match(text, first.end)
    return bool(said) and not _NUMBERED.match(text)


def _as_said(gold: str, text: str) -> str:
    """A gold like "No, wear parts are excluded" as a quotation says it that begins with no yes or no: the statement alone."""
    first = next(iter(comparable(gold)), None)
    if first is None or not _begins_yes_no(gold) or _begins_yes_no(text):
        return gold
    statement = gold[first.end :].lstrip(" :,،;.!–—-")
    return statement if len(words(statement)) >= _FEWEST_STATED else gold


def token_recall(gold: str, answer: str) -> float:
    """The share of the gold's words (with repetition) that the answer holds, 0–1; 0 for a gold without words."""
    wanted, given = Counter(forms(gold)), Counter(forms(answer))
    return (wanted & given).total() / wanted.total() if wanted else 0.0


def _text(gold: str, text: str) -> Ruling:
    loose = gold.strip().isdigit()
    wanted, given = forms(gold, loose), forms(text, loose)
    if not wanted:
        return ("right", "states it") if fold(gold.strip()) in fold(text) else ("wrong", "does not state it")
    recall, false = token_recall(gold, text), figures(text) - figures(gold)
    if len(wanted) <= SHORT_GOLD:
        if places(given, wanted) and len(given) <= SHORT_ANSWER:
            return "right", "states it"
    elif recall >= FULL_RECALL and not false:
        return "right", f"recall {recall:.2f}"
    return _by_recall(recall, false)


def _by_recall(recall: float, false: set[str]) -> Ruling:
    if recall >= HALF_RECALL and not false:
        return "partly", f"recall {recall:.2f}"
    return "wrong", f"states {min(false)}" if recall >= HALF_RECALL else f"recall {recall:.2f}"


def _values(gold: Gold, text: str) -> Ruling:
    loose = bool(gold.known and gold.known.loose)
    wanted = {forms(value, loose): value for value in gold.values}
    whole, tokens = " ; ".join(gold.values), comparable(text, loose)
    if () in wanted:
        return _text(whole, text)
    found = _stated(gold, text, tokens)
    stated = {statement.forms for statement in found}
    false = stated - wanted.keys()
    long = sum(map(len, wanted)) > SHORT_GOLD
    if long:
        false = {other for other in false if not any(places(value, other) for value in wanted)}
    recall, wrong_figures = token_recall(whole, text), figures(text) - figures(whole)
    if not false and (wanted.keys() <= stated or (long and recall >= FULL_RECALL and not wrong_figures)):
        return "right", "states it"
    if false:
        return "wrong", f"states {' '.join(min(false))}"
    if stated:
        return "partly", f"{len(stated)} of {len(wanted)}"
    return _by_recall(recall, wrong_figures)


def _stated(gold: Gold, text: str, tokens: tuple[Token, ...]) -> list[Statement]:
    """What the answer states of the field. A bare gold counts however it is written; names and labels state nothing."""
    loose = bool(gold.known and gold.known.loose)
    known: dict[Forms, list[str]] = {key: list(ways) for key, ways in gold.known.written.items()} if gold.known else {}
    for value in gold.values:
        known.setdefault(forms(value, loose), []).append(value)
    wanted = frozenset(forms(value, loose) for value in gold.values)
    masked = _masked(gold, tokens, loose)
    bare = tuple(token.form for i, token in enumerate(tokens) if i not in masked)
    if bare in wanted and len(bare) == 1:
        at = next(i for i, token in enumerate(tokens) if i not in masked)
        return [Statement(bare, at, at + 1)]
    return statements(text, tokens, known, masked, wanted)


def _masked(gold: Gold, tokens: tuple[Token, ...], loose: bool) -> frozenset[int]:
    """Words that state no value of the field: its label, the records' names, other fields given with their label."""
    sequence = tuple(token.form for token in tokens)
    parts = [forms(gold.field, loose), *(forms(document.name, loose) for document in gold.documents)]
    for document in gold.documents:
        others = (field for field in document.fields if field.name != gold.field)
        parts += [forms(f"{field.name} {field.value}", loose) for field in others]
    return frozenset(i for part in parts for place in places(sequence, part) for i in place)


def _listing(gold: Gold, example: Example, text: str) -> Ruling:
    known = gold.known.written if gold.known else {}
    wanted = frozenset(forms(value) for value in gold.values)
    asked = {s.forms for s in statements(example.question, comparable(example.question), known)} - wanted
    tokens = comparable(text)
    cased = any(c.isupper() for c in text)
    found = {
        s.forms for s in statements(text, tokens, known, gold=wanted)
        if s.forms in wanted or not (cased and _ordinary(text, tokens, s, known[s.forms]))
    }  # fmt: skip
    false, present = found - wanted - asked, found & wanted
    if false:
        return "wrong", f"names {known[min(false)][0]}"
    if present == wanted:
        return "right", "names all"
    return ("partly", f"{len(present)} of {len(wanted)}") if present else ("wrong", "names none")


def _ordinary(text: str, tokens: tuple[Token, ...], found: Statement, written: Sequence[str]) -> bool:
    """A name of one word ("Mobile") written small, in a text that uses capitals, is an ordinary word."""
    start = tokens[found.start].start
    return len(found.forms) == 1 and text[start].islower() and all(name[:1].isupper() for name in written)


def _count(gold: Gold, example: Example, text: str) -> Ruling:
    """The number and no other; numbers that stand in the question claim nothing."""
    wanted = number_value(forms(gold.values[0], True)[0])
    asked = figures(example.question)
    stated = figures(text)
    others = stated - asked - {wanted}
    if wanted in stated and not others:
        return "right", "states it"
    return "wrong", f"states {min(others)}" if others else "states no number"


def _yes_no(gold: Gold, example: Example, text: str) -> Ruling:
    """Yes or no as the gold says; of a record's field also no value that the record does not hold, unless it was asked."""
    given = set(forms(text))
    wanted, opposite = (YES, NO) if forms(gold.values[0])[0] in YES else (NO, YES)
    if given & opposite or not given & wanted:
        return "wrong", "states the opposite" if given & opposite else "states neither"
    if gold.known is None:
        return "right", "states it"
    field = gold.documents[0].field(gold.field)
    held = tuple((field.items or (field.value,)) if field else ())
    value = Gold("values", held, gold.documents, gold.field, gold.known)
    asked = {s.forms for s in _stated(value, example.question, comparable(example.question, gold.known.loose))}
    stated = {s.forms for s in _stated(value, text, comparable(text, gold.known.loose))}
    false = stated - asked - {forms(item, gold.known.loose) for item in held}
    return ("wrong", f"states {' '.join(min(false))}") if false else ("right", "states it")


def _comparative(gold: Gold, text: str) -> Ruling:
    """Every record's value, each with its own record, and no other value of the field."""
    loose = bool(gold.known and gold.known.loose)
    tokens = comparable(text, loose)
    found = _stated(gold, text, tokens)
    wanted = [forms(value, loose) for value in gold.values]
    stated = {statement.forms for statement in found}
    if false := stated - set(wanted):
        return "wrong", f"states {' '.join(min(false))}"
    if missing := set(wanted) - stated:
        return ("partly", f"lacks {' '.join(min(missing))}") if stated else ("wrong", "states none")
    if len(set(wanted)) == 1:
        return "right", "states it"
    sequence = tuple(token.form for token in tokens)
    names = [places(sequence, forms(document.name, loose)) for document in gold.documents]
    if not all(names):
        return "partly", "does not say which is whose"
    at = [[s.start for s in found if s.forms == value] for value in wanted]
    return ("right", "states both") if _own_values(_clauses(text, tokens), names, at) else ("wrong", "swaps the values")


def _own_values(clauses: list[int], names: list[list[range]], at: list[list[int]]) -> bool:
    """Whether each value belongs to its record: in the order of the names where each stands once ("respectively",
    "10 for A and 7 for B"), else by the name in the value's own clause, or the last name before it."""
    if all(len(found) == 1 for found in names) and len(set(map(tuple, at))) == len(at):
        firsts = [at[i][0] for i in sorted(range(len(names)), key=lambda i: names[i][0].start)]
        return firsts == sorted(firsts)
    marks = sorted((place.start, record) for record, found in enumerate(names) for place in found)

    def owner(position: int) -> int:
        near = {record for start, record in marks if clauses[start] == clauses[position]}
        before = [record for start, record in marks if start < position]
        return next(iter(near)) if len(near) == 1 else (before or [marks[0][1]])[-1]

    return all(any(owner(position) == record for position in found) for record, found in enumerate(at))


def _clauses(text: str, tokens: tuple[Token, ...]) -> list[int]:
    """The number of each word's clause; a comma, a full stop or an "and" begins the next."""
    number, end, found = 0, 0, []
    for token in tokens:
        number += bool(_CLAUSE.search(text[end : token.start])) or token.form in _AND
        found.append(number)
        end = token.end
    return found
