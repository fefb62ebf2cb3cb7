"""What the benchmarks share: inputs, timing by CPU seconds, and the printed table. Run by hand, never by the tests."""

# ruff: noqa: T201  (benchmarks print)

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trialtab.errors import ReadError

REPO = Path(__file__).resolve().parents[2]
SHARED = REPO.parent / "shared"


@dataclass(frozen=True, slots=True)
class Contender:
    """One thing that is timed. run: does the whole work once; amounts: how much that is, in each unit it is shown in.

    An amount may be a function, called after the runs; aim: units a second of the first amount; prepared: it needs what
    `prepare` makes, and so it is no part of the memory that is measured.
    """

    name: str
    run: Callable[[], object]
    amounts: tuple[tuple[str, float | Callable[[], float]], ...]
    aim: float | None = None
    ours: bool = True
    prepared: bool = False


def arguments(about: str) -> argparse.Namespace:
    """The options of every benchmark."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="few inputs, one run each: does it work at all")
    parser.add_argument("--runs", type=int, default=3, help="runs of each contender; the median is shown (default 3)")
    return parser.parse_args()


def inputs(suffixes: Sequence[str], *shared: str, most: int | None = None) -> tuple[list[Path], str]:
    """Files of some suffixes in the first folder of ../shared that exists, else in corpora/; and where they are."""
    for place in [*(SHARED / folder for folder in shared), REPO / "corpora"]:
        found = sorted(path for path in place.rglob("*") if path.suffix in suffixes and path.is_file())
        if found:
            return found[:most], str(place)
    sys.exit(f"no {' '.join(suffixes)} files in {', '.join(shared)} nor in corpora/")


def tolerant(work: Callable[[Path], object], paths: Iterable[Path]) -> Callable[[], None]:
    """Work over files; one that cannot be read is named once and skipped, as `extract` does."""
    refused: set[Path] = set()

    def run() -> None:
        for path in paths:
            try:
                work(path)
            except ReadError as error:
                if path not in refused:
                    refused.add(path)
                    print(f"  refused: {path.name}: {error}", file=sys.stderr)

    return run


def peak_megabytes() -> float:
    """Peak resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def run(
    title: str,
    where: str,
    contenders: Sequence[Contender],
    *,
    runs: int,
    quick: bool,
    warm_up: Callable[[], object] = lambda: None,
    prepare: Callable[[], object] = lambda: None,
    before_each: Callable[[], object] = lambda: None,
) -> None:
    """Time all contenders in turn, round after round, and print them side by side.

    CPU seconds of this process are counted, so that neighbours on a busy machine weigh less; one process, no threads
    of ours. `warm_up` imports libraries and reads rule files, once a process and not once a file. Memory is read after
    the first round of our own contenders, before `prepare` and any yardstick has run. `before_each` runs before each
    contender, outside its time.
    """
    rounds = 1 if quick else runs
    cpu: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    wall: dict[str, list[float]] = {contender.name: [] for contender in contenders}

    def clock(contender: Contender) -> None:
        before_each()
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        contender.run()
        cpu[contender.name].append(time.process_time() - cpu_start)
        wall[contender.name].append(time.perf_counter() - wall_start)

    warm_up()
    for contender in contenders:
        if contender.ours and not contender.prepared:
            clock(contender)
    memory = peak_megabytes()
    prepare()
    for contender in contenders:
        if not contender.ours or contender.prepared:
            clock(contender)
    for _ in range(rounds - 1):
        for contender in contenders:
            clock(contender)

    print(f"\n{title}\n{where}; Python {platform.python_version()}, median of {rounds} run{'s' if rounds > 1 else ''}")
    print(f"{'':<36}{'amount':>20}{'CPU s':>9}{'wall s':>9}{'per CPU s':>12}  aim")
    for contender in contenders:
        seconds, passed = (statistics.median(times[contender.name]) for times in (cpu, wall))
        for number, (unit, given) in enumerate(contender.amounts):
            amount = given if isinstance(given, int | float) else given()
            rate = amount / seconds if seconds else float("inf")
            aim = contender.aim if number == 0 else None
            said = "" if aim is None else f">= {aim:g} {'met' if rate >= aim else 'MISSED'}"
            name = contender.name if number == 0 else ""
            print(
                f"{name:<36}{f'{amount:,.0f} {unit}':>20}{seconds:>9.2f}{passed:>9.2f}{rate:>12,.1f}  {said}".rstrip()
            )
    print(f"peak memory of trialtab: {memory:.0f} MB (aim < 400: {'met' if memory < 400 else 'MISSED'})")
