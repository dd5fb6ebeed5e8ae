"""Files of questions → plain rows: CSV, TSV, XLSX, JSON, JSON lines, Parquet; SQuAD and OpenAI messages become rows too."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from dalil.dataset.columns import has_question
from dalil.errors import ConfigError
from dalil.language.encodings import code_page, wide_encoding

Row = dict[str, Any]
Skipped = Callable[[str], None]
_DELIMITERS = (",", ";", "\t", "|")
_LIST_KEYS = ("data", "questions", "examples", "rows", "items")
_BYTE_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_rows(path: Path, skipped: Skipped | None = None) -> list[Row]:
    """The rows of a file, blank lines of tables left out; keys are the file's own column names.

    `skipped` is told of lines of JSON that are no row, which are passed over; without it they are an error. Raises
    ConfigError where the file is missing, of an unknown kind, or not what its name says.
    """
    json_lines = partial(_json_lines, skipped=skipped)
    readers: dict[str, Callable[[Path], list[Row]]] = {
        ".csv": _csv, ".tsv": _csv, ".xlsx": _xlsx, ".xlsm": _xlsx, ".json": _json, ".jsonl": json_lines,
        ".ndjson": json_lines, ".parquet": _parquet,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise _unreadable(path, f"files of this kind ({path.suffix or 'no suffix'}) are not read")
    try:
        rows = reader(path)
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from error
    return [flat for row in rows for flat in _flatten(row)]


def _unreadable(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"{path} cannot be read: {reason}.",
        hint="a file of questions is CSV, TSV, XLSX, JSON, JSONL or Parquet, with a column `question`",
    )


def _text(path: Path) -> str:
    """The file's text: its byte order mark, else UTF-8, else the code page in which it makes words."""
    data = path.read_bytes()
    unmarked = (b"\0" in data and wide_encoding(data)) or "utf-8"
    for mark, encoding in (*_BYTE_MARKS, (b"", unmarked)):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    if b"\0" in data:
        raise _unreadable(path, "it is not a text")
    return data.decode(code_page(data), "replace")


def _csv(path: Path) -> list[Row]:
    text = _text(path).lstrip("\ufeff")
    try:
        tables = [list(csv.reader(io.StringIO(text, newline=""), delimiter=mark)) for mark in _DELIMITERS]
    except csv.Error as error:
        raise _unreadable(path, f"not a table ({error})") from error
    filled = [[row for row in table if any(cell.strip() for cell in row)] for table in tables]
    return _with_header(max(filled, key=_fit))


def _fit(table: Sequence[Sequence[str]]) -> tuple[bool, int, int]:
    """How well a delimiter fits: it finds the question's column, many columns, and few rows of another length."""
    if not table:
        return False, 0, 0
    return has_question(table[0]), len(table[0]), -sum(len(row) != len(table[0]) for row in table)


def _with_header(table: Sequence[Sequence[Any]]) -> list[Row]:
    """Rows by column name; cells beyond the header are named by their place, so that they are counted."""
    if not table:
        return []
    names = [str(cell).strip() if cell is not None else "" for cell in table[0]]
    rows = []
    for cells in table[1:]:
        row: Row = {name: cell for name, cell in zip(names, cells, strict=False) if name}
        extra = {f"column {i + 1}": cell for i, cell in enumerate(cells) if (i >= len(names) or not names[i]) and cell}
        rows.append(row | extra)
    return rows or [dict.fromkeys(filter(None, names), "")]


def _xlsx(path: Path) -> list[Row]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as stream:
            book = load_workbook(stream, read_only=True, data_only=True)
            sheets = [list(_filled(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise _unreadable(path, "it is not an Excel workbook (.xlsx)") from error
    sheets = [sheet for sheet in sheets if sheet]
    chosen = next((s for s in sheets if has_question([str(c) for c in s[0]])), sheets[0] if sheets else [])
    return _with_header(chosen)


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    return (row for row in rows if any(cell not in (None, "") for cell in row))


def _json(path: Path) -> list[Row]:
    text = _text(path).lstrip("\ufeff")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if "\n" in text.strip() and error.msg == "Extra data":
            return _json_lines(path)
        raise _unreadable(path, f"not JSON (line {error.lineno}: {error.msg})") from error
    if isinstance(value, dict):
        value = next((value[key] for key in _LIST_KEYS if isinstance(value.get(key), list)), [value])
    if not isinstance(value, list):
        raise _unreadable(path, "a list of questions was expected")
    return _objects(path, value)


def _json_lines(path: Path, skipped: Skipped | None = None) -> list[Row]:
    values = []
    for number, line in enumerate(_text(path).lstrip("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            if skipped is None:
                raise _unreadable(path, f"line {number} is not JSON ({error.msg})") from error
            skipped(f"line {number}")
            continue
        if skipped is None or isinstance(value, dict):
            values.append(value)
        else:
            skipped(f"line {number}")
    return _objects(path, values)


def _objects(path: Path, values: Sequence[Any]) -> list[Row]:
    rows = [{"question": value} if isinstance(value, str) else value for value in values]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise _unreadable(path, f"row {number} is not an object with a `question`")
    return rows


def _parquet(path: Path) -> list[Row]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ConfigError(f"{path} needs pyarrow.", hint="pip install 'dalil[data]'") from error
    try:
        with path.open("rb") as stream:
            rows: list[Row] = parquet.read_table(stream).to_pylist()
    except pa.ArrowInvalid as error:
        raise _unreadable(path, "it is not a Parquet file") from error
    return rows


def _flatten(row: Row) -> Iterator[Row]:
    """A row as it is; SQuAD's articles and rows, and conversations, as plain rows."""
    if isinstance(row.get("paragraphs"), list):
        for paragraph in row["paragraphs"]:
            yield from (_squad(qa, row.get("title")) for qa in paragraph.get("qas", ()))
    elif "context" in row and "question" in row and isinstance(row.get("answers"), dict | list):
        yield _squad(row, row.get("title"))
    elif isinstance(row.get("messages"), list):
        yield _conversation(row)
    else:
        yield row


def _squad(qa: Mapping[str, Any], title: Any) -> Row:
    given = qa.get("answers") or []
    texts = given.get("text", []) if isinstance(given, dict) else [answer.get("text") for answer in given]
    impossible = bool(qa.get("is_impossible", len(texts) == 0))
    answer = "" if impossible or len(texts) == 0 else texts[0]
    kept = {key: qa[key] for key in ("id", "question", "kind", "language", "page") if qa.get(key) is not None}
    return {**kept, "answer": answer, "answerable": not impossible, "document": title}


def _conversation(row: Row) -> Row:
    """The last user's turn is the question, the last assistant's after it the answer."""
    turns = [turn for turn in row["messages"] if isinstance(turn, dict)]
    asked = max((i for i, turn in enumerate(turns) if turn.get("role") == "user"), default=None)
    kept = {key: value for key, value in row.items() if key != "messages"}
    if asked is None:
        return {**kept, "question": ""}
    answers = [turn.get("content") for turn in turns[asked + 1 :] if turn.get("role") == "assistant"]
    spoken = {"answer": answers[-1]} if answers else {}
    return {**kept, "question": turns[asked].get("content"), **spoken}
