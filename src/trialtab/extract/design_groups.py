"""Groups named side by side: where one ends and the next begins, its phrase, its names and its size."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trialtab import values
from trialtab.extract.design_words import (
    AND_THEN,
    CUT,
    EMPTY,
    ENDS,
    LEADING,
    MANNER,
    OUTCOMES,
    PARTED,
    STANDARD,
    STATISTICS,
    TRAILING,
    WORD,
    telling,
)
from trialtab.extract.measures import Item, WordAt
from trialtab.extract.mentions import key

MOST_GROUPS = 6
_ORDINALS = frozenset(("second", "third", "fourth", "later", "subsequent"))


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
    dummy: bool = False


@dataclass(slots=True)
class _Piece:
    """What stands between two connectors: tokens (text, item) and the brackets behind them (first and last item)."""

    tokens: list[tuple[str, int]] = field(default_factory=list)
    brackets: list[tuple[int, int]] = field(default_factory=list)
    alone: bool = False
    control: bool = False


_SAYS_WHICH = frozenset(
    ("control", "controls", "experimental", "intervention", "treatment", "active", "comparison", "comparator", "study")
)
"""What a bracket behind a group may say of it by itself."""


class Coordination:
    """Reads the groups that a sentence names side by side: "A (n = 40), B or C", "A with or without B"."""

    def __init__(
        self, text: str, row: Sequence[Item], words: WordAt, sets: Mapping[str, frozenset[str]], title: bool
    ) -> None:
        self.text, self.row, self.sets, self.title = text, row, sets, title
        self.words, self.word = words.all, words.__getitem__

    def _coordinated(self, k: int, *, compared: bool = False, only_or: bool = False, end: int = 0) -> list[Group]:
        """The groups that are named from item k on; empty where there are not two that can be told apart."""
        pieces, parted = self._pieces(k, end or len(self.row), compared)
        if len(pieces) == 1 and not only_or:
            pieces = [part for piece in pieces for part in self._split(piece, (",", "and", "&"))]
        elif len(pieces) > 1 and parted and any(self._is_list(p) for p in pieces[:-1]):
            pieces = [part for piece in pieces for part in self._split(piece, (",",))]
        if len(pieces) > 1:
            pieces = [part for piece in pieces for part in self._controls_listed(piece)]
        found = [g for piece in pieces if (g := self._group(piece)) is not None]
        for group in found:
            if group.words == {"without"} and group is not found[0]:
                group.words |= found[0].words  # "treatment with X or without"
                group.phrase, group.said_control = f"without {found[0].phrase}", True
            if "same" in group.words and group is not found[0]:
                group.words = (group.words - {"same"}) | found[0].words
        if any(OUTCOMES & set(WORD.findall(g.phrase.lower())) for g in found):
            return []
        if any(STATISTICS & set(WORD.findall(g.phrase.lower())) for g in found):
            return []
        if len(found) < 2 or len(found) > MOST_GROUPS or len(found) < len(pieces) - 1:
            return []
        return told_apart(found)

    def _controls_listed(self, piece: _Piece) -> list[_Piece]:
        """ "A versus placebo, B, and C", "A versus placebo and B": a list with a placebo by itself in it names groups,
        and no combination.
        """
        parts = self._split(piece, (",", "and", "&"))
        alone = [{w for w, _ in part.tokens if w not in LEADING} for part in parts]
        by_itself = ({"placebo"} in alone or {"sham"} in alone) and all(len(w) < 4 for w in alone)
        first = bool(alone) and alone[0] <= {"placebo", "sham"} and len(piece.tokens) < 6
        return parts if by_itself and (len(parts) > 2 or (len(parts) == 2 and first)) else [piece]

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
            frozenset(w for w, i in part.tokens if self.row[i].rule != "dose" and w not in LEADING and w != "of")
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
                close = self._closing(i, end)
                if close is None:
                    break
                if all(w in EMPTY or w.isdigit() for w, _ in here.tokens) and not pieces:
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
            if item.kind in ("P", "EFFECT", "PCT", "CI", "FRAC") or word in ENDS:
                break
            if word in (")", "]"):
                break
            if word == ":":
                if all(w in EMPTY or w.isdigit() for w, _ in here.tokens):
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
                while m < end and self.word(m) not in CUT | ENDS | PARTED | {",", ";", ":", "(", "followed"}:
                    if self.row[m].kind in ("W", "N"):
                        with_.tokens.append((self.text[self.row[m].start : self.row[m].end].lower(), m))
                    m += 1
                return [*pieces, with_, rest], False
            elif word in PARTED:
                ordinal = self.word(i + 1) in _ORDINALS and self.word(i + 2) in ("-", "line")
                if word == "or" and (self._of_numbers(i) or (pieces and not here.tokens) or ordinal):
                    i += 1  # "for 8 or 12 weeks", "A; B; or C", "A or B as first- or second-line treatment"
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
                self.word(i + 1) in AND_THEN
                or (i + 2 < end and self.row[i + 1].kind == "N" and self.word(i + 2) in self.sets["people"])
            ):
                break
            elif skipping and word in ("followed", "plus") and here.tokens:
                here.tokens.append((word, i))
                skipping = False
            elif word in ("in", "combined") and self.word(i + 1) in ("combination", "addition", "with"):
                here.tokens.append(("plus", i))
                i += 2
            elif word in CUT and here.tokens and not all(w in LEADING for w, _ in here.tokens):
                if pieces and (compared or self.title):
                    break
                skipping = True
            elif (
                (not skipping or word in (",", "and"))  # behind a cut, only what may open the next name counts
                and (item.kind in ("W", "N", "GROUP") or item.rule == "dose")
                and word not in MANNER
            ):
                skipping = False
                here.tokens.append((self.text[item.start : item.end].lower(), i))
            i += 1
        if here.tokens:
            pieces.append(here)
        return pieces, parted

    def _closing(self, i: int, end: int) -> int | None:
        """Where the bracket closes that opens at item i; where it never does, before the "or" that a new group follows.

        A bracket within it counts as its own, be it closed or not.
        """
        depth = 0
        for m in range(i, min(i + 60, end)):
            depth += (self.word(m) in ("(", "[")) - (self.word(m) in (")", "]"))
            if depth == 0:
                return m
        behind = range(i + 1, min(i + 60, end))
        left_open = next((m - 1 for m in behind if self.word(m) in PARTED and self.word(m - 1) in (")", "]")), None)
        return left_open or next((m for m in range(i + 1, min(i + 40, end)) if self.word(m) in (")", "]")), None)

    def _so_many_to(self, i: int, end: int) -> int:
        """Behind "and": "92 to the B arm", "71 (50.7%) received B", "8102, placebo", "the other to B": where the name
        begins, or 0.
        """
        if self.word(i) == "the" and self.word(i + 1) in ("other", "others", "remaining", "rest", "second", "third"):
            k = i + 2
            while self.word(k) in self.sets["people"] | self.sets["group_head"] | {"half", "one", "ones"}:
                k += 1
            if self.word(k) in ("to", "received", "receiving", "underwent", "got", "used", "took"):
                return k + 1
            return k + 2 if self.word(k) in ("were", "was") and self.word(k + 1) in ("given", "assigned") else 0
        if i >= end or self.row[i].kind != "N":
            return 0
        k = i + 1
        while self.word(k) in self.sets["people"]:
            k += 1
        k = self._behind_bracket(k)
        if self.word(k) in ("were", "was") and self.word(k + 1) in ("treated", "given", "assigned", "allocated"):
            k += 1 + (self.word(k + 2) in ("with", "by", "to"))
            return k + 1
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
        standard = any(w in STANDARD or w.startswith("standard-") for w, _ in tokens[:6])
        while tokens and (tokens[0][0] in LEADING or tokens[0][0].isdigit() or self.row[tokens[0][1]].kind == "N"):
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
        while tokens and (tokens[0][0] in LEADING or tokens[0][0] in self.sets["preposition"] - {"without"}):
            tokens = tokens[1:]
        tokens = tokens[:12]
        while tokens and (tokens[-1][0] in TRAILING or (len(tokens) > 1 and tokens[-1][0] in self.sets["group_head"])):
            tokens = tokens[:-1]
        if tokens and (tokens[0][0] in self.sets["people"] or tokens[0][0] in ("all", "both", "each")):
            return None
        if tokens and all(w in EMPTY or w in self.sets["people"] for w, _ in tokens):
            return None
        negated = bool(piece.tokens) and piece.tokens[-1][0] in ("not", "none", "nothing")
        if not tokens and not negated:
            return None
        if negated and all(w in EMPTY | {"none", "nothing"} for w, _ in tokens):
            at = self.row[piece.tokens[-1][1]]
            group = Group("none", at.start, at.end, frozenset(("no",)), ["none"])
        else:
            first, last = tokens[0][1], tokens[-1][1]
            phrase = re.sub(r"\s?/\s?(?:day|d|wk|week)\Z", "", self._said([m for _, m in tokens]))
            content = telling(w for token, _ in tokens for w in key(token).split())
            if content and content <= {key(w) or w for w in self.sets["group_head"]}:
                return None
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
                    words = WORD.findall(printed)
                    capitals = sum(c.isupper() for c in printed)
                    named = any(w.lower() in self.sets["group_head"] for w in words) or any(
                        self.row[m].kind == "GROUP" for m in range(start, i)
                    )
                    short = len(words) <= 3 and capitals >= 2 and not printed[0].isdigit()
                    letter = len(words) == 1 and len(printed) == 1 and printed.isupper() and printed != "N"
                    letter = letter or (
                        len(printed) < 7 and re.fullmatch(r"(?:no[n-]?-)?[A-Z][a-z]+", printed) is not None
                    )
                    if words and (named or short or letter or printed.lower() in _SAYS_WHICH):
                        yield printed.removeprefix("the ")
                start = i + 1


def _without_dummies(found: Sequence[Group]) -> None:
    """ "A plus B placebo" against "B plus A placebo": what is given in fact, where each group has the placebo of
    another's treatment.
    """
    dummies = [frozenset(_DUMMY.findall(g.phrase.lower())) & (g.words - {"placebo"}) for g in found]
    real = [g.words - {"placebo"} - dummy for g, dummy in zip(found, dummies, strict=True)]
    if sum(map(bool, dummies)) > 1 and all(real):
        for group, words in zip(found, real, strict=True):
            group.words, group.dummy = words, True


_DUMMY = re.compile(r"([^\W\d_][\w-]+)[- ](?:matched |matching )?placebo\b")


def told_apart(found: list[Group]) -> list[Group]:
    """The groups, where their words differ; numbers tell them apart only where nothing else does."""
    _without_dummies(found)
    plain = [frozenset(w for w in g.words if not w.isdigit()) for g in found]
    if len(set(plain)) == len(found):
        for group, words in zip(found, plain, strict=True):
            group.words = words or group.words
    if len({g.words for g in found}) < len(found):
        return []
    return found
