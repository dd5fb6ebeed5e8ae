"""What a person sees in the terminal: plain words, short tables."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dalil.initialise import Initialised
    from dalil.records import Answer, Hit
    from dalil.retrieval.explain import Explained
    from dalil.stages import State
    from dalil.workspace import Workspace

DROPS_SHOWN = 5
COUNTS_WIDTH = 120  # characters
ONE = {
    "files": "file", "documents": "document", "records": "record", "pages": "page", "parts": "part", "passages": "passage",
    "examples": "example", "groups": "group", "folds": "fold", "questions": "question", "trials": "trial",
    "models": "model", "approaches": "approach",
}  # fmt: skip
"""What one of a thing is called that the stages count."""
TABLE_METRICS = (
    "right",
    "partly",
    "wrong",
    "rightly_silent",
    "wrongly_silent",
    "failed",
    "wrong_of_answered",
    "cites_proof",
)


def stage_row(state: State) -> dict[str, Any]:
    """A stage as JSON."""
    manifest = state.manifest
    return {
        "stage": state.name,
        "up_to_date": state.up_to_date,
        "reason": state.reason,
        "key": state.plan.key if state.plan else None,
        "content": manifest.content if manifest else None,
        "counts": manifest.counts if manifest else {},
        "dropped": manifest.dropped if manifest else [],
        "seconds": manifest.seconds if manifest else None,
    }


def init_row(made: Initialised) -> dict[str, Any]:
    """What init found and wrote as JSON."""
    from dalil.records import to_row

    return {**to_row(made), "config": str(made.config)}


def show_init(made: Initialised, folder: str) -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(made.files.items()))
    click.echo(f"Wrote {made.config}")
    click.echo(f"Found {kinds}; language: {', '.join(made.languages)}.")
    for drop in made.dropped[:DROPS_SHOWN]:
        click.echo(f"  left out: {drop.what}: {drop.reason}")
    if len(made.dropped) > DROPS_SHOWN:
        click.echo(f"  … and {len(made.dropped) - DROPS_SHOWN} more (dalil collect lists them)")
    if made.pairs:
        click.echo(f"Own questions: {made.pairs}.")
    for column, count in made.ignored_columns.items():
        click.echo(f"  ignored column {column!r} ({count} values)")
    for warning in made.warnings:
        click.echo(f"  note: {warning}")
    for note in made.notes:
        click.echo(note)
    click.echo(f'Next: cd {folder} && dalil run      or at once: dalil ask "…"')


def show_run(state: State) -> None:
    manifest = state.manifest
    counts = _counted(manifest.counts if manifest else {})
    click.echo(f"  {state.name:<12} {counts}" + (f"  ({manifest.seconds:.1f} s)" if manifest else ""))


def _counted(counts: Mapping[str, int]) -> str:
    """ "14 files, 1 fold, 9 pairs:code": what is not zero, as many as a line of the terminal holds, then how many more."""
    said = [f"{value} {ONE.get(key, key) if value == 1 else key}" for key, value in counts.items() if value]
    kept = list(accumulate(said, "{}, {}".format))
    shown = sum(len(line) <= COUNTS_WIDTH for line in kept)
    more = f" … and {len(said) - shown} more" if shown < len(said) else ""
    return (kept[shown - 1] if shown else "") + more


def show_drops(state: State) -> None:
    dropped = state.manifest.dropped if state.manifest else []
    reasons = Counter(drop["reason"] for drop in dropped)
    for reason, count in reasons.most_common():
        examples = [drop["what"] for drop in dropped if drop["reason"] == reason]
        click.echo(f"    left out, {reason}: {count} ({', '.join(examples[:3])}{', …' if count > 3 else ''})")


def show_end(workspace: Workspace, folder: str) -> None:
    verdict = workspace.verdict()
    click.echo("")
    for sentence in verdict["sentences"]:
        click.echo(sentence)
    where = "" if Path(folder).resolve() == Path.cwd() else f" --workspace {folder}"
    question = workspace.sample_question().replace('"', "'")
    click.echo(f"\nReport: {os.path.relpath(workspace.root / 'report.html')}")
    click.echo(f'Ask:    dalil ask "{question}"{where}')


def show_status(states: Sequence[State]) -> None:
    for state in states:
        mark = "up to date" if state.up_to_date else f"to do: {state.reason}"
        click.echo(f"  {state.name:<12} {mark}")
    if any(not state.up_to_date for state in states):
        click.echo("Next: dalil run")


def show_examples(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        click.echo(
            f"[{row['kind']} · {row['origin']} · {row['wording']}] {row['question']}\n    {row['answer'] or '(no answer)'}"
        )


def show_hits(hits: Sequence[Hit]) -> None:
    if not hits:
        click.echo("Nothing found.")
    for hit in hits:
        _show_hit(hit)


def show_explained(found: Sequence[Explained]) -> None:
    """Each hit with its legs: rank and share there, and the words of the question that the leg saw."""
    if not found:
        click.echo("Nothing found.")
    for item in found:
        _show_hit(item.hit)
        if item.fused_rank != item.hit.rank:
            click.echo(f"     fused rank {item.fused_rank}")
        for leg in item.legs:
            seen = ", ".join(leg.words) or "—"
            click.echo(f"     {leg.leg:<6} rank {leg.rank:<3} score {leg.score:7.3f}  share {leg.share:.3f}  {seen}")


def _show_hit(hit: Hit) -> None:
    text = " ".join(hit.passage.text.split())
    place = f"{hit.passage.document}{_page(hit.passage.page)}"
    click.echo(f"{hit.rank:>3}. {hit.passage.name}  ({place})  {hit.score:.3f}\n     {text[:200]}")


def show_streamed(parts: Iterable[str | Answer]) -> Answer:
    """An answer as it is written, then its proof. What came before a failure stands above it."""
    said = ""
    for part in parts:
        if not isinstance(part, str):
            click.echo("" if said else part.answer)
            if said and said.strip() != part.answer:
                click.echo(part.answer)
            _show_proof(part)
            return part
        click.echo(part, nl=False)
        said += part
    raise AssertionError("an approach ends with its Answer")


def _show_proof(answer: Answer) -> None:
    for option in answer.options:
        click.echo(f"  - {option.label}  ({option.document})")
    for citation in answer.citations[:DROPS_SHOWN]:
        click.echo(f"    proof: {citation.document}{_page(citation.page)} [{citation.start}:{citation.end}]")
        if citation.exact:
            first, last = (place - citation.start for place in citation.exact)
            click.echo("           " + click.style(" ".join(citation.quote[first:last].split()), bold=True))
    if len(answer.citations) > DROPS_SHOWN:
        click.echo(f"    … and {len(answer.citations) - DROPS_SHOWN} more")
    if answer.status == "abstained":
        _show_nearest(answer.question, answer.nearest)


def _show_nearest(question: str, nearest: Sequence[Hit]) -> None:
    """Where the answer may stand: each passage by its headings, with what of it is nearest to the question."""
    from dalil.retrieval.excerpt import excerpt

    for hit in nearest:
        title = " › ".join(dict.fromkeys((hit.passage.name, *hit.passage.heading)))
        click.echo(f"    nearest: {title}  ({hit.passage.document}{_page(hit.passage.page)})")
        click.echo(f"             {excerpt(question, hit.passage)}")


def _page(number: int | None) -> str:
    return f", page {number}" if number else ""


def _figure(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "—"
    text = f"{100 * figure['value']:.1f} %"
    return text if figure["low"] is None else f"{text} ({100 * figure['low']:.0f}–{100 * figure['high']:.0f})"


def show_evaluations(results: Iterable[dict[str, Any]]) -> None:
    for result in results:
        click.echo(f"{result['approach']} on {result['set']}: {result['n']} questions in {result['groups']} groups")
        for name in TABLE_METRICS:
            figure = result["metrics"].get(name)
            if figure:
                click.echo(f"  {name:<18} {_figure(figure)}")
        seconds = result["metrics"].get("seconds")
        if seconds and seconds["value"] is not None:
            click.echo(f"  {'seconds':<18} {seconds['value']:.4f} an answer")
        _show_pairs(result.get("pairs", ()))


def show_verdict(verdict: dict[str, Any]) -> None:
    for sentence in verdict["sentences"]:
        click.echo(sentence)
    _show_pairs(verdict["pairs"])


def _show_pairs(pairs: Iterable[dict[str, Any]]) -> None:
    for pair in pairs:
        known = pair["low"] is not None
        interval = (
            f" ({100 * pair['low']:+.1f} to {100 * pair['high']:+.1f}), p (Holm) {pair['p_holm']:.4f}" if known else ""
        )
        click.echo(f"  {pair['a']} − {pair['b']}: {100 * pair['difference']:+.1f} points{interval}, "
                   f"{pair['n']} questions in {pair['groups']} groups")  # fmt: skip


def show_changes(changes: dict[str, Any]) -> None:
    for row in changes["approaches"]:
        mark = "  significant drop" if row["significant_drop"] else ""
        click.echo(
            f"{row['approach']}: {100 * row['difference']:+.1f} points on {row['n']} questions, p {row['p']:.4f}{mark}"
        )
        for change in row["changed"][:DROPS_SHOWN]:
            click.echo(f"  {change['id']}: {change['before']} → {change['after']}")


def show_doctor(findings: Sequence[dict[str, Any]]) -> None:
    for finding in findings:
        mark = {True: "ok", False: "MEND", None: "—"}[finding["ok"]]
        mend = f"   → {finding['mend']}" if finding["mend"] else ""
        click.echo(f"  {mark:<5} {finding['name']:<22} {finding['value']}{mend}")
