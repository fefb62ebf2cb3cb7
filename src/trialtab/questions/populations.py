"""Analysis sets told in order: "83.5% (71/85) and 87.7% (71/81) in the ITT and PP analyses, respectively"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from trialtab.questions.passages import KEPT, Index, Row
from trialtab.questions.words import analysis_sets, sets_in_order


@lru_cache(maxsize=KEPT)
def in_order(index: Index) -> Mapping[str, str]:
    """Finding -> the analysis set that its sentence gives it by order.

    Only where a sentence names two sets and says "respectively", and gives each of its arms as many results.
    """
    said: dict[int, list[str]] = {}
    for at, passage in enumerate(index.passages):
        if passage.kind == "sentence" and "respectively" in passage.text:
            named = sets_in_order(passage.text)
            if len(named) > 1 and len(set(named)) == len(named):
                said[at] = named
    found: dict[str, str] = {}
    if not said:
        return found
    results: dict[tuple[int, str | None], list[Row]] = defaultdict(list)
    for row in index.rows_by_start:
        if row["source"] != "table" and not row["population"] and (row["events"] is not None or row["percent"]):
            at = index.passage_at(row["start"])
            if at in said:
                results[at, row["arm"]].append(row)
    for (at, _), rows in results.items():
        if len(rows) == len(said[at]):
            found.update((row["finding_id"], named) for row, named in zip(rows, said[at], strict=True))
    return found


def of_row(index: Index, row: Row) -> str | None:
    """The population of a row, printed with it or told by its sentence in order."""
    return row["population"] or in_order(index).get(row["finding_id"])


def sets_of(index: Index, row: Row, said: str) -> frozenset[str]:
    """The analysis sets of a row: those that its labels name, or that its sentence gives it."""
    named = in_order(index).get(row["finding_id"])
    return frozenset({named}) if named else analysis_sets(said)


__all__ = ["in_order", "of_row", "sets_of"]
