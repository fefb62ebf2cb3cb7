"""The shape of a table cell: "12 (15.4)", "12/78 (15)", "27.9±7.6", "6 [2-9]", "0.41 (0.23-0.73)", "<0.001".

A shape says which numbers a cell holds and how they are set together, not what they mean: that is told by the labels
around the cell (grids.py). All places are offsets in the cell's own text.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from trialtab import values
from trialtab.extract.cell_plain import first_value, plain

LONGEST = 160
"""Characters; a longer cell is prose."""

_MINUS = values.MINUS_SIGNS + "—"
_TOKEN = re.compile(
    rf"""(?P<mark>\^\(?[a-zA-Z*†‡§¶#]{{1,3}}(?:,?\ ?\^?[a-zA-Z*†‡§¶#]{{1,2}}){{0,4}}\)?(?![a-zA-Z])
        |[*∗⁎†‡§¶#△▲▼●◆]+(?:,\ ?[*∗⁎†‡§¶#△▲▼●◆]+){{0,4}}|\^+(?![\w(])|(?<=[\d)%])\^\d{{1,2}}(?:,\d)*)
    |(?P<number>(?:\d{{1,3}}(?:[,\u2009\u202f\u00a0'’]\d{{3}})+(?!\d)
        |\d{{1,3}}(?:\ \d{{3}})+(?=\s*(?:[(/]|\Z))|\d+)(?:[.{values.DECIMAL_POINTS}]\ ?\d+)?
        |[.{values.DECIMAL_POINTS}]\d+)
    |(?P<open>[(\[{{])|(?P<close>[)\]}}])
    |(?P<pm>±|\+\s?/\s?[{_MINUS}]|\+[{_MINUS}])
    |(?P<dash>[{_MINUS}~])
    |(?P<rel>[<>≤≥=]=?|⩽|⩾)
    |(?P<sign>[%/,;:+])
    |(?P<word>[^\W\d_]+\.?(?:['’-][^\W\d_]+)*)
    |(?P<other>\S)""",
    re.VERBOSE,
)
_DECIMAL_COMMA = re.compile(r"(?<![\d,.])\d+,\d{1,2}(?![\d,.])")
_SPREAD_WORDS = {
    "sd": "sd", "s.d.": "sd", "sd.": "sd", "se": "se", "s.e.": "se", "sem": "se", "s.e.m.": "se", "iqr": "iqr",
    "range": "range", "ci": "ci", "c.i.": "ci", "conf": "ci", "interquartile": "iqr",
}  # fmt: skip
_JOINS = frozenset(("to", "and", "through"))
_EMPTY = re.compile(
    r"[-–—−.…·*\s]*\Z|\(?(?:n/?a|n\.a\.?|nr|n\.r\.|nd|n\.d\.|not (?:applicable|available|reported|done|assessed|"
    r"determined|estimable|reached)|ne|missing|unknown|ref\.?|reference|referent|data not shown)\)?[*†‡§^\w]{0,3}\Z",
    re.IGNORECASE,
)
_NOT_SIGNIFICANT = re.compile(
    r"\(?(?:p\s*=\s*)?(?:n\.?\s?s\.?|not significant|non-?significant)\)?[*†‡§^]{0,3}\Z", re.I
)
_ZERO_WORDS = re.compile(r"(?:none|nil|zero)\b\W*\Z", re.IGNORECASE)
_RELATION = {"<": "<", ">": ">", "≤": "<=", "⩽": "<=", "<=": "<=", "≥": ">=", "⩾": ">=", ">=": ">=", "=": "="}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a cell with its place; percent: a % sign stands behind it; whole: printed without a point."""

    value: float
    start: int
    end: int
    percent: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """What a cell holds.

    kind: value | bracket (nothing but what stands in brackets, or behind ±: part of the cell before or above it) |
    empty | ns ("NS") | text (no number, or more than its shape can say).
    main: the leading number; second: one number in brackets or behind a comma; denominator: behind "/" or "of"; pm:
    behind ±; low, high: an interval, its word in `interval`, its level in `level`; width: "(12; 6-43)"; n: "n = 12";
    p, p_relation: a p-value; relation: a sign before the main number; word: sd, se, iqr, range, ci before a bracket's
    number; unit: place of the words behind the numbers; start, end: first number to last with interval; effect: the
    effect measure that the cell itself names: "OR 2.25 (1.34-3.79)".
    """

    kind: str
    start: int = 0
    end: int = 0
    main: Figure | None = None
    relation: str | None = None
    second: Figure | None = None
    word: str = ""
    denominator: Figure | None = None
    pm: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None
    interval: str = ""
    level: float | None = None
    width: Figure | None = None
    n: Figure | None = None
    p: Figure | None = None
    p_relation: str = "="
    unit: tuple[int, int] | None = None
    figures: tuple[Figure, ...] = ()
    effect: str = ""

    @property
    def printed(self) -> tuple[str, ...]:
        """The names of what is filled, for messages and tests."""
        names = ("main", "second", "denominator", "pm", "low", "high", "width", "n", "p")
        return tuple(name for name in names if getattr(self, name) is not None)


@dataclass(slots=True)
class _Token:
    kind: str
    start: int
    end: int
    figure: Figure | None = None
    text: str = ""


def _tokens(text: str) -> list[_Token]:
    comma = bool(_DECIMAL_COMMA.match(text.lstrip("([-\u2212 "))) and "." not in text
    text = text if comma else values.with_points(text)
    found: list[_Token] = []
    for m in _TOKEN.finditer(text):
        kind, printed = str(m.lastgroup), m.group()
        if kind == "mark":
            continue
        if kind != "number":
            found.append(_Token(kind, m.start(), m.end(), text=printed))
            continue
        start, value, whole = m.start(), values.number(printed), printed.isdigit() or "," in printed or " " in printed
        before = found[-2] if len(found) > 1 else None
        parted = len(found) == 1 and found[0].text != "~" and text[found[0].end : m.start()].isspace()
        if found and found[-1].kind == "dash" and (found[-1].end == m.start() or parted):  # "− 0.24" alone: a minus
            # A dash is a minus unless a number, its unit or a bracket stands before it.
            joined = before is not None and (
                before.kind in ("number", "close") or before.text == "%"
            ) and not (text[before.end : found[-1].start].strip() == "" and before.end < found[-1].start)  # fmt: skip
            if not joined:
                start = found.pop().start
                value = -value if value is not None else None
        elif found and found[-1].text == "+" and found[-1].end == m.start() and len(found) == 1:
            start = found.pop().start
        if value is None:
            value = values.number(re.sub(r"[,'’\s]", "", printed))
        if value is None:
            found.append(_Token("other", m.start(), m.end(), text=printed))
            continue
        figure = Figure(value, start, m.end(), False, whole)
        if comma and len(found) > 1 and found[-1].text == "," and found[-1].end == m.start():
            left = found[-2]
            if left.figure is not None and left.figure.whole and left.end == found[-1].start and len(printed) < 3:
                magnitude = abs(left.figure.value) + value / 10 ** len(printed)
                signed = -magnitude if left.figure.value < 0 else magnitude
                joined_figure = Figure(signed, left.figure.start, m.end(), False, False)
                found[-2:] = [_Token("number", left.start, m.end(), joined_figure)]
                continue
        found.append(_Token("number", start, m.end(), figure))
    return _with_percents(found)


def _with_percents(tokens: list[_Token]) -> list[_Token]:
    out: list[_Token] = []
    for token in tokens:
        if token.text == "%" and out and (figure := out[-1].figure) is not None:
            out[-1].figure = replace(figure, end=token.end, percent=True)
            out[-1].end = token.end
        else:
            out.append(token)
    return out


class _Reader:
    """Reads the tokens of one cell from left to right; gives up (text) at what no shape accounts for."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.at = tokens, 0
        self.got: dict[str, object] = {}
        self.end = 0

    def peek(self, ahead: int = 0) -> _Token | None:
        k = self.at + ahead
        return self.tokens[k] if k < len(self.tokens) else None

    def kind(self, ahead: int = 0) -> str:
        token = self.peek(ahead)
        return token.kind if token else ""

    def text(self, ahead: int = 0) -> str:
        token = self.peek(ahead)
        return token.text.lower() if token else ""

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def number(self) -> Figure | None:
        """The next token as a number, its end noted; None where it is none."""
        token = self.peek()
        if token is None or token.figure is None:
            return None
        self.at += 1
        self.end = token.end
        return token.figure

    def joins(self) -> bool:
        return self.kind() == "dash" or self.text() in _JOINS or self.text() in (",", ";", ":")

    def spread_word(self) -> str:
        """ "95% CI", "SD =", "IQR:", "n =": steps over such words; sd | se | ci | iqr | range | n | p | ""."""
        word = ""
        if self.kind() == "number" and (figure := self.tokens[self.at].figure) and figure.percent:
            following = self.text(1)
            if following in ("ci", "c.i.", "confidence", "ci."):
                self.got["level"] = figure.value
                self.at += 1
        while (token := self.peek()) is not None:
            low = token.text.lower()
            if token.kind == "word" and low in ("n", "n."):
                if self.text(1) not in ("=", ":"):
                    break
                word = "n"
            elif token.kind == "word" and low in ("p", "p."):
                word = "p"
            elif token.kind == "word" and (low in _SPREAD_WORDS or low.rstrip(".") in _SPREAD_WORDS):
                word = _SPREAD_WORDS.get(low) or _SPREAD_WORDS[low.rstrip(".")]
            elif token.kind == "word" and low in ("confidence", "interval", "value"):
                word = word or "ci"
            elif not (word and (low in (":", ",") or (low == "=" and word != "p"))):
                break
            self.at += 1
        return word

    def interval(self, word: str) -> bool:
        """ "2 to 9", "0.23-0.73", "0.23, 0.73" at this place."""
        first, last = self.peek(), None
        if first is None or first.figure is None:
            return False
        step = 1
        while self.kind(step) in ("dash", "sign", "word") and step < 3:
            token = self.peek(step)
            if token is None or not (
                token.kind == "dash" or token.text.lower() in _JOINS or token.text in (",", ";", ":")
            ):
                return False
            step += 1
        if step == 1:
            # "−2.9 −0.4": two signed numbers side by side
            second = self.peek(1)
            if second is None or second.figure is None or second.figure.value >= 0:
                return False
        last = self.peek(step)
        if last is None or last.figure is None:
            return False
        following = self.text(step + 1) in _JOINS or self.kind(step + 1) == "dash"
        if following and self.kind(step + 2) == "number":
            return False  # "(6; 2-9)": the first number is none of the interval's
        self.got.update(low=first.figure, high=last.figure, interval=word)
        self.at += step + 1
        self.end = last.end
        return True

    def bracket(self) -> bool:
        """What stands between two brackets."""
        self.take()
        word = self.spread_word()
        if self.kind() == "pm":
            self.take()
            figure = self.number()
            if figure is None:
                return False
            self.got["pm"] = figure
            return self.closed()
        if self.kind() == "rel":
            relation = _RELATION.get(self.take().text, "=")
            figure = self.number()
            if figure is None:
                return False
            if word == "p":
                self.got.update(p=figure, p_relation=relation)
            else:
                self.got["second"] = figure
            return self.closed()
        if word in ("n", "p"):
            figure = self.number()
            if figure is None:
                return False
            self.got[word] = figure
            return self.closed()
        if self.interval(word):
            return self.more_inside()
        figure = self.number()
        if figure is None:
            return False
        if self.kind() == "pm" and "main" not in self.got:
            self.take()
            spread = self.number()
            if spread is None:
                return False
            self.got.update(main=figure, pm=spread)  # "(16.6 ± 32.9)"
            return self.closed()
        if self.text() == "/" or self.text() == "of":
            self.take()
            below = self.number()
            if below is None:
                return False
            if "main" in self.got and "events" not in self.got:
                self.got["events"], self.got["denominator"] = figure, below
            return self.closed()
        if self.text() in (";", ","):
            self.take()
            self.spread_word()
            if self.interval("range"):
                self.got["width"] = figure
                return self.closed()
            return False
        name = "second" if "second" not in self.got else "third"
        self.got[name] = figure
        if word:
            self.got["word"] = word
        return self.closed()

    def unit(self) -> None:
        """Steps over a word behind the numbers, and keeps the place of all such words as the unit."""
        token = self.take()
        self.got["unit"] = (self.got["unit"][0] if "unit" in self.got else token.start, token.end)  # type: ignore[index]

    def more_inside(self) -> bool:
        """ "(2-9; n = 12)", "(0.2 to 0.9, P = 0.02)": a p-value or size behind an interval."""
        if self.text() in (";", ","):
            self.take()
            word = self.spread_word()
            if self.kind() == "rel":
                relation = _RELATION.get(self.take().text, "=")
                if (figure := self.number()) is not None and word == "p":
                    self.got.update(p=figure, p_relation=relation)
            elif (figure := self.number()) is not None and word in ("n", "p"):
                self.got[word] = figure
        return self.closed()

    def closed(self) -> bool:
        while self.kind() == "word" or (self.text() == "%" and self.kind() == "sign"):
            self.at += 1  # a unit: "(12 mg)", "(0.2 to 0.9%)"
        if self.kind() == "close":
            self.end = self.take().end
            return True
        return self.peek() is None

    def lead(self) -> bool:
        """The main number with its sign of relation; False where the cell opens with a bracket or ±."""
        if self.kind() == "word" and self.text() in ("p", "p."):
            self.at += 1
            if self.text() == "value":
                self.at += 1
        if self.kind() == "rel":
            self.got["relation"] = _RELATION.get(self.take().text, "=")
        word = self.spread_word()
        if word in ("ci", "iqr", "range", "sd", "se"):
            self.got["word"] = word
            if self.kind() in ("open",):
                return False
        while self.kind() == "other" and self.text() in ("€", "$", "£", "¥", "≈", "×"):
            self.at += 1
        figure = self.number()
        if figure is None:
            return False
        self.got["main"] = figure
        return True

    def rest(self) -> bool:
        """Everything behind the main number; False at the first thing that no shape accounts for."""
        while (token := self.peek()) is not None:
            if token.kind == "open":
                if not self.bracket():
                    return False
            elif token.kind == "pm":
                self.take()
                figure = self.number()
                if figure is None:
                    return False
                self.got["pm"] = figure
            elif token.text == "/" or token.text.lower() == "of":
                self.take()
                if self.kind() == "word":
                    self.unit()  # "ng/ml"
                    continue
                figure = self.number()
                if figure is None or "denominator" in self.got:
                    return False
                self.got["denominator"] = figure
            elif (token.kind == "dash" or token.text.lower() in _JOINS) and self.kind(1) == "number":
                if "main" not in self.got or {"low", "pm", "second"} & self.got.keys():
                    return False
                self.take()
                high = self.number()
                self.got["low"], self.got["high"] = self.got["main"], high
                self.got.setdefault("bare", True)
            elif token.text in (",", ";", ":") or token.kind == "rel":
                self.take()
                word = self.spread_word()
                relation = "="
                if self.kind() == "rel":
                    relation = _RELATION.get(self.take().text, "=")
                if word in ("n", "p"):
                    figure = self.number()
                    if figure is None:
                        return False
                    self.got[word] = figure
                    if word == "p":
                        self.got["p_relation"] = relation
                elif self.interval(word):
                    continue
                else:
                    figure = self.number()
                    if figure is None or "second" in self.got:
                        return False
                    self.got["second"] = figure
            elif token.kind == "word":
                word = self.spread_word()
                if not word:
                    self.unit()
                    continue
                if self.interval(word):
                    continue
                relation = "="
                if self.kind() == "rel":
                    relation = _RELATION.get(self.take().text, "=")
                figure = self.number()
                if figure is None:
                    if self.kind() == "open":
                        continue
                    return False
                if word in ("n", "p"):
                    self.got[word] = figure
                    if word == "p":
                        self.got["p_relation"] = relation
                else:
                    self.got.update(second=figure, word=word)
            else:
                return False
        return True


_EFFECTS = {
    "OR": "odds_ratio", "AOR": "odds_ratio", "HR": "hazard_ratio", "AHR": "hazard_ratio", "RR": "risk_ratio",
    "ARR": "risk_ratio", "IRR": "rate_ratio", "MD": "mean_difference", "SMD": "standardized_mean_difference",
}  # fmt: skip
_EFFECT = re.compile(r"\W{0,2}(?P<name>a?(?:OR|HR|RR)|IRR|S?MD)\b\s*[:=,]?\s*(?=[\d.−-])")


@lru_cache(maxsize=1 << 13)
def shape(text: str) -> Shape:
    """The shape of a cell's text. Raises nothing; linear in the length of the text, which is cut at LONGEST."""
    if _EMPTY.match(text):
        return Shape("empty")
    if _NOT_SIGNIFICANT.match(text.strip()):
        return Shape("ns", len(text) - len(text.lstrip()), len(text.rstrip()))
    if _ZERO_WORDS.match(text.strip()):
        start = len(text) - len(text.lstrip())
        end = len(text.rstrip(" .*†‡"))
        return Shape("value", start, end, Figure(0.0, start, end), figures=(Figure(0.0, start, end),))
    if len(text) > LONGEST:
        return Shape("text")
    if (named := _EFFECT.match(text)) is not None:
        inner = shape(" " * named.end() + text[named.end() :])
        if inner.kind == "value" and inner.low is not None and inner.denominator is None:
            return replace(inner, effect=_EFFECTS[named["name"].upper()])
    text = plain(text)
    if (first := first_value(text)) is not None:
        return shape(first)
    tokens = _tokens(text)
    figures = tuple(t.figure for t in tokens if t.figure is not None)
    if not figures:
        return Shape("text")
    lost = Shape("text", figures=figures)
    words = sum(len(t.text) for t in tokens if t.kind == "word" and t.text.lower() not in _SPREAD_WORDS)
    if words > 24 or (tokens[0].kind == "word" and not _may_open(tokens)):
        return lost
    reader = _Reader(tokens)
    leads = reader.lead()
    if not leads and not reader.got.get("word") and (reader.peek() is None or reader.at > 0):
        return lost
    if not reader.rest():
        return lost
    got = reader.got
    start, end = min(f.start for f in figures), max(reader.end, max(f.end for f in figures))
    if leads and got.get("relation"):
        start = tokens[0].start if tokens[0].kind == "rel" else start
    if events := got.get("events"):
        # "34.5% (10/29)": the count in brackets leads to the denominator, the printed share is the main number
        got.setdefault("second", events)
    names = {"main", "relation", "second", "word", "denominator", "pm", "low", "high", "interval", "level", "width",
             "n", "p", "p_relation", "unit"}  # fmt: skip
    leads = leads or "main" in got
    if not leads:
        opened = tokens[0]
        start = opened.start if opened.kind in ("open", "pm") else start
        if not {"second", "low", "pm", "n", "width"} & got.keys():
            return lost
    kept = {name: value for name, value in got.items() if name in names}
    if got.get("bare"):
        kept.pop("main", None)
        return Shape("bracket", start, end, figures=figures, **{k: v for k, v in kept.items() if k != "relation"})  # type: ignore[arg-type]
    return Shape("value" if leads else "bracket", start, end, figures=figures, **kept)  # type: ignore[arg-type]


def _may_open(tokens: list[_Token]) -> bool:
    """Words that a cell of numbers may begin with: "P = 0.03", "SE 0.05", "n = 12", "95% CI"."""
    low = tokens[0].text.lower()
    return low in ("p", "p.", "n", "ci", "mean", "median") or low.rstrip(".") in _SPREAD_WORDS or low in _SPREAD_WORDS


__all__ = ["LONGEST", "Figure", "Shape", "shape"]
