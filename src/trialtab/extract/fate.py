"""Which drafts are findings, and why the others are not: the reasons of the ledger."""

import re
from collections.abc import Mapping, Sequence

from trialtab import vocabulary
from trialtab.extract import look_alikes
from trialtab.extract.beside_numbers import said_against
from trialtab.extract.enrolment import OF_A_PART
from trialtab.extract.grades import one_of_a_grade
from trialtab.extract.line import Linked
from trialtab.extract.measures import Draft, Item
from trialtab.prefilter import Prefiltered

_PLANNED = Prefiltered(
    r"\b(?:power(?:ed)? (?:to|of|for|was)|sample size (?:of|was|calculat|requir|estimat)|to detect|"
    r"assum(?:ed|ing|ption)|hypothesi[sz]ed|"
    r"type (?:i|1) error|non-?inferiority (?:margin|limit|bound)|planned (?:to|enrol|accrual|sample)|"
    r"clinically (?:important|relevant|meaningful) difference|(?:taken|considered|regarded|"
    r"defined) as clinically|(?:patients|participants) (?:per (?:group|arm)|in each (?:group|"
    r"arm)) were (?:needed|required)|were needed (?:for|to)|considered (?:clinically )?(?:important|"
    r"relevant)|prespecified margin|statistical power|regarded as (?:a |the )?(?:minimal|clinically|smallest))\b",
    re.I,
)
_BASELINE = Prefiltered(
    r"\b(?:at baseline|at (?:the )?start of (?!the (?:second|next|last|follow))|at study entry|at enrol+ment|"
    r"at randomi[sz]ation|at inclusion|baseline (?:of|"
    r"characteristics|demographic|median|mean|age|value|level|data)|"
    r"characteristics (?:were|was|of)|(?:median|mean)(?: ?\([^)]{1,14}\))? age|age range|demographic|"
    r"before (?:treatment|"
    r"therapy|surgery|the operation|randomi[sz]ation)|"
    r"pre-?operative(?:ly)?(?! (?:[\w-]+ ){0,3}(?:group|arm))|"
    r"pre-?treatment|at the first (?:dose|infusion)|before (?:the )?(?:infusion|"
    r"first dose|transplantation))\b",
    re.I,
)
_THRESHOLD_NOUN = re.compile(
    r"^(?:of|or|reduction|decrease|increase|improvement|change|rise|fall|drop|decline|loss|gain|weight|"
    r"lower|higher|from|for|stenosis|probability|confidence)$"
)
_THRESHOLD_BEFORE = frozenset(
    [
        "target",
        "threshold",
        "cutoff",
        "cut-off",
        "goal",
        "defined",
        "criterion",
        "criteria",
        "least",
        "exceeding",
        "achieve",
        "definition",
        "limit",
        "margin",
    ]
)
TIME_OUTCOME = re.compile(
    r"\b(?:time|duration|survival|stay|latency|follow-?up|followed|persist\w*|aplasia|onset|interval|"
    r"delay|hospitali[sz]ation|period|operation|surgery|"
    r"procedure|lasted|length|recovery|relapse|response|remission|free|PFS|OS|DFS|EFS|RFS|DOR|TTP|TTNT)\b",
    re.I,
)


_WHO_THEY_WERE = re.compile(
    r"^\W*(?:\d[\d.]*\s+)?(?:(?:study |trial )?(?:patients?|participants?|subjects?|population|enrol+ment|recruitment)"
    r"|who (?:they|the patients) were|.*\b(?:characteristics|demographics?)(?: and (?:treatments?|disposition|"
    r"exposure))?|"
    r".*\bat baseline)\W*$",
    re.I,
)


_CHARACTERISTICS = re.compile(r"\b(?:characteristics|demographics?)\b", re.I)


def of_characteristics(heading: str) -> bool:
    """Whether a heading names the characteristics of the patients."""
    return of_who_they_were(heading) and _CHARACTERISTICS.search(heading) is not None


def of_who_they_were(heading: str) -> bool:
    """Whether a heading opens the account of the patients themselves: "Patients", "Baseline characteristics"."""
    return _WHO_THEY_WERE.match(heading) is not None


_TRIAL_NAME = re.compile(
    r"([A-Z](?<!\w.)(?:(?=[a-z]*[A-Z])(?!(?<=T)ABLE|(?<=F)IG)[A-Za-z]{3,}-\d|"
    r"[A-Z]{2,}(?: [A-Z]{2,})* \d{3,4}(?= trial)))"
    r"(?![\dA-Za-z])"
    r"(?!\s+(?:total |sub)?(?:scores?|scales?|tests?|questionnaires?|items?)\b)"
)
"""The name of a trial: "ZUMA-1", "KarMMa-3"; not "Table-2" or "Week-4", and no scale ("PASAT-3 score")."""
_OURS = re.compile(r"\b(?:our|this|present|we|here|these)\b", re.I)


_POWER_OF_TEN = re.compile(r"10(?:[⁰¹²³⁴-⁹^]|\s?\(\d\)|\s?\*\*|e\d)")
_HAS_INTERVAL = re.compile(r"\b(?:CI|confidence interval)\b")


def sentence_reason(sentence: str, part: str, title: str, others: frozenset[str] = frozenset()) -> str | None:
    """Why no number of a sentence is a finding, or None. A trial named like "ZUMA-1" is another's unless the title
    names it; others: the names of trials that are not the report's own.
    """
    if sentence.isupper() and len(sentence) > 30:
        return "title"
    planned = _PLANNED.search(sentence)
    if planned and "important" in planned.group().lower() + sentence[planned.end() : planned.end() + 12].lower():
        planned = None if _HAS_INTERVAL.search(sentence) else planned  # a result beside the difference that matters
    if planned and not (
        planned.group().lower() in ("power of", "power to", "to detect") and re.search(r"\b[pP]\s*[=<>]", sentence)
    ):
        return "sample-size assumption"
    if look_alikes.of_next_study(sentence):
        return "planned"
    cited = any(name in sentence for name in others) or any(m[1] not in title for m in _TRIAL_NAME.finditer(sentence))
    if part == "discussion" or part == "background":
        return "not a result of this report" if cited or look_alikes.of_others(sentence) else None
    if (cited or look_alikes.of_others(sentence)) and not (
        _OURS.search(sentence) and not re.search(r"\b(?:previous|earlier|prior)\b", sentence)
    ):
        return "another study's result"
    return None


_OPENS_WITH_A_TRIAL = re.compile(r"\W*In (?:the )?([A-Z][\w-]*)")
_OUR_OWN = re.compile(r"\b(?:our|present|we)\b", re.I)


def of_the_trial_that_opens(sentence: str, at: int, title: str, others: frozenset[str]) -> str | None:
    """ "In ZUMA-1 around 70% responded, and in our series 60%": what stands before the first word of one's own."""
    opens = _OPENS_WITH_A_TRIAL.match(sentence)
    if opens is None or _OUR_OWN.search(sentence, 0, at):
        return None
    named = _TRIAL_NAME.match(opens[1])
    of_another = opens[1] in others or (named is not None and named[1] not in title)
    return "another study's result" if of_another else None


_BEFOREHAND = Prefiltered(r"\b(?:before|previous|prior|earlier)\b")
_TURNED = Prefiltered(r"aplasi|deplet|negativ|undetect|normal|seroconver|cleared|eradicat", re.I)
_ENDED_IN = re.compile(
    r"\b(?:discontinued|stopped|halved|withdrawn|tapered|resolved|disappeared|vanished|normali[sz]ed|recovered|"
    r"below the limit of (?:detection|quantification)|undetectable) (?:by |on )?(?:in|by) $",
    re.I,
)
"""Before "every patient": what came to an end, or out of sight, in all of them."""
_SEXES = frozenset(("women", "men", "girls", "boys", "females", "males", "female", "male"))
_HISTORY = Prefiltered(
    r"-class refractory|\bhad (?:been (?:treated|exposed|tried)|failed)\b|^tried\b|-exposed\b|\bbefore$|"
    r"^(?:were )?(?:older|younger|heavier)(?: than\b.*)?$|\bwere (?:older|younger|heavier) and had\b|"
    r"\b(?:refractory (?:disease|to)|already|previously|prior|earlier|"
    r"history of)\b(?! (?:relapse|progression|evident|apparent|significant|visible))|"
    r"^refractory\b|\becog\b|performance status|karnofsky|cytogenetic|"
    r"\bkaryotype|extramedullary|bulky disease|^(?:the )?(?:previous|pre-?existing|concomitant|coexisting) "
    r"(?!response|remission|relapse)"
)


def cites(row: Sequence[Item]) -> bool:
    """Whether a sentence carries a citation: outside the results section it then tells of others."""
    return any(item.rule == "citation" for item in row)


_SUBSET_AT_BASELINE = re.compile(
    r"(?:in|among|for|of) (?:the )?(?:\w+ ){0,3}(?:patients|women|men|participants|subjects|children|those) "
    r"[^,;.]{3,80}"
    r"\b(?:at|before) (?:baseline|entry|enrolment|enrollment|randomi[sz]ation),",
    re.I,
)


_TOOK_UP = frozenset(("attended", "attend", "attendance", "uptake", "underwent", "adherence", "cancer", "detected"))
"""Beside "screening": an outcome of trials of screening, and no visit."""
_HAD_IT_AND_THEN = Prefiltered(
    r"\b(?:patients|women|men|participants|subjects|children|those) (?:with|without|who had) [^.;,\d]{2,60} "
    r"(?:at|before) (?:baseline|entry|enrol+ment|randomi[sz]ation) (?:had|suffered|developed|experienced|achieved|died|"
    r"reached|responded|progressed|relapsed)\b",
    re.I,
)
"""What became of people who are known by what they had at baseline."""
_MIXTURES = frozenset(("concentration", "solution", "cream", "ointment", "gel", "drop", "lotion", "suspension", "dose"))
_LOOKED_AT = frozenset(
    ("measured", "assessed", "tested", "available", "evaluated", "examined", "determined", "sampled")
)
_REACHED = frozenset(("had", "achieved", "achieve", "showed", "reached", "attained", "maintained", "obtained", "have"))


_TO_A_LATER_VALUE = re.compile(
    r"\bbaseline(?: values?)?,? to\b|\b(?:fell|rose|dropped|decreased|increased|declined|improved|went|came) "
    r"(?:[\w-]+ly )?(?:to|by)\b",
    re.I,
)
"""Between a value at baseline and the one it became."""


_SIGNIFICANCE = re.compile(
    r"\W{0,3}(?:was|were|is|being) (?:considered|regarded|deemed|taken|accepted|set|defined|chosen|held)\b|"
    r"\W{0,3}(?:indicated|denoted) (?:statistical )?significance",
    re.I,
)


class Judge:
    """Judges the drafts of one sentence."""

    def __init__(self, text: str, row: Sequence[Item], sentence: str, sets: Mapping[str, frozenset[str]]) -> None:
        self.text, self.row, self.sentence, self.sets = text, row, sentence, sets
        self.baseline = _BASELINE.search(sentence)

    def word(self, i: int) -> str:
        return self.row[i].text if 0 <= i < len(self.row) and self.row[i].kind == "W" else ""

    def reason(self, linked: Linked) -> str | None:
        """Why a draft is no finding, or None where it is one."""
        draft = linked.draft
        outcome = (linked.outcome or "").lower()
        if draft.shape == "p":
            if said_against(self.sentence[: draft.start - self.row[0].start], "", "", draft):
                return "threshold"
            if linked.outcome and not self.baseline and _SIGNIFICANCE.match(self.text[draft.end : draft.end + 60]):
                return "threshold"
            demographic = set(re.findall(r"[\w-]+", outcome)) - {"differ", "in", "or", "and", "difference", "the"}
            if demographic and demographic <= self.sets["demographic"]:
                return "baseline"
            return None if linked.outcome and not self.baseline else "p-value of nothing named"
        if (
            draft.shape == "zero"
            and self.sentence[draft.start - self.row[0].start :].lower().startswith("none")
            and draft.last - draft.first == 1
            and (not linked.outcome or (linked.group == 0 and vocabulary.outcome(linked.outcome) is None))
        ):
            return "none of nothing known"
        if draft.shape == "zero" and self.word(draft.first - 1) in ("receiving", "taking", "using", "given"):
            return "none of what was taken"
        if draft.shape == "all":
            known = vocabulary.outcome(linked.outcome) if linked.outcome else None
            before = self.sentence[: draft.start - self.row[0].start]
            if linked.outcome and "in_all_of_them" in draft.rules and _ENDED_IN.search(before):
                return None
            if known is None or known.term.category in ("enrollment", "follow_up"):
                return "all of them, with nothing known to be an outcome"
            if known.term.category == "biomarker" and not _TURNED.search(outcome):
                return "all of them, with nothing known to be an outcome"
        if (
            draft.shape == "time"
            and draft.statistic is None
            and not draft.fields.get("followed")
            and not self._time_is_result(linked)
        ):
            return "timepoint or duration"
        if draft.fields.get("n_equals") and OF_A_PART.match(self.sentence[: draft.start - self.row[0].start]):
            return "denominator"  # "Among those with fever (n = 10)"
        if draft.shape == "interval" and not self._interval_is_result(linked):
            return "interval that is no result"
        if self._is_denominator(linked):
            return "denominator"
        if self._is_dose(linked):
            return "dose"
        if look_alikes.EXPOSURE.search(outcome) and not (linked.arm and look_alikes.PROCEDURE.search(outcome)):
            return "schedule or exposure"
        if one_of_a_grade(self.row, draft.first):
            return "count of nothing named"
        if told := look_alikes.told_beside(self.sentence, draft, draft.start - self.row[0].start):
            return told
        if self._threshold(linked):
            return "threshold"
        if linked.p is None and look_alikes.of_who_they_were(self._clause(draft)) and draft.shape != "effect":
            return "baseline"
        if self._is_baseline(linked, outcome):
            return "baseline"
        factor = self.row[min(draft.last + 1, len(self.row) - 1)]
        if (
            self.word(draft.last) in ("×", "x")
            and factor.kind == "N"
            and not _POWER_OF_TEN.match(self.text, factor.start)
        ):
            return "size of a thing"
        if self._in_a_name(draft):
            return "part of a name"
        if draft.shape == "value" and not self._value_is_result(linked) and not self._is_share(linked):
            return "number without unit or statistic"
        if draft.shape == "count" and not linked.outcome and not draft.fields.get("n_equals") and draft.noun is None:
            return "count of nothing named"
        if draft.shape in ("percent", "value") and not linked.outcome:
            return "no outcome is named"
        return None

    def _clause(self, draft: Draft) -> str:
        """The part of the sentence between semicolons that a number stands in."""
        at = draft.start - self.row[0].start
        return self.sentence[:at].rpartition(";")[2] + self.sentence[at:].partition(";")[0]

    def _in_a_name(self, draft: Draft) -> bool:
        """ "3-point MACE", "60-g tubes", "7984 m/z": a number that a hyphen ties to a word; a mass-to-charge ratio."""
        if draft.shape not in ("value", "count") or draft.last >= len(self.row) or draft.fields.get("n_equals"):
            return False
        here = self.row[draft.first]
        tied = self.word(draft.first + 1) in ("-", "‐", "‑") and self.row[draft.first + 1].start == here.end
        before = self.text[self.row[draft.first - 1].start : self.row[draft.first - 1].end] if draft.first else ""
        if (  # "better with FEC 100 than with FEC 75"
            len(before) > 1
            and before.isupper()
            and draft.fields.get("unit") is None
            and draft.last == draft.first + 1
            and self.word(draft.last) in ("than", "with", "arm", "arms", "group", "vs", "versus", "and", "(", "or")
        ):
            return True
        if self.word(draft.first - 1) in ("status", "stage", "class", "type") and draft.last == draft.first + 1:
            return draft.fields.keys() <= {"value"}  # "performance status 1"
        if tied and draft.first + 2 < len(self.row):
            following = self.row[draft.first + 2]
            return following.start == self.row[draft.first + 1].end and following.text[:1].isalpha()
        if self.word(draft.last) == "/" and self.word(draft.last + 1) == "z":
            return True
        return (  # "mg kg (-1)", "J/cm (2)": the power of a unit
            self.word(draft.first - 1) == "("
            and self.word(draft.last) == ")"
            and abs(here.values.get("value", 9)) in (1, 2, 3)
            and self.word(draft.first - 2) in ("kg", "cm", "m", "mm", "ml", "l", "min", "h", "s", "day", "d")
        )

    def _time_is_result(self, linked: Linked) -> bool:
        draft = linked.draft
        contrast = linked.arm is not None or linked.arm_by_order is not None
        if linked.outcome and draft.depth and self._contrasted(draft):
            return True
        if linked.outcome and draft.depth and linked.comparator and self.word(draft.first - 1) in (",", ":"):
            return True  # "(dolmirin, 9.2 months; placebo, 6.1 months)"
        if (
            linked.outcome
            and contrast
            and self.word(draft.first - 1) in ("(", "[", "v", "vs", "versus")
            and self.word(draft.last) not in ("after", "before", "later")
        ):
            return True
        spread = any(draft.fields.get(n) is not None for n in ("ci_low", "q1", "range_low", "sd", "plus_minus", "se"))
        if linked.outcome and self.word(draft.first - 1) == "took" and spread:
            return True  # "platelets took 34 days (20-63)"
        if linked.outcome and (spread or self.row[draft.first].kind == "POINT"):
            return True  # "haemolysis ceased after 33 days (range, 21 to 75)"
        if not linked.outcome or not TIME_OUTCOME.search(linked.outcome):
            return False
        if linked.outcome_range is not None and self._right_behind(draft, linked.outcome_range[1]):
            return True  # "Time to first response, 1.0 months", "OS 7.9 months"
        before = [self.word(k) for k in range(max(0, draft.first - 3), draft.first)]
        if before[-1:] in (
            ["at"],
            ["after"],
            ["by"],
            ["within"],
            ["over"],
            ["during"],
            ["every"],
            ["for"],
            ["until"],
            ["through"],
        ):
            if before[-1] == "by" and self.word(draft.first - 2) in self.sets["change"]:
                return True
            return before[-1] == "for" and any(w.startswith(("lasted", "lasting", "persist")) for w in before)
        if self.word(draft.last) == "-" or self.text[self.row[draft.first].start : draft.end].count("-"):
            return False
        if linked.comparator is not None and before[-1:] == ["and"]:
            return True  # "was 9.1 months in the A group and 6.4 months in the B group"
        return any(
            w in self.sets["copula"] or w in ("of", "versus", "vs", "(", "lasted", "to", "=", ":") for w in before
        ) or (linked.group >= 0 and len(linked.candidates) > 0 and self.word(draft.first - 1) in ("and", "or"))

    def _right_behind(self, draft: Draft, end: int) -> bool:
        """Whether a number stands right behind its outcome, which item `end` is behind, or only a comma parts them."""
        return draft.first == end or (draft.first == end + 1 and self.word(end) in (",", ":"))

    def _interval_is_result(self, linked: Linked) -> bool:
        draft = linked.draft
        if not linked.outcome or (
            draft.fields.get("unit") is None and self.word(draft.first - 1) not in self.sets["copula"]
        ):
            return False
        before = [self.word(k) for k in range(max(0, draft.first - 4), draft.first)]
        return (
            bool(set(before) & (self.sets["copula"] | {"of", "ranged", "from", "additional", "by"}))
            or draft.statistic is not None
            or (self.word(draft.last) in ("after", "following") and before[-1:] != ["at"])
        )

    def _is_denominator(self, linked: Linked) -> bool:
        """ "112 days (SD, 47) in 15 patients": a count that only says of how many the result before it is."""
        draft = linked.draft
        if draft.shape != "count" or draft.noun not in self.sets["people"] or draft.noun_item is None or draft.depth:
            return False
        at = draft.first - 1
        while self.word(at) in ("the", "all", "these", "our"):
            at -= 1
        if self.word(at) not in ("in", "among", "from", "for", "of"):
            return False
        if self.word(at) == "in" and self._behind_a_limit(at):
            return False  # "lower than 0.5 × 10⁹/L in eight patients"
        verbs = self.sets["occur"] | self.sets["copula"] | self.sets["have"] | self.sets["did"]
        if self.word(at) == "among" and linked.group > 0:
            return True
        if self.word(at) == "in" and self.word(at - 1) in _LOOKED_AT and any(item.kind == "PM" for item in self.row):
            return True  # "measured in 12 patients, averaged 2.4 ± 0.6"
        k = next((m for m in range(at - 1, max(0, at - 5), -1) if self.word(m) in self.sets["events"]), 0)
        if self.word(at) == "in" and k == at - 1 and self.row[k - 1].kind == "N":
            return False  # "97 events in 28 men", "eleven episodes of infection in six": how many had one
        k = at
        while k >= 0 and self.word(k) not in (";", ","):
            if self.row[k].kind in ("POINT", "TIME") and self.word(k - 1) in ("by", "at", "within", "after", "on"):
                k -= 2  # "withdrawn by month 3 in seven patients"
                continue
            if self.row[k].kind != "W":
                break
            if self.word(k) in verbs:
                return False
            k -= 1
        return k >= 0 and self.row[k].kind not in ("W", "MASK", "GRADE", "GROUP")

    def _behind_a_limit(self, at: int) -> bool:
        """Whether the number before an "in" is a limit: "below 50 × 10⁹/L in", "lower than 0.5 in"."""
        k = at - 1
        numbers = ("N", "QTY", "PCT")
        while k > at - 6 and k > 0 and self.row[k].kind not in numbers:
            k -= 1
        if self.word(at - 2) == "or" and self.word(at - 1) in ("more", "less", "higher", "lower", "greater", "above"):
            return True  # "recovered to 50/uL or more in 14 patients"
        limits = {"than", "below", "above", "under", "over", "exceeding", "exceeded", "least"}
        return any(self.row[m].kind in numbers and self.word(m - 1) in limits for m in range(max(1, k - 3), k + 1))

    def _is_dose(self, linked: Linked) -> bool:
        """ "20 ml ropivacaine 0.2%", "paracetamol 1 g": an amount or strength beside a drug's name."""
        draft = linked.draft
        if (
            draft.shape not in ("value", "percent")
            or draft.statistic
            or (draft.depth and draft.fields.get("ci_low") is not None)
        ):
            return False
        unit = draft.fields.get("unit")
        unit = self.text[unit[0] : unit[1]] if isinstance(unit, tuple) else unit
        if draft.shape == "value" and str(unit).lower() not in ("ml", "g", "l", "mg", "%", "units", "iu", "mcg", "μg"):
            return False
        if draft.fields.get("events") is not None or draft.p_item is not None:
            return False
        if any(draft.fields.get(n) is not None for n in ("plus_minus", "sd", "se")):
            return False
        if draft.shape == "percent" and draft.depth and any(w in self.sets["versus"] for w in self._in_bracket(draft)):
            return False  # "diarrhea (anastrozole 3.1% vs. tamoxifen 1.3%)"
        strong = linked.arm is not None and linked.arm.first == draft.last and not draft.depth
        if draft.shape == "percent" and strong and self.word(draft.first - 1) in ("with", "the", "of", "and", "by", ""):
            return not any(item.kind == "P" for item in self.row[draft.last : draft.last + 8])  # "treated with 0.1% CO"
        if draft.shape == "percent" and self.word(draft.last).rstrip("s") in _MIXTURES:
            return True
        if draft.shape == "percent" and draft.depth and self.word(draft.first - 2).rstrip("s") == "dose":
            return True  # "a partial dose (10% of the vector)"
        share = draft.fields.get("percent")
        if (
            draft.shape == "percent"
            and isinstance(share, float)
            and share > 10
            and self.word(draft.last) in (",", ".", ";", "and", ")")
        ):
            return False  # "tocilizumab 58%, dexamethasone 26%": no solution is that strong
        beside = (self.word(draft.last), self.word(draft.first - 1))
        if beside[0] == "of" and draft.shape == "value":
            beside = (self.word(draft.last + 1), "")
        return any(len(w) > 4 and vocabulary.is_drug(w) for w in beside) or beside[0] in (
            "saline",
            "every",
            "twice",
            "once",
            "daily",
        )

    def _is_limit(self, draft: Draft) -> bool:
        """ "12 mmHg in 60% of eyes", "between 6 and 21 mmHg": the limit that so many keep within."""
        if draft.shape not in ("value", "interval") or draft.statistic or draft.depth or draft.p_item is not None:
            return False
        behind = self.row[draft.last + 1] if draft.last + 1 < len(self.row) else None
        if self.word(draft.last) in ("in", "for") and behind is not None and behind.kind in ("PCT", "FRAC"):
            return True
        if any(draft.fields.get(n) is not None for n in ("sd", "se", "plus_minus", "q1", "ci_low", "range_low")):
            return False
        first = draft.first
        if self.word(first - 1) == "and" and first > 2 and self.row[first - 2].kind == "N":
            first -= 2
        return self.word(first - 1) == "between" and self.row[min(first + 1, len(self.row) - 1)].text == "and"

    def _reached(self, draft: Draft) -> bool:
        """ "More patients had a fall of 2 mm Hg (79% vs 51%)": a value that so many percent reached."""
        if (
            draft.shape not in ("value", "interval")
            or draft.depth
            or draft.statistic
            or draft.p_item is not None
            or any(draft.fields.get(n) is not None for n in ("sd", "se", "plus_minus", "q1", "ci_low", "range_low"))
        ):
            return False
        verb = next(
            (k for k in range(draft.first - 1, max(-1, draft.first - 12), -1) if self.word(k) in _REACHED), None
        )
        if (
            verb is None
            or any(self.word(k) in (",", "and", ";") for k in range(verb, draft.first))
            or not any(self.word(k) in self.sets["people"] | {"eyes", "those"} for k in range(max(0, verb - 12), verb))
        ):
            return False
        shares = [k for k, item in enumerate(self.row) if item.kind == "PCT" and not draft.first <= k < draft.last]
        return any(k < verb or (k > draft.last and self.word(k - 1) in ("(", "[", ":")) for k in shares)

    def _threshold(self, linked: Linked) -> bool:
        draft = linked.draft
        if self._reached(draft) or self._is_limit(draft):
            return True
        before = [
            self.word(k) for k in range(max(0, draft.first - 3), draft.first) if self.word(k - 1) != "data"
        ]  # "at the data cut-off 12 were alive"
        after = self.word(draft.last)
        organ = self.word(draft.first - 2) in ("vessel", "lesion", "organ")  # "target vessel failure 6.6%"
        # "by the ≥5% definition it was 68%"
        stands = bool(before) and before[-1] in self.sets["copula"] and bool({"definition", "criteria"} & set(before))
        if draft.shape in ("value", "percent", "time") and set(before) & _THRESHOLD_BEFORE and not organ and not stands:
            return True
        if before[-2:] == ["rate", "of"] and self.word(draft.first - 3) in (
            "control",
            "null",
            "historical",
            "reference",
        ):
            return True
        qualifier = draft.fields.get("qualifier")
        if qualifier in (None, "~"):
            return (
                draft.shape == "value"
                and after in ("or",)
                and self.word(draft.last + 1)
                in ("more", "less", "higher", "lower", "greater", "above", "below", "fewer")
            )
        if draft.shape in ("fraction", "zero", "all", "state"):
            return False
        if draft.shape == "count":
            return qualifier in (">=",) and self.word(draft.first) == "at" and draft.fields.get("value", 0) == 1
        if (
            after
            and _THRESHOLD_NOUN.match(after)
            and not (after == "of" and self.word(draft.last + 1) in self.sets["people"] | {"the", "all"})
        ):
            return True
        if draft.statistic in ("mean", "median") and draft.stat_item is not None and draft.first - draft.stat_item < 8:
            return False
        if draft.shape == "percent":
            if draft.first == 0 and after == "of":
                return False  # "Fewer than 5% of patients had fever"
            return not (
                set(before[-1:]) & (self.sets["copula"] | {"in", "(", "vs", "versus", "and", "with", ":", "to"})
            )
        return True

    def _is_baseline(self, linked: Linked, outcome: str) -> bool:
        draft = linked.draft
        words = set(re.findall(r"[\w-]+", outcome))
        if words and words <= self.sets["demographic"] and draft.shape in ("percent", "fraction", "count"):
            return True
        if _HISTORY.search(outcome) and draft.shape in ("percent", "fraction", "count"):
            return re.search(r"\b(?:no|complete|partial) (?:response|remission)\b", outcome) is None
        if self._is_condition(outcome):
            return True
        if self._behind_the_word(draft):
            return True
        if draft.depth and self._tested_in_bracket(draft):
            return False  # "(children 8/10, adults 10/16; P = 0.42)", "(11 vs 13 women; P = 0.66)"
        if outcome.startswith("ratio to baseline"):
            return False
        if set(re.findall(r"[\w-]+", outcome)[:3]) & self.sets["baseline"] and not words & {
            "admission",
            "change",
            "changes",
            "reduction",
            "increase",
            "decrease",
            "from",
            "improvement",
            "ratio",
            *_TOOK_UP,
        }:
            return True
        if (
            draft.shape == "percent"
            and self.word(draft.first - 1) in ("(", "[")
            and self.word(draft.first - 2) in _SEXES
        ):
            return True  # "mostly women (76%)"
        if (
            draft.shape in ("count", "fraction", "percent")
            and draft.depth
            and (draft.noun or self.word(draft.last))
            in ("women", "men", "girls", "boys", "female", "male", "females", "males")
        ):
            return True
        if self.word(draft.last) == "had" and self.word(draft.last + 1) in (
            "had",
            "received",
            "undergone",
            "failed",
            "already",
            "previously",
        ):
            return True
        if self.word(draft.last) == "had" and self.word(draft.last + 1) == "been":
            given_arm = linked.arm is not None and linked.group_size > 1 and 0 < linked.arm.first - draft.last <= 4
            return self.word(draft.last + 2) in self.sets["treated_by"] and not given_arm
        if self._told_of_before(draft) or (draft.depth and self._beside_age(draft)):
            return True
        if self.word(draft.last) in self.sets["demographic"] and self.word(draft.last) != "weight":
            return True
        if (
            words & {"age", "aged", "ages", "female", "females", "male", "males", "sex", "ethnicity", "race", "bmi"}
            and len(words) < 9
        ):
            return True
        subset = _SUBSET_AT_BASELINE.match(self.sentence) is not None or _HAD_IT_AND_THEN.search(self.sentence)
        if (
            not subset
            and linked.time is not None
            and set(re.findall(r"\w+", linked.time.text.lower())) & self.sets["baseline"]
        ):
            return True
        if self.baseline is not None and self._has_a_later_time(draft) and draft.shape in ("value", "percent"):
            return False
        if self.baseline is not None and self._opens_with_who_they_were(draft, outcome):
            return True
        if (
            self.baseline is None
            or draft.fields.get("n_equals")
            or (draft.shape == "count" and draft.noun in self.sets["people"])
        ):
            return False
        at = self.baseline.start()
        if _SUBSET_AT_BASELINE.match(self.sentence):
            return False
        place = draft.start - self.row[0].start
        near = self.sentence[max(0, at - 2) : place]
        if "," in near and self.baseline.group().lower() == "baseline of":
            return False
        mark = self.baseline.group()
        later = re.match(rf"\W*{re.escape(mark)}[\s,)]*to\b", near)  # "from 7.1 before treatment to 12.3"
        later = later or re.search(rf"{re.escape(mark)}[\s,)]*(?:to|(?:was|were|had) [\w ]{{3,20}} to)\b", near)
        if later or _TO_A_LATER_VALUE.search(near) or self._time_between(at, draft) or self._has_a_later_time(draft):
            return False
        return (
            at < place
            and not re.search(r"\b(?:change|reduction|decrease|increase|improve\w*|from)\b", near, re.I)
            and ";" not in near
        )

    def _behind_the_word(self, draft: Draft) -> bool:
        """ "(P = 0.001; baseline 3.1 and 3.2)": right behind "baseline", or behind such a number and "and"."""
        k = draft.first - 1
        if self.word(k) in ("and", "vs", "versus", "v") and k > 1:
            k = next(
                (
                    m - 1
                    for m in range(k - 1, max(0, k - 8), -1)
                    if self.row[m].kind == "N" and self.word(m - 1) == "baseline"
                ),
                k,
            )
        return self.word(k) == "baseline"

    def _tested_in_bracket(self, draft: Draft) -> bool:
        """Whether the bracket of a number ends with a p-value."""
        return any(self.row[k].kind == "P" for k in self._bracket_of(draft))

    def _has_a_later_time(self, draft: Draft) -> bool:
        """ "36% at baseline, 35% at week 24": a time of its own right behind the number."""
        k = draft.last + (self.word(draft.last) == ",")
        behind = self.row[k + 1] if k + 1 < len(self.row) else None
        return (
            self.word(k) in ("at", "on", "in", "by", "after")
            and behind is not None
            and behind.kind in ("POINT", "TIME")
        )

    def _time_between(self, at: int, draft: Draft) -> bool:
        """ "… present at baseline, were no longer seen at week 24 in 13": another time behind that of the baseline."""
        start = self.row[0].start + at + len(self.baseline.group() if self.baseline else "")
        return any(i.kind == "POINT" and start <= i.start < draft.start for i in self.row)

    def _is_condition(self, outcome: str) -> bool:
        """ "mean duration of diabetes was 9 years": what they had when they came."""
        if not outcome.startswith("duration of "):
            return False
        what = outcome.removeprefix("duration of ")
        known = vocabulary.outcome(what)
        if known is not None and known.method == "exact":
            return False
        named = vocabulary.vocabulary("conditions").match(what, fuzzy=False)
        return named is not None and named.method == "exact"

    def _opens_with_who_they_were(self, draft: Draft, outcome: str) -> bool:
        """ "Mean age was 41; 31 had X and 16 Y", "At the start of treatment 21 patients took Z": counts and shares of a
        sentence that opens with what the patients were like.
        """
        if self.baseline is None or self.baseline.start() > 12 or draft.shape not in ("count", "fraction", "percent"):
            return False
        opening = self.baseline.group().lower()
        known = vocabulary.outcome(outcome) if outcome else None
        return ("age" in opening or "start of" in opening) and (
            known is None or known.term.category in ("other", "biomarker", "enrollment", "relapse", "adverse_event")
        )

    def _is_share(self, linked: Linked) -> bool:
        value = linked.draft.fields.get("value")
        words = set(re.findall(r"[a-z]+", (linked.outcome or "").lower()))
        return (
            bool(words & {"percentage", "percent", "rate", "rates"})
            and isinstance(value, float)
            and 1 < value <= 100
            and linked.arm is not None
        )

    def _value_is_result(self, linked: Linked) -> bool:
        draft = linked.draft
        f = draft.fields
        if (
            any(f.get(n) is not None for n in ("ci_low", "q1", "iqr_width", "range_low", "sd", "plus_minus", "se"))
            or draft.statistic
            or f.get("unit") is not None
        ):
            return linked.outcome is not None
        if not linked.outcome:
            return False
        if draft.depth and self._contrasted(draft):
            return True
        if self._beside_versus(draft) and linked.group_size == 2 and vocabulary.outcome(linked.outcome) is not None:
            return True  # "Admissions were 10 vs 32"
        printed = self.text[draft.start : draft.end]
        before = self.word(draft.first - 1)
        if (
            linked.candidates
            and vocabulary.outcome(linked.outcome) is not None
            and before in self.sets["copula"] | {"of", "=", ":", "by", "to", "("}
        ):
            return True
        return (
            before in self.sets["copula"] | {"=", "by", "averaged"} and any(c in printed for c in ".·")
        ) or draft.p_item is not None

    def _contrasted(self, draft: Draft) -> bool:
        """ "(0.8 versus 1.4, P < 0.001)": a pair in a bracket with the p-value of its difference."""
        near = self.row[draft.last : draft.last + 5]
        decimal = any(c in self.text[draft.start : draft.end] for c in ".·")
        return self._beside_versus(draft) and (decimal or any(item.kind == "P" for item in near))

    def _beside_versus(self, draft: Draft) -> bool:
        """Whether "vs" stands on one side, with or without its full stop."""
        before = self.word(draft.first - 1) if self.word(draft.first - 1) != "." else self.word(draft.first - 2)
        return bool({before, self.word(draft.last)} & self.sets["versus"])

    def _told_of_before(self, draft: Draft) -> bool:
        """ "They had had a median of 5 lines before CAR T cells, and relapse had come after 8 months": the past of a
        past.
        """
        if not _BEFOREHAND.search(self.sentence):
            return False
        near = range(max(0, draft.first - 8), draft.first)
        had = next((k for k in near if self.word(k) == "had" and self.word(k + 1) in self.sets["had_done"]), None)
        # "in those who had had X before the figures | were 17": the number is of another verb
        return had is not None and not any(self.word(k) in ("was", "were") for k in range(had + 2, draft.first))

    def _beside_age(self, draft: Draft) -> bool:
        """ "(72% female; median age 38 years, CD4 165/μL)": a bracket that gives ages tells who the patients were."""
        inside = self._bracket_of(draft)
        printed = (self.text[self.row[k].start :][:4].lower() for k in inside if self.row[k].reason == "age")
        return any(w.startswith("age") for w in printed) or any(
            self.word(k) in ("female", "male", "females", "males") for k in inside
        )

    def _in_bracket(self, draft: Draft) -> list[str]:
        return [self.word(k) for k in self._bracket_of(draft)]

    def _bracket_of(self, draft: Draft) -> range:
        """The items of the bracket that a draft stands in."""
        first, depth = draft.first - 1, 0
        while first >= 0 and (depth or self.word(first) not in ("(", "[")):
            depth += (self.word(first) in (")", "]")) - (self.word(first) in ("(", "["))
            first -= 1
        last = next((k for k in range(draft.last, len(self.row)) if self.word(k) in (")", "]")), len(self.row))
        return range(first + 1, last)
