"""The same article as PDF and as JATS: how many of the findings of its tables are the same.

    python tests/benchmarks/bench_formats.py [--misses N] [--all]

Takes ../shared/pdf/pairs. Two rows are the same where numbers, statistic, outcome, arm, comparator, timepoint and grade
agree, blanks and case apart; `numbers` asks for the numbers only. The share is of the rows of the JATS file; what only
the PDF gives is counted beside it. Articles are parted by the rule of ../shared/bench/README.md; --misses shows those
of articles that may be looked at.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import floors
from trialtab.model import Evidence
from trialtab.run import records

PAIRS = floors.ROOT.parent / "shared" / "pdf" / "pairs"
NUMBERS = (
    "value", "events", "total", "percent", "sd", "se", "plus_minus", "q1", "q3", "range_low", "range_high", "ci_low",
    "ci_high", "p_value",
)  # fmt: skip
WORDS = ("statistic", "outcome", "arm", "comparator", "timepoint", "grade")
Key = tuple[object, ...]


def plain(text: str | None) -> str:
    """A phrase without case, blanks and signs."""
    return re.sub(r"[^a-z0-9%<>=]", "", unicodedata.normalize("NFKC", text or "").casefold())


def numbers(row: Evidence) -> Key:
    """The numbers of a row."""
    return tuple(getattr(row, name) for name in NUMBERS)


def whole(row: Evidence) -> Key:
    """The numbers of a row and what they belong to."""
    return (*numbers(row), *(plain(getattr(row, name)) for name in WORDS))


def table_rows(path: Path) -> list[Evidence]:
    """The rows that an article's tables give."""
    return [row for record in records(path.read_bytes(), path.name) for row in record.rows if row.source == "table"]


def compare(stem: str) -> dict[str, tuple[Counter[Key], Counter[Key]]]:
    """The rows of an article as PDF and as JATS, by their numbers and as a whole."""
    from_pdf, from_jats = (table_rows(PAIRS / f"{stem}.{suffix}") for suffix in ("pdf", "xml"))
    return {key.__name__: (Counter(map(key, from_pdf)), Counter(map(key, from_jats))) for key in (numbers, whole)}


def shown(key: Key) -> str:
    """A row in one line."""
    return " ".join(str(part) for part in key if part not in (None, ""))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--misses", type=int, default=0, help="rows shown for each article that may be looked at")
    given = options.parse_args()
    totals: dict[str, Counter[str]] = {"all": Counter(), "seen": Counter(), "unseen": Counter()}
    for path in sorted(PAIRS.glob("*.xml")):
        found = compare(path.stem)
        part = "unseen" if floors.unseen(path.stem) else "seen"
        line = Counter[str]()
        for name, (from_pdf, from_jats) in found.items():
            line[name] = (from_pdf & from_jats).total()
            line["pdf"], line["jats"] = from_pdf.total(), from_jats.total()
        totals["all"] += line
        totals[part] += line
        sys.stdout.write(f"{path.stem:12} {part:6} JATS {line['jats']:4} PDF {line['pdf']:4} "
                         f"numbers {line['numbers']:4} whole {line['whole']:4}\n")  # fmt: skip
        if part == "seen" and given.misses:
            from_pdf, from_jats = found["whole"]
            for side, rows in (("JATS", from_jats - from_pdf), ("PDF ", from_pdf - from_jats)):
                for key in sorted(rows.elements(), key=shown)[: given.misses]:
                    sys.stdout.write(f"    {side} {shown(key)}\n")
    for part, line in totals.items():
        shares = ", ".join(f"{name} {line[name] / max(1, line['jats']):.3f}" for name in ("numbers", "whole"))
        sys.stdout.write(f"{part:6} {line['jats']} rows of JATS, {line['pdf']} of PDF: {shares}\n")


if __name__ == "__main__":
    main()
