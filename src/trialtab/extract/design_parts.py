"""Groups told by the sizes that make up a whole: "201 randomised: 101 to A and B (triplet) and 100 to A (doublet)".

Sizes that add up to the number before them leave no doubt of where one group ends and the next begins, however their
names are written: "28 were infused: 3 at DL1, 6 at DL2 …", "132 patients (A, n = 58; B, n = 74)", "104 dosed, 58 of
them fortnightly (Q2W) and 46 monthly (Q4W)".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trialtab import values, vocabulary
from trialtab.extract.design_groups import MOST_GROUPS, Group
from trialtab.extract.design_words import telling
from trialtab.extract.mentions import key
from trialtab.extract.reading import Read
from trialtab.prefilter import Prefiltered


@dataclass(frozen=True, slots=True)
class Whole:
    """A number of people with the groups that it is made of; n is None where the groups stand by themselves."""

    groups: tuple[Group, ...]
    n: float | None = None
    start: int = -1
    end: int = -1

    def places(self) -> list[tuple[int, int]]:
        """Where the whole and its parts are printed."""
        parts = [g.n_place for g in self.groups if g.n_place is not None]
        return [(self.start, self.end), *parts] if self.n is not None else parts


_NUMBER = re.compile(
    rf"(?<![\w.,·/≥≤<>×-])(?<![^nN]=)(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d+|{values.NUMBER_WORDS})"
    r"(?![\w%·/×-]|[.,]\d| ?[%×±])",
    re.I,
)
_PEOPLE = (
    r"(?:patients?|participants|people|persons|pts|adults|children|women|men|subjects|individuals|recipients|eyes)"
)
_DID = (
    r"(?:(?:were |was )?(?:randomly )?(?:assigned|randomi[sz]ed|allocated|treated|infused|given|dosed|enrol+ed)|"
    r"received|got)"
)
_BEHIND = re.compile(
    rf"(?:\s?\(\d+(?:[.·]\d+)?\s?%\))?(?:\sof\s(?:them|whom|these|those))?(?:\s{_PEOPLE})?(?:\s{_DID})?"
    rf"(?:\s(?P<how>to\sreceive|to|with|at|in|on))?\s+(?=[^\W_]|\d)",
    re.I,
)
"""What stands between a size and the name of its group."""
_TOOK_PART = Prefiltered(
    r"\b(?:randomi[sz]\w+|assigned|allocated|enrol+ed|infused|treated|dosed|received|included|recruited|registered|"
    r"analy[sz]ed|apheresed|transplanted|vaccinated|accrued|took part)\b",
    re.I,
)
_HAPPENED = re.compile(
    r"\b(?:died|deaths?|relaps\w+|respon[ds]\w*|remission\w*|events?|progress\w+|discontinu\w+|withdr\w+|infections?|"
    r"occurred|developed|achieved|experienced|had|lost|were not|excluded|because|cent(?:er|re)s|sites|hospitals)\b",
    re.I,
)
_ENDS = re.compile(r";|\.(?=\s|\Z)|\b(?:were|was|who|had|have|are)\b|\d\s+patients\b")
_SHORT = re.compile(r"[^\W\d_][\w/+-]*(?: [^\W_][\w/+-]*){0,2}\Z")
_CODE = re.compile(r"\d{1,3}[A-Za-z]{1,3}")
"""A name that begins with figures: "28z"."""
_HEAD = re.compile(r"\s+(?:groups?|arms?|cohorts?|levels?|regimens?|ones?)\Z", re.I)
_GROUPED = re.compile(r"\b(?:groups?|arms?|cohorts?|levels?|regimens?|schedules?|dose|dl-?\d+|placebo|control)\b", re.I)
_LEAD = re.compile(r"(?:the|a|an|either|receive|one infusion of|each of)\s+", re.I)
LONGEST = 160
"""Characters between a size and the next one."""


def parts_of_wholes(
    text: str, read: Sequence[Read], long_forms: Mapping[str, str], headings: Sequence[tuple[int, int]] = ()
) -> list[Whole]:
    """Every whole that a document parts into named groups, in reading order; and the groups that a heading lists with
    their sizes. Diseases are kinds of patients, and no groups. Linear in the text.
    """
    found: list[Whole] = []
    for start, end in headings:
        for m in re.finditer(r"\(([^()]{6,200})\)", text[start:end]):
            if len(_N_EQUALS.findall(m[1])) > 1 and (listed := listed_sizes(text, start + m.start(1), m[1])):
                found.append(Whole(tuple(listed)))
    for r in read:
        if r.block.kind == "title" or r.block.section in ("background", "discussion", "conclusion"):
            continue
        sentence = text[r.start : r.end]
        if r.block.part in ("background", "discussion", "conclusion"):
            continue
        whole = None
        if _TOOK_PART.search(sentence) is not None:
            whole = (
                _in_a_row(text, r.start, sentence)
                or _in_brackets(text, r.start, sentence)
                or _in_a_bracket_each(text, r.start, sentence)
                or _behind_a_colon(text, r.start, sentence)
                or _with_short_names(text, r.start, sentence)
            )
        if whole is None and len(_N_EQUALS.findall(sentence)) > 1:
            whole = _labels_with_sizes(text, r.start, sentence)
        if whole is not None:
            found.append(whole)
    return [w for w in found if not any(_is_disease(g.phrase, long_forms) for g in w.groups)]


_N_EQUALS = re.compile(r"\bn\s?=")


def _is_disease(phrase: str, long_forms: Mapping[str, str]) -> bool:
    said = long_forms.get(phrase, phrase)
    return bool(vocabulary.conditions_in(said)) and vocabulary.intervention(said) is None and not _GROUPED.search(said)


# -- "150 to A and 148 to B"


@dataclass(slots=True)
class _Size:
    n: float
    start: int
    end: int
    name: int
    how: str
    inside: bool


def _sizes(sentence: str) -> list[_Size]:
    found = []
    depth = at = 0
    for m in _NUMBER.finditer(sentence):
        depth = max(0, depth + sentence.count("(", at, m.start()) - sentence.count(")", at, m.start()))
        at = m.start()
        n = values.number(m["n"])
        if n is None or n < 1:
            continue
        behind = _BEHIND.match(sentence, m.end())
        how = (behind["how"] or "").lower() if behind else "-"
        found.append(_Size(n, m.start(), m.end(), behind.end() if behind else m.end(), how, depth > 0))
    return found


def _in_a_row(text: str, at: int, sentence: str) -> Whole | None:
    sizes = _sizes(sentence)
    for i, whole in enumerate(sizes):
        if whole.n < 4:
            continue
        for first in sizes[i + 1 : i + 4]:
            others = [s for s in sizes[i + 1 :] if s.start >= first.start and s.how == first.how]
            parts = _adding_up(whole, others) or _adding_up(whole, [s for s in others if s.inside == first.inside])
            if parts is None or first.how == "-":
                continue
            before = sentence[max(0, whole.start - 60) : whole.start]
            between = sentence[whole.end : first.start]
            if _HAPPENED.search(between.replace("had been", "").replace("responses", "")):
                continue
            if not _TOOK_PART.search(before + " " + between) and not _TOOK_PART.search(sentence[first.start :]):
                continue
            groups = _named(text, at, sentence, parts)
            if groups:
                return Whole(tuple(groups), whole.n, at + whole.start, at + whole.end)
    return None


def _adding_up(whole: _Size, sizes: Sequence[_Size]) -> list[_Size] | None:
    """The first sizes, two or more, that make up the whole and stand near each other."""
    total = 0.0
    for k, size in enumerate(sizes[:MOST_GROUPS], 1):
        total += size.n
        if total > whole.n or (k > 1 and size.start - sizes[k - 2].end > LONGEST):
            return None
        if total == whole.n:
            return list(sizes[:k]) if k > 1 else None
    return None


def _named(text: str, at: int, sentence: str, parts: Sequence[_Size]) -> list[Group]:
    """The groups behind their sizes; empty where one has no name that an arm may have."""
    groups: list[Group] = []
    bare = False
    ends = [b.start for _, b in pairwise(parts)] + [min(len(sentence), parts[-1].name + LONGEST)]
    for part, end in zip(parts, ends, strict=True):
        last = part is parts[-1]
        said, brackets = _phrase(sentence[part.name : end], last=last)
        phrase, start = _trimmed(said, at + part.name)
        short = [name for b in brackets for name in _names(b, text)]
        if not phrase:
            return []
        bare = bare or (part.how == "" and not any(_is_abbreviation(name) for name in short))
        if part.how not in ("", "to", "to receive") and not short and not _is_arm(said):
            return []
        groups.append(_group(phrase, start, short, part.n, (at + part.start, at + part.end)))
    if bare and not _one_without(groups):
        return []
    return groups if _apart(groups) else []


def _one_without(groups: Sequence[Group]) -> bool:
    """ "129 bridged and 42 not bridged": those with something and those without it."""
    if len(groups) != 2:
        return False
    a, b = groups
    for one, other in ((a, b), (b, a)):
        name = one.phrase.lower()
        if other.phrase.lower() in (f"not {name}", f"un{name}", f"non-{name}", f"no {name}", f"never {name}"):
            other.said_control = True
            return True
    return False


def _phrase(said: str, *, last: bool) -> tuple[str, list[str]]:
    """The words of a name and what stands in the brackets behind it."""
    said = said[: _unopened(said)]
    opening = said.find("(")
    stop = _ENDS.search(said)
    bracketed = 0 < opening < (stop.start() if stop else len(said)) and (not last or "," not in said[:opening] or (
        _SHORT.match(said[opening + 1 : max(opening + 1, said.find(")"))]) is not None
    ))  # fmt: skip
    if bracketed:
        closing = said.find(")", opening)
        return said[:opening], [said[opening + 1 : closing if closing > 0 else len(said)]]
    said = said[: stop.start()] if stop else said
    if last:
        said = re.split(r",| and | in | at | for | over ", said)[0]
    return re.sub(r"[\s,]+(?:and)?\s*\Z", "", said), []


def _unopened(said: str) -> int:
    """Where a bracket closes that was opened before these words; their end where none does."""
    depth = 0
    for k, sign in enumerate(said):
        depth += (sign in "([") - (sign in ")]")
        if depth < 0:
            return k
    return len(said)


def _trimmed(said: str, start: int) -> tuple[str, int]:
    lead = _LEAD.match(said)
    while lead is not None:
        said, start = said[lead.end() :], start + lead.end()
        lead = _LEAD.match(said)
    said = said.rstrip(" ,:;")
    head = _HEAD.search(said)
    said = said[: head.start()] if head and head.start() else said
    return (said, start) if len(said) < 120 and not re.search(r"\d ?%|\n\n", said) else ("", start)


def _names(bracket: str, text: str) -> Iterator[str]:
    """The names in a bracket that the document uses again."""
    for piece in re.split(r"[,;:]", bracket):
        name = _HEAD.sub("", re.sub(r"\s*\bn\s*=.*", "", piece).strip())
        if name and len(name) < 30 and (_SHORT.match(name) or _CODE.fullmatch(name)) and (
            len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text)) > 1
        ):  # fmt: skip
            yield name


def _is_abbreviation(name: str) -> bool:
    return len(name) < 12 and sum(c.isupper() or c.isdigit() for c in name) > 1


_DOSE = re.compile(r"(?:the )?[\d.,]+ ?[mµμ]?g\b")


def _is_arm(said: str) -> bool:
    if _GROUPED.search(said) or _DOSE.match(said):
        return True
    return vocabulary.intervention(said.strip()) is not None or vocabulary.is_drug(said)


# -- "(A, n = 58; B, n = 74)"

_IN_BRACKET = re.compile(
    r"\s*(?P<name>[^\W_][^;:=()]{0,50}?)\s*(?::|,)?\s*(?P<equals>n\s*=\s*)?(?P<n>\d{1,3}(?:,\d{3})+|\d{1,5})"
    rf"(?: {_PEOPLE})?\s*\Z"
)
_BEFORE_BRACKET = re.compile(rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d+|{values.NUMBER_WORDS})(?: [\w-]+){{0,5}} ?\Z", re.I)


def _in_brackets(text: str, at: int, sentence: str) -> Whole | None:
    """The groups that a bracket behind a number of people lists with their sizes."""
    for m in re.finditer(r"\(([^()]{6,200})\)", sentence):
        before = _BEFORE_BRACKET.search(sentence[max(0, m.start() - 70) : m.start()])
        n = values.number(before["n"]) if before else None
        listed = listed_sizes(text, at + m.start(1), m[1])
        if not listed or n is None or before is None or sum(float(g.n or 0) for g in listed) != n:
            continue
        sent = _ALLOCATED.search(sentence) is not None
        if not all(sent or _arm_like(g) for g in listed) or _HAPPENED.search(before.group()):
            continue
        if any(_SEX.match(g.phrase) for g in listed):
            continue
        start = at + max(0, m.start() - 70) + before.start("n")
        return Whole(tuple(listed), n, start, start + len(before["n"]))
    return None


_BEHIND_COLON = re.compile(
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d+|{values.NUMBER_WORDS})(?: [\w-]+){{1,4}}: "
    r"(?P<list>[^.:()]{6,200}?)(?:\.(?=\s)|\.?\Z)",
    re.I,
)


def _behind_a_colon(text: str, at: int, sentence: str) -> Whole | None:
    """ "Sixteen treated: DL-1, 5; DL1, 8; DL2, 3": the groups that a colon parts from the number of all."""
    for m in _BEHIND_COLON.finditer(sentence):
        listed = listed_sizes(text, at + m.start("list"), m["list"])
        n = values.number(m["n"])
        if listed and n is not None and sum(float(g.n or 0) for g in listed) == n and all(map(_arm_like, listed)):
            return Whole(tuple(listed), n, at + m.start("n"), at + m.end("n"))
    return None


_SIZED = re.compile(
    rf"\(\s*(?:the )?(?P<name>[^\W\d][^(),;=]{{0,40}}?)\s*[,;:]\s*(?:n\s*=\s*)?(?P<n>\d{{1,5}})"
    rf"(?:\s{_PEOPLE})?\s*\)"
)


def _in_a_bracket_each(text: str, at: int, sentence: str) -> Whole | None:
    """ "one infusion of cells (cellular arm, 24 patients) or standard therapy (conventional arm, 12 patients)"."""
    sized = list(_SIZED.finditer(sentence))
    if not 1 < len(sized) <= MOST_GROUPS or not all(_is_arm(m["name"]) for m in sized):
        return None
    n = sum(float(m["n"]) for m in sized)
    wholes = (m for m in _NUMBER.finditer(sentence, 0, sized[0].start()) if values.number(m["n"]) == n)
    whole = next(wholes, None)
    groups = [
        _group(_HEAD.sub("", m["name"]), at + m.start("name"), [], float(m["n"]), (at + m.start("n"), at + m.end("n")))
        for m in sized
    ]
    if whole is None or not _apart(groups):
        return None
    return Whole(tuple(groups), n, at + whole.start(), at + whole.end())


def _with_short_names(text: str, at: int, sentence: str) -> Whole | None:
    """ "61 got the CD28-costimulated product (28z) and 43 the 4-1BB-costimulated one (BBz)": two sizes, each with a
    short name in the bracket behind it that the document uses throughout.
    """
    if sentence.count("(") < 2:
        return None
    sizes = [size for size in _sizes(sentence) if size.n >= LEAST and size.how != "-" and not size.inside]
    for parts in pairwise(sizes):
        if parts[1].start - parts[0].end > LONGEST:
            continue
        if _HAPPENED.search(sentence[parts[0].end : parts[1].start]):
            continue
        groups = _named(text, at, sentence, parts)
        if len(groups) == 2 and all(_is_used_throughout(g, text) for g in groups):
            return Whole(tuple(groups))
    return None


def _is_used_throughout(group: Group, text: str) -> bool:
    return any(
        _is_abbreviation(name) and len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text)) > OFTEN_THROUGHOUT
        for name in group.names[1:]
    )


LEAST = 3
"""People in a group, where its short name tells it."""
OFTEN_THROUGHOUT = 3
"""Times that the short name of a group stands in a text, where results are told of it."""

_LABELLED = re.compile(
    r"(?P<name>[^\W\d_][\w/+-]*(?: [^\W_][\w/+-]*){0,2}),? (?P<equals>n\s*=\s*)(?P<n>\d{1,5})(?![\w%]|[.,]\d)"
)


def _labels_with_sizes(text: str, at: int, sentence: str) -> Whole | None:
    """ "Tandem n = 29, mono n = 33": labels with their sizes one behind the other, which the document uses again."""
    run: list[re.Match[str]] = []
    for m in _LABELLED.finditer(sentence):
        if run and not re.fullmatch(r",|;|,? and", sentence[run[-1].end() : m.start()].strip()):
            if len(run) > 1:
                break
            run = []
        run.append(m)
    if not 1 < len(run) <= MOST_GROUPS or any(_SEX.match(m["name"]) or _is_outcome(m["name"]) for m in run):
        return None
    groups = [
        _group(m["name"], at + m.start("name"), [], float(m["n"]), (at + m.start("equals"), at + m.end("n")))
        for m in run
    ]
    again = (len(re.findall(rf"(?<!\w){re.escape(g.phrase)}(?!\w)", text, re.I)) > OFTEN_ENOUGH for g in groups)
    return Whole(tuple(groups)) if _apart(groups) and all(again) else None


def _is_outcome(label: str) -> bool:
    return re.match(r"(?:G|grade ?)[1-5]\b", label, re.I) is not None or vocabulary.outcome(label) is not None


OFTEN_ENOUGH = 2
"""Times that a label stands in a text, where it is more than a word."""

_SETS = Prefiltered(
    r"\b(?:safety|efficacy|full[- ]analysis|per[- ]protocol|(?:modified )?intention[- ]to[- ]treat) "
    r"(?:analysis )?(?:sets?|populations?|samples?)(?: of| consisted of| comprised| included|:)? "
    r"(?P<a>\d{1,5})(?: and | versus | vs\.? | v |/)(?P<b>\d{1,5})(?![\w%]|[.,]\d)",
    re.I,
)


def analysis_sets(text: str, read: Sequence[Read]) -> list[tuple[int, int]]:
    """Where the sizes of an analysis set of two arms are printed: "a safety set of 148 and 146"."""
    told = [(r.start, m) for r in read for m in _SETS.finditer(text[r.start : r.end])]
    return [(at + m.start(name), at + m.end(name)) for at, m in told for name in ("a", "b")]


def _arm_like(group: Group) -> bool:
    return _is_abbreviation(group.phrase) or _is_arm(group.phrase)


_SEX = re.compile(
    r""
    r"(?:fe)?males?\b|(?:wo)?m[ae]n\b|boys\b|girls\b|aged?\b|(?:children|adolescents|teenagers|adults|infants|elderly)\Z",
    re.I,
)
_ALLOCATED = Prefiltered(r"\b(?:randomi[sz]ed|randomly|assigned|allocated)\b", re.I)


def listed_sizes(text: str, at: int, inside: str) -> list[Group]:
    """The groups of "A, n = 58; B, n = 74", "A: 81; B: 83; C: 82", "A 11, B 8"; empty where it is no such list."""
    sign = ";" if ";" in inside else ","
    groups: list[Group] = []
    place = at
    for piece in inside.split(sign):
        m = _IN_BRACKET.match(piece)
        if m is None or len(groups) == MOST_GROUPS:
            return []
        n = values.number(m["n"])
        start = place + m.start("name")
        number = (place + m.start("equals" if m["equals"] else "n"), place + m.end("n"))
        groups.append(_group(m["name"], start, [], n or 0, number))
        place += len(piece) + 1
    return groups if len(groups) > 1 and _apart(groups) else []


def _group(phrase: str, start: int, short: Sequence[str], n: float, place: tuple[int, int]) -> Group:
    words = telling(key(phrase).split()) or frozenset(key(phrase).split())
    if phrase.lower().startswith(("not ", "never ")):
        words |= {"not"}
    return Group(phrase, start, start + len(phrase), words, [phrase, *short], n=n, n_place=place)


def _apart(groups: Sequence[Group]) -> bool:
    names: Mapping[str, int] = {key(g.phrase): 1 for g in groups}
    return len(names) == len(groups) == len({g.words for g in groups}) and "" not in names


__all__ = ["Whole", "analysis_sets", "listed_sizes", "parts_of_wholes"]
