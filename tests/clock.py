"""Time as the tests take it, so that other work on the machine fails none: CPU seconds of this process, least of runs.

What runs beside a test can only make it slower, so the least of several runs is the truest. A run more is made only
while the bound is not kept, and most tests run once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Made = TypeVar("Made")

TRIES = 6
"""Runs before a bound counts as broken."""


@contextmanager
def within(bound: float) -> Iterator[None]:
    """The block takes less than so many CPU seconds of this process; for bounds far above what is needed."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    assert took < bound, f"{took:.2f} s of CPU, {bound} allowed"


def grows_as_its_size(
    make: Callable[[int], Made], work: Callable[[Made], object], small: int, large: int, *, slack: float = 0.02
) -> None:
    """`large` takes at most twice as much longer than `small` as it is larger; a quadratic step takes its square.

    make: an input of the size it is given, outside the clock; a size that is tried again is one greater, so that
    nothing remembered of the last try helps. slack: CPU seconds that are given whatever the size.
    """
    allowed = 2 * large / small
    assert allowed <= (large / small) ** 2 / 2, "so near one another that a quadratic step would pass"
    least = {small: math.inf, large: math.inf}
    for again in range(TRIES):
        for size in least:
            given = make(size + again)
            began = time.process_time()
            work(given)
            least[size] = min(least[size], time.process_time() - began)
        if least[large] < allowed * least[small] + slack:
            return
    raise AssertionError(
        f"{large / small:.3g} times the size took {least[large] / least[small]:.3g} times as long: "
        f"{least[small]:.3f} s for {small}, {least[large]:.3f} s for {large}"
    )
