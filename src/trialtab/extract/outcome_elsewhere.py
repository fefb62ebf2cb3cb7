"""Outcomes that another part of the sentence names: what a factor was associated with, the head of a list of groups,
the main clause before a colon.
"""

from trialtab import vocabulary
from trialtab.extract.line import Line
from trialtab.extract.measures import Draft
from trialtab.extract.phrases import noun_phrase, np_end

Span = tuple[int, int]

_OF_A_COURSE = frozenset((
    "survival", "relapse", "mortality", "efficacy_response", "adverse_event", "time_to_event", "remission_duration",
))  # fmt: skip
_SO_MUCH = frozenset((
    "shorter", "longer", "inferior", "superior", "worse", "better", "poor", "poorer", "improved", "reduced",
    "increased", "higher", "lower", "adverse", "decreased", "prolonged", "greater", "more", "less", "a", "an", "the",
    "both", "significantly", "independently", "risk", "of", "for", "rate", "rates", "incidence", "early", "late",
))  # fmt: skip
_FACTORS = frozenset(("factor", "factors", "predictor", "predictors", "predictive", "prognostic", "determinants"))


def of_a_model(line: Line, first: int) -> Span | None:
    """ "ECOG >1 (HR 2.2) and bulky disease (HR 1.6) were associated with a shorter PFS": what the factor that stands
    before an effect, item `first`, was a factor of.
    """
    for k in range(len(line.items)):
        start = _behind_cue(line, k)
        if not start:
            continue
        while line.word(start) in _SO_MUCH:
            start += 1
        span = noun_phrase(line, start, np_end(line, start))
        known = vocabulary.outcome(line.say(*span)) if span else None
        if span is None or known is None or known.term.category not in _OF_A_COURSE:
            continue
        opening = first - 1
        while opening > 0 and line.word(opening) not in ("(", "["):
            opening -= 1
        if first < k or opening == span[1] or (opening > span[1] and line.word(opening - 1) == "not"):
            return span
    return None


def _behind_cue(line: Line, k: int) -> int:
    """Where the outcome begins behind "associated with", "risk factors of", "predicted" at item k; 0: none is there."""
    word, after = line.word(k), line.word(k + 1)
    if word in ("associated", "correlated") and after == "with":
        return k + 2
    if word in _FACTORS and after in ("of", "for"):
        return k + 2
    return k + 1 if word in ("predicted", "predicts") else 0


_GROUPS = frozenset((
    "level", "levels", "subgroup", "subgroups", "cohort", "cohorts", "arm", "arms", "group", "groups", "age", "sex",
    "line", "lines", "type", "status", "schedule", "product", "donor", "risk", "disease", "dose", "doses", "stage",
))  # fmt: skip
_MANY_KINDS = frozenset(
    ("events", "effects", "reactions", "toxicities", "toxicity", "complications", "aes", "disorders")
)


def head_of_groups(line: Line, edge: int, first: int) -> Span | None:
    """ "CR by subgroup: primary refractory, 22/72; relapsed, 34/61", "ORR did not depend on it: CAR T cells, 80%;
    bispecific, 71%": what is told of each group of a list, before its colon.
    """
    colon = next((k for k in range(first - 1, 0, -1) if line.word(k) == ":" and not line.inside(k, 0)), None)
    if colon is None or first - colon > 60:
        return None
    start = next((k + 1 for k in range(colon - 1, -1, -1) if line.word(k) in (";", ".", ":")), 0)
    if any(start <= k < colon for k in line.result_at) or colon - start > 16:
        return None
    by = _by_groups(line, start, colon)
    if by:
        span = noun_phrase(line, start, by)
        return span if span and vocabulary.outcome(line.say(*span)) is not None else None
    verbs = line.verbs | line.sets["copula"] | line.sets["auxiliary"]
    verb = next((k for k in range(start, colon) if line.word(k) in verbs), None)
    span = noun_phrase(line, start, verb) if verb is not None else None
    known = vocabulary.outcome(line.say(*span)) if span else None
    if span is None or known is None or known.method != "exact" or known.term.category not in _OF_A_COURSE:
        return None
    if not _MANY_KINDS.isdisjoint(line.word(k) for k in range(*span)):
        return None
    return span if _is_group(line, max(edge, colon + 1), first, known.term.category) else None


def _by_groups(line: Line, start: int, colon: int) -> int:
    """Where "by dose level", "according to subgroup" begins that the head of a list ends with; 0 where none does."""
    for k in range(max(start + 1, colon - 5), colon):
        two = line.word(k) == "according" and line.word(k + 1) == "to"
        if (two or line.word(k) in ("by", "per")) and line.word(colon - 1) in _GROUPS:
            return k
    return 0


def _is_group(line: Line, start: int, first: int, category: str) -> bool:
    """Whether the words between two numbers of a list are an arm, or, of a response or a survival, people of a kind."""
    while start < first and line.word(start) in (",", ";", ")", "]", "and"):
        start += 1
    stop = first
    while stop > start and line.word(stop - 1) in (",", "(", "[", "=", "in"):
        stop -= 1
    if stop <= start or any(line.items[k].kind != "W" and k not in line.arm_at for k in range(start, stop)):
        return False
    if all(k in line.arm_at for k in range(start, stop)):
        return True
    label = line.say(start, stop)
    unknown = vocabulary.outcome(label) is None and vocabulary.outcome_class(label) in (None, "other", "biomarker")
    return unknown and category != "adverse_event" and not any(line.word(k) in line.verbs for k in range(start, stop))


_STATISTIC_HEAD = 6


def head_with_statistic(line: Line, first: int) -> Span | None:
    """ "Peak expansion (cells/µL, median [IQR]): DL1 18 [9-31]; DL2 64 [40-118]": what stands before the colon with the
    name of its statistic, where arms alone stand between the numbers behind it.
    """
    colon = next((k for k in range(first - 1, 0, -1) if line.word(k) == ":" and not line.inside(k, 0)), None)
    if colon is None:
        return None
    averages = line.sets["average"] | line.sets["median"]
    name = next((k for k in range(max(0, colon - _STATISTIC_HEAD), colon) if line.word(k) in averages), None)
    if name is None or any(k in line.result_at for k in range(colon)):
        return None
    if any(line.word(k).isalpha() and line.word(k) not in _SPREADS for k in range(name + 1, colon)):
        return None  # "mean ABR": the outcome stands behind its statistic
    apart = [k for k in range(colon + 1, first) if k not in line.arm_at and k not in line.result_at]
    if any(line.word(k) not in _BETWEEN_ARMS or line.items[k].kind != "W" for k in apart):
        return None
    start = next((k + 1 for k in range(name - 1, -1, -1) if line.word(k) in (";", ".")), 0)
    stop = next((k for k in range(start, name) if line.word(k) in ("(", "[", ",")), name)
    return noun_phrase(line, start, stop)


_SPREADS = frozenset(("iqr", "range", "quartiles", "interquartile", "ci", "sd", "and"))
_BETWEEN_ARMS = frozenset((",", ";", "and", "in", "with", "on", "the", "vs", "versus", "v", "for", "at"))

_FIGURES = frozenset(("median", "medians", "mean", "rate", "rates", "figure", "figures", "value", "values"))
_SMALL = frozenset(
    ("the", "this", "was", "were", "is", "being", "of", "at", "in", "with", "it", "estimated", "respective")
)


def main_clause_before(line: Line, first: int) -> Span | None:
    """ "Overall survival, the primary end point, was longer with A: the median was 24.3 months": the subject of the
    clause before the colon, where only "the median was" stands behind it.
    """
    colon = next((k for k in range(first - 1, 0, -1) if line.word(k) in (":", ";")), None)
    if colon is None or line.word(colon) != ":" or line.inside(colon, 0):
        return None
    between = [line.word(k) for k in range(colon + 1, first) if k not in line.arm_at and line.items[k].kind == "W"]
    if _FIGURES.isdisjoint(between) or not set(between) <= _SMALL | _FIGURES:
        return None
    start = next((k + 1 for k in range(colon - 1, -1, -1) if line.word(k) in (";", ".")), 0)
    stop = next((k for k in range(start, colon) if line.word(k) == "," or line.word(k) in line.verbs), colon)
    span = noun_phrase(line, start, stop)
    return span if span and vocabulary.outcome(line.say(*span)) is not None else None


_EFFECTS = frozenset((
    "a", "an", "the", "rate", "ratio", "ratios", "odds", "hazard", "hazards", "risk", "relative", "of", "or", "was",
    "were", "giving", "with", "i.e.", "i.e", "that", "is", "for", "adjusted", "corresponding", "to",
))  # fmt: skip


def names_the_effect_alone(line: Line, edge: int, first: int) -> bool:
    """ "0.58 in months 7-24 against 4.16 in the lead-in: a rate ratio of 0.14", "9.8 with early and 4.1 with late
    stopping (difference, 5.7)": nothing but the effect is named behind the colon or in the bracket.
    """
    colon = next((k for k in range(first - 1, edge - 1, -1) if line.word(k) == ":"), None)
    if colon is None:
        colon = _bracket_of_a_difference(line, first)
    if colon is None:
        return False
    between = [k for k in range(colon + 1, first) if k not in line.arm_at and line.items[k].kind != "EFFECTNAME"]
    return all(line.word(k) in _EFFECTS for k in between)


_NEAR = 5


def _bracket_of_a_difference(line: Line, first: int) -> int | None:
    """The bracket that opens with a difference and stands right behind the values that differ."""
    opening = line.open_bracket(first, 0)
    draft = line.result_at.get(first)
    if opening is None or draft is None or draft.statistic not in ("mean_difference", "risk_difference"):
        return None
    return opening if any(k in line.result_at for k in range(opening - _NEAR, opening)) else None


def spelled_in_bracket(line: Line, span: Span) -> Span | None:
    """ "Fever and chills (cytokine release syndrome): 11 people": the term in the bracket behind plain words."""
    opening = span[1]
    if line.word(opening) != "(":
        return None
    close = next((k for k in range(opening + 1, min(opening + 7, len(line.items))) if line.word(k) == ")"), None)
    if close is None or any(line.items[k].kind != "W" for k in range(opening + 1, close)):
        return None
    if close == opening + 2 and any(c.isupper() for c in line.say(opening + 1, close)):
        return None  # "discontinuation because of adverse events (AEs)": short for the last words
    known = vocabulary.outcome(line.say(opening + 1, close))
    exact = known is not None and known.method == "exact" and known.term.category == "adverse_event"
    plain = vocabulary.outcome(line.say(*span))
    return (opening + 1, close) if exact and (plain is None or plain.method != "exact") else None


_OBSERVED = frozenset(("follow-up", "followup", "observation", "surveillance"))


def observed_for(line: Line, draft: Draft) -> Span | None:
    """ "16 months of median observation (IQR 10-22)", "a median of 15.5 months of follow-up"."""
    for k in range(draft.first + 1, draft.last + 1):
        if line.word(k) != "of":
            continue
        m = k + 1
        while line.word(m) in line.sets["median"] | line.sets["average"] | {"further", "clinical"}:
            m += 1
        if line.word(m) == "follow" and line.word(m + 2) == "up":
            return m, m + 3
        return (m, m + 1) if line.word(m) in _OBSERVED else None
    return None
