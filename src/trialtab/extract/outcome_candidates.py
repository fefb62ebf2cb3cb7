"""Phrases beside a number that may be its outcome: the words to its left and to its right."""

from trialtab import vocabulary
from trialtab.extract.clauses import behind_adverbial, lead_in
from trialtab.extract.line import Line
from trialtab.extract.measures import Draft
from trialtab.extract.outcome_weights import WEIGHTS, weigh
from trialtab.extract.phrases import is_people, noun_phrase, np_end, predicate

_LEADS_TO_OTHERS = frozenset((
    ",", "and", "but", "than", "as", "whereas", "while", "compared", "with", "against", "in", "for", "among", "of", "v",
    "versus", "vs",
))  # fmt: skip


def _names_others(line: Line, start: int, stop: int) -> bool:
    """Whether the words between two results name other people alone: "than in those without HRD"."""
    k = start
    while k < stop and line.word(k) in _LEADS_TO_OTHERS:
        k += 1
    if line.word(k) not in line.sets["people"] | {"those", "these"} or line.word(k + 1) not in _MARK_PEOPLE:
        return False
    return not any(line.word(m) in line.verbs | line.sets["copula"] for m in range(k + 2, stop))


_MARK_PEOPLE = frozenset(("with", "without", "who", "whose", "aged", "on", "having"))
_METHODS = frozenset(
    ("excluding", "including", "censoring", "adjusting", "counting", "imputing", "omitting", "restricting", "using",
     "treating", "considering", "ignoring")
)  # fmt: skip


_EVENTS = frozenset(("events", "effects", "reactions", "toxicities", "complications", "aes", "infections", "disorders"))
_CHANGED = frozenset(
    ("raised", "elevated", "increased", "decreased", "reduced", "lowered", "high", "low", "abnormal", "prolonged")
)
_DID = frozenset(("responded", "relapsed", "died", "progressed", "recovered", "survived", "seroconverted", "withdrew"))
_HOW_OFTEN = frozenset(
    ("less", "more", "as", "equally", "often", "frequently", "rarely", "seldom", "better", "worse", ",")
)


def _did_more_often(line: Line, start: int, stop: int) -> int | None:
    """ "Patients previously given X responded less often (12 of 22)": the verb that people are the subject of."""
    did = stop - 1
    while did > start and line.word(did) in _HOW_OFTEN:
        did -= 1
    people = next((k for k in range(start, min(start + 3, did)) if line.word(k) in line.sets["people"]), None)
    return did if line.word(did) in _DID and people is not None else None


def _is_adjective(line: Line, k: int) -> bool:
    """Whether a participle stands before its noun at the head of an item of a list."""
    behind = line.word(k + 1)
    return line.word(k - 1) in (",", "and", "or") and behind[:1].isalpha() and behind not in line.sets["preposition"]


def candidates_left(
    line: Line, start: int, stop: int, *, bracket: bool, counted: bool = False
) -> list[tuple[str, int, int, float]]:
    """Candidates from the words left of a number (or of its bracket). counted: the number counts people."""
    edge = any(k < start for k in line.result_at)
    if line.word(start) in ("that", "those") and line.word(start + 1) == "of":
        start += 2  # "and that of nonrelapse mortality 5%"
    if line.word(start) in (
        "who",
        "which",
        "whose",
        "whom",
        "that",
        "undergoing",
        "receiving",
        "treated",
        "enrolled",
        "randomized",
        "randomised",
        "assigned",
    ):
        comma = next((k for k in range(start, stop) if line.word(k) == ","), None)
        if comma is None:
            return []
        start = comma + 1
    start = behind_adverbial(line, lead_in(line, start, stop), stop)
    if edge and _names_others(line, start, stop):
        return []  # "HR 0.49) than in those without HRD (8.6 …": other people, the outcome told before
    if line.word(start) in _METHODS:
        return []  # "Excluding early deaths gave an HR of 0.6": how it was analysed
    if bracket and (did := _did_more_often(line, start, stop)) is not None:
        return [("predicate", did, did + 1, WEIGHTS["subject"])]
    for k in range(start, stop - 2):
        if line.word(k) == "followed" and line.word(k + 1) == "by":
            start = k + 2  # "neutropenia (65%), followed by anaemia (30%)"
    while (
        stop > start
        and (
            line.word(stop - 1)
            in line.sets["versus"] | {"compared", "with", "to", "as", ",", "relative", "in", "for", "by"}
        )
        and any(line.word(k) in line.sets["versus"] | {"compared"} for k in range(max(start, stop - 5), stop))
    ):
        stop -= 1
    if edge and line.word(start) not in (",", "and", ";"):
        joined = next(
            (k for k in range(stop - 2, start, -1) if line.word(k) == "," and line.word(k + 1) == "and"), None
        )
        if joined is not None and stop - joined < 7:
            start = joined + 2  # "… in one patient biopsied at relapse, and | GPRC5D in three"
    verb = None
    for k in range(stop - 1, start - 1, -1):
        if k in line.arm_at or line.items[k].kind != "W":
            continue
        if k + 1 < stop and line.word(k) in _CHANGED and _is_adjective(line, k):
            continue  # "mucositis (8%), raised transaminases (4%)"
        if line.word(k) in _MOVES and (not k or line.word(k - 1) in line.sets["preposition"] | line.sets["determiner"]):
            continue  # "patients with prolonged cytopenia (4%)"
        moves = line.word(k) in _MOVES and line.word(k + 1) in _POINTS_OUT
        if (line.items[k].text in line.verbs or moves) and not line.inside(k, start):
            verb = k
            break
    found: list[tuple[str, int, int, float]] = []
    if verb is None:
        span = noun_phrase(line, start, stop, from_right=True)
        if span and span[0] > start and line.word(span[0] - 1) in _CHANGED and counted:
            span = span[0] - 1, span[1]  # "raised transaminases (18%)": what is counted is that they were
        if span:
            adverbial = (
                not bracket
                and line.word(start) in line.sets["preposition"]
                and vocabulary.outcome(line.say(*span)) is None
            )
            found.append(("list item", *span, WEIGHTS["list item"] - (0.5 if adverbial else 0.0)))
        return found
    if line.word(verb) == "differ" and line.word(verb - 1) == "not":
        verb -= 1
    group_start = verb
    while group_start > start and (
        line.word(group_start - 1) in line.verbs | line.sets["auxiliary"] or line.word(group_start - 1).endswith("ly")
    ):
        group_start -= 1
    if moved := _moved(line, start, group_start, verb, stop):
        return [("object", *moved, WEIGHTS["told behind"])]
    tail = noun_phrase(line, verb + 1, stop, from_right=True, objects=True)
    if tail and line.word(verb) in _STOPPED and any(
        line.word(k) in ("because", "due", "owing", "for") for k in range(verb + 1, tail[0])
    ):  # fmt: skip
        tail = verb, tail[1]  # "discontinued treatment because of adverse events"
    if tail and line.word(verb) == "died" and line.word(verb + 1) in ("of", "from"):
        tail = verb, tail[1]  # "died from any cause"
    subject = noun_phrase(line, start, group_start)
    if tail and subject and line.word(verb) == "led" and line.word(verb + 1) == "to":
        return [("subject", subject[0], tail[1], WEIGHTS["told behind"])]  # "events led to dose reduction in 8"
    if line.word(group_start - 1) == "there":
        subject = None
    if subject and line.word(group_start - 1) in ("which", "that"):
        own = [k for k in range(*subject) if line.word(k) in line.sets["copula"] | line.sets["have"]]
        subject = (noun_phrase(line, own[-1] + 1, group_start - 1) or subject) if own else subject
    if line.word(verb) in ("failed", "recurred", "ceased") and subject and subject[1] == group_start:
        subject = subject[0], verb + 1  # "treatment failed"
    given = line.word(verb) in _GIVEN
    if (
        given
        and subject is not None
        and subject[1] == group_start
        and line.word(group_start) in line.sets["copula"]
        and not is_people(line, *subject)
    ):
        subject = subject[0], verb + 1  # "immunoglobulins were replaced"
    if given and subject is None and group_start > start and all(k in line.arm_at for k in range(start, group_start)):
        found.append(("subject", start, verb + 1, WEIGHTS["subject"]))
    if subject and (told := _told_for(line, subject)):
        subject = told
    if subject and line.word(subject[0] - 2) in ("that", "those") and line.word(subject[0] - 1) == "of":
        found.append(("subject", *subject, WEIGHTS["told behind"]))
    if tail and (is_people(line, *tail) or _how_often(line, *tail)):
        tail = None
    if tail and (inner := _effect_on(line, tail)):
        found.append(("object", *inner, WEIGHTS["told behind"]))
    if tail and subject and line.word(tail[0]) == "fatal" and line.word(verb) in line.sets["copula"]:
        subject, tail = (subject[0], tail[1]), None
    if (
        tail
        and subject
        and tail[1] - tail[0] == 1
        and line.word(verb) in line.sets["copula"]
        and not is_people(line, *subject)
        and (vocabulary.outcome(line.say(*tail)) is None)
    ):
        tail = None
    if tail and subject and _most_frequent(line, verb, tail):
        tail = None
    if counted and not bracket and (said := _done_to(line, start, group_start, verb, stop)):
        subject, tail = said, None
    if subject:
        found.append(("subject", *subject, WEIGHTS["people" if is_people(line, *subject) else "subject"]))
    if tail:
        penalty = 0.0 if subject is None or is_people(line, *subject) else 0.3
        if subject and line.word(verb) in line.sets["copula"] and line.word(subject[1] - 1) in _EVENTS and (
            vocabulary.outcome(line.say(*tail)) is not None
        ):  # fmt: skip
            penalty = -0.3  # "the adverse events were mucositis in 8, anaemia in 6"
        if bracket and subject is not None and not is_people(line, *subject):
            listed = (
                line.word(verb) in line.sets["copula"] | {"included", "comprised"}
                and vocabulary.outcome(line.say(*tail)) is not None
            )
            penalty = -0.3 if listed else 0.15
        if line.word(verb) in line.sets["have"]:
            penalty -= 0.2
        found.append(("object", *tail, WEIGHTS["object"] - penalty))
    vague = tail is None or weigh(line, ("object", *tail, 0.5), False) < 0
    if subject and is_people(line, *subject) and vague and line.word(verb) in line.sets["did"] | line.sets["change"]:
        found.append(("predicate", verb, verb + 1, WEIGHTS["predicate"]))
    return found


def _behind_apposition(line: Line, k: int) -> int:
    """ "Three patients, two of them given A, | had graft failure": where the clause of a number goes on."""
    inner = line.result_at.get(k + 1) if line.word(k) == "," else None
    if inner is None or line.word(inner.last) != "of" or line.word(inner.last + 1) not in ("them", "whom", "these"):
        return k
    comma = next((m for m in range(inner.last + 2, min(inner.last + 10, len(line.items))) if line.word(m) == ","), None)
    return k if comma is None else comma + 1


def _behind_parts(line: Line, k: int) -> int:
    """ "28 (30%) patients (A 9 of 45, B 19 of 47) | had a seroma": behind the bracket that shares a number out."""
    if line.word(k) not in line.sets["people"] or line.word(k + 1) not in ("(", "["):
        return k
    depth = parts = 0
    for m in range(k + 1, min(k + 30, len(line.items))):
        depth += (line.word(m) in ("(", "[")) - (line.word(m) in (")", "]"))
        parts += m in line.result_at and m - 1 not in line.result_at
        if depth == 0:
            return m + 1 if parts > 1 and line.word(m + 1) in line.sets["did"] | line.sets["have"] else k
    return k


_SUPPORT = frozenset(("immunoglobulin", "immunoglobulins", "antibiotics", "transfusion", "transfusions", "steroids"))


def _is_given(phrase: str) -> bool:
    """Whether a phrase names what is given to patients, and no marker."""
    return phrase.lower().split()[-1] in _SUPPORT or vocabulary.intervention(phrase) is not None


TOOK_UP = frozenset(("received", "needed", "required"))


def candidates_right(line: Line, group: list[Draft]) -> list[tuple[str, int, int, float]]:
    """Candidates from the words behind a number: "15% of patients achieved O", "24 deaths", "six women had O"."""
    draft = group[-1]
    found: list[tuple[str, int, int, float]] = []
    k = _behind_parts(line, _behind_apposition(line, draft.last))
    if line.word(k) == "of" and line.word(k + 1) in ("these", "the", "those") and k + 2 not in line.arm_at:
        span = noun_phrase(line, k + 2, np_end(line, k + 2))
        if span and line.word(span[1]) in line.sets["occur"] and not is_people(line, *span):
            return [("noun after number", *span, WEIGHTS["told behind"])]  # "51 (65%) of these events occurred in A"
    noun = draft.noun if draft.noun_item is not None and draft.noun_item >= k - 1 else None
    if line.word(k) == "of" and line.word(k - 1) in ("case", "cases", "instances", "signs", "evidence"):
        span = noun_phrase(line, k + 1, np_end(line, k + 1))
        return [("noun after number", *span, WEIGHTS["noun after number"])] if span else []
    if noun in line.sets["events"] and draft.noun_item is not None:
        first = k if draft.noun_item >= k else draft.noun_item
        last = np_end(line, draft.noun_item + 1)
        span = noun_phrase(line, first, last)
        if span:
            if line.word(span[1]) in line.sets["copula"] and line.word(span[1] + 1) in _GOES_ON:
                span = span[0], span[1] + 2  # "22 responses were ongoing"
            found.append(("noun after number", *span, WEIGHTS["noun after number"]))
        return found
    if line.word(k) == "," and line.word(k + 1) in line.sets["respectively"]:
        k += 2 + (line.word(k + 2) == ",")
    stop = min(len(line.items), k + 34)
    for m in range(k, stop):
        whom = line.word(m) == "," and line.word(m + 2) == "of" and line.word(m + 3) in ("whom", "which")
        if (m in line.result_at and m >= draft.last) or line.word(m) in (";", "if") or whom:
            stop = m
            break
    verb = given = None
    for m in range(k, stop):
        if m in line.arm_at:
            continue
        text = line.word(m)
        if text in line.verbs or (
            text.endswith("ed") and len(text) > 4 and text not in line.sets["treated_by"] and line.word(m - 1) != "-"
        ):
            if text in line.sets["treated_by"] and line.names_arm(m):
                given = m if given is None and text in ("received", "required", "needed", "used", "given") else given
                continue
            verb = m
            break
        if text in (",", ":") and m > k + 1 and not any(line.word(x) in line.sets["people"] for x in range(k, m)):
            break
    if verb is not None:
        subject = noun_phrase(line, k, verb) if line.word(k) in ("the", "a", "an", "their") else None
        span = predicate(line, verb, stop)
        if subject and not is_people(line, *subject):
            passive = line.word(verb) in line.sets["copula"] and span is not None and span[0] >= verb
            last = span[1] if passive and span else verb
            found.append(("noun after number", subject[0], last, WEIGHTS["predicate"] + (0.05 if passive else 0.0)))
        if span and line.word(verb) in _STOPPED and any(
            line.word(x) in ("because", "due", "owing", "for") for x in range(verb + 1, span[1])
        ):  # fmt: skip
            span = verb, span[1]
        if span and line.word(verb) in TOOK_UP and _is_given(line.say(*span)):
            span = verb, span[1]  # "14 received immunoglobulin": what was given, and no marker
        if span and line.word(span[0]) not in ("those", "these"):
            if line.word(span[0] - 1) in ("not", "never", "no") and span[0] - 1 > verb - 1:
                span = span[0] - 1, span[1]  # "three were not treated"
            found.append(("predicate", *span, WEIGHTS["predicate"]))
        elif line.word(verb) in ("took", "needed", "required", "received", "got", "had") and verb + 1 in line.arm_at:
            found.append(("predicate", verb, line.arm_at[verb + 1].last, WEIGHTS["predicate"]))
    elif (
        given is not None
        and (arm := next((line.arm_at[x] for x in range(given, min(given + 6, stop)) if x in line.arm_at), None))
        and (group[-1].shape in ("percent", "fraction"))
    ):
        found.append(("predicate", given, arm.last, 0.8))
    elif (
        k < stop
        and line.word(k)[:1].isalpha()
        and line.word(k) not in line.sets["preposition"] | line.sets["conjunction"]
    ):
        span = noun_phrase(line, k, np_end(line, k))
        if span and not is_people(line, *span):
            found.append(("noun after number", *span, WEIGHTS["noun after number"]))
    elif (
        line.word(k) == "from"
        and line.word(k + 1) not in line.sets["baseline"]  # "lowered pressure by 6.8 mm Hg (27%) from baseline"
        and (span := noun_phrase(line, k + 1, np_end(line, k + 1)))
    ):
        found.append(("noun after number", *span, WEIGHTS["noun after number"] + 0.9))
    elif (
        line.word(k) == "in"
        and k + 1 not in line.arm_at
        and (span := noun_phrase(line, k + 1, np_end(line, k + 1)))
        and (vocabulary.outcome(line.say(*span)) is not None)
    ):
        found.append(("noun after number", *span, WEIGHTS["noun after number"]))
    elif line.word(k) == "with" or (line.word(k) in line.sets["people"] and line.word(k + 1) == "with"):
        start = k + 1 if line.word(k) == "with" else k + 2
        if start not in line.arm_at:
            span = noun_phrase(line, start, np_end(line, start))
            if span:
                found.append(("noun after number", *span, 0.5))
    return found


FOUND = frozenset(("normal", "abnormal", "high", "low", "negative", "positive", "detectable", "undetectable", "lost",
                    "present", "absent", "withdrawn", "withheld", "cut", "put"))  # fmt: skip
_DONE = frozenset(("reduced", "lowered", "increased", "decreased", "elevated", "raised", "prolonged"))
_PLANNED = frozenset(("allowed", "permitted", "planned", "expected", "considered", "defined", "required", "scheduled"))
_BECAUSE = frozenset(("because", "due", "owing"))


def _done_to(line: Line, start: int, copula: int, verb: int, stop: int) -> tuple[int, int] | None:
    """Subject and predicate where a number counts the people to whom something was done or in whom it was found: "red
    cells were transfused", "creatinine was raised", "the drug was stopped because of toxicity".
    """
    k = verb + 1 if line.word(verb) in line.sets["copula"] else verb
    word = line.word(k)
    plain = line.sets["no_outcome_alone"] | line.sets["occur"] | line.sets["comparative"] | line.sets["treated_by"]
    if line.word(copula) not in line.sets["copula"] | {"had", "has", "have", "could"} or k >= stop:
        return None
    other = word in plain | _PLANNED | (line.sets["did"] - _STOPPED)
    if word not in FOUND | _DONE and (other or not word.endswith("ed") or len(word) < 6):
        return None
    subject = noun_phrase(line, start, copula)
    if subject is None and copula > start and all(m in line.arm_at for m in range(start, copula)):
        subject = start, copula
    if subject is not None and all(
        m in line.arm_at or line.word(m) in ("of", "or", "and", "the") for m in range(subject[1], copula)
    ):
        subject = subject[0], copula  # "the dose of A or B was reduced"
    if subject is None or subject[1] != copula:
        return None
    if is_people(line, *subject) and subject[0] not in line.arm_at:
        return None
    because = next((m for m in range(k + 1, stop) if line.word(m) in _BECAUSE), None)
    end = k + 1
    if because is not None:
        end = stop
        while end > because and line.word(end - 1) in line.sets["preposition"]:
            end -= 1
    return subject[0], end


_OFTEN = frozenset(("common", "frequent", "likely", "often", "prevalent", "pronounced", "severe", "higher", "lower"))


def _how_often(line: Line, first: int, last: int) -> bool:
    """ "less common in the group given A": how often something was, and not what."""
    compared = line.word(first) in ("more", "less", "least", "most", "equally", "similarly", "as")
    return (
        compared
        and line.word(first + 1) in _OFTEN
        and (last - first == 2 or line.word(first + 2) in ("in", "with", "after"))
    )


_GOES_ON = frozenset(("ongoing", "continuing", "maintained", "sustained"))
_STOPPED = frozenset(
    ("discontinued", "stopped", "withdrew", "withdrawn", "left", "excluded", "discontinuing", "stopping")
)
_GIVEN = frozenset(
    ("given", "used", "needed", "required", "administered", "received", "replaced", "prescribed", "started")
)
_MOVES = frozenset((
    "increased", "decreased", "reduced", "lowered", "raised", "improved", "prolonged", "shortened", "delayed",
    "prevented", "suppressed", "enhanced", "attenuated", "accelerated", "doubled", "halved", "worsened", "increase",
    "decrease", "reduce", "lower", "raise", "improve", "prolong", "shorten", "delay", "prevent", "suppress", "enhance",
))  # fmt: skip
_POINTS_OUT = frozenset(("the", "a", "an", "both", "its", "their", "mean", "median", "average"))


def _moved(line: Line, start: int, group: int, verb: int, stop: int) -> tuple[int, int] | None:
    """ "Magnesium lowered the shivering threshold (36.3 v 36.6)": what a treatment did something to.

    group: where the verb's auxiliaries begin. None where the verb has no object of its own, or is a participle.
    """
    if line.word(verb) not in _MOVES or group <= start or any(
        line.word(k) in line.sets["copula"] | {"had", "has", "have"} for k in range(group, verb)
    ):  # fmt: skip
        return None
    if line.word(group - 1) in line.sets["preposition"] | line.sets["conjunction"] | {",", "(", "[", "/"}:
        return None
    k = verb + 1
    while line.word(k) in _POINTS_OUT or (line.word(k).endswith("ly") and line.word(k) != "only"):
        k += 1
    plain = k == verb + 1 and line.word(k) in line.sets["comparative"]
    if k >= stop or plain or not line.word(k)[:1].isalpha() or line.word(k) in line.sets["preposition"]:
        return None
    span = noun_phrase(line, k, min(stop, np_end(line, k)))
    return span if span and not is_people(line, *span) else None


_MOST = frozenset(("most", "commonest", "main", "principal", "predominant", "leading"))
_KINDS_OF_HARM = frozenset((
    "event", "effect", "reaction", "toxicity", "complication", "finding", "events", "effects", "toxicities", "ae",
))  # fmt: skip


def _most_frequent(line: Line, verb: int, tail: tuple[int, int]) -> bool:
    """ "Nausea was the most frequent adverse event (…)": what the subject is, and no outcome."""
    superlative = any(line.word(k) in _MOST for k in range(verb + 1, tail[1]))
    return line.word(verb) in line.sets["copula"] and superlative and line.word(tail[1] - 1) in _KINDS_OF_HARM


_FIGURES = frozenset(("numbers", "figures", "values", "rates", "proportions", "percentages", "results", "frequencies"))


def _told_for(line: Line, subject: tuple[int, int]) -> tuple[int, int] | None:
    """ "The corresponding numbers for hypotension were 15 and 6": what the figures are said of, unless it is an arm."""
    first, last = subject
    k = first + (line.word(first) in ("corresponding", "respective", "same"))
    if line.word(k) not in _FIGURES or line.word(k + 1) not in ("for", "of", "with") or k + 2 in line.arm_at:
        return None
    span = noun_phrase(line, k + 2, last)
    return span if span and not is_people(line, *span) else None


def _effect_on(line: Line, tail: tuple[int, int]) -> tuple[int, int] | None:
    """What "no effect on O", "an impact on O", "no difference in O" is said of."""
    for k in range(*tail):
        if line.word(k) in line.sets["effect_noun"] and line.word(k + 1) in ("on", "upon", "in"):
            return noun_phrase(line, k + 2, tail[1])
        differs = line.items[k].rule == "difference_name" or line.word(k) in ("difference", "differences")
        if differs and line.word(k + 1) == "between":
            within = next((m for m in range(tail[1] - 1, k + 3, -1) if line.word(m) in ("in", "for")), None)
            return noun_phrase(line, within + 1, tail[1]) if within is not None else None
        if line.word(k) in line.sets["change_noun"] and line.word(k + 2) in ("regard", "respect"):
            return noun_phrase(line, k + 4, tail[1])  # "a small increase with regard to O"
    return None
