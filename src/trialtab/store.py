"""The database file: save and select. With its schema (store_schema) the only room that speaks SQL.

One SQLite file holds documents with their text, the findings read from them, arms, checks, the ledger of numbers,
statements, links and reviews. The view `evidence` is the public contract: one row per finding, the latest review
applied, columns in the order of EVIDENCE_COLUMNS. What the tool proposed is never edited: a file is replaced as a
whole, a review is a new line.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from trialtab import store_schema, store_studies
from trialtab.errors import QuestionError, StoreError
from trialtab.model import MEASURED, Evidence, Record
from trialtab.store_schema import (
    CORRECTABLE,
    EVIDENCE_COLUMNS,
    FINDING_COLUMNS,
    UNSHOWN,
    blocks_of,
    index_blocks,
    unindex_blocks,
)

Row = dict[str, Any]

APPLICATION_ID = 0x7472_6C74
"""'trlt': written into the file's header, so that another program's database is refused and never altered."""

BUSY_SECONDS = 30.0
CONTEXT = 300
"""Characters of the document shown on each side of a quotation."""

STATUSES = ("proposed", "accepted", "corrected", "rejected")

_NUMBERS = tuple(c for c in MEASURED if c not in ("statistic", "unit", "qualifier", "p_relation", "count_of"))
_TEXT = {
    "outcome", "outcome_id", "outcome_class", "statistic", "unit", "qualifier", "total_source", "p_relation", "arm",
    "arm_id", "arm_role", "comparator", "timepoint", "timepoint_unit", "definition", "count_of", "grade",
    "grade_scale", "population", "derived",
}  # fmt: skip


# ---- the store -------------------------------------------------------------------------------------------------


class Store:
    """An evidence database, as a context manager.

    write=True creates the file where there is none and brings an older one up to date; write=False opens what is
    there. Raises StoreError where the file is missing, locked, damaged, of a newer trialtab or of another program.
    """

    def __init__(self, path: str | Path, *, write: bool = True) -> None:
        self.path = Path(path)
        if not write and not self.path.is_file():
            raise StoreError(f"{self.path}: no such database; make one with: trialtab extract PATH --db {self.path}")
        if write and not self.path.parent.is_dir():
            raise StoreError(f"{self.path}: there is no folder {self.path.parent}")
        with self._precise():
            self._connection = self._open(write)
            try:
                self._connection.row_factory = sqlite3.Row
                self._upgrade(write)
            except BaseException:
                self._connection.close()
                raise

    def _open(self, write: bool) -> sqlite3.Connection:
        if not write:
            return _read_only(self.path)
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was saved stays."""
        self._connection.close()

    @contextmanager
    def _precise(self) -> Iterator[None]:
        """Turn what SQLite says into one line that names the file."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise StoreError(f"{self.path}: another program is writing to it; try again when it is done") from error
            raise StoreError(f"{self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            if "not a database" in str(error):
                raise StoreError(f"{self.path}: not a database") from error
            raise StoreError(f"{self.path}: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. IMMEDIATE: a second writer waits at the door and not in the middle."""
        with self._precise():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _read(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        with self._precise():
            return [dict(row) for row in self._connection.execute(sql, values)]

    # -- versions --

    def version(self) -> int:
        """How many migrations the file has seen."""
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _upgrade(self, write: bool) -> None:
        found, newest = self.version(), len(store_schema.MIGRATIONS)
        application = int(self._connection.execute("PRAGMA application_id").fetchone()[0])
        filled = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
        if filled and application != APPLICATION_ID:
            raise StoreError(f"{self.path}: a database, but not one of trialtab; name another file")
        if found > newest:
            raise StoreError(
                f"{self.path}: made by a newer trialtab (schema {found}, this one knows {newest}); upgrade trialtab"
            )
        if found == newest:
            return
        if not write:
            if not filled:
                raise StoreError(f"{self.path}: empty; fill it with: trialtab extract PATH --db {self.path}")
            Store(self.path).close()
            return
        self._connection.execute("PRAGMA journal_mode = WAL")
        for number in range(found, newest):
            with self._transaction() as connection:
                if self.version() > number:
                    continue  # another process was quicker between our look and our lock
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT, applied_at TEXT)"
                )
                store_schema.migrate(connection, number)
                connection.execute(
                    "INSERT INTO migrations VALUES (?, ?, ?)",
                    (number + 1, store_schema.MIGRATIONS[number].__name__, _now()),
                )
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number + 1}")

    # -- save --

    def has(
        self, document_id: str, rules_digest: str, version: str, study: str | None, *, document: str | None = None
    ) -> bool:
        """Was this very file read with these rules by this version, under this study label (None: any)?

        document_id may be the digest of a file of many records: its first 64 characters count.
        """
        sql = "SELECT 1 FROM documents WHERE substr(document_id, 1, 64) = ? AND rules_digest = ? AND version = ?"
        values: list[str] = [document_id[:64], rules_digest, version]
        for column, wanted in (("study_read", study), ("document", document)):
            if wanted is not None:
                sql += f" AND {column} = ?"
                values.append(wanted)
        return bool(self._read(f"{sql} LIMIT 1", values))

    def save(self, *records: Record, file: str | Path | None = None) -> bool:
        """Save what one file gave, in one transaction; it replaces what a file of that name gave before.

        Records of one call share their document name. Returns False where nothing was to change: the same bytes,
        rules, version and study. Reviews stay and are attached to the new findings (see unattached_reviews).
        """
        if not records:
            return False
        names = {record.document.name for record in records}
        if len(names) > 1:
            raise StoreError(f"{self.path}: one save takes the records of one file, got {', '.join(sorted(names))}")
        name = records[0].document.name
        with self._transaction() as connection:
            old = connection.execute(
                "SELECT document_id, rules_digest, version, study_read FROM documents WHERE document = ?", (name,)
            )
            new = {(r.document.document_id, r.rules_digest, r.version, r.study) for r in records}
            if {tuple(row) for row in old} == new:
                connection.execute("UPDATE documents SET file = ? WHERE document = ?", (_file(file), name))
                return False
            self._drop(connection, name)
            for record in records:
                self._insert(connection, record, _file(file))
            self._attach(connection, name)
            if connection.execute("SELECT 1 FROM study_decisions LIMIT 1").fetchone():
                store_studies.apply(connection, name)
        return True

    def drop(self, document: str) -> bool:
        """Take a document and all that was read out of it away; its reviews stay, unattached."""
        with self._transaction() as connection:
            return self._drop(connection, document) > 0

    @staticmethod
    def _drop(connection: sqlite3.Connection, document: str) -> int:
        found = connection.execute("SELECT key, text FROM documents WHERE document = ?", (document,)).fetchall()
        for key, text in found:
            unindex_blocks(connection, key, text)
            connection.execute("DELETE FROM findings WHERE document_key = ?", (key,))
            connection.execute("DELETE FROM documents WHERE key = ?", (key,))
        return len(found)

    @staticmethod
    def _insert(connection: sqlite3.Connection, record: Record, file: str | None) -> None:
        document, source = record.document, record.document.source
        values = {
            "document": document.name, "document_id": document.document_id, "study": record.study,
            "study_read": record.study, "file": file,
            "format": document.format, "title": source.title or None, "doi": source.doi or None,
            "pmid": source.pmid or None, "pmcid": source.pmcid or None, "nct": ", ".join(source.nct) or None,
            "journal": source.journal or None, "year": source.year, "authors": "; ".join(source.authors) or None,
            "design": record.design, "evidence_level": source.evidence_level or None, "condition": record.condition,
            "data_cutoff": record.data_cutoff, "pages": document.pages, "ocr": int(document.ocr),
            "notices": _json(document.notices), "rules_digest": record.rules_digest, "version": record.version,
            "text": document.text,
        }  # fmt: skip
        key = connection.execute(
            f"INSERT INTO documents ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            tuple(values.values()),
        ).lastrowid
        assert key is not None
        connection.executemany(
            'INSERT INTO blocks (document_key, ordinal, kind, section, part, start, "end", heading, path) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (key, i, b.kind, b.section, b.part, b.start, b.end, b.heading, b.path)
                for i, b in enumerate(document.blocks)
            ],
        )
        index_blocks(connection, key, document.text)
        places = sorted((start, end, block) for block, start, end in blocks_of(connection, key))
        columns = ", ".join(f'"{c}"' for c in FINDING_COLUMNS)
        connection.executemany(
            f"INSERT INTO findings (document_key, block_key, {columns}) "
            f"VALUES (?, ?, {', '.join('?' * len(FINDING_COLUMNS))})",
            [
                (key, block, *(getattr(row, c) for c in FINDING_COLUMNS))
                for row, block in _with_block(record.rows, places)
            ],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO arms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (key, a.arm_id, a.label, a.role, a.intervention, a.intervention_class, a.n, a.start, a.end, a.n_start,
                 a.n_end, a.source, a.dose, a.dose_start, a.dose_end)
                for a in record.arms
            ],
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (key, c.finding_id, c.check, c.result, c.expected, c.observed, c.tolerance, c.note, c.other_id)
                for c in record.checks
            ],
        )
        connection.executemany(
            "INSERT INTO numbers VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (key, n.start, n.end, document.text[n.start : n.end], n.section, n.fate, n.reason)
                for n in record.numbers
            ],
        )
        connection.executemany(
            "INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (key, s.start, s.end, s.section, s.outcome, s.arm, s.comparator, s.direction,
                 document.text[s.start : s.end], s.rule)
                for s in record.statements
            ],
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
            [(key, link.finding_id, link.other_id, link.kind, link.column) for link in record.links],
        )

    # -- reviews --

    def add_review(
        self,
        finding_id: str,
        status: str,
        reviewer: str,
        *,
        note: str | None = None,
        corrections: Mapping[str, object] | None = None,
        reviewed_at: str | None = None,
    ) -> int:
        """Add a decision on a finding; returns the number of the review.

        status: accepted | corrected | rejected; corrections: column -> right value (None: not reported), with
        `corrected` only. What the tool proposed stays stored. Raises QuestionError for an unknown finding,
        StoreError for a decision that cannot stand.
        """
        if status not in STATUSES[1:]:
            raise StoreError(f"{self.path}: a review is accepted, corrected or rejected, not {status!r}")
        if not reviewer.strip():
            raise StoreError(f"{self.path}: a review needs the name of its reviewer")
        if bool(corrections) != (status == "corrected"):
            raise StoreError(f"{self.path}: corrections go with the status corrected, and it with corrections")
        for column, value in (corrections or {}).items():
            if column not in CORRECTABLE:
                raise StoreError(f"{self.path}: {column!r} cannot be corrected; can be: {', '.join(CORRECTABLE)}")
            wanted: tuple[type, ...] = (str,) if column in _TEXT else (int, float)
            if value is not None and not isinstance(value, wanted):
                raise StoreError(f"{self.path}: {column} takes {'text' if column in _TEXT else 'a number'}: {value!r}")
        finding_id = self._full_id(finding_id)
        with self._transaction() as connection:
            found = [
                dict(r)
                for r in connection.execute(
                    "SELECT f.*, d.document, d.document_id, d.text FROM findings f "
                    "JOIN documents d ON d.key = f.document_key WHERE f.finding_id = ? ORDER BY d.document",
                    (finding_id,),
                )
            ]
            row = found[0]
            before, after = _around(row["text"], row["start"], row["end"])
            review = connection.execute(
                "INSERT INTO reviews (finding_id, document, document_id, status, reviewer, reviewed_at, note, "
                "corrections, quote, numbers, outcome, arm, statistic, timepoint, section, before, after) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    finding_id, row["document"], row["document_id"], status, reviewer.strip(), reviewed_at or _now(),
                    note, _json(corrections) if corrections else None, row["quote"], _numbers_of(row), row["outcome"],
                    row["arm"], row["statistic"], row["timepoint"], row["section"], before, after,
                ),
            ).lastrowid  # fmt: skip
            assert review is not None
            # Copies of one file under two names share their finding ids: a decision holds for the bytes.
            connection.executemany(
                "INSERT INTO attachments VALUES (?, ?, 'finding_id')", [(review, r["key"]) for r in found]
            )
        return review

    @staticmethod
    def _attach(connection: sqlite3.Connection, name: str) -> None:
        """Tie the reviews of this file (by name or by bytes) to its findings of today."""
        for document in connection.execute("SELECT key, document_id, text FROM documents WHERE document = ?", (name,)):
            reviews = connection.execute(
                "SELECT * FROM reviews WHERE document = ? OR document_id = ? ORDER BY id",
                (name, document["document_id"]),
            ).fetchall()
            if not reviews:
                continue
            rows = [
                dict(r) for r in connection.execute("SELECT * FROM findings WHERE document_key = ?", (document["key"],))
            ]
            for review in reviews:
                found, how = _attachment(dict(review), rows, document["text"])
                if found is not None:
                    connection.execute(
                        "INSERT OR IGNORE INTO attachments VALUES (?, ?, ?)", (review["id"], found["key"], how)
                    )

    def reviews(self, finding_id: str | None = None) -> list[Row]:
        """Reviews, oldest first: all, or those attached to a finding."""
        where, values = ("", ()) if finding_id is None else (
            "WHERE r.id IN (SELECT a.review_id FROM attachments a JOIN findings f ON f.key = a.finding_key "
            "WHERE f.finding_id = ?)",
            (finding_id,),
        )  # fmt: skip
        return self._read(f"SELECT r.* FROM reviews r {where} ORDER BY r.id", values)

    def unattached_reviews(self) -> list[Row]:
        """Reviews whose finding no longer exists as it was: to be looked at again, never dropped."""
        return self._read(
            "SELECT * FROM reviews WHERE id NOT IN (SELECT review_id FROM attachments) ORDER BY document, id"
        )

    # -- studies --

    def decide_study(self, kind: str, documents: store_studies.Documents, reviewer: str) -> int:
        """Keep what a person decided on studies, and put it in force; returns the number of the decision.

        kind: merge | split | rename; documents: (document, document_id, label, apart) of each that it speaks of: what
        its study is called from now on, and whether it stands alone. It holds when a file is read again. Raises
        StoreError.
        """
        if not reviewer.strip():
            raise StoreError(f"{self.path}: a decision needs the name of who decided")
        if not documents or not all(label.strip() for _, _, label, _ in documents):
            raise StoreError(f"{self.path}: a decision needs documents, and a label for each")
        with self._transaction() as connection:
            return store_studies.decide(connection, kind, documents, reviewer=reviewer.strip(), decided_at=_now())

    def undo_study(self, reviewer: str) -> Row | None:
        """Take back the last decision on studies that is in force; returns it, None where there is none."""
        if not reviewer.strip():
            raise StoreError(f"{self.path}: a decision needs the name of who decided")
        with self._transaction() as connection:
            number = store_studies.undo(connection, reviewer=reviewer.strip(), decided_at=_now())
        return next((one for one in self.study_decisions() if one["id"] == number), None)

    def study_decisions(self) -> list[Row]:
        """Decisions on studies, oldest first, each with the `documents` and `labels` it speaks of; `in_force`: 0/1."""
        found = self._read(
            "SELECT d.*, d.id IN (SELECT id FROM study_decisions_in_force) AS in_force FROM study_decisions d "
            "ORDER BY d.id"
        )
        members = self._read("SELECT * FROM study_decision_documents ORDER BY decision_id, document, document_id")
        for one in found:
            mine = [member for member in members if member["decision_id"] == one["id"]]
            one["documents"] = [member["document"] for member in mine]
            one["labels"] = list(dict.fromkeys(member["label"] for member in mine))
        return found

    # -- select --

    def select(
        self,
        *,
        outcome: str | Iterable[str] | None = None,
        arm: str | Iterable[str] | None = None,
        study: str | Iterable[str] | None = None,
        statistic: str | Iterable[str] | None = None,
        document: str | Iterable[str] | None = None,
        status: str | Iterable[str] | None = None,
        min_confidence: float | None = None,
        text: str | None = None,
        outcome_class: Iterable[str] | None = None,
        finding_id: Iterable[str] | None = None,
        with_population: bool = False,
        limit: int | None = None,
        columns: Sequence[str] = EVIDENCE_COLUMNS,
    ) -> list[Row]:
        """Rows of the view `evidence`, ordered by study, document, start, end, finding_id; columns: of each row.

        outcome: a canonical id or name, a class, or a phrase as printed; arm: a label as printed, a role, an
        intervention or its class; text: words that stand in the quotation, outcome or arm, or in the paragraph
        around it ("..." keeps words together). Several values of one filter are alternatives. Raises QuestionError
        with the nearest names where a name is unknown; outcome_class and finding_id are taken as they stand, and
        one that no row has gives none; with_population: only rows that name one.
        """
        where: list[str] = []
        values: list[object] = []

        def add(condition: str, *given: object) -> None:
            where.append(f"({condition})")
            values.extend(given)

        if wanted := _listed(outcome):
            add(*self._of_outcomes(wanted))
        if wanted := _listed(arm):
            armed = [self._arm(name) for name in wanted]
            add(
                "arm IN (SELECT value FROM json_each(?)) OR arm_role IN (SELECT value FROM json_each(?)) "
                "OR finding_id IN (SELECT f.finding_id FROM arms a CROSS JOIN findings f ON a.document_key = "
                "f.document_key AND a.arm_id = f.arm_id WHERE a.label IN (SELECT value FROM json_each(?)) "
                "OR a.intervention IN (SELECT value FROM json_each(?)) "
                "OR a.intervention_class IN (SELECT value FROM json_each(?)))",
                *(_json(sorted(set().union(*(a[i] for a in armed)))) for i in range(5)),
            )
        for column, exact in (("outcome_class", outcome_class), ("finding_id", finding_id)):
            if exact is not None:
                add(f"{column} IN (SELECT value FROM json_each(?))", _json(sorted(set(exact))))
        for column, given in (("study", study), ("document", document), ("statistic", statistic), ("status", status)):
            if wanted := _listed(given):
                exact = self._exact(column, wanted)
                add(f"{column} IN (SELECT value FROM json_each(?))", _json(sorted(exact)))
        if with_population:
            add("population IS NOT NULL")
        if min_confidence is not None:
            add("confidence >= ?", min_confidence)
        match = _match(text) if text is not None else ""
        if match:
            add(f"finding_id IN (SELECT finding_id FROM findings WHERE {_MATCHING})", match, match)
        if limit and not (study or document or finding_id is not None):
            first = self._first_documents(limit, match)
            names = _json(sorted({row["document"] for row in first}))
            within = ["document IN (SELECT value FROM json_each(?))", *where]
            if match:  # the words are looked for in these documents alone
                within[-1] = (
                    f"finding_id IN (SELECT finding_id FROM findings WHERE ({_MATCHING}) AND document_key IN "
                    "(SELECT key FROM documents WHERE document IN (SELECT value FROM json_each(?))))"
                )
            found = self._evidence(columns, within, [names, *values, *([names] if match else [])], limit)
            if len(found) == limit and _in_order(found[-1]) <= _in_order(first[-1]):
                return found
        return self._evidence(columns, where, values, limit)

    def _first_documents(self, count: int, match: str) -> list[Row]:
        """The first documents in the order of rows that have a finding (where words are looked for, these words)."""
        having = "EXISTS (SELECT 1 FROM findings f WHERE f.document_key = d.key)"
        if match:
            having = (
                "key IN (SELECT document_key FROM findings WHERE key IN (SELECT rowid FROM findings_fts "
                "WHERE findings_fts MATCH ?) UNION SELECT document_key FROM blocks WHERE key IN "
                "(SELECT rowid FROM block_search WHERE block_search MATCH ?))"
            )
        return self._read(
            f"SELECT study, document, document_id FROM documents d WHERE {having} "
            "ORDER BY study, document, document_id LIMIT ?",
            [*([match, match] if match else []), count],
        )

    def _evidence(
        self, columns: Sequence[str], where: Sequence[str], values: Sequence[object], limit: int | None = None
    ) -> list[Row]:
        """Rows of the view `evidence` in their order; those that no one has reviewed by their indexes."""
        shown = ", ".join(f'"{c}"' for c in dict.fromkeys((*columns, *_PLACE)))
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        sql = f"SELECT {shown} FROM {{}} {condition} {_ORDER}" + ("" if limit is None else " LIMIT ?")
        given = [*values, *([] if limit is None else [limit])]
        found = self._read(sql.format("unreviewed"), given)
        if self._read("SELECT 1 FROM attachments LIMIT 1"):
            reviewed = self._read(sql.format(_REVIEWED), given)
            known = {(row["document"], row["document_id"], row["finding_id"]) for row in found}
            found += [r for r in reviewed if (r["document"], r["document_id"], r["finding_id"]) not in known]
            found.sort(key=lambda row: tuple(row[name] for name in _PLACE))
        return found if limit is None else found[:limit]

    def _of_outcomes(self, names: Sequence[str]) -> tuple[str, str, str, str]:
        """A condition that rows of these outcomes meet, and its values."""
        meant = [self._outcome(name) for name in names]
        phrases, ids, classes = (_json(sorted(set().union(*(one[i] for one in meant)))) for i in range(3))
        return (
            "outcome IN (SELECT value FROM json_each(?)) OR outcome_id IN (SELECT value FROM json_each(?)) "
            "OR outcome_class IN (SELECT value FROM json_each(?))",
            phrases, ids, classes,
        )  # fmt: skip

    def speaking_of(
        self, *, outcome: Sequence[str] = (), statistic: Iterable[str] | None = None,
        outcome_class: Iterable[str] | None = None, check: Iterable[str] | None = None,
    ) -> set[tuple[str, str]]:  # fmt: skip
        """(document, document_id) of the documents with a finding of these outcomes, statistics and classes, or with a
        check of these results, as proposed or as reviewed.

        Raises QuestionError for an outcome that is not known.
        """
        where: list[str] = []
        values: list[str] = []
        if outcome:
            condition, *given = self._of_outcomes(outcome)
            where.append(f"({condition})")
            values += given
        for column, exact in (("statistic", statistic), ("outcome_class", outcome_class)):
            if exact is not None:
                where.append(f"{column} IN (SELECT value FROM json_each(?))")
                values.append(_json(sorted(set(exact))))
        if check is not None:
            found = self._read(
                "SELECT document, document_id FROM documents WHERE key IN (SELECT document_key FROM checks "
                "WHERE result IN (SELECT value FROM json_each(?)))",
                [_json(sorted(set(check)))],
            )
        else:
            condition = " AND ".join(where) or "1"
            found = self._read(
                "SELECT document, document_id FROM documents WHERE key IN (SELECT document_key FROM findings WHERE "
                f"{condition}) UNION SELECT document, document_id FROM {_REVIEWED} WHERE {condition}",
                values * 2,
            )
        return {(row["document"], row["document_id"]) for row in found}

    def outcome_names(self) -> list[tuple[str | None, str | None]]:
        """Canonical id and phrase as printed of every outcome that rows have."""
        found = self._read("SELECT DISTINCT outcome_id, outcome FROM findings ORDER BY 1, 2")
        corrected = [(None, name) for name in self.names_of("outcome")]
        return [*((row["outcome_id"], row["outcome"]) for row in found), *corrected]

    def names_of(self, column: str) -> set[str]:
        """The names that a column of the findings holds, those that reviewers gave included: a step for each name.

        column: one that an index of the schema begins with.
        """
        found = self._read(
            f"WITH RECURSIVE known(name) AS (SELECT min({column}) FROM findings UNION ALL "
            f"SELECT (SELECT min({column}) FROM findings WHERE {column} > name) FROM known WHERE name IS NOT NULL) "
            "SELECT name FROM known WHERE name IS NOT NULL"
        )
        corrected = self._read(
            f"SELECT DISTINCT json_extract(corrections, '$.{column}') AS name FROM reviews "
            "WHERE corrections IS NOT NULL"
        )
        return {str(row["name"]) for row in (*found, *corrected) if row["name"] is not None}

    def _outcome(self, name: str) -> tuple[set[str], set[str], set[str]]:
        """Printed phrases, ids and classes that a name means; the first way of reading it that finds anything."""
        folded = _fold(name)
        columns = ("outcome", "outcome_id", "outcome_class")
        known = {column: self.names_of(column) for column in columns}
        for column in ("outcome_id", "outcome_class", "outcome"):
            hit = {one for one in known[column] if _fold(one) == folded}
            if hit and column == "outcome":
                # A printed phrase stands for its canonical outcome: all spellings of it are meant.
                rows = self._evidence(
                    ("outcome_id",), ["outcome IN (SELECT value FROM json_each(?))"], [_json(sorted(hit))]
                )
                return hit, {row["outcome_id"] for row in rows if row["outcome_id"]}, set()
            if hit:
                return _placed(columns.index(column), hit, 3)  # type: ignore[return-value]
        from trialtab import vocabulary

        canonical = vocabulary.outcome(name)
        if canonical is not None and canonical.term.id in known["outcome_id"]:
            return set(), {canonical.term.id}, set()
        part = {phrase for phrase in known["outcome"] if f" {folded} " in f" {_fold(phrase)} "}
        if part:
            return part, set(), set()
        raise QuestionError(_unknown("outcome", name, set().union(*known.values())))

    def _arm(self, name: str) -> tuple[set[str], set[str], set[str], set[str], set[str]]:
        """Printed arms, roles, labels, interventions and classes that a name means."""
        printed = [
            *({"arm": name, "role": None} for name in self.names_of("arm")),
            *({"arm": None, "role": name} for name in self.names_of("arm_role")),
        ]
        listed = self._read("SELECT DISTINCT label, intervention, intervention_class FROM arms")
        places = [
            (index, str(row[column]))
            for rows, names in ((printed, ("arm", "role")), (listed, ("label", "intervention", "intervention_class")))
            for row in rows
            for column in names
            if row[column]
            for index in (("arm", "role", "label", "intervention", "intervention_class").index(column),)
        ]
        folded = _fold(name)
        hits = [(i, n) for i, n in places if _fold(n) == folded] or [
            (i, n) for i, n in places if i != 1 and folded and f" {folded} " in f" {_fold(n)} "
        ]
        if not hits:
            raise QuestionError(_unknown("arm", name, {n for _, n in places}))
        return tuple({n for j, n in hits if j == i} for i in range(5))  # type: ignore[return-value]

    def _exact(self, column: str, names: Sequence[str]) -> set[str]:
        """What names mean that are known as they stand: studies, documents, statistics, statuses."""
        if column == "status":
            known = set(STATUSES)
        elif column == "statistic":
            known = self.names_of("statistic")
        else:
            known = {row[column] for row in self._read(f"SELECT DISTINCT {column} FROM documents")}
        folded: dict[str, set[str]] = {}
        for one in known:
            folded.setdefault(_fold(one), set()).add(one)
        found: set[str] = set()
        for name in names:
            hits = folded.get(_fold(name), set())
            if not hits and column == "document":
                hits = {k for k in known if Path(k).stem == name or Path(k).name == name}
            if not hits:
                raise QuestionError(_unknown(column, name, known))
            found |= hits
        return found

    def sql(self, query: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Run one reading statement: (columns, rows). Raises StoreError for anything that is not one SELECT.

        The connection is read-only and an authorizer refuses everything but reading, ATTACH and writes included.
        """
        with self._precise():
            connection = _read_only(self.path)
        try:
            for index in ("findings_fts", "block_search"):  # their set-up declares a table, which the guard refuses
                connection.execute(f"SELECT 1 FROM {index} LIMIT 0")
            connection.set_authorizer(_authorize)
            cursor = connection.execute(query)
            if cursor.description is None:
                raise StoreError("only statements that read are run: begin with SELECT")
            return tuple(column[0] for column in cursor.description), cursor.fetchall()
        except (sqlite3.Warning, sqlite3.ProgrammingError) as error:
            raise StoreError(f"one statement at a time: {error}") from error
        except sqlite3.Error as error:
            if "not authorized" in str(error) or "prohibited" in str(error) or "readonly" in str(error):
                raise StoreError("only statements that read are run: begin with SELECT") from error
            raise StoreError(f"{error}; the view evidence has: {', '.join(EVIDENCE_COLUMNS)}") from error
        finally:
            connection.close()

    def statistics(self) -> list[str]:
        """The statistics that rows have, in alphabetical order."""
        return sorted(self.names_of("statistic"))

    def _full_id(self, finding_id: str) -> str:
        """A finding id from its first characters. Raises QuestionError where none or several begin so."""
        given = finding_id.strip().lower()
        found = self._read(
            "SELECT DISTINCT finding_id FROM findings WHERE finding_id >= ? AND finding_id < ? ORDER BY 1 LIMIT 4",
            (given, given + "\U0010ffff"),
        )
        ids = [str(row["finding_id"]) for row in found] if given else []
        if given in ids:
            return given
        if not ids:
            raise QuestionError(f"no finding {finding_id!r} in {self.path}; trialtab query lists them")
        if len(ids) > 1:
            raise QuestionError(f"{finding_id!r} begins several findings: {', '.join(ids)}")
        return ids[0]

    def finding(self, finding_id: str) -> Row:
        """One finding, whole: {"row", "proposal", "document", "block", "before", "after", "captures", "candidates",
        "checks", "links", "reviews"}.

        finding_id may be cut short as long as it is the only one that begins so. row: as the view shows it;
        proposal: as the tool read it; before and after: text around the quotation; captures: [{"name", "text",
        "start", "end"}]; links: [{"kind", "differs", "row"}]. Raises QuestionError.
        """
        full = self._full_id(finding_id)
        row = self._read(f"SELECT * FROM evidence WHERE finding_id = ? {_ORDER} LIMIT 1", (full,))[0]
        stored = self._read(
            "SELECT f.* FROM findings f JOIN documents d ON d.key = f.document_key "
            "WHERE f.finding_id = ? AND d.document = ? LIMIT 1",
            (full, row["document"]),
        )[0]
        document = self._read("SELECT * FROM documents WHERE key = ?", (stored["document_key"],))[0]
        text = document.pop("text")
        block = self._read("SELECT * FROM blocks WHERE key = ?", (stored["block_key"],))
        before, after = _around(text, row["start"], row["end"], CONTEXT)
        links = self._read(
            "SELECT kind, differs, CASE finding_id WHEN :id THEN other_id ELSE finding_id END AS other FROM links "
            "WHERE document_key = :key AND (finding_id = :id OR other_id = :id) ORDER BY kind, other",
            {"id": full, "key": stored["document_key"]},
        )
        return {
            "row": row,
            "proposal": {c: stored[c] for c in FINDING_COLUMNS if c not in UNSHOWN},
            "document": document,
            "block": block[0] if block else None,
            "before": before,
            "after": after,
            "captures": [
                {"name": name, "text": text[start:end], "start": start, "end": end}
                for name, start, end in json.loads(stored["captures"] or "[]")
            ],
            "candidates": json.loads(stored["candidates"] or "[]"),
            "checks": self._read(
                "SELECT name, result, expected, observed, tolerance, note, other_id FROM checks "
                "WHERE document_key = ? AND finding_id = ? ORDER BY name, result, expected, observed",
                (stored["document_key"], full),
            ),
            "links": [
                {"kind": link["kind"], "differs": link["differs"], "row": other[0]}
                for link in links
                if (
                    other := self._read(
                        "SELECT * FROM evidence WHERE finding_id = ? AND document = ?", (link["other"], row["document"])
                    )
                )
            ],
            "reviews": self.reviews(full),
        }

    def studies(self) -> list[Row]:
        """Of each document what tells its study: name, id, label, trial number, DOI and condition; in order."""
        return self._read(
            "SELECT study, document, document_id, nct, doi, condition FROM documents "
            "ORDER BY study, document, document_id"
        )

    def documents(self, *, text: bool = False, names: Iterable[str] | None = None) -> list[Row]:
        """Documents by study and name, each with its number of findings; with their text where asked for; names: only
        those."""
        where, values = _within(names)
        columns = [row["name"] for row in self._read("PRAGMA table_info(documents)")]
        shown = ", ".join(f"d.{c}" for c in columns if c != "key" and (text or c != "text"))
        return self._read(
            f"SELECT {shown}, (SELECT count(*) FROM findings f WHERE f.document_key = d.key) AS findings "
            f"FROM documents d WHERE {where} ORDER BY d.study, d.document, d.document_id",
            values,
        )

    def library(
        self, names: Iterable[str] | None = None
    ) -> tuple[list[Row], list[Row], list[Row], list[Row], list[Row]]:
        """What answering questions needs: documents with their text, blocks, rows, arms and statements, in text order.

        names: only documents of these names or stems (a name that is not there gives nothing); default all.
        """
        where: str = ""
        values: tuple[str, ...] = ()
        if names is not None:
            known = self._read("SELECT DISTINCT document FROM documents")
            wanted = set(names)
            found = sorted(
                d["document"]
                for d in known
                if wanted & {d["document"], Path(d["document"]).name, Path(d["document"]).stem}
            )
            where, values = "WHERE d.document IN (SELECT value FROM json_each(?))", (_json(found),)
        order = "ORDER BY d.document, d.document_id"
        return (
            self._read(f"SELECT d.* FROM documents d {where} {order}", values),
            self._read(
                'SELECT d.document, d.document_id, b.kind, b.section, b.part, b.start, b."end" '
                f"FROM blocks b JOIN documents d ON d.key = b.document_key {where} {order}, b.ordinal",
                values,
            ),
            self._read(f'SELECT d.* FROM evidence d {where} {order}, d.start, d."end", d.finding_id', values),
            self._read(
                "SELECT d.document, d.document_id, a.* FROM arms a JOIN documents d ON d.key = a.document_key "
                f"{where} {order}, a.arm_id",
                values,
            ),
            self._read(
                "SELECT d.document, d.document_id, s.* FROM statements s JOIN documents d ON d.key = s.document_key "
                f'{where} {order}, s.start, s."end", s.rule',
                values,
            ),
        )

    def files(self) -> dict[str, str | None]:
        """Document name -> the file it was read from."""
        return {row["document"]: row["file"] for row in self._read("SELECT DISTINCT document, file FROM documents")}

    def arms(self, names: Iterable[str] | None = None) -> list[Row]:
        """Arms of all documents (names: only of those), each with study, document and document_id."""
        where, values = _within(names)
        return self._read(
            "SELECT d.study, d.document, d.document_id, a.* FROM arms a JOIN documents d ON d.key = a.document_key "
            f'WHERE {where} ORDER BY d.study, d.document, d.document_id, a.start IS NULL, a.start, a."end", a.arm_id',
            values,
        )

    def checks(self, results: Iterable[str] | None = None, documents: Iterable[str] | None = None) -> list[Row]:
        """Checks of all findings, with study and document; only these results, of documents of these names."""
        where, values = _within(documents)
        if results is not None:
            where, values = (
                f"{where} AND c.result IN (SELECT value FROM json_each(?))",
                [*values, _json(sorted(results))],
            )
        return self._read(
            f"SELECT d.study, d.document, c.* FROM checks c JOIN documents d ON d.key = c.document_key WHERE {where} "
            "ORDER BY d.study, d.document, c.finding_id, c.name, c.expected, c.observed",
            values,
        )

    def links(self, documents: Iterable[str] | None = None) -> list[Row]:
        """Pairs of findings of one document that say one result: kind same | conflict."""
        where, values = _within(documents)
        return self._read(
            f"SELECT d.study, d.document, l.* FROM links l JOIN documents d ON d.key = l.document_key WHERE {where} "
            "ORDER BY d.study, d.document, l.finding_id, l.other_id, l.kind",
            values,
        )

    def statements(self, documents: Iterable[str] | None = None) -> list[Row]:
        """Results said without a number, in document order."""
        where, values = _within(documents)
        return self._read(
            "SELECT d.study, d.document, d.document_id, s.* FROM statements s "
            f"JOIN documents d ON d.key = s.document_key WHERE {where} "
            'ORDER BY d.study, d.document, s.start, s."end", s.rule',
            values,
        )

    def ledger(self, document: str) -> list[Row]:
        """Every number of a document and its fate, in text order, with the words around it (`context`).

        document: a name, stem or id. Raises QuestionError.
        """
        known = self._read("SELECT DISTINCT document, document_id FROM documents")
        names = {d["document"] for d in known if document in (d["document"], d["document_id"])} or {
            d["document"] for d in known if document in (Path(d["document"]).stem, Path(d["document"]).name)
        }
        if len(names) > 1:
            raise QuestionError(f"{document!r} is the name of several documents: {', '.join(sorted(names))}")
        if not names:
            raise QuestionError(_unknown("document", document, {d["document"] for d in known}))
        name = names.pop()
        texts = self._read("SELECT key, text FROM documents WHERE document = ? ORDER BY document_id", (name,))
        found: list[Row] = []
        for one in texts:
            rows = self._read(
                'SELECT d.study, d.document, n.start, n."end", n.number, n.section, n.fate, n.reason FROM numbers n '
                "JOIN documents d ON d.key = n.document_key WHERE n.document_key = ? "
                'ORDER BY n.start, n."end", n.fate, n.reason',
                (one["key"],),
            )
            text = one["text"]
            for row in rows:
                row["context"] = " ".join(text[max(0, row["start"] - 40) : row["end"] + 40].split())
            found.extend(rows)
        return found


_MATCHING = (
    "key IN (SELECT rowid FROM findings_fts WHERE findings_fts MATCH ?) "
    "OR block_key IN (SELECT rowid FROM block_search WHERE block_search MATCH ?)"
)
"""Findings with words in them, or in the paragraph around them."""

_REVIEWED = (
    "(SELECT * FROM evidence WHERE finding_id IN (SELECT f.finding_id FROM attachments a JOIN findings f "
    "ON f.key = a.finding_key))"
)
"""Rows that someone has reviewed, as the public view shows them."""

_PLACE = ("study", "document", "start", "end", "finding_id", "document_id")
_ORDER = 'ORDER BY study, document, start, "end", finding_id, document_id'


# ---- small parts -----------------------------------------------------------------------------------------------


def _read_only(path: Path) -> sqlite3.Connection:
    """Open without the right to write; on a read-only disk, where WAL has no place for its index, as a still file."""
    uri = path.resolve().as_uri()
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and wal.stat().st_size:
            raise  # rows wait in the log: a still file would not show them
        return sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)
    return connection


_PRAGMAS = {"data_version", "table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list"}


def _authorize(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() == "load_extension" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS:
        return sqlite3.SQLITE_OK  # full-text search asks for data_version
    return sqlite3.SQLITE_DENY


def _with_block(
    rows: Iterable[Evidence], places: Sequence[tuple[int, int, int]]
) -> Iterator[tuple[Evidence, int | None]]:
    """Each row with the key of the block that it begins in; places: (start, end, key), sorted, not overlapping."""
    from bisect import bisect_right

    starts = [start for start, _, _ in places]
    for row in rows:
        at = bisect_right(starts, row.start) - 1
        yield row, places[at][2] if at >= 0 and row.start < places[at][1] else None


def _numbers_of(row: Mapping[str, Any]) -> str:
    """The numbers of a proposal, as canonical JSON: what a review re-attaches by."""
    return _json({c: row[c] for c in _NUMBERS if row[c] is not None})


def _around(text: str, start: int, end: int, width: int = 60) -> tuple[str, str]:
    return text[max(0, start - width) : start], text[end : end + width]


def _attachment(review: Row, rows: Sequence[Row], text: str) -> tuple[Row | None, str]:
    """The finding that a review speaks of, among those of its document, and how it was known.

    The finding id where it still exists; else the one row with the review's quotation, numbers and outcome (or the
    outcome that the reviewer put right). Where several rows have them, the details decide one after another; a
    review that still fits several is left unattached rather than guessed.
    """
    for row in rows:
        if row["finding_id"] == review["finding_id"]:
            return row, "finding_id"
    corrected = json.loads(review["corrections"] or "{}")
    outcomes = {review["outcome"], corrected.get("outcome", review["outcome"])}
    left = [
        row
        for row in rows
        if row["quote"] == review["quote"]
        and _numbers_of(row) == review["numbers"]
        and row["outcome"] in outcomes
        and row["statistic"] in (review["statistic"], corrected.get("statistic"))
    ]
    for narrower in (
        lambda row: row["arm"] in (review["arm"], corrected.get("arm", review["arm"])),
        lambda row: row["timepoint"] == review["timepoint"],
        lambda row: row["section"] == review["section"],
        lambda row: _around(text, row["start"], row["end"]) == (review["before"], review["after"]),
        lambda row: text[max(0, row["start"] - 20) : row["start"]] == review["before"][-20:],
    ):
        if len(left) == 1:
            break
        left = [row for row in left if narrower(row)] or left
    return (left[0], "quote") if len(left) == 1 else (None, "")


def _fold(name: object) -> str:
    return " ".join(re.split(r"[\s_\-‐‑‒–]+", str(name).casefold())).strip()


def _in_order(row: Row) -> tuple[str, str]:
    return row["study"], row["document"]


def _within(documents: Iterable[str] | None) -> tuple[str, list[object]]:
    """A condition that holds for rows of documents of these names (None: any), and its values."""
    if documents is None:
        return "1", []
    return "d.document IN (SELECT value FROM json_each(?))", [_json(sorted(set(documents)))]


def _listed(given: str | Iterable[str] | None) -> list[str]:
    if given is None:
        return []
    return [given] if isinstance(given, str) else list(given)


def _placed(index: int, hit: set[str], count: int) -> tuple[set[str], ...]:
    return tuple(hit if i == index else set() for i in range(count))


def _match(text: str) -> str:
    """A search as a person types it -> an FTS5 query: all the words, none of them an operator."""
    words = re.findall(r'"([^"]*)"|(\S+)', text)
    return " AND ".join(f'"{clean}"' for pair in words if (clean := (pair[0] or pair[1]).replace('"', " ").strip()))


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    from rapidfuzz import fuzz, process

    names = sorted(set(known))
    if not names:
        return f"no {kind} {name!r}: the database holds none yet"
    # A name that is part of many words ("n", "AE") is near to none of them.
    long = [known for known in names if 2 * len(known) >= len(name)]
    near = process.extract(name, long, scorer=fuzz.WRatio, processor=_fold, limit=4, score_cutoff=50)
    offered = ", ".join(repr(n) for n, _, _ in near) or ", ".join(repr(n) for n in names[:6])
    return f"no {kind} {name!r}; nearest: {offered}"


def _file(file: str | Path | None) -> str | None:
    return None if file is None else str(file)


def _json(value: object) -> str:
    if isinstance(value, Mapping):
        value = {k: value[k] for k in sorted(value)}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


__all__ = ["CORRECTABLE", "EVIDENCE_COLUMNS", "STATUSES", "Row", "Store"]
