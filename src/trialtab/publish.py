"""The tables a systematic review prints, made of a database: what the commands `table` and the pages call.

Each function takes an open store and a selection and gives a view; export/ writes it. A table for people has the
numbers of a result in one cell and footnotes; one for machines has a column for every number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from trialtab import compare, views
from trialtab.compare import Row
from trialtab.errors import QuestionError
from trialtab.store import Store
from trialtab.views import Table


@dataclass(frozen=True, slots=True)
class Selection:
    """What goes into a table. studies: labels; outcomes: ids, names or phrases; sides: classes, interventions or
    studies whose arms are shown, in this order; all of them empty: everything. statuses: default all but rejected."""

    studies: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows, arms and documents of a selection's studies, as the store gives them."""

    rows: list[Row]
    arms: list[Row]
    documents: list[Row]


def choose(
    store: Store, selection: Selection, *, outcomes: Sequence[str] = (), statistic: Collection[str] | None = None,
    outcome_class: Collection[str] | None = None, finding_id: Collection[str] | None = None,
) -> Chosen:  # fmt: skip
    """Read what a selection needs; outcomes: no rows but theirs (all, where the store knows none of that name);
    statistic, outcome_class, finding_id: only rows that have one of these.

    Raises QuestionError for a study that is not there, with the nearest names.
    """
    arms, documents = list[Row](store.arms()), list[Row](store.documents())

    def read(names: Sequence[str]) -> list[Row]:
        if statistic is not None and not statistic:
            return []
        return list[Row](
            store.select(
                status=selection.statuses or None, outcome=names or None, statistic=statistic,
                outcome_class=outcome_class, finding_id=finding_id,
            )
        )  # fmt: skip

    try:
        rows = read(outcomes)
    except QuestionError:
        if not outcomes:
            raise
        rows = read(())
    if not selection.studies:
        return Chosen(rows, arms, documents)
    named = compare.one_study(documents)
    wanted = {" ".join(name.split()).casefold() for name in selection.studies}
    keys = set()
    met = set()
    for document in documents:
        key = (document["document"], document["document_id"])
        names = {document["study"].casefold(), named[key].casefold()}
        if names & wanted:
            keys.add(key)
            met |= names & wanted
    if missing := sorted(wanted - met):
        near = compare.nearest_names(missing[0], sorted({*named.values(), *(d["study"] for d in documents)}))
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise QuestionError(f"no study {missing[0]!r}{hint}")

    def of(found: list[Row]) -> list[Row]:
        return [row for row in found if (row["document"], row["document_id"]) in keys]

    return Chosen(of(rows), of(arms), of(documents))


_T = TypeVar("_T")


def _few_rows_first(
    store: Store, selection: Selection, make: Callable[[Chosen], _T], *, outcomes: Sequence[str]
) -> tuple[_T, Chosen]:
    """What is made of the rows of some outcomes; of all rows, where these do not answer: an outcome may be named by a
    synonym that the store does not know, and its reason for failing is to be told of the whole table."""
    chosen = choose(store, selection, outcomes=outcomes)
    try:
        return make(chosen), chosen
    except QuestionError:
        chosen = choose(store, selection)
        return make(chosen), chosen


def characteristics(store: Store, selection: Selection, *, for_machines: bool = False) -> Table:
    """What each study is: design, condition, arms, sizes, follow-up, registration, evidence level."""
    chosen = choose(store, selection)
    found = compare.characteristics(chosen.rows, chosen.arms, chosen.documents)
    if selection.sides:
        members = {
            (member.study, member.label.casefold())
            for name in selection.sides
            for member in compare.resolve(name, chosen.arms, chosen.documents).members
        }
        found = tuple(
            arm for arm in found if {(arm.study, arm.arm.casefold()), (arm.study, "")} & members
        )  # fmt: skip
    return _finished(views.characteristics(found, for_machines=for_machines), chosen)


def outcomes(store: Store, selection: Selection, *, for_machines: bool = False) -> Table:
    """One outcome (or some, below each other) over all study arms. Raises QuestionError where none is named."""
    if not selection.outcomes:
        raise QuestionError("name an outcome")
    found, chosen = _few_rows_first(
        store, selection, outcomes=selection.outcomes,
        make=lambda c: compare.listing(c.rows, c.arms, c.documents, selection.outcomes, selection.sides),
    )  # fmt: skip
    return _finished(views.one_outcome(found, for_machines=for_machines), chosen)


def grid(store: Store, selection: Selection, *, columns: int = 8, for_people: bool = False) -> Table:
    """Studies by outcomes, a cell each; columns: how many outcomes, where none are named."""
    chosen = choose(store, selection)
    found = compare.outcomes_table(
        chosen.rows, chosen.arms, chosen.documents, outcomes=selection.outcomes, columns=columns
    )
    return _finished(views.outcomes_at_a_glance(found) if for_people else views.outcomes(found), chosen)


def adverse_events(
    store: Store, selection: Selection, *, terms: int | None = None, for_machines: bool = False
) -> Table:
    """Adverse events by study arm: any grade, grade 3 or more, serious; terms: how many (None: all)."""
    chosen = choose(store, selection, outcome_class=("adverse_event",))
    rows = _of_outcomes(chosen.rows, selection)
    found = compare.adverse_events(rows, chosen.arms, chosen.documents, selection.sides)
    return _finished(views.adverse_events(found, for_machines=for_machines, terms=terms), chosen)


def effects(
    store: Store, selection: Selection, *, measures: Sequence[str] = (), for_machines: bool = False
) -> Table:  # fmt: skip
    """Printed hazard, odds, risk and rate ratios and differences, each with its comparison and interval."""
    chosen = choose(store, selection, statistic=[name for name in store.statistics() if name in compare.EFFECTS])
    found = compare.effects(chosen.rows, chosen.documents, outcomes=selection.outcomes, measures=measures)
    return _finished(views.effects(found, for_machines=for_machines), chosen)


def checks(
    store: Store, selection: Selection, *, results: Sequence[str] = ("fail",), for_machines: bool = False
) -> Table:
    """What did not add up; results: fail, pass, not_checkable."""
    found = [check for check in store.checks() if check["result"] in results]
    chosen = choose(store, selection, finding_id={check["finding_id"] for check in found})
    rows = _of_outcomes(chosen.rows, selection)
    return _finished(views.checks(found, rows, for_machines=for_machines), chosen)


def check_report(
    store: Store, selection: Selection, *, results: Sequence[str] = ("fail",), names: Sequence[str] = (),
    for_machines: bool = False,
) -> Table:  # fmt: skip
    """What did not add up, by document, with both places. results: fail, pass, not_checkable; names: of checks."""
    found = _checks(store, names, results)
    ids = {check[name] for check in found for name in ("finding_id", "other_id") if check[name]}
    chosen = choose(store, selection, finding_id=ids)
    return _finished(views.check_report(found, chosen.rows, for_machines=for_machines), chosen)


def check_counts(store: Store, selection: Selection, *, names: Sequence[str] = ()) -> Table:
    """How often each check found the printed figures consistent, inconsistent, or could not tell."""
    found = _checks(store, names, ())
    chosen = choose(store, selection, finding_id={check["finding_id"] for check in found})
    known = {(row["document"], row["finding_id"]) for row in chosen.rows}
    return views.check_counts(
        [check for check in found if (check["document"], check["finding_id"]) in known], names or check_names()
    )


def check_names() -> tuple[str, ...]:
    """Names of the checks, as the column `checks` has them."""
    from trialtab.checks import NAMES

    return NAMES


def _checks(store: Store, names: Sequence[str], results: Sequence[str]) -> list[Row]:
    return [
        check for check in store.checks()
        if (not names or check["name"] in names) and (not results or check["result"] in results)
    ]  # fmt: skip


def agreement(store: Store, selection: Selection, *, for_machines: bool = False) -> Table:
    """What one document says twice, and whether the two sayings agree."""
    links = store.links()
    chosen = choose(store, selection, finding_id={link[name] for link in links for name in ("finding_id", "other_id")})
    rows = _of_outcomes(chosen.rows, selection)
    return _finished(views.agreement(links, rows, for_machines=for_machines), chosen)


def summary(store: Store, selection: Selection, *, for_machines: bool = False) -> Table:
    """A summary of findings of one comparison: the sides that a selection names, or its studies."""
    chosen = choose(store, selection)
    found = compare.summary_of_findings(
        chosen.rows, chosen.arms, chosen.documents, outcomes=selection.outcomes, asked=selection.sides
    )
    return _finished(views.summary_of_findings(found, selection.sides, for_machines=for_machines), chosen)


def patients(store: Store, selection: Selection, *, for_machines: bool = False) -> Table:
    """Individual patients, where reports tabulate them; for machines the same table."""
    chosen = choose(store, selection)
    return _finished(views.patients(compare.patients(chosen.rows, chosen.documents)), chosen)


def directions(store: Store, selection: Selection, *, columns: int = 8, for_machines: bool = False) -> Table:
    """The direction of effects, study by outcome; columns: how many outcomes, where none are named."""
    chosen = choose(store, selection)
    keys = {(d["document"], d["document_id"]) for d in chosen.documents}
    said = [one for one in store.statements() if (one["document"], one["document_id"]) in keys]
    wanted = [key for name in selection.outcomes for key in sorted(compare.outcome_keys(chosen.rows, [name]))]
    found = compare.directions(
        chosen.rows, said, chosen.arms, chosen.documents, outcomes=wanted, columns=columns
    )  # fmt: skip
    return _finished(views.directions(found, for_machines=for_machines), chosen)


def studies(store: Store, *, for_machines: bool = False) -> Table:
    """The studies of a database with their documents, and why several documents are one study."""
    return views.studies(compare.study_groups(store.documents()), for_machines=for_machines)


def registry(
    store: Store, selection: Selection, *, only: str | None = None, one_sided: bool = False, for_machines: bool = False
) -> Table:
    """Registry records against the reports of their trials; only: a study or trial number; one_sided: also what only
    one of them tells. Raises QuestionError where no trial has both."""
    chosen = choose(store, selection)
    found = compare.confront(chosen.rows, chosen.arms, chosen.documents, only=only)
    if not found:
        of = f" of {only!r}" if only else ""
        raise QuestionError(f"no trial{of} with both a registry record and a report: extract both into one database")
    return _finished(views.registry_rows(found, one_sided=one_sided, for_machines=for_machines), chosen)


def synthesis(
    store: Store, outcome: str, wanted: compare.Wanted, selection: Selection, options: compare.Options | None = None
) -> tuple[compare.Synthesis, Chosen]:
    """A meta-analysis of one outcome over a selection's studies and sides, and the rows that it was made of."""
    return _few_rows_first(
        store, selection, outcomes=(outcome,),
        make=lambda c: compare.synthesis(c.rows, c.arms, c.documents, outcome, wanted, selection.sides, options),
    )  # fmt: skip


def pooled(found: compare.Synthesis, chosen: Chosen, *, for_machines: bool = False) -> Table:
    """The table of a meta-analysis."""
    return _finished(views.meta_analysis(found, for_machines=for_machines), chosen)


def forest(found: compare.Synthesis, form: str = "svg", *, title: str | None = None) -> bytes:
    """A forest plot of a meta-analysis. Raises QuestionError where matplotlib is not installed."""
    from trialtab.export.forest_plot import forest_plot

    return forest_plot(found, form, title=title)


def ranges(store: Store, selection: Selection, form: str = "svg", *, title: str | None = None) -> bytes:
    """A range plot of one outcome's medians and means. Raises QuestionError where there are none."""
    from trialtab.export.range_plot import range_plot

    found, _ = _few_rows_first(
        store, selection, outcomes=selection.outcomes,
        make=lambda c: compare.listing(c.rows, c.arms, c.documents, selection.outcomes[:1], selection.sides),
    )  # fmt: skip
    return range_plot(found, form, title=title)


def events(
    store: Store, selection: Selection, form: str = "svg", *, terms: int = 20, title: str | None = None
) -> bytes:  # fmt: skip
    """A dot plot of adverse events by arm. Raises QuestionError where there are none, or too many arms."""
    from trialtab.export.event_plot import event_plot

    chosen = choose(store, selection, outcome_class=("adverse_event",))
    rows = _of_outcomes(chosen.rows, selection)
    found = compare.adverse_events(rows, chosen.arms, chosen.documents, selection.sides)
    return event_plot(found, form, terms=terms, title=title)


def _of_outcomes(rows: list[Row], selection: Selection) -> list[Row]:
    """Rows of the outcomes that a selection names. Raises QuestionError for one that no row has."""
    if not selection.outcomes:
        return rows
    keys = compare.outcome_keys(rows, selection.outcomes)
    return [row for row in rows if compare.outcome_key(row) in keys]


def _finished(table: Table, chosen: Chosen) -> Table:
    return views.with_references(table, chosen.rows)


KINDS: Mapping[str, Callable[..., Table]] = {
    "characteristics": characteristics,
    "outcomes": outcomes,
    "adverse-events": adverse_events,
    "effects": effects,
    "checks": checks,
    "agreement": agreement,
    "summary": summary,
    "patients": patients,
    "directions": directions,
}
"""Kinds of tables by the name of their command."""

__all__ = [
    "KINDS", "Chosen", "Selection", "adverse_events", "agreement", "characteristics", "check_counts", "check_names",
    "check_report", "checks", "choose", "directions", "effects", "events", "forest", "grid", "outcomes", "patients",
    "pooled", "ranges", "registry", "studies", "summary",
    "synthesis",
]  # fmt: skip
