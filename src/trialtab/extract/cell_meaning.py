"""What the numbers of a cell mean: its shape, read by what the labels around it say.

Said in order of nearness: row label, leaf header, section, column path, caption, footnotes. Arithmetic comes before
words where it proves a count (|100 a/N - b| < 1), unless the nearest labels say mean and SD: "36.4 (32)".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trialtab.extract.cell_shapes import Figure, Shape
from trialtab.extract.table_labels import EFFECTS, SPREADS, Spec

PERCENT_SLACK = 1.0
"""A printed percent this near to 100 a/N is the share of a in N: one unit for rounding to whole percents."""

_PAIRS = {"ci": ("ci_low", "ci_high"), "iqr": ("q1", "q3"), "range": ("range_low", "range_high")}


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a cell. near: specs of its row label and leaf header; far: those of sections, the headers above,
    corner, caption and footnotes, the nearest first.

    n: size of the group by header or row, or None; plus: kind of a ± that the document announces (sd, se, ""); pair:
    kind of an interval it announces (iqr, range, ""); counts: its row counts people or events; measured: its row is a
    measurement whose unit is per cent.
    """

    near: tuple[Spec, ...] = ()
    far: tuple[Spec, ...] = ()
    n: int | None = None
    plus: str = ""
    pair: str = ""
    counts: bool = False
    measured: bool = False
    time: bool = False

    @property
    def all(self) -> tuple[Spec, ...]:
        return self.near + self.far


@dataclass(slots=True)
class Meaning:
    """A reading of a cell. fields: those of a Measure; figures: role -> number of the cell; rule: what decided."""

    statistic: str
    rule: str
    fields: dict[str, float] = field(default_factory=dict)
    figures: list[tuple[str, Figure]] = field(default_factory=list)
    derived: tuple[str, ...] = ()

    def put(self, name: str, figure: Figure | None) -> None:
        """Fills a field with a number of the cell; nothing where there is none."""
        if figure is not None:
            self.fields[name] = figure.value
            self.figures.append((name, figure))


def meaning(shape: Shape, said: Said) -> Meaning | str:
    """The meaning of a cell that holds a value, or the reason why it has none. Raises nothing."""
    main = shape.main
    if shape.kind != "value" or main is None:
        return "no number that stands for itself"
    effect = next((spec for spec in said.all if spec.lead in EFFECTS), None)
    if effect is not None and (effect in said.near or effect in said.far[:2]):
        return _effect(shape, main, effect)
    if shape.denominator is not None:
        return _fraction(shape, main, said.n)
    if shape.second is not None and shape.pm is None:
        return _bracketed(shape, main, shape.second, said)
    if shape.pm is not None:
        return _plus_minus(shape, main, said)
    if shape.low is not None:
        return _with_interval(shape, main, said)
    return _alone(shape, main, said)


def _effect(shape: Shape, main: Figure, spec: Spec) -> Meaning:
    found = Meaning(spec.lead, "table.effect")
    found.put("value", main)
    if shape.low is not None:
        found.put("ci_low", shape.low)
        found.put("ci_high", shape.high)
    elif shape.pm is not None:
        found.put(spec.spread if spec.spread in ("sd", "se") else "plus_minus", shape.pm)
    elif shape.second is not None and spec.spread in ("sd", "se"):
        found.put(spec.spread, shape.second)
    return found


def _fraction(shape: Shape, main: Figure, n: int | None) -> Meaning | str:
    """ "12/78 (15)"; with 50 in the group "5/45" counts those with and those without, and 45 is no denominator."""
    below = shape.denominator
    assert below is not None
    if n is not None and main.whole and below.whole and main.value + below.value == n and shape.second is None:
        found = Meaning("count", "table.with_and_without")
        found.put("value", main)
        found.put("events", main)
        return found
    events, percent = main, shape.second
    if shape.second is not None and not shape.second.percent and (main.percent or not main.whole):
        events, percent = shape.second, main
    if not events.whole or events.value < 0 or not below.whole or events.value > below.value or below.value == 0:
        return "two numbers parted by a slash that are no share"
    found = Meaning("proportion", "table.fraction")
    found.put("events", events)
    found.put("total", below)
    if percent is not None:
        found.put("percent", percent)
    if shape.low is not None:
        found.put("ci_low", shape.low)
        found.put("ci_high", shape.high)
    return found


def is_share(count: Figure, percent: Figure, n: int) -> bool:
    """Whether `percent` is the share of `count` in n, printed rounded."""
    return (
        n > 0 and count.whole and 0 <= count.value <= n and abs(100 * count.value / n - percent.value) < PERCENT_SLACK
    )


def _bracketed(shape: Shape, main: Figure, second: Figure, said: Said) -> Meaning:
    """ "a (b)": count and percent, mean and SD, median and width, or a value with something beside it."""
    if shape.word in ("sd", "se"):
        return _mean(main, shape.word, second, shape, "table.mean_spread")
    if second.percent and not main.percent:
        return _count(main, second, shape) if main.whole and main.value >= 0 else _lone_mean(main, said, shape.n)
    means = next((s for s in said.near if s.lead in ("mean", "median")), None)
    if main.percent and not second.percent:
        if means is not None or not second.whole or second.value < 0:
            return _mean(main, _spread(said, "sd"), second, shape, "table.mean_spread")
        return _count(second, main, shape)
    if second.value < 0 or shape.relation:
        return _lone_mean(main, said, shape.n)
    may_count = main.whole and main.value >= 0 and second.value <= 100.5
    if may_count and means is None and said.n is not None and is_share(main, second, said.n):
        return _count(main, second, shape)
    for spec in said.all:
        if spec.lead == "n" and may_count and (said.n is None or main.value <= said.n or not second.whole):
            return _count(main, second, shape)
        if spec.lead == "percent":
            if spec.spread == "n" and second.whole:
                return _count(second, main, shape)
            if may_count and not said.measured and (said.n is None or main.value <= said.n):
                return _count(main, second, shape)
            if said.counts and second.whole and main.value <= 100 and not main.whole:
                return _count(second, main, shape)
            continue
        if spec.lead in ("mean", "") or spec.lead in ("sd", "se"):
            kind = spec.spread or (spec.lead if spec.lead in ("sd", "se") else "")
            if kind in ("ci", "iqr", "range"):
                continue
            if not kind:
                kind = _spread(said, "")
            if may_count and not kind and said.counts:
                break
            return _mean(main, kind or "plus_minus", second, shape, "table.mean_spread")
        if spec.lead in ("sd", "se"):
            return _mean(main, spec.lead, second, shape, "table.mean_spread")
        if spec.lead == "median":
            found = Meaning("median", "table.median")
            found.put("value", main)
            if spec.spread == "iqr":
                found.put("iqr_width", second)
            elif spec.spread in ("sd", "se"):
                found.put(spec.spread, second)
            return found
    if may_count and said.counts and second.value <= 100:
        return _count(main, second, shape)
    found = _mean(main, "plus_minus", second, shape, "table.mean_unsaid")
    found.derived = ("statistic",)
    return found


def _count(events: Figure, percent: Figure, shape: Shape) -> Meaning:
    found = Meaning("proportion", "table.count_percent")
    found.put("events", events)
    found.put("percent", percent)
    if shape.n is not None:
        found.put("total", shape.n)
    if shape.low is not None:
        found.put("ci_low", shape.low)
        found.put("ci_high", shape.high)
    return found


def _spread(said: Said, default: str) -> str:
    """sd or se, as the nearest label that names one of them says; else `default`."""
    for spec in said.all:
        for kind in (spec.spread, spec.lead):
            if kind in ("sd", "se"):
                return kind
    return default


def _mean(main: Figure, kind: str, spread: Figure, shape: Shape, rule: str) -> Meaning:
    found = Meaning("mean", rule)
    found.put("value", main)
    found.put(kind if kind in ("sd", "se") else "plus_minus", spread)
    if shape.n is not None:
        found.put("total", shape.n)
    if shape.low is not None:
        if shape.interval == "range":
            found.put("range_low", shape.low)
            found.put("range_high", shape.high)
        else:
            found.put("ci_low", shape.low)
            found.put("ci_high", shape.high)
    return found


def _lone_mean(main: Figure, said: Said, n: Figure | None) -> Meaning:
    """The main number of a cell whose other number is something else (a change, a rank)."""
    lead = next((s.lead for s in said.all if s.lead in ("mean", "median")), "")
    found = Meaning(lead or "mean", "table.value_beside", derived=() if lead else ("statistic",))
    found.put("value", main)
    if n is not None:
        found.put("total", n)
    return found


def _plus_minus(shape: Shape, main: Figure, said: Said) -> Meaning:
    assert shape.pm is not None
    kind = _spread(said, said.plus)
    lead = next((s.lead for s in said.all if s.lead in ("mean", "median")), "mean")
    found = _mean(main, kind or "plus_minus", shape.pm, shape, "table.mean_plus_minus")
    if lead == "median" and not any(s.lead == "mean" for s in said.all):
        found.statistic = "median"
    return found


def _with_interval(shape: Shape, main: Figure, said: Said) -> Meaning:
    """ "a (b to c)": the interval's own word, else the nearest label that tells its kind."""
    kind = shape.interval or next((k for spec in said.all for k in (spec.spread, spec.lead) if k in _PAIRS), "")
    leads = [spec.lead for spec in said.all if spec.lead in ("mean", "median", "rate")]
    shares = [spec.lead for spec in said.all if spec.lead == "percent" or (spec.lead == "n" and main.whole)]
    lead = next(iter(leads or shares), "")
    derived: tuple[str, ...] = ()
    if not lead:
        lead = "median" if kind == "iqr" else "percent" if main.percent else "mean"
        derived = () if kind == "iqr" or main.percent else ("statistic",)
    if not kind:
        kind = (said.pair or "iqr") if lead == "median" else "ci"
    low, high = _PAIRS[kind]
    if lead in ("percent", "n") and not said.measured:
        found = Meaning("proportion" if lead == "percent" else "count", "table.value_interval", derived=derived)
        found.put("percent" if lead == "percent" else "events", main)
    else:
        found = Meaning("mean" if lead in ("percent", "n") else lead, "table.value_interval", derived=derived)
        found.put("value", main)
    found.put(low, shape.low)
    found.put(high, shape.high)
    if shape.n is not None:
        found.put("total", shape.n)
    if shape.level is not None and kind == "ci":
        found.fields["ci_level"] = shape.level
    return found


def _alone(shape: Shape, main: Figure, said: Said) -> Meaning:
    """One number: what the nearest label says; else a count where its row counts, else a mean that nobody named."""
    for spec in said.all:
        if spec.lead in ("mean", "median", "rate"):
            found = Meaning(spec.lead, "table.value")
            found.put("value", main)
            if shape.n is not None:
                found.put("total", shape.n)
            return found
        if spec.lead in ("percent", "n"):
            as_percent = main.percent or (spec.lead == "percent" and not spec.spread) or not main.whole
            if spec.lead == "percent" and (said.measured or not 0 <= main.value <= 100):
                continue
            if main.value < 0 or (as_percent and main.value > 100):
                continue
            return _share_or_count(main, as_percent, shape)
    if main.percent and not said.measured and 0 <= main.value <= 100:
        return _share_or_count(main, True, shape)
    if said.counts and main.whole and main.value >= 0:
        return _share_or_count(main, False, shape)
    found = Meaning("mean", "table.value_unsaid", derived=("statistic",))
    if said.time:
        found.statistic = "median" if any(s.lead == "ci" for s in said.all) else "mean"
    found.put("value", main)
    if shape.n is not None:
        found.put("total", shape.n)
    return found


def _share_or_count(main: Figure, as_percent: bool, shape: Shape) -> Meaning:
    found = Meaning("proportion" if as_percent else "count", "table.percent" if as_percent else "table.count")
    found.put("percent" if as_percent else "events", main)
    if shape.n is not None:
        found.put("total", shape.n)
    return found


def add_spread(found: Meaning, shape: Shape, kinds: Sequence[str]) -> list[tuple[str, Figure]]:
    """Adds the spread that stands in a cell of its own (next column or next row) to a value's meaning.

    kinds: what labels say of that cell, the nearest first. Returns the numbers that were taken, with their roles.
    """
    taken: list[tuple[str, Figure]] = []
    kind = shape.interval or shape.word or next((k for k in kinds if k in SPREADS), "")
    if shape.low is not None and shape.high is not None:
        if kind not in _PAIRS:
            kind = "iqr" if found.statistic == "median" else "ci"
        names = _PAIRS[kind]
        if names[0] not in found.fields:
            taken = [(names[0], shape.low), (names[1], shape.high)]
    else:
        single = shape.pm or shape.second or (shape.main if shape.second is None else None)
        if single is None:
            return []
        counted = found.statistic in ("count", "proportion") and "percent" not in found.fields
        if counted and (single.percent or "percent" in kinds):
            name = "percent"
        elif kind in ("sd", "se"):
            name = kind
        elif kind == "iqr":
            name = "iqr_width"
        elif counted and 0 <= single.value <= 100:
            name = "percent"
        elif found.statistic in ("mean", *EFFECTS):
            name = "plus_minus"
        else:
            return []
        if name not in found.fields:
            taken = [(name, single)]
    for name, figure in taken:
        found.fields[name] = figure.value
        if name == "percent" and found.statistic == "count":
            found.statistic = "proportion"
    return taken


__all__ = ["Meaning", "Said", "add_spread", "is_share", "meaning"]
