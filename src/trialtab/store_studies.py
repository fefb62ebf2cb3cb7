"""What people decide on studies: which documents are one, what it is called. Part of the store's room.

Decisions are append-only, as reviews are: an undone one stays and is no longer in force. Each speaks of documents by
name (and, in a file of many records, by the record), so that it holds when a file is read again or corrected. The
label in force stands in `documents.study`, the one that was read in `documents.study_read`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
Documents = Sequence[tuple[str, str, str, bool]]
"""(document, document_id, label, apart) for each document that a decision speaks of; apart: it stands alone."""

MERGE, SPLIT, RENAME, UNDO = "merge", "split", "rename", "undo"


def decide(connection: sqlite3.Connection, kind: str, documents: Documents, *, reviewer: str, decided_at: str) -> int:
    """Add a decision and put it in force; returns its number. kind: merge | split | rename."""
    number = connection.execute(
        "INSERT INTO study_decisions (kind, reviewer, decided_at) VALUES (?, ?, ?)", (kind, reviewer, decided_at)
    ).lastrowid
    assert number is not None
    connection.executemany(
        "INSERT INTO study_decision_documents VALUES (?, ?, ?, ?, ?)", [(number, *one) for one in documents]
    )
    apply(connection)
    return number


def undo(connection: sqlite3.Connection, *, reviewer: str, decided_at: str) -> int | None:
    """Take back the last decision that is in force; returns its number, None where there is none."""
    last = connection.execute("SELECT max(id) FROM study_decisions_in_force").fetchone()[0]
    if last is None:
        return None
    connection.execute(
        "INSERT INTO study_decisions (kind, undoes, reviewer, decided_at) VALUES (?, ?, ?, ?)",
        (UNDO, last, reviewer, decided_at),
    )
    apply(connection)
    return int(last)


def apply(connection: sqlite3.Connection, document: str | None = None) -> None:
    """Put into each document the label of the last decision in force that speaks of it, else the one that was read.

    document: only the documents of this name.
    """
    connection.execute(
        f"UPDATE documents SET study = coalesce((SELECT m.label {_LAST}), study_read), grouping = (SELECT CASE m.apart "
        f"WHEN 1 THEN 'apart' ELSE 'together' END {_LAST}) WHERE ? IS NULL OR document = ?",
        (document, document),
    )


_LAST = """FROM study_decision_documents m JOIN study_decisions_in_force s ON s.id = m.decision_id
    WHERE (m.document = documents.document AND substr(m.document_id, 65) = substr(documents.document_id, 65))
       OR (m.document_id = documents.document_id
           AND NOT EXISTS (SELECT 1 FROM documents o WHERE o.document = m.document))
    ORDER BY m.decision_id DESC LIMIT 1"""
"""Of a document by its name and record; by its bytes where no file has that name any more (it was renamed)."""


__all__ = ["MERGE", "RENAME", "SPLIT", "UNDO", "apply", "decide", "undo"]
