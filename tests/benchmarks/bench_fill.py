"""Speed of `fill`: questions a second on a built database, in one process.

    python tests/benchmarks/bench_fill.py [--quick] [--runs N]

Takes the questions and documents of ../shared/bench/ico where they exist, else corpora/. The database is built once,
before the clock starts; each run reads the library anew, so that nothing worked out for a document is left over.
"""

# ruff: noqa: T201  (benchmarks print)

from __future__ import annotations

import tempfile
from pathlib import Path

import measure

from trialtab import questions, run
from trialtab.questions import counting, labels, pairs, sizes
from trialtab.store import Store

AIM = 300.0
"""Questions a second."""

SETS = ((measure.SHARED / "bench" / "ico", "documents"), (measure.REPO / "corpora" / "randomised_trials", "documents"))


def forget() -> None:
    """Empty what is kept of documents from one run to the next."""
    for look_up in (labels.of_rows, counting.heads, pairs.groups, sizes.counts):
        look_up.cache_clear()


def main() -> None:
    """Build the database, then fill its form some times and print the middle run."""
    given = measure.arguments("Speed of fill")
    place = next(place for place, _ in SETS if (place / "questions.csv").is_file())
    asked = questions.read((place / "questions.csv").read_bytes(), "questions.csv")
    if given.quick:
        asked = asked[:20]
    names = sorted({question.document for question in asked})
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "evidence.db"
        files = [path for path in sorted((place / "documents").iterdir()) if path.stem in names]
        run.extract(files, db)
        with Store(db, write=False) as store:
            parts = store.library(None)
        seconds = []
        for _ in range(1 if given.quick else given.runs):
            forget()
            library = questions.library(*parts)
            start = measure.time.process_time()
            questions.fill(asked, library)
            seconds.append(measure.time.process_time() - start)
    middle = measure.statistics.median(seconds)
    print(f"{len(asked)} questions of {len(names)} documents in {place}: {middle:.2f} s of CPU")
    print(f"fill  {len(asked) / middle:.0f} questions/s  (aim {AIM:.0f})")


if __name__ == "__main__":
    main()
