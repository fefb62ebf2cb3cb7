"""What a command is given that it can make nothing of: a clear line or a table that says why, never a traceback."""

from __future__ import annotations

import math

import pytest
from click.testing import CliRunner

from by_hand import finding, record
from trialtab import cli
from trialtab.model import Arm
from trialtab.store import Store

ARMS = tuple(
    Arm(arm_id=f"A{at}", label=label, role=role, intervention=label, n=50, start=0, end=1)
    for at, (label, role) in enumerate((("drug", "intervention"), ("placebo", "control")), 1)
)


def made(name, *figures):
    """A report of a trial; figures: (outcome, arm, statistic, columns), a sentence each."""
    text = "Results\n\n" + " ".join(f"There was {outcome} in {at} ({outcome}) of them." for at, (outcome, *_) in
                                    enumerate(figures))  # fmt: skip
    roles = {"drug": "intervention", "placebo": "control", "overall": "overall"}
    found = tuple(
        finding(text, f"{at} ({outcome})", statistic, outcome=outcome, arm=arm, arm_role=roles[arm],
                **{"total_source": "explicit"} | columns)
        for at, (outcome, arm, statistic, columns) in enumerate(figures)
    )  # fmt: skip
    return record(text, f"{name}.txt", found=found, arms=ARMS, study=name, condition="lupus",
                  design="randomised trial")  # fmt: skip


def share(outcome, arm, events, total, **columns):
    percent = 100 * events / total if total else None
    numbers = {"events": events, "total": total, "percent": percent, "value": percent}
    return outcome, arm, "proportion", numbers | columns


def ratio(value, low, high, outcome="overall survival"):
    return outcome, "drug", "hazard_ratio", {"value": value, "ci_low": low, "ci_high": high, "ci_level": 95.0,
                                             "comparator": "placebo"}  # fmt: skip


def median(arm, value, **columns):
    return "time to response", arm, "median", {"value": value, "unit": "days"} | columns


ONE = [made("Alpha", share("mortality", "drug", 3.0, 50.0), share("mortality", "placebo", 9.0, 50.0),
            share("fever", "drug", 5.0, 50.0), share("fever", "placebo", 2.0, 50.0), ratio(0.7, 0.5, 0.9),
            median("drug", 14.0, q1=7.0, q3=21.0))]  # fmt: skip
ZERO = [
    made(name, share("mortality", "drug", 0.0, 50.0), share("mortality", "placebo", 0.0, 40.0),
         share("fever", "drug", 0.0, 50.0), share("fever", "placebo", 0.0, 40.0), ratio(0.0, 0.0, 0.0),
         median("drug", 0.0, q1=0.0, q3=0.0))
    for name in ("Alpha", "Beta", "Gamma")
]  # fmt: skip
EVERYONE = [
    made(name, share("mortality", "drug", 50.0, 50.0), share("mortality", "placebo", 40.0, 40.0),
         share("fever", "drug", 50.0, 50.0), share("fever", "placebo", 40.0, 40.0), ratio(1.0, 1.0, 1.0),
         median("drug", 5.0))
    for name in ("Alpha", "Beta")
]  # fmt: skip
ENDLESS = [
    made(name, share("mortality", "drug", 1.0, 0.0), share("mortality", "placebo", 7.0, 5.0),
         share("fever", "drug", 1e300, 1e300), share("fever", "placebo", -1.0, 5.0), ratio(2.0, 0.0, math.inf),
         ratio(math.inf, -math.inf, math.inf, "progression-free survival"), ratio(0.5, None, math.inf),
         median("drug", math.inf, q1=-math.inf, q3=math.inf),
         median("placebo", 1e308, range_low=-1e308, range_high=1e308))
    for name in ("Alpha", "Beta", "Gamma")
]  # fmt: skip
DATABASES = {"empty": [], "one study": ONE, "zero cells": ZERO, "everyone": EVERYONE, "endless": ENDLESS}

OUTCOMES = ("mortality", "fever", "overall survival", "time to response", "no such thing")
MEASURES = ("proportion", "risk_ratio", "odds_ratio", "risk_difference", "hazard_ratio", "rate_ratio",
            "mean_difference", "standardized_mean_difference")  # fmt: skip

TABLES = [
    ("characteristics",), ("characteristics", "--arm", "drug"), ("characteristics", "--study", "Alpha"), ("outcomes",),
    *(("outcomes", "--outcome", name) for name in OUTCOMES), ("outcomes", "--outcome", "mortality", "--arm", "drug"),
    ("adverse-events",), ("adverse-events", "--outcome", "fever"),
    ("adverse-events", "--arm", "drug", "--arm", "placebo"),
    ("effects",), ("effects", "--outcome", "mortality"), ("effects", "--measure", "HR"), ("checks",),
    ("checks", "--result", "pass", "--outcome", "fever"), ("agreement",), ("summary", "--study", "Alpha"),
    ("summary", "--arm", "drug", "--arm", "placebo"), ("patients",), ("directions",),
    ("directions", "--outcome", "mortality"),
]  # fmt: skip
POOLED = [("--outcome", name, "--measure", measure) for name in OUTCOMES for measure in MEASURES]
POOLED += [
    ("--outcome", "mortality", "--measure", "risk_ratio", "--method", "mantel-haenszel"),
    ("--outcome", "mortality", "--method", "freeman-tukey"), ("--outcome", "overall survival", "--measure",
    "hazard_ratio", "--hartung-knapp", "--method", "paule-mandel"), ("--outcome", "mortality", "--grade", "3"),
    ("--outcome", "mortality", "--timepoint", "9 years"), ("--outcome", "time to response", "--measure",
    "mean_difference", "--from-medians"),
]  # fmt: skip
PLOTS = [
    *(("forest", *words) for words in POOLED[:10]), *(("range", "--outcome", name) for name in OUTCOMES),
    ("adverse-events",), ("adverse-events", "--arm", "drug"), ("directions",), ("directions", "--outcome", "fever"),
]  # fmt: skip


@pytest.fixture(scope="module", params=DATABASES)
def database(request, tmp_path_factory):
    place = tmp_path_factory.mktemp("bad") / "evidence.db"
    with Store(place) as store:
        for one in DATABASES[request.param]:
            store.save(one)
    return place


def told(*words):
    """What a command says: no traceback, and where it fails one line."""
    result = CliRunner().invoke(cli.main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exc_info)
    if result.exit_code:
        lines = [line for line in result.output.splitlines() if line and not line.startswith(("Usage:", "Try "))]
        assert len(lines) == 1 and lines[0].startswith("Error: ") and len(lines[0]) > 20, (words, result.output)
    return result


@pytest.mark.parametrize("form", ["table", "csv", "json", "md", "html", "latex"])
def test_every_table(database, form):
    for words in TABLES:
        told("table", *words, "--db", database, "--format", form)


def test_every_document(database, tmp_path):
    for words in TABLES[::4]:
        for form in ("xlsx", "docx"):
            told("table", *words, "--db", database, "-o", tmp_path / f"t.{form}")


def test_every_pooling(database, tmp_path):
    for words in POOLED:
        told("pool", *words, "--db", database, "--format", "table")
        told("pool", *words, "--db", database, "--format", "json")
    for words in POOLED[::5]:
        told("pool", *words, "--db", database, "--format", "metafor", "-o", tmp_path / "m.csv")
        told("pool", *words, "--db", database, "--format", "revman")


def test_every_form(database, tmp_path):
    (tmp_path / "p.toml").write_text(
        "".join(f'[[arm]]\nname = "{name}"\n' for name in ("drug", "placebo", "Alpha"))
        + "".join(f'[[outcome]]\nname = "fever, {kind}"\nsynonyms = ["fever"]\nkind = "{kind}"\n'
                  for kind in ("binary", "continuous", "time-to-event"))
    )  # fmt: skip
    for form in ("csv", "covidence", "revman"):
        told("form", tmp_path / "p.toml", "--db", database, "--format", form, "-o", tmp_path / f"f_{form}")


def test_every_plot(database, tmp_path):
    for words in PLOTS:
        told("plot", *words, "--db", database, "-o", tmp_path / "p.svg")


def test_every_other_command(database, tmp_path):
    for words in (
        ("compare", "drug", "placebo"), ("compare", "drug", "Alpha", "--all"), ("compare", "", ""), ("studies",),
        ("studies", "--format", "ris"), ("fhir",), ("fhir", "--outcome", "no such thing"), ("query",),
        ("query", "--outcome", "respond in time"), ("query", "--text", '"'), ("query", "--arm", "", "--limit", "3"),
        ("query", "--limit", "2", "--text", "fever"), ("explain", "ffff"), ("explain", ""),
    ):  # fmt: skip
        told(*words, "--db", database)


@pytest.mark.parametrize(
    "words", [("table", "outcomes"), ("pool",), ("query",), ("plot", "range", "-o", "x.svg"), ("fhir",)]
)
def test_an_unknown_outcome_offers_the_nearest_names(words, tmp_path):
    place = tmp_path / "evidence.db"
    with Store(place) as store:
        store.save(ONE[0])
    assert "time to response" in told(*words, "--outcome", "respond in time", "--db", place).output
    assert told(*words, "--outcome", "respond in time", "--db", place).exit_code == 1


def test_a_missing_or_damaged_database_is_one_line(tmp_path):
    (tmp_path / "text.db").write_text("no database at all, but long enough to be looked at by SQLite " * 20)
    for place in (tmp_path / "none.db", tmp_path / "text.db"):
        for words in (("table", "effects"), ("pool", "--outcome", "x"), ("studies",), ("fhir",), ("query",)):
            assert told(*words, "--db", place).exit_code == 1
