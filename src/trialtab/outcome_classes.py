"""The class of an outcome, given what was measured of it: the name alone says "complete response" of 11 patients and
of 45 days.
"""

from __future__ import annotations

import re

from trialtab import values, vocabulary
from trialtab.model import Finding

_LASTING = re.compile(r"\b(?:last(?:ed|ing)|duration|durable)\b", re.IGNORECASE)
_FATAL = re.compile(r"\bfatal|\bdied\b|^deaths?\b|\blethal", re.IGNORECASE)
_LABORATORY = re.compile(r"/|%|mm\s?Hg|ppb|\bg\b|\bms\b|log|cells|copies", re.IGNORECASE)
_TOXIC = re.compile(r"upper limit|\belevat|\babnormal|\btoxicity|\bgrade\b", re.IGNORECASE)
_TOO_HIGH = re.compile(
    r"(?=.*\b(?:transaminas|aminotransferas|liver enzyme|ALT\b|AST\b|creatinine|creatine|CK\b|lipase|amylase|"
    r"potassium|QTc?\b|"
    r"alkaline phosphatase|gamma|bilirubin|troponin))"
    r"(?=.*\b(?:rais|rose|ris(?:en|ing|e)\b|elevat|increas|exceed|prolong|high|above|over|beyond|more than|times|>|≥))",
    re.IGNORECASE,
)
"""Measured values of which a high one is harm, said to be high."""
_TOO_LOW = re.compile(
    r"(?=.*\b(?:neutrophil|leu[ck]ocyt|white[- ](?:blood )?cell|lymphocyt|platelet|thrombocyt|ha?emoglobin|IgG\b|"
    r"immunoglobulin|antibod|sodium|oxygen saturation))"
    r"(?=.*\b(?:fell|dropp|declin|decreas|low|reduc|down|sank|stay|remain)\w*\b.*"
    r"(?:\b(?:below|under|less than|at least|by)\b|<)|"
    r".*\bbelow\b|.*<|"
    r".*\binferior\b|low (?:levels?|counts?|concentrations?) of)",
    re.IGNORECASE,
)
"""Those of which a low one is harm, said to have fallen below a limit or by an amount."""
_RECURRED = re.compile(r"\brecurr(?:ed|en(?:t|ce)|ing)\b(?!.*\b(?:infection|fever|pain|event))", re.IGNORECASE)
_COUNTS_RECOVER = re.compile(
    r"(?=.*\b(?:neutrophil|platelet|leu[ck]ocyte|blood count|ANC))(?=.*\brecover)", re.IGNORECASE
)
_BELOW_FOR = re.compile(r".*\b(?:counts?|levels?) (?:below|under|less than|of less than|<)", re.IGNORECASE)
_TREATMENT = re.compile(
    r"\b(?:steroids?|corticosteroids?|glucocorticoids?|prednis(?:on|olon)e|antibiotics?|vasopressors?|transfusions?|"
    r"immunoglobulins?|immune globulin|replacement|G-CSF|growth factors?|antihistamines?|anticoagulants?)$",
    re.IGNORECASE,
)
"""What is given because of an adverse event, by the last word of its phrase."""
_SPAN = re.compile(
    r"\b(?:time|onset|interval|until|latency|last\w*|duration|delay|after|came|relapse\w*|recurrence)\b", re.IGNORECASE
)
_SCALE = re.compile(r"\b(?:scores?|scale|index|questionnaire|points?)\b", re.IGNORECASE)
_SYMPTOM = re.compile(
    r"\b(?:pain|discomfort|itch|pruritus|fatigue|nausea|dyspn\w+|anxiety|soreness|tenderness|burning|breathlessness|"
    r"dryness|stiffness|depressi\w+|headache|cough|sleepiness|thirst)\b",
    re.IGNORECASE,
)
_LONG_TIMES = frozenset({"day", "week", "month", "year"})
_AFTER_SO_LONG = re.compile(
    r"\b(?:at|after|within|by|on|took)\s+(?:a |the )?(?:median |mean )?(?:of )?$", re.IGNORECASE
)
"""Before a span of time: something was reached after it, so that it is no span for which it lasted."""
_LASTS = re.compile(
    r"aplasi|persist|detect|return|recover|reconstitut|reappear|(?:come|came) back|last|duration|deplet", re.IGNORECASE
)
"""What is said of how long a marker lasts: its persistence, not the time until something happens to it."""
_TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
_LEFT_OUT = re.compile(r"\b(?:never|not|no longer)\b", re.IGNORECASE)
"""Of those who were to take part: they did not."""
_SUPPORTED = re.compile(
    r"\b(?:given|administered|replaced|prescribed|infused|transfused|supplemented|substituted|withheld|interrupted|"
    r"suspended)$|^(?:received|needed|required|took|"
    r"were given|was given)\b",
    re.IGNORECASE,
)
"""What was given because of an outcome: supportive and rescue treatment."""
_OF_SPANS = ("median", "mean", "other", "mean_difference")
_CLAUSE = re.compile(r"[;:.]\s|, (?:and|while|whereas) ")
_STILL_IN = re.compile(
    r"\b(?:probability|chance|likelihood) of (?:being|remaining|staying|still being) in\b", re.IGNORECASE
)
_ONGOING = re.compile(r"\b(?:ongoing|continu\w+|maintained|sustained)$", re.IGNORECASE)
_RELATED = re.compile(
    r"\b(?:treatment|drug|therapy|infusion|vaccine|device|procedure)-related\b(?! (?:death|mortality))|"
    r"\brelated to (?:the )?(?:study )?(?:treatment|drug|medication|infusion)\b",
    re.IGNORECASE,
)


def is_treatment(phrase: str) -> bool:
    """Whether a phrase names what is given because of an adverse event: "anakinra", "steroids"."""
    return _TREATMENT.search(phrase) is not None or vocabulary.intervention(phrase) is not None


def class_of_measured(finding: Finding, named: str, before: str, sure: bool = False) -> str:
    """The class of an outcome, given what was measured of it. before: the words before the quotation; sure: the phrase
    is the name of a term, whole.

    The name alone says "complete response" of 11 patients and of 45 days: a span of time until an event is
    `time_to_event`, the span that a response lasts is `remission_duration`, a mean of anything that is no event is
    a `biomarker` or a `score_change`, and an event that killed is `mortality`.
    """
    measure, phrase = finding.measure, finding.outcome_in_full or finding.outcome or ""
    if measure.unit in ("deaths", "death") and named in ("other", "adverse_event"):
        return "mortality"  # "infection (9 of 14 deaths)"
    if named == "adverse_event" and _RECURRED.search(phrase):
        return "relapse"  # "venous thromboembolism recurred"
    if named == "time_to_event" and "/" in (measure.unit or ""):
        return "biomarker"  # "CAR T cells peaked … at 41 cells/μL"
    if named == "enrollment" and _LEFT_OUT.search(phrase):
        return "other"
    if named == "other" and sure and measure.unit not in ("points", "point"):
        return named  # "total sleep time", "operating time", "factor consumption"
    spans_time = values.time_unit(measure.unit or "") in _TIMES and measure.statistic in _OF_SPANS
    if spans_time and named in ("efficacy_response", "relapse", "adverse_event", "other"):
        if named == "efficacy_response" and _LASTING.search(phrase):
            return "remission_duration"
        after_so_long = _AFTER_SO_LONG.search(before) is not None
        return "time_to_event" if named != "other" or _SPAN.search(phrase) or after_so_long else named
    if named == "biomarker" and spans_time and values.time_unit(measure.unit or "") in _LONG_TIMES:
        told_to = re.search(r"\b(?:interval|time) (?:between|to|until|from)\b|\blatency\b", phrase, re.IGNORECASE)
        told_to = told_to or _COUNTS_RECOVER.match(f"{phrase} {before}") or _BELOW_FOR.match(phrase)
        reached = _AFTER_SO_LONG.search(before) and not _LASTS.search(phrase) and not _LASTS.search(before)
        return "time_to_event" if told_to or reached else named
    if named == "other" and finding.grade and finding.grade[-1:].isdigit() and "/" not in (measure.unit or ""):
        return "adverse_event"  # only adverse events are graded in figures
    if named == "adverse_event" and _FATAL.search(phrase):
        return "mortality"
    changed = measure.statistic in ("mean", "median", "other", "mean_difference") and measure.unit == "%"
    if changed and named == "adverse_event" and _SYMPTOM.search(phrase):
        return "score_change"  # "reduced anxiety by 27%"
    averaged = measure.statistic in ("mean", "median", "mean_difference") and not spans_time
    if averaged and named in ("adverse_event", "other"):
        if _SCALE.search(phrase) or measure.unit in ("points", "point"):
            return "score_change"
        if named == "adverse_event" and measure.unit is None and _SYMPTOM.search(phrase):
            return "score_change"  # nothing but a scale gives a mean of pain without a unit
        return "biomarker" if named == "adverse_event" or _LABORATORY.search(measure.unit or "") else "other"
    if measure.statistic in ("count", "proportion") or measure.percent is not None or measure.events is not None:
        if named == "score_change":
            return "efficacy_response"  # so many reached a score: a response
        if named == "efficacy_response" and (_ONGOING.search(phrase) or _STILL_IN.search(phrase)):
            return "remission_duration"
        if named in ("biomarker", "adverse_event", "other") and _SUPPORTED.search(phrase):
            return "other"
        if named in ("biomarker", "adverse_event") and is_treatment(phrase) and not _TOO_LOW.match(phrase):
            return "other"
        if named == "biomarker" and _TOXIC.search(phrase):
            return "adverse_event"
        told = f"{phrase} {_CLAUSE.split(before)[-1]}".replace("\n", " ")
        if named in ("biomarker", "other") and (_TOO_HIGH.match(told) or _TOO_LOW.match(told)):
            return "adverse_event"
        if named == "other" and _RELATED.search(phrase):
            return "adverse_event"
    if named == "score_change" and measure.statistic in ("odds_ratio", "risk_ratio", "risk_difference", "hazard_ratio"):
        return "efficacy_response"
    if named == "mortality" and "composite" in phrase.lower():
        return "adverse_event"
    return named


__all__ = ["class_of_measured", "is_treatment"]
