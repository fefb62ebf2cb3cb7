"""Words right before and behind a number that say against it: exposure, places, prices, limits, plans, times before."""

import re

from trialtab.extract.measures import Draft
from trialtab.prefilter import Prefiltered

_SO_MANY_CYCLES = re.compile(
    r"\s*(?:[\[(][^()\[\]]{1,40}[\])]\s*)?(?:(?:prior|previous|earlier|further|[a-z]+let|[a-z]+(?:mab|tax|lone|nib|"
    r"cel)) )?"
    r"(?:cycles|doses|infusions|injections|courses|lines)\b",
    re.I,
)
_ON_AVERAGE = re.compile(
    r"\b(?:median|mean|average) of $|\b(?:cycles|doses|infusions|injections) and $|\b(?:had|received|given)(?: a)? $",
    re.I,
)
"""Around a number: how often the treatment was given, "a median of 7 (IQR 3-13) cycles"."""

_PLACES = re.compile(
    r"\s+(?:participating |study |different )?(?:cent(?:re|er)s|hospitals|sites|institutions|countries|clinics)\b", re.I
)

_MONEY_BEHIND = re.compile(r"\d[\d,.\s]*(?:€|£|¥|euros?\b|EUR\b|USD\b|dollars\b|pounds sterling\b)", re.I)
_PRICED = re.compile(r"\b(?:costs|priced at|at|sells? for) (?:about |over |around )?(?:US)?[€£¥$]?\s?$", re.I)
_MONEY_BEFORE = re.compile(r"(?:€|£|¥|\$)\s?$")

_OF_A_LIMIT = Prefiltered(
    r"\b(?:(?:criterion|boundary|threshold|significance level|alpha(?: level)?|margin) (?:of|for significance of|was) |"
    r"(?:inferior|superior) to )(?:[pP]\W*)?$",
    re.I,
)
"""Before a number: a boundary that a result or a value is held against."""
_TOOK_SO_LONG = Prefiltered(r"\btook\b(?:[^.;]|\.\d){1,40} to (?:pass|exceed|surpass|reach) $", re.I)
_RESIDUAL = Prefiltered(r"\b(?:MRD|residual disease)\b", re.I)
_A_SCORE_OF = re.compile(r"\b(?:means|meaning|is|as) a score of (?:0 or )?$", re.I)
_SEEN_IN = Prefiltered(r"\b(?:seen|reported|occurring|observed|noted|occurred|present) in $", re.I)
_WERE = re.compile(
    r"\s?(?:%|per ?cent)?\s?(?:of )?(?:the )?(?:patients|participants|people|cases) (?:were|was|included|are)\b", re.I
)
"""Around a number: the share from which on events are named, "those seen in more than two patients were"."""

_ITS_VALUE_BEFORE = re.compile(
    r"\s*(?:[\[(][^()\[\]]{1,40}[\])])?\s*(?:at (?:baseline|entry) )?(?:had |was |were )?"
    r"(?:declined|fell|fallen|dropped|rose|risen|increased|decreased|improved|reduced|went|gone) (?:up |down )?to\b",
    re.I,
)
_HAD_A_VALUE = re.compile(r"\b(?:of|from) $", re.I)
_FROM = re.compile(
    r"\b(?:declin\w+|fell|fallen|dropp\w+|rose|risen|increas\w+|decreas\w+|improv\w+|reduc\w+|went)\b[^.;]{0,15} to "
    r"[^.;a-z]{0,8}\d(?:[^.;]|\.\d){0,45} from (?:a (?:median|mean) of )?$",
    re.I,
)
"""Around a value: the one from which something changed, "the ESSDAI of 10.6 declined to 6.2", "to 0.4 from 3.2 g"."""

_SPAN_BEFORE = re.compile(
    r"(?: (?:patients|people|participants|women|men|children|adults))?,? (?:in|during|over|within) the (?:\w+ ){0,2}"
    r"(?:years?|months?|weeks?|days|quarter) (?:before|preceding|prior to)\b",
    re.I,
)
_TOOK_AT_THE_START = re.compile(
    r"(?: (?:patients|people|participants|women|men|children|adults))? (?:were|was|had been) "
    r"(?:taking|on|receiving|using)\b[^.;,\d]{3,40} at (?:the )?(?:study )?(?:start|baseline|entry|enrol+ment|"
    r"beginning|outset)\b"
    r"(?! of (?:the )?(?:second|next|follow))",
    re.I,
)
_BEFORE_TREATMENT = re.compile(
    r"^\W*(?:before (?:the )?(?:treatment|study|infusion|trial|transplant|surgery|operation)|at (?:baseline|"
    r"(?:study )?entry|enrol+ment)),? $",
    re.I,
)
_HAD = re.compile(
    r"\s(?:patients |people |participants |women |men |children |adults )?(?:had|were|took|needed|used)\b", re.I
)
_WERE_WOMEN = re.compile(
    r"\s(?:(?:of (?:them|whom)|patients|participants) )?(?:were|was) (?:wom[ae]n|m[ae]n|girls?|boys?|females?|"
    r"males?)\b",
    re.I,
)

_SPLIT_INTO = re.compile(r"\b(?:split|divided|fractionated) (?:in|into|as) [\d%,. and]*$", re.I)
"""Before a share: a part of a dose."""

_OLDER = Prefiltered(r"\b(?:older|younger|heavier) \((?:median|mean)\b[^()]*$", re.I)
"""Before a number: what an arm's patients were like, "were older (median 66 v 60 years)"."""

_PLANNED_SIZE = re.compile(
    r"\b(?:protocol|plan) (?:foresaw|called for|provided for|required|envisaged) (?:at least )?$|"
    r"\b(?:chosen|selected|taken forward) (?:for|in|into) an? [^.;]{0,60}\b(?:trial|study) (?:in|of|with) $|"
    r"\bplanned (?:for|in|with) (?:about |some |around )?$|"
    r"\b(?:planned|target(?:ed)?|intended) (?:enrol+ment|accrual|sample(?: size)?|recruitment)(?: of|:| was)? $",
    re.I,
)
_A_NEXT = Prefiltered(
    r"\b(?:an?|another|further|the next|larger) (?:[\w-]+ ){0,5}(?:trial|study|comparison|extension)\b[^.;]{0,60}$",
    re.I,
)
_IS_TO_BE = re.compile(
    r"[^.;]{0,60}\b(?:is|are|has been|have been) (?:now |currently |already |being )*(?:planned|ongoing|under ?way|"
    r"announced|"
    r"programmed|recruiting|designed|started|begun|in (?:preparation|progress))\b|[^.;]{0,40}\bhas (?:begun|started|"
    r"opened)\b",
    re.I,
)
"""Around a number: the size of a study that is still to come or to end."""


_OF_THOSE = re.compile(r"(?:^|[,;.]\s)\W*(?:regarding|concerning|as for|of|in|for) (?:the|those|these) $", re.I)
_WITH_A_TRAIT = re.compile(
    r"\s(?:patients|people|participants|women|men|children|adults|cases|responders|survivors)\b(?:[^,.;]|\.\d){0,60}, "
    r"(?:\d|all\b|none\b|(?:only )?(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)",
    re.I,
)
_SAMPLES_OF = re.compile(r"\b(?:biops(?:y|ies)|samples|specimens|scans) (?:in|from|of) $", re.I)
_SHOWED = re.compile(r"\s(?:patients |people )?(?:showed|revealed|disclosed|confirmed)\b", re.I)
"""Around a number: of how many the results behind it are, "of the 27 people with a relapse, 16 responded"."""


_AT_A_TIME = re.compile(
    r"(?:^|[.;] )\W*(?:at|by|on)? ?(?:the )?(?:day|week|month|year|\d+[- ](?:days?|weeks?|months?|years?))\b"
    r"[^.;]{0,14}[, ](?:with )?$",
    re.I,
)
_COULD_BE_LOOKED_AT = re.compile(
    r"\s(?:[\w-]+ ){0,2}?(?:were |was )?(?:evaluable|assessable|had (?:counts|data|samples|reached (?:it|this|that))|"
    r"(?:were|was) (?:available|examined|tested))\b",
    re.I,
)
"""Around a number: of how many there were data at a time, "day 90, with 22 evaluable: nine had held"."""

_SEXES_OF_THEM = re.compile(r" of (?:them|whom|these) (?:were )?(?:wom[ae]n|m[ae]n|girls?|boys?|(?:fe)?males?)\b", re.I)
_BEFORE_IT = re.compile(
    r"(?:[^.;,()]| \([^()]*\)){0,24}\bbefore (?:the )?"
    r"(?:treatment|infusion|therapy|transplantation|surgery|operation|study)\b",
    re.I,
)
_OF_BASELINE = re.compile(r"\b(?:baseline|pretreatment|pre-treatment) (?:[\w-]+ ){0,3}[(\[]$", re.I)
_UP_FROM = re.compile(r"\b(?:up|down) from (?:an? )?(?:median |mean )?(?:of )?$", re.I)
_BUILD = re.compile(r"(?:body[- ])?(?:weight|height|mass index|BMI|stature)\b[^.;]{0,12}$", re.I)
_WITH_AGE = re.compile(r"\b(?:average|mean|median) (?:of )?age\b|\bage (?:was|is)\b", re.I)
_DOSE_WAS = re.compile(
    r"\bdoses? (?:infused|given|administered|received|delivered) (?:was|were|is|of) "
    r"(?:a )?(?:median |mean )?(?:of )?$",
    re.I,
)
_CELLS_A_KILOGRAM = re.compile(
    r"[\d.,·–-]+\s?[×x]\s?10\S{1,4}\s?(?:viable |transduced )?(?:CAR[+-]? ?)?(?:T[- ]?)?"
    r"(?:cells?)?\s?(?:/|per )\s?(?:kg|kilogram)\b",
    re.I,
)
"""A number of cells for each kilogram is how many were given: "0.5 × 10⁶/kg"."""
_TITRE = re.compile(r"\b(?:titres?|titers?)\b[^.;]{0,16}$", re.I)
_STRENGTH_OF = re.compile(
    r"%? (?:[A-Z][A-Za-z]?\d?){1,4}\d\b|%? (?:gel|cream|ointment|lotion|saline|dextrose|glucose|solution|mouthwash|"
    r"varnish|gargle|eye ?drops?|foam|spray|suspension)\b"
)
"""Behind a percentage: it is how strong what was given is, "5% KNO3"."""


def said_against(before: str, said: str, behind: str, draft: Draft) -> str | None:
    """Why a number is no finding, given the words of its sentence before it, from it on and behind it; None where
    nothing says so.
    """
    counted = draft.shape in ("count", "fraction", "value", "all")
    if draft.shape in ("value", "count") and _ON_AVERAGE.search(before) and _SO_MANY_CYCLES.match(behind):
        return "schedule or exposure"
    if draft.shape == "percent" and _SPLIT_INTO.search(before):
        return "dose"
    if counted and _PLACES.match(behind):
        return "number of places or studies"
    if draft.shape in ("value", "count") and draft.p_item is None and _price(before, said):
        return "price"
    if counted and (_PLANNED_SIZE.search(before) or (_A_NEXT.search(before) and _IS_TO_BE.match(behind))):
        return "planned"
    if draft.shape in ("count", "fraction") and draft.p_item is None and _is_of_how_many(before, behind):
        return "denominator"
    if draft.shape in ("count", "value") and _COULD_BE_LOOKED_AT.match(behind) and _AT_A_TIME.search(before):
        return "denominator"
    if draft.shape == "percent" and draft.p_item is None and _STRENGTH_OF.match(behind):
        return "dose"
    if ("ose" in before and _DOSE_WAS.search(before)) or (draft.shape == "value" and _CELLS_A_KILOGRAM.match(said)):
        return "dose"
    if draft.shape == "fraction" and _TITRE.search(before):
        return "titre"
    if _is_limit(before, behind, draft):
        return "threshold"
    return "baseline" if _from_before(before, said, behind, draft) else None


def _is_of_how_many(before: str, behind: str) -> bool:
    of_those = _OF_THOSE.search(before) and _WITH_A_TRAIT.match(behind)
    return bool(of_those or (_SAMPLES_OF.search(before) and _SHOWED.match(behind)))


def _price(before: str, said: str) -> bool:
    compared = re.search(r"\b(?:vs|versus|than|compared|respectively)\b", before + said, re.I)
    priced = compared is None and _PRICED.search(before) is not None
    return priced and bool(_MONEY_BEHIND.match(said) or _MONEY_BEFORE.search(before))


def _is_limit(before: str, behind: str, draft: Draft) -> bool:
    if draft.shape in ("value", "effect", "p") and _OF_A_LIMIT.search(before):
        return True
    if draft.shape == "value" and _TOOK_SO_LONG.search(before):
        return True
    if draft.shape == "percent" and draft.depth and _RESIDUAL.search(before):
        share = draft.fields.get("percent")
        return isinstance(share, float) and share <= 0.1 and draft.fields.get("qualifier") is not None
    if draft.shape in ("value", "count") and _A_SCORE_OF.search(before):
        return True
    qualified = draft.fields.get("qualifier") in (">", ">=")
    return qualified and _SEEN_IN.search(before) is not None and _WERE.match(behind) is not None


def _from_before(before: str, said: str, behind: str, draft: Draft) -> bool:
    """Whether a number tells of the time before treatment."""
    if draft.p_item is not None or draft.shape == "effect":
        return False
    measured = draft.shape in ("value", "percent") and draft.fields.get("events") is None
    if measured and ((_HAD_A_VALUE.search(before) and _ITS_VALUE_BEFORE.match(behind)) or _FROM.search(before)):
        return True
    if _SPAN_BEFORE.match(behind) or _OLDER.search(before):
        return True
    if measured and draft.depth and _OF_BASELINE.search(before):
        return True  # "changes from baseline HbA1c (8.06%)"
    if measured and (_UP_FROM.search(before[-40:]) or (_BUILD.search(before) and _WITH_AGE.search(before))):
        return True
    if measured and _HAD_A_VALUE.search(before[-8:]) and _BEFORE_IT.match(said):
        return True
    if draft.shape not in ("count", "fraction"):
        return False
    if _SEXES_OF_THEM.match(behind):
        return True
    first = _BEFORE_TREATMENT.match(before) is not None and _HAD.match(behind) is not None
    return first or _TOOK_AT_THE_START.match(behind) is not None or _WERE_WOMEN.match(behind) is not None
