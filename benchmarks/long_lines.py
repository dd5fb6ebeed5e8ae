"""What one line of many megabytes costs, and a folder of thousands of tiny files: seconds, and the largest process.

python benchmarks/long_lines.py [--megabytes 100] [--files 10000] [--each]

A workspace each for text, CSV and JSON lines with such a value together, for HTML and one endless word, and for the tiny
files; each is collected by a `dalil collect` of its own. The memory is that of its largest process (Linux, kilobytes).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

SENTENCE = "Le carnet d'entretien est tenu à jour par le chef d'atelier de la commune. "


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--megabytes", type=int, default=100)
    asked.add_argument("--files", type=int, default=10_000)
    asked.add_argument("--each", action="store_true", help="each file by itself")
    given = asked.parse_args()
    count = given.megabytes * 1_000_000 // len(SENTENCE.encode())
    escaped = json.dumps(SENTENCE)[1:-1]
    lines = {"a.txt": File("", SENTENCE, count), "b.csv": File("nom,note\nUn,", SENTENCE, count, "\n"),
             "c.jsonl": File('{"nom": "Un", "note": "', escaped, count, '"}')}  # fmt: skip
    pages = {"d.html": File("<html lang='fr'><body><p>", SENTENCE, count, "</p></body></html>"),
             "e.txt": File("", "a" * len(SENTENCE), count)}  # fmt: skip
    tiny = {f"{number:05d}.txt": File(f"{SENTENCE}{number}") for number in range(given.files)}
    every = {name: {name: file} for name, file in {**lines, **pages}.items()} if given.each else {}
    print("| files | s | largest process, MB | read |\n|---|---|---|---|")
    together = {"text, CSV, JSON lines": lines, "HTML, one word": pages, f"{given.files} tiny": tiny}
    for what, files in (every or together).items():
        print(f"| {what} | {collected(files)} |", flush=True)


class File(NamedTuple):
    """A file's text: a beginning, a sentence many times, an end. It is never in memory: a child that is started is counted with
    what the process that starts it holds."""

    beginning: str
    sentence: str = ""
    times: int = 0
    end: str = ""

    def write(self, path: Path) -> None:
        with path.open("w", encoding="utf-8") as out:
            out.write(self.beginning)
            for _ in range(self.times):
                out.write(self.sentence)
            out.write(self.end)


def collected(files: dict[str, File]) -> str:
    """Wall seconds, memory, and the line that tells what was read."""
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        sources.mkdir()
        for name, file in files.items():
            file.write(sources / name)
        (Path(folder) / "dalil.yaml").write_text("language: [fr]\nsources: [{path: sources}]\n", encoding="utf-8")
        started = time.monotonic()
        with subprocess.Popen([sys.executable, "-m", "dalil", "collect", "-w", folder], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as process:  # fmt: skip
            assert process.stdout is not None
            said = process.stdout.read().splitlines()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - started
    told = next((line.strip() for line in said if line.strip().startswith("documents")), " ".join(said)[:120])
    return f"{seconds:.0f} | {used.ru_maxrss / 1000:.0f} | {told} ({process.returncode})"


if __name__ == "__main__":
    main()
