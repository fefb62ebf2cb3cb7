"""What goes into a table: a selection, and the rows, arms and documents that a store gives for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from trialtab import compare
from trialtab.compare import Row
from trialtab.errors import QuestionError
from trialtab.store import EVIDENCE_COLUMNS, Store

ONLY_FIRST = "only the first"
"""How the note begins that tells of studies left out for want of room."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What goes into a table. studies: labels; outcomes: ids, names or phrases; sides: classes, interventions or
    studies whose arms are shown, in this order; all of them empty: everything. statuses: default all but rejected.
    first: of how many studies (of each side), by name, where more are selected; 0: all."""

    studies: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    first: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows, arms and documents of a selection's studies, as the store gives them; note: of studies left out."""

    rows: list[Row]
    arms: list[Row]
    documents: list[Row]
    note: str = ""

    @property
    def names(self) -> list[str]:
        """Names of the documents."""
        return [document["document"] for document in self.documents]


_Key = tuple[str, str]
"""Name and id of a document."""


def choose(
    store: Store, selection: Selection, *, outcomes: Sequence[str] = (), statistic: Collection[str] | None = None,
    outcome_class: Collection[str] | None = None, finding_id: Collection[str] | None = None,
    check: Collection[str] | None = None, sides: Sequence[str] | None = None, with_population: bool = False,
) -> Chosen:  # fmt: skip
    """Read what a selection needs, and no more.

    outcomes: no rows but theirs; statistic, outcome_class, finding_id: only rows that have one of these; check: only
    studies with a check of these results; sides: only studies with an arm of these (default the selection's); with
    population: only rows that name one. Raises QuestionError for a study, outcome or side that is not there, with the
    nearest names.
    """
    known = list[Row](store.studies())
    named = compare.one_study(known)
    own = _named(selection.studies, known, named) if selection.studies else set(named)
    wanted = {named[key] for key in own}
    meant = _known(store, outcomes)
    groups = [wanted]
    if of_sides := selection.sides if sides is None else sides:
        every = list[Row](store.arms())
        groups = [wanted & set(compare.resolve(name, every, known, named).studies) for name in of_sides]
    note = ""
    if selection.first and max(map(len, groups)) > selection.first:
        speaking = {
            named[key]
            for key in store.speaking_of(outcome=meant, statistic=statistic, outcome_class=outcome_class, check=check)
        }
        groups = [group & speaking for group in groups]
        found = set().union(*groups)
        groups = [set(sorted(group, key=lambda name: (name.casefold(), name))[: selection.first]) for group in groups]
        if left := len(found) - len(set().union(*groups)):
            note = f"{ONLY_FIRST} {len(found) - left} of {len(found)} studies; name some, or --first 0 for all"
    kept = set().union(*groups)
    own = {key for key in own if named[key] in kept}
    names = None if len(own) == len(named) else sorted({name for name, _ in own})
    documents, arms = (
        list[Row](one for one in those if compare.key_of(one) in own)
        for those in (store.documents(names=names), store.arms(names))
    )
    if not documents or (statistic is not None and not statistic):
        return Chosen([], arms, documents, note)
    rows = store.select(
        status=selection.statuses or None, outcome=meant or None, statistic=statistic, outcome_class=outcome_class,
        finding_id=finding_id, with_population=with_population, columns=READ,
        document=names,
    )  # fmt: skip
    return Chosen(list[Row](row for row in rows if compare.key_of(row) in own), arms, documents, note)


READ = tuple(
    name for name in EVIDENCE_COLUMNS
    if name not in ("ocr", "x0", "top", "x1", "bottom", "boxes", "path", "rule", "reviewer", "reviewed_at", "note")
)  # fmt: skip
"""The columns that tables are made of."""


def _named(studies: Sequence[str], documents: Sequence[Row], named: Mapping[_Key, str]) -> set[_Key]:
    """The documents that labels mean: those of a document, or of several that are one study."""
    of_label: dict[str, set[_Key]] = {}
    for document in documents:
        for label in (document["study"], named[compare.key_of(document)]):
            of_label.setdefault(label.casefold(), set()).add(compare.key_of(document))
    found: set[_Key] = set()
    for label in studies:
        folded = " ".join(label.split()).casefold()
        if folded not in of_label:
            near = compare.nearest_names(label, sorted({*named.values(), *(d["study"] for d in documents)}))
            hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise QuestionError(f"no study {label!r}{hint}")
        found |= of_label[folded]
    return found


def _known(store: Store, outcomes: Sequence[str]) -> list[str]:
    """Outcomes by names that the store knows: as asked where it knows them, else the keys that they mean."""
    known = []
    names: dict[str, str] = {}
    for asked in outcomes:
        try:
            store.speaking_of(outcome=[asked])
            known.append(asked)
        except QuestionError:
            if not names:
                for one, phrase in store.outcome_names():
                    row = {"outcome_id": one, "outcome": phrase}
                    if key := compare.outcome_key(row):
                        names.setdefault(key, compare.outcome_name(one, phrase))
            known.append(compare.asked_outcome(asked, names).removeprefix("'"))
    return known


__all__ = ["ONLY_FIRST", "READ", "Chosen", "Selection", "choose"]
