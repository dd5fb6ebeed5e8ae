"""Reads scanned pages with Tesseract: python -m dalil.collect.ocr_worker FILE LANGUAGES MEMORY_MB SECONDS PAGE… → a JSON object a line.

Each page (numbered from 0) is written as soon as it is read, so that running out of time costs only the pages after it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from dalil.collect.limited import OUT_OF_MEMORY, set_limits

_DPI = 300
_MOST_PIXELS = 40_000_000
_WORD_LEVEL = "5"


def read(path: str, languages: str, numbers: Sequence[int]) -> None:
    """Write `{"page", "lines", "confidence", "words", "height"}` for each page; lines as `read_page` gives them."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for number in numbers:
        try:
            found = _page(document[number], languages)
        except (pypdfium2.PdfiumError, subprocess.CalledProcessError) as error:
            found = {"error": f"Tesseract could not read it ({type(error).__name__})"}
        sys.stdout.write(json.dumps({"page": number, **found}) + "\n")
        sys.stdout.flush()


def _page(page: Any, languages: str) -> dict[str, Any]:
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    rows = memoryview(bitmap.buffer).cast("B")
    pixels = b"".join(bytes(rows[y * bitmap.stride : y * bitmap.stride + bitmap.width]) for y in range(bitmap.height))
    image = b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + pixels
    command = ["tesseract", "stdin", "stdout", "-l", languages, "--dpi", str(round(72 * scale)), "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(command, input=image, capture_output=True, check=True, env=environment)
    return {**lines_of(done.stdout.decode("utf-8", "replace"), scale), "height": height}


def lines_of(table: str, scale: float) -> dict[str, Any]:
    """Lines with their boxes in points, the mean confidence of the words (0–1, or null) and their number."""
    lines: dict[tuple[str, ...], list[list[str]]] = {}
    for row in table.splitlines()[1:]:
        values = row.split("\t")
        if len(values) == 12 and values[0] == _WORD_LEVEL and values[11].strip():
            lines.setdefault(tuple(values[1:5]), []).append(values)
    words = [word for line in lines.values() for word in line]
    confidence = sum(float(word[10]) for word in words) / len(words) / 100 if words else None
    return {"lines": [_line(line, scale) for line in lines.values()], "confidence": confidence, "words": len(words)}


def _line(words: list[list[str]], scale: float) -> dict[str, Any]:
    boxes = [[float(value) / scale for value in word[6:10]] for word in words]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    text = " ".join(word[11] for word in words)
    return {"text": text, "box": [left, top, right, bottom], "size": 0.0, "bold": False}


def main(arguments: list[str]) -> int:
    """Set the limits and read. Exit 3 when memory is not enough."""
    path, languages, memory_mb, seconds = arguments[0], arguments[1], int(arguments[2]), int(arguments[3])
    set_limits(memory_mb, seconds)
    try:
        read(path, languages, [int(number) for number in arguments[4:]])
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
