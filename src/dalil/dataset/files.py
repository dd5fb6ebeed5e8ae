"""Files of questions and answers, whatever made them: format found out, rows read into pairs, pairs written as a format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dalil.artefacts import disk_errors, write_text
from dalil.dataset.carrying import RIDING
from dalil.dataset.formats import FORMATS, Format, beside, write_row
from dalil.dataset.pair import SPLITS, Located, Pair, Unfit, flat, is_empty, unflat
from dalil.dataset.raw import Problem, read_raw
from dalil.dataset.schema import typed_rows, write_parquet
from dalil.dataset.squad import expanded
from dalil.dataset.uniform import uniform
from dalil.errors import ConfigError

TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON writes it; after an escaped backslash it is the six letters."""
_SIDE_NAMES = {"train": "train", "training": "train", "validation": "validation", "valid": "validation", "val": "validation",
               "dev": "validation", "eval": "validation", "evaluation": "validation", "test": "test"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairFile:
    """What a file holds. `format`: "" where none was recognised; `unit`: what its numbers count, "line" or "row"."""

    name: str
    format: str
    rows: list[Located]
    problems: list[Problem]
    notes: list[str] = field(default_factory=list)
    unit: str = "line"


def read_pairs(path: Path) -> PairFile:
    """The pairs of a file. Raises ConfigError where it is not there or of an unknown kind; damage becomes problems."""
    raw = read_raw(path)
    problems = list(raw.problems)
    values = list(_objects(path, [(line, row) for line, given in raw.rows for row in expanded(given)], problems))
    form = _format_of([row for _, row in values])
    if form is None:
        if values:
            found = ", ".join(f"`{key}`" for key in list(values[0][1])[:8])
            problems.append(Problem(path.name, values[0][0], f"no known format: {found}; expected {_expected()}"))
        elif not problems:
            empty = "there is a header and no row" if path.suffix.lower() in TABLES else "there is no row"
            problems.append(Problem(path.name, 1, empty))
        return PairFile(path.name, "", [], problems, raw.notes, raw.unit)
    rows = list(_located(path, form, values, problems))
    problems += _repeated_ids(path.name, rows)
    silent = sum(not row.pair.answer for row in rows)
    taken = [f"{silent} rows of {path.name} have no answer: taken as questions that the documents do not answer"]
    notes = [*raw.notes, *(taken if silent and form.name == "csv" else []), *_unknown_sides(path.name, rows)]
    return PairFile(path.name, form.name, rows, sorted(problems, key=lambda p: p.line), notes, raw.unit)


def _expected() -> str:
    return "messages, conversations, instruction and output, prompt and completion, or question and answer"


def _objects(
    path: Path, rows: Iterable[tuple[int, Any]], problems: list[Problem]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows that are objects, of tables with their JSON columns read."""
    for line, value in rows:
        if not isinstance(value, dict):
            problems.append(Problem(path.name, line, f"not an object but {_kind(value)}"))
            continue
        try:
            row = unflat(value) if path.suffix.lower() in TABLES else value
            row = {name: None if isinstance(value, float) and is_empty(value) else value for name, value in row.items()}
            written = json.dumps(row, ensure_ascii=False, allow_nan=False).encode("utf-8")
            if _NUL.search(written):
                raise Unfit("a NUL character, which tables and databases refuse")
            yield line, row
        except Unfit as unfit:
            problems.append(Problem(path.name, line, str(unfit)))
        except UnicodeEncodeError:
            problems.append(Problem(path.name, line, "half of a character (an unpaired surrogate)"))
        except (ValueError, TypeError, RecursionError):
            problems.append(Problem(path.name, line, "a value that JSON cannot hold"))


def _kind(value: Any) -> str:
    return {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")


def _format_of(rows: Sequence[Mapping[str, Any]]) -> Format | None:
    """The format that most rows have."""
    fitting = Counter(name for row in rows if (name := _name_of(row)))
    return FORMATS[fitting.most_common(1)[0][0]] if fitting else None


def _name_of(row: Mapping[str, Any]) -> str:
    return next((form.name for form in FORMATS.values() if form.fits(row)), "")


def _located(path: Path, form: Format, values: Iterable[tuple[int, Mapping[str, Any]]],
             problems: list[Problem]) -> Iterator[Located]:  # fmt: skip
    by_name = _side_of_name(path)
    for line, row in values:
        try:
            if not form.fits(row):
                other = _name_of(row)
                found = (
                    f"in another format ({other})"
                    if other
                    else "without " + " and ".join(f"`{k}`" for k in form.own[:1])
                )
                raise Unfit(f"{found} in a file of {form.name}")
            pair = form.read(row)
        except Unfit as unfit:
            problems.append(Problem(path.name, line, str(unfit)))
            continue
        yield Located(path.name, line, pair, side_named(pair.text("split")) or by_name)


def _unknown_sides(name: str, rows: Sequence[Located]) -> Iterator[str]:
    """A note where a column `split` names what is no side: those rows would be trained or tested by nobody's wish."""
    found = Counter(given for row in rows if (given := row.pair.text("split")) and not side_named(given))
    for given, count in found.items():
        yield f"{count} rows of {name} name the side {given!r}, which is none of {', '.join(SPLITS)}: they count as on none"


def side_named(name: str) -> str:
    """train, validation or test; "" where the name says none of them."""
    return _SIDE_NAMES.get(name.strip().lower(), "")


def _side_of_name(path: Path) -> str:
    parts = path.stem.lower().replace("-", "_").replace(".", "_").split("_")
    return next((_SIDE_NAMES[part] for part in reversed(parts) if part in _SIDE_NAMES), "")


def _repeated_ids(name: str, rows: Sequence[Located]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        if row.pair.id and first.setdefault(row.pair.id, row.line) != row.line:
            yield Problem(name, row.line, f"the id {row.pair.id!r} is that of line {first[row.pair.id]} too")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. `beside`: column → rows in which it rides beside the format's own keys; `left_out`: the same, not written."""

    files: dict[str, int]
    format: str
    beside: dict[str, int]
    left_out: dict[str, int]


def write_pairs(out: Path, form: Format, rows: Sequence[tuple[Pair, str]], *, bare: bool = False) -> Written:
    """Write pairs with their sides: one file, or where `out` has no suffix a folder with a file a side.

    Raises ConfigError where the suffix is none of the format's.
    """
    parts = _parts(out, form, rows)
    made = [[write_row(form, pair, bare=bare) for pair in pairs] for pairs in parts.values()]
    if form.name == "csv":
        made = [[dict(flat(row)) for row in rows] for rows in made]
    for path, written in zip(parts, made if form.name == "dalil" else uniform(made), strict=True):
        _write(path, form, written)
    riding = Counter(name for pairs in parts.values() for pair in pairs for name in beside(form, pair))
    counted = dict(sorted(riding.items(), key=lambda item: (item[0] not in RIDING, item[0])))
    files = {str(path): len(pairs) for path, pairs in parts.items()}
    return Written(files, form.name, {} if bare else counted, counted if bare else {})


def _parts(out: Path, form: Format, rows: Sequence[tuple[Pair, str]]) -> dict[Path, list[Pair]]:
    if out.suffix:
        if out.suffix.lower() not in form.suffixes:
            raise ConfigError(f"{out}: {form.name} is written as {' or '.join(form.suffixes)}.",
                              hint=f"--out {out.with_suffix(form.suffixes[0]).name}")  # fmt: skip
        return {out: [pair for pair, _ in rows]}
    sides = [side for side in SPLITS if any(side == s for _, s in rows)]
    if not sides:
        return {out / f"all{form.suffixes[0]}": [pair for pair, _ in rows]}
    return {out / f"{side}{form.suffixes[0]}": [pair for pair, s in rows if s == side] for side in sides}


def _write(path: Path, form: Format, rows: list[dict[str, Any]]) -> None:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        beside_it = path.with_name(f".{path.name}.partial")
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_parquet(beside_it, rows)
            beside_it.replace(path)
    elif suffix in (".csv", ".tsv"):
        write_text(path, _table(rows, form.own, "\t" if suffix == ".tsv" else ","))
    elif suffix == ".json":
        write_text(path, "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    else:
        kept = typed_rows(rows) if form.name == "dalil" else rows
        write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept))


def _table(rows: Sequence[Mapping[str, str]], first: Sequence[str], mark: str) -> str:
    names = list(dict.fromkeys([*first, *(name for row in rows for name in row)]))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, restval="", delimiter=mark, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
