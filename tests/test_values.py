"""Printed text -> value: numbers in every spelling, decimals, times and grades; number words proved by enumeration."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock import grows_as_its_size
from trialtab import values

# ---- numbers ---------------------------------------------------------------------------------------------------

NUMBERS = [
    ("7", 7), ("  7 ", 7), ("0", 0), ("240", 240), ("12.40", 12.4), (".03", 0.03), ("0.001", 0.001),
    # the middle dot of the Lancet, and the three characters that are printed for it
    ("12·4", 12.4), ("12∙4", 12.4), ("12•4", 12.4), ("12⋅4", 12.4), ("·03", 0.03), ("29·7", 29.7),
    # group marks: comma, blank, no-break blank, thin and narrow no-break blank
    ("1,204", 1204), ("1 204", 1204), ("1\u00a0204", 1204), ("1\u2009204", 1204), ("1\u202f204", 1204),
    ("10 000", 10000), ("1,204,567", 1204567), ("1,204.5", 1204.5), ("1,204·5", 1204.5),
    # signs: hyphen, true minus, en dash, the two Unicode hyphens, plus
    ("-0.3", -0.3), ("−0.3", -0.3), ("–0.3", -0.3), ("‐0.3", -0.3), ("‑0.3", -0.3), ("−0·3", -0.3), ("+0.3", 0.3),
    ("- 3", -3), ("-.5", -0.5), ("−1,204", -1204),
    ("0. 78", 0.78),  # a blank left by a line break of a PDF
    ("zero", 0), ("eleven", 11), ("Eleven", 11), ("forty", 40), ("forty-two", 42), ("forty two", 42),
    ("one hundred", 100), ("one hundred five", 105), ("one hundred and five", 105), ("twelve hundred", 1200),
    ("Three-hundred fifty-one", 351), ("two thousand", 2000), ("two thousand and one", 2001),
    ("nine thousand nine hundred ninety-nine", 9999),
]  # fmt: skip
NO_NUMBERS = [
    "", " ", "patients", "no", "none", "half", "first", "second", "3rd", "and", "hundred", "hundred and", "thousand",
    "a hundred", "<0.001", "5%", "12-4", "1,2", "1,2345", "100 0000", "1 2", "1.204.5", "--3", "+", "-", ".", "1e5",
    "½", "²", "inf", "nan", "4/11", "p", "eleven patients", "COVID-19", "x2",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_number(text, value):
    assert values.number(text) == value


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number(text):
    assert values.number(text) is None


@given(st.integers(0, 10**9), st.sampled_from([",", " ", "\u00a0", "\u2009", "\u202f"]), st.sampled_from("-−–‐‑ "))
def test_group_marks_and_signs_change_no_figure(value, mark, sign):
    printed = f"{value:,}".replace(",", mark)
    assert values.number(sign + printed) == (value if sign == " " else -value)


@given(st.decimals(0, 10**5, places=3), st.sampled_from(".·∙•⋅"))
def test_every_decimal_point_reads_alike(value, point):
    printed = f"{value:f}"
    assert values.number(printed.replace(".", point)) == float(printed)
    assert values.decimals(printed.replace(".", point)) == 3


@given(st.text())
def test_nothing_raises_on_any_string(text):
    for read in (
        values.number,
        values.decimals,
        values.words_to_number,
        values.timepoint,
        values.grade,
        values.time_unit,
    ):
        read(text)


@pytest.mark.parametrize(
    ("text", "places"),
    [("7", 0), ("12.40", 2), ("12·40", 2), ("29·7 months", 1), ("1,204.5", 1), ("1,204", 0), ("0.001", 3), ("-0.3%", 1),
     ("p=0.05)", 2), ("3.", 0), ("eleven", 0), ("", 0), ("6.70 ", 2)],
)  # fmt: skip
def test_decimals(text, places):
    assert values.decimals(text) == places


# ---- number words, all of them ---------------------------------------------------------------------------------

ONES = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def below_hundred(n: int, hyphen: str) -> str:
    if n < 20:
        return ONES[n - 1]
    tens, one = divmod(n, 10)
    return TENS[tens - 2] + (hyphen + ONES[one - 1] if one else "")


def spelled(n: int, hyphen: str = "-", joiner: str = " ") -> str:
    """The words of n, 1 to 9,999; joiner stands before what is under a hundred: " " or " and "."""
    thousands, rest = divmod(n, 1000)
    hundreds, last = divmod(rest, 100)
    parts = ([f"{ONES[thousands - 1]} thousand"] if thousands else []) + (
        [f"{ONES[hundreds - 1]} hundred"] if hundreds else []
    )
    if last and parts:
        return " ".join(parts) + joiner + below_hundred(last, hyphen)
    return " ".join([*parts, *([below_hundred(last, hyphen)] if last else [])])


def test_the_speller_of_this_test():
    assert [spelled(n) for n in (1, 13, 20, 21, 100, 351, 1000, 1005, 9999)] == [
        "one", "thirteen", "twenty", "twenty-one", "one hundred", "three hundred fifty-one", "one thousand",
        "one thousand five", "nine thousand nine hundred ninety-nine",
    ]  # fmt: skip


WORDS = re.compile(values.NUMBER_WORDS, re.IGNORECASE)


@pytest.mark.parametrize("hyphen", ["-", " "])
@pytest.mark.parametrize("joiner", [" ", " and "])
def test_every_number_word_up_to_999_is_found_whole_and_read_back(hyphen, joiner):
    for n in range(1, 1000):
        text = spelled(n, hyphen, joiner)
        found = WORDS.match(f"{text} patients")
        assert found, text
        assert found.group() == text
        assert values.words_to_number(text) == values.number(text.capitalize()) == n


@pytest.mark.parametrize("joiner", [" ", " and "])
def test_every_number_word_of_the_thousands_is_found_whole_and_read_back(joiner):
    for n in range(1000, 10_000, 7):
        text = spelled(n, joiner=joiner)
        assert WORDS.fullmatch(text), text
        assert values.words_to_number(text) == n


def test_number_words_are_found_in_linear_time():
    """A long run of number words is one match; nothing is tried twice."""
    grows_as_its_size(lambda size: "one hundred and " * size + "x", WORDS.search, 20_000, 80_000)


# ---- times -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("days", "day"), ("d", "day"), ("wk", "week"), ("weeks", "week"), ("mo", "month"), ("Mos.", "month"),
        ("MONTHS", "month"), ("mths", "month"), ("yrs.", "year"), ("y", "year"), ("h", "hour"), ("min", "minute"),
        ("s", "second"), ("cycles", "cycle"), ("patients", None), ("mg", None), ("", None),
    ],
)  # fmt: skip
def test_time_unit(text, unit):
    assert values.time_unit(text) == unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 12 months", (12, "month")), ("12-month", (12, "month")), ("18 mo", (18, "month")),
        ("at six-month", (6, "month")),
        ("at 1 year", (1, "year")), ("one-year", (1, "year")), ("at five years", (5, "year")), ("5 yrs.", (5, "year")),
        ("2.5 years", (2.5, "year")), ("2·5 years", (2.5, "year")), ("twenty-four months", (24, "month")),
        ("week 48", (48, "week")), ("by Week 24", (24, "week")), ("W48", (48, "week")), ("M12", (12, "month")),
        ("Day 28", (28, "day")), ("d 100", (100, "day")), ("month six", (6, "month")), ("year one", (1, "year")),
        ("postoperative day 1", (1, "day")), ("day 28 of cycle 2", (28, "day")), ("within 30 days", (30, "day")),
        ("90 minutes", (90, "minute")), ("after 24 hours", (24, "hour")), ("cycle 3", (3, "cycle")),
        ("after 3 cycles", (3, "cycle")), ("after 12 weeks of treatment", (12, "week")),
        ("baseline", None), ("5 mg", None), ("at discharge", None), ("a year", None), ("", None),
    ],
)  # fmt: skip
def test_timepoint(text, expected):
    assert values.timepoint(text) == expected


# ---- grades ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grade 3", "3"), ("Grade 0", "0"), ("grade 1-2", "1-2"), ("grade 1–2", "1-2"), ("grades 1 to 2", "1-2"),
        ("grade 3 or 4", "3-4"), ("grade 3 and 4", "3-4"), ("NCI grade 3/4", "3-4"), ("grades 3, 4 and 5", "3-5"),
        ("grade III", "3"), ("grade IV", "4"), ("grade V", "5"), ("grade II-III", "2-3"), ("grade III/IV", "3-4"),
        ("grades III and IV", "3-4"), ("grade III or higher", ">=3"), ("grade 3 or higher", ">=3"),
        ("grade 3 or more", ">=3"), ("grade 4 or worse", ">=4"), ("grade 3 or greater", ">=3"),
        ("grade 3 or above", ">=3"),
        ("at least grade 3", ">=3"), ("grade ≥3", ">=3"), ("grade ⩾3", ">=3"), ("grade >= 3", ">=3"),
        ("grade > or = 3", ">=3"), ("Grade 3+", ">=3"), ("grade >2", ">=3"), ("more than grade 2", ">=3"),
        ("grade ≤2", "<=2"), ("grade 2 or lower", "<=2"), ("grade 2 or less", "<=2"), ("up to grade 2", "<=2"),
        ("mild", "mild"), ("Severe", "severe"), ("moderate", "moderate"), ("mild to moderate", "mild to moderate"),
        ("mild-to-moderate", "mild to moderate"), ("moderate-to-severe", "moderate to severe"),
        ("life-threatening", "life-threatening"), ("fatal", "fatal"),
        ("neutropenia", None), ("", None),
    ],
)  # fmt: skip
def test_grade(text, expected):
    assert values.grade(text) == expected


@pytest.mark.parametrize(
    ("text", "value", "digits"),
    [("0,706", 0.706, 3), ("-0,32", -0.32, 2), ("1,204", 1204, 0), ("10,706", 10706, 0), ("0.706", 0.706, 3)],
)
def test_a_comma_after_a_lone_zero_groups_no_thousands(text, value, digits):
    assert values.number(text) == pytest.approx(value)
    assert values.decimals(text) == digits
