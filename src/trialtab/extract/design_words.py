"""The words by which a sentence tells the groups of a study, and those that tell nothing of them."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+")
ALLOCATED = frozenset((
    "randomised", "randomized", "randomly", "assigned", "allocated", "apportioned", "divided", "split", "randomization",
    "randomisation",
))  # fmt: skip
NOT_ALLOCATED = frozenset((
    "trial", "trials", "study", "studies", "controlled", "clinical", "phase", "double", "comparison", "placebo",
    "multicenter", "multicentre", "open", "prospective", ",", "-", "evidence", "crossover", "design",
))  # fmt: skip
INTO = frozenset(("to", "into", "between", "among"))
PARTED = frozenset(("or", "versus", "vs", "v"))
CUT = frozenset((
    "for", "before", "after", "at", "during", "in", "on", "every", "once", "twice", "until", "given", "administered",
    "comprising", "consisting", "comprised", "consisted",
    "per", "over", "by", "as", "from", "using", "prior", "starting", "started", "within", "when", "where", "throughout",
    "stratified", "each", "among", "to", "if", "while", "who", "which", "that",
    "regarding", "concerning", "thereafter", "immediately", "intravenously", "orally", "subcutaneously", "up",
))  # fmt: skip
ENDS = frozenset((
    "separated", "washout",
    ".", "was", "were", "may", "can", "had", "has", "have", "is", "are", "did", "improved", "improves", "reduced",
    "reduces", "increases", "showed", "resulted", "led", "?", "!", "prevents", "affects",
))  # fmt: skip
AND_THEN = frozenset((
    "followed", "stratified", "were", "was", "evaluated", "assessed", "monitored", "then", "had", "underwent",
    "completed", "observed", "to",
))  # fmt: skip
LEADING = frozenset((
    "either", "the", "a", "an", "receive", "received", "receiving", "undergo", "take", "have", "be", "treated", "with",
    "of", "one", "two", "three", "four", "following", "treatment",
    "perform", "consume", "start", "begin", "continue", "drink", "wear", "follow", "attend", "complete", "ingest",
    "eat", "undertake", "apply", "practise", "practice", "oral", "intravenous", "adjuvant", "daily", "both",
    ",", "and", ":", "-", "or", "to", "that", "get", "given", "use", "using", "up", "maximum", "cycles", "courses",
    "doses", "cycle", "course", "day", "days", "week", "weeks", "month", "months", "additional", "standard-dose",
    "six", "eight", "five", "twelve", "only", "groups", "group", "arms", "arm", "their", "efficacy", "safety", "effect",
    "effects", "effectiveness", "tolerability", "outcome", "outcomes", "results", "use", "different", "weekly",
))  # fmt: skip
EMPTY = frozenset((
    "group", "groups", "arm", "arms", "treatment", "treatments", "one", "two", "three", "four", "five", "six", "of",
    "the", "following", "study", "equal", "random", "parallel", "either", "a", "an", "each", "different", "regimens",
    "cohorts", "trial", "and", "or", "to", "with", "in", "these", "those", "both", "patients", "women", "men", "day",
    "days", "week", "weeks", "month", "months", "year", "years", "cycle", "cycles", "further", "more", "not", "their",
    "other", "another", "all", "studies", "trials", "others", "efficacy", "safety", "effect", "effects", "outcome",
    "outcomes", "tolerability", "baseline", "when", "where", "while", "because", "although", "based", "kept",
))  # fmt: skip
_NOISE = frozenset((
    "dose", "doses", "daily", "oral", "cycle", "cycles", "week", "weeks", "day", "days", "mg", "kg", "plus", "and",
    "or", "with", "of", "the", "by", "in", "month", "months", "intravenous", "for", "course",
    "courses", "addition", "a", "an", "to", "as", "mg/m2", "m2", "m", "per", "iv", "time",
    "times", "first", "second",
))  # fmt: skip
OUTCOMES = frozenset((
    "survival", "toxicity", "rate", "rates", "efficacy", "progression", "death", "recurrence", "relapse", "response",
    "responses", "duration", "time", "times", "score", "scores", "ratio", "ratios", "incidence", "quality", "safety",
    "withdrawal", "values", "levels", "characteristics", "outcome", "outcomes", "symptoms", "analyses", "disease",
    "difference", "differences", "percentage", "percentages", "versa", "lack", "benefit", "tolerability",
))  # fmt: skip
STATISTICS = frozenset((
    "test", "tests", "wilcoxon", "fisher", "student", "chi", "square", "anova", "regression", "correction",
    "adjustment", "bonferroni", "mann", "kruskal", "correlation", "proportions", "means", "model", "models", "block",
    "allocation", "randomization", "randomisation", "however", "it", "same", "we", "they", "sector", "tertile",
    "tertiles", "quartile",
    "quartiles", "log", "previous", "literature", "findings", "published",
))  # fmt: skip
"""Words of methods: what was compared with them or by them is no group."""
AIMS = frozenset(("balance", "evaluate", "compare", "determine", "assess", "ensure", "test", "examine"))
STANDARD = frozenset(("standard", "conventional", "usual", "control", "routine", "approved", "licensed", "reference"))
MANNER = frozenset(("daily", "weekly", "oral", "intravenous"))
TRAILING = frozenset(
    ("respectively", ",", "and", "or", "-", ":", ";", "of", "with", "plus", "to", "the", "a", "then", "/", "(", ")")
)
_SAME = {"combined": "combination", "followed": "sequential", "then": "sequential", "sequentially": "sequential"}


def telling(words: Iterable[str]) -> frozenset[str]:
    """The words that tell a group from another, one spelling of each."""
    found = (_SAME.get(w, w) for w in words if w not in "+*")
    return frozenset(w for w in found if w not in _NOISE and w not in EMPTY)
