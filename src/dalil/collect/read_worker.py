"""Reads one file in a process of its own: python -m dalil.collect.read_worker, its arguments as one JSON → JSON on stdout.

Office files, Parquet, YAML and large texts can blow up when they are unpacked: here they cost that file only.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from dalil.collect.limited import OUT_OF_MEMORY, set_limits, work
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.records import Document, Dropped, Language, from_row, to_row


def read_limited(
    file: SourceFile, language: tuple[Language, ...], reading: ReadingSettings
) -> list[Document | Dropped]:
    """What `read_here` makes of a file, within the settings' memory and time. Raises SourceError."""
    asked = json.dumps({"file": asdict(file), "language": language, "reading": reading.model_dump()})
    found = work("dalil.collect.read_worker", [asked], reading, f"{file.kind} reader")
    return [from_row(Dropped, row) if "reason" in row else from_row(Document, row) for row in found["made"]]


def main(asked: str) -> int:
    """Set the limits, read, write JSON. Exit 3 when memory is not enough."""
    from dalil.collect.read import read_guarded

    given = json.loads(asked)
    reading = ReadingSettings(**given["reading"])
    set_limits(reading.memory_mb, reading.seconds_per_file)
    try:
        made = read_guarded(SourceFile(**given["file"]), tuple(given["language"]), reading)
        result = json.dumps({"made": [to_row(item) for item in made]})
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
