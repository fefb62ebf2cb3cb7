"""The schema of the database file: tables, migrations, the view `evidence`. Part of the store's room.

What needs SQLite's own words (foreign keys that cascade, CHECK, WITHOUT ROWID, triggers) is written in SQL; full-text
search of the findings and the views are made by sqlite-utils, under the names that its users and Datasette expect.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from trialtab.model import evidence_columns

if TYPE_CHECKING:
    from sqlite_utils import Database

DOCUMENT_COLUMNS = ("document", "document_id", "study", "ocr")
FINDING_COLUMNS = tuple(c for c in evidence_columns() if c not in DOCUMENT_COLUMNS)
UNSHOWN = ("captures", "candidates")
REVIEW_COLUMNS = ("status", "reviewer", "reviewed_at", "note")

EVIDENCE_COLUMNS = (*(c for c in evidence_columns() if c not in UNSHOWN), *REVIEW_COLUMNS)
"""The columns of the view `evidence`, in order."""

_FIXED = {
    "finding_id", "document", "document_id", "study", "section", "source", "ocr", "quote", "start", "end", "page",
    "x0", "top", "x1", "bottom", "boxes", "path", "table_label", "row_path", "column_path", "rule", "confidence",
    "checks", *REVIEW_COLUMNS,
}  # fmt: skip
CORRECTABLE = tuple(c for c in EVIDENCE_COLUMNS if c not in _FIXED)
"""What a reviewer may correct: what a row says, never where it stands or who proposed it."""


def m001_initial(database: Database) -> None:
    """Documents and what is read out of them; reviews beside them, append-only."""
    for statement in (
        """CREATE TABLE documents (
            key INTEGER PRIMARY KEY, document TEXT NOT NULL, document_id TEXT NOT NULL, study TEXT NOT NULL,
            file TEXT, format TEXT NOT NULL, title TEXT, doi TEXT, pmid TEXT, pmcid TEXT, nct TEXT, journal TEXT,
            year INTEGER, authors TEXT, design TEXT, evidence_level TEXT, condition TEXT, data_cutoff TEXT,
            pages INTEGER, ocr INTEGER NOT NULL, notices TEXT NOT NULL, rules_digest TEXT NOT NULL,
            version TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (document, document_id))""",
        "CREATE INDEX documents_by_id ON documents (document_id)",
        "CREATE INDEX documents_by_study ON documents (study, document)",
        """CREATE TABLE blocks (
            key INTEGER PRIMARY KEY, document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL, kind TEXT NOT NULL, section TEXT NOT NULL, part TEXT NOT NULL,
            start INTEGER NOT NULL, "end" INTEGER NOT NULL, heading TEXT NOT NULL, path TEXT NOT NULL)""",
        "CREATE INDEX blocks_by_document ON blocks (document_key, start)",
        """CREATE TABLE findings (
            key INTEGER PRIMARY KEY, document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
            block_key INTEGER, finding_id TEXT NOT NULL, section TEXT NOT NULL, source TEXT NOT NULL, outcome TEXT,
            outcome_id TEXT, outcome_class TEXT, statistic TEXT NOT NULL, value REAL, unit TEXT, qualifier TEXT,
            events REAL, total REAL, percent REAL, total_source TEXT, sd REAL, se REAL, plus_minus REAL, q1 REAL,
            q3 REAL, iqr_width REAL, range_low REAL, range_high REAL, ci_level REAL, ci_low REAL, ci_high REAL,
            p_relation TEXT, p_value REAL, arm TEXT, arm_id TEXT, arm_role TEXT, comparator TEXT, timepoint TEXT,
            timepoint_value REAL, timepoint_unit TEXT, definition TEXT, count_of TEXT, grade TEXT, grade_scale TEXT,
            serious INTEGER NOT NULL, population TEXT, negated INTEGER NOT NULL, derived TEXT, quote TEXT NOT NULL,
            start INTEGER NOT NULL, "end" INTEGER NOT NULL, page INTEGER, x0 REAL, top REAL, x1 REAL, bottom REAL,
            boxes TEXT, path TEXT, table_label TEXT, row_path TEXT, column_path TEXT, rule TEXT NOT NULL,
            confidence REAL NOT NULL, checks TEXT, captures TEXT, candidates TEXT,
            UNIQUE (document_key, finding_id), CHECK (start < "end"))""",
        "CREATE INDEX findings_by_id ON findings (finding_id)",
        "CREATE INDEX findings_by_place ON findings (document_key, start)",
        "CREATE INDEX findings_by_outcome ON findings (outcome_id, statistic)",
        "CREATE INDEX findings_by_block ON findings (block_key)",
        """CREATE TABLE arms (
            document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE, arm_id TEXT NOT NULL,
            label TEXT NOT NULL, role TEXT NOT NULL, intervention TEXT, intervention_class TEXT, n INTEGER,
            start INTEGER, "end" INTEGER, n_start INTEGER, n_end INTEGER, source TEXT,
            PRIMARY KEY (document_key, arm_id)) WITHOUT ROWID""",
        """CREATE TABLE checks (
            document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE, finding_id TEXT NOT NULL,
            name TEXT NOT NULL, result TEXT NOT NULL, expected TEXT, observed TEXT, tolerance TEXT, note TEXT)""",
        "CREATE INDEX checks_by_finding ON checks (finding_id)",
        "CREATE INDEX checks_by_document ON checks (document_key)",
        """CREATE TABLE numbers (
            document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE, start INTEGER NOT NULL,
            "end" INTEGER NOT NULL, number TEXT NOT NULL, section TEXT NOT NULL, fate TEXT NOT NULL,
            reason TEXT NOT NULL)""",
        "CREATE INDEX numbers_by_document ON numbers (document_key, start)",
        """CREATE TABLE statements (
            document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE, start INTEGER NOT NULL,
            "end" INTEGER NOT NULL, section TEXT NOT NULL, outcome TEXT, arm TEXT, comparator TEXT,
            direction TEXT NOT NULL, quote TEXT NOT NULL, rule TEXT NOT NULL)""",
        "CREATE INDEX statements_by_document ON statements (document_key, start)",
        """CREATE TABLE links (
            document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE, finding_id TEXT NOT NULL,
            other_id TEXT NOT NULL, kind TEXT NOT NULL, differs TEXT NOT NULL)""",
        "CREATE INDEX links_by_document ON links (document_key)",
        "CREATE INDEX links_by_finding ON links (finding_id)",
        "CREATE INDEX links_by_other ON links (other_id)",
        """CREATE TABLE reviews (
            id INTEGER PRIMARY KEY AUTOINCREMENT, finding_id TEXT NOT NULL, document TEXT NOT NULL,
            document_id TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN ('accepted', 'corrected', 'rejected')),
            reviewer TEXT NOT NULL, reviewed_at TEXT NOT NULL, note TEXT, corrections TEXT, quote TEXT NOT NULL,
            numbers TEXT NOT NULL, outcome TEXT, arm TEXT, statistic TEXT NOT NULL, timepoint TEXT,
            section TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL)""",
        "CREATE INDEX reviews_by_document ON reviews (document)",
        "CREATE INDEX reviews_by_document_id ON reviews (document_id)",
        """CREATE TRIGGER reviews_are_never_changed BEFORE UPDATE ON reviews
            BEGIN SELECT RAISE(ABORT, 'reviews are append-only: add a new review'); END""",
        """CREATE TRIGGER reviews_are_never_deleted BEFORE DELETE ON reviews
            BEGIN SELECT RAISE(ABORT, 'reviews are append-only: add a new review'); END""",
        # Which finding a review belongs to today. It is worked out anew when a file or the rules change, so it
        # stands apart from the review itself, which is never touched.
        """CREATE TABLE attachments (
            review_id INTEGER NOT NULL REFERENCES reviews (id),
            finding_key INTEGER NOT NULL REFERENCES findings (key) ON DELETE CASCADE, how TEXT NOT NULL,
            PRIMARY KEY (finding_key, review_id)) WITHOUT ROWID""",
        "CREATE INDEX attachments_by_review ON attachments (review_id)",
    ):
        database.execute(statement)


def m002_search(database: Database) -> None:
    """Full-text search over quotations and blocks, filled from what is stored already.

    block_search keeps no text of its own (content=''): the text stands once, in documents.
    """
    database["findings"].enable_fts(["quote", "outcome", "arm"], create_triggers=True, tokenize=_TOKENIZE)
    database.execute(f"CREATE VIRTUAL TABLE block_search USING fts5 (text, content='', tokenize='{_TOKENIZE}')")
    for key, text in database.execute("SELECT key, text FROM documents ORDER BY key").fetchall():
        index_blocks(database.conn, key, text)


def m003_other_side(database: Database) -> None:
    """The finding that a check held another one against."""
    database.execute("ALTER TABLE checks ADD COLUMN other_id TEXT")


_TOKENIZE = "unicode61 remove_diacritics 2"


def m004_studies(database: Database) -> None:
    """What people decide on studies, append-only: which documents are one study, which stand alone, and their labels.

    documents.study stays the label in force; study_read is the one that was read or given with the file; grouping is
    NULL (found by the tool), 'together' or 'apart' (decided).
    """
    for statement in (
        "ALTER TABLE documents ADD COLUMN study_read TEXT",
        "UPDATE documents SET study_read = study",
        "ALTER TABLE documents ADD COLUMN grouping TEXT",
        """CREATE TABLE study_decisions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('merge', 'split', 'rename', 'undo')),
            undoes INTEGER REFERENCES study_decisions (id), reviewer TEXT NOT NULL, decided_at TEXT NOT NULL)""",
        """CREATE TABLE study_decision_documents (
            decision_id INTEGER NOT NULL REFERENCES study_decisions (id), document TEXT NOT NULL,
            document_id TEXT NOT NULL, label TEXT NOT NULL, apart INTEGER NOT NULL,
            PRIMARY KEY (decision_id, document, document_id)) WITHOUT ROWID""",
        "CREATE INDEX study_decision_documents_by_id ON study_decision_documents (document_id)",
        "CREATE INDEX study_decision_documents_by_name ON study_decision_documents (document)",
        *(
            f"CREATE TRIGGER {table}_are_never_{verb}d BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'decisions on studies are append-only: undo adds a line'); END"
            for table in ("study_decisions", "study_decision_documents")
            for verb in ("update", "delete")
        ),
        """CREATE VIEW study_decisions_in_force AS SELECT * FROM study_decisions d WHERE d.kind != 'undo'
            AND NOT EXISTS (SELECT 1 FROM study_decisions u WHERE u.undoes = d.id)""",
    ):
        database.execute(statement)


def m005_large_databases(database: Database) -> None:
    """Indexes by which names are looked up and rows read in their order, without passing over the whole table."""
    for statement in (
        'CREATE INDEX findings_in_order ON findings (document_key, start, "end", finding_id)',
        "DROP INDEX findings_by_place",
        "CREATE INDEX findings_by_phrase ON findings (outcome, document_key)",
        "CREATE INDEX findings_by_name ON findings (outcome_id, document_key)",
        "DROP INDEX findings_by_outcome",
        "CREATE INDEX findings_by_class ON findings (outcome_class, document_key)",
        "CREATE INDEX findings_by_statistic ON findings (statistic, document_key)",
        "CREATE INDEX findings_by_arm ON findings (arm)",
        "CREATE INDEX findings_by_role ON findings (arm_role)",
        "CREATE INDEX findings_by_population ON findings (population) WHERE population IS NOT NULL",
        "CREATE INDEX checks_by_result ON checks (result, document_key)",
        "CREATE INDEX documents_in_order ON documents (study, document, document_id)",
        "DROP INDEX documents_by_study",
    ):
        database.execute(statement)


def m006_doses(database: Database) -> None:
    """The dose of an arm as printed, and where; NULL of what was read before, until it is read again."""
    for column in ("dose TEXT", "dose_start INTEGER", "dose_end INTEGER"):
        database.execute(f"ALTER TABLE arms ADD COLUMN {column}")


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    m001_initial, m002_search, m003_other_side, m004_studies, m005_large_databases, m006_doses,
)  # fmt: skip
"""Applied in order, each once, each in its own transaction. A migration never deletes a row."""


def index_blocks(connection: sqlite3.Connection, document_key: int, text: str) -> None:
    connection.executemany(
        "INSERT INTO block_search (rowid, text) VALUES (?, ?)",
        [(key, text[start:end]) for key, start, end in blocks_of(connection, document_key)],
    )


def unindex_blocks(connection: sqlite3.Connection, document_key: int, text: str) -> None:
    connection.executemany(
        "INSERT INTO block_search (block_search, rowid, text) VALUES ('delete', ?, ?)",
        [(key, text[start:end]) for key, start, end in blocks_of(connection, document_key)],
    )


def blocks_of(connection: sqlite3.Connection, document_key: int) -> list[tuple[int, int, int]]:
    return connection.execute(
        'SELECT key, start, "end" FROM blocks WHERE document_key = ? ORDER BY key', (document_key,)
    ).fetchall()


def views() -> Iterator[tuple[str, str]]:
    """Name and SELECT of each view; made anew at every migration, as they hold no data."""

    def proposed(column: str) -> str:
        if column in DOCUMENT_COLUMNS:
            return f'd."{column}" AS "{column}"'
        if column in REVIEW_COLUMNS:
            return f"'proposed' AS {column}" if column == "status" else f"NULL AS {column}"
        return f'f."{column}" AS "{column}"'

    def shown(column: str) -> str:
        if column == "status":
            return "coalesce(r.status, 'proposed') AS status"
        if column in REVIEW_COLUMNS:
            return f'r."{column}" AS "{column}"'
        if column not in CORRECTABLE:
            return proposed(column)
        return (
            f"CASE WHEN r.corrections IS NULL OR json_type(r.corrections, '$.{column}') IS NULL THEN f.\"{column}\" "
            f"ELSE json_extract(r.corrections, '$.{column}') END AS \"{column}\""
        )

    yield (
        "evidence",
        f"SELECT {', '.join(map(shown, EVIDENCE_COLUMNS))} FROM findings f "
        "JOIN documents d ON d.key = f.document_key LEFT JOIN reviews r ON r.id = "
        "(SELECT max(a.review_id) FROM attachments a WHERE a.finding_key = f.key)",
    )
    # The same rows but for those that someone has reviewed, as bare columns: conditions on them find their indexes.
    yield (
        "unreviewed",
        f"SELECT {', '.join(map(proposed, EVIDENCE_COLUMNS))} FROM documents d "
        "JOIN findings f ON f.document_key = d.key "
        "WHERE NOT EXISTS (SELECT 1 FROM attachments a WHERE a.finding_key = f.key)",
    )
    yield (
        "ledger",
        'SELECT d.study, d.document, n.start, n."end", n.number, n.section, n.fate, n.reason '
        "FROM numbers n JOIN documents d ON d.key = n.document_key",
    )


def migrate(connection: sqlite3.Connection, number: int) -> None:
    """Apply one migration and make the views anew, on a connection whose transaction is open: all or nothing."""
    from sqlite_utils import Database

    # recursive_triggers would stay set on the connection; plugins of sqlite-utils have no say in this file.
    database = Database(connection, recursive_triggers=False, execute_plugins=False)
    MIGRATIONS[number](database)
    for name, select in views():
        database.create_view(name, select, replace=True)


__all__ = [
    "CORRECTABLE", "DOCUMENT_COLUMNS", "EVIDENCE_COLUMNS", "FINDING_COLUMNS", "MIGRATIONS", "REVIEW_COLUMNS", "UNSHOWN",
    "blocks_of", "index_blocks", "migrate", "unindex_blocks", "views",
]  # fmt: skip
