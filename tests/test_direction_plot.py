"""The effect-direction plot: its arrows, their sizes, judgements beside them, and what RevMan is given."""

from __future__ import annotations

import csv
import io

import pytest

from test_compare import CR, PFS, of, share
from test_meta_analysis import pooled, two_trials
from test_tables import call, ratio, trial
from trialtab import compare, views
from trialtab.compare import Wanted
from trialtab.errors import QuestionError
from trialtab.export import direction_plot as plot
from trialtab.export import drawing, revman
from trialtab.export.ris import write_ris


def said(name, direction, outcome="pain"):
    return {"study": name, "document": f"{name}.txt", "document_id": name, "start": 0, "end": 4, "outcome": outcome,
            "direction": direction, "quote": "more"}  # fmt: skip


def directions():
    made = [trial(name) for name in ("Alpha 2019", "Beta 2020", "Gamma 2022", "Delta 2023")]
    arms = [arm for own, _ in made for arm in own]
    for arm, n in zip(arms, (20, 20, 90, 90, 300, 310, None, None), strict=True):
        arm["n"] = n
    figures = ((0.68, 0.54, 0.86), (0.95, 0.7, 1.29), (1.9, 1.2, 3.1))
    rows = [of(d["study"], ratio(*f, **PFS)) for (_, d), f in zip(made, figures, strict=False)]
    rows += [of("Gamma 2022", ratio(0.5, 0.3, 0.8, **PFS), start=90), of("Delta 2023", share(1, 50, 2, **CR))]
    words = [said("Delta 2023", "increased", "complete response")]
    return compare.directions(rows, words, arms, [document for _, document in made])


def judgements(text="study,Overall (RoB 2)\nAlpha 2019,low\nGamma 2022,some concerns\n"):
    return views.read_judgements(text.encode(), "rob.csv")


def test_arrows_have_the_size_of_their_studies_and_the_side_of_their_effects():
    with drawing.style():
        figure = plot._draw(directions(), judgements(), "A title")
    (axes,) = figure.axes
    drawn = {}
    for one in axes.collections:
        ((_, y),) = one.get_offsets()
        drawn.setdefault(round(float(y), 2), []).append((one.get_sizes()[0], one.get_facecolor().tolist()[0]))
    by_line = [drawn[y] for y in sorted(drawn)]
    assert [len(line) for line in by_line] == [1, 2, 1, 2], "down; no difference; in words; conflicting"
    assert [line[0][0] for line in by_line] == [plot._AREA[size] for size in ("small", "medium", "medium", "large")]
    assert by_line[2][0][1][:3] == [1, 1, 1], "an arrow from words alone is open"
    texts = [text.get_text() for text in figure.texts]
    assert {"Alpha 2019", "40", "610", "low", "some concerns"} <= set(texts)
    assert "made by people (rob.csv)" in " ".join(texts)


@pytest.mark.parametrize(
    ("n", "size"), [(None, "medium"), (49, "small"), (50, "medium"), (299, "medium"), (300, "large")]
)
def test_sizes_of_arrows(n, size):
    assert plot.size_of(n) == size


def test_a_judged_study_that_is_not_there_is_named():
    with pytest.raises(QuestionError, match="no study 'Alpa 2019' in the table; did you mean 'Alpha 2019'"):
        plot.direction_plot(directions(), judgements=judgements("study,D1\nAlpa 2019,low\n"))
    with pytest.raises(QuestionError, match="no study tells"):
        plot.direction_plot(compare.DirectionTable((), ()))


def test_the_command_draws_and_the_table_has_the_judgements(library, tmp_path):
    (tmp_path / "rob.csv").write_text("study;ROBINS-I\nbrenva_myeloma;moderate\n")
    words = ("--outcome", "progression-free survival", "--judgements", tmp_path / "rob.csv", "--db", library)
    call("plot", "directions", *words, "-o", tmp_path / "d.svg")
    assert b"<svg" in (tmp_path / "d.svg").read_bytes()[:600]
    for form in ("md", "csv"):
        assert "moderate" in call("table", "directions", *words, "--format", form).output
    assert "made by people" in call("table", "directions", *words, "--format", "md").output


# ---- RevMan ----------------------------------------------------------------------------------------------------


def test_revman_gets_counts_where_every_study_has_them_else_effects():
    rows, arms, documents = two_trials()
    found = pooled(rows, wanted=Wanted("risk_ratio"), arms=arms, documents=documents)
    table = revman.revman_table(found, {"T": 2020})
    first = dict(zip(table.columns, (cell.value for cell in table.rows[0]), strict=True))
    names = ("Study", "Study year", "Experimental cases", "Experimental N", "Control cases", "Control N", "GIV Mean")
    assert [first[name] for name in names] == ["T", 2020, 12, 50, 20, 50, None]
    assert "findings" in first["Footnotes"] and first["Weight"] + table.rows[1][19].value == pytest.approx(100)
    mixed = [*rows[:2], of("U", ratio(0.7, 0.5, 1.1, **CR), statistic="risk_ratio")]
    found = pooled(mixed, wanted=Wanted("risk_ratio"), arms=arms, documents=documents)
    table = revman.revman_table(found)
    lines = [dict(zip(table.columns, (cell.value for cell in row), strict=True)) for row in table.rows]
    assert all(line["GIV SE"] > 0 and line["Control N"] is None for line in lines)
    with pytest.raises(QuestionError, match="single arms"):
        revman.revman_table(pooled([of("A", share(8, 10, 80, **CR)), of("B", share(2, 9, 22, **CR))]))


def test_the_command_writes_for_revman(library):
    words = ("--outcome", "progression-free survival", "--measure", "hazard_ratio", "--db", library)
    lines = list(csv.DictReader(io.StringIO(call("pool", *words, "--format", "revman").output)))
    assert {line["Study"] for line in lines} >= {"brenva_myeloma"} and lines[0]["GIV Mean"]


def test_ris_names_the_study_of_a_reference():
    out = io.StringIO()
    write_ris([{"document": "b.txt", "document_id": "1" * 64, "study": "B 2020"}], out)
    assert "NS  - B 2020" in out.getvalue().splitlines()
