"""Accuracy on the development data beside the checkout, by its own scorers; skipped where it is absent.

    python tests/test_bench.py                          measure and show
    python tests/test_bench.py --update                 ... and pin in tests/floors.json; refuses to lower a floor
    python tests/test_bench.py --update --allow-regression

Each figure is pinned for all documents and for those that nobody looks at, so that work on the rest that does not carry
over shows: a third of them (`floors.unseen`), of the sentences and the abstracts a sixth (`floors.still_unseen`), since
half of their third was opened to learn from.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))

import floors
from trialtab import cli, questions, readers, run
from trialtab.store import Store

HERE = Path(__file__).resolve().parent
FLOORS = HERE / "floors.json"
COMMAND = "python tests/test_bench.py --update"
SHARED = HERE.parents[1] / "shared"

RUNS, ORDER = 0.960, 0.990
"""The gate of PDF reading: 6-word runs intact, paragraphs in order."""


def _say(script: str, *words: object) -> str:
    return subprocess.run(
        [sys.executable, str(SHARED / script), *map(str, words)], capture_output=True, text=True, check=True
    ).stdout


def _figure(pattern: str, said: str) -> float:
    found = re.search(pattern, said)
    assert found is not None, f"{pattern} is not in what the scorer printed:\n{said}"
    return float(found[1])


def _only_unseen(db: Path, gold: Path, place: Path, unseen: Callable[[str], bool]) -> tuple[Path, Path]:
    """A copy of a database and of a gold file with nothing but what is still unseen."""
    small, few = place / f"{db.stem}_unseen.db", place / f"{db.stem}_unseen.jsonl"
    shutil.copy(db, small)
    with Store(small) as store:
        for row in store.documents():
            if not unseen(Path(row["document"]).stem):
                store.drop(row["document"])
    lines = [line for line in gold.read_text("utf-8").splitlines() if unseen(json.loads(line)["doc"])]
    few.write_text("\n".join(lines) + "\n", "utf-8")
    return small, few


def _scored(
    name: str,
    kind: str,
    patterns: dict[str, str],
    unseen: Callable[[str], bool] = floors.still_unseen,
    traps: bool = False,
) -> dict[str, float]:
    """Extract a benchmark, run its scorer on all of it and on what is still unseen, and pick the figures."""
    data = SHARED / "bench" / name
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        db = place / f"{name}.db"
        outcomes = run.extract([data / "documents"], db)
        assert [outcome for outcome in outcomes if not outcome.ok] == []
        for part, (rows, gold) in {"all": (db, data / "gold.jsonl"),
                                   "unseen": _only_unseen(db, data / "gold.jsonl", place, unseen)}.items():  # fmt: skip
            said = _say("bench/score.py", kind, rows, gold, *(["--traps", data / "traps.jsonl"] if traps else []))
            figures |= {f"{name}.{part}.{key}": _figure(pattern, said) for key, pattern in patterns.items()}
    return figures


@cache
def rct_art() -> dict[str, float]:
    return _scored("rct_art", "rct-art", {"measure_f1": r"(?m)^measure\s+F1 ([\d.]+)",
                                          "triple_f1": r"(?m)^triple\s+F1 ([\d.]+)"})  # fmt: skip


@cache
def pico() -> dict[str, float]:
    return _scored("pico", "pico", {"typed_recall": r"all numbers\s+typed recall ([\d.]+)",
                                    "typed_recall_with_arm": r"all numbers .* with arm ([\d.]+)"})  # fmt: skip


@cache
def findings() -> dict[str, float]:
    return _scored("findings", "findings", {"found_f1": r"found \(numbers\)\s+F1 ([\d.]+)",
                                            "whole_row_f1": r"whole row right\s+F1 ([\d.]+)",
                                            "traps_max": r"fell into a trap\s+(\d+)"},
                   floors.unseen, traps=True)  # fmt: skip


@cache
def pdf() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as place:
        for path in sorted((SHARED / "pdf" / "pairs").glob("*.pdf")):
            (document,) = readers.read(path.read_bytes(), path.name)
            (Path(place) / f"{path.stem}.json").write_text(json.dumps(cli._as_json(document)), "utf-8")
        said = _say("pdf/score_pdf.py", place, SHARED / "pdf" / "pairs")
        with tempfile.TemporaryDirectory() as few:
            for path in sorted((SHARED / "pdf" / "pairs").glob("*.xml")):
                if floors.unseen(path.stem):
                    shutil.copy(path, few)
            unseen = _say("pdf/score_pdf.py", place, few)
    figures = {f"pdf.{key}": _figure(rf"{key}\s+([\d.]+)", said) for key in ("runs", "order", "rows", "cells")}
    return figures | {f"pdf.unseen.{key}": _figure(rf"{key}\s+([\d.]+)", unseen) for key in ("rows", "cells")}


SAMPLE = 8
"""Of the articles of direction/ every eighth, chosen by its name, is extracted here: all of them take minutes."""


def _digest(stem: str) -> int:
    return int(sha256(stem.encode()).hexdigest(), 16)


def _filled(name: str, gold: str, patterns: dict[str, str], every: int = 1) -> dict[str, float]:
    """Extract a benchmark's articles, fill its questions, and score all of them and those of the unseen third."""
    data = SHARED / "bench" / name
    with (data / "questions.csv").open(encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    stems = sorted(
        {row["document"] for row in asked if int(sha256(row["document"].encode()).hexdigest(), 16) % every == 0}
    )
    of = {row["id"]: row["document"] for row in asked}
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        outcomes = run.extract(
            [path for stem in stems for path in (data / "documents").glob(f"{stem}.*")], place / "e.db"
        )
        assert [outcome for outcome in outcomes if not outcome.ok] == []
        wanted = [q for q in questions.read((data / "questions.csv").read_bytes(), name) if q.document in stems]
        with Store(place / "e.db", write=False) as store:
            columns, rows = questions.filled(questions.fill(wanted, questions.library(*store.library(None))))
        with (place / "filled.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns)
            writer.writeheader()
            writer.writerows(rows)
        head, *lines = (data / gold).read_text("utf-8").splitlines(keepends=True)
        if gold.endswith("jsonl"):
            head, lines = "", [head, *lines]
        for part in ("all", "unseen"):
            kept = [
                line for line in lines
                if (stem := of[json.loads(line)["id"] if not head else line.split(",", 1)[0]]) in stems
                and (part == "all" or floors.unseen(stem))
            ]  # fmt: skip
            (place / f"{part}_{gold}").write_text(head + "".join(kept), "utf-8")
            said = _say("bench/score.py", name, place / "filled.csv", place / f"{part}_{gold}")
            figures |= {f"{name}.{part}.{key}": _figure(pattern, said) for key, pattern in patterns.items()}
    return figures


@cache
def ico() -> dict[str, float]:
    return _filled("ico", "gold.csv", {"binary": r"binary\s+exact match ([\d.]+)",
                                       "continuous": r"continuous\s+exact match ([\d.]+)"})  # fmt: skip


@cache
def direction() -> dict[str, float]:
    return _filled("direction", "gold.jsonl", {"macro_f1": r"direction macro F1 ([\d.]+)",
                                               "right_where_answered": r"right where answered ([\d.]+)",
                                               "grounded": r"(?m)^grounded ([\d.]+)"}, every=SAMPLE)  # fmt: skip


BENCHMARKS: tuple[Callable[[], dict[str, float]], ...] = (rct_art, pico, findings, pdf, ico, direction)


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda function: function.__name__)
def test_accuracy_does_not_fall(benchmark, shared):
    name = benchmark.__name__
    pinned = {key: floor for key, floor in floors.read(FLOORS).items() if key.startswith(f"{name}.")}
    floors.assert_held(benchmark(), pinned, COMMAND)


def test_pdfs_are_read_in_order_and_whole(shared):
    figures = pdf()
    assert figures["pdf.runs"] >= RUNS
    assert figures["pdf.order"] >= ORDER


def test_all_articles_are_extracted(articles):
    db, outcomes = articles
    assert len(outcomes) == 100
    assert [(outcome.path.name, outcome.reason) for outcome in outcomes if not outcome.ok] == []
    assert sum(outcome.findings for outcome in outcomes) > 1000
    with Store(db, write=False) as store:
        texts = {row["document"]: row["text"] for row in store.documents(text=True)}
        moved = [row["finding_id"] for row in store.select()
                 if texts[row["document"]][row["start"] : row["end"]] != row["quote"]]  # fmt: skip
    assert moved == []


if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit(f"no development data in {SHARED}")
    sys.exit(floors.update(lambda: {FLOORS: {k: v for figures in BENCHMARKS for k, v in figures().items()}}, __doc__))
