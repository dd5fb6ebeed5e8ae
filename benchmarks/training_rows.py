"""From 1,000 to 100,000 rows: preparation time by row, and the memory of the loader.

    DALIL_CORPORA=… python benchmarks/training_rows.py

Questions and paragraphs of PIAF, numbered so that no two rows are the same, written as CSV, read as `data.files` reads them,
put through the data gate and written as the Arrow file that the trainer maps. Each count has a process of its own; the loader's
memory is what its anonymous memory grows by while every row is read twice in batches of 8.
"""

from __future__ import annotations

import csv
import itertools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from public_sets import corpora

COUNTS = (1_000, 10_000, 100_000)
VOCABULARY = 8_000


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
        return
    print(
        "| rows | read, CPU s | gate, CPU s | written, CPU s | µs a row | loader, MB | Arrow file, MB |\n|---|---|---|---|---|---|---|"
    )
    for count in COUNTS:
        done = subprocess.run([sys.executable, __file__, str(count)], capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        parts = [found["read"], found["gate"], found["written"]]
        print(f"| {count:,} | {' | '.join(f'{part:.2f}' for part in parts)} | {1e6 * sum(parts) / count:.0f} "
              f"| {found['loader_mb']:.1f} | {found['file_mb']:.1f} |", flush=True)  # fmt: skip


def measure(count: int) -> dict[str, float]:
    """CPU seconds of each part, and the growth of the loader's memory."""
    from torch.utils.data import DataLoader

    from dalil.dataset.pairs import read_questions
    from dalil.language_model.templates import Template, named_templates
    from dalil.training.arrow import write_rows
    from dalil.training.gate import encode_rows, inspect
    from dalil.training.rows import rows_of
    from dalil.training.scratch import train_tokenizer

    found: dict[str, float] = {}
    template = Template("plain", named_templates()["plain"])
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "rows.csv"
        write_questions(path, count)
        started = time.process_time()
        rows = rows_of(read_questions(path, None, expected=["fr"]).examples, unknown=False)
        found["read"] = time.process_time() - started
        tokenizer = train_tokenizer([f"{row.question}\n{row.answer}" for row in rows[:1000]], VOCABULARY)

        def encoded() -> Any:
            return encode_rows(tokenizer, template, rows, system="", max_length=1024, answers_only=True)

        started = time.process_time()
        report = inspect(rows, encoded(), ())
        found["gate"] = time.process_time() - started
        started = time.process_time()
        data = write_rows(Path(name) / "rows.arrow", encoded())
        found["written"] = time.process_time() - started
        if report.kept != count or len(data) != count:
            raise SystemExit(f"{count} rows went in, {report.kept} passed the gate, {len(data)} were written")
        found["file_mb"] = (Path(name) / "rows.arrow").stat().st_size / 1e6
        loader = DataLoader(data, batch_size=8, shuffle=True, collate_fn=list)
        before = anonymous_mb()
        for _ in itertools.chain(loader, loader):
            pass
        found["loader_mb"] = anonymous_mb() - before
    return found


def write_questions(path: Path, count: int) -> None:
    """`count` rows of the public set, over and over, numbered."""
    data = json.loads((corpora() / "piaf_fr" / "piaf-v1.0.json").read_text(encoding="utf-8"))["data"]
    pairs = [
        (qa["question"], paragraph["context"])
        for article in data
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "answer"])
        for number, (question, text) in enumerate(itertools.islice(itertools.cycle(pairs), count)):
            words = text.split()
            writer.writerow([f"{question} (n° {number})", " ".join(words[: 40 + (7 * number) % 90])])


def anonymous_mb() -> float:
    """Anonymous memory of this process (Linux): what is mapped from a file does not count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


if __name__ == "__main__":
    main()
