"""What a table is about, by its caption and rows: who took part, harms, results, or nothing that a trial found."""

import re
from functools import lru_cache

from trialtab.extract.table_labels import Spec, label, specs_of

_BASELINE = re.compile(
    r"\b(?:baseline|base-line|demographics?|socio-?demographics?|(?:patients?|subjects?|participants?|sample|clinical|maternal|general|group|study|population|cohort|"
    r"pre-?operative|disease|tumou?r|socio-?demographic|background|infant|women)(?:[’']s?)?\s+(?:and\s+[\w-]+\s+)?(?:characteristics?|features|profiles?|attributes)|"
    r"characteristics?\s+(?:of|at|for|in|by|according)|who took part|at (?:study )?entry|at enrol?lment"
    r"|at inclusion|at randomi[sz]ation|"
    r"before (?:the )?(?:treatment|intervention|study))\b|^\W*(?:table\s+\w+\W*)?(?:\w+\s+){0,3}characteristics\W*\Z",
    re.IGNORECASE,
)
_NOT_ONLY_BASELINE = re.compile(
    r"\b(?:after|follow[- ]?up|changes?|outcomes?|effects?|results?|post|responses?|adverse|end of|efficacy|endpoints?|"
    r"intra-?operative|peri-?operative|post-?operative|operative|discharge|(?:from|to|versus|vs\.?) baseline"
    r"|baseline (?:and|to)|"
    r"(?:surgery|surgical|operation|procedur\w+|an?a?esthe\w+|ventilation|recovery|delivery|labou?r)"
    r" (?:characteristics|features|data)|"
    r"pre-? and post|[1-9]\d*[- ](?:weeks?|months?|years?|days?)|week \d+|month \d+)\b",
    re.IGNORECASE,
)
_HARMS = re.compile(
    r"\b(?:adverse|toxicit\w+|side[- ]effects?|safety|complications?|treatment-emergent|TEAEs?|AEs?|SAEs?|harms"
    r"|reactogenicity|"
    r"reactions?|tolerability)\b",
    re.IGNORECASE,
)
_NO_RESULTS = re.compile(
    r"\b(?:(?:in|ex)clusion criteria|eligibility|criteria (?:for|of)|definitions?|schedule of|study schedule"
    r"|dosing schedule|"
    r"compositions? of|ingredients?|nutrient content|content of|search (?:strategy|terms)|questionnaire items|"
    r"training program(?:me)?|exercise program(?:me)?|list of|glossary|primers?|included studies|studies included|"
    r"characteristics of (?:included )?(?:studies|trials)|previous (?:studies|trials)|literature|abbreviations"
    r"|data collection|timetable|sample size|"
    r"randomi[sz]ation schedule|treatment regimens?|dose (?:levels?|modifications?|adjustments?|escalation scheme))\b",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"\b(?:regressions?|correlations?|predictors?|predicting|predict|mediation|moderation"
    r"|analysis of (?:co)?variance|results of covariance|an[c]?ova|"
    r"univaria(?:te|ble)|multivaria(?:te|ble)|risk factors?|prognostic|determinants|factor loadings?"
    r"|sensitivity analys[ie]s of cost|"
    r"cost-?effectiveness|associations?|associated with|kappa|reliability|internal consistency)\b",
    re.IGNORECASE,
)
_SUBGROUP = re.compile(r"\bsub-?groups?\b|\bstratified by\b|\bstratification\b|\bforest\b", re.IGNORECASE)
_SERIOUS = re.compile(r"\bserious\b|\bSAEs?\b", re.IGNORECASE)
DEMOGRAPHIC = re.compile(
    r"\W*(?:(?:mean|median|maternal|patient|gestational)\s+)?"
    r"(?:age|aged|sex|gender|male|female|men|women|males|females|race"
    r"|ethnicity|ethnic\b.*|white(?! (?:matter|blood|cell|count))|black|asian|caucasian|"
    r"hispanic|height|marital|married|education|smok\w+|employment|occupation|body mass index|bmi\b|ecog"
    r"|karnofsky|performance status|"
    r"nyha|asa (?:class|status|score|physical status)|comorbidit\w+|medical history"
    r"|years? of (?:education|school)|(?:disease|symptom) duration|duration of (?:disease|illness|diabetes|"
    r"symptoms|infertility)|time since (?:diagnosis|onset)|parity|gravidity|primipar\w+|nullipar\w+|(?:current"
    r"|former|never)\s+smok\w+|prior\b.*|previous\b.*|history of\b.*|"
    r"family history.*|(?:diabetes|hypertension|hyperlipid\w+|dyslipid\w+)(?:\s+mellitus)?\W*\Z)(?![\w-])",
    re.IGNORECASE,
)
CHANGEABLE = re.compile(r"\W*(?:(?:mean|median)\s+)?(?:body mass index|bmi\b|karnofsky|performance status)", re.I)
"""What says who took part, and may as well be what a treatment changes: a result in a table of results."""

_SIZE = re.compile(
    r"\W*(?:(?:total\s+)?(?:no\.?|nos\.?|numbers?|n|#)(?:\s+\(?n\)?)?(?:\s+of)?\s+(?:all\s+)?"
    r"(?:patients?|subjects?|participants?|women|men|children|infants|persons|individuals|pts|eyes|"
    r"completers|respondents|cases)(?:\s+(?:randomi[sz]ed|analy[sz]ed|evaluated|evaluable|included|treated"
    r"|assessed|enrolled|studied|in (?:the )?(?:group|analysis|study|trial)|"
    r"per group|with data|available|followed|completing(?: the study)?|examined|tested|assigned))*|sample size"
    r"|(?:patients|subjects|participants)?\s*(?:randomi[sz]ed|analy[sz]ed|evaluable|enrolled)|"
    r"(?:patients|subjects|participants|clusters|households|n|N|(?:total|valid) n|number|no\.)"
    r"(?:,?\s*n)?|n\s+(?:valid|analy[sz]ed|evaluated"
    r"|randomi[sz]ed|assessed|included|enrolled|treated|at\s.{1,20}))\W*\Z",
    re.IGNORECASE,
)
_COUNTS = re.compile(
    r"\b(?:no\.?|number|numbers|count)\s+of\s+(?:the\s+)?(?:patients|subjects|participants|women|men|children|infants|deaths|"
    r"cases|pregnan\w+|deliveries|births|responders|relapses)\b|^(?:patients|subjects|participants|women|men|children|infants)\s+(?:with|who|having|experiencing|reporting|achieving|requiring)\b",
    re.IGNORECASE,
)
_EVENTS = re.compile(
    r"\b(?:(?:total\s+|number of\s+|no\.?\s+of\s+)(?:adverse\s+)?(?:events|episodes|attacks|seizures"
    r"|exacerbations)|episodes)\b",
    re.I,
)
_LABEL = re.compile(r"\A\W*(?:(?:supplement\w*|appendix|online|additional)\s+)?table\s+\w{1,5}[.:)]?\s*", re.IGNORECASE)
_ABOUT = re.compile(
    r"\A(?:(?:the|a|an|summary|comparisons?|results?|analysis|analyses|distribution|overview|effects?|of|on|for|in|mean|means|median|"
    r"average|number|numbers|frequency|incidence|proportions?|percentages?|and|changes?|differences?|between|main|treatment|"
    r"values?|levels?|primary|secondary|before|after|outcomes?|outcome measures|variables?|data|estimates?"
    r"|observed|adjusted|unadjusted|baseline|\(?sd\)?|±|\(?%\)?|standard|deviations?|"
    r"cumulative|unadjusted|crude|detailed|trial|study|intention-to-treat)\W+)*",
    re.IGNORECASE,
)
_ABOUT_ENDS = re.compile(
    r"[.;:(\[]|,|\s(?:in|of the|by|for|between|among|amongst|at|according|before|after|during|from|with"
    r"|stratified|versus|vs\.?|per|compared|"
    r"as|within|across|over|to|following|on|using|throughout|under|was|were|is|are|who|that|and (?:p|95))\s",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def kind_of(caption: str) -> str:
    """baseline | mixed | harms | subgroup | model | none (tells no results) | results, by the caption alone."""
    head = caption[:300]
    if _NO_RESULTS.search(head[:70]):
        return "none"
    if _BASELINE.search(head) and not _HARMS.search(head):
        return "mixed" if _NOT_ONLY_BASELINE.search(head) else "baseline"
    if _HARMS.search(head):
        return "harms"
    if _MODEL.search(head):
        return "model"
    if _SUBGROUP.search(head):
        return "subgroup"
    return "results"


def tells_results(caption: str) -> bool:
    """Whether a caption speaks of what came out: outcomes, changes, a time after the start."""
    return _NOT_ONLY_BASELINE.search(caption[:300]) is not None or _HARMS.search(caption[:300]) is not None


_DEATHS = re.compile(r"\bcauses? of (?:the )?deaths?\b|\bdeaths by cause\b", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:(?:at|after|within|by|through|during|until|up to|to)\s+(?:the\s+(?:first\s+)?)?"
    r"(?:\d+|one|two|three|six|twelve)[\s-]*(?:hours?|days?|weeks?|months?|years?)"
    r"|(?:(?:at|to|until|through|by)\s+)?(?:day|week|month|year)\s?\d+)\b(?!\s*(?:old|of age))",
    re.IGNORECASE,
)


def tells_causes_of_death(caption: str) -> bool:
    """Whether the rows below a caption are what people died of."""
    return _DEATHS.search(caption[:300]) is not None


def time_of(caption: str) -> str | None:
    """The one time that a caption names; None where it names several or none."""
    found = [m.group() for m in _WHEN.finditer(caption[:300])]
    return found[0] if len({f.lower() for f in found}) == 1 else None


_NUMBER = re.compile(r"\W*tab(?:le|\.) ?(S?\d{1,2}|[IVX]{1,4})\b", re.IGNORECASE)
_OPENS = re.compile(r"[.\n] ")
_GIVES = re.compile(
    r" (?:gives?|shows?|lists?|presents?|summari[sz]es|displays?|details|reports?) ([^.;\n%]{4,120})\.", re.IGNORECASE
)
_IS_GIVEN = re.compile(
    r"(?<=[.\n] )([^.;\n%()]{4,120}) (?:is|are|was|were)"
    r" (?:given|shown|listed|presented|summari[sz]ed|displayed|detailed|reported) in $",
    re.IGNORECASE,
)
_SENTENCE = 160
"""Characters in front of a table's name in which the sentence that points to it begins."""


def time_said_of(text: str, caption: str) -> str | None:
    """The one time that a sentence of the text gives to a table: "Table 1 gives the responses at 24 weeks", "Responses
    at 24 weeks are shown in Table 1". None where it names several or none, or tells results itself.
    """
    number = _NUMBER.match(caption)
    if number is None:
        return None
    told = []
    for named in re.finditer(rf"Table {number[1]}\b", text, re.IGNORECASE):
        behind = _GIVES.match(text, named.end()) if _OPENS.match(text, named.start() - 2) else None
        before = _IS_GIVEN.search(text[max(0, named.start() - _SENTENCE) : named.start()])
        told += [m[1] for m in (behind, before) if m is not None]
    times = {time for phrase in told if (time := time_of(phrase)) is not None}
    return times.pop() if len(times) == 1 else None


def is_serious(caption: str) -> bool:
    """Whether a caption speaks of serious adverse events."""
    return _SERIOUS.search(caption[:300]) is not None


@lru_cache(maxsize=1 << 12)
def is_size(name: str) -> bool:
    """Whether a row or column label only says how many took part: "Number of patients", "N analysed"."""
    return len(name) < 80 and _SIZE.match(name) is not None


@lru_cache(maxsize=1 << 12)
def counts_people(name: str) -> bool:
    """Whether a label counts people with something: "Patients with relapse", "No. of deaths"."""
    return _COUNTS.search(name) is not None


@lru_cache(maxsize=1 << 12)
def count_of(name: str) -> str:
    """What a count counts: patients, events or episodes."""
    found = _EVENTS.search(name)
    if found is None:
        return "patients"
    return "episodes" if "episode" in found.group().lower() else "events"


def legend(caption: str, footnotes: list[str]) -> tuple[Spec, ...]:
    """What caption and footnotes say of all cells: "Values are mean (SD) or n (%)"."""
    said = [spec for spec in specs_of(caption[:600]) if spec.lead not in ("p", "test")]
    for note in footnotes:
        if len(note) < 1500:
            said += [
                spec
                for spec in specs_of(_abbreviation_free(note[:600]))
                if spec.spread or spec.lead in ("mean", "median", "percent", "sd", "se", "iqr")
            ]
    return tuple(dict.fromkeys(said))


_DEFINED = re.compile(
    r"\b[A-Z][\w/-]{1,9}\s*(?:[:=,–-]|indicates|denotes)?\s+(?=(?:standard (?:deviation|error)"
    r"|confidence interval|interquartile|hazard|odds|relative|mean difference))",
    re.I,
)


def _abbreviation_free(note: str) -> str:
    """A footnote without the terms that it only spells out: "SD, standard deviation" says nothing of the cells."""
    return re.sub(
        r"\b(?:SD|SE|SEM|CI|IQR|OR|HR|RR|MD|SMD|s\.d\."
        r"|s\.e\.)\b\s*[:=,–-]?\s*(?:indicates\s+)?(?:(?:standard (?:deviations?|errors?)(?: of the mean)?"
        r"|confidence intervals?|"
        r"inter-?quartile ranges?|hazard ratios?|odds ratios?|(?:relative|risk) (?:risks?|ratios?)"
        r"|mean differences?|standardi[sz]ed mean differences?))",
        " ", note, flags=re.I,
    )  # fmt: skip


@lru_cache(maxsize=512)
def subject_of(caption: str) -> str | None:
    """The outcome that a caption names, for tables whose rows name none: "Mean pain scores in both groups" -> "pain
    scores"; None where nothing is left.
    """
    first = _LABEL.sub("", caption[:300]).strip()
    first = _ABOUT.sub("", first)
    end = _ABOUT_ENDS.search(first)
    if end is not None:
        first = first[: end.start()]
    name = label(first).name.strip()
    return name if 2 < len(name) <= 80 and any(c.isalpha() for c in name) else None


__all__ = [
    "CHANGEABLE",
    "DEMOGRAPHIC",
    "count_of",
    "counts_people",
    "is_serious",
    "is_size",
    "kind_of",
    "legend",
    "subject_of",
    "tells_causes_of_death",
    "tells_results",
    "time_of",
]
