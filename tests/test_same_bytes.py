"""The same documents give the same files, byte for byte: every format, in any order, process and time zone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bundled

DOCUMENTS = tuple(
    path for path in bundled.DOCUMENTS
    if path.parent.parent.name == "cellular_immunotherapy" or path.stem in ("pelham_itp", "reg_pelham_itp_record")
)  # fmt: skip
TWO = ("--arm", "CD19 CAR T", "--arm", "BCMA engager")
TABLE = ("table", "adverse-events", *TWO, "--terms", "4")
FORM = ("form", str(bundled.ROOT / "corpora" / "cellular_immunotherapy" / "protocol.toml"))
POOL = ("pool", "--outcome", "complete response", "--across-conditions", "--across-comparisons")
WRITTEN: dict[str, tuple[str, ...]] = {
    **{f"events.{form}": TABLE for form in ("csv", "tsv", "json", "jsonl", "md", "html", "tex", "xlsx", "docx")},
    **{f"contrast.{form}": ("compare", *TWO[1::2]) for form in ("csv", "html", "docx", "xlsx", "tex")},
    "kinds.html": ("table", "characteristics"),
    "outcomes.xlsx": ("table", "outcomes", "--outcome", "complete response", *TWO),
    "summary.docx": ("table", "summary", "--study", "pelham_itp"),
    "directions.html": ("table", "directions"),
    "pooled.xlsx": POOL,
    "metafor.csv": (*POOL, "--format", "metafor"),
    "covidence.csv": (*FORM, "--format", "covidence"),
    "study_data": (*FORM, "--format", "revman"),
    "revman.csv": ("pool", "--outcome", "diarrhea", "--measure", "risk_ratio", "--format", "revman"),
    "forest.svg": ("plot", "forest", *POOL[1:]),
    "forest.png": ("plot", "forest", *POOL[1:]),
    "forest.pdf": ("plot", "forest", *POOL[1:]),
    "range.svg": ("plot", "range", "--outcome", "B-cell aplasia", *TWO),
    "dots.svg": ("plot", "adverse-events", "--study", "pelham_itp"),
    "directions.svg": ("plot", "directions"),
    "evidence.json": ("fhir",),
}
"""File -> the command that writes it."""
PRINTED: dict[str, tuple[str, ...]] = {
    "studies.ris": ("studies", "--format", "ris"),
    "contrast.md": ("compare", *TWO[1::2], "--format", "md"),
    "registry.csv": ("compare", "--registry", "--format", "csv"),
    "query.jsonl": ("query", "--format", "jsonl"),
    "check.csv": ("check", "--verdict", "consistent", "--format", "csv"),
}
"""File -> the command that prints what it holds."""

WRITER = """
import json, sys
from pathlib import Path
from click.testing import CliRunner
from trialtab import cli

names, written, printed = json.loads(sys.stdin.read())
def call(words):
    done = CliRunner().invoke(cli.main, words)
    assert done.exit_code == 0, (words, done.output, done.exc_info)
    return done.stdout_bytes
call(["extract", *names, "--db", "evidence.db", "--workers", sys.argv[1]])
for name, words in written.items():
    call([*words, "--db", "evidence.db", "-o", name])
for name, words in printed.items():
    Path(name).write_bytes(call([*words, "--db", "evidence.db"]))
"""


def files(place: Path, documents: list[str], workers: str, seed: str, zone: str) -> dict[str, bytes]:
    """Name -> bytes of every file that a process of its own makes of the documents."""
    import json

    place.mkdir()
    subprocess.run(
        [sys.executable, "-c", WRITER, workers], input=json.dumps([documents, WRITTEN, PRINTED]), cwd=place, text=True,
        check=True, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
    )  # fmt: skip
    made = [path for path in place.rglob("*") if path.is_file() and "evidence.db" not in path.name]
    return {str(path.relative_to(place)): path.read_bytes() for path in made}


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    place = tmp_path_factory.mktemp("bytes")
    names = [str(path) for path in DOCUMENTS]
    one = files(place / "one", names, "1", "1", "UTC")
    return one, files(place / "two", names[::-1], "2", "2", "Asia/Tokyo")


STUDY_DATA = tuple(f"study_data/study-{name}.csv" for name in ("information", "arms", "results"))
NAMES = sorted({*WRITTEN, "metafor.R", *PRINTED, *STUDY_DATA} - {"study_data"})


@pytest.mark.parametrize("name", NAMES)
def test_another_process_order_and_time_zone_write_the_same_bytes(name, twice):
    one, two = twice
    assert len(one[name]) > 200
    assert one[name] == two[name]


def test_every_file_that_was_written_is_looked_at(twice):
    assert set(twice[0]) == set(NAMES)
