"""How long the tables of a large database take, and how much memory.

    python tests/benchmarks/bench_tables.py [DOCUMENTS]

Makes a database of DOCUMENTS invented trials (default 1,000) of 50 rows each, then runs every command in a process of
its own. Making it takes most of the time: about 20 ms a document.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from by_hand import finding, record
from trialtab.model import Arm
from trialtab.store import Store

OUTCOMES = ("complete response", "mortality", "neutropenia", "anaemia", "fever", "nausea", "headache", "relapse",
            "infection", "rash")  # fmt: skip
ROWS = 50

COMMANDS = (
    "table characteristics", "table outcomes", "table outcomes --outcome relapse", "table adverse-events",
    "table effects", "table checks", "table agreement", "pool --outcome relapse",
    "pool --outcome relapse --measure risk_ratio --across-comparisons", "query --outcome relapse", "studies",
)  # fmt: skip


def trial(number: int, chance: random.Random) -> tuple[str, tuple[object, ...]]:
    """The text of a trial and its findings: events in two arms of 50."""
    text, found = "Results\n\n", []
    for i in range(ROWS // 2):
        outcome = OUTCOMES[i] if i < len(OUTCOMES) else f"{OUTCOMES[i % len(OUTCOMES)]} number {i}"
        for arm, role in (("drug", "intervention"), ("placebo", "control")):
            events = chance.randint(0, 50)
            quote = f"{events} of 50 patients ({i}.{role[0]})"
            text += f"With {arm} there was {outcome} in {quote}. "
            found.append((quote, events, outcome, arm, role))
    made = tuple(
        finding(text, quote, "proportion", events=float(events), total=50.0, percent=2.0 * events, outcome=outcome,
                arm=arm, arm_role=role, total_source="explicit")
        for quote, events, outcome, arm, role in found
    )  # fmt: skip
    return text, made


MEASURED = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)"""


def main() -> None:
    """Make the database, run the commands, print seconds and megabytes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chance = random.Random(1)
    arms = tuple(
        Arm(arm_id=f"a{i}", label=label, role=role, intervention=label, n=50, start=0, end=1)
        for i, (label, role) in enumerate((("drug", "intervention"), ("placebo", "control")))
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "evidence.db"
        began = time.perf_counter()
        with Store(place) as store:
            for number in range(count):
                text, found = trial(number, chance)
                store.save(record(text, f"doc{number}.txt", found=found, arms=arms, study=f"Study {number}"))
        print(f"{count} documents, {count * ROWS:,} rows made in {time.perf_counter() - began:.0f} s")  # noqa: T201
        for command in COMMANDS:
            words = [sys.executable, "-m", "trialtab.cli", *command.split(), "--db", str(place), "--format", "csv"]
            done = subprocess.run([sys.executable, "-c", MEASURED, *words], capture_output=True, text=True, check=True)
            seconds, megabytes = done.stdout.split()
            print(f"{float(seconds):7.2f} s of a core {megabytes:>6} MB  {command}")  # noqa: T201


if __name__ == "__main__":
    main()
