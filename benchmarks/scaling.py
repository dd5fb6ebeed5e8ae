"""Whether time grows as fast as the work and memory stays flat: N pages that share their boilerplate, and N records.

python benchmarks/scaling.py [1000 3000 10000]

Each size is a process of its own (one worker); of each stage up to index and split: processor seconds, and peak memory of the
process (Linux counts it), without the children that read.
"""

from __future__ import annotations

import csv
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dalil.config import parse_config
from dalil.engine import LocalEngine
from dalil.pipeline import STAGES
from dalil.stages import Context, Runner

UPTO = ("index", "split")
WORDS = [a + b + c for a in ("pro", "con", "dé", "mar", "so", "ter", "vi") for b in ("cé", "di", "ga", "lo", "men", "ri", "tu") for c in ("dure", "lage", "mage", "nant", "que", "reau", "tion")]  # fmt: skip
BOILERPLATE_SENTENCES, OWN_SENTENCES = 24, 14


def sentence(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=12)).capitalize() + "."


def write_pages(folder: Path, count: int) -> None:
    """Pages of 38 sentences, 24 of which stand on every page; one in fifty is nearly the page before."""
    rng = random.Random(42)
    shared = "".join(f"<p>{sentence(rng)}</p>" for _ in range(BOILERPLATE_SENTENCES))
    own: list[str] = []
    for number in range(count):
        own = own if number % 50 == 49 else [sentence(rng) for _ in range(OWN_SENTENCES)]
        text = "".join(f"<h2>Quel est le point {number} {i} ?</h2><p>{line}</p>" for i, line in enumerate(own))
        page = f"<html lang='fr'><body><h1>Page {number}</h1>{text}{shared}</body></html>"
        (folder / f"page-{number:05d}.html").write_text(page, encoding="utf-8")


def write_records(folder: Path, count: int) -> None:
    rng = random.Random(43)
    with (folder / "records.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["nom", "statut", "domaine", "éditeur", "licence", "description"])
        for number in range(count):
            row = [f"{rng.choice(WORDS)} {number}", rng.choice(["en production", "en test"]), *rng.choices(WORDS, k=2)]
            writer.writerow([*row, rng.choice(["MIT", "GPL-3.0", "Apache-2.0"]), sentence(rng)])


def cpu_seconds() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mb() -> float:
    """The most memory since `forget_peak`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def one(kind: str, count: int) -> dict[str, tuple[float, float]]:
    """Seconds and peak memory in MB of each stage."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "sources").mkdir()
        {"pages": write_pages, "records": write_records}[kind](folder / "sources", count)
        config = parse_config({"language": ["fr"], "sources": [{"path": "sources"}]}, "scaling.py")
        spent: dict[str, tuple[float, float]] = {}
        started = cpu_seconds()
        for goal in UPTO:
            forget_peak()
            for state in Runner(STAGES, Context(folder, config, LocalEngine())).run(goal):
                seconds, peak = spent.get(state.name, (0.0, peak_mb()))  # passed again, up to date, for the next goal
                spent[state.name] = seconds + cpu_seconds() - started, peak
                forget_peak()
                started = cpu_seconds()
        return spent


def main(sizes: list[int]) -> None:
    for kind in ("pages", "records"):
        for count in sizes:
            began = time.perf_counter()
            done = subprocess.run([sys.executable, __file__, "--one", kind, str(count)], capture_output=True, text=True, check=True)  # fmt: skip
            figures = json.loads(done.stdout)
            shown = ", ".join(f"{name} {seconds:.1f} s {peak:.0f} MB" for name, (seconds, peak) in figures.items())
            print(f"{count} {kind}: {shown}; {time.perf_counter() - began:.0f} s on the clock", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]))))
    else:
        main([int(given) for given in sys.argv[1:]] or [1000, 3000, 10000])
