"""What a person sees of `dalil dataset check`, `convert`, `review` and `fetch` in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dalil.dataset.files import Written
    from dalil.dataset.pair import Located
    from dalil.dataset_fetch import Fetched
    from dalil.dataset_work import CheckedSet, Converted

SHOWN = 10
MARKS = {True: "yes", False: "NO", None: "—"}


def show_check(made: CheckedSet) -> None:
    from dalil.dataset.checklist import checklist, recommendations

    checked = made.checked
    for file in checked.material.files:
        click.echo(f"{file.name}: {len(file.rows)} rows, {file.format or 'no known format'}")
    for note in checked.notes:
        click.echo(f"  note: {note}")
    _some([f"{p.file}:{p.line}: {p.reason}" for p in checked.problems], "errors")
    for line in checklist(checked):
        click.echo(f"  {MARKS[line.ok]:<4} {line.name}: {line.found}{' (gate)' if line.gate else ''}")
    _show_findings(made)
    shares = ", ".join(f"{kind or '(not said)'} {count}" for kind, count in checked.balance.kinds.items())
    click.echo(f"  kinds: {shares or 'none'}")
    if review := checked.material.review:
        click.echo(f"  {reviewed_sentence(review)}")
    for advice in recommendations(checked):
        click.echo(f"  → {advice}")
    if made.written:
        show_written(made.written)
    click.echo("Passed." if checked.passed else "Not passed: an error of format or a leak stops a training.")


def _show_findings(made: CheckedSet) -> None:
    checked = made.checked
    _some([f"{_at(leak.row)}: {leak.reason} ({_at(leak.of)})" for leak in checked.split.leaks], "leaks")
    for name in ("exact", "near", "conflicting"):
        found = getattr(checked.repeats, name)
        _some([f"{_at(r.row)} repeats {_at(r.of)}: {r.row.pair.question}" for r in found], f"{name} repeats")
    _some([f"{_at(item.row)}: {_facts(item.missing)}" for item in checked.grounding.ungrounded], "not in the evidence")
    _some([f"{_at(row)}: {row.pair.answer[:60]}" for row in checked.lengths.long], "answers of over 200 words")


def _at(row: Located) -> str:
    return row.place


def _facts(missing: dict[str, list[str]]) -> str:
    return "; ".join(f"{kind} {', '.join(facts)}" for kind, facts in missing.items())


def _some(lines: list[str], what: str) -> None:
    if lines:
        click.echo(f"  {what}: {len(lines)}")
    for line in lines[:SHOWN]:
        click.echo(f"    {line}")
    if len(lines) > SHOWN:
        click.echo(f"    … and {len(lines) - SHOWN} more (--json lists them)")


def show_written(written: Written) -> None:
    for path, count in written.files.items():
        click.echo(f"Wrote {path}: {count} rows of {written.format}")
    if written.beside:
        listed = ", ".join(f"{name} ({count})" for name, count in written.beside.items())
        click.echo(f"  rides in columns beside, which trainers of {written.format} do not read: {listed}")
    if written.left_out:
        listed = ", ".join(f"{name} ({count})" for name, count in written.left_out.items())
        click.echo(f"  left out, because {written.format} has no place for it: {listed}")


def show_converted(made: Converted) -> None:
    show_written(made.written)
    if "test" in made.sides and len(made.sides) > 1:
        counts = ", ".join(f"{count} {side or 'none'}" for side, count in sorted(made.sides.items()))
        click.echo(
            f"  note: one file holds every side ({counts}): do not train on it whole; --out DIR keeps them apart"
        )
    if made.apart:
        click.echo(f"  not written: {made.apart} rows that lie on no side (a file instead of a folder holds them too)")
    _some([f"{p['file']}:{p['line']}: {p['reason']}" for p in made.problems], "not converted")


def show_fetched(made: Fetched) -> None:
    """Where the rows are, and the two ways to use them."""
    click.echo(f"{made.rows} rows → {made.path} (columns: {', '.join(made.columns)})")
    if made.left_out:
        click.echo(f"  left out, they hold bytes: {', '.join(made.left_out)}")
    click.echo(f"  in dalil.yaml, as a source: sources: [{{path: {made.path}}}]")
    click.echo(f"  as own questions and answers: dataset: {{pairs: [{made.path}]}}")


def show_review_out(made: dict[str, Any]) -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in made["kinds"].items())
    click.echo(f"Wrote {made['sheet']}: {made['rows']} of {made['of']} pairs ({kinds}).")
    click.echo("Fill in y or n, or a correction; one copy a person, each with its own name.")
    click.echo("Next: dalil dataset review --sheet-in COPY.xlsx")


def show_review_in(made: dict[str, Any]) -> None:
    rulings = ", ".join(f"{count} {ruling}" for ruling, count in made["rulings"].items())
    click.echo(f"Read {made['read']} rulings: {rulings}; {made['empty']} rows without one.")
    if made["replaced"]:
        click.echo(f"  {made['replaced']} of them replace an earlier one that said something else")
    _some([f"row {p['line']}: {p['reason']}" for p in made["refused"]], "not used")
    click.echo(reviewed_sentence(made))
    click.echo("Next: dalil run      (the examples have changed; what is measured with them changes too)")


def reviewed_sentence(found: dict[str, Any]) -> str:
    parts = f"{found['accepted']} accepted, {found['corrected']} corrected, {found['rejected']} rejected and gone"
    stale = f"; {found['stale']} reviews are of pairs that have changed since" if found["stale"] else ""
    return f"Reviewed by people: {found['reviewed']} of {found['of']} pairs ({100 * found['share']:.1f} %): {parts}{stale}."
