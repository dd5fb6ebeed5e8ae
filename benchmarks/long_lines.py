"""What one line of many megabytes costs, and a folder of thousands of tiny files: seconds, and the largest process.

python benchmarks/long_lines.py [--megabytes 100] [--files 10000]

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

SENTENCE = "Le carnet d'entretien est tenu à jour par le chef d'atelier de la commune. "


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--megabytes", type=int, default=100)
    asked.add_argument("--files", type=int, default=10_000)
    given = asked.parse_args()
    line = SENTENCE * (given.megabytes * 1_000_000 // len(SENTENCE.encode()))
    lines = {"a.txt": line, "b.csv": f"nom,note\nUn,{line}\n", "c.jsonl": json.dumps({"nom": "Un", "note": line})}
    pages = {"d.html": f"<html lang='fr'><body><p>{line}</p></body></html>", "e.txt": "a" * len(line)}
    tiny = {f"{number:05d}.txt": f"{SENTENCE}{number}" for number in range(given.files)}
    print("| files | s | largest process, MB | read |\n|---|---|---|---|")
    for what, files in (("text, CSV, JSON lines", lines), ("HTML, one word", pages), (f"{given.files} tiny", tiny)):
        print(f"| {what} | {collected(files)} |", flush=True)


def collected(files: dict[str, str]) -> str:
    """Wall seconds, memory, and the line that tells what was read."""
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        sources.mkdir()
        for name, text in files.items():
            (sources / name).write_text(text, encoding="utf-8")
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
