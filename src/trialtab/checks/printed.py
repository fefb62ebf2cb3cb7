"""A number as it stands in its quotation: its value, its decimals, and what it may have been before rounding."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from trialtab import values

TINY = 1e-9
_NUMBER = re.compile(
    rf"(?<![\^\d])(?<!\^[-\u2212\u2013])\d+(?:[,\u2009\u202f\u00a0]\d{{3}})*(?:[.,{values.DECIMAL_POINTS}]\d+)?|(?<![\^\d])[.{values.DECIMAL_POINTS}]\d+"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands in the quotation: its value and the digits after its decimal point."""

    value: float
    decimals: int

    @property
    def unit(self) -> float:
        """One unit in the last printed place: 0.1 for "36.4"."""
        return float(10.0**-self.decimals)

    @property
    def half(self) -> float:
        return self.unit / 2

    @property
    def low(self) -> float:
        """The smallest true value that rounds to what is printed."""
        return self.value - self.half - TINY

    @property
    def high(self) -> float:
        return self.value + self.half + TINY

    def rounds_from(self, exact: float) -> bool:
        """Could `exact` have been printed so, rounded either way at the half, rounded twice, or cut off?"""
        cut_low, cut_high = (
            (self.value, self.value + self.unit) if self.value >= 0 else (self.value - self.unit, self.value)
        )
        return self.low <= exact <= self.high or cut_low <= exact < cut_high or self._rounded_twice(exact)

    def _rounded_twice(self, exact: float) -> bool:
        """Rounded first to one decimal more, then again: 17.476 -> 17.5 -> 18."""
        finer = abs(exact) * 10 ** (self.decimals + 1)
        if not math.isfinite(finer):
            return False
        once = math.floor(finer + 0.5 + TINY) / 10 ** (self.decimals + 1)
        twice = math.floor(once * 10**self.decimals + 0.5 + TINY) / 10**self.decimals
        return abs(twice - abs(self.value)) < self.half and (exact >= 0) == (self.value >= 0)

    @property
    def negative(self) -> Printed:
        return Printed(-self.value, self.decimals)

    def above(self, other: Printed) -> bool:
        """Is this number above the other, whatever was rounded away?

        Rounding keeps order, so two numbers of equal decimals are compared as printed; else the coarser one may have
        moved by half of its last place.
        """
        slack = 0.0 if self.decimals == other.decimals else max(self.half, other.half)
        return self.value - other.value > slack + TINY

    def __str__(self) -> str:
        return f"{self.value:.{self.decimals}f}"


def printed(value: float, quote: str) -> Printed:
    """`value` with the decimals it is printed with in `quote`.

    Where the quotation prints the number twice ("54.0% (54/100)") the one before a percent sign speaks, else the
    coarser one. Where it does not print it at all (number words, a value from a header), the shortest decimal form is
    taken.
    """
    best: tuple[bool, int] | None = None
    for found in _NUMBER.finditer(quote):
        digits = decimals_as(found.group(), abs(value))
        if digits is None:
            continue
        percent = quote[found.end() : found.end() + 2].lstrip().startswith(("%", "per"))
        if best is None or (percent, -digits) > (best[0], -best[1]):
            best = (percent, digits)
    if best is not None:
        return Printed(value, best[1])
    shortest = f"{value:.10f}".rstrip("0")
    return Printed(value, len(shortest.partition(".")[2]))


def decimals_as(text: str, value: float) -> int | None:
    """Decimals of a printed number that reads as `value`; None where it reads as another. A comma may be a point."""
    read = values.number(text)
    if read is not None and math.isclose(read, value, abs_tol=TINY):
        return values.decimals(text)
    if text.count(",") == 1:
        read = values.number(text.replace(",", "."))
        if read is not None and math.isclose(read, value, abs_tol=TINY):
            return values.decimals(text.replace(",", "."))
    return None


def numbers_in(quote: str) -> list[tuple[float, int, int]]:
    """The printed numbers of a quotation without their signs, each with its place in it."""
    found = []
    for match in _NUMBER.finditer(quote):
        value = values.number(match.group())
        if value is None:
            value = values.number(match.group().replace(",", "."))
        if value is not None:
            found.append((value, match.start(), match.end()))
    return found


def read_off(quote: str, numbers: Iterable[float | None]) -> tuple[bool, tuple[str, ...]]:
    """Are these numbers (None apart) all printed in the quotation, and which of its numbers are none of them?

    Each printed number answers for one: "22 (50)/22 (50)" holds 22, 22 and 50, and a 50 is left over.
    """
    left = [found.group() for found in _NUMBER.finditer(quote)]
    all_there = True
    for number in numbers:
        if number is None:
            continue
        at = next((i for i, text in enumerate(left) if decimals_as(text, abs(number)) is not None), None)
        if at is None:
            all_there = False
        else:
            del left[at]
    return all_there, tuple(left)
