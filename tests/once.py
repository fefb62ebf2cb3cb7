"""Databases that several tests look at, extracted once a test run, by whichever of its processes asks first."""

from __future__ import annotations

import os
import pickle
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from trialtab import run

LONGEST = 1800
"""Seconds to wait for another process of the test run."""


def folder_of_the_run(factory: pytest.TempPathFactory) -> Path:
    """A temporary folder that all processes of this test run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def extracted(
    place: Path, name: str, paths: Iterable[Path], workers: int | None = None
) -> tuple[Path, list[run.Outcome]]:
    """The database of some files and what became of each; nobody may write to it: see `copied`."""
    folder = place / f"once_{name}"
    db, told = folder / "evidence.db", folder / "outcomes"
    try:
        folder.mkdir()
    except FileExistsError:  # another process makes it, or has made it
        until = time.monotonic() + LONGEST
        while not told.exists():
            assert time.monotonic() < until, f"{folder} was begun and is not ended"
            time.sleep(0.1)
    else:
        found: list[run.Outcome] | BaseException
        try:
            found = run.extract(list(paths), db, workers=workers)
        except BaseException as error:  # whoever waits for it must hear of it
            found = error
        fresh = folder / "outcomes.part"
        fresh.write_bytes(pickle.dumps(found))
        fresh.rename(told)
    outcomes = pickle.loads(told.read_bytes())
    if isinstance(outcomes, BaseException):
        raise outcomes
    return db, outcomes


def copied(place: Path, name: str, paths: Iterable[Path], to: Path, workers: int | None = None) -> Path:
    """A copy of that database in a folder of one's own."""
    db, outcomes = extracted(place, name, paths, workers)
    assert [outcome for outcome in outcomes if not outcome.ok] == []
    assert not db.with_name(f"{db.name}-wal").exists(), "it is still written to"
    return Path(shutil.copy(db, to / "evidence.db"))
