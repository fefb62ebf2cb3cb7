"""How long `table`, `pool` and `query` take on a large database, and how much memory: 10,000 documents, 500,000 rows.

    python tests/benchmarks/bench_database.py [--documents N] [--keep FILE] [--only WORD] [--runs 3]

Makes a database of invented trials of 50 rows each (10 ms a document, most of the time), then runs every command in a
process of its own, as a user would. Prints the least of its seconds of a core, start and imports included (neighbours
on the machine weigh on the clock), and its memory, against the aims: a table 2 s, a query 0.3 s, 500 MB. --keep makes
the database at FILE, or takes the one that is there.
"""

# ruff: noqa: T201  (benchmarks print)

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from by_hand import finding, record
from trialtab import vocabulary
from trialtab.checks import check, mark
from trialtab.model import Arm, Link, Record, Statement
from trialtab.store import Store

ROWS = 50
TABLE_SECONDS, QUERY_SECONDS, MEGABYTES = 2.0, 0.3, 500

CONDITIONS = ("multiple myeloma", "large B-cell lymphoma", "autoimmune haemolytic anaemia", "asthma", "heart failure",
              "rheumatoid arthritis", "psoriasis", "systemic lupus erythematosus", "breast cancer", "type 2 diabetes",
              "hypertension", "COPD", "migraine", "ulcerative colitis", "immune thrombocytopenia")  # fmt: skip
GIVEN = (
    ("axicabtagene ciloleucel", "CD19 CAR T"), ("teclistamab", "BCMA engager"), ("elranatamab", "BCMA engager"),
    ("tisagenlecleucel", "CD19 CAR T"), *((f"drug {i}", f"class {i // 3}") for i in range(96)),
)  # fmt: skip
"""A hundred drugs in 34 classes: a library of 10,000 reports is of many questions, a class of it of some 300."""

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("table", "characteristics"),
    ("table", "characteristics", "--arm", "CD19 CAR T"),
    ("table", "outcomes"),
    ("table", "outcomes", "--outcome", "complete response"),
    ("table", "outcomes", "--outcome", "B-cell aplasia", "--arm", "CD19 CAR T", "--arm", "BCMA engager"),
    ("table", "adverse-events"),
    ("table", "adverse-events", "--study", "Study 7777"),
    ("table", "adverse-events", "--outcome", "neutropenia", "--arm", "CD19 CAR T"),
    ("table", "effects"),
    ("table", "effects", "--outcome", "overall survival"),
    ("table", "checks"),
    ("table", "agreement"),
    ("table", "summary", "--arm", "CD19 CAR T", "--arm", "placebo"),
    ("table", "summary", "--study", "Study 7777"),
    ("table", "patients"),
    ("table", "directions"),
    ("pool", "--outcome", "complete response", "--arm", "CD19 CAR T", "--across-conditions"),
    ("pool", "--outcome", "overall survival", "--measure", "hazard_ratio", "--across-comparisons"),
    ("studies",),
    ("query", "--outcome", "complete response", "--limit", "200"),
    ("query", "--study", "Study 7777"),
    ("query", "--outcome", "neutropenia", "--arm", "teclistamab", "--limit", "200"),
    ("query", "--text", "fever", "--limit", "200"),
    ("query", "--limit", "200"),
)


def outcomes() -> tuple[list[str], list[str]]:
    """Names of adverse events and of responses: common ones first, so that a row's outcome is likelier a common one."""
    known = list(vocabulary.outcomes().terms)
    events = [term.name for term in known if term.category == "adverse_event"][:120]
    responses = [term.name for term in known if term.category == "efficacy_response"][:20]
    return ["neutropenia", "fever", *events], ["complete response", *responses]


def trial(number: int, chance: random.Random, events: list[str], responses: list[str]) -> Record:
    """An invented trial of two arms, three in ten of one: responses, times, effects and adverse events."""
    name, group = GIVEN[number % len(GIVEN)]
    alone = number % 10 < 3
    size = chance.randint(20, 400)
    sides = [("overall", "overall")] if alone else [(name, "intervention"), ("placebo", "control")]
    text, found = "Results\n\n", []

    def say(quote: str, words: str, statistic: str, **given: Any) -> None:
        nonlocal text
        quote = f"{quote} ({number}.{len(found)})"
        text += f"{words} {quote}. "
        found.append((quote, statistic, given))

    def counts(outcome: str, arm: tuple[str, str], **given: Any) -> None:
        n = chance.randint(0, size)
        said = round(100 * n / size, 1) + (7 if chance.random() < 0.01 else 0)
        say(f"{n} of {size} ({said}%)", f"With {arm[0]} there was {outcome} in", "proportion", events=float(n),
            total=float(size), percent=said, value=said, unit="%", outcome=outcome, arm=arm[0], arm_role=arm[1],
            total_source="explicit", **given)  # fmt: skip

    for arm in sides:
        both = {"arm": arm[0], "arm_role": arm[1]}
        say(f"{size} patients", f"Given {arm[0]} were", "count", events=float(size), value=float(size),
            outcome="patients", enrollment=True, **both)  # fmt: skip
        say("median of 12 months (range, 1-30)", "Follow-up was a", "median", value=12.0, unit="months", range_low=1.0,
            range_high=30.0, outcome="follow-up", **both)  # fmt: skip
        middle = chance.randint(30, 200)
        say(f"median of {middle} days (IQR, {middle - 20}-{middle + 30})", "B-cell aplasia lasted a", "median",
            value=float(middle), unit="days", q1=middle - 20.0, q3=middle + 30.0, outcome="B-cell aplasia",
            **both)  # fmt: skip
    if not alone:
        for outcome in ("overall survival", "progression-free survival"):
            ratio = round(chance.uniform(0.5, 1.3), 2)
            low, high = round(ratio * 0.8, 2), round(ratio * 1.25, 2)
            say(f"{ratio} (95% CI {low}-{high})", f"{outcome}: hazard ratio", "hazard_ratio", value=ratio, ci_low=low,
                ci_high=high, ci_level=95.0, outcome=outcome, arm=name, arm_role="intervention",
                comparator="placebo")  # fmt: skip
    told = dict.fromkeys(["complete response", *(chance.choice(responses) for _ in range(3))])
    for outcome in told:
        for arm in sides:
            counts(outcome, arm)
    while len(found) < ROWS:
        event = events[min(int(chance.expovariate(1 / 20)), len(events) - 1)]
        grade = chance.choice((None, ">=3", "1-2"))
        for arm in sides:
            counts(event, arm, grade=grade, timepoint=None)
    made = tuple(finding(text, quote, statistic, **given) for quote, statistic, given in found[:ROWS])
    arms = tuple(
        Arm(arm_id=f"A{i}", label=label, role=role, intervention="placebo" if role == "control" else name,
            intervention_class=None if role == "control" else group, n=size, start=0, end=1)
        for i, (label, role) in enumerate(sides, 1)
    )  # fmt: skip
    said = Statement(start=0, end=7, section="results", outcome="complete response", arm=name, comparator="placebo",
                     direction="increased", rule="by_hand")  # fmt: skip
    made_record = record(
        text, f"doc{number}.txt", found=made, arms=arms, study=f"Study {number}", condition=CONDITIONS[number % 15],
        design="case series" if alone else "randomised trial", statements=(said,),
    )  # fmt: skip
    checked = tuple(check(made_record.rows, made_record.arms))
    first, second = made_record.rows[0], made_record.rows[1]
    link = Link(first.finding_id, second.finding_id, "same")
    return replace(made_record, rows=mark(made_record.rows, checked), checks=checked, links=(link,))


def make(place: Path, count: int) -> None:
    """Fill a database with `count` trials."""
    chance, began = random.Random(1), time.perf_counter()
    events, responses = outcomes()
    with Store(place) as store:
        for number in range(count):
            store.save(trial(number, chance, events, responses))
    took = time.perf_counter() - began
    print(f"{count:,} documents, {count * ROWS:,} rows, {place.stat().st_size >> 20} MB, made in {took:.0f} s")


MEASURED = """import resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, done.returncode)
print(done.stderr.strip()[:300])"""


def measured(command: tuple[str, ...], place: Path) -> tuple[float, float, int, int, str]:
    """Seconds by the clock, seconds of a core, megabytes, exit code and what was said, of one command."""
    words = [sys.executable, "-m", "trialtab.cli", *command, "--db", str(place), "--format", "csv"]
    # As a user's Python does, it may keep what it compiled.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *words], capture_output=True, text=True, check=True, env=environment
    )
    numbers, _, said = done.stdout.partition("\n")
    wall, cpu, megabytes, code = numbers.split()
    return float(wall), float(cpu), int(megabytes), int(code), said.strip()


def main() -> None:
    """Make the database, run the commands, print what they take against the aims."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="", help="only commands with this word")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder) / "evidence.db"
        if not place.exists():
            make(place, options.documents)
        print(f"{'wall s':>8}{'CPU s':>8}{'MB':>6}")
        for command in COMMANDS:
            if options.only not in " ".join(command):
                continue
            runs = [measured(command, place) for _ in range(options.runs)]
            wall, cpu, megabytes, code, said = min(runs, key=lambda run: run[1])
            aim = QUERY_SECONDS if command[0] == "query" else TABLE_SECONDS
            missed = [] if command[0] == "pool" or cpu < aim else [f"over {aim:g} s"]
            missed += [] if megabytes < MEGABYTES else [f"over {MEGABYTES} MB"]
            missed += [] if code == 0 else [f"exit code {code}: {said}"]
            print(f"{wall:>8.2f}{cpu:>8.2f}{megabytes:>6}  {' '.join(command)}  {', '.join(missed).upper()}".rstrip())


if __name__ == "__main__":
    main()
