"""What keeps a large database quick changes nothing of what is found: limits, indexes, reviewed rows, first studies."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "benchmarks"))

import bench_database

from test_tables import call
from trialtab import publish, views
from trialtab.errors import QuestionError
from trialtab.publish import Selection
from trialtab.store import EVIDENCE_COLUMNS, Store

STUDIES = 12


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A small one of the databases that the benchmark makes, three rows of it reviewed."""
    made = tmp_path_factory.mktemp("large") / "evidence.db"
    chance = random.Random(2)
    events, responses = bench_database.outcomes()
    with Store(made) as store:
        for number in range(STUDIES):
            store.save(bench_database.trial(number, chance, events, responses))
        rows = store.select(outcome="complete response")
        store.add_review(rows[0]["finding_id"], "accepted", "AB")
        store.add_review(rows[1]["finding_id"], "rejected", "AB")
        store.add_review(
            rows[2]["finding_id"], "corrected", "AB", corrections={"outcome": "a new name", "outcome_id": None}
        )
    return made


FILTERS = [
    {}, {"outcome": "neutropenia"}, {"arm": "placebo"}, {"arm": "CD19 CAR T"}, {"statistic": "median"},
    {"outcome": "complete response", "arm": "teclistamab"}, {"text": "fever"}, {"text": "lasted", "arm": "placebo"},
    {"study": "Study 7"}, {"status": "accepted"}, {"status": ["rejected", "corrected"]}, {"outcome": "a new name"},
    {"min_confidence": 0.4}, {"outcome_class": ["adverse_event"]},
]  # fmt: skip


@pytest.mark.parametrize("given", FILTERS, ids=str)
def test_a_limit_gives_the_first_of_all_rows(place, given):
    with Store(place, write=False) as store:
        every = store.select(**given)
        assert every and every == sorted(every, key=lambda r: (r["study"], r["document"], r["start"], r["end"]))
        for limit in (1, 3, 40, len(every), len(every) + 5):
            assert store.select(**given, limit=limit) == every[:limit]
        assert store.select(**given, limit=0) == []


@pytest.mark.parametrize("given", FILTERS, ids=str)
def test_rows_are_those_of_the_public_view(place, given):
    """The view itself, asked without any of the store's ways of being quick."""
    with Store(place, write=False) as store:
        rows = store.select(**given)
        columns, every = store.sql("SELECT * FROM evidence")
        public = {(row["document"], row["finding_id"]): row for row in
                  (dict(zip(columns, one, strict=True)) for one in every)}  # fmt: skip
    assert columns == EVIDENCE_COLUMNS
    for row in rows:
        assert row == public[row["document"], row["finding_id"]]
    if not given:
        assert len(rows) == len(public)


def test_a_corrected_row_is_found_under_its_new_name_alone(place):
    with Store(place, write=False) as store:
        (row,) = store.select(outcome="a new name")
        assert row["status"] == "corrected"
        assert row["finding_id"] not in {one["finding_id"] for one in store.select(outcome="complete response")}
        assert ("doc0.txt") in {name for name, _ in store.speaking_of(outcome=["complete response"])}


def test_names_are_those_of_the_rows(place):
    with Store(place, write=False) as store:
        rows = store.select()
        for column in ("outcome", "outcome_id", "outcome_class", "arm", "arm_role", "statistic"):
            told = {row[column] for row in rows if row[column] is not None}
            assert told <= store.names_of(column), column
        assert store.statistics() == sorted({row["statistic"] for row in rows})


def test_few_columns_may_be_asked_for(place):
    with Store(place, write=False) as store:
        row = store.select(outcome="neutropenia", columns=("value",), limit=1)[0]
    assert {"value", "finding_id", "study"} <= set(row) and "quote" not in row


def test_the_columns_of_tables_are_columns():
    assert set(publish.READ) < set(EVIDENCE_COLUMNS)


# ---- the first studies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(publish.KINDS) - {"summary"}))  # a summary pools all studies: see below
def test_only_the_first_studies_are_shown_and_the_others_counted(place, kind):
    asked = {"outcomes": ("complete response",)} if kind == "outcomes" else {}
    with Store(place, write=False) as store:
        every = publish.KINDS[kind](store, Selection(**asked))
        first = publish.KINDS[kind](store, Selection(**asked, first=3))
        assert publish.KINDS[kind](store, Selection(**asked, first=STUDIES)) == every
    assert not any(note.startswith(publish.ONLY_FIRST) for note in every.notes)
    if len({one.study for one in every.references}) <= 3:
        return  # too few studies have failed checks, none tabulates its patients
    assert [note for note in first.notes if note.startswith(publish.ONLY_FIRST)], first.notes
    studies = sorted({one.study for one in first.references})
    assert len(studies) <= 3 and set(studies) <= {one.study for one in every.references}
    shown = {one.finding_id for one in first.references}
    assert shown <= {one.finding_id for one in every.references}


def test_of_each_side_the_first_studies(place):
    with Store(place, write=False) as store:
        sides = ("CD19 CAR T", "BCMA engager")
        found = publish.outcomes(store, Selection(outcomes=("B-cell aplasia",), sides=sides, first=1))
    assert {row[1].text for row in found.rows} == set(sides)


def test_a_summary_and_a_pooling_take_all_studies(place):
    words = ("--arm", "drug 0", "--arm", "placebo")
    with Store(place, write=False) as store:
        every = publish.summary(store, Selection(sides=("class 0", "placebo")))
        assert publish.summary(store, Selection(sides=("class 0", "placebo"), first=1)) == every
    assert "only the first" not in call("table", "summary", *words, "--db", place, "--first", 1).output


def test_what_is_left_out_is_said_in_every_format(place):
    for form in ("table", "csv", "json", "md", "html"):
        found = call("table", "effects", "--db", place, "--first", "2", "--format", form).output
        assert f"{publish.ONLY_FIRST} 2 of " in found, form
        assert publish.ONLY_FIRST not in call("table", "effects", "--db", place, "--format", form).output


def test_an_unknown_outcome_reads_no_rows(place, monkeypatch):
    with Store(place, write=False) as store:
        monkeypatch.setattr(store, "select", None)
        for kind in ("outcomes", "adverse-events", "effects"):
            with pytest.raises(QuestionError, match="B-cell aplasia"):
                publish.KINDS[kind](store, Selection(outcomes=("B-cells low",)))


def test_names_of_packages_are_looked_up():
    assert views.meta_analysis.__module__ == "trialtab.views.pooled" and set(views.__all__) <= {*dir(views)} | {
        name for names in views._HOMES.values() for name in names
    }
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        views.nothing  # noqa: B018
