"""The tables a systematic review prints, made of a database: what the commands `table` and the pages call.

Each function takes an open store and a selection and gives a view; export/ writes it. A table for people has the
numbers of a result in one cell and footnotes; one for machines has a column for every number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from trialtab import compare, views
from trialtab.compare import Row
from trialtab.errors import QuestionError
from trialtab.selection import ONLY_FIRST, READ, Chosen, Selection, choose
from trialtab.store import Store
from trialtab.views import Table


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
    chosen = choose(store, selection, outcomes=selection.outcomes)
    found = compare.listing(chosen.rows, chosen.arms, chosen.documents, selection.outcomes, selection.sides)
    return _finished(views.one_outcome(found, for_machines=for_machines), chosen)


def grid(store: Store, selection: Selection, *, columns: int = 8, for_people: bool = False) -> Table:
    """Studies by outcomes, a cell each; columns: how many outcomes, where none are named."""
    chosen = choose(store, selection, outcomes=selection.outcomes)
    found = compare.outcomes_table(
        chosen.rows, chosen.arms, chosen.documents, outcomes=selection.outcomes, columns=columns
    )
    return _finished(views.outcomes_at_a_glance(found) if for_people else views.outcomes(found), chosen)


def adverse_events(
    store: Store, selection: Selection, *, terms: int | None = None, for_machines: bool = False
) -> Table:
    """Adverse events by study arm: any grade, grade 3 or more, serious; terms: how many (None: all)."""
    chosen = choose(store, selection, outcomes=selection.outcomes, outcome_class=("adverse_event",))
    rows = _of_outcomes(chosen.rows, selection)
    found = compare.adverse_events(rows, chosen.arms, chosen.documents, selection.sides)
    return _finished(views.adverse_events(found, for_machines=for_machines, terms=terms), chosen)


def effects(
    store: Store, selection: Selection, *, measures: Sequence[str] = (), for_machines: bool = False
) -> Table:  # fmt: skip
    """Printed hazard, odds, risk and rate ratios and differences, each with its comparison and interval."""
    told = [name for name in store.statistics() if name in compare.EFFECTS]
    chosen = choose(store, selection, outcomes=selection.outcomes, statistic=told)
    found = compare.effects(chosen.rows, chosen.documents, outcomes=selection.outcomes, measures=measures)
    return _finished(views.effects(found, for_machines=for_machines), chosen)


def checks(
    store: Store, selection: Selection, *, results: Sequence[str] = ("fail",), for_machines: bool = False
) -> Table:
    """What did not add up; results: fail, pass, not_checkable."""
    chosen = choose(store, selection, outcomes=selection.outcomes, check=results, finding_id=())
    found = store.checks(results, chosen.names)
    chosen = _with_rows(store, chosen, {check["finding_id"] for check in found})
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
    chosen = choose(store, selection, outcomes=selection.outcomes, finding_id=())
    links = store.links(chosen.names)
    chosen = _with_rows(store, chosen, {link[name] for link in links for name in ("finding_id", "other_id")})
    rows = _of_outcomes(chosen.rows, selection)
    return _finished(views.agreement(links, rows, for_machines=for_machines), chosen)


def summary(store: Store, selection: Selection, *, for_machines: bool = False) -> Table:
    """A summary of findings of one comparison: the sides that a selection names, or its studies, all of them."""
    every = replace(selection, first=0)
    chosen = choose(store, every, outcomes=selection.outcomes, sides=selection.sides[:1])
    found = compare.summary_of_findings(
        chosen.rows, chosen.arms, chosen.documents, outcomes=selection.outcomes, asked=selection.sides
    )
    return _finished(views.summary_of_findings(found, selection.sides, for_machines=for_machines), chosen)


def patients(store: Store, selection: Selection, *, for_machines: bool = False) -> Table:
    """Individual patients, where reports tabulate them; for machines the same table."""
    chosen = choose(store, selection, with_population=True)
    return _finished(views.patients(compare.patients(chosen.rows, chosen.documents)), chosen)


def directions(store: Store, selection: Selection, *, columns: int = 8, for_machines: bool = False) -> Table:
    """The direction of effects, study by outcome; columns: how many outcomes, where none are named."""
    found, chosen = _directions(store, selection, columns)
    return _finished(views.directions(found, for_machines=for_machines), chosen)


def _directions(store: Store, selection: Selection, columns: int) -> tuple[compare.DirectionTable, Chosen]:
    chosen = choose(store, selection)
    said = store.statements(chosen.names)
    wanted = [key for name in selection.outcomes for key in sorted(compare.outcome_keys(chosen.rows, [name]))]
    found = compare.directions(
        chosen.rows, said, chosen.arms, chosen.documents, outcomes=wanted, columns=columns
    )  # fmt: skip
    return found, chosen


def studies(store: Store, *, for_machines: bool = False) -> Table:
    """The studies of a database with their documents, and why several documents are one study."""
    return views.studies(compare.study_groups(store.documents()), for_machines=for_machines)


def references(store: Store) -> list[Row]:
    """The documents of a database, each under the study that it speaks for, as every table names it."""
    documents = list[Row](store.documents())
    named = compare.one_study(documents)
    return [{**document, "study": named[compare.key_of(document)]} for document in documents]


def judgements(store: Store, data: bytes, file: str) -> views.Judgements:
    """What people judged of the studies of a database, read from CSV; a study may be judged that a table leaves out."""
    documents = list[Row](store.studies())
    names = {*compare.one_study(documents).values(), *(document["study"] for document in documents)}
    return replace(views.read_judgements(data, file), known=frozenset(names))


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


def contrast(store: Store, left: str, right: str) -> tuple[compare.Comparison, Chosen]:
    """Two sides, outcome by outcome, and the rows that they were made of."""
    chosen = choose(store, Selection(sides=(left, right)))
    return compare.compare(chosen.rows, chosen.arms, chosen.documents, left, right), chosen


def contrasted(
    made: tuple[compare.Comparison, Chosen], *, one_sided: bool = False, for_machines: bool = False
) -> Table:
    """The table of two sides: for people a line an outcome (one_sided: also of what one side alone reports), for
    machines a line for what each study says."""
    found, chosen = made
    if for_machines:
        return _finished(views.comparison_entries(found), chosen)
    return _finished(views.comparison(found, one_sided=one_sided), chosen)


def synthesis(
    store: Store, outcome: str, wanted: compare.Wanted, selection: Selection, options: compare.Options | None = None
) -> tuple[compare.Synthesis, Chosen]:
    """A meta-analysis of one outcome over a selection's studies and sides, and the rows that it was made of."""
    every = replace(selection, first=0)
    sides = selection.sides if wanted.measure == "proportion" else selection.sides[:1]
    chosen = choose(store, every, outcomes=(outcome,), sides=sides)
    found = compare.synthesis(
        chosen.rows, chosen.arms, chosen.documents, outcome, wanted, selection.sides, options
    )  # fmt: skip
    return found, chosen


def pooled(found: compare.Synthesis, chosen: Chosen, *, for_machines: bool = False) -> Table:
    """The table of a meta-analysis."""
    return _finished(views.meta_analysis(found, for_machines=for_machines), chosen)


def years(chosen: Chosen) -> dict[str, int | None]:
    """The year of publication of each study, the earliest of its documents."""
    named = compare.one_study(chosen.documents)
    found: dict[str, int | None] = {}
    for document in sorted(chosen.documents, key=lambda one: one["year"] or 9999):
        found.setdefault(named[compare.key_of(document)], document["year"])
    return found


def forest(found: compare.Synthesis, form: str = "svg", *, title: str | None = None) -> bytes:
    """A forest plot of a meta-analysis. Raises QuestionError where matplotlib is not installed."""
    from trialtab.export.forest_plot import forest_plot

    return forest_plot(found, form, title=title)


def ranges(store: Store, selection: Selection, form: str = "svg", *, title: str | None = None) -> bytes:
    """A range plot of one outcome's medians and means. Raises QuestionError where there are none."""
    from trialtab.export.range_plot import range_plot

    chosen = choose(store, selection, outcomes=selection.outcomes[:1])
    found = compare.listing(chosen.rows, chosen.arms, chosen.documents, selection.outcomes[:1], selection.sides)
    return range_plot(found, form, title=title)


def events(
    store: Store, selection: Selection, form: str = "svg", *, terms: int = 20, title: str | None = None
) -> bytes:  # fmt: skip
    """A dot plot of adverse events by arm. Raises QuestionError where there are none, or too many arms."""
    from trialtab.export.event_plot import event_plot

    chosen = choose(store, selection, outcomes=selection.outcomes, outcome_class=("adverse_event",))
    rows = _of_outcomes(chosen.rows, selection)
    found = compare.adverse_events(rows, chosen.arms, chosen.documents, selection.sides)
    return event_plot(found, form, terms=terms, title=title)


def _with_rows(store: Store, chosen: Chosen, ids: Collection[str]) -> Chosen:
    return replace(chosen, rows=list[Row](store.select(finding_id=ids, document=chosen.names or None, columns=READ)))


def direction_plot(
    store: Store, selection: Selection, form: str = "svg", *, columns: int = 8,
    judgements: views.Judgements | None = None, title: str | None = None,
) -> bytes:  # fmt: skip
    """An effect-direction plot, study by outcome. Raises QuestionError where no study tells a direction."""
    from trialtab.export.direction_plot import direction_plot as drawn

    found, _ = _directions(store, selection, columns)
    return drawn(found, form, judgements=judgements, title=title)


def _of_outcomes(rows: list[Row], selection: Selection) -> list[Row]:
    """Rows of the outcomes that a selection names. Raises QuestionError for one that no row has."""
    if not selection.outcomes:
        return rows
    keys = compare.outcome_keys(rows, selection.outcomes)
    return [row for row in rows if compare.outcome_key(row) in keys]


def _finished(table: Table, chosen: Chosen) -> Table:
    noted = replace(table, notes=(*table.notes, chosen.note)) if chosen.note else table
    return views.with_references(noted, chosen.rows)


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
    "KINDS", "ONLY_FIRST", "READ", "Chosen", "Selection", "adverse_events", "agreement", "characteristics",
    "check_counts", "check_names", "check_report", "checks", "choose", "contrast", "contrasted", "directions",
    "effects", "events", "forest", "grid", "judgements", "outcomes", "patients", "pooled", "ranges", "references",
    "registry", "studies", "summary", "synthesis", "years",
]  # fmt: skip
