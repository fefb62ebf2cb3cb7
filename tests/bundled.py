"""The bundled corpora, extracted once for all tests that look at them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from trialtab import run, score
from trialtab.model import Evidence, Record

ROOT = Path(__file__).resolve().parents[1]
CORPORA = tuple(sorted(path.parent for path in ROOT.glob("corpora/*/gold.jsonl")))
DOCUMENTS = tuple(sorted(path for corpus in CORPORA for path in (corpus / "documents").iterdir() if path.is_file()))


@cache
def records(corpus: Path) -> tuple[tuple[Path, Record], ...]:
    """The documents of a corpus and what is extracted from each, in this process."""
    paths = [path for path in DOCUMENTS if path.parent.parent == corpus]
    return tuple((path, record) for path in paths for record in run.records(path.read_bytes(), path.name))


@cache
def all_records() -> tuple[tuple[Path, Record], ...]:
    """Of all corpora."""
    return tuple(item for corpus in CORPORA for item in records(corpus))


def comparable_records(corpus: Path) -> list[tuple[Path, Record]]:
    """With the rows that a corpus has gold for: those of running text, and of tables whose cells are annotated."""
    annotated = {entry["doc"] for entry in score.load(corpus / "gold.jsonl") if entry.get("cell")}
    return [(path, record if path.stem in annotated else _without_tables(record)) for path, record in records(corpus)]


def _without_tables(record: Record) -> Record:
    rows = tuple(row for row in record.rows if row.source != "table")
    kept = {row.finding_id for row in rows}
    links = tuple(link for link in record.links if {link.finding_id, link.other_id} <= kept)
    checks = tuple(check for check in record.checks if check.finding_id in kept)
    return replace(record, rows=rows, links=links, checks=checks, numbers=())


def comparable(corpus: Path) -> list[Evidence]:
    """The rows of `comparable_records`, of all documents of a corpus."""
    return [row for _, record in comparable_records(corpus) for row in record.rows]


@cache
def scored(corpus: Path) -> score.Score:
    """The rows of a corpus against its gold and traps."""
    return score.score(comparable(corpus), score.load(corpus / "gold.jsonl"), score.load(corpus / "traps.jsonl"))
