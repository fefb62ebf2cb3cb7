"""A linked row -> a finding with its class, verdict and place; and the ledger of the numbers that became none."""

import re
from collections.abc import Sequence
from dataclasses import replace

from trialtab import vocabulary
from trialtab.extract import arms as arms_of
from trialtab.extract import fate, look_alikes
from trialtab.extract.enrolled_as import enrolled_as
from trialtab.extract.enrolment import ENROLMENT_ONLY, SUBSETS, is_enrolment, opens_with_a_part
from trialtab.extract.line import Linked, beside
from trialtab.extract.measures import SPREAD_KINDS, Draft
from trialtab.extract.named_trials import other_trials, own_trials
from trialtab.extract.percent_changes import is_change
from trialtab.extract.reading import RESULT_SECTIONS, Read
from trialtab.extract.totals import head_size
from trialtab.model import Document, Finding, Measure, Number
from trialtab.prefilter import Prefiltered
from trialtab.rules import RuleSet

_SHARES = frozenset(("percent", "fraction"))


def findings_of(
    document: Document,
    read: list[Read],
    rules: RuleSet,
    found: arms_of.Inventory,
    role_of: dict[str, str],
    sizes: Sequence[tuple[int, int]] = (),
) -> tuple[list[Finding], list[Number]]:
    """The findings and the ledger of the prose. sizes: where numbers of people are known to stand."""
    text = document.text
    findings: list[Finding] = []
    numbers: list[Number] = []
    enrolled: set[tuple[str, float]] = set()
    head = document.source.title + " " + text[:400]
    own = own_trials(text)
    others = other_trials(text, head) - own
    head = " ".join((head, *sorted(own)))
    opening = _who_they_were(read)
    characteristics = _characteristics(document)
    letter = look_alikes.opening_of_a_letter(text, [(r.start, r.end) for r in read if not r.block.part])
    sized = [g.n_place for g in found.design.groups if g.n_place] if found.design else []
    sized += sizes
    for r in read:
        if not r.linked:
            numbers += _ledger(r, set(), {})
            continue
        sentence = text[r.start : r.end].replace("\n", " ")  # lines of a text wrap anywhere
        judge = fate.Judge(text, r.row, sentence, rules.sets)
        whole = fate.sentence_reason(sentence, r.block.part, head, others)
        if r.start < letter and whole is None and not r.block.part and look_alikes.in_the_present(sentence):
            whole = "not a result of this report"
        kept: set[int] = set()
        why: dict[int, str] = {}
        follows: Linked | None = None
        accepted: Linked | None = None
        refused: Linked | None = None
        head_of = head_size(r)
        who = fate.of_who_they_were(r.block.heading)
        traits = fate.of_characteristics(r.block.heading)
        last_of = {x.group: x for x in r.linked}
        for x in r.linked:
            of_part = opens_with_a_part(x, r, sentence)
            enrolment = is_enrolment(x, r, sentence, rules) or (
                x.draft.shape == "count" and any(a <= x.draft.start < b for a, b in sized)
            )
            series = last_of[x.group]
            if (
                not enrolment
                and series is not x
                and x.draft.shape == "count"
                and x.draft.noun in (None, series.draft.noun)
            ):
                enrolment = is_enrolment(series, r, sentence, rules)  # "48, 49 and 47 patients were analysed"
            place = id(x.draft)
            if (
                not enrolment
                and follows is not None
                and x.draft.shape == "count"
                and x.draft.fields.get("percent") is None
                and follows.group + 1 >= x.group
                and (x.arm is not None and beside(x) and x.outcome_range == follows.outcome_range)
            ):
                enrolment = True
            follows = x if enrolment else None
            if (
                whole is None
                and r.block.section in ("other", "summary")
                and r.block.part not in ("results", "conclusion")
                and fate.cites(r.row)
                and (not enrolment or head_of is not None)
            ):
                whole = "another study's result"
            another = whole or fate.of_the_trial_that_opens(sentence, x.draft.start - r.start, head, others)
            if another or (of_part and not enrolment):
                why[place] = another or "denominator"
                continue
            if head_of is not None and head_of[0] is x.draft:
                size = x.draft.fields["value"]
                taken = any(other.draft.fields.get("total") == size for other in r.linked)
                if any(known == size for _, known in enrolled) or (head_of[1] and taken and not enrolment):
                    why[place] = "denominator"
                    continue
                told_of = rules.sets["events"] | SUBSETS
                enrolment = enrolment or (not head_of[1] and x.draft.noun not in told_of)
                if not enrolment and x.draft.noun in SUBSETS:
                    why[place] = "denominator"
                    continue
            if r.block.section not in RESULT_SECTIONS:
                why[place] = f"section {r.block.section}"
                continue
            if x.arm is None and x.p is None and x.draft.shape in _SHARES and not enrolment and who:
                why[place] = "baseline"
                continue
            if r.block.part in ENROLMENT_ONLY and not enrolment and not _follow_up(x):
                why[place] = f"part {r.block.part}"
                continue
            if any(m.first <= x.draft.first and x.draft.last <= m.last and m.strength >= 3 for m in r.arms):
                why[place] = "part of an arm's name"
                continue
            reason = None if enrolment else judge.reason(x)
            if enrolment:
                arm_key = x.arm.key if x.arm and (x.settled or beside(x)) else ""
                size = float(str(x.draft.fields.get("value") or x.draft.fields.get("events") or 0))
                if (arm_key, size) in enrolled:
                    reason = "size of a group named before"
                enrolled.add((arm_key, size))
            if (
                reason == "number without unit or statistic"
                and x.whole
                and accepted is not None
                and accepted.outcome_range == x.outcome_range
                and (accepted.draft.shape == x.draft.shape)
            ):
                reason = None  # the second value of a pair is what the first one is
            if (
                reason is None
                and refused is not None
                and refused.outcome == x.outcome
                and not enrolment
                and x.draft.shape == refused.draft.shape == "value"
                and not any(x.draft.fields.get(n) is not None for n in ("q1", "range_low", "ci_low", "sd", "se"))
                and any(i.text in ("or", "and") for i in r.row[refused.draft.last : x.draft.first])
            ):
                reason = "threshold"  # "at least 11 g/dl in women or 12 in men"
            if reason:
                why[place] = reason
                refused = x if reason == "threshold" else refused
                if reason == "threshold" and x.p is not None and accepted is not None and accepted.p is None:
                    accepted.p = x.p  # "60%, exceeding the historical rate of 30% (P < 0.001)"
                    findings[-1] = _finding(document, r, accepted, rules, found, role_of, False)
                continue
            alone = x.group_size == 1
            at = x.draft.start - r.start
            clause = sentence[:at].rpartition(";")[2] + sentence[at:].partition(";")[0]
            of_table_1 = _cites_baseline(clause, characteristics)
            if (
                ((id(r) in opening and alone) or of_table_1 or traits)
                and not enrolment
                and _may_be_baseline(x, clause, of_table_1 or traits)
            ):
                why[place] = "baseline"
                continue
            accepted = x
            kept.add(place)
            findings.append(_finding(document, r, x, rules, found, role_of, enrolment))
        numbers += _ledger(r, kept, why)
    return findings, numbers


_OUTCOMES = frozenset((
    "efficacy_response", "survival", "time_to_event", "relapse", "remission_duration", "biomarker", "adverse_event",
    "mortality", "score_change", "follow_up",
))  # fmt: skip


_OF_THE_COURSE = Prefiltered(
    r"complet|withdr|discontin|\blost\b|drop|never|exclu|refus|declin|stopp|switch|did not|manufactur|"
    r"\bnot (?:treated|infused|enrol|includ|operated)",
    re.I,
)
"""What became of patients is no baseline figure."""


def _may_be_baseline(x: Linked, clause: str, in_table_1: bool) -> bool:
    """A share or a count of people, of nothing that the vocabulary knows as an outcome, not tested; in_table_1: told of
    the table of characteristics, where a marker is no outcome either.
    """
    if x.draft.shape not in ("percent", "fraction", "count") or x.p is not None:
        return False
    if _OF_THE_COURSE.search(clause) or _OF_THE_COURSE.search(x.outcome or ""):
        return False
    known = vocabulary.outcome(x.outcome) if x.outcome else None
    return known is None or known.term.category not in _OUTCOMES - ({"biomarker"} if in_table_1 else set())


_TELLS_OUTCOMES = re.compile(
    r"\b(?:end\s?-?points?|outcomes?|efficacy|safety|response|survival|adverse|toxicit\w+|harms|complications|"
    r"relapses?)\b",
    re.I,
)


def _who_they_were(read: list[Read]) -> set[int]:
    """The sentences of results that come before the first one that tells a known outcome and behind one that tells an
    age: there a report says what its patients were like.
    """
    found: set[int] = set()
    if len(read) < 4:
        return found  # a snippet has no order to go by
    told = False
    aged = 0  # sentences left in which the patients may still be described
    section = None
    for r in read:
        here = (r.block.section, r.block.part, r.block.heading)
        if here != section:
            same = section is not None and here[:2] == section[:2] and not _TELLS_OUTCOMES.search(here[2])
            section = here
            if not same:
                told, aged = _TELLS_OUTCOMES.search(here[2]) is not None, 0
        aged -= 1
        of_age = "MASK" in r.words.kinds and any(i.reason == "age" for i in r.row)
        if of_age and r.block.part not in ("methods", "background"):
            aged = 2 if r.block.section == "results" else 1
        known = not of_age and any(
            (k := vocabulary.outcome(x.outcome)) is not None and k.term.category in _OUTCOMES - {"biomarker"}
            for x in r.linked
            if x.outcome and x.draft.shape not in ("interval", "effect")
        )
        if known:
            told = True
        if aged > 0 and not told:
            found.add(id(r))
    return found


_TABLE = re.compile(r"\btab(?:le|\.) ?(\d{1,2}|I{1,3}V?|S\d)\b", re.I)
_OF_CHARACTERISTICS = re.compile(r"\b(?:baseline|characteristics|demographics?)\b", re.I)


def _characteristics(document: Document) -> str | None:
    """The number of the table of baseline characteristics: the first whose caption says so; "1" where no caption of a
    table was found, None where none of those found is.
    """
    captions = [
        document.text[b.start : b.end] for b in document.blocks
        if b.kind == "caption" and _TABLE.match(document.text[b.start : b.end].lstrip(" *#\n"))
    ]  # fmt: skip
    told = (c for c in captions if _OF_CHARACTERISTICS.search(c))
    found = next(told, None)
    match = _TABLE.search(found) if found else None
    return match[1] if match else None if captions else "1"


def _cites_baseline(sentence: str, number: str | None) -> bool:
    """Whether a sentence sends the reader to the table of baseline characteristics."""
    return number is not None and any(m[1] == number for m in _TABLE.finditer(sentence))


def _follow_up(x: Linked) -> bool:
    match = vocabulary.outcome(x.outcome) if x.outcome else None
    return match is not None and match.term.category == "follow_up" and x.draft.statistic in ("median", "mean")


def _finding(
    document: Document,
    r: Read,
    x: Linked,
    rules: RuleSet,
    found: arms_of.Inventory,
    role_of: dict[str, str],
    enrolment: bool,
) -> Finding:
    draft, f, text = x.draft, x.draft.fields, document.text
    unit = f.get("unit")
    if isinstance(unit, tuple):
        unit = text[unit[0] : unit[1]]
    events, total, percent, value = f.get("events"), f.get("total"), f.get("percent"), f.get("value")
    derived: list[str] = []
    statistic = draft.statistic
    if draft.shape in ("fraction", "percent"):
        statistic = "proportion" if percent is not None or total is not None else "count"
        value = percent if percent is not None else events
        unit = "%" if percent is not None else draft.noun
        if (
            draft.shape == "percent"
            and events is None
            and PERCENT_MEASURED.search(x.outcome or "")
            and not _OF_A_SHARE.search(x.outcome or "")
            and not _NAMES_A_LIMIT.search(x.outcome or "")
            and _is_value(r, draft)
        ):
            statistic, value, percent, unit = "mean", percent, None, "%"
        if draft.shape == "percent" and events is None and total is None and (
            _is_relative(r, draft) or _makes_up(r, x)
        ):  # fmt: skip
            statistic, percent = "other", None
        elif draft.shape == "percent" and events is None and total is None and is_change(r, x, text):
            said = any(item.text in rules.sets["median"] for item in r.row[: draft.first])
            statistic, percent = "median" if said else "mean", None
        if percent is None and events is not None and total:
            percent = round(100 * float(str(events)) / float(str(total)), 1)
            derived.append("percent")
    elif (
        draft.shape == "value"
        and statistic in (None, "mean")
        and _RATE_OF_EVENTS.search(x.outcome or "")
        and unit is None
    ):
        statistic = "rate"
    elif draft.shape == "value" and statistic is None and unit is None and _is_share(x, rules):
        statistic, percent, unit = "proportion", value, "%"
    elif draft.shape == "count" and total is None:
        statistic, events = "count", value
        unit = draft.noun or "patients"
    elif draft.shape in ("zero", "all"):
        statistic = "count" if percent is None else "proportion"
        value = percent if percent is not None else events
    if (
        unit is None
        and value is not None
        and statistic in ("mean", "median")
        and (spans := SPANS_OF.search(x.outcome or ""))
    ):
        unit = spans.group(1)
    if (
        draft.shape == "time"
        and statistic is None
        and _is_survival_time(x, text[max(0, draft.start - 2000) : draft.start])
    ):
        statistic = "median"
    if (
        statistic is None
        and draft.shape in ("value", "time")
        and value is not None
        and x.outcome
        and (x.group_size > 1 or (x.draft.shape == "time" and x.comparator is not None))
    ):
        statistic = _customary(x, unit if isinstance(unit, str) else None, r, rules)
        if statistic == "count":
            events = value
            unit = draft.noun or "patients"
        elif statistic is not None:
            derived.append("statistic")
    if statistic == "risk_difference" and PERCENT_MEASURED.search(x.outcome or ""):
        statistic = "mean_difference"
    p = x.p
    captures = tuple(draft.captures)
    if p is not None and draft.shape != "p":
        captures += (("p_value", r.row[p[2]].start, r.row[p[2]].end),)
    measure = Measure(
        start=draft.start, end=draft.end, statistic=statistic or "other", value=_number(value),
        unit=unit if isinstance(unit, str) else None,
        qualifier=_text(f.get("qualifier")), events=_number(events), total=_number(total), percent=_number(percent),
        sd=_number(f.get("sd")), se=_number(f.get("se")), plus_minus=_number(f.get("plus_minus")),
        q1=_number(f.get("q1")),
        q3=_number(f.get("q3")), iqr_width=_number(f.get("iqr_width")), range_low=_number(f.get("range_low")),
        range_high=_number(f.get("range_high")), ci_level=_number(f.get("ci_level")), ci_low=_number(f.get("ci_low")),
        ci_high=_number(f.get("ci_high")), p_relation=p[0] if p else None, p_value=p[1] if p else None,
        negated=bool(f.get("negated")) or events == 0 or percent == 0,
        rule="+".join(dict.fromkeys(draft.rules)), captures=captures,
        count_of=_counted(draft),
    )  # fmt: skip
    if enrolment and not x.settled and x.arm_by_order is None and x.group_size < 2 and not beside(x):
        x = replace(x, arm=None, comparator=None)
    arm = found.find(x.arm.key) if x.arm else None
    label = arm.label if arm else x.arm.text if x.arm else None
    role = role_of.get(arm.key) if arm else None
    other = found.find(x.comparator.key) if x.comparator else None
    return Finding(
        measure=measure,
        section=r.block.section,
        outcome=enrolled_as(draft, text[r.start : r.end], r.start) if enrolment else _outcome(r, x),
        arm=label or "overall",
        arm_role=role or ("overall" if not label else None),
        comparator=other.label if other else x.comparator.text if x.comparator else None,
        timepoint=x.time.text if x.time and not enrolment else None,
        grade=x.grade if not enrolment else None,
        path=r.block.path,
        total_source="explicit" if total is not None else "none",
        derived=tuple(derived),
        confidence=x.confidence,
        candidates=tuple(x.candidates),
        enrollment=enrolment,
    )


_RATE_OF_EVENTS = re.compile(r"\b(?:annuali[sz]ed(?: \w+)?|event|incidence|exacerbation|relapse) rate\b", re.I)
_NAMES_A_LIMIT = re.compile(r"\b(?:below|above|under|over|at least|less than|more than)\b|[<>≤≥]")
PERCENT_MEASURED = Prefiltered(
    r"\b(?:LVEF|ejection fraction|HbA1c|A1c|ha?ematocrit|FEV|saturation|reticulocyte|weight|BMD|"
    r"bone mineral density)\b",
    re.I,
)


_OF_A_SHARE = Prefiltered(r"\b(?:incidence|rates?|proportion|testing|prevalence|or more|achieved)\b", re.I)
"""Of whom a measurement, or a change of it, is told: "the incidence of a 5% fall in BMD" is a share of patients."""


SPANS_OF = re.compile(r"\b(?:number of )?(?:\w+-free )?(days|weeks|months|hours)\b")
"""What an outcome counts where its value has no unit: "number of ventilator-free days"."""


def _is_value(r: Read, draft: Draft) -> bool:
    """Whether a percentage is the value of a marker ("LVEF was 58%", "HbA1c fell by 1.5%") and no share of patients
    ("in 49%").
    """
    before = r.row[draft.first - 1].text if draft.first else ""
    after = [i.text for i in r.row[draft.last : draft.last + 3]]
    if "of" in after[:1] or {"patients", "participants"} & set(after):
        return False
    if before == "by":
        return draft.first > 1 and r.row[draft.first - 2].text not in ("achieved", "reached", "attained", "met")
    return before in ("was", "were", "to", "at", "=", "is", "averaged", "(", "vs", "versus", "and")


def _is_relative(r: Read, draft: Draft) -> bool:
    """ "13.5% lower with A": how much one arm differs from another, and no proportion of patients."""
    behind = [item.text for item in r.row[draft.last : draft.last + 1]]
    return bool(behind) and behind[0] in ("lower", "higher", "greater", "less", "fewer", "longer", "shorter", "larger")


def _makes_up(r: Read, x: Linked) -> bool:
    """ "Naive cells made up 64% of the total": a part of a marker, and no proportion of patients."""
    near = {item.text for item in r.row[max(0, x.draft.first - 3) : x.draft.first]}
    if near.isdisjoint(("made", "making", "constituted", "constituting")):
        return False
    return x.outcome is not None and vocabulary.outcome_class(x.outcome) == "biomarker"


def _is_survival_time(x: Linked, before: str) -> bool:
    """ "TTP (6.1 and 3.4 months)" in a text that has said "median" carries it on."""
    known = vocabulary.outcome(x.outcome) if x.outcome else None
    return (
        known is not None
        and known.term.category in ("survival", "remission_duration")
        and "median" in before.lower()
        and not x.draft.fields.get("followed")
    )


_TIMED = frozenset(("survival", "time_to_event", "remission_duration"))
_TO_AN_EVENT = re.compile(
    r"\b(?:ttp|ttf|pfs|dfs|efs|rfs|os|dor|survival|times?[- ]to[- ]"
    r"(?:(?:first|disease|tumou?r|clinical|local|distant|any|next|treatment) )*"
    r"(?:progression|relapse|recurrence|death|failure|metastas[ei]s|event|worsening|deterioration)|"
    r"duration of (?:response|remission|benefit))\b",
    re.I,
)
_MORE_PEOPLE = Prefiltered(
    r"\b(?:more|fewer|number of) (?:of the )?(?:patients|women|men|participants|subjects|children|cases)\b", re.I
)


def _customary(x: Linked, unit: str | None, r: Read, rules: RuleSet) -> str | None:
    """What groups are compared by where a text names no statistic: people by their count, times to an event by their
    median, measurements by their mean ("pain was lower with A (1.2 vs 3.4)"). None where it may be something else.
    """
    known = vocabulary.outcome(x.outcome or "")
    category = known.term.category if known is not None else None
    value = x.draft.fields.get("value")
    time = unit is not None and vocabulary.unit(unit) is not None and _is_time(unit)
    said = " ".join(item.text for item in r.row[: x.draft.first])
    behind_others = max((y.draft.last for y in r.linked if y.group < x.group), default=0)
    own = " ".join(item.text for item in r.row[behind_others : x.draft.first])
    if time and (category in _TIMED or _TO_AN_EVENT.search(f"{own[-60:]} {x.outcome}")):
        return "median"
    if unit is None and isinstance(value, float) and value % 1 == 0 and (
        _MORE_PEOPLE.search(said) or category in ("adverse_event", "mortality", "relapse")
    ):  # fmt: skip
        return "count"
    if category in ("biomarker", "score_change") or unit is not None or "score" in (x.outcome or "").lower():
        return "mean"
    if isinstance(value, float) and value % 1 and category is None and x.group_size > 1:
        return "mean"  # "17.2 vs 12.9 nodes were found"
    return None


_TIME_UNITS = frozenset(("day", "week", "month", "year", "hour", "minute", "min", "h", "d", "wk", "mo", "yr", "hr"))


def _is_time(unit: str) -> bool:
    return unit.lower().rstrip("s") in _TIME_UNITS


def _is_share(x: Linked, rules: RuleSet) -> bool:
    """A bare number whose outcome says that it is a percentage ("the percentage with adherence was 73.6 vs 74.4")."""
    words = set(re.findall(r"[a-z]+", (x.outcome or "").lower()))
    value = x.draft.fields.get("value")
    yearly = words & {"annualised", "annualized", "annual", "incidence"} or "per" in words
    return (
        bool(words & {"percentage", "percent", "percentages", "rate", "rates"})
        and not yearly
        and isinstance(value, float)
        and 1 < value <= 100
    )


def _outcome(r: Read, x: Linked) -> str | None:
    """The outcome as told, "not" before it where the sentence counts the others: "All but 11 patients went home"."""
    but = x.draft.first > 1 and (r.row[0].text, r.row[1].text) == ("all", "but") and x.draft.first == 2
    return f"not {x.outcome}" if but and x.outcome else x.outcome


def _counted(draft: Draft) -> str | None:
    if draft.noun is None:
        return None
    return {"episodes": "episodes", "episode": "episodes", "events": "events", "event": "events"}.get(
        draft.noun, "patients"
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _ledger(r: Read, kept: set[int], why: dict[int, str]) -> list[Number]:
    """Every number of the sentence and its fate."""
    lines = []
    covered = {k: d for d in r.drafts for k in range(d.first, d.last)}
    covered |= {k: x.draft for x in r.linked if id(x.draft) in kept for k in range(x.draft.first, x.draft.last)}
    covered |= {x.p[2]: x.draft for x in reversed(r.linked) if x.p is not None and x.p[2] not in covered}
    covered |= {x.p[2]: x.draft for x in r.linked if x.p is not None and id(x.draft) in kept}
    spans = [(x.draft.start, x.draft.end) for x in r.linked if id(x.draft) in kept]
    for k, item in enumerate(r.row):
        if item.kind in ("W", "EFFECTNAME"):
            continue
        draft = covered.get(k)
        if draft is not None and id(draft) in kept:
            lines.append(Number(item.start, item.end, r.block.section, "extracted", ""))
        elif draft is not None and id(draft) in why:
            lines.append(Number(item.start, item.end, r.block.section, "ignored", why[id(draft)]))
        elif draft is not None and draft.reason:
            lines.append(Number(item.start, item.end, r.block.section, "ignored", draft.reason))
        elif item.kind in ("MASK",):
            lines.append(Number(item.start, item.end, r.block.section, "ignored", item.reason))
        elif item.kind in SPREAD_KINDS and lines and lines[-1].fate == "ignored" and item.start - lines[-1].end < 4:
            lines.append(Number(item.start, item.end, r.block.section, "ignored", lines[-1].reason))
        elif item.kind in ("TIME", "TIMES", "POINT", "GRADE", "GROUP"):
            lines.append(
                Number(
                    item.start,
                    item.end,
                    r.block.section,
                    "ignored",
                    {"GRADE": "grade", "GROUP": "part of an arm's name"}.get(item.kind, "timepoint or duration"),
                )
            )
        elif any(a <= item.start < b for a, b in spans):
            lines.append(Number(item.start, item.end, r.block.section, "extracted", ""))
        elif r.block.section not in RESULT_SECTIONS:
            lines.append(Number(item.start, item.end, r.block.section, "ignored", f"section {r.block.section}"))
        else:
            lines.append(Number(item.start, item.end, r.block.section, "unresolved", "nothing claims it"))
    return lines
