"""The rows of a Parquet file (pyarrow, the extra `data`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dalil.collect.json_rows import add_record
from dalil.collect.rows import Rows, column_names
from dalil.collect.sheet_formats import shown
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.records import Dropped

_BATCH = 1000


def read_parquet(file: SourceFile, reading: ReadingSettings) -> list[Rows]:
    """The rows of a Parquet file; columns of bytes are left out and named. Raises SourceError where it is damaged."""
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise SourceError("Parquet is read with pyarrow, which is not installed: pip install 'dalil[data]'") from error
    found = Rows()
    try:
        with parquet.ParquetFile(file.absolute) as table:
            _check_size(table.metadata, reading)
            binary = [field.name for field in table.schema_arrow if _holds_bytes(arrow, field.type)]
            names = column_names(list(table.schema_arrow.names))
            for number, values in enumerate(_rows(table), start=1):
                fields = {name: _plain(value) for name, value in zip(names, values, strict=True)}
                add_record(found, number, fields, file.path)
    except arrow.ArrowMemoryError as error:
        raise MemoryError from error
    except (arrow.ArrowException, OSError) as error:
        raise SourceError(f"damaged or cut off: not readable Parquet ({type(error).__name__})") from error
    found.dropped += [Dropped(f"{file.path} column {name}", "holds bytes, not text") for name in binary]
    if not found.rows:
        raise SourceError("no row at all")
    return [found]


def _check_size(metadata: Any, reading: ReadingSettings) -> None:
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups) / 1e6
    if unpacked > reading.memory_mb:
        raise SourceError(f"unpacks to {unpacked:.0f} MB, more than reading.memory_mb ({reading.memory_mb} MB)")


def _holds_bytes(arrow: Any, kind: Any) -> bool:
    return bool(
        arrow.types.is_binary(kind) or arrow.types.is_large_binary(kind) or arrow.types.is_fixed_size_binary(kind)
    )


def _rows(table: Any) -> Iterator[tuple[Any, ...]]:
    """Row by row: columns may have one name twice, which dictionaries of rows would lose."""
    for batch in table.iter_batches(batch_size=_BATCH, use_threads=False):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _plain(value: Any) -> Any:
    """Text, lists and dictionaries of a value; bytes and nothing are None."""
    if value is None or isinstance(value, (bytes, bool)):
        return None if isinstance(value, bytes) else value
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return shown(value, "")
