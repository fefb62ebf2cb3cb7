"""The bundled corpora, extracted once for all tests that look at them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from trialtab import run, score
from trialtab.model import Record

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


@cache
def scored(corpus: Path) -> score.Score:
    """The rows of a corpus against its gold and traps."""
    return score.score(
        [row for _, record in records(corpus) for row in record.rows],
        score.load(corpus / "gold.jsonl"),
        score.load(corpus / "traps.jsonl"),
    )
