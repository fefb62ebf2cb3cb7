"""The results section of a registry record, printed as tables: each posted value with its types and its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trialtab.model import Posted, Span
from trialtab.readers import _raw_grid
from trialtab.readers._builder import Builder
from trialtab.readers._raw_grid import RawCell
from trialtab.readers._registry_json import inside, objects, spoken, words

Value = dict[str, Any]

_SHORT = (
    (re.compile(r"standard[ _]deviation", re.I), "SD"),
    (re.compile(r"standard[ _]error", re.I), "SE"),
    (re.compile(r"inter-?[ _]?quartile[ _]range", re.I), "IQR"),
    (re.compile(r"full[ _]range", re.I), "range"),
    (re.compile(r"(\d{1,2}(?:\.\d+)?) ?%[ _]confidence[ _]interval", re.I), r"\1% CI"),
    (re.compile(r"geometric[ _]coefficient[ _]of[ _]variation", re.I), "geometric CV"),
)
"""Kinds of dispersion as the registry names them, and as a reader would print them."""


def short(dispersion: str) -> str:
    """ "Standard Deviation" -> "SD", "95% Confidence Interval" -> "95% CI"; another kind in small letters."""
    for pattern, name in _SHORT:
        if found := pattern.search(dispersion):
            return found.expand(name)
    return spoken(dispersion).lower()


@dataclass(slots=True)
class _Cell:
    """A cell to be: its text, its place in the file, and the posted value that it prints."""

    text: str
    path: str = ""
    posted: Posted | None = None
    quote: str = ""


@dataclass(slots=True)
class _Sheet:
    """A table to be: its label, caption, heads, and rows of a stub and cells."""

    label: str
    caption: str
    heads: list[str]
    path: str
    rows: list[tuple[str, list[_Cell]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Results:
    """Prints the results section into a Builder and keeps what was posted, in the order of the text."""

    def __init__(self, build: Builder, path: str, section: Any) -> None:
        self.build, self.path, self.section = build, path, section
        self.found: list[Posted] = []

    def read(self) -> None:
        """Participant flow, baseline, outcome measures with their analyses, adverse events."""
        self._flow()
        self._baseline()
        for number, one in enumerate(objects(self.section, "outcomeMeasuresModule", "outcomeMeasures"), 1):
            self._measure(one, number)
        self._events()

    def _heading(self, text: str, path: str) -> None:
        self.build.add("heading", "results", "results", text, heading=text, path=path)

    def _print(self, sheet: _Sheet, heading: str) -> None:
        """Caption, table and notes; places the posted values in their cells."""
        if not any(cell.text for _, cells in sheet.rows for cell in cells):
            return
        caption = self.build.add(
            "caption", "caption", "results", f"{sheet.label}. {sheet.caption}", heading=heading, path=sheet.path
        )
        grid = [[RawCell("", header=True), *(RawCell(head, header=True) for head in sheet.heads)]]
        grid += [[RawCell(stub), *(RawCell(cell.text, path=cell.path) for cell in cells)] for stub, cells in sheet.rows]
        index = self.build.add_table(
            _raw_grid.lay_out([grid]), sheet.label, "results", heading=heading, path=sheet.path,
            caption=Span(caption.end - len(sheet.caption), caption.end) if caption else None,
        )  # fmt: skip
        assert index is not None
        placed = {(cell.row, cell.column): cell for cell in self.build.tables[index].cells}
        for at, (stub, cells) in enumerate(sheet.rows, 1):
            for column, (head, cell) in enumerate(zip(sheet.heads, cells, strict=True), 1):
                if cell.posted is None:
                    continue
                start = placed[at, column].start
                self.found.append(
                    replace(
                        cell.posted, start=start, end=start + len(cell.quote or cell.text), path=cell.path,
                        table_label=sheet.label, row_path=stub, column_path=head,
                    )
                )  # fmt: skip
        notes = [
            self.build.add("footnote", "table", "results", note, heading=heading, path=sheet.path)
            for note in dict.fromkeys(sheet.notes)
        ]
        self.build.tables[index] = replace(self.build.tables[index], footnotes=tuple(n for n in notes if n is not None))

    # -- participant flow and baseline

    def _flow(self) -> None:
        module = inside(self.section, "participantFlowModule")
        groups = _groups(module)
        base = f"{self.path}/participantFlowModule"
        periods = objects(module, "periods")
        if periods:
            self._heading("Participant flow", base)
        for i, period in enumerate(periods):
            at = f"{base}/periods/{i}"
            title = words(period.get("title"))
            sheet = _Sheet("Participant flow" + (f" {i + 1}" if len(periods) > 1 else ""), title or "Overall study",
                           list(groups.values()), at)  # fmt: skip
            started: dict[str, str] = {}
            for j, milestone in enumerate(objects(period, "milestones")):
                kind = words(milestone.get("type"))
                values = _by_group(milestone, "achievements", "numSubjects")
                started = started or (values if kind == "STARTED" else {})
                self._flow_row(sheet, "flow", spoken(kind), values, groups, started if j else {},
                               f"{at}/milestones/{j}", first=i == 0)  # fmt: skip
            for j, drop in enumerate(objects(period, "dropWithdraws")):
                values = _by_group(drop, "reasons", "numSubjects")
                self._flow_row(sheet, "left", spoken(words(drop.get("type"))), values, groups, started,
                               f"{at}/dropWithdraws/{j}", first=i == 0)  # fmt: skip
            self._print(sheet, "Participant flow")

    def _flow_row(
        self, sheet: _Sheet, kind: str, stub: str, values: Mapping[str, str], groups: Mapping[str, str],
        started: Mapping[str, str], path: str, *, first: bool,
    ) -> None:  # fmt: skip
        cells = []
        for key, title in groups.items():
            value, total = values.get(key, ""), started.get(key, "")
            text = f"{value}/{total}" if value and total else value
            posted = Posted(
                kind=kind, start=0, end=0, path="", outcome=stub, group=title, value=value, total=total,
                comment="" if first else "later period",
            )  # fmt: skip
            cells.append(_Cell(text, path, posted if _counted(value) else None))
        sheet.rows.append((stub, cells))

    def _baseline(self) -> None:
        """Printed for whoever reads the record; baseline figures are no outcomes, and nothing of them is kept."""
        module = inside(self.section, "baselineCharacteristicsModule")
        groups = _groups(module)
        base = f"{self.path}/baselineCharacteristicsModule"
        sheet = _Sheet("Baseline", "Characteristics of participants at baseline", list(groups.values()), base)
        for i, measure in enumerate(objects(module, "measures")):
            kind = ", ".join(
                filter(None, (spoken(words(measure.get("paramType"))), words(measure.get("unitOfMeasure"))))
            )
            for title, values, _, path in _rows(measure, f"{base}/measures/{i}"):
                name = ": ".join(filter(None, (words(measure.get("title")), *title)))
                cells = [_Cell(_printed(values.get(key, {}), measure), path) for key in groups]
                sheet.rows.append((f"{name} ({kind})" if kind else name, cells))
        if sheet.rows:
            self._heading("Baseline characteristics", base)
            self._print(sheet, "Baseline characteristics")

    # -- outcome measures

    def _measure(self, one: Value, number: int) -> None:
        at = f"{self.path}/outcomeMeasuresModule/outcomeMeasures/{number - 1}"
        groups = _groups(one)
        title, frame = words(one.get("title")), words(one.get("timeFrame"))
        rank = spoken(words(one.get("type"))).lower() or "further"
        self._heading(f"Outcome measure {number}: {title}", at)
        for name in ("description", "populationDescription"):
            self.build.add("paragraph", "results", "methods", words(one.get(name)), heading=title, path=f"{at}/{name}")
        unit, param = words(one.get("unitOfMeasure")), words(one.get("paramType"))
        dispersion = words(one.get("dispersionType"))
        kinds = ", ".join(filter(None, (spoken(param), short(dispersion) if dispersion else "", unit)))
        caption = "; ".join(filter(None, (f"{title} ({rank})", kinds, frame and f"time frame: {frame}")))
        sheet = _Sheet(f"Outcome measure {number}", caption, list(groups.values()), at)
        rows = _rows(one, at)
        of_units = param in ("COUNT_OF_UNITS", "Count of Units")
        totals = _totals(one, of_units)
        if totals:
            sheet.rows.append(("analysed", [_Cell(totals.get(key, ""), f"{at}/denoms") for key in groups]))
        shared = Posted(
            kind="measure", start=0, end=0, path="", outcome=title, param=param, dispersion=dispersion, unit=unit,
            time_frame=frame, population=words(one.get("populationDescription")), sole=len(rows) == 1,
        )  # fmt: skip
        for (class_title, category), values, own_totals, path in rows:
            stub = ": ".join(filter(None, (class_title, category))) or title
            cells = []
            for key, group in groups.items():
                value = values.get(key, {})
                total = own_totals.get(key) or totals.get(key, "")
                text = _printed(value, one, total)
                posted = replace(
                    shared, group=group, class_title=class_title, category=category, total=total,
                    value=words(value.get("value")), spread=words(value.get("spread")),
                    low=words(value.get("lowerLimit")), high=words(value.get("upperLimit")),
                    comment=words(value.get("comment")),
                )  # fmt: skip
                if posted.comment:
                    sheet.notes.append(f"{group}, {stub}: {posted.comment}")
                nobody = total == "0"  # a group that was not analysed has zeros in its cells
                cells.append(_Cell(text, path, posted if text and not nobody else None))
            sheet.rows.append((stub, cells))
        self._print(sheet, title)
        for i, analysis in enumerate(objects(one, "analyses")):
            self._analysis(analysis, groups, shared, f"{at}/analyses/{i}", title, sheet.label)

    def _analysis(
        self, one: Value, groups: Mapping[str, str], shared: Posted, path: str, heading: str, label: str
    ) -> None:
        """A comparison of groups as one line: "A v B: Hazard Ratio 0.70 (95% CI 0.55 to 0.89), p = 0.003; Log Rank"."""
        ids = [words(key) for key in one.get("groupIds") or () if words(key) in groups] if isinstance(
            one.get("groupIds"), list) else []  # fmt: skip
        titles = tuple(groups[key] for key in dict.fromkeys(ids))
        name, value = words(one.get("paramType")), words(one.get("paramValue"))
        low, high = words(one.get("ciLowerLimit")), words(one.get("ciUpperLimit"))
        level, p = words(one.get("ciPctValue")), words(one.get("pValue"))
        spread = words(one.get("dispersionValue"))
        dispersion = words(one.get("dispersionType"))
        text = f"{' v '.join(titles)}: " if titles else ""
        lead = name or ("estimate" if value else "")
        text += f"{lead} " if value else ""
        start = len(text)
        if value:
            inner = [f"{level}% CI {low or 'NA'} to {high or 'NA'}" if level and (low or high) else "",
                     f"{short(dispersion)} {spread}" if spread else ""]  # fmt: skip
            text += value + (f" ({'; '.join(filter(None, inner))})" if any(inner) else "")
        end = len(text)
        if p:
            text += ", " if value else ""
            at = len(text)
            text += f"p {p}" if p[0] in "<>=" else f"p = {p}"
            start, end = (start, end) if value else (at, len(text))
        if not value and not p:
            return
        method = words(one.get("statisticalMethod"))
        kind = words(one.get("nonInferiorityType"))
        tail = [method, spoken(kind) if kind and kind not in ("SUPERIORITY", "OTHER") else "",
                words(one.get("estimateComment"))]  # fmt: skip
        text = "; ".join(filter(None, (text, *tail)))
        span = self.build.add("paragraph", "results", "results", text, heading=heading, path=path)
        assert span is not None
        self.found.append(
            replace(
                shared, kind="analysis", start=span.start + start, end=span.start + end, path=path, groups=titles,
                value=value, low=low, high=high, spread=spread, param=name, dispersion=dispersion, level=level,
                p_value=p, table_label=label, comment=words(one.get("groupDescription")),
            )
        )  # fmt: skip

    # -- adverse events

    def _events(self) -> None:
        module = inside(self.section, "adverseEventsModule")
        groups = _groups(module, "eventGroups")
        if not groups:
            return
        at = f"{self.path}/adverseEventsModule"
        frame = words(inside(module, "timeFrame"))
        self._heading("Adverse events", at)
        self.build.add("paragraph", "results", "methods", words(inside(module, "description")),
                       heading="Adverse events", path=f"{at}/description")  # fmt: skip
        until = f"; time frame: {frame}" if frame else ""
        shared = Posted(kind="event", start=0, end=0, path="", outcome="", time_frame=frame)
        totals = _Sheet("Adverse events", f"Participants affected{until}", list(groups.values()), f"{at}/eventGroups")
        by_key = {words(one.get("id")): (i, one) for i, one in enumerate(objects(module, "eventGroups"))}
        for kind, name in (("deaths", "deaths from any cause"), ("serious", "serious adverse events"),
                           ("other", "other adverse events")):  # fmt: skip
            cells = []
            for key, group in groups.items():
                i, one = by_key[key]
                posted = replace(
                    shared, kind=kind, outcome=name, group=group, serious=kind == "serious",
                    value=words(one.get(f"{kind}NumAffected")), total=words(one.get(f"{kind}NumAtRisk")),
                )  # fmt: skip
                cells.append(self._affected(posted, f"{at}/eventGroups/{i}"))
            if any(cell.text for cell in cells):
                totals.rows.append((name, cells))
        self._print(totals, "Adverse events")
        threshold = words(inside(module, "frequencyThreshold"))
        above = f"; reported where more than {threshold}% were affected" if threshold not in ("", "0") else ""
        for name, label, caption in (
            ("seriousEvents", "Serious adverse events", f"By term{until}"),
            ("otherEvents", "Other adverse events", f"By term{until}{above}"),
        ):
            sheet = _Sheet(label, caption, list(groups.values()), f"{at}/{name}")
            for i, event in enumerate(objects(module, name)):
                self._event_row(sheet, event, shared, groups, f"{at}/{name}/{i}", name == "seriousEvents")
            self._print(sheet, label)

    def _event_row(
        self, sheet: _Sheet, event: Value, shared: Posted, groups: Mapping[str, str], path: str, serious: bool
    ) -> None:
        term, organ = words(event.get("term")), words(event.get("organSystem"))
        stats = {words(one.get("groupId")): one for one in objects(event, "stats")}
        cells = []
        for key, group in groups.items():
            one = stats.get(key, {})
            posted = replace(
                shared, outcome=term, group=group, serious=serious, organ_system=organ,
                value=words(one.get("numAffected")), total=words(one.get("numAtRisk")),
                count=words(one.get("numEvents")),
            )  # fmt: skip
            cells.append(self._affected(posted, f"{path}/stats"))
        sheet.rows.append((f"{organ} > {term}" if organ else term, cells))

    @staticmethod
    def _affected(posted: Posted, path: str) -> _Cell:
        """ "12/101 (15 events)": the quotation is n/N; the events alone where the patients are not counted."""
        events = f"{posted.count} event{'' if posted.count == '1' else 's'}" if posted.count else ""
        if not posted.value:
            return _Cell(events, path, posted if events else None)
        quote = f"{posted.value}/{posted.total}" if posted.total else posted.value
        text = f"{quote} ({events})" if events else quote
        return _Cell(text, path, posted if posted.total != "0" else None, quote)


# ---- parts of a measure ------------------------------------------------------------------------------------------


def _groups(module: Any, name: str = "groups") -> dict[str, str]:
    """Group id -> title; the id where a group has no title."""
    return {key: words(one.get("title")) or key for one in objects(module, name) if (key := words(one.get("id")))}


def _by_group(one: Value, name: str, value: str) -> dict[str, str]:
    return {words(item.get("groupId")): words(item.get(value)) for item in objects(one, name)}


def _counted(value: str) -> bool:
    return bool(re.fullmatch(r"\d{1,9}", value))


def _totals(one: Value, of_units: bool = False) -> dict[str, str]:
    """Denominators by group: of participants, or of the units that were analysed (eyes, lesions)."""
    denoms = objects(one, "denoms")
    wanted = [d for d in denoms if words(d.get("units")).casefold().startswith("participant") != of_units]
    chosen: Sequence[Value] = wanted or denoms
    return _by_group(chosen[0], "counts", "value") if chosen else {}


_Rows = list[tuple[tuple[str, str], dict[str, Value], dict[str, str], str]]


def _rows(measure: Value, path: str) -> _Rows:
    """(class title, category title), measurement by group, the class's own denominators, JSON pointer: row by row."""
    of_units = words(measure.get("paramType")) in ("COUNT_OF_UNITS", "Count of Units")
    rows: _Rows = []
    for i, group in enumerate(objects(measure, "classes")):
        for j, category in enumerate(objects(group, "categories")):
            values = {words(one.get("groupId")): one for one in objects(category, "measurements")}
            titles = (words(group.get("title")), words(category.get("title")))
            rows.append((titles, values, _totals(group, of_units), f"{path}/classes/{i}/categories/{j}/measurements"))
    return rows


def _printed(value: Value, measure: Value, total: str = "") -> str:
    """ "29.7 (95% CI 24.1 to NA)", "75/123", "5.2 (SD 1.3)", "54.2%"."""
    number = words(value.get("value"))
    low, high, spread = (words(value.get(name)) for name in ("lowerLimit", "upperLimit", "spread"))
    if not number:
        return ""
    counted = words(measure.get("paramType")).upper().replace(" ", "_") in ("COUNT_OF_PARTICIPANTS", "COUNT_OF_UNITS")
    unit = words(measure.get("unitOfMeasure"))
    if counted and total and _counted(number):
        number = f"{number}/{total}"
    elif unit.casefold().startswith(("percent", "%")) and re.fullmatch(r"[-\u2212]?[\d.]+", number):
        number += "%"
    name = short(words(measure.get("dispersionType")))
    if low or high:
        return f"{number} ({name} {low or 'NA'} to {high or 'NA'})".replace("( ", "(")
    return f"{number} ({name} {spread})".replace("( ", "(") if spread else number
