"""Printed text -> value: "1,204" "12·4" "−0.3" ".03" "eleven" "Three-hundred fifty-one" "12 months".

Strings in, numbers out; where a string came from is nobody's business here.
"""

import re
from functools import cache

UNITS = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    w: 10 * i for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
SCALES = {"hundred": 100, "thousand": 1000}
DECIMAL_POINTS = "·∙•⋅"
MINUS_SIGNS = "-−–‐‑"
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}

_ONES = "|".join(sorted((w for w in UNITS if w != "zero"), key=len, reverse=True))
_TENS = "|".join(TENS)
NUMBER_WORDS = (
    rf"(?=[efnostz])(?:(?:{_TENS})(?:[-\s](?:{_ONES}))?|(?:{_ONES})|zero)"
    rf"(?:[-\s](?:hundred|thousand)(?:[-\s](?:and[-\s])?(?:(?:{_TENS})(?:[-\s](?:{_ONES}))?|(?:{_ONES})))?)*"
)
"""A regular expression (ignore case) for a number written in words, "one" to "nine thousand nine hundred …".

It looks at the first letter first: most words of a text are none of its fifty.
"""

_DIGITS = re.compile(rf"[{MINUS_SIGNS}+]?\s?\d*(?:[.{DECIMAL_POINTS}]\d+)?$")
_GROUPED = re.compile(r"(?<=\d)[,\u2009\u202f\u00a0 ](?=\d{3}(?!\d))")
_ZERO_COMMA = re.compile(r"(?<![\d.,])(0),(?=\d{2,}(?!\d|[.,]\d))")
"""A comma after a lone zero groups no thousands: "0,706" is a fraction."""
_SPACED_POINT = re.compile(r"(?<=\d) ?\. ?(?=\d)")


@cache
def words_to_number(text: str) -> int | None:
    """ "eleven" -> 11, "three-hundred fifty-one" -> 351, "patients" -> None."""
    total = current = 0
    seen = False
    for word in re.split(r"[-\s]+", text.lower().strip()):
        if word in UNITS:
            current, seen = current + UNITS[word], True
        elif word in TENS:
            current, seen = current + TENS[word], True
        elif word == "hundred" and seen:
            current *= 100
        elif word == "thousand" and seen:
            total, current = total + current * 1000, 0
        elif word == "and" and seen:
            continue
        else:
            return None
        if total + current > 10**9:
            return None  # no count of a trial, and a row of "hundred hundred …" would never end
    return total + current if seen else None


@cache
def number(text: str) -> float | None:
    """The value of a printed number, in digits or words; None where it is none.

    Group marks (comma, thin and no-break space before three digits) are dropped, a middle dot is a decimal point, as is
    the comma of "0,706",
    every dash that stands for a minus is one.
    """
    text = text.strip()
    if not text:
        return None
    digits = _SPACED_POINT.sub(".", _GROUPED.sub("", with_points(text)))
    if any(c.isdigit() for c in digits) and _DIGITS.match(digits):
        for point in DECIMAL_POINTS:
            digits = digits.replace(point, ".")
        negative = digits[0] in MINUS_SIGNS
        value = float(digits.lstrip("+ " + MINUS_SIGNS))
        return -value if negative else value
    found = words_to_number(text)
    return None if found is None else float(found)


def with_points(text: str) -> str:
    """A text in which "0,706" stands as "0.706", character for character in place."""
    return _ZERO_COMMA.sub(r"\1.", text) if "0," in text else text


def decimals(text: str) -> int:
    """Digits printed after the decimal point: "12·40" -> 2, "7" -> 0."""
    found = re.search(rf"[.{DECIMAL_POINTS}](\d+)\D*$", with_points(text.strip()))
    return len(found.group(1)) if found else 0


TIME_UNITS = {
    "second": ("second", "seconds", "sec", "secs", "s"),
    "minute": ("minute", "minutes", "min", "mins"),
    "hour": ("hour", "hours", "hr", "hrs", "h"),
    "day": ("day", "days", "d"),
    "week": ("week", "weeks", "wk", "wks", "w"),
    "month": ("month", "months", "mo", "mos", "mon", "mth", "mths"),
    "year": ("year", "years", "yr", "yrs", "y"),
    "cycle": ("cycle", "cycles"),
}
_TIME_UNIT = {spelling: unit for unit, spellings in TIME_UNITS.items() for spelling in spellings}


def time_unit(text: str) -> str | None:
    """The canonical name of a printed time unit: "yrs." -> "year"; None where it is none."""
    return _TIME_UNIT.get(text.lower().rstrip("."))


_TIME_BEFORE = re.compile(rf"\b(day|week|month|year|cycle|hour|w|d|m)s?[\s-]*(\d+(?:\.\d+)?|{NUMBER_WORDS})\b", re.I)
_TIME_AFTER = re.compile(rf"(\d+(?:[.{DECIMAL_POINTS}]\d+)?|{NUMBER_WORDS})[\s-]*([a-z]+)\b", re.I)
_LETTER = {"w": "week", "d": "day", "m": "month"}


@cache
def timepoint(text: str) -> tuple[float, str] | None:
    """The number and unit of a printed timepoint: "at 12 months", "week 48", "one-year" -> (1.0, "year")."""
    for found in _TIME_AFTER.finditer(text):
        unit = time_unit(found.group(2))
        value = number(found.group(1))
        if unit and value is not None and len(found.group(2)) > 1:
            return value, unit
    found_before = _TIME_BEFORE.search(text)
    if found_before:
        value = number(found_before.group(2))
        word = found_before.group(1).lower()
        if value is not None:
            return value, _LETTER.get(word, word)
    return None


def grade(text: str) -> str | None:
    """A grade in Arabic figures: "grade III/IV" -> "3-4", "grade 3 or higher" -> ">=3", "severe" -> "severe"."""
    low = re.sub(r"\bgr?(?=[1-5])", "", text.lower())
    figures = [int(d) for d in re.findall(r"(?<![\w.])[0-5](?![\w.]*\d)", low)]
    if not figures:
        figures = [ROMAN[r] for r in re.findall(r"\b(iv|v|i{1,3})\b", low)]
    if not figures:
        found = re.search(
            r"\b(mild[- ]to[- ]moderate|moderate[- ]to[- ]severe|mild|moderate|severe|life-threatening|fatal)", low
        )
        return found.group(1).replace("-to-", " to ") if found else None
    if len(figures) == 1:
        if re.search(r">\s*(?:or)?\s*=|≥|⩾|\bor\s+(?:higher|more|worse|greater|above)|at least|\+", low):
            return f">={figures[0]}"
        if re.search(r"<\s*(?:or)?\s*=|≤|⩽|\bor\s+(?:lower|less|below)|at most|up to", low):
            return f"<={figures[0]}"
        if re.search(r">|greater than|more than|above", low):
            return f">={figures[0] + 1}"
        return str(figures[0])
    low_end, high_end = min(figures), max(figures)
    return f"{low_end}-{high_end}"
