"""Which counts say how many took part: screened, randomised, treated, analysed, and not how many had an outcome."""

import re
from itertools import pairwise

from trialtab import vocabulary
from trialtab.extract import look_alikes
from trialtab.extract.line import Linked, beside
from trialtab.extract.measures import Draft
from trialtab.extract.measures.counted import TAKEN_IN
from trialtab.extract.reading import Read
from trialtab.prefilter import Prefiltered
from trialtab.rules import RuleSet

ENROLMENT_ONLY = frozenset(("background", "methods"))

_ENROLLED = Prefiltered(
    r"\b(?:enrol+(?:ed|ment)|randomi[sz]ed|randomly|recruited|included|assigned|allocated|entered|"
    r"participated|evaluated|studied|analy[sz]ed|eligible|"
    r"evaluable|assessable|total of|comprised|accrued|registered|treated|underwent|received|infused|"
    r"consecutive|data (?:from|were available for)|cohort of|screened|took part|sample|exposed|identified|pooled|"
    r"charts? of|"
    r"match(?:ed|ing)|made up|in the (?:[\w-]+ ){0,3}(?:trial|study|analysis|set|population))\b",
    re.I,
)
_GIVEN_WHAT_WAS_DUE = re.compile(
    r"\W*(?:patients |participants |of (?:them|these|whom) )?(?:had )?(?:received|took|started) "
    r"(?:at least (?:one|1) dose|(?:the |their )?(?:allocated|assigned|study) "
    r"(?:treatment|drug|intervention|medication|therapy|regimen))\b",
    re.I,
)
_LOOKED_AT_IN = Prefiltered(
    r"\b(?:safety|efficacy|tolerability|response|toxicity|outcomes?) (?:was|were|could be) (?:\w+ )?"
    r"(?:assessed|evaluated|analy[sz]ed|evaluable|assessable) (?:in|for)\W*$",
    re.I,
)
_AS_THEY_WERE = Prefiltered(
    r"^\W*(?:at|on|before) (?:the )?(?:study )?(?:enrol+ment|entry|inclusion|baseline|admission)", re.I
)
_WERE_DOING = re.compile(r"[^.;]{0,20}\b(?:were (?:receiving|taking|on|using)|had|took|received)\b", re.I)
SUBSETS = frozenset(("responders", "survivors", "nonresponders", "non-responders", "completers"))
_WE_TOOK = Prefiltered(
    r"\b(?:we|the (?:study|trial|cohort|analysis)) (?:\w+ )?(?:included|enrol+ed|recruited|randomi[sz]ed|analy[sz]ed|"
    r"stud(?:ied|y)|treated|identified|screened|evaluated|assigned|followed)(?: a total of)?\W*$|"
    r"\bwe (?:\w+ )?(?:gave|infused|administered|offered) (?:[^.;,(]|, |\([^()]*\)){1,80} to\W*$",
    re.I,
)
"""Before a number of patients: it is how many took part, whatever is said of them behind."""
_INTRODUCED = Prefiltered(
    r"\b(?:report (?:on|the)|made up of|look(?:ed|s)? back|there were|describes?|series of|cohort|"
    r"follow(?:ed|-up) of|comprising|consisted of)\b",
    re.I,
)
_OPENS_WITH_AGE = re.compile(r"\W*(?:the )?(?:median|mean)(?: ?\([^)]{1,14}\))? age\b", re.I)
_PART_BEFORE = re.compile(
    r"\b(?:the (?:first|last|next|final|initial)|excluding(?: the)?|exclusion of(?: the)?|without the|"
    r"after removing(?: the)?) $",
    re.I,
)
OF_A_PART = re.compile(
    r"\W*(?:of|among|in|for|within) (?:the |all )?(?:those|patients|participants|women|men|children|subjects|pts) "
    r"(?:with|without|who|whose|in|aged|from) (?![^,;.]*\b(?:group|arm|cohort)\b)[^,;.]{2,60}\W$",
    re.I,
)


_BEGINS = (
    "randomi", "assign", "enrol", "recruit", "screen", "referr", "eligib", "aphere", "leukaphere", "includ", "enter",
    "consent", "regist", "match",
)  # fmt: skip
"""How words begin that say that people were taken into a study."""
_MADE_PART = frozenset((
    "randomized", "randomised", "enrolled", "included", "treated", "infused", "analysed", "analyzed", "exposed",
    "evaluable", "assigned", "recruited", "eligible", "screened",
))  # fmt: skip
_BROUGHT_ON = frozenset((
    "transplanted", "apheresed", "leukapheresed", "dosed", "referred", "allocated", "registered", "operated",
))  # fmt: skip
"""What was done to those who took part; of others it is an outcome ("27% were transplanted")."""
_WENT_THROUGH = frozenset(("received", "underwent", "started", "began", "entered"))
_STEPS = frozenset((
    "leukapheresis", "apheresis", "infusion", "surgery", "operation", "treatment", "transplantation", "transplant",
    "randomization", "randomisation", "study", "trial", "intervention", "lead-in", "run-in", "procedure",
))  # fmt: skip


_THERE_WERE = re.compile(r"\W*(?:there|they|these) were\b", re.I)
_ENTRY_OF = re.compile(
    r"\b(?:enrol+ed|randomi[sz]ed|randomly|assigned|included|screened|recruited|eligible|registered)\b", re.I
)


def takes_part(draft: Draft, r: Read) -> bool:
    """Whether a count in a sentence on how people came into the study says how many went on to its next step: "of whom
    239 were transplanted", "11 underwent leukapheresis", "59 received A".
    """
    if draft.shape != "count" or draft.fields.get("percent") is not None or draft.noun in SUBSETS:
        return False
    k = draft.last
    if draft.noun_item == k and r.row[k + 1 : k + 2] and r.row[k + 1].text == "entered":
        return True  # "124 patients entered; 3 were ineligible"
    words = [i.text for i in r.row[k : k + 5]]
    came = any(i.text.startswith(_BEGINS) for i in r.row if i.kind == "W")
    if words[:1] in (["was"], ["were"]) and len(words) > 1:
        arm_next = any(m.first == k + 3 for m in r.arms)
        extra = words[1] == "treated" and words[2:3] in (["with"], ["for"]) and not arm_next
        return words[1] in _BROUGHT_ON | _MADE_PART and came and not extra
    if words[:1] == ["had"] and words[1:2] and words[1] in _WENT_THROUGH:
        words = words[1:]
    if not words or words[0] not in _WENT_THROUGH:
        return False
    arm = next((m for m in r.arms if k < m.first <= k + 4), None)
    step = bool(_STEPS & set(words[1:4]))
    named = arm is not None and "," not in words[: arm.first - k]
    parted = named and r.row[0].text in ("of", "among")  # "Of 120 patients, 59 received A and 61 B"
    return parted or (came and (named or step or words[0] == "entered"))


_THINGS = frozenset(("deaths", "events", "relapses", "episodes", "cases", "infections", "responses", "attacks"))


def opens_with_a_part(x: Linked, r: Read, sentence: str) -> bool:
    """ "Of the 27 patients on prednisone, 21 came off it": the number that a sentence opens with is of a part of the
    patients; where arms are compared it may be the size of what was analysed.
    """
    noun = x.draft.noun_item
    if r.row[0].text not in ("of", "among") or x.draft.first > 3 or x.draft.shape != "count" or not noun:
        return False
    behind = r.row[noun + 1].text if noun + 1 < len(r.row) else ""
    if x.draft.noun in _THINGS:
        return False  # "Of the 15 deaths without progression, 9 …"
    return behind in ("with", "without", "on") and len({m.key for m in r.arms}) < 2 and not _ENTRY_OF.search(sentence)


def _of_an_event(x: Linked, r: Read) -> bool:
    """ "cytopenias included neutropenia (27 patients)", "dysgeusia 40 v 21 people": an adverse event right before."""
    k = x.draft.first
    if x.draft.fields.get("n_equals"):
        return False  # the size of a group: "with gastrointestinal cancer (n=389)"
    while k and r.row[k - 1].text in ("(", "[", ",", ":"):
        k -= 1
    for size in (3, 2, 1):
        words = r.row[max(0, k - size) : k]
        known = vocabulary.outcome(" ".join(i.text for i in words)) if words and all(i.text for i in words) else None
        if known is not None and known.method == "exact":
            return known.term.category == "adverse_event"
    return False


def is_enrolment(x: Linked, r: Read, sentence: str, rules: RuleSet) -> bool:
    """Whether a count says how many took part. sentence: the text of r; raises nothing."""
    draft = x.draft
    if (
        draft.shape != "count"
        or draft.fields.get("percent") is not None
        or draft.fields.get("qualifier") in ("<=", "<", ">=")
    ):
        return False
    if _of_an_event(x, r):
        return False
    if look_alikes.is_to_come(sentence) or (x.outcome or "").startswith("death from "):
        return False
    if _AS_THEY_WERE.search(sentence[: draft.start - r.start]) and _WERE_DOING.match(sentence[draft.end - r.start :]):
        return False  # "At enrolment 12 patients were receiving prednisone"
    if look_alikes.of_who_they_were(sentence) or _OPENS_WITH_AGE.match(sentence[: draft.start - r.start]):
        return False
    if _PART_BEFORE.search(sentence[: draft.start - r.start]):
        return False  # "in the first two patients", "excluding the 58 patients"
    if draft.fields.get("n_equals") and OF_A_PART.match(sentence[: draft.start - r.start]):
        return False  # "Among those with fever (n=10), …"
    if _THERE_WERE.match(sentence) and look_alikes.of_the_sexes(
        sentence[: draft.start - r.start], sentence[draft.end - r.start :]
    ):
        return False  # "There were nine women and one man"
    if opens_with_a_part(x, r, sentence):
        return False
    at = draft.first - 1
    while at > 0 and r.row[at].text in ("the", "all", "these"):
        at -= 1
    if (
        at > 0
        and r.row[at].text == "among"
        and r.linked
        and r.linked[0] is not x
        and r.linked[0].draft.first < draft.first
    ):
        return False
    if draft.fields.get("n_equals"):
        between = r.row[max(0, draft.first - 4) : draft.first]
        if any(i.kind == "GRADE" for i in between):
            return False
        beside = any(m.last <= draft.first and draft.first - m.last <= 3 for m in r.arms)
        match = vocabulary.outcome(x.outcome) if x.outcome else None
        if r.row[draft.first - 1].text == ":" and draft.first:
            return match is not None and match.term.category == "enrollment"
        return beside or match is None or match.term.category in ("enrollment", "other")
    if draft.noun in SUBSETS:
        return False
    if draft.last + 1 < len(r.row) and r.row[draft.last].text == "did" and r.row[draft.last + 1].text == "not":
        return False
    behind = [i.text for i in r.row[draft.last : draft.last + 2]]
    if draft.noun is None and behind[:1] in (["was"], ["were"]) and behind[1:] and behind[1] in _MADE_PART:
        return True
    if takes_part(draft, r) or _parts_of_those(x, r):
        return True
    after_noun = sentence[draft.end - r.start :]
    if draft.noun in rules.sets["people"] and _HAD_BEEN_GIVEN.match(after_noun) and _AT_THE_CUT.match(sentence):
        return True  # "At the data cut-off of 1 March, 31 patients had received X"
    if behind[:1] in (["because"], ["due"]) or behind == ["who", "did"]:
        return False
    if draft.first == 1 and r.row[0].text == "in" and draft.noun and behind[:1] != ["who"]:
        return False  # "In 11 patients treatment was discontinued"
    if _WAS_LEFT.search(sentence[: draft.start - r.start]) and (draft.noun or behind[:1] in (["for"], ["in"])):
        return True
    if (
        draft.noun is None
        and behind[:1] in (["was"], ["were"])
        and behind[1:] in (["in"], ["not"], ["still"], ["alive"])
    ):
        return False
    if _GIVEN_WHAT_WAS_DUE.match(sentence[draft.end - r.start :]) or _LOOKED_AT_IN.search(
        sentence[: draft.start - r.start]
    ):
        return True
    if _sent_to(x, r) or _parts_the_head(x, r):
        return True
    before = next((i.text for i in reversed(r.row[: draft.first]) if i.text[:1].isalpha() or i.text == ";"), "")
    if (
        before == "leaving"
        and r.row[draft.last : draft.last + 1]
        and r.row[draft.last].text in ("for", "in", "patients", "participants")
    ):
        return True
    did = bool(behind) and behind[0] in rules.sets["did"]  # "38 were dosed (4 withdrew)"
    if draft.noun is None and before in TAKEN_IN and not did:
        return True
    if (
        not x.whole
        and draft.noun is None
        and draft.last < len(r.row)
        and r.row[draft.last].text in ("received", "given", "to")
        and any(m.first - draft.last <= 3 and m.first > draft.last for m in r.arms)
        and not any(i.text in ("dose", "doses", "cycle") for i in r.row[draft.last : draft.last + 6])
        and not any(y.draft.last <= draft.first and y.draft.shape in ("fraction", "percent") for y in r.linked)
    ):
        return True
    if draft.first > 1 and r.row[draft.first - 1].text == "in" and r.row[draft.first - 2].text in rules.sets["occur"]:
        return False
    match = vocabulary.outcome(x.outcome) if x.outcome else None
    if r.row[draft.first - 1].text == "in" and match is not None and match.term.category == "adverse_event":
        return False
    bracketed = draft.depth > 0 and draft.noun is None
    host = next((y for y in reversed(r.linked) if y.draft.last <= draft.first and not y.draft.depth), None)
    if bracketed and host is not None and host.draft.shape == "count" and not is_enrolment(host, r, sentence, rules):
        return False  # "Three withdrew consent (2 A, 1 B)"
    if not bracketed and (draft.noun is None or draft.noun not in rules.sets["people"]):
        return False
    if draft.noun in rules.sets["people"] and _WE_TOOK.search(sentence[: draft.start - r.start]):
        return True
    after = [i.text for i in r.row[draft.last : draft.last + 12]]
    after = after[: after.index(";")] if ";" in after else after
    if "and" in after and after[after.index("and") + 1 :][1:3] == ["did", "not"]:
        after = after[: after.index("and")]  # "152 patients received A and 234 did not"
    if float(str(draft.fields.get("value", 0))) <= 3 and r.block.part not in ENROLMENT_ONLY:
        return False
    told = rules.sets["did"] | {
        "had",
        "developed",
        "experienced",
        "achieved",
        "died",
        "suffered",
        "showed",
        "reported",
        "required",
        "converted",
        "never",
        "not",
    }
    first, last = max(0, draft.first - 9), min(len(r.row), draft.last + 9)
    told_first = any(
        y.draft.last < draft.first and y.draft.shape in ("value", "time", "percent", "fraction") for y in r.linked
    )
    if told_first and r.row[draft.first - 1].text == "and" and "received" in after[:3]:
        return False  # "IgG fell to 5.2 g/L, and four patients received substitution"
    first_count = next((d for d in r.drafts if d.shape == "count"), None) is draft
    if (
        first_count
        and float(str(draft.fields.get("value", 0))) >= 5
        and not draft.depth
        and _INTRODUCED.search(sentence)
        and not any(w in told for w in after)
    ):
        return True
    near = (
        sentence if bracketed or first_count else sentence[r.row[first].start - r.start : r.row[last - 1].end - r.start]
    )
    return bool(_ENROLLED.search(near)) and not any(w in told for w in after)


_HAD_BEEN_GIVEN = re.compile(r"[\w\s-]{0,20}\bhad (?:received|been (?:treated|given|infused|enrolled|dosed))\b")
_AT_THE_CUT = re.compile(r"(?:at|by|as of|with) (?:the |a )?(?:time of )?(?:the )?(?:data|clinical) cut", re.I)
_WAS_LEFT = re.compile(r"\b(?:left|leaving)(?: \d+(?:,? and)?)? ?$", re.I)


def _parts_of_those(x: Linked, r: Read) -> bool:
    """ "of whom 301 were transplanted (150 in the A group and 151 in the B group)": how many of each arm did."""
    if not x.draft.depth or x.arm is None or not beside(x):
        return False
    opening = next((k for k in range(x.draft.first - 1, -1, -1) if r.row[k].text in ("(", "[")), 0)
    heads = [d for d in r.drafts if d.last <= opening and d.depth < x.draft.depth]
    return bool(heads) and takes_part(heads[-1], r)


_ANALYSED = frozenset((
    "analysed", "analyzed", "included", "randomized", "randomised", "assigned", "allocated", "evaluable", "treated",
    "enrolled",
))  # fmt: skip


def _parts_the_head(x: Linked, r: Read) -> bool:
    """ "Among the 2471 participants (1238 in the A arm and 1233 in the B arm), 186 …": how many were in each arm."""
    if x.draft.depth != 1 or x.arm is None or not beside(x) or r.row[0].text not in ("of", "among"):
        return False
    opening = next((k for k in range(x.draft.first - 1, -1, -1) if r.row[k].text in ("(", "[")), 0)
    head = next((d for d in r.drafts if d.first < opening), None)
    people = head is not None and head.shape == "count" and head.first <= 3 and opening - head.last <= 3
    return people and not any(i.text == "," for i in r.row[:opening])


def _sent_to(x: Linked, r: Read) -> bool:
    """ "164 in the early group and 163 in the late group were analysed": how many of each arm were."""
    k = x.draft.last
    if x.draft.noun is not None or x.draft.depth or k >= len(r.row) or r.row[k].text not in ("in", "to"):
        return False
    if not any(k < m.first <= k + 3 for m in r.arms):
        return False
    said = [i.text for i in r.row[k : k + 22]]
    end = next((n for n, w in enumerate(said) if w in (";", ".")), len(said))
    return any(w in ("were", "was") and v in _ANALYSED for w, v in pairwise(said[:end]))


def is_of_all(x: Linked, r: Read) -> bool:
    """Whether the arm that a size was given is named only behind it, apart: "250 were randomised (A 124, B 126)"."""
    return (
        x.arm is not None
        and not x.settled
        and any(i.text in ("(", "[", ",", ";") or i.kind == "N" for i in r.row[x.draft.last : x.arm.first])
    )


__all__ = ["ENROLMENT_ONLY", "OF_A_PART", "SUBSETS", "is_enrolment", "is_of_all", "opens_with_a_part", "takes_part"]
