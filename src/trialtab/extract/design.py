"""Who was set against whom: the groups of a study as its title, its aim and the sentence of allocation name them.

"were randomly assigned to receive A (n = 40) or B (n = 42)", "to compare A with B", "A versus B in …", "A with or
without B", "group 1 received A". Each group keeps its phrase, the names in brackets behind it and its size, in the
order of the sentence; all mentions of arms elsewhere are measured against these groups (`arms.inventory`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from trialtab import values, vocabulary
from trialtab.extract.measures import Item, WordAt
from trialtab.extract.mentions import key
from trialtab.extract.reading import Read

MOST_GROUPS = 6
LONG = 24
"""So many mentions of arms beside results and more: a whole report and no abstract."""
_WORD = re.compile(r"[^\W_]+")

_ALLOCATED = frozenset((
    "randomised", "randomized", "randomly", "assigned", "allocated", "apportioned", "divided", "split", "randomization",
    "randomisation",
))  # fmt: skip
_NOT_ALLOCATED = frozenset((
    "trial", "trials", "study", "studies", "controlled", "clinical", "phase", "double", "comparison", "placebo",
    "multicenter", "multicentre", "open", "prospective", ",", "-", "evidence", "crossover", "design",
))  # fmt: skip
_INTO = frozenset(("to", "into", "between", "among"))
_PARTED = frozenset(("or", "versus", "vs", "v"))
_CUT = frozenset((
    "for", "before", "after", "at", "during", "in", "on", "every", "once", "twice", "until", "given", "administered",
    "per", "over", "by", "as", "from", "using", "prior", "starting", "started", "within", "when", "where", "throughout",
    "stratified", "each", "among", "to", "if", "while", "who", "which", "that",
    "regarding", "concerning", "thereafter", "immediately", "intravenously", "orally", "subcutaneously", "up",
))  # fmt: skip
_ENDS = frozenset((
    "separated", "washout",
    ".", "was", "were", "may", "can", "had", "has", "have", "is", "are", "did", "improved", "improves", "reduced",
    "reduces", "increases", "showed", "resulted", "led", "?", "!", "prevents", "affects",
))  # fmt: skip
_AND_THEN = frozenset((
    "followed", "stratified", "were", "was", "evaluated", "assessed", "monitored", "then", "had", "underwent",
    "completed", "observed", "to",
))  # fmt: skip
_LEADING = frozenset((
    "either", "the", "a", "an", "receive", "received", "receiving", "undergo", "take", "have", "be", "treated", "with",
    "of", "one", "two", "three", "four", "following", "treatment", "oral", "intravenous", "adjuvant", "daily", "both",
    ",", "and", ":", "-", "or", "to", "that", "get", "given", "use", "using", "up", "maximum", "cycles", "courses",
    "doses", "cycle", "course", "day", "days", "week", "weeks", "month", "months", "additional", "standard-dose",
    "six", "eight", "five", "twelve", "only", "groups", "group", "arms", "arm", "their", "efficacy", "safety", "effect",
    "effects", "effectiveness", "tolerability", "outcome", "outcomes", "results", "use", "different", "weekly",
))  # fmt: skip
_EMPTY = frozenset((
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
_OUTCOMES = frozenset((
    "survival", "toxicity", "rate", "rates", "efficacy", "progression", "death", "recurrence", "relapse", "response",
    "responses", "duration", "time", "times", "score", "scores", "ratio", "ratios", "incidence", "quality", "safety",
    "withdrawal", "values", "levels", "characteristics", "outcome", "outcomes", "symptoms", "analyses", "disease",
    "difference", "differences", "percentage", "percentages", "versa", "lack", "benefit", "tolerability",
))  # fmt: skip
_STATISTICS = frozenset((
    "test", "tests", "wilcoxon", "fisher", "student", "chi", "square", "anova", "regression", "correction",
    "adjustment", "bonferroni", "mann", "kruskal", "correlation", "proportions", "means", "model", "models", "block",
    "allocation", "randomization", "randomisation", "however", "it", "same", "we", "they", "sector", "tertile",
    "tertiles", "quartile",
    "quartiles", "log", "previous", "literature", "findings", "published",
))  # fmt: skip
"""Words of methods: what was compared with them or by them is no group."""
_AIMS = frozenset(("balance", "evaluate", "compare", "determine", "assess", "ensure", "test", "examine"))
_STANDARD = frozenset(("standard", "conventional", "usual", "control", "routine"))
_MANNER = frozenset(("daily", "weekly", "oral", "intravenous"))
_TRAILING = frozenset((",", "and", "or", "-", ":", ";", "of", "with", "plus", "to", "the", "a", "then", "/", "(", ")"))


_SAME = {"combined": "combination", "followed": "sequential", "then": "sequential", "sequentially": "sequential"}


def telling(words: Iterable[str]) -> frozenset[str]:
    """The words that tell a group from another, one spelling of each."""
    found = (_SAME.get(w, w) for w in words if w not in "+*")
    return frozenset(w for w in found if w not in _NOISE and w not in _EMPTY)


@dataclass(slots=True)
class Group:
    """One group: its phrase as printed and the names in brackets behind it; words: those of the phrase that tell."""

    phrase: str
    start: int
    end: int
    words: frozenset[str] = frozenset()
    names: list[str] = field(default_factory=list)
    order: int = 0
    n: float | None = None
    n_place: tuple[int, int] | None = None
    said_control: bool = False
    alone: bool = False


@dataclass(slots=True)
class _Piece:
    """What stands between two connectors: tokens (text, item) and the brackets behind them (first and last item)."""

    tokens: list[tuple[str, int]] = field(default_factory=list)
    brackets: list[tuple[int, int]] = field(default_factory=list)
    alone: bool = False
    control: bool = False


def design_of(
    text: str, read: Sequence[Read], sets: Mapping[str, frozenset[str]], long_forms: Mapping[str, str]
) -> "Design | None":
    """The design that the document tells: the best statement by whose groups its results go, None where none is."""
    statements = statements_of_design(text, read, sets)
    named = Counter(m.key for r in read if r.drafts and r.block.kind != "title" for m in r.arms if m.strength > 2)
    if named.total() > LONG:
        named = Counter({name: times for name, times in named.items() if times > 1})  # a name said once may be anything
    best: Design | None = None
    most = 0.0
    for k in range(min(len(statements), 6)):
        design = Design(statements[k:], long_forms, sets["control_name"])
        met: Counter[str] = Counter()
        of_all = 0
        for name, times in named.items():
            if (group := design.group_of(name)) is not None:
                met[group.phrase] += times
            elif design.is_of_all(name):
                of_all += times
        if not named or named.total() == of_all:
            return design
        fit = met.total() * min(len(met), 2)
        if 3 * met.total() >= named.total() - of_all and fit > most * 1.2:
            best, most = design, fit
    return best


def statements_of_design(text: str, read: Sequence[Read], sets: Mapping[str, frozenset[str]]) -> list[list[Group]]:
    """What each sentence that names the groups of the study says of them, the best sentence first."""
    told: list[tuple[float, int, list[Group]]] = []
    lower = text.lower()
    for r in read:
        if r.block.section in ("background", "discussion", "conclusion") or r.block.part in (
            "background", "discussion", "conclusion",
        ):  # fmt: skip
            continue
        for weight, found in _Sentence(text, r.row, sets, r.block.kind == "title").statements():
            weight += 0.5 * all(g.n is not None for g in found) + 0.3 * any(g.names[1:] for g in found)
            weight += sum(_again(g, lower) for g in found) / len(found)
            told.append((weight, -len(told), found))
    if len(given := _given_to(text, read, sets)) > 1:
        told.append((2.6 + sum(_again(g, lower) for g in given) / len(given), -len(told), given))
    told.sort(key=lambda statement: statement[:2], reverse=True)
    return [statement[2] for statement in told]


def _given_to(text: str, read: Sequence[Read], sets: Mapping[str, frozenset[str]]) -> list[Group]:
    """ "Group A received X … Group B received Y", "the control group was given Z": what each named group got, as groups
    that go by both names; empty where their words do not tell them apart.
    """
    found: dict[str, Group] = {}
    for r in read:
        if r.block.section not in ("abstract", "summary", "methods", "other") or r.block.part in (
            "background", "results", "discussion", "conclusion",
        ):  # fmt: skip
            continue
        sentence: _Sentence | None = None
        for mention in r.arms:
            if mention.source not in ("head noun", "letter") or mention.key in found:
                continue
            sentence = sentence or _Sentence(text, r.row, sets, title=False)
            k = sentence.behind_given(mention.last)
            if not k:
                continue
            group = sentence.one_group(
                k,
                min(
                    (m.first for m in r.arms if m.first > k and m.source in ("head noun", "letter")), default=len(r.row)
                ),
            )
            if group is not None and not _OUTCOMES & set(_WORD.findall(group.phrase.lower())):
                group.names.append(mention.text)
                group.words |= {w for w in telling(mention.key.split()) if len(w) > 1}
                found[mention.key] = group
    groups = list(found.values())[:MOST_GROUPS]
    return _told_apart(groups) if len(groups) > 1 else []


def _again(group: Group, lower: str) -> bool:
    """Whether a document names a group more than once: by a name, or by a word of its phrase."""
    names = [*group.names, *(w for w in group.words if len(w) > 2)]
    return any(lower.count(name.lower()) > 1 for name in names)


class _Sentence:
    def __init__(self, text: str, row: Sequence[Item], sets: Mapping[str, frozenset[str]], title: bool) -> None:
        self.text, self.row, self.sets, self.title = text, row, sets, title
        self.words = [item.text if item.kind == "W" else "" for item in row]
        self.word = WordAt(self.words).__getitem__

    def statements(self) -> Iterator[tuple[float, list[Group]]]:
        for i, word in enumerate(self.words):
            if word in _ALLOCATED:
                k = self._into(i)
                if k and (found := self._coordinated(k)):
                    yield 3.0, found
                elif self._given_at_random(i) and (
                    found := self._coordinated(i + 2 + (self.word(i + 2) == "with"), only_or=True)
                ):
                    yield 2.6, found
            elif word in ("compare", "compared", "comparing", "comparison", "compares"):
                if found := self._compared(i):
                    yield 2.0, found
            elif word in ("versus", "vs", "v") and self.title:
                start = self._left(i)
                if start < i and (found := self._coordinated(start)):
                    yield 2.2, found
            elif word == "without" and self.title and self.word(i - 1) in ("or", "and", "/"):
                start = self._left(i - 2)
                if found := self._coordinated(start):
                    yield 2.1, found
            elif self._in_turn(i) and (found := self._coordinated(i + 1)):
                yield 2.4, found
            elif self._given(i) and (found := self._coordinated(i + 1, only_or=True)):
                yield 1.6 + 0.8 * (self.word(i + 1) == "either"), found

    def _given_at_random(self, i: int) -> bool:
        given = self.word(i + 1) in ("administered", "given", "received", "treated")
        return self.word(i) == "randomly" and given

    def _in_turn(self, i: int) -> bool:
        """ "received A and B in random order": the periods of a crossover."""
        if self.word(i) not in ("receive", "received", "underwent", "consumed", "ingested", "performed"):
            return False
        behind = self.words[i + 1 : i + 40]
        return any(w == "order" and v.startswith("random") for v, w in pairwise(behind)) or "crossover" in behind

    def _given(self, i: int) -> bool:
        """ "received either A or B", "randomised patients received A or B"."""
        if self.word(i) == "had":
            return self._so_many_more(i) and bool(_ALLOCATED & set(self.words))
        if self.word(i) not in ("receive", "received", "receiving", "undergo", "underwent"):
            return False
        people = any(w in self.sets["people"] for w in self.words[max(0, i - 4) : i])
        wide = any(w in self.sets["people"] for w in self.words[max(0, i - 9) : i])
        if wide and self._so_many_more(i):
            return True
        return self.word(i + 1) == "either" or (
            people and any(w in _ALLOCATED or w in self.sets["group_head"] for w in self.words)
        )

    def behind_given(self, k: int) -> int:
        """Where the treatment begins behind a group's name: "Group A (n = 30) received …", "Group B: …"; or 0."""
        while self.word(k) in self.sets["group_noun"]:
            k += 1
        k = self._behind_bracket(k)
        if self.word(k) in (":", "=") or (self.word(k) in ("-", "–") and self.row[k].start > self.row[k - 1].end):
            return k + 1
        if self.word(k) in ("who", "that", "which"):
            k += 1
        if self.word(k) in ("was", "were", "also", "only"):
            k += 1
        if self.word(k) in (
            "received",
            "receiving",
            "undergoing",
            "underwent",
            "took",
            "used",
            "consumed",
            "got",
            "drank",
            "ate",
            "performed",
        ):
            return k + 1
        if self.word(k) in ("given", "administered", "offered", "injected", "provided"):
            return k + 1 + (self.word(k + 1) in ("with", "to"))
        if self.word(k) in ("treated", "managed", "anaesthetized", "anesthetized", "supplemented", "ventilated", "fed"):
            return k + 2 if self.word(k + 1) in ("with", "by", "using") else 0
        return 0

    def one_group(self, k: int, end: int) -> Group | None:
        """The group whose treatment begins at item k, read up to item end."""
        pieces, _ = self._pieces(k, end, compared=False)
        return self._group(pieces[0]) if pieces else None

    def _so_many_more(self, i: int) -> bool:
        """ "88 patients received A and 92 received B"."""
        if not any(item.kind == "N" for item in self.row[max(0, i - 10) : i]):
            return False
        later = [m for m in range(i + 2, min(i + 24, len(self.row))) if self.word(m) == self.word(i)]
        return any(item.kind == "N" for m in later for item in self.row[max(i + 1, m - 3) : m])

    def _into(self, i: int) -> int:
        """Where the groups begin behind a word of allocation, or 0."""
        after = self.words[i + 1 : i + 4]
        if (
            after[:1] and (after[0] in _NOT_ALLOCATED or after[0].startswith(("phase", "double", "multi")))
        ) or self.sets["group_head"] & set(after[:2]):
            return 0
        depth = told = 0
        for k in range(i + 1, min(i + 45, len(self.row))):
            word = self.word(k)
            depth += (word in ("(", "[")) - (word in (")", "]"))
            if word in ("who", "whose", "whom", "which"):
                told = k + 1  # "… assigned women who were receiving tamoxifen to A or B", "… either to A or to B"
                either = next((m for m in range(k, min(k + 40, len(self.row))) if self.word(m) == "either"), 0)
                if either and self.word(either + 1) in _INTO:
                    return either + 2
            if word in (";", "trial", "study") or (word in ("were", "was", "had") and (not told or k - told > 5)):
                return 0
            if k - i > 25 and not told:
                return 0
            if told and depth == 0 and word in _INTO and self.word(k - 1) in ("equal", "due", "up", "prior", "related"):
                continue
            if depth == 0 and word in _INTO:
                return 0 if self.word(k + 1) in _AIMS else k + 1
        return 0

    def _left(self, i: int) -> int:
        """Where the phrase left of a connector begins."""
        k = i
        while k > 0 and i - k < 16:
            word = self.word(k - 1)
            if word in ("of", "comparing", "between", ":", ".", "compare", "whether") or (
                word in self.sets["preposition"] and word not in ("with", "without", "to", "in", "for")
            ):
                break
            k -= 1
        return k

    def _compared(self, i: int) -> list[Group]:
        k = i + 1
        if self.word(i) == "compared" and self.word(k) in ("with", "to"):
            if not self.title:
                return []
            return self._coordinated(self._left(i))
        if self.word(i) == "compared" and not (self.word(k) in ("the",) or self.word(k)[:1].isalpha()):
            return []
        if self.word(i) == "comparison" and self.word(k) in ("of", "between"):
            k += 1
        # "compare the safety and efficacy of A with B": the groups begin behind the "of"
        stop = next(
            (m for m in range(k, min(k + 30, len(self.row))) if self.word(m) in ("with", "versus", "vs", "to", ";")), k
        )
        inner = [m for m in range(k, stop) if self.word(m) in ("of", "between") and m - k < 14]
        if inner:
            k = inner[0] + 1
        else:
            after = ("after", "following", "in", "among")
            behind = next((m for m in range(k, min(stop + 8, k + 8)) if self.word(m) in after), None)
            if behind is not None and self.word(behind - 1) in _OUTCOMES:
                k = behind + 1  # "compared outcomes after A and B"
        found = self._coordinated(k, compared=True)
        return (
            [] if any(vocabulary.outcome(g.phrase) and not vocabulary.intervention(g.phrase) for g in found) else found
        )

    # -- the parser of coordinations

    def _coordinated(self, k: int, *, compared: bool = False, only_or: bool = False, end: int = 0) -> list[Group]:
        """The groups that are named from item k on; empty where there are not two that can be told apart."""
        pieces, parted = self._pieces(k, end or len(self.row), compared)
        if len(pieces) == 1 and not only_or:
            pieces = [part for piece in pieces for part in self._split(piece, (",", "and", "&"))]
        elif len(pieces) > 1 and parted and any(self._is_list(p) for p in pieces[:-1]):
            pieces = [part for piece in pieces for part in self._split(piece, (",",))]
        found = [g for piece in pieces if (g := self._group(piece)) is not None]
        for group in found:
            if group.words == {"without"} and group is not found[0]:
                group.words |= found[0].words  # "treatment with X or without"
                group.phrase, group.said_control = f"without {found[0].phrase}", True
            if "same" in group.words and group is not found[0]:
                group.words = (group.words - {"same"}) | found[0].words
        if any(_OUTCOMES & set(_WORD.findall(g.phrase.lower())) for g in found):
            return []
        if any(_STATISTICS & set(_WORD.findall(g.phrase.lower())) for g in found):
            return []
        if len(found) < 2 or len(found) > MOST_GROUPS or len(found) < len(pieces) - 1:
            return []
        return _told_apart(found)

    def _is_list(self, piece: _Piece) -> bool:
        """Whether the commas of a piece part groups: "A, B, or C", "A (n = 3), B (n = 4) or C", "A, B or C"."""
        parts = self._split(piece, (",",))
        if len(parts) < 2:
            return False  # "either nothing, or A, B and C": the comma before "or" alone makes no list
        if piece.tokens[-1][0] == ",":
            return True
        if sum(bool(part.brackets) for part in parts) > 1 or self._doses_of_one(parts):
            return True
        return all(len(part.tokens) <= 2 and not {"and", "plus", "+"} & {w for w, _ in part.tokens} for part in parts)

    def _doses_of_one(self, parts: Sequence[_Piece]) -> bool:
        """ "30 µg YIC, 60 µg of YIC or placebo": doses of one thing are groups, whatever is written between them."""
        dosed = [any(self.row[i].rule == "dose" for _, i in part.tokens) for part in parts]
        named = {
            frozenset(w for w, i in part.tokens if self.row[i].rule != "dose" and w not in _LEADING and w != "of")
            for part in parts
        }
        return all(dosed) and len(named) == 1 and bool(next(iter(named)))

    def _pieces(self, k: int, end: int, compared: bool) -> tuple[list[_Piece], bool]:
        pieces: list[_Piece] = []
        here, skipping, parted = _Piece(), False, False
        joined = False  # the "with" of "compare A with B" was met
        i = k
        while i < end and i - k < 120:
            item, word = self.row[i], self.word(i)
            if word in ("(", "["):
                close = next((m for m in range(i + 1, min(i + 40, end)) if self.word(m) in (")", "]")), None)
                if close is None:
                    break
                if all(w in _EMPTY or w.isdigit() for w, _ in here.tokens) and not pieces:
                    inside = self._coordinated(i + 1, end=close)
                    if inside:
                        return [self._as_piece(g) for g in inside], False
                here.brackets.append((i + 1, close))
                i = close + 1
                continue
            if word == "as" and here.tokens and {"control", "controls", "comparator"} & set(self.words[i + 1 : i + 4]):
                here.control = True
            if item.kind == "FRAC" and not here.tokens and self.word(i + 1) in self.sets["group_head"]:
                i += 1  # "to one of two groups: …"
                continue
            if item.kind in ("P", "EFFECT", "PCT", "CI", "FRAC") or word in _ENDS:
                break
            if word in (")", "]"):
                break
            if word == ":":
                if all(w in _EMPTY or w.isdigit() for w, _ in here.tokens):
                    here, skipping = _Piece(), False
                    i += 1
                    continue
                if not self.title:
                    break
                skipping = True
            elif word == ";":
                if not here.tokens:
                    break
                pieces.append(here)
                here, skipping = _Piece(), False
            elif word == "with" and self.word(i + 1) in ("or", "and", "/", "±") and self.word(i + 2) == "without":
                with_, rest = _Piece(list(here.tokens)), _Piece(list(here.tokens), alone=True)
                m = i + 3
                while m < end and self.word(m) not in _CUT | _ENDS | _PARTED | {",", ";", ":", "(", "followed"}:
                    if self.row[m].kind in ("W", "N"):
                        with_.tokens.append((self.text[self.row[m].start : self.row[m].end].lower(), m))
                    m += 1
                return [*pieces, with_, rest], False
            elif word in _PARTED:
                if word == "or" and self._of_numbers(i):
                    i += 1
                    continue
                if not here.tokens or (skipping and self.title):
                    break
                pieces.append(here)
                here, skipping, parted = _Piece(), False, True
            elif word == "compared" and self.word(i + 1) in ("with", "to") and here.tokens and self.title:
                pieces.append(here)
                here, skipping, joined = _Piece(), False, True
                i += 1
            elif (
                compared and not joined and word in ("with", "to") and here.tokens
                and self.word(i - 1) not in self.sets["people"]
                and not {"versus", "vs", "v"} & set(self.words[i:end])
            ):  # fmt: skip
                pieces.append(here)
                here, skipping, joined = _Piece(), False, True
            elif (
                word in ("and", ",")
                and here.tokens
                and (behind := self._so_many_to(i + 1 + (word == "," and self.word(i + 1) == "and"), end))
            ):
                pieces.append(here)
                here, skipping = _Piece(), False
                i = behind
                continue
            elif word == "and" and (
                self.word(i + 1) in _AND_THEN
                or (i + 2 < end and self.row[i + 1].kind == "N" and self.word(i + 2) in self.sets["people"])
            ):
                break
            elif skipping and word in ("followed", "plus") and here.tokens:
                here.tokens.append((word, i))
                skipping = False
            elif word in ("in", "combined") and self.word(i + 1) in ("combination", "addition", "with"):
                here.tokens.append(("plus", i))
                i += 2
            elif word in _CUT and here.tokens and not all(w in _LEADING for w, _ in here.tokens):
                if pieces and (compared or self.title):
                    break
                skipping = True
            elif (
                (not skipping or word in (",", "and"))  # behind a cut, only what may open the next name counts
                and (item.kind in ("W", "N", "GROUP") or item.rule == "dose")
                and word not in _MANNER
            ):
                skipping = False
                here.tokens.append((self.text[item.start : item.end].lower(), i))
            i += 1
        if here.tokens:
            pieces.append(here)
        return pieces, parted

    def _so_many_to(self, i: int, end: int) -> int:
        """Behind "and": "92 to the B arm", "71 (50.7%) received B", "8102, placebo": where the name begins, or 0."""
        if i >= end or self.row[i].kind != "N":
            return 0
        k = i + 1
        while self.word(k) in self.sets["people"]:
            k += 1
        k = self._behind_bracket(k)
        if self.word(k) in ("to", "received", "receiving"):
            return k + 1
        return k + 1 if self.word(k) == "," and k == i + 1 else 0

    def _behind_bracket(self, k: int) -> int:
        if self.word(k) not in ("(", "["):
            return k
        return next((m + 1 for m in range(k + 1, min(k + 20, len(self.row))) if self.word(m) in (")", "]")), k)

    def _of_numbers(self, i: int) -> bool:
        """ "for 8 or 12 weeks"."""
        return (
            i > 0
            and i + 1 < len(self.row)
            and self.row[i - 1].kind in ("N", "TIME", "MASK")
            and self.row[i + 1].kind in ("N", "TIME")
            and self.word(i + 2) not in ("cycles", "courses", "doses")
        )

    def _as_piece(self, group: Group) -> _Piece:
        inside = [
            (self.text[item.start : item.end].lower(), i)
            for i, item in enumerate(self.row)
            if group.start <= item.start and item.end <= group.end
        ]
        behind = inside[-1][1] + 1 if inside else 0
        stop = next((m for m in range(behind, len(self.row)) if self.word(m) in (";", ")", "]", "and", "or")), behind)
        return _Piece(inside, [(behind, stop)] if stop > behind else [])

    def _split(self, piece: _Piece, signs: tuple[str, ...]) -> list[_Piece]:
        found, here = [], _Piece(alone=piece.alone)
        for token in piece.tokens:
            if token[0] in signs:
                found.append(here)
                here = _Piece(alone=piece.alone)
            else:
                here.tokens.append(token)
        found.append(here)
        found = [p for p in found if p.tokens]
        for bracket in piece.brackets:
            owner = next((p for p in reversed(found) if p.tokens[0][1] < bracket[0]), None)
            if owner is not None:
                owner.brackets.append(bracket)
        return found

    def _size(self, piece: _Piece) -> tuple[float, int, int] | None:
        for first, last in piece.brackets:
            for i in range(first, last):
                item = self.row[i]
                whole = item.values.get("value", item.values.get("total", 0.5))
                if item.kind == "NEQ" or (
                    item.kind == "N"
                    and (
                        self.word(i + 1) in self.sets["people"]
                        or (i + 1 == last and (i == first or self.word(i - 1) in (";", ",", ":")))
                    )
                ):
                    whole = next(iter(item.values.values()), 0.5) if whole == 0.5 else whole
                    if whole % 1 == 0 and whole >= 2:
                        return whole, item.start, item.end
        return None

    def _group(self, piece: _Piece) -> Group | None:
        tokens = piece.tokens
        if len(tokens) == 1 and self._is_letter(tokens[0][1]):
            item = self.row[tokens[0][1]]
            name = self.text[item.start : item.end]
            return Group(name, item.start, item.end, frozenset((name.lower(),)), [name])
        counted = set[str]()
        standard = any(w in _STANDARD or w.startswith("standard-") for w, _ in tokens[:6])
        while tokens and (tokens[0][0] in _LEADING or tokens[0][0].isdigit() or self.row[tokens[0][1]].kind == "N"):
            value = values.number(tokens[0][0])
            if value is not None:
                counted.add(f"{value:g}")
            tokens = tokens[1:]
        of = next((m for m, (w, _) in enumerate(tokens[:4]) if w == "of"), 0)
        if of and any(w in ("cycles", "courses", "weeks", "doses", "regimen", "months") for w, _ in tokens[:of]):
            tokens = tokens[of + 1 :]
        given = [m for m, (w, _) in enumerate(tokens) if w in ("receive", "receiving", "undergo", "undergoing")]
        label = ""
        if given and given[-1] + 1 < len(tokens):
            if given[0] > 1 and tokens[given[0] - 1][0] in self.sets["group_head"]:
                label = self._said([m for _, m in tokens[: given[0]]])  # "the control group receiving usual care"
            tokens = tokens[given[-1] + 1 :]
        while tokens and (tokens[0][0] in _LEADING or tokens[0][0] in self.sets["preposition"] - {"without"}):
            tokens = tokens[1:]
        tokens = tokens[:12]
        while tokens and (tokens[-1][0] in _TRAILING or (len(tokens) > 1 and tokens[-1][0] in self.sets["group_head"])):
            tokens = tokens[:-1]
        if tokens and (tokens[0][0] in self.sets["people"] or tokens[0][0] in ("all", "both", "each")):
            return None
        negated = bool(piece.tokens) and piece.tokens[-1][0] in ("not", "none", "nothing")
        if not tokens and not negated:
            return None
        if negated and all(w in _EMPTY | {"none", "nothing"} for w, _ in tokens):
            at = self.row[piece.tokens[-1][1]]
            group = Group("none", at.start, at.end, frozenset(("no",)), ["none"])
        else:
            first, last = tokens[0][1], tokens[-1][1]
            phrase = re.sub(r"\s?/\s?(?:day|d|wk|week)\Z", "", self._said([m for _, m in tokens]))
            content = telling(w for token, _ in tokens for w in key(token).split())
            if not any(w[0].isalpha() and (len(w) > 1 or len(tokens) == 1) for w in content):
                if self.row[first].kind != "GROUP":
                    return None
                content = frozenset(key(phrase).split())
            group = Group(phrase, self.row[first].start, self.row[last].end, content | counted, [phrase])
        group.alone, group.said_control = piece.alone, standard or piece.control
        if label:
            group.names.append(label)
            group.words |= {w for w in telling(key(label).split()) if len(w) > 1}
        if piece.alone:
            group.names.append(f"{group.phrase} alone")
        for first, last in piece.brackets:
            for name in self._labels(first, last):
                if re.search(r"\bcontrols?\b", name, re.I):
                    group.said_control = True
                group.names.append(name)
        size = self._size(piece)
        if size is not None:
            group.n, group.n_place = size[0], size[1:]
        return group

    def _is_letter(self, i: int) -> bool:
        """ "three groups (A, B and C)": a capital that is a name by itself."""
        item = self.row[i]
        return item.end - item.start == 1 and self.text[item.start].isupper() and item.kind == "W"

    def _said(self, places: Sequence[int]) -> str:
        """Items as printed, what stands in brackets between them left out."""
        out = ""
        for before, i in zip([-1, *places], places, strict=False):
            item = self.row[i]
            glued = before >= 0 and self.row[before].end == item.start
            out += ("" if glued or not out else " ") + self.text[item.start : item.end]
        return out

    def _labels(self, first: int, last: int) -> Iterator[str]:
        """The names in a bracket: "(TG, n = 120)", "(group 1; 54 women)", "(control group)"."""
        start = first
        for i in range(first, last + 1):
            if i == last or self.word(i) in (",", ";", ":", "=") or self.row[i].kind == "NEQ":
                if (
                    start < i
                    and i - start <= 5
                    and all(self.row[m].kind in ("W", "GROUP", "N") for m in range(start, i))
                ):
                    printed = self.text[self.row[start].start : self.row[i - 1].end]
                    words = _WORD.findall(printed)
                    capitals = sum(c.isupper() for c in printed)
                    named = any(w.lower() in self.sets["group_head"] for w in words) or any(
                        self.row[m].kind == "GROUP" for m in range(start, i)
                    )
                    short = len(words) <= 3 and capitals >= 2 and not printed[0].isdigit()
                    letter = len(words) == 1 and len(printed) == 1 and printed.isupper() and printed != "N"
                    letter = letter or (
                        len(printed) < 7 and re.fullmatch(r"(?:no[n-]?-)?[A-Z][a-z]+", printed) is not None
                    )
                    if words and (
                        named or short or letter or printed.lower() in ("control", "controls", "experimental")
                    ):
                        yield printed.removeprefix("the ")
                start = i + 1


def _told_apart(found: list[Group]) -> list[Group]:
    """The groups, where their words differ; numbers tell them apart only where nothing else does."""
    plain = [frozenset(w for w in g.words if not w.isdigit()) for g in found]
    if len(set(plain)) == len(found):
        for group, words in zip(found, plain, strict=True):
            group.words = words or group.words
    if len({g.words for g in found}) < len(found):
        return []
    return found


class Design:
    """The groups of a document and the way from a name to its group."""

    def __init__(
        self, statements: Sequence[Sequence[Group]], long_forms: Mapping[str, str], control_words: frozenset[str]
    ) -> None:
        self.groups = list(statements[0])
        self.long_forms = {key(short): key(long).split() for short, long in long_forms.items()}
        self.control_words = control_words
        self._settle()
        for other in statements[1:]:
            self._learn(other)

    def _settle(self) -> None:
        self.by_name = {key(name): g for g in reversed(self.groups) for name in reversed(g.names) if key(name)}
        self.words = [self._wide(g.words) for g in self.groups]
        self.all_words = frozenset[str]().union(*self.words)
        controls = [g for g in self.groups if self.is_control(g)]
        self.control = controls[0] if len(controls) == 1 else None
        others = [g for g in self.groups if g is not self.control]
        self.treated = others[0] if self.control is not None and len(others) == 1 else None
        self._known: dict[str, Group | None] = {}

    def _learn(self, other: Sequence[Group]) -> None:
        """Another sentence's names and sizes of the same groups; of one name that is new, the one group left over."""
        if len(other) != len(self.groups):
            return
        found = [self.group_of(key(g.phrase)) for g in other]
        known = [g for g in found if g is not None]
        if len(known) < len(found) - 1 or len({id(g) for g in known}) < len(known):
            return
        left = [g for g in self.groups if all(g is not k for k in known)]
        for group, same in zip(other, found, strict=True):
            mine = same or left[0]
            mine.names += [name for name in group.names if name not in mine.names]
            mine.words |= group.words - {"alone", "only"}
            mine.said_control |= group.said_control or group.alone
            if mine.n is None:
                mine.n, mine.n_place = group.n, group.n_place
        self._settle()

    def is_control(self, group: Group) -> bool:
        """Whether its own words or the brackets behind it say control."""
        words = [w.lower() for w in _WORD.findall(group.phrase)]
        return (
            group.said_control
            or group.alone
            or (
                bool(words)
                and (
                    words[0] in self.control_words
                    or words[-1] in ("control", "controls", "placebo", "alone", "only")
                    or ("placebo" in words and not {"plus", "and", "with"} & set(words))
                )
            )
        )

    def _wide(self, words: frozenset[str]) -> frozenset[str]:
        """The words with each abbreviation written out, so that "DFO" and "deferoxamine" are one."""
        long = [w for word in words for w in self.long_forms.get(word, ())]
        return (words - self.long_forms.keys()) | telling(long) if long else words

    def first_named(self, group: Group, text: str) -> int:
        """Where a text first names a group: by its names, or by a word that no other group has."""
        k = self.groups.index(group)
        others = frozenset[str]().union(*(w for m, w in enumerate(self.words) if m != k))
        own = [w for w in self.words[k] - others - _TELLS_NOTHING if len(w) > 1 and vocabulary.outcome_class(w) is None]
        names = [*(name for name in group.names if len(name) > 1), *own]
        places = [m.start() for name in names if (m := re.search(rf"(?<!\w){re.escape(name)}s?(?!\w)", text, re.I))]
        return min([group.start, *places])

    def is_of_all(self, name: str) -> bool:
        """Whether a name is of what all groups are given: "chemotherapy" where all get it, with or without X."""
        known = self._wide(telling(name.split())) & self.all_words
        return bool(known) and all(known <= own for own in self.words)

    def group_of(self, name: str) -> Group | None:
        """The group that a name (a key of `mentions.key`) stands for; None where it may stand for several or none."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Group | None:
        if name in self.by_name:
            return self.by_name[name]
        words = telling(name.split())
        if not words:
            return None
        if words <= _SAYS_CONTROL:
            return self.control
        if words <= _SAYS_TREATED:
            return self.treated
        if words <= _SAYS_NOTHING_GIVEN:
            bare = [g for k, g in enumerate(self.groups) if self.words[k] & {"no", "nothing", "none", "without"}]
            return bare[0] if len(bare) == 1 else None
        if words == {"monotherapy"}:
            parts = [
                g for k, g in enumerate(self.groups) if any(self.words[k] - {"alone"} < other for other in self.words)
            ]
            return parts[0] if len(parts) == 1 else None
        words = self._wide(words)
        if len(words) == 1 and not words & self.all_words and len(short := next(iter(words))) > 3:
            opened = [
                g for g, own in zip(self.groups, self.words, strict=True) if any(w.startswith(short) for w in own)
            ]
            return opened[0] if len(opened) == 1 else None  # "haplo" for "haploidentical"
        known = words & self.all_words
        spoken = len(words) == 2 and bool(words & (_SAYS_CONTROL | _SAYS_TREATED))  # "conventional sutures"
        if not known or 2 * len(known) < len(words) or (len(words) == 2 and len(known) < 2 and not spoken):
            return None
        holding = [k for k, own in enumerate(self.words) if known <= own]
        if not holding:
            shares = [len(known & own) for own in self.words]
            best = max(shares)
            return self.groups[shares.index(best)] if shares.count(best) == 1 else None
        if len(holding) > 1:
            own = {k: self.words[k] - _BY_ITSELF for k in holding}
            spare = [len(own[k] - known) for k in holding]
            if spare.count(min(spare)) > 1 or (min(spare) and len(known) < len(words)):
                return None
            least = holding[spare.index(min(spare))]
            return self.groups[least] if all(own[least] < own[k] for k in holding if k != least) else None
        return self.groups[holding[0]]


_TELLS_NOTHING = frozenset(("alone", "only", "no", "single", "therapy", "chemotherapy", "based", "surgery", "new"))
_BY_ITSELF = frozenset(("alone", "only", "monotherapy"))
_SAYS_NOTHING_GIVEN = frozenset(("observation", "observed", "untreated", "surveillance"))
_SAYS_CONTROL = frozenset(
    ("control", "comparison", "comparator", "conventional", "standard", "usual", "care", "reference")
)
_SAYS_TREATED = frozenset((
    "intervention", "experimental", "treatment", "active", "study", "test", "treated", "interventional", "verum",
    "investigational", "combination",
))  # fmt: skip
