"""Fixtures that many tests share: a database path, and the folder of development data."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from trialtab import cli, run

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared"

# Made-up inputs are judged by what they give. How long one takes beside other work says nothing: see clock.py.
settings.register_profile("trialtab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trialtab")

# Tests are imported by path (--import-mode=importlib), so their helper module by_hand needs a place to be found.
sys.path.insert(0, str(HERE))
import once  # noqa: E402


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development data beside the checkout; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip(f"no development data in {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def articles(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[run.Outcome]]:
    """A database of the articles of the development data, to be read only, and what became of each."""
    return once.extracted(once.folder_of_the_run(tmp_path_factory), "articles", [shared / "bench" / "articles"])


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the reports on cell therapy and of the randomised trials."""
    folders = [HERE.parent / "corpora" / name / "documents" for name in cli.DEMO_CORPORA]
    place = tmp_path_factory.mktemp("library")
    return once.copied(once.folder_of_the_run(tmp_path_factory), "library", folders, place)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A path for a database that does not exist yet."""
    return tmp_path / "evidence.db"


# ---- workers whose reader does as it is told ----------------------------------------------------------------------

PRETENDER = f"""
import os, sys, time
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent / "src")!r}]
from by_hand import finding, record
from trialtab import run
from trialtab.errors import ReadError

def records(data, name, *, study=None, digest=None):
    text = data.decode()
    if "HANG" in text:
        time.sleep(600)
    if "ABORT" in text:
        os.abort()
    if "EXIT" in text:
        print("on the wrong stream", flush=True)
        sys.stderr.write("the last words")
        os._exit(3)
    if "HUNGRY" in text:
        bytearray(1 << 40)
    if "FAULT" in text:
        return [][1]
    if "BROKEN" in text:
        raise ReadError(name + ": no text layer\\nand a second line")
    if "NOTHING" in text:
        return []
    print("a library that prints")
    made = finding(text, "4 patients", events=4.0, outcome="neutropenia")
    return [record(text, name, found=(made,), study=study or run.study_label(name), rules_digest=digest,
                   version=run.__version__)]

run.records = records
run._load = lambda only_read: None
run.serve()
"""
"""A worker process whose reader does what a hostile file would make it do. All else is the real thing."""


@pytest.fixture
def pretender(tmp_path_factory, monkeypatch):
    """Workers that read by PRETENDER."""
    script = tmp_path_factory.mktemp("worker") / "pretender.py"
    script.write_text(PRETENDER)
    monkeypatch.setattr(run, "WORKER", (sys.executable, str(script)))
    return script


@pytest.fixture
def folder(tmp_path):
    """A folder `reports` to put files into: folder(name=text) writes name.txt."""
    place = tmp_path / "reports"
    place.mkdir()

    def write(**texts):
        for name, text in texts.items():
            (place / f"{name}.txt").write_text(f"{text} In 4 patients.")
        return place

    return write
