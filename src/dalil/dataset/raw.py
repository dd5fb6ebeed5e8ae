"""A file of any kind → its rows as they are, each with its line; what cannot be read is named with line and reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from dalil.dataset.decoding import Problem, RawFile, decode
from dalil.dataset.raw_tables import read_csv, read_parquet
from dalil.dataset.workbook import read_xlsx
from dalil.errors import ConfigError

__all__ = ["Problem", "RawFile", "read_raw"]

LIST_KEYS = ("data", "questions", "examples", "rows", "items", "train", "conversations", "messages")
PACKED = {b"\x1f\x8b": "a gzip archive: unpack it first", b"PK\x03\x04": "a zip archive or an Office file",
          b"%PDF": "a PDF", b"\x28\xb5\x2f\xfd": "a zstd archive: unpack it first"}  # fmt: skip
HINT = "dalil reads JSONL, JSON, CSV, TSV, XLSX and Parquet"


def read_raw(path: Path) -> RawFile:
    """The rows of a file. Raises ConfigError where it is not there or of an unknown kind; else damage becomes problems."""
    kinds: dict[str, Callable[[Path, bytes], RawFile]] = {
        ".jsonl": _lines, ".ndjson": _lines, ".json": _json, ".csv": read_csv, ".tsv": read_csv, ".xlsx": read_xlsx, ".xlsm": read_xlsx,
        ".parquet": read_parquet,
    }  # fmt: skip
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise ConfigError(f"{path}: files of this kind ({path.suffix or 'no suffix'}) are not read.", hint=HINT)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.", hint=HINT) from error
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        return RawFile([], [Problem(path.name, 1, "the file is empty")], [])
    packed = next((name for sign, name in PACKED.items() if data.startswith(sign)), "")
    if packed and path.suffix.lower() not in (".xlsx", ".xlsm"):
        return RawFile([], [Problem(path.name, 1, f"it is {packed}, whatever its name says")], [])
    return kind(path, data)


def _lines(path: Path, data: bytes) -> RawFile:
    text = decode(path.name, data)
    rows: list[tuple[int, Any]] = []
    problems = [Problem(path.name, line, reason) for line, reason in text.problems]
    bad = {line for line, _ in text.problems}
    for number, line in enumerate(text.text.split("\n"), start=1):
        if line.strip() and number not in bad:
            try:
                rows.append((number, _parse(line)))
            except (ValueError, RecursionError) as error:
                problems.append(Problem(path.name, number, _why_not_json(line, error)))
    return RawFile(rows, sorted(problems, key=lambda p: p.line), text.notes)


class _Repeated(ValueError):
    """An object with a key that stands twice: of the two values readers keep one or the other."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"the key {names[0]!r} stands twice in one object")


def _parse(text: str) -> Any:
    twice: list[str] = []
    value = json.loads(text, parse_constant=_refuse, object_pairs_hook=partial(_object, twice))
    if twice:
        raise _Repeated(twice)
    return value


def _object(twice: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; a key that stands twice goes to `twice`."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice += [name for at, (name, _) in enumerate(pairs) if any(name == other for other, _ in pairs[:at])]
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _why_not_json(text: str, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "not JSON: nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        return (
            f"cut off: the JSON ends too early (column {error.colno})"
            if cut
            else f"not JSON: {error.msg} (column {error.colno})"
        )
    if "integer string conversion" in str(error):
        return "a number of more digits than can be read"
    return str(error) if isinstance(error, _Repeated) else f"not JSON: {error}"


def _json(path: Path, data: bytes) -> RawFile:
    """A list of objects, an object that holds one, or JSON lines under another name."""
    text = decode(path.name, data)
    start = len(text.text) - len(text.text.lstrip())
    if text.text[start : start + 1] == "[":
        return _elements(path, text.text, start + 1, text.notes, [Problem(path.name, n, r) for n, r in text.problems])
    try:
        value = _parse(text.text)
    except (ValueError, RecursionError) as error:
        if text.text.count("\n{"):
            return _lines(path, data)
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        return RawFile([], [Problem(path.name, line, _why_not_json(text.text, error))], text.notes)
    listed = (
        next((value[k] for k in LIST_KEYS if isinstance(value.get(k), list)), None) if isinstance(value, dict) else None
    )
    is_row = isinstance(value, dict) and ("messages" in value or "conversations" in value)
    rows = [value] if listed is None or is_row else listed
    return RawFile(list(enumerate(rows, start=1)), [], text.notes, "row")


def _elements(path: Path, text: str, at: int, notes: list[str], problems: list[Problem]) -> RawFile:
    """The elements of a JSON array with the lines they begin on; those before a damage are kept."""
    twice: list[str] = []
    decoder = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=partial(_object, twice))
    rows: list[tuple[int, Any]] = []
    line, counted = 1, 0
    try:
        while True:
            at = _skip(text, at, " \t\r\n,")
            line, counted = line + text.count("\n", counted, at), at
            if text[at : at + 1] == "]":
                break
            value, at = decoder.raw_decode(text, at)
            if twice:
                problems.append(Problem(path.name, line, str(_Repeated(twice))))
                twice.clear()
            else:
                rows.append((line, value))
    except (ValueError, RecursionError) as error:
        where = error.lineno if isinstance(error, json.JSONDecodeError) else line
        why = _why_not_json(text, error)
        problems.append(Problem(path.name, where, f"{why}; {len(rows)} rows before it were read, none after it"))
    return RawFile(rows, problems, notes)


def _skip(text: str, at: int, signs: str) -> int:
    while at < len(text) and text[at] in signs:
        at += 1
    return at
