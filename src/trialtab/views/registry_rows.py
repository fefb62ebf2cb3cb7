"""The table of a trial's registry record against its reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from trialtab import compare
from trialtab.views.base import SHORT_ID, Cell, Row, Table, place, plain

MARKS = {compare.AGREES: "=", compare.DIFFERS: "≠", compare.REGISTRY_ONLY: "", compare.REPORT_ONLY: ""}


def registry_rows(found: Sequence[compare.Confronted], *, one_sided: bool = False, for_machines: bool = False) -> Table:
    """A line a result: what the registry says, what the report says, and whether they agree; discrepancies first.

    one_sided: also results that only one of them tells. The cells of each side lead to the findings of that side.
    """
    counted = Counter(one.verdict for one in found)
    shown = found if one_sided else compare.only_both(found)
    rows: list[tuple[Cell, ...]] = []
    groups: list[int] = []
    last = None
    for one in shown:
        first = (one.study, one.nct) != last
        last = (one.study, one.nct)
        groups[len(groups) if first else -1 :] = [1] if first else [groups[-1] + 1]
        rows.append(_line(one, first or for_machines, for_machines))
    both = counted[compare.AGREES] + counted[compare.DIFFERS]
    title = f"{both} results in registry and report: {counted[compare.AGREES]} agree, {counted[compare.DIFFERS]} differ"
    left = (
        f"{counted[compare.REGISTRY_ONLY]} only in the registry and {counted[compare.REPORT_ONLY]} only in the reports"
    )
    notes = (left + ("" if one_sided else ": --all shows them"),)
    columns = _COLUMNS if for_machines else ("study", "outcome", "arm", "registry", "report", "verdict", "note")
    return Table(columns, tuple(rows), title, notes, (), tuple(groups))


_COLUMNS = (
    "study", "trial_number", "outcome", "arm", "comparator", "timepoint", "registry", "report", "verdict", "differs_in",
    "note", "registry_quote", "report_quote", "report_document", "report_place", "registry_finding", "report_finding",
    "same_findings",
)  # fmt: skip


def _line(one: compare.Confronted, first: bool, for_machines: bool) -> tuple[Cell, ...]:
    posted, told = one.registry, one.report
    main = posted or told
    assert main is not None
    mine = (posted["finding_id"],) if posted else ()
    its = tuple(row["finding_id"] for row in (told, *one.same) if row is not None)
    both = mine + its
    outcome = compare.outcome_name(main["outcome_id"], main["outcome"])
    texts = (compare.cell_text(posted) if posted else None, compare.cell_text(told) if told else None)
    arm = main["arm"] or "overall"
    if not for_machines:
        effect = main["comparator"] and main["statistic"] in compare.EFFECTS
        study = f"{one.study}\n({one.nct})" if one.nct else one.study
        differs = f" in {', '.join(one.differs)}" if one.differs else ""
        note = "; ".join(one.notes) if one.verdict == compare.DIFFERS else ""
        return (
            plain(study if first else None, both), plain(outcome, both),
            plain(f"{arm} v {main['comparator']}" if effect else arm, both), plain(_with_id(texts[0], posted), mine),
            plain(_with_id(texts[1], told), its), plain(f"{MARKS[one.verdict]} {one.verdict}{differs}".strip(), both),
            plain(note or None, both),
        )  # fmt: skip
    same = " ".join(row["finding_id"] for row in one.same)
    return (
        plain(one.study, both), plain(one.nct or None, both), plain(outcome, both), plain(arm, both),
        plain(main["comparator"], both), plain(main["timepoint"], both), plain(texts[0], mine), plain(texts[1], its),
        plain(one.verdict.casefold(), both), plain(" ".join(one.differs) or None, both),
        plain("; ".join(one.notes) or None, both), plain(_quote(posted), mine), plain(_quote(told), its),
        plain(told["document"] if told else None, its), plain(place(told) if told else None, its),
        plain(posted["finding_id"] if posted else None, mine), plain(told["finding_id"] if told else None, its),
        plain(same or None, its),
    )  # fmt: skip


def _with_id(text: str | None, row: Row | None) -> str | None:
    return f"{text} [{row['finding_id'][:SHORT_ID]}]" if text and row is not None else None


def _quote(row: Row | None) -> str | None:
    return None if row is None else " ".join(row["quote"].split())
