"""The published checklist, line by line with what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dalil.dataset.check import Checked
from dalil.dataset.check_split import SHARES

ENOUGH, BETTER = 100, 500
COVERED = 0.9
WITHIN = 0.9
LARGEST_KIND = 0.5
FEWEST_NEGATIVES, MOST_NEGATIVES = 0.05, 0.3
NAMED = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `ok` is None where it cannot be told; `gate`: the command fails where it is not met."""

    name: str
    ok: bool | None
    found: str
    gate: bool = False


def checklist(checked: Checked) -> list[Line]:
    """Every line of the checklist, in its order."""
    return [
        _size(checked), _valid(checked), _unique(checked), _covered(checked), _types(checked), _precise(checked),
        _lengths(checked), _negatives(checked), _split(checked), _leaks(checked),
    ]  # fmt: skip


def _size(checked: Checked) -> Line:
    count = len(checked.rows)
    said = f"{count:,} examples" + ("" if count >= BETTER or count <= ENOUGH else f", better from {BETTER}")
    return Line(f"more than {ENOUGH} examples", count > ENOUGH, said)


def _valid(checked: Checked) -> Line:
    count = len(checked.problems)
    return Line("every line is valid", count == 0, f"{count} errors" if count else "no error", gate=True)


def _unique(checked: Checked) -> Line:
    found = checked.repeats
    said = f"{len(found.exact)} exact and {len(found.near)} near repeats, {len(found.conflicting)} asked again with another answer"
    return Line("questions are unique", not (found.exact or found.near or found.conflicting), said)


def _covered(checked: Checked) -> Line:
    name = f"over {COVERED:.0%} of the records are covered"
    if checked.coverage is None:
        return Line(name, None, "no documents are known here (give --workspace DIR)")
    part = checked.coverage.records if checked.coverage.records.of else checked.coverage.texts
    what = "records" if part is checked.coverage.records else "texts"
    missing = (
        f"; without: {', '.join(part.missing[:NAMED])}{' …' if len(part.missing) > NAMED else ''}"
        if part.missing
        else ""
    )
    return Line(name, part.share is not None and part.share > COVERED, f"{part.covered} of {part.of} {what}{missing}")


def _types(checked: Checked) -> Line:
    kinds = [kind for kind in checked.balance.kinds if kind]
    if not checked.expected_kinds:
        said = f"{len(kinds)} kinds" if kinds else "the rows do not say their kind"
        return Line("every type is present", None, f"{said}; no catalogue to compare with")
    missing = checked.missing_kinds
    said = f"missing: {', '.join(missing)}" if missing else f"all {len(checked.expected_kinds)} that the records allow"
    return Line("every type is present", not missing, said)


def _precise(checked: Checked) -> Line:
    found, conflicts = checked.grounding, len(checked.repeats.conflicting)
    said = [f"{len(found.ungrounded)} of {found.checked} answers state something that their evidence does not"] * bool(
        found.checked
    )
    if found.without:
        said.append(f"{found.without} answers without evidence to check")
    if conflicts:
        said.append(f"{conflicts} questions have two answers")
    bad = bool(found.ungrounded or conflicts)
    return Line(
        "answers are precise", False if bad else (True if found.checked else None), "; ".join(said) or "no answer"
    )


def _lengths(checked: Checked) -> Line:
    found = checked.lengths
    typed = f"; {found.typed} more are a field's value, short by nature" if found.typed else ""
    if found.within is None:
        return Line("answers have 20 to 200 words", None, f"no answer is free text{typed}")
    said = f"{found.within:.0%} of {found.answers} ({len(found.short)} shorter, {len(found.long)} longer, median {found.median:g})"
    return Line("answers have 20 to 200 words", found.within >= WITHIN, said + typed)


def _negatives(checked: Checked) -> Line:
    share = checked.negatives / len(checked.rows) if checked.rows else 0.0
    said = f"{checked.negatives} questions without an answer ({share:.0%})"
    return Line("negatives are present", checked.negatives > 0, said)


def _split(checked: Checked) -> Line:
    near = checked.split.near_80_10_10
    shares = checked.split.shares
    counted = checked.split.groups or {side: n for side, n in checked.split.sides.items() if side}
    said = " / ".join(f"{100 * shares[side]:.0f}" for side in SHARES) if shares else "no row says its side"
    said += f" of {sum(counted.values()):,} {'groups' if checked.split.groups else 'rows'}" if shares else ""
    return Line("split 80/10/10", near, said)


def _leaks(checked: Checked) -> Line:
    name = "nothing of the test was trained"
    if checked.split.certificate is None and not checked.split.leaks:
        return Line(name, None, "no row is held out" if not checked.split.shares else "one side is empty", gate=True)
    likest = (checked.split.certificate or {}).get("highest_similarity")
    alike = f"; the likest two questions share {likest['value']:.0%} of their words" if likest else ""
    return Line(name, checked.leaks == 0, f"{checked.leaks} leaks{alike}", gate=True)


def recommendations(checked: Checked) -> list[str]:
    """What to do, the gravest first."""
    return [*_mend(checked), *_improve(checked)]


def _mend(checked: Checked) -> Iterator[str]:
    if checked.problems:
        yield "Mend the lines that are named: trainers stop at them or skip them in silence."
    if checked.leaks:
        yield "Split by record, not by row, so that no held-out question is trained: dalil dataset build does."
    if checked.repeats.exact or checked.repeats.near:
        yield f"Remove {len(checked.repeats.exact) + len(checked.repeats.near)} repeated rows: --write FILE saves the set without them."
    if checked.repeats.conflicting:
        yield "Decide which answer is right where one question has two: a model learns neither."
    if checked.grounding.ungrounded:
        yield "Read the answers that state what their evidence does not: a model learns to invent from them."


def _improve(checked: Checked) -> Iterator[str]:
    count = len(checked.rows)
    if 0 < count < BETTER:
        yield f"Add examples: {count} are {'few' if count > ENOUGH else 'too few'}; from {BETTER} on training gets steadier."
    if checked.coverage and (missing := (*checked.coverage.records.missing, *checked.coverage.texts.missing)):
        yield f"Write questions about what has none: {', '.join(missing[:NAMED])}{' …' if len(missing) > NAMED else ''}."
    if checked.missing_kinds:
        yield f"Add questions of these kinds: {', '.join(checked.missing_kinds)}."
    if (largest := checked.balance.largest) and largest[1] > LARGEST_KIND and len(checked.balance.kinds) > 1:
        yield f"Balance the kinds: {largest[0]} is {largest[1]:.0%} of the rows."
    share = checked.negatives / count if count else 0.0
    if count and share < FEWEST_NEGATIVES:
        yield "Add questions without an answer (5 to 20 %), or the model will answer everything."
    if share > MOST_NEGATIVES:
        yield f"Lower the share of questions without an answer ({share:.0%}): the model will learn silence."
    if checked.lengths.long:
        yield f"Shorten {len(checked.lengths.long)} answers of over 200 words."
    if checked.coverage and (short := checked.coverage.short):
        listed = ", ".join(short[:NAMED]) + (" …" if len(short) > NAMED else "")
        yield f"Lengthen the descriptions of under 50 characters: {listed}."
    if count and not checked.split.shares:
        yield "Hold 10 % out for validation and 10 % for the test, by record."
