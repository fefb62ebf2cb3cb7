"""The columns and rows of a table, typed: what each path says of arm, time, statistic, size, population and name."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from trialtab.extract.arms import Entry
from trialtab.extract.table_kinds import is_size
from trialtab.extract.table_labels import SPREADS, Label, Spec, label

ArmOf = Callable[[str], "Named | None"]


@dataclass(frozen=True, slots=True)
class Named:
    """An arm as a table names it: its label for the rows, its entry in the inventory or None."""

    name: str
    entry: Entry | None


@dataclass(slots=True)
class Told:
    """What a path of labels tells. names: the labels that are neither arm nor anything typed, outermost first.

    near: specs of the innermost label; far: of those around it, the nearest first; n_at: index in the path of the
    label that gives n; against: the two sides of "A vs B"; arm_leaf: a letter that would else be a test statistic is
    the arm.
    """

    path: tuple[str, ...]
    labels: tuple[Label, ...]
    arm: Named | None = None
    names: list[str] = field(default_factory=list)
    time: str | None = None
    baseline: bool = False
    change: str = ""
    grade: str | None = None
    any_grade: bool = False
    serious: bool = False
    population: str | None = None
    whole: bool = False
    effect: str = ""
    p: bool = False
    n: int | None = None
    n_at: int = -1
    unit: str | None = None
    near: tuple[Spec, ...] = ()
    far: tuple[Spec, ...] = ()
    against: tuple[str, str] | None = None
    arm_leaf: bool = False


def told(path: Sequence[str], arm_of: ArmOf, plain: frozenset[str] = frozenset()) -> Told:
    """What a row path or column path tells, its labels read from the outermost to the innermost.

    plain: labels that are names and nothing typed, whatever they look like ("No" below "Yes").
    """
    labels = tuple(Label(text, text) if text in plain else label(text) for text in path)
    out = Told(tuple(path), labels)
    far: list[Spec] = []
    for k, one in enumerate(labels):
        last = k == len(labels) - 1
        if one.n is not None:
            out.n, out.n_at = one.n, k
        if last:
            out.near = one.specs
        else:
            far[:0] = one.specs
        out.against = one.against if one.against and (one.effect or one.p) else out.against
        out.effect = one.effect or out.effect
        out.p = out.p or one.p
        out.unit = one.unit or out.unit
        out.serious = out.serious or one.serious
        out.any_grade = out.any_grade or one.any_grade
        out.grade = one.grade or out.grade
        named = arm_of(path[k])
        if named is not None:
            out.arm = named
            if last and one.lead == "test":
                out.arm_leaf, out.near = True, ()
            if one.time and not one.baseline:
                out.time = one.time
            continue
        if one.change:
            out.change = one.change
        if one.time:
            out.time = one.time
            out.baseline = one.baseline
        elif one.baseline:
            out.baseline = True
        if one.whole:
            out.whole = True
        elif one.population:
            out.population = one.population
        elif one.name and not one.p:
            out.names.append(one.name)
    if out.change:
        out.baseline = False
    out.far = tuple(far)
    return out


@dataclass(slots=True)
class Column:
    """A column right of the stub. role: value | effect | p | spread | size | percent | skip.

    main: for a spread, size or percent column the number of the column whose values it belongs to.
    """

    number: int
    told: Told
    role: str
    main: int | None = None
    n: int | None = None


def columns(paths: Sequence[tuple[int, tuple[str, ...]]], arm_of: ArmOf) -> list[Column]:
    """The columns of a table in order, given the number and path of each."""
    out: list[Column] = []
    for number, path in paths:
        known = told(path, arm_of)
        out.append(Column(number, known, _role(known), n=known.n))
    _group(out)
    _sizes_by_name(out)
    return out


_VALID = re.compile(
    r"\W*(?:valid n|n valid|n (?:in )?analy(?:sis|[sz]ed)"
    r"|(?:n|no\.?|numbers?) (?:of )?obs(?:ervations?|erved)?\.?)\W*\Z",
    re.I,
)
"""A column that says how many were analysed, whatever stands over it."""


def _role(known: Told) -> str:
    leaf = known.labels[-1] if known.labels else None
    if leaf is None:
        return "value"
    if leaf.p or known.p:
        return "p"
    if leaf.lead == "test":
        return "skip" if not known.arm_leaf else "value"  # "B" is a coefficient, or the second of three arms
    bare = (not leaf.name and known.arm is None) or (not leaf.name and len(known.labels) > 1)
    if bare and leaf.lead in SPREADS and len(leaf.specs) <= 2:
        return "spread"
    if known.effect:
        return "effect"
    if bare and leaf.lead == "n" and not leaf.specs[0].spread and len(leaf.specs) == 1 and not leaf.time:
        return "size"  # or the events of a pair of columns: told by its neighbours
    if leaf.name and ((is_size(leaf.name) and known.arm is None) or _VALID.match(leaf.name)):
        return "size"
    if bare and leaf.lead == "percent" and leaf.specs[0].spread == "" and not leaf.change:
        return "percent"
    return "value"


_OF_N = re.compile(r"(?P<name>.*\S)[\s,(]+[nN][)\s]*\Z")


def _sizes_by_name(found: list[Column]) -> None:
    """ "Iron n | Iron mean (SD) | Placebo n | Placebo mean (SD)": a column of n is the size of the next of its name."""
    for k, column in enumerate(found):
        leaf = column.told.labels[-1] if column.told.labels else None
        named = _OF_N.match(leaf.printed) if leaf is not None and column.role == "value" and not leaf.specs else None
        if named is None:
            continue
        for mate in found[k + 1 : k + 3]:
            own = mate.told.labels[-1] if mate.told.labels and mate.told.path[:-1] == column.told.path[:-1] else None
            if own is not None and own.specs and own.name.lower() == named["name"].lower():
                column.role, mate.main = "size", column.number


def _group(found: list[Column]) -> None:
    """Ties columns that only hold a part of a value (SD, 95% CI, %, n) to the column that holds it."""
    for k, column in enumerate(found):
        upper = column.told.path[:-1]
        left = found[k - 1] if k else None
        if column.role == "size":
            # n before mean or median is a size; n beside % is the count itself
            mates = [c for c in found[k + 1 : k + 6] if c.told.path[:-1] == upper]
            values = [c for c in mates if c.role in ("value", "effect")]
            if mates and mates[0].role == "percent" and not values:
                column.role = "value"
                column.told.near = column.told.near or (Spec("n"),)
                mates[0].main = column.number
            elif values and upper:
                for mate in values:
                    mate.main = column.number
            elif values and _all_flat(found):
                for mate in values[:1] if _one_arm_each(found) else [c for c in found[k + 1 :] if c.role == "value"]:
                    mate.main = column.number
            elif not values:
                before = [c for c in found[max(0, k - 4) : k] if c.told.path[:-1] == upper and c.role == "value"]
                after = [c for c in found[k + 1 :] if c.role in ("value", "effect") and c.main is None]
                if before and upper:
                    for mate in before:
                        mate.main = column.number
                elif upper and after and is_size(upper[-1]):  # "Clusters > n" counts for the whole line
                    for mate in after:
                        mate.main = column.number
                elif column.told.labels and not column.told.labels[-1].name:
                    column.role = "value"
        elif column.role == "percent" and column.main is None:
            if (
                left is not None
                and left.role in ("value", "size")
                and left.told.path[:-1] == upper
                and left.told.labels[-1].lead in ("n", "")
            ):
                column.main = left.number
                if left.role == "size":
                    left.role = "value"
            else:
                column.role = "value"
        elif column.role == "spread":
            if left is not None and left.role == "skip":
                column.role = "skip"  # the interval of a coefficient
                continue
            mains = [c for c in found[max(0, k - 4) : k] if c.role in ("value", "effect")]
            same = [c for c in mains if c.told.path[:-1] == upper]
            if same:
                column.main = same[-1].number
            elif (mains and not upper) or (mains and mains[-1].told.path == upper):
                column.main = mains[-1].number
            else:
                column.role = "skip"
        elif (
            column.role == "value"
            and left is not None
            and left.role == "value"
            and left.told.path == column.told.path
            and column.told.path
        ):
            column.main, column.role = left.number, "twin"


def _all_flat(found: Sequence[Column]) -> bool:
    return all(len(c.told.path) <= 1 for c in found)


def _one_arm_each(found: Sequence[Column]) -> bool:
    return sum(c.told.arm is not None for c in found) > 1


__all__ = ["ArmOf", "Column", "Named", "Told", "columns", "told"]
