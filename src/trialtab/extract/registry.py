"""A registry record -> its findings, read from the types that the registry gives its values; no word is interpreted.

What the registry calls a median with a 95% confidence interval is one, and the group that it names is the arm. Names
(of outcomes, arms, conditions) are matched with the vocabularies, as everywhere. Baseline figures are no findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from trialtab import values, vocabulary
from trialtab.extract.registry_arms import Arms
from trialtab.extract.registry_ledger import ledger
from trialtab.model import Document, Extraction, Finding, Measure, Posted, Registration

CONFIDENCE = 0.99
"""Of a typed value. What may still be wrong is the record itself."""

LONGEST_POPULATION = 120
"""Characters; a longer description of who was analysed is a paragraph of the text, not the name of a population."""


def extract_registry(document: Document, registration: Registration) -> Extraction:
    """All findings, arms and ledger lines of a registry record. Raises nothing on any posted value.

    Effects: arm is the group whose registered type is no comparator, where that tells the two apart; else the one
    posted first. Times during which events were collected ("up to 28 months") stand in `timepoint` as posted, unparsed.
    """
    arms = Arms(registration)
    findings = [f for f in (_finding(one, arms) for one in registration.results) if f is not None]
    findings = _beside_serious(findings)
    if registration.enrolment is not None:
        n, start, end = registration.enrolment
        measure = _measure("registry_enrolment", start, end, "count", value=float(n), events=float(n))
        findings.insert(0, _of(measure, "participants enrolled", arm="overall", arm_role="overall", enrollment=True))
    findings = _with_p_values(findings, registration.results, arms)
    return Extraction(
        findings=tuple(findings),
        arms=arms.records(),
        numbers=tuple(ledger(document, findings)),
        design=design_of(registration),
        condition=condition_of(registration.conditions),
    )


# ---- the record as a whole -----------------------------------------------------------------------------------------


def design_of(registration: Registration) -> str | None:
    """The design in the words of `extract.facts.DESIGNS`; None where the registry does not say."""
    if registration.study_type == "OBSERVATIONAL":
        return "cohort study"
    randomised = registration.allocation == "RANDOMIZED"
    if randomised:
        name = "randomised crossover trial" if registration.assignment == "CROSSOVER" else "randomised controlled trial"
    elif registration.allocation == "NON_RANDOMIZED":
        name = "non-randomised trial"
    elif registration.assignment == "SINGLE_GROUP":
        name = "single-arm trial"
    else:
        return "trial" if registration.study_type == "INTERVENTIONAL" else None
    numbers = [found.group() for phase in registration.phases if (found := re.search(r"\d", phase))]
    return f"phase {'/'.join(numbers)} {name}" if numbers else name


def condition_of(conditions: Sequence[str]) -> str | None:
    """The first condition that the vocabulary knows, by its canonical name; else the first as registered."""
    known = (vocabulary.condition(name) for name in conditions)
    match = next((found for found in known if found is not None), None)
    return match.term.name if match else (conditions[0] if conditions else None)


# ---- one posted value ----------------------------------------------------------------------------------------------


def _finding(one: Posted, arms: Arms) -> Finding | None:
    if one.kind == "measure":
        return _of_measure(one, arms)
    if one.kind == "analysis":
        return _of_analysis(one, arms)
    if one.kind in ("flow", "left"):
        return _of_flow(one, arms)
    return _of_events(one, arms)


def _of(measure: Measure, outcome: str, **told: Any) -> Finding:
    return Finding(
        measure=measure, section="results", source="registry", outcome=outcome, confidence=CONFIDENCE, **told
    )


def _measure(rule: str, start: int, end: int, statistic: str, **told: Any) -> Measure:
    return Measure(start=start, end=end, statistic=statistic, rule=rule, **told)


def _placed(one: Posted, arms: Arms) -> dict[str, Any]:
    """What every finding of a table has: arm, place, time."""
    label, role = arms.of(one.group)
    return {
        "arm": label, "arm_role": role, "path": one.path, "table_label": one.table_label, "row_path": one.row_path,
        "column_path": one.column_path,
    }  # fmt: skip


def _of_flow(one: Posted, arms: Arms) -> Finding | None:
    n, total = number(one.value), number(one.total)
    if n is None:
        return None
    if one.kind == "flow" and one.outcome.casefold() == "started":
        if one.comment:
            return None  # of a later period: those who went on, not those who were enrolled
        measure = _measure("registry_flow", one.start, one.end, "count", value=n, events=n)
        return _of(measure, "participants started", enrollment=True, **_placed(one, arms))
    outcome = one.outcome if one.kind == "flow" else f"not completed: {one.outcome}"
    # Not "completed the study": the vocabulary has one outcome for completing and dropping out.
    outcome = {"completed": "participants who completed", "not completed": "not completed"}.get(
        one.outcome.casefold(), outcome
    )
    kind = "adverse_event" if one.kind == "left" and one.outcome.casefold() == "adverse event" else "other"
    measure = _counted("registry_flow", one, n, total)
    return _of(measure, outcome, outcome_class=kind, total_source=_from(total), **_placed(one, arms))


def _of_events(one: Posted, arms: Arms) -> Finding | None:
    n, total, events = number(one.value), number(one.total), number(one.count)
    if n is None and events is None:
        return None
    if n is None:
        assert events is not None
        measure = _measure(
            "registry_events", one.start, one.end, "count", value=events, events=events, count_of="events",
            negated=events == 0, unit="events",
        )  # fmt: skip
        total = None
    else:
        measure = _counted("registry_events", one, n, total)
    outcome = _NOT_SERIOUS if one.kind == "other" else one.outcome
    return _of(
        measure, outcome, outcome_class="mortality" if one.kind == "deaths" else "adverse_event",
        serious=one.serious, total_source=_from(total), timepoint=one.time_frame or None, time_window=True,
        **_placed(one, arms),
    )  # fmt: skip


_NOT_SERIOUS = "non-serious events above the reporting threshold"
"""What the registry sums up as other adverse events: neither all of them, nor all that were not serious."""


def _beside_serious(findings: list[Finding]) -> list[Finding]:
    """A term that stands among the serious events of an arm and among its others: the latter are those not serious."""
    serious = {(f.outcome, f.arm) for f in findings if f.serious and f.measure.events}
    return [
        replace(f, definition="not serious")
        if f.measure.rule == "registry_events" and not f.serious and (f.outcome, f.arm) in serious
        else f
        for f in findings
    ]


def _counted(rule: str, one: Posted, n: float, total: float | None) -> Measure:
    return _measure(
        rule, one.start, one.end, "count" if total is None else "proportion", value=n, events=n, total=total,
        negated=n == 0,
    )  # fmt: skip


def _from(total: float | None) -> str:
    return "none" if total is None else "explicit"


# ---- outcome measures ----------------------------------------------------------------------------------------------

_STATISTICS = {
    "MEAN": "mean", "LEAST_SQUARES_MEAN": "mean", "MEDIAN": "median", "GEOMETRIC_MEAN": "other", "LOG_MEAN": "other",
    "GEOMETRIC_LEAST_SQUARES_MEAN": "other", "NUMBER": "other", "COUNT_OF_PARTICIPANTS": "count",
    "COUNT_OF_UNITS": "other",
}  # fmt: skip
"""What the registry calls the type of a parameter -> the statistic of a row."""

_BASELINE = re.compile(r"(?:at )?baseline\b(?! to| through|,)", re.IGNORECASE)
_YES, _NO = frozenset({"yes", "responder", "responders"}), frozenset({"no"})


def _of_measure(one: Posted, arms: Arms) -> Finding | None:
    class_time = values.timepoint(one.class_title) if _TIME_FIRST.match(one.class_title) else None
    if _BASELINE.fullmatch(one.class_title.strip()):
        return None  # a baseline value of an outcome measure is a baseline figure
    measure = _typed(one)
    if measure is None:
        return None
    if one.category.casefold() in _NO:
        return None  # who did not: the complement of the row above
    outcome, definition = _named(one, bool(class_time))
    time = one.class_title if class_time else one.time_frame
    population = one.population if 0 < len(one.population) <= LONGEST_POPULATION else None
    return _of(
        measure, outcome, definition=definition, population=population,
        total_source="explicit" if measure.total is not None else "none",
        timepoint=time or None, time_window=not class_time and is_window(time), **_placed(one, arms),
    )  # fmt: skip


_TIME_FIRST = re.compile(
    r"\s*(?:(?:at|week|month|day|year|visit|end of|after)\b|\d+(?:\.\d+)?[ -](?:hours?|days?|weeks?|months?|years?)\b)",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"\b(?:up to|until|through|throughout|during|over|average|approximately|from .{1,80} to|within)\b", re.IGNORECASE
)
_SPAN = re.compile(r"\d\s*(?:to|-|–|and)\s*(?:week|month|day|year)?\s*\d", re.IGNORECASE)


def is_window(time_frame: str) -> bool:
    """Is a time frame the time during which something was collected ("from first dose up to 28 months")?

    From baseline to a time is no window: it names the time at which a change was measured.
    """
    if re.match(r"\s*(?:from )?(?:pre-?dose|baseline|day (?:0|1)\b)", time_frame, re.IGNORECASE):
        return False
    return bool(_WINDOW.search(time_frame) or _SPAN.search(time_frame))


def _named(one: Posted, timed: bool) -> tuple[str, str | None]:
    """Outcome and definition. A row whose own title is a known outcome ("complete response") is called by it, and the
    title of the measure defines it; else the title comes first and what tells the row apart follows. That participants
    are counted ("Number of Participants With ...") the statistic says already."""
    parts = [part for part in ("" if timed else one.class_title, one.category) if part and part.casefold() not in _YES]
    for part in reversed(parts):
        match = vocabulary.outcome(part)
        if match is not None and match.method == "exact":
            return part, one.outcome
    title = _COUNTED.sub("", one.outcome) or one.outcome
    return ": ".join((title, *parts)), None


_COUNTED = re.compile(
    r"^(?:number|percent(?:age)?|proportion|rate)s?(?: and percent(?:age)?)? of (?:participants|patients|subjects)"
    r" (?:with|who (?:had|achieved|experienced|were|reached)|who|achieving|having|experiencing|reaching) (?:an? )?",
    re.IGNORECASE,
)


def _typed(one: Posted) -> Measure | None:
    """The posted value as a measure; None where nothing was posted."""
    value, total = number(one.value), number(one.total)
    code = re.sub(r"[^A-Z]+", "_", one.param.upper()).strip("_")
    spread = _spread(one)
    if value is None and not spread and not one.value:
        return None
    if value is None:
        missing = "not reached" if re.search(r"not (?:been )?reached", one.comment, re.I) else "not estimable"
        told: dict[str, Any] = {"qualifier": missing}
    else:
        told = {"value": value}
    statistic = _STATISTICS.get(code, "other")
    unit = one.unit.casefold()
    if code == "COUNT_OF_PARTICIPANTS" or (code == "NUMBER" and _PEOPLE.fullmatch(unit)):
        if value is None:
            return None
        return replace(_counted("registry_measure", one, value, total), **spread)
    if code == "NUMBER" and value is not None:
        if _PERCENT.match(unit):
            told |= {"percent": value, "unit": "%", "total": total, "negated": value == 0}
            statistic = "proportion"
        elif unit in ("events", "episodes"):
            told |= {"events": value, "count_of": unit, "unit": unit, "negated": value == 0}
            statistic = "count"
        elif re.search(r"\bper\b|/", unit) and re.search(r"year|month|week|day|hour", unit):
            statistic = "rate"
    told.setdefault("unit", "%" if unit.startswith(("percent", "%")) else one.unit or None)
    return _measure("registry_measure", one.start, one.end, statistic, **told, **spread)


_PEOPLE = re.compile(r"(?:number of )?(?:participants?|patients?|subjects?)")
_PERCENT = re.compile(
    r"(?:percent(?:age)?|%)(?: of)?(?: \w+){0,3} ?(?:participants?|patients?|subjects?)\b|percent(?:age)?$|%$"
)


def _spread(one: Posted) -> dict[str, Any]:
    """The dispersion by its type. A geometric coefficient of variation has no column, and stays in the quotation."""
    name = one.dispersion.casefold().replace("_", " ")
    low, high, size = number(one.low), number(one.high), number(one.spread)
    if "quartile" in name:
        return _only(q1=low, q3=high, iqr_width=size if low is None and high is None else None)
    if "range" in name:
        return _only(range_low=low, range_high=high)
    if "confidence" in name:
        level = re.search(r"\d{1,2}(?:\.\d+)?", name)
        found = _only(ci_low=low, ci_high=high)
        return {**found, "ci_level": float(level.group())} if found and level else found
    if "geometric" in name:
        return {}
    return _only(sd=size) if "deviation" in name else _only(se=size) if "error" in name else {}


def _only(**told: float | None) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


# ---- analyses ------------------------------------------------------------------------------------------------------

_EFFECTS = (
    (re.compile(r"hazard", re.I), "hazard_ratio"),
    (re.compile(r"odds", re.I), "odds_ratio"),
    (re.compile(r"rate ratio", re.I), "rate_ratio"),
    (re.compile(r"risk ratio|relative risk|\bRR\b", re.I), "risk_ratio"),
    (re.compile(r"standardi[sz]ed mean", re.I), "standardized_mean_difference"),
    (re.compile(r"correlation", re.I), "correlation"),
    (re.compile(r"risk diff|difference in (?:percent|proportion|rate)|(?:percent|proportion)\w* diff", re.I),
     "risk_difference"),
    (re.compile(r"difference", re.I), "mean_difference"),
)  # fmt: skip
"""What the registry calls an estimate of an analysis -> the statistic of a row."""

_P = re.compile(r"\s*([<>=≤≥]?)\s*(0?\.\d+|[01](?:\.\d+)?)(?:\D|$)")


def p_of(posted: str) -> tuple[str, float] | None:
    """ "<0.001" -> ("<", 0.001); "0.03" -> ("=", 0.03); None for what is no p-value."""
    found = _P.match(posted)
    if found is None or float(found.group(2)) > 1:
        return None
    return {"≤": "<", "≥": ">", "": "="}.get(found.group(1), found.group(1)), float(found.group(2))


def _of_analysis(one: Posted, arms: Arms) -> Finding | None:
    value, p = number(one.value), p_of(one.p_value)
    told: dict[str, Any] = {"p_relation": p[0], "p_value": p[1]} if p else {}
    if value is None and not p:
        return None
    if value is None:
        statistic = "p_value"
    else:
        statistic = next((name for pattern, name in _EFFECTS if pattern.search(one.param)), "other")
        bounds = _only(ci_low=number(one.low), ci_high=number(one.high))
        level = number(one.level)
        told |= {"value": value, **bounds} | ({"ci_level": level} if bounds and level else {})
        size = number(one.spread)
        if size is not None and "error" in one.dispersion.casefold():
            told["se"] = size
        elif size is not None and "deviation" in one.dispersion.casefold():
            told["sd"] = size
        told["unit"] = _unit_of_difference(statistic, one.unit, value)
    first, second = arms.pair(one.groups)
    measure = _measure("registry_analysis", one.start, one.end, statistic, **told)
    population = one.population if 0 < len(one.population) <= LONGEST_POPULATION else None
    return _of(
        measure, _COUNTED.sub("", one.outcome) or one.outcome, arm=first, comparator=second,
        population=population, timepoint=one.time_frame or None,
        time_window=is_window(one.time_frame), path=one.path, table_label=one.table_label,
    )  # fmt: skip


def _unit_of_difference(statistic: str, unit: str, value: float) -> str | None:
    """That of the measure; of shares "%", where the difference is above 1 and can be nothing else. Ratios have none."""
    if statistic == "risk_difference":
        return "%" if abs(value) > 1 or unit.casefold().startswith(("percent", "%")) else None
    if statistic == "mean_difference":
        return "%" if unit.casefold().startswith(("percent", "%")) else unit or None
    return None


def _with_p_values(findings: list[Finding], results: Sequence[Posted], arms: Arms) -> list[Finding]:
    """The p-value of a comparison of two groups also on the rows of both, where the measure has one row only."""
    told: dict[tuple[str, str], tuple[str, float]] = {}
    for label, group, compared in _compared(results):
        told.setdefault((label, arms.of(group)[0]), compared)
    sole = {(one.start, one.end) for one in results if one.kind == "measure" and one.sole}
    out = []
    for finding in findings:
        measure = finding.measure
        p = told.get((finding.table_label or "", finding.arm or ""))
        if p is not None and (measure.start, measure.end) in sole:
            finding = replace(finding, measure=replace(measure, p_relation=p[0], p_value=p[1]))
        out.append(finding)
    return out


def _compared(results: Sequence[Posted]) -> Iterator[tuple[str, str, tuple[str, float]]]:
    """(table, group, p) for each group of a comparison of two."""
    for one in results:
        if one.kind == "analysis" and len(one.groups) == 2 and (p := p_of(one.p_value)) is not None:
            for group in one.groups:
                yield one.table_label, group, p


def number(posted: str) -> float | None:
    """A posted number; None for "NA" and all else that is none."""
    text = posted.strip().replace("\u2212", "-").replace(",", "")
    return float(text) if re.fullmatch(r"[-+]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})", text) else None
