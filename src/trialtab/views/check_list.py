"""What did not add up, and what one document says twice: the tables of checks and of agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from trialtab import compare
from trialtab.views.base import SHORT_ID, Cell, Row, Table, Value, place, plain, without_empty_columns


def checks(found: Iterable[Row], rows: Sequence[Row], *, for_machines: bool = False) -> Table:
    """Checks, as the store gives them, with the row that each is about; those of rows not given are left out."""
    by_id = _by_id(rows)
    lines: list[tuple[Cell, ...]] = []
    for check in found:
        row = by_id.get((check["document"], check["finding_id"]))
        if row is None:
            continue
        ids = (check["finding_id"],)
        outcome = compare.outcome_name(row["outcome_id"], row["outcome"])
        values: tuple[Value, ...] = (
            check["study"], outcome, compare.cell_text(row), check["name"].replace("_", " "),
            check["result"].replace("_", " "), check["expected"] or None, check["observed"] or None,
            check["tolerance"] or None, check["note"] or None, " ".join(row["quote"].split()), place(row),
            check["finding_id"] if for_machines else check["finding_id"][:SHORT_ID],
        )  # fmt: skip
        lines.append(tuple(plain(value, ids) for value in values))
    columns = ("study", "outcome", "result", "check", "verdict", "expected", "printed", "tolerance", "note", "quote",
               "place", "finding_id" if for_machines else "finding")  # fmt: skip
    made = Table(columns, tuple(lines), "What did not add up")
    return made if for_machines else without_empty_columns(made)


VERDICTS = {"fail": "inconsistent", "pass": "consistent", "not_checkable": "cannot tell"}
"""What the three results of a check are called, as in re-analyses of printed statistics."""


def check_report(found: Iterable[Row], rows: Sequence[Row], *, for_machines: bool = False) -> Table:
    """Checks document by document: what is printed, what it was held against, and both places with their quotations.

    found: as the store gives them; those of rows not given are left out.
    """
    by_id = _by_id(rows)
    lines: list[tuple[Cell, ...]] = []
    for check in found:
        row = by_id.get((check["document"], check["finding_id"]))
        if row is None:
            continue
        other = by_id.get((check["document"], check["other_id"]))
        ids = (check["finding_id"],)
        others = (check["other_id"],) if other else ()
        values: tuple[tuple[Value, tuple[str, ...]], ...] = (
            (check["document"], ids),
            (check["name"].replace("_", " "), ids),
            (VERDICTS[check["result"]], ids),
            (compare.outcome_name(row["outcome_id"], row["outcome"]), ids),
            (row["arm"], ids),
            (check["observed"] or None, ids),
            (check["expected"] or None, ids),
            (check["tolerance"] or None, ids),
            (check["note"] or None, ids),
            (_one_line(row["quote"]), ids),
            (place(row), ids),
            (_one_line(other["quote"]) if other else None, others),
            (place(other) if other else None, others),
            (_id(check["finding_id"], for_machines), ids),
            (_id(check["other_id"], for_machines) if other else None, others),
        )
        lines.append(tuple(plain(value, ids) for value, ids in values))
    columns = ("document", "check", "verdict", "outcome", "arm", "printed", "recomputed", "tolerance", "note", "quote",
               "place", "other quote", "other place", "finding", "other finding")  # fmt: skip
    made = Table(columns, tuple(lines), "What did not add up")
    return made if for_machines else without_empty_columns(made)


def check_counts(found: Iterable[Row], names: Sequence[str]) -> Table:
    """How often each check found the printed figures consistent, inconsistent, or could not tell."""
    counts = Counter((check["name"], check["result"]) for check in found)
    lines = [(plain(name.replace("_", " ")), *(plain(counts[name, result]) for result in VERDICTS)) for name in names]
    return Table(("check", *VERDICTS.values()), tuple(lines), "Checks")


def _one_line(quote: str) -> str:
    return " ".join(quote.split())


def _id(finding_id: str, for_machines: bool) -> str:
    return finding_id if for_machines else finding_id[:SHORT_ID]


def agreement(links: Iterable[Row], rows: Sequence[Row], *, for_machines: bool = False) -> Table:
    """Results that one document says in two places: do they agree? links: as the store gives them."""
    by_id = _by_id(rows)
    lines: list[tuple[Cell, ...]] = []
    for link in links:
        pair = [by_id.get((link["document"], link[name])) for name in ("finding_id", "other_id")]
        one, other = pair
        if one is None or other is None:
            continue
        both = (link["finding_id"], link["other_id"])
        values: tuple[tuple[Value, tuple[str, ...]], ...] = (
            (link["study"], both),
            (compare.outcome_name(one["outcome_id"], one["outcome"]), both),
            ("agrees" if link["kind"] == "same" else "differs", both),
            (link["differs"] or None, both),
            (compare.cell_text(one), both[:1]),
            (place(one), both[:1]),
            (compare.cell_text(other), both[1:]),
            (place(other), both[1:]),
            (link["finding_id"] if for_machines else link["finding_id"][:SHORT_ID], both[:1]),
            (link["other_id"] if for_machines else link["other_id"][:SHORT_ID], both[1:]),
        )
        lines.append(tuple(plain(value, ids) for value, ids in values))
    columns = ("study", "outcome", "verdict", "differs in", "said", "where", "said again", "where again", "finding",
               "other finding")  # fmt: skip
    made = Table(columns, tuple(lines), "What one document says twice")
    return made if for_machines else without_empty_columns(made)


def _by_id(rows: Sequence[Row]) -> Mapping[tuple[str, str], Row]:
    return {(row["document"], row["finding_id"]): row for row in rows}
