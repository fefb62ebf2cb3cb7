"""trialtab: from trial reports to an evidence table. Rules, no language model.

    import trialtab

    trialtab.build(["reports/"], "evidence.db")            # files and folders -> database, in worker processes
    with trialtab.Store("evidence.db", write=False) as store:
        rows = store.select(outcome="complete response")   # dicts with the columns of the evidence table

    document, = trialtab.read("report.pdf")                # text, blocks, tables, places; nothing extracted
    record, = trialtab.records("report.pdf")               # its evidence rows, arms, checks and ledger

Names are looked up when first used, so that `import trialtab` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trialtab.errors import (
        GoldError,
        QuestionError,
        ReadError,
        RuleFileError,
        StoreError,
        TrialtabError,
    )
    from trialtab.model import Document, Evidence, Record
    from trialtab.run import Limits, Outcome
    from trialtab.store import Store

__version__ = "0.1.0"

_HOMES = {
    "Document": "model", "Evidence": "model", "Record": "model", "Store": "store", "Limits": "run", "Outcome": "run",
    "TrialtabError": "errors", "ReadError": "errors", "RuleFileError": "errors", "StoreError": "errors",
    "QuestionError": "errors", "GoldError": "errors",
}  # fmt: skip


def read(source: str | Path | bytes, name: str | None = None) -> list[Document]:
    """The documents of a file (or of its bytes, then with a name): most files hold one. Raises ReadError.

    Runs in this process; a hostile PDF may end it: for files of unknown origin use `build`, which reads in workers.
    """
    from trialtab import readers

    data, name = _bytes(source, name)
    return readers.read(data, name)


def records(source: str | Path | bytes, name: str | None = None, *, study: str | None = None) -> list[Record]:
    """What is extracted from a file (or its bytes): one record a document. Raises ReadError, RuleFileError."""
    from trialtab import run

    data, name = _bytes(source, name)
    return run.records(data, name, study=study)


def build(
    paths: Iterable[str | Path], db: str | Path, *, study: str | None = None, workers: int | None = None
) -> list[Outcome]:
    """Read files and folders into an evidence database; what became of each. Raises StoreError, RuleFileError."""
    from trialtab import run

    return run.extract(paths, db, study=study, workers=workers)


def _bytes(source: str | Path | bytes, name: str | None) -> tuple[bytes, str]:
    from pathlib import Path

    from trialtab.errors import ReadError

    if isinstance(source, bytes):
        return source, name or "document"
    path = Path(source)
    try:
        return path.read_bytes(), name or path.name
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}") from error


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'trialtab' has no attribute {name!r}")
    return getattr(import_module(f"trialtab.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


__all__ = [
    "Document", "Evidence", "GoldError", "Limits", "Outcome", "QuestionError", "ReadError", "Record", "RuleFileError",
    "Store", "StoreError", "TrialtabError", "__version__", "build", "read", "records",
]  # fmt: skip
