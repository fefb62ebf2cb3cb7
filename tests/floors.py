"""Floors that only move up: what test_corpora.py and test_bench.py share, for pytest and for `--update` by hand.

The floors are what README.md says of accuracy, too: `--update` writes its table anew, and a test compares them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from trialtab import score
from trialtab.errors import GoldError


def read(path: Path) -> dict[str, Any]:
    """The floors of a file; none where it does not exist yet."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- figures -->\n).*?(?=^<!-- end of figures -->$)", re.MULTILINE | re.DOTALL)
"""The part of README.md that is made of the floors."""


def table() -> str:
    """The accuracy that is pinned, as the table of README.md."""
    lines = ["| measured on | figure | all | unseen |", "| --- | --- | --- | --- |"]

    def line(on: str, figure: str, every: float | None, third: float | None = None) -> None:
        cells = ["" if share is None else f"{share:.3f}" for share in (every, third)]
        lines.append(f"| {on} | {figure} | {cells[0]} | {cells[1]} |")

    for path in sorted(ROOT.glob("corpora/*/floors.json")):
        for name, figure in (("found_f1", "findings found, F1"), ("whole_row_f1", "whole row right, F1")):
            line(f"`corpora/{path.parent.name}`", figure, read(path).get(name))
    tables = read(ROOT / "corpora" / "tables" / "floors.json")
    for kind, called in (("pdf", "PDF"), ("jats", "JATS"), ("html", "HTML")):
        for name, figure in (("cells", "cells in their place, F1"), ("found", "findings found, F1"),
                             ("whole_row", "whole row right, F1")):  # fmt: skip
            both = (tables.get(f"{part}.{kind}.{name}_f1") for part in ("all", "unseen"))
            line(f"`corpora/tables` as {called}", figure, *both)
    bench = read(ROOT / "tests" / "floors.json")
    for on, key, figure in (
        ("446 result sentences", "rct_art.{}.measure_f1", "measures, F1"),
        ("446 result sentences", "rct_art.{}.triple_f1", "measure with its outcome and arm, F1"),
        ("704 trial abstracts", "pico.{}.typed_recall", "labelled numbers in the right column, recall"),
        ("8 abstracts, every finding annotated", "findings.{}.found_f1", "findings found, F1"),
        ("8 abstracts, every finding annotated", "findings.{}.whole_row_f1", "whole row right, F1"),
    ):
        line(on, figure, bench.get(key.format("all")), bench.get(key.format("unseen")))
    line("17 papers as PDF", "runs of six words read intact", bench.get("pdf.runs"))
    line("17 papers as PDF", "paragraphs in their order", bench.get("pdf.order"))
    line(
        "17 papers as PDF", "rows of tables with every cell right", bench.get("pdf.rows"), bench.get("pdf.unseen.rows")
    )
    line("17 papers as PDF", "numeric cells of tables", bench.get("pdf.cells"), bench.get("pdf.unseen.cells"))
    for key, figure in (("binary", "events and group sizes, all four right"),
                        ("continuous", "means, SDs and group sizes, all six right")):  # fmt: skip
        line("389 questions of 60 articles", figure, bench.get(f"ico.all.{key}"), bench.get(f"ico.unseen.{key}"))
    for key, figure in (("macro_f1", "direction of the difference, macro F1"),
                        ("right_where_answered", "direction right where one is given"),
                        ("grounded", "passage or row that annotators cited is shown")):  # fmt: skip
        line(
            "questions of 50 articles", figure, bench.get(f"direction.all.{key}"), bench.get(f"direction.unseen.{key}")
        )
    return "\n".join(lines) + "\n"


def assert_held(figures: Mapping[str, float], floors: Mapping[str, Any], command: str) -> None:
    """Fail with each figure below its floor, and with the command that measures anew."""
    lines = score.short_of(figures, floors)
    assert not lines, "\n".join([*lines, f"mend the extraction, or re-measure and re-pin: {command}"])


def unseen(stem: str) -> bool:
    """Is a document of the third that nobody looks at? One rule for all."""
    return int(sha256(stem.encode()).hexdigest(), 16) % 3 == 0


def still_unseen(stem: str) -> bool:
    """Is a sentence or an abstract of the sixth that nobody looks at? The other half of its third was opened on 23
    November 2026.
    """
    return int(sha256(stem.encode()).hexdigest(), 16) % 6 == 0


def update(measure: Callable[[], Mapping[Path, Mapping[str, Any]]], about: str) -> int:
    """The `--update` of a test file: measure, show, and write floors; 1 where one would fall and nobody said so."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--update", action="store_true", help="write what is measured as the new floors")
    options.add_argument("--allow-regression", action="store_true", help="... also where it is lower than before")
    given = options.parse_args()
    code = 0
    for path, figures in measure().items():
        old = read(path)
        numbers = {name: value for name, value in figures.items() if not isinstance(value, str)}
        sys.stdout.write(f"{path}\n")
        for name, value in numbers.items():
            sys.stdout.write(f"  {name:32} {value:<8g} floor {old.get(name, 'none')}\n")
        if not given.update:
            continue
        try:
            new = score.pinned(numbers, old, allow_regression=given.allow_regression)
        except GoldError as error:
            sys.stderr.write(f"{path}: {error}\n")
            code = 1
            continue
        text = {name: value for name, value in figures.items() if isinstance(value, str)}
        path.write_text(json.dumps({**text, **new}, indent=2) + "\n", "utf-8")
    if given.update:
        README.write_text(TABLE.sub(lambda _: table(), README.read_text("utf-8")), "utf-8")
    return code
