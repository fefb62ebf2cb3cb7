"""Words that say against a number: of other studies, of plans, definitions, conditions, methods and times before."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from trialtab.extract.beside_numbers import said_against
from trialtab.extract.measures import Draft
from trialtab.prefilter import Prefiltered

OF_OTHERS = Prefiltered(
    r"\b(?:previous(?:ly)? (?:reported|published|stud|trial|described)|in (?:a|an|another|one|two|other|"
    r"earlier|previous|prior) (?:recent |large |small |pilot |similar |previous |earlier |prior |retrospective |"
    r"prospective |open-label |randomi[sz]ed |uncontrolled |observational |i\.?v\.? |s\.?c\.? |oral |phase [\w/]+ )*"
    r"(?:stud(?:y|ies)|trials?|cohorts?|meta-analys[ei]s|review|report|series|audit|survey|analysis)|"
    r"et al\.?|have reported|literature|"
    r"historical(?:ly)?(?! (?:control|comparator|cohort|group|(?:\w+ ){0,2}(?:threshold|benchmark|rate|value)))|"
    r"worldwide|annual(?:ly)? in|in the general population|"
    r"null hypothesis|registration (?:trial|stud)\w*|(?:licen[sc]ed|approved) (?:after|on|following)|"
    r"(?:another|other|an earlier|a larger) (?:series|registry|cohort)|other countries|registries from|"
    r"trials (?:put|show|suggest|have shown|found)|(?:have been|were) described|"
    r"^\W*an? published (?:phase|trial|study|series|report)|"
    r"in the (?:largest|biggest|longest|only) (?:[\w-]+ ){0,2}(?:trials?|stud(?:y|ies)|series|cohorts?|registry)|"
    r"in that (?:series|study|trial|cohort)|pilot study \(|had reported|in the \w+ arm of the \w+ (?:trial|study)|"
    r"(?:two|three|four|both|an? (?:US|European|Japanese|Chinese|UK|French|German|Italian|Spanish|open)) "
    r"(?:\w+ ){0,2}(?:trials? of|series|pilot stud(?:y|ies))|and (?:colleagues|co-?workers|associates)|"
    r"(?:agrees?|accords?|consistent|line|keeping) with (?:an?|the|other|another|earlier|previous) (?:\w+ ){0,3}"
    r"(?:meta-analys[ei]s|trials?|stud(?:y|ies)|series|reports?)|"
    r"(?:an?|one|two|three|several) (?:(?:early|recent|large|small|retrospective|prospective|randomi[sz]ed|US|"
    r"European|Japanese|Chinese|UK|French|German|"
    r"Italian|"
    r"Spanish|Dutch|Korean|Nordic) ){1,2}(?:phase \w+ )?(?:trials?|stud(?:y|ies)|series|registry|"
    r"cohorts?)(?: [^.,;]{3,60})? "
    r"(?:described|reported|showed|found|suggested|demonstrated|yielded)|"
    r"single cases of|case reports?(?! forms?)|corresponding result (?:was|is))\b",
    re.I,
)
"""Words of results that are another study's."""

_IN_GENERAL = Prefiltered(
    r"\b(?:(?:is|are) (?:commonly|usually|often|generally|typically|frequently) (?:\w+ed|given|seen)|"
    r"affects? (?:about|around|some|up to|an estimated|\d)|accounts? for (?:about|around|some|up to|approximately|\d)|"
    r"(?:is|are) estimated (?:to|that|at)|(?:each|every) year in|of all (?:cancers|deaths|pregnancies|births)|"
    r"one in (?:\w+ ){1,2}(?:people|adults|women|men|children|patients)|"
    r"per 100[, ]?000 (?:people|population|inhabitants|persons)|"
    r"(?:has|have|carr(?:y|ies)) an? (?:\w+ ){0,2}(?:incidence|prevalence|mortality|half-life|bioavailability)|"
    r"of (?:the |all )?(?:patients|people|women|men|children|adults|cases|those)(?: with [\w\s-]{3,40}?)? "
    r"(?:relapse|die|develop|respond|experience|have|suffer|need|require|show|do|will|remain|survive|progress)|"
    r"remains? (?:the|a|an) (?:leading|major|main|common|important|frequent))\b",
    re.I,
)
"""What is true in general, told in the present tense."""

_TO_COME = Prefiltered(
    r"\b(?:(?:is|are|being|now|was|were) (?:\w+ )?(?:planned|under ?way|being (?:prepared|planned|run)|in preparation)|"
    r"in preparation|is in progress|planned with|"
    r"will (?:report|be|enrol+|recruit|include|need|start|compare|randomi[sz]e|follow|have|receive)|"
    r"would be (?:needed|required)|we estimate that|plans to (?:enrol|recruit|include)|"
    r"would (?:[\w-]+ ){0,4}(?:need|require|take (?:about|some|around|at least))|"
    r"(?:opens|starts|begins) (?:in|next|later|soon)|"
    r"(?:trial|study)(?: \([^()]{0,30}\))? (?:now )?(?:is )?(?:enrol+(?:s|ing)|recruit(?:s|ing))|"
    r"(?:each|every) (?:\w+ ){1,2}was to \w+|(?:patients|participants|women|men|children) were to (?!be )\w+)\b",
    re.I,
)
"""Studies and visits that are still to come."""

_STUDY_TO_COME = re.compile(r"\b(?:planned|preparation|estimate|plans|second|next|will)\b", re.I)

_DEFINED = Prefiltered(
    r"\b(?:(?:(?:was|were|is|are)?,? ?defined (?:as|by))|meaning (?:that )?|which means|that is,|"
    r"(?:was|were|is|are) (?:(?:regarded|considered|held|taken|counted|scored|graded|rated) (?:as|to be|on)|"
    r"(?:scored|graded|rated) from)|"
    r"toxic threshold|minimal(?:ly)? (?:clinically )?important|smallest (?:important|worthwhile)|"
    r"difference that matters|margin of|(?<!data )cut-?off of|against a (?:null|reference)|runs? from|on a scale|"
    r"ranges? from|scored from|eligible (?:if|were)|were excluded if|had to (?:have|be)|inclusion criteria)\b",
    re.I,
)
"""What opens a definition, a criterion or a scale: the numbers behind it are thresholds up to a verb of its own."""

_TESTED = re.compile(r"[pP](?<!\w.)(?i:-value)?\s?[=<>≤]")  # begins with a set: a search skips to it
"""A sentence with a p-value tells results, whatever it says of them."""

_WAS_SEEN = re.compile(
    r",\s+(?:\w+\s+){0,4}(?:affected|developed|appeared|complicated|lasted|numbered|was|were|had|occurred|is|went|"
    r"rose|fell|improved|increased|decreased|dropped|changed|"
    r"declined|averaged)\b|;|\.\s"
)

_OR_MORE = re.compile(
    r"\s*(?:%|points?|percent|per ?cent|logs?)?\s*(?:or|and) (?:more|less|greater|higher|lower|better|above|below|"
    r"over)\b",
    re.I,
)

_AGAINST = Prefiltered(r"\bp\s?[<=>]\s?[\d.·]+,? (?:against|for a null of)\s+$", re.I)
"""A null hypothesis behind its p-value: "p < 0.001 against 50%"."""

_MINUS_POWER = re.compile(r"\s?[-−–]\s?[3-7]\b")
_RESIDUAL = Prefiltered(r"\b(?:MRD|residual disease)\b", re.I)
_OCCURRED_IN_SHARE = re.compile(r"[\w\s-]{0,40}\b(?:occurred|were (?:seen|observed|reported)) in \d[\d.·]*\s?%")
_GIVEN_FOR = Prefiltered(
    r"\b(?:received|receiving|been given|were on)\b[^,;.]{2,60}\bfor (?:a|the) (?:median|mean)(?: duration)? of $", re.I
)
"""Before a time: how long the treatment was given."""
_PASSED = Prefiltered(
    r"\b(?:pass(?:ed|ing)|exceed(?:ed|ing)|surpass(?:ed|ing)|reach(?:ed|ing)|"
    r"(?:rose|risen|climbed|increased) (?:above|over|to)|"
    r"(?:recover(?:ed|y)|return(?:ed)?) (?:to|above)|(?:fell|fallen|dropped|decreased) (?:below|under|to))"
    r"(?: (?:at least|a (?:level|count|value) of))? $",
    re.I,
)
_IN_SO_LONG = re.compile(r"\s?[^.;()]{0,20}?\s(?:at|after|by|in|within|on) (?:an? )?(?:median|mean|average)\b", re.I)
"""Around a number: what was passed when, "recovered to 1.0 × 10^9/L after a median of 12 days"."""
_OF_HISTORY = Prefiltered(
    r"\b(?:historical|prespecified|pre-specified|benchmark|null)(?: [\w-]+){0,3} (?:of|was|is) $", re.I
)

_SCALE_END = re.compile(r"\b(?:0|1|zero) \($")
_SPANS = re.compile(r"\b(?:runs|ranges|scored|goes)\s+$", re.I)

_BEFORE_IT_BEGAN = re.compile(
    r"[^.;,\d]{0,25}\b(?:(?:before|preceding)(?:[.,;)]|$| and\b| (?:the )?(?:treatment|therapy|infusion|surgery|"
    r"operation|"
    r"lymphodepletion|randomi[sz]|enrol|start|first|transplant|study|intervention|conditioning|dosing|vaccination))|"
    r"at (?:the )?(?:start|outset|beginning|baseline|entry|enrol+ment|inclusion|screening|admission)"
    r"(?! of (?:the )?(?:follow|second|next))|on the day of (?:infusion|treatment|transplant|the first)|"
    r"to begin with\b|pre-?(?:treatment|infusion|operative(?:ly)?)|on (?:admission|enrol+ment))",
    re.I,
)
"""Behind a number: it is a value from before treatment."""

_AT_A_LATER_TIME = re.compile(
    r"\W{0,2}(?:[\w/]{1,8} )?(?:at|on|in|by|after) (?:day|week|month|year|\d+ (?:days|weeks|months|years))\b", re.I
)

_AT_THE_START = Prefiltered(
    r"\b(?:at|on|upon) (?:(?:the )?(?:time of )?(?:study )?(?:screening|enrol+ment|entry|inclusion|admission|diagnosis|"
    r"presentation|referral|randomi[sz]ation|lymphodepletion|leuk?apheresis))\b(?!,? (?:to|and) )",
    re.I,
)
"""Before a number: the value is one from before treatment."""

_INTAKE = Prefiltered(
    r"\b(?:consumed|drank|ingested|swallowed|infused with|injected with|was given|were given)\s+$", re.I
)
_QUANTITY = re.compile(r"\s*(?:of|m?l|litres?|cups?|capsules?|tablets?|g)\b", re.I)
_EVERY = re.compile(r"\bfollowed(?: up)? (?:every|at) ", re.I)

_BY_OTHERS = re.compile(
    r"\W{0,2}(?:%|per ?cent|patients)?\W{0,2}(?:reported |described |observed |found |seen )?in "
    r"(?:an? |the |other |two |three |several )?(?:earlier|previous|prior|published|historical|other) "
    r"(?:\w+ ){0,2}(?:series|stud(?:y|ies)|trials?|cohorts?|reports?)\b(?! (?:group|arm|controls))|"
    r"\W{0,2}(?:%|per ?cent|patients)?\W{0,2}(?:that (?:was |were )?)?reported (?:for|with|after) |"
    r"\W{0,2}(?:%|per ?cent|patients)?\W{0,2}(?:that (?:was |were )?)?(?:reported|described|observed|found|seen|"
    r"published|noted) (?:(?:by|in) (?-i:[A-Z])[\w-]+(?! (?:group|arm))|previously|earlier|elsewhere|"
    r"in (?:an?|the|other|our) (?:earlier|previous|other|prior|published))|"
    r"\W{0,2}(?:%|per ?cent)?\W{0,2}(?:reduction|increase|rate|risk|response rate|"
    r"incidence)? ?(?:that was )?(?:estimated|reported|"
    r""
    r"described|observed|found|seen|calculated) in (?:an?|the) (?:\w+ ){0,2}(?:reviews?|meta-analys[ei]s|registry|"
    r"survey)",
    re.I,
)
"""Behind a number: it is another's."""

_OF_OURS_BEFORE = Prefiltered(
    r"\b(?:in|than in|of|from) our (?:\w+ )?(?:earlier|previous|prior|first|pilot|last) "
    r"(?:trial|study|series|report|cohort|experience)\b[^.;]{0,60}$|"
    r""
    r"\((?:the )?(?:first|earlier|previous|initial|interim) (?:report|analysis|publication)[^)]{0,40}$|"
    r""
    r"\b(?:the|our) (?:first|earlier|previous) (?:report|publication) (?:covered|described|included|was|"
    r"had)\b[^.;]{0,60}$",
    re.I,
)
"""Before a number: it is of an earlier study or report of the authors."""

_GIVEN_SO_OFTEN = Prefiltered(
    r"\b(?:number|median|mean) (?:number )?of (?:[\w-]+ ){0,3}"
    r"(?:infusions|doses|cycles|injections|sessions|visits|lines|courses|regimens)"
    r"(?:(?: (?:given|received|per patient))? (?:was|were|of)|:)\W+(?:median\W+)?$",
    re.I,
)
"""Before a number: how often the treatment was given."""

_SO_MANY_DRUGS = re.compile(
    r"\W{0,2}(?:\w+ ){0,2}(?:drugs|agents|lines|therapies|regimens|medications|immunosuppressants)\b", re.I
)
_HAD_BEFORE = re.compile(r"\b(?:had|been given|been treated|tried|failed|prior|previous)\b[^.;]{0,40}$", re.I)
_SEX = r"(?:wom[ae]n|m[ae]n|girls?|boys?|females?|males?)"
_BOTH_SEXES = re.compile(rf"\W{{0,2}}{_SEX}\W{{1,2}}(?:and )?[\w-]+ {_SEX}\b", re.I)
_OTHER_SEX = re.compile(rf"\b{_SEX} and $", re.I)
_A_SEX = re.compile(rf"\W{{0,2}}{_SEX}\b", re.I)

_CONDITION = re.compile(r"\b(?:if|unless|in case of|whether)\b[^.;,]{0,40}$", re.I)

EXPOSURE = Prefiltered(
    r"\b(?:bridging|lymphodeplet\w+|premedicat\w+|leuk?apheresis|transduction|viability|vector copy|product contained|"
    r"limits? of (?:detection|quantification)|(?:inter|intra)-?(?:rater|observer)|cronbach\w*|test-retest|half-life|"
    r"bioavailability|(?:planned|target|starting|recommended|intended) dose|"
    r"(?:lines?|courses?|cycles?) of (?:\w+ ){0,2}(?:therapy|treatment|chemotherapy)|"
    r"mobili[sz]ation cycles|tubes|surgery lasted|"
    r"(?:duration|length) of (?:the )?(?:surgery|operation|anaesthesia|anesthesia|disease|illness|treatment|therapy)|"
    r"(?:total|cumulative|cell|relative) dose|(?<!by )(?<!per )(?<!across )(?<!each )dose levels?|vein-to-vein|"
    r"manufactur\w+ time|"
    r""
    r"time from (?:\w+ ){0,2}(?:onset|diagnosis|symptoms?|enrol+ment|(?:leuk)?apheresis|"
    r"consent)(?: \w+)? to "
    r"(?:\w+ ){0,2}(?:randomi[sz]ation|infusion|treatment|enrol+ment|start|surgery|admission|inclusion)|"
    r""
    r"(?:disease|symptom|illness) duration|^target (?:trough|dose|level|concentration|range)|"
    r"duration of (?:\w+[- ]){0,3}(?:therapy|treatment|infusion|administration|exposure)|"
    r"dose intensity|exposure to|infusion (?:rate|time|volume|was given)|had been ill\b|^ill$|"
    r"intervals? between (?:the )?(?:two )?(?:visits|doses|infusions|scans|injections|sessions)|"
    r"number of (?:\w+ ){0,2}(?:cycles|doses|infusions|injections|sessions|visits|lines|courses))\b",
    re.I,
)
"""Outcomes that are none: how much treatment was given, and how long the disease had lasted."""


PROCEDURE = re.compile(r"\b(?:surgery|operation|an(?:a)?esthesia|procedure)\b", re.I)
"""How long it took is a result where arms are compared."""

_LIKE_OTHERS = Prefiltered(
    r"(?:similar to|consistent with|in line with|comparable (?:to|with)|than those|phase)\W+(?:\w+\W+){0,2}$", re.I
)
"""Before words of others: the sentence sets its own results beside them."""


_WHO_THEY_WERE = Prefiltered(
    r"^\W*age(?: \([^()]*\)|,)[^.;]{0,160}\b(?:were|was) (?:similar|comparable|alike|balanced)\b|"
    r"^\W*(?:at|on|before) (?:the )?(?:start of|starting) "
    r"(?:treatment|therapy|(?:the )?study|[a-z]+(?:mab|nib|limus|lone|cel))\b"
    r"[^.;]{0,80}\b(?:were|was) (?:taking|receiving|on)\b|"
    r"^\W*(?:the )?(?:prior|previous|earlier|preceding|past) (?:\w+ ){0,2}(?:therap|treatment|line|surger|"
    r"medication|exposure|"
    r"regimen|disease)\w*\b|\bcomorbid|\bwell[- ]balanced\b|"
    r"\b(?:balanced|similar|comparable|matched) (?:with (?:respect|regard) to|in terms of|regarding|for|in) (?:\w+ )?"
    r"(?:age|sex|gender|demograph|baseline)",
    re.I,
)


def of_who_they_were(sentence: str) -> bool:
    """Whether a sentence tells what the patients were like and had had before: "Prior therapies included …"."""
    return _WHO_THEY_WERE.search(sentence) is not None and not _TESTED.search(sentence)


_DETECTION = Prefiltered(
    r"\b(?:limits? of (?:detection|quantification)|(?<!data )(?<!data-)cut-?off|threshold)\W+(?:[\w-]+\W+){0,4}$", re.I
)
_AVAILABLE = Prefiltered(
    r"\b(?:samples?|data|biops(?:y|ies)|images?|scans?|measurements?|specimens?|tissue)\b[^.;]{0,40}$", re.I
)
_WERE_AVAILABLE = re.compile(r"[^.;]{0,40}\b(?:were|was) (?:available|obtained|missing|evaluable|collected)\b", re.I)


_REPORTED = Prefiltered(r"\b(?:has|have) been reported\b", re.I)
_BY_GROUP = Prefiltered(r"\b(?:groups?|arms?|follow(?:ed)?[- ]?up|(?:data )?cut-?off|to date|so far)\b", re.I)
"""Words of a study's own results: "After a median follow-up of 16 years, 601 cancers have been reported"."""


_IN_PASSING = re.compile(
    r"\W*(?:For|By way of) (?:context|orientation|perspective|comparison|reference), (?=.*\b(?:in|of|from) (?:the )?"
    r"[A-Z][\w-]*[A-Z])|\W*In (?:the )?[A-Z][\w-]+, for comparison,"
)
_IS_COMPARATOR = re.compile(r"\b(?:matched|controls?|comparator)\b", re.I)


def of_others(sentence: str) -> bool:
    """Whether a sentence tells of another study."""
    if _IN_PASSING.match(sentence) and not _IS_COMPARATOR.search(sentence):
        return True
    if _REPORTED.search(sentence) and not _BY_GROUP.search(sentence):
        return True
    return any(not _LIKE_OTHERS.search(sentence[: m.start()][-40:]) for m in OF_OTHERS.finditer(sentence))


_OUR_WORK = re.compile(
    r"\b(?:we|our|herein|the present|this (?:study|report|letter|trial|case|series|work|paper|analysis))\b", re.I
)
_PRESENT = re.compile(r"\b(?:is|are|remains?|has|have|fails?|causes?|affects?)\b")
_PAST = re.compile(r"\b(?:was|were|had|did|occurred|received|developed|achieved|enrol+ed|randomi[sz]ed)\b")
OPENING = 1200
"""How many characters of a letter its opening takes at most."""


def opening_of_a_letter(text: str, sentences: Sequence[tuple[int, int]]) -> int:
    """Where the authors first speak of their own work; 0 where they do not do so soon, or tell results before."""
    for start, end in sentences:
        if start > OPENING:
            break
        if _OUR_WORK.search(text, start, end):
            return start
    return 0


def in_the_present(sentence: str) -> bool:
    """Whether a sentence tells what is so: before a letter's own work that is known of the disease, no result."""
    return _PRESENT.search(sentence) is not None and not _PAST.search(sentence) and not _TESTED.search(sentence)


_NEXT_STUDY = re.compile(
    r"\W*(?:A|An|Another|One|Two|The next|Further)\b[^.]*\b(?:trials?|stud(?:y|ies)|comparison)\b", re.I
)


def of_next_study(sentence: str) -> bool:
    """Whether a whole sentence is about a study that is still to come: "A second trial, in 450 people, will report"."""
    return is_to_come(sentence) and _NEXT_STUDY.match(sentence) is not None


def is_to_come(sentence: str) -> bool:
    """Whether a sentence tells of a study that is still to come."""
    return _TO_COME.search(sentence) is not None and _STUDY_TO_COME.search(sentence) is not None


class _Told(NamedTuple):
    """What a sentence says as a whole, and where its definitions open and end, as offsets into it."""

    to_come: tuple[int, int] | None
    in_general: bool
    defined: tuple[tuple[int, int], ...]


@lru_cache(maxsize=8)
def _told(sentence: str) -> _Told:
    """Read once for all numbers of a sentence."""
    to_come = _TO_COME.search(sentence)
    defined = () if _TESTED.search(sentence) else tuple(m.span() for m in _DEFINED.finditer(sentence))
    return _Told(to_come.span() if to_come else None, _IN_GENERAL.search(sentence) is not None, defined)


_MOST_OF_A_SCALE = Prefiltered(
    r"\b(?:a possible|a maximum of|maximum possible|out of a possible)(?: score of)? $", re.I
)
_DOSES_OF = Prefiltered(
    r"\b(?:infusions?|injections?|doses|tablets|capsules|vials|boluses|sachets) of(?: \d+(?:\.\d+)? (?:and|or|to))? $",
    re.I,
)
_AGO = re.compile(r"\W{0,2}(?:and \d+ )?(?:days|weeks|months|years) (?:ago|earlier|before)\b", re.I)
_SOME_OF_THEM = re.compile(
    r"\b(?:in the (?:first|last|next|final|initial)|(?:excluding|exclusion of|after removing)(?: the)?) $", re.I
)
_HAD_THE_MEDIAN = re.compile(
    r"\s(?:patients |women |men |participants |children )?(?:with|without)(?: [\w-]+){0,5} had an? "
    r"(?:\d+-(?:year|month|week|day)|median|mean)\b",
    re.I,
)
"""Behind the number of those with a trait: they had a median, or a survival, of their own."""


_OPENS_LATER = Prefiltered(r"\b(?:opens|starts|begins) (?:in (?:20\d\d|[A-Z])|next|later|soon)", 0)
_HAD_BEEN_TRIED = re.compile(
    r"\bhad been (?:tried|attempted|used before|given before) in (?:\w+,? and [\w -]{3,30} in )?$", re.I
)


def of_the_sexes(before: str, behind: str) -> bool:
    """Whether a number counts a sex beside the other: "nine women and one man"."""
    return bool(_BOTH_SEXES.match(behind) or (_OTHER_SEX.search(before) and _A_SEX.match(behind)))


def told_beside(sentence: str, draft: Draft, at: int) -> str | None:
    """What the words around a number, `at` characters into its sentence, say against it; None where nothing does."""
    before, behind = sentence[:at], sentence[at + draft.end - draft.start :]
    if _OF_OURS_BEFORE.search(before):
        return "another study's result"
    if draft.shape in ("value", "count") and (
        _GIVEN_SO_OFTEN.search(before)
        or (draft.statistic in ("median", "mean") and _HAD_BEFORE.search(before) and _SO_MANY_DRUGS.match(behind))
    ):
        return "schedule or exposure"
    if draft.shape in ("count", "fraction") and draft.p_item is None and of_the_sexes(before, behind):
        return "baseline"  # "nine women and one man"
    if _MOST_OF_A_SCALE.search(before):
        return "bounds of a scale"  # "15.2 of a possible 148"
    if draft.shape in ("value", "time") and (_DOSES_OF.search(before) or _AGO.match(behind)):
        return "dose" if _DOSES_OF.search(before) else "timepoint or duration"
    if draft.shape in ("count", "all") and _SOME_OF_THEM.search(before):
        return "denominator"  # "in the first two patients", "excluding the 58 patients"
    if draft.shape in ("count", "value", "all") and _HAD_THE_MEDIAN.match(behind):
        return "denominator"  # "48 with a deletion had a 5-year EFS of 58%"
    if draft.shape == "zero" and draft.depth and _SCALE_END.search(before):
        return "bounds of a scale"
    if draft.shape in ("count", "fraction", "value") and re.match(r"\W{0,2}(?:of the \w+ )?authors\b", behind, re.I):
        return "authors"
    if draft.shape in ("zero", "all") and _CONDITION.search(before):
        return "condition"
    if reason := said_against(before, sentence[at:], behind, draft):
        return reason
    told = _told(sentence)
    apart = r"[;,]\s" if told.to_come and at > told.to_come[1] else r"[;,:]\s"  # "was to treat up to eight: four …"
    if told.to_come and not re.search(apart, sentence[min(at, told.to_come[0]) : max(at, told.to_come[1])]):
        return "planned"
    if _OPENS_LATER.search(behind) and ";" not in behind:
        return "planned"
    if draft.shape in ("count", "fraction", "percent") and _HAD_BEEN_TRIED.search(before):
        return "baseline"  # "belimumab had been tried in eight and rituximab in seven"
    if draft.p_item is None and told.in_general:
        return "true in general, not a result of this report"
    defined = [end for _, end in told.defined if end <= at]
    if (
        defined
        and draft.shape in ("value", "percent", "time", "interval", "count", "effect")
        and draft.p_item is None
        and draft.fields.get("ci_low") is None
        and not _WAS_SEEN.search(before[defined[-1] :])
    ):
        return "threshold"
    if draft.shape in ("value", "percent", "time") and (
        _OR_MORE.match(behind) or _AGAINST.search(before) or _OF_HISTORY.search(before)
    ):
        return "threshold"
    if draft.fields.get("value") == 10 and _MINUS_POWER.match(behind) and _RESIDUAL.search(sentence):
        return "threshold"  # "MRD negativity (10-5)"
    if draft.fields.get("value") == 0 and draft.shape == "count" and _OCCURRED_IN_SHARE.match(behind):
        return "count of nothing named"  # "Zero treated bleeds occurred in 58% of patients"
    if draft.shape == "time" and _GIVEN_FOR.search(before):
        return "schedule or exposure"
    if draft.shape == "value" and _PASSED.search(before) and _IN_SO_LONG.match(behind):
        return "threshold"
    if _BY_OTHERS.match(behind):
        return "another study's result"
    if draft.shape in ("value", "percent") and _DETECTION.search(before):
        return "threshold"
    if draft.shape in ("count", "fraction") and _AVAILABLE.search(before) and _WERE_AVAILABLE.match(behind):
        return "denominator"
    if _INTAKE.search(before) and draft.shape in ("value", "count") and _QUANTITY.match(behind):
        return "dose"
    if draft.fields.get("followed") and _EVERY.search(before):
        return "visit schedule"
    if sentence[at : at + 4].lower() == "from" and _SPANS.search(before):
        return "bounds of a scale"
    if draft.shape not in ("value", "percent", "time", "fraction") or draft.fields.get("events") is not None:
        return None
    changes = re.search(r"\b(?:change|reduction|decrease|increase)\b", before[-60:], re.I)
    started = list(_AT_THE_START.finditer(before[-90:])) if not changes else []
    if started and not re.search(r"[;,]\s", before[-90:][started[-1].end() :]):
        return "baseline"
    if _BEFORE_IT_BEGAN.match(behind) and not changes:
        return "baseline"
    if re.search(r"\bbaseline,?\s*\W?$", before[-12:], re.I) and not _AT_A_LATER_TIME.match(behind):
        return "baseline"
    return None
