"""The labels of a table, typed: N, unit, statistic words, times, grades and populations moved out of the name.

"Placebo (N = 78)" is the name "Placebo" with n 78; "Weight, kg, mean ± SD" is "Weight", unit "kg", a mean with SD;
"Week 12" is a timepoint and no name at all. A label knows nothing of the table that it stands in.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from trialtab import values, vocabulary

LONGEST = 400
"""Characters of a label that are read; what stands behind is left out."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What the numbers of a cell are said to be.

    lead: n | percent | mean | median | rate | ci | sd | se | iqr | range | p | test | the statistic of an effect | "";
    spread: what follows the lead, in brackets or behind ±: sd | se | ci | iqr | range | percent | n | "".
    """

    lead: str
    spread: str = ""


EFFECTS = frozenset((
    "hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio", "mean_difference", "risk_difference",
    "standardized_mean_difference",
))  # fmt: skip
SPREADS = frozenset(("sd", "se", "ci", "iqr", "range"))


@dataclass(frozen=True, slots=True)
class Label:
    """A label with its typed parts. name: what is left of it; printed: the label without footnote marks.

    n_start, n_end: place of the number of `n` in the label's own text; whole: it says "all patients"; effect: the
    statistic of a comparison; against: the two sides of "A vs B"; time, baseline, change: as said.
    """

    printed: str
    name: str
    n: int | None = None
    n_start: int = 0
    n_end: int = 0
    specs: tuple[Spec, ...] = ()
    unit: str | None = None
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
    against: tuple[str, str] | None = None

    @property
    def lead(self) -> str:
        """The lead of its first spec, or ""."""
        return self.specs[0].lead if self.specs else ""


MARK = re.compile(
    r"\^\(?(?:[a-zA-Z*†‡§¶#]{1,2})(?:[,\s]+[a-zA-Z*†‡§¶#]{1,2}){0,5}\)?(?![a-zA-Z])|[*†‡§¶]+"
    r"|(?<![mM\d×xsk])\^\d{1,2}(?:,\d{1,2})*(?!\d)"
)
_MARK_SIGN = re.compile(r"[*^†‡§¶]")  # one of them stands in every mark
_N = re.compile(
    r"[(\[,;]?\s*\b(?:n|no\.?)\s*(?:=|:|≥)\s*(?P<n>\d{1,3}(?:[,\u2009\u202f\u00a0]\d{3})+(?!\d)|\d+)(?P<more>(?:\s*[,;/]\s*\d+)*)"
    r"(?:\s*(?:patients|subjects|participants|women|men|eyes|children|infants|pts))?\s*[)\]]?",
    re.IGNORECASE,
)
_N_PEOPLE = re.compile(
    r"[(\[]\s*(?P<n>\d{1,3}(?:,\d{3})+|\d+)\s+(?:patients|subjects|participants|women|men|eyes|children|infants|pts\.?)\s*[)\]]",
    re.IGNORECASE,
)
_N_BARE = re.compile(r"\s[(\[](?:n\s)?(?P<n>\d{1,3}(?:,\d{3})+|\d{1,5})[)\]]\Z", re.IGNORECASE)

_PEOPLE = (
    r"(?:patients?|subjects?|participants?|women|men|children|infants|cases|persons|individuals|events?|eyes|people)"
)
_STATS = re.compile(
    rf"""
     (?P<npercent>(?<![\w-])(?:n|no\.?|nos\.?|num(?:ber)?s?\.?|\#|freq(?:uency|uencies)?|counts?|f)(?:\s+of\s+{_PEOPLE})?\s*(?:/\s*(?:N|n|total))?
        \s*[(\[,;/&]?\s*(?:and\s+)?(?:(?:in|as)\s+)?(?:%|per\s?cent(?:ages?)?(?![a-z])|proportions?)(?:\s+of\s+{_PEOPLE})?\s*[)\]]?)
    |(?P<percentn>(?:%|\bpercent(?:ages?)?)\s*[(\[,/]\s*(?:n|no\.?|number|n/N|count)\s*[)\]]?(?![\w]))
    |(?P<fraction>(?<![\w-])n\s?/\s?(?:N|n|total)\b(?:\s*[(\[]\s*%\s*[)\]])?)
    |(?P<meandiff>\b(?:(?:ls\s+)?means?|between[- ]?groups?|treatments?|(?:un|non-?)?adjusted|estimated|group
        |net|absolute|
        intervention|placebo[- ](?:adjusted|corrected
            |subtracted))\s+(?:[\w-]+\s+){{0,3}}?differences?(?:\s+(?:between
            |in)\s+(?:(?:the\s+)?(?:two\s+)?(?:groups?|arms?|treatments?|means?)))?
        |\bweighted\s+mean\s+differences?|\bdifferences?\s+(?:in|of|between)\s+(?:the\s+)?(?:(?:two\s+)?groups|(?:adjusted\s+|ls\s+)?means?|arms|treatments)|\b[wW]?MD\b
        |^(?:\W*)differences?\b|\b(?:treatment|intervention)\s+effects?\b|\beffect\s+estimates?\b)
    |(?P<smd>\bSMD\b|\beffect\s+sizes?\b|\bcohen['’]?s?\s+d\b|\bhedges['’]?s?\s+g\b|\bE\.?S\.?(?![\w])|\bstandardi[sz]ed\s+(?:mean\s+)?differences?)
    |(?P<rd>\b(?:absolute\s+)?risk\s+(?:difference|reduction)s?|\babsolute\s+differences?\b|\bARR\b|\bRD\b)
    |(?P<hr>\b(?:sub-?)?hazards?\s+ratios?\b|\b[as]?HRs?\b)
    |(?P<irr>\b(?:incidence\s+|event\s+)?rate\s+ratios?\b|\ba?IRRs?\b)
    |(?P<or>\bodds\s+ratios?\b|\ba?ORs?\b)
    |(?P<rr>\b(?:relative|risk)\s+(?:risks?|ratios?)\b|\ba?RRs?\b)
    |(?P<mean>\b(?:geometric\s+|least[- ]squares?\s+|ls[- ]?|adjusted\s+|marginal\s+|estimated\s+)*(?:means?
        |averages?|avg\.?|LSMs?)(?!\s+(?:arterial|corpuscular|cell|platelet|blood|airway|pulmonary|aortic|gradient
        |bp\b|squares?))(?:\s+values?|\s+scores?(?=\s*[(±\[,]|\s*\Z))?(?![\w]))
    |(?P<median>\bmedians?\b|\bmdn\b)
    |(?P<sd>[(\[±+]*\s*(?:\b(?:one\s+)?(?:SDs?|S\.\s?D\.?|s\.d\.?|sd|Sd)(?![\w])|\b(?:standard|std\.?)\s+dev(?:iations?)?\.?)\s*[)\]]?(?:\s+of\s+(?:the\s+)?(?:mean\s+)?(?:differences?|means?|changes?))?)
    |(?P<se>[(\[±+]*\s*(?:\b(?:SEM?s?|S\.\s?E\.(?:\s?M\.?)?|s\.e\.(?:m\.?)?|sem|SEm)(?![\w])|\b(?:standard|std\.?)\s+err(?:ors?)?(?:\s+of\s+(?:the\s+)?means?)?)\s*[)\]]?)
    |(?P<ci>[(\[±]*\s*(?:\b(?P<level>\d{{2}}(?:\.\d)?)\s?%\s*)?(?:\b(?:C\.?I\.?s?|CrI|ci)(?![\w])|\b(?:confidence|credible)\s+(?:intervals?|limits?))\s*[)\]]?(?:\s+(?:of|for)\s+(?:the\s+)?(?:mean\s+)?(?:differences?|means?|changes?))?|(?P<level2>\b9[05]\s?%)(?=\s*\)))
    |(?P<iqr>[(\[]?\s*(?:\bIQRs?\b|\binter-?\s?quartile(?:\s+ranges?)?|\bQ1\s*[-–,;]\s*Q3|\b25(?:th)?\s*(?:%|percentile)?\s*(?:[-–,]|to|and)\s*75(?:th)?\s*(?:%|percentiles?)?|\b(?:lower|first)\s+(?:and|[-–])\s+(?:upper|third)\s+quartiles?|\bquartiles?|\bq\d\b)\s*[)\]]?)
    |(?P<range>[(\[]?\s*(?:\b(?:total\s+)?ranges?(?!\s+of)(?![\w])|\bmin(?:imum)?\.?\s*(?:[-–,/;]|to|and)\s*max(?:imum)?\b\.?)(?:\s*[:,]?\s*\d+\s*[-–]\s*\d+)?\s*[)\]]?)
    |(?P<percent>[(\[,]?\s*(?:%|(?<![\w-])(?:per\s?cent(?:ages?)?|pct)(?:\s+of\s+{_PEOPLE})?(?![\w]))\s*[)\]]?)
    |(?P<pm>±)
    |(?P<rate>\b(?:incidence|event|mortality|attack|annuali[sz]ed(?:\s+\w+)?)\s+(?:rates?|density)\b(?!\s+ratio)(?:\s*[,(]?\s*per\s+[\d,]+\s+[\w-]+(?:[\s-]years?|[\s-]days?|[\s-]months?)?)?
        |\bper\s+1[0,]*\s+(?:patient|person|woman|child|subject)s?[\s-](?:years?|days?|months?)(?:\s+of\s+[\w-]+)?)
    |(?P<n>[(\[,]\s*(?:n|N|no\.|number|\#)\s*[)\]]?\Z|^\W*(?:n|N|no\.?|\#)\W*\Z)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UPPER = frozenset(("hr", "or", "rr", "irr", "rd", "md", "es", "arr", "se", "sem", "smd"))
_LEADS = {
    "mean": "mean", "median": "median", "meandiff": "mean_difference", "smd": "standardized_mean_difference",
    "rd": "risk_difference", "hr": "hazard_ratio", "irr": "rate_ratio", "or": "odds_ratio", "rr": "risk_ratio",
    "rate": "rate",
}  # fmt: skip

_P = re.compile(
    r"\W*(?:(?:two|one|2|1)[- ]?(?:sided|tailed)\s+|overall\s+|adjusted\s+|unadjusted\s+|nominal\s+"
    r"|(?:between[- ]|inter-?)groups?\s+|"
    r"corrected\s+|log-?rank\s+|anova\s+|χ\S*\s+|chi\S*\s+|wilcoxon\W[\w\s-]{0,20})?"
    r"(?:p|p\s?for\s.{0,60}|p[- –−]?\s?val(?:ue)?s?|p-?val\.?|probability|significance|sig\.?)"
    r"(?:(?<=value)|(?<=values)|\b|(?=\^))(?:\s*[\W\d]*|\W+.{0,80})\Z",
    re.IGNORECASE | re.DOTALL,
)
_FACTOR = r"(?:group|time|treatment|condition|arm|intervention|session|visit|day|week|trial|diet)s?"
_TEST = re.compile(
    rf"\W*(?:{_FACTOR}\W?\s?(?:by|x|×|\*)\s?\W?{_FACTOR}(?:\s(?:f|p|effects?|interactions?))?"
    r"|(?:between|within)[- ](?:subjects?|groups?) f"
    r"|(?:group|time|moment|interaction|main|condition) effects?|(?:main )?effects? of (?:group|time|condition)"
    r"|(?:partial\s)?(?:η|eta)\W?(?:p|2|squared|\W){0,4}"
    r"|t|f|z|u|χ|χ\^?2|chi-?squared?|x\^?2|df|d\.\s?f\.?|test|statistics?|test[ -](?:statistics?|values?)"
    r"|r|r\^?2|β|beta|b|"
    r"coef(?:ficient)?s?\.?|sum of squares|mean squares?|mean rank|(?:t|f|z|u|chi-?squared?)[- ](?:values?"
    r"|tests?|statistics?|"
    r"ratio|scores?)|(?:t|f|z|χ\^?2)\s*\(.{0,20}\)|η\^?2|nnt|heterogeneity|i\^?2|rank)\W*\Z",
    re.IGNORECASE,
)
_NUMBER = rf"(?:\d+(?:\.\d+)?|{values.NUMBER_WORDS})"
_UNIT_OF_TIME = (
    r"(?:days?|weeks?|wks?\.?|months?|mo\.?|mos\.?|mths?|years?|yrs?\.?|y|hours?|hrs?\.?|h|minutes?|mins?\.?|min|d|w|m"
    r"|cycles?|visits?|sessions?)"
)
_BEHIND_TIME = (
    r"(?:[\s,/-]+(?:after|post|following|from|of|follow|since|in|up|into|the|a|treatment|therapy|intervention|surgery"
    r"|operative(?:ly)?|op|operation|randomi[sz]ation|baseline|discharge|delivery|birth|injection|infusion|start|end"
    r"|study|visit|dose|intake|exercise|training|hospital|ago|later|period|trial|assessment|test|value|score"
    r"|measurement|data|time|post-?\w+|vaccination|transplantation|procedure|induction|enrol\w+|admission)\.?(?!\w))*"
)
_WHICH = (
    r"(?:immediate(?:ly)?|early|late|long|short|medium|mid|(?:long|short|medium)[-\s]?term|term|last|first|final|study|"
    r"treatment|intervention|trial|therapy|training|clinical|initial|active|delayed|extended|overall|\d\w*|"
    r"(?:one|two|three|four|five|six|nine|ten|twelve|half)|hours?|days?|weeks?|months?|years?|min(?:ute)?s?|h|d|wks?|mo|yrs?|"
    r"sessions?|visit|time|at|the|to|of|from|until|post|end|\w+ly)"
)
"""A word before "follow-up", "after" or "post" that tells which; another is the name of an outcome: "Pain after"."""

_TIME = re.compile(
    rf"\W*(?:at\s+(?:the\s+)?|after\s+|by\s+|until\s+|for\s+|during\s+|within\s+)?(?:the\s+)?(?:"
    rf"(?:post[-\s]?\w*\s+)?(?:day|week|month|year|visit|cycle|hour|session|wk|time\s?point|time|period|phase|trimester|assessment|round|evaluation)s?[\s.#]*(?:\d+(?:\s*(?:[-–/]|to|and)\s*\d+)?|{values.NUMBER_WORDS}|i{{1,3}}|iv|v)(?!\s*(?:%|kg|mg))(?:\s*(?:{_UNIT_OF_TIME})?){_BEHIND_TIME}"
    rf"|post-?(?:op\w*|treatment|intervention|surgery)?\.?\s+(?:\d+(?:st|nd|rd|th)?|first|second|third)\s+(?:{_UNIT_OF_TIME})"
    rf"|(?:t|w|d|m|v|wk|mo)\s?[-–]?\d{{1,3}}(?![\d/])"
    rf"|\d{{0,3}}(?:st|nd|rd|th)\s+(?:{_UNIT_OF_TIME}){_BEHIND_TIME}"
    rf"|(?:first|second|third|fourth|final|last|next|\d(?:st|nd|rd|th))\s+(?:evaluation|visit|assessment"
    rf"|measurement|follow[- ]?up|week|month|year|day|hour|period|test|session|observation){_BEHIND_TIME}"
    rf"|{_NUMBER}(?:\s*(?:[-–]|to|and|or)\s*{_NUMBER})?[\s-]*(?:{_UNIT_OF_TIME})(?![\w/]){_BEHIND_TIME}"
    rf"|(?:{_WHICH}[-\s])?(?:follow[-\s]?ups?|endpoints?|end\s?-?points?(?=\W*\Z)|end\s+of\s+(?:the\s+)?(?:treatment|study|therapy|trial|intervention|follow-?up|induction|week\s+\d+|cycle\s+\d+)|post[-\s]?(?:treatment|test|intervention|op(?:erative(?:ly)?)?|training|therapy|dose|exercise|injection|surgery|program(?:me)?|score|dialysis|prandial|partum)?s?|after|later|end|final|discharge|postoperative(?:ly)?|afterwards?|termination|completion|study\s+end|exit|post|outcome\s+visit|reassessment|retention|last\s+(?:visit|observation))(?:[\s-]+(?:\d+|treatment|therapy|intervention|surgery|training|test|values?|scores?|visit|period|assessment|operation|phase|study|program(?:me)?|injection|mean|measurements?|data)){{0,3}}(?:\s*[(,]?\s*{_NUMBER}[\s-]*{_UNIT_OF_TIME}\s*\)?)?"
    rf")\W*\Z",
    re.IGNORECASE,
)
_TIME_IN = re.compile(
    rf"[\s,(;:–-]+(?P<time>(?:at|on|after|by|within|during|through|until|for)\s+(?:the\s+)?(?:(?:day|week|month"
    rf"|year|visit|cycle|hour)s?\s?\d+|{_NUMBER}(?:[\s-]*(?:to|or|and"
    rf"|[-–])[\s-]*{_NUMBER})?[\s-]*(?:{_UNIT_OF_TIME})(?![\w/])|discharge|follow[- ]?up|end of (?:treatment"
    rf"|study)){_BEHIND_TIME}"
    rf"|(?:day|week|month|year|hour)s?\s?\d+(?:\s?[-–]\s?\d+)?|\d+[\s-](?:weeks?|months?|years?|hours?|days?|wk"
    rf"|mo|yr|hr?s?|h)(?:\s+(?:follow[- ]?up|post\w*|after\s(?:the\s)?\w+))?)\s*[)\]]?\Z",
    re.IGNORECASE,
)
_PHASE_IN = re.compile(
    r"[\s,(;:–-]+(?P<time>(?:(?P<before>before|prior\s+to|pre)|after|post|following)(?:[\s-]+(?:the\s+)?(?:treatment|"
    r"therapy|intervention|surgery|training|test|exercise|operation|injection|program(?:me)?|procedure|supplementation|"
    r"study|induction))?)\s*[)\]]?\W*\Z",
    re.IGNORECASE,
)
"""Before or after the treatment behind a name: "Pain before", "Weight (after training)"."""

_AGED = re.compile(
    rf"\W*(?:aged?\s+)?(?:[≥≤<>]=?|over|under|above|below)\s*{_NUMBER}\s*(?:years?|yrs?|y)(?:\s+(?:old|of age))?\W*\Z",
    re.IGNORECASE,
)
"""A group by its age and no time: "≥ 75 years"."""
_GROUPS_OF_TIME = re.compile(r"\b(?:groups?|arms?|cohorts?)\b", re.IGNORECASE)
_ONLY_GROUP = re.compile(r"\W*(?:groups?|arms?|cohorts?)\W*", re.IGNORECASE)
"""What makes an arm of a duration: "3 h group" is no time."""

_TIME_LED = re.compile(
    rf"(?P<time>(?:{_NUMBER}[\s-]?(?:day|week|month|year|hour|wk|mo|yr|h)s?|(?:week|day|month|year)\s?\d+))[\s:,-]+(?=[A-Za-z])",
    re.IGNORECASE,
)
_BASELINE = re.compile(
    r"\W*(?:at\s+|the\s+)*(?:study\s+)?(?:baseline|pre|pre[-\s]?(?:treatment|test|intervention|op(?:erative(?:ly)?)?|training|therapy|"
    r"dose|exercise|injection|surgery|study|score|op|induction|trial)s?|before|admission|entry|inclusion|enrol?lment|screening|"
    r"run-?in|initial(?:ly)?|time\s?0|t\s?0|(?:day|week|month|hour|visit)\s?0|0\s?(?:weeks?|months?|days?|h(?:ours?)?|min(?:utes?)?)|"
    r"preoperative(?:ly)?|start|randomi[sz]ation|unenhanced)"
    r"(?:[\s,-]+(?:treatment|therapy|intervention|surgery|training|test|values?|scores?|visit|period|levels?|the|mean|"
    r"assessment|operation|phase|study|program(?:me)?|injection|randomi[sz]ation|measurements?|data|week|day|0|of|only)){0,4}\W*\Z",
    re.IGNORECASE,
)
_BASELINE_IN = re.compile(
    r"\b(?:at\s+)?(?:baseline|pre-?(?:treatment|test|intervention|operative)|at\s+(?:entry|admission|inclusion|enrol?lment|screening))\b",
    re.IGNORECASE,
)
_AT = re.compile(r"\A(?:at|on)\s+", re.IGNORECASE)
_TO_BASELINE = re.compile(
    r"\b(?:from|versus|vs\.?|to|adjusted for|relative to|compared (?:to|with))\s*\Z", re.IGNORECASE
)
_CHANGE = re.compile(
    r"\b(?P<percent>%\s?|per\s?cent(?:age)?\s)?(?:mean\s+|median\s+|absolute\s+|relative\s+|net\s+|ls\s+|adjusted\s+)*(?P<word>changes?|improvements?|decreases?|increases?|reductions?|gains?|decline|"
    r"variation|delta|difference\s+(?:from|to|vs\.?|versus)\s+baseline|within[- ]group\s+differences?)\b|Δ|∆",
    re.IGNORECASE,
)
_CHANGE_ONLY = re.compile(
    r"\W*(?:%\s?|per\s?cent(?:age)?\s)?(?:in|from|of|to|at|over|the|scores?|within|group|groups|mean|baseline|week|month|day|year|months|weeks|days|years|follow|up|end|study|"
    r"treatment|relative|absolute|change|changes|improvement|difference|vs|versus|pre|post|value|values|total|percent|and|between|Δ|∆|\d+(?!\d)|\W)*\Z",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"\W*(?:(?:ctcae|nci|toxicity|who)\s+)?(?:(?:≥|>|≤|<)\s*)?(?:grades?|gr\.?)\s*[≥≤><]?\s*(?:[0-5]|i{1,3}|iv"
    r"|v)(?:\s*(?:[-–/,+&]|to|and|or)\s*(?:higher|above|more|worse|greater|[0-5]|i{1,3}|iv"
    r"|v)?){0,4}\+?(?:\s+(?:or\s+(?:higher|above|more|worse|greater)|toxicit\w+|aes?|events?"
    r"|adverse events?))*\W*\Z"
    r"|\W*(?:mild|moderate|severe|life[- ]threatening|mild[- /]+moderate|moderate[- /]+severe|mild (?:to|or"
    r"|and) moderate|moderate (?:to|or|and) severe|[≥>]\s*(?:severe|moderate))(?:\s+(?:aes?|events?"
    r"|adverse events?|cases?|intensity))?\W*\Z",
    re.IGNORECASE,
)
_ANY_GRADE = re.compile(r"\W*(?:all|any|total)[- ]?(?:grades?|severity|intensit\w+)\W*\Z", re.IGNORECASE)
_ANY_GRADE_BEHIND = re.compile(r"\W*\b(?:all|any)[- ]?(?:grades?|severity)\W*\Z", re.IGNORECASE)
"""Behind the name of an arm or an event: "Dolmirin (n=11), any grade"."""
_GRADE_IN = re.compile(
    r"(?:[≥>]\s?)?\bgrades?\s*[≥>]?\s*(?:[0-5]|i{1,3}|iv|v)\b(?:\s*(?:[-–/]|to|and|or)\s*(?:[0-5]|i{1,3}|iv|v|higher|above|more|worse)\b)*",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\W*(?:total|overall|all|whole|entire|combined|pooled|both)(?:\s+(?:patients|subjects|participants|women|men|groups?|arms?|population|sample|"
    r"cohort|study|randomi[sz]ed|treated|children|infants|cases|treatments?|trial|the|in|group))*\W*\Z",
    re.IGNORECASE,
)
_POPULATION = re.compile(
    r"\W*(?:(?:male|female|men|women|boys|girls|males|females)\W*\Z|(?:m?itt|intent(?:ion)?[- ]to[- ]treat"
    r"|per[- ]protocol|pp|safety|efficacy|"
    r"full analysis|evaluable|completers?|as[- ]treated)(?:\s+(?:population|set|analysis|sample|cohort|patients"
    r"|subjects|group))*\W*\Z|"
    r".{0,40}\bsub-?(?:group|set|population|cohort)\b|full (?:cohort|sample)|(?:non-?)?responders?\W*\Z"
    r"|(?:non-?)?smokers?\W*\Z|"
    r"(?:age|aged)?\s*(?:<|>|≤|≥|<=|>=|under|over)\s*\d+\s*(?:y|yr|yrs|years?)?(?:\s+(?:old|of age))?\W*\Z)",
    re.IGNORECASE,
)
_SERIOUS = re.compile(r"\bserious\b|\bSAEs?\b", re.IGNORECASE)
_AGAINST = re.compile(
    r"(?P<a>.{1,80}?)\s+(?:vs\.?|versus|v\.|compared\s+(?:with|to)|against)\s+(?P<b>.{1,80})"
    r"|(?P<c>[A-Za-z][\w+ ]{0,30}?)\s?[-–−]\s?(?P<d>[A-Z]\w{0,20})\Z",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{0,60})[)\]]")
_LOOSE = re.compile(r"[\s,;:(\[–—=-]+\Z|\A[\s,;:)\].–—=-]+|\(\s*\)|\[\s*\]|(?<=\s)[±/](?=\s|\Z)")
_UNIT_LIKE = re.compile(
    r"(?:[×x*]?\s?10\^?\d+\s?/\s?\w+|[a-zA-Zμµ°]{1,6}(?:\^?[-−]?\d)?(?:\s?[/·]\s?|\.(?=\S))[a-zA-Zμµ\d^−.\s/·-]{1,16}|%|mm\s?hg|cm\s?h2o|(?:k?cal|points?|score|mg|g|kg|"
    r"ml|l|dl|mm|cm|m|s|ms|sec|min|h|hr|hrs|hours?|days?|weeks?|months?|years?|yrs?|y|d|wk|mo|°c|beats/min|bpm|kpa|mmol|μmol|nmol|iu|u|kj|n|w|hz|db|"
    r"cm\^?[23]|mm\^?[23]|m\^?[23]|kg/m\^?2|minutes?|seconds?))\Z",
    re.IGNORECASE,
)


_BETWEEN = re.compile(
    r"\bbetween\s+(?P<a>[^,;()]{2,60}?)\s+and\s+(?P<b>[^,;()]{2,60}?)(?=\W*\Z|\s*[(,;])", re.IGNORECASE
)
_LEAD_IN = re.compile(
    r"^(?:\W*\b(?:p|p[- ]?values?|differences?|between|hazard|odds|relative|rate|or|hr|rr|effect|sizes?|of|for|in|risk"
    r"|ratios?|mean|adjusted|treatment|95|ci)\b)+\W+",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """A label without footnote marks, white space made single."""
    text = text[:LONGEST]
    return " ".join((MARK.sub("", text) if _MARK_SIGN.search(text) else text).split())


@lru_cache(maxsize=1 << 13)
def specs_of(text: str) -> tuple[Spec, ...]:
    """What a text says of statistics, in order: "mean (SD) or n (%)" -> (mean, sd), (n, percent)."""
    return _specs(text)[0]


def _specs(text: str) -> tuple[tuple[Spec, ...], str]:
    """The specs that a text names, and the text without them."""
    if text.strip(" ()[],;:") == "M":
        return (Spec("mean"),), ""
    found: list[Spec] = []
    cuts: list[tuple[int, int]] = []
    whole_text = len(text)
    for m in _STATS.finditer(text):
        kind = next(
            name for name, value in m.groupdict().items() if value is not None and name not in ("level", "level2")
        )
        printed = m.group().strip(" ([±)],")
        low = printed.lower()
        if low in _UPPER and not printed.isupper() and low not in ("se", "sem"):
            continue
        if low in ("hr", "rr", "or", "md", "rd", "es", "arr", "ahr", "aor", "arr"):
            around = text[: m.start()].strip(" (") + text[m.end() :].strip(" )")
            if len(around) > 3 and not re.search(r"\bC\.?I\b|confidence|95", around):
                continue  # "HR, beats/min" is heart rate
        if low == "se" and not printed.isupper() and "." not in printed:
            continue
        if kind == "npercent":
            found.append(Spec("n", "percent"))
        elif kind == "percentn":
            found.append(Spec("percent", "n"))
        elif kind == "fraction":
            found.append(Spec("n", "percent"))
        elif kind in ("sd", "se", "ci", "iqr", "range"):
            if (
                found
                and found[-1].lead not in ("n", "percent", "sd", "se", "ci", "iqr", "range")
                and not found[-1].spread
            ):
                found[-1] = Spec(found[-1].lead, kind)
            elif not (found and found[-1].lead == kind):
                found.append(Spec(kind))
        elif kind == "percent":
            if found and found[-1].lead == "n" and not found[-1].spread:
                found[-1] = Spec("n", "percent")
            else:
                found.append(Spec("percent"))
        elif kind == "pm":
            continue
        elif kind == "n":
            found.append(Spec("n"))
        else:
            lead = _LEADS[kind]
            if lead == "mean" and found and found[-1].lead in EFFECTS:
                continue
            found.append(Spec(lead))
        cuts.append((m.start(), m.end()))
        if len(found) > 12 or whole_text > 4000:
            break
    out, at = [], 0
    for start, end in cuts:
        out.append(text[at:start])
        at = end
    out.append(text[at:])
    return tuple(dict.fromkeys(found)), " ".join(out)


@lru_cache(maxsize=1 << 13)
def label(raw: str) -> Label:
    """A printed label with its typed parts. Raises nothing; LONGEST characters of the text are read."""
    text = raw[:LONGEST]
    printed = clean(text)
    if not printed:
        return Label("", "")
    n, n_start, n_end = None, 0, 0
    rest = text
    size = _N.search(text) or _N_PEOPLE.search(text)
    if size is not None:
        if not size.groupdict().get("more"):
            n = int(re.sub(r"\D", "", size.group("n")))
            n_start, n_end = size.span("n")
        rest = f"{text[: size.start()]} {text[size.end() :]}"
    rest = clean(rest)
    if n is None and size is None and (bare := _N_BARE.search(text)) is not None:
        n = int(re.sub(r"\D", "", bare.group("n")))
        n_start, n_end = bare.span("n")
        if n >= 5:
            rest = clean(text[: bare.start()])
        else:
            n, n_start, n_end = None, 0, 0
    is_p = bool(_P.match(rest)) and len(rest) < 100
    if is_p or _TEST.match(rest):
        against = _sides(rest, True) if is_p else None
        return Label(printed, "", n, n_start, n_end, (Spec("p" if is_p else "test"),), p=is_p, against=against)
    shares = "%" in rest  # "Week 12 (%)" is a time and says what is counted
    if _WHOLE.match(rest) and not shares:
        return Label(printed, rest, n, n_start, n_end, whole=True)
    if _BASELINE.match(rest) and not shares:
        return Label(printed, "", n, n_start, n_end, baseline=True, time=rest)
    if _TIME.match(rest) and not shares and not _GROUPS_OF_TIME.search(rest) and not _AGED.match(rest):
        return Label(printed, "", n, n_start, n_end, time=rest.strip(" ,:;()"))
    if _ANY_GRADE.match(rest):
        return Label(printed, "", n, n_start, n_end, any_grade=True)
    if _GRADE.match(rest):
        return Label(printed, "", n, n_start, n_end, grade=_grade(rest))
    specs, name = _specs(rest)
    unit, name = _unit_of(_tidy(name))
    time = None
    baseline = False
    if _BASELINE.match(name):
        baseline, time, name = True, name, ""
    elif _TIME.match(name) and not _AGED.match(name):
        time, name = name.strip(" ,:;()"), ""
    elif (
        (timed := _TIME_IN.search(name)) is not None
        and timed.start() > 2
        and "every" not in name
        and name[timed.start() - 1] not in "<>≤≥="
    ):
        time, name = timed.group("time"), _tidy(name[: timed.start()])
        baseline = _BASELINE.match(_AT.sub("", time)) is not None
        if _TIME.match(name):
            time, name = f"{name} {time}", ""
    elif (phased := _PHASE_IN.search(name)) is not None and phased.start() > 1:
        time, name = phased.group("time"), _tidy(name[: phased.start()])
        baseline = phased.group("before") is not None
    elif (led := _TIME_LED.match(name)) is not None and not _ONLY_GROUP.fullmatch(name, led.end()):
        time, name = led.group("time"), _tidy(name[led.end() :])
    said = _BASELINE_IN.search(name) if name and not baseline and not _CHANGE.search(name) else None
    if said is not None and not _TO_BASELINE.search(name[: said.start()]):
        baseline = True
    change = ""
    if (changed := _CHANGE.search(rest)) is not None:
        change = "percent change" if changed.group("percent") or "%" in rest[: changed.end() + 3] else "change"
        if _CHANGE_ONLY.match(name):
            if time is None and (
                inner := re.search(rf"(?:week|month|day|year)s?\s?\d+|{_NUMBER}[\s-]?{_UNIT_OF_TIME}\b", name, re.I)
            ):
                time = inner.group()
            name = ""
    effect = next((spec.lead for spec in specs if spec.lead in EFFECTS), "")
    grade = None
    if (graded := _GRADE_IN.search(name)) is not None:
        grade = _grade(graded.group())
        name = _tidy(name[: graded.start()] + " " + name[graded.end() :])
    any_grade = grade is None and (behind := _ANY_GRADE_BEHIND.search(name)) is not None and behind.start() > 0
    name = _tidy(_ANY_GRADE_BEHIND.sub("", name)) if any_grade else name
    population = name if name and _POPULATION.match(name) else None
    return Label(
        printed, name, n, n_start, n_end, specs, unit, time, baseline, change, grade, any_grade=any_grade,
        serious=bool(_SERIOUS.search(name)), population=population, whole=bool(name) and bool(_WHOLE.match(name)),
        effect=effect, against=_sides(rest, bool(effect)) if effect or len(rest) < 90 else None,
    )  # fmt: skip


def _sides(text: str, effect: bool) -> tuple[str, str] | None:
    """The two sides of "A vs B"; None where it has none."""
    between = _BETWEEN.search(text)
    if between is not None and effect:
        return _tidy(between.group("a")), _tidy(between.group("b"))
    inner = _LEAD_IN.sub("", text)
    inner = re.sub(r"\(\s*\d+%.*|\bp[- ]values?\b|\bp\b\Z", "", inner, flags=re.I).strip(" ()[],;:.")
    m = _AGAINST.fullmatch(inner)
    if m is None or (m.group("c") and not effect):
        return None
    a, b = (m.group("a"), m.group("b")) if m.group("a") else (m.group("c"), m.group("d"))
    return _tidy(a), _tidy(b)


def _grade(text: str) -> str | None:
    found = values.grade(text)
    if found is not None and found.isdigit() and re.search(r"[≥>]|higher|above|more|worse", text):
        return f">={found}"
    return found


def _tidy(name: str) -> str:
    before = None
    while before != name:
        before, name = name, " ".join(_LOOSE.sub(" ", name).split())
    return name


def _unit_of(name: str) -> tuple[str | None, str]:
    """The unit in brackets or behind the last comma, and the name without it."""
    for m in reversed(list(_BRACKETS.finditer(name))):
        inner = m.group(1).strip(" ,;")
        if _is_unit(inner):
            return inner, _tidy(name[: m.start()] + " " + name[m.end() :])
        head, _, tail = inner.rpartition(",")
        if head and _is_unit(tail.strip()):
            return tail.strip(), name
    for sign in (",", " — ", " – ", "—", ";"):
        head, found, tail = name.rpartition(sign)
        if found and _is_unit(tail.strip()):
            return tail.strip(), _tidy(head)
    if len(name) > 1 and _UNIT_LIKE.match(name) and not _is_pair_of_names(name):
        return name, ""
    return None, name


def _is_pair_of_names(text: str) -> bool:
    """Whether a slash parts two names of which none is a unit: "IND/GLY", a fixed combination of two drugs."""
    parts = [part.strip() for part in text.split("/")]
    return len(parts) == 2 and all(part.isalpha() and vocabulary.unit(part) is None for part in parts)


@lru_cache(maxsize=1 << 12)
def _is_unit(text: str) -> bool:
    if not text or len(text) > 24:
        return False
    if _UNIT_LIKE.match(text):
        return True
    code = vocabulary.unit(text.replace("^", ""))
    return code is not None and not code.startswith("{pat")


__all__ = ["EFFECTS", "LONGEST", "SPREADS", "Label", "Spec", "clean", "label", "specs_of"]
