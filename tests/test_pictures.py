"""Pictures: drawn where they should be, the same bytes each time, and as their references show them.

The references in tests/pictures are small copies; after a wanted change: python tests/test_pictures.py --update, and
look at them.
"""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from test_compare import BCMA, CD19, CR, CRS, PFS, median, of, row, share, study
from test_direction_plot import directions, judgements
from test_tables import call, of_arm, ratio, trial
from trialtab import compare
from trialtab.compare import Options, Wanted
from trialtab.errors import QuestionError
from trialtab.export import drawing, forest_plot
from trialtab.export.direction_plot import direction_plot
from trialtab.export.event_plot import event_plot
from trialtab.export.forest_plot import forest_plot as forest
from trialtab.export.range_plot import range_plot

REFERENCES = Path(__file__).resolve().parent / "pictures"


def ratios():
    made = [trial(name) for name in ("Alpha 2019", "Beta 2020", "Gamma 2022")]
    figures = ((0.68, 0.54, 0.86), (0.95, 0.7, 1.29), (0.4, 0.1, 9.0))
    rows = [of(d["study"], ratio(*f, **PFS)) for (_, d), f in zip(made, figures, strict=True)]
    return compare.synthesis(
        rows, [arm for arms, _ in made for arm in arms], [d for _, d in made], "PFS", Wanted("hazard_ratio")
    )


def proportions():
    names = (("Alpha 2019", CD19, "lupus"), ("Beta 2020", CD19, "lupus"), ("Gamma 2021", BCMA, "lupus"),
             ("Delta 2022", BCMA, "myeloma"), ("Epsilon 2023", BCMA, "lupus"))  # fmt: skip
    made = [study(name, given, condition=condition, roles=("overall",)) for name, given, condition in names]
    figures = ((11, 11), (18, 30), (6, 7), (40, 101), (10, 19))
    rows = [
        of(d["study"], share(n, m, round(100 * n / m, 1), **CR)) for (_, d), (n, m) in zip(made, figures, strict=True)
    ]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    return compare.synthesis(rows, arms, documents, "complete response", Wanted("proportion"), [CD19, BCMA], Options())


def medians():
    made = [study("Alpha 2019", CD19), study("Beta 2020", CD19), study("Gamma 2021", BCMA), study("Delta 2022", BCMA)]
    arms, documents = [arm for a, _ in made for arm in a], [d for _, d in made]
    rows = [
        of("Alpha 2019", median(69, q1=51, q3=90, quote="69 (51-90)")),
        of("Beta 2020", median(112, statistic="mean", sd=47, quote="112 (SD 47)")),
        of("Gamma 2021", median(141, q1=118, q3=169, range_low=90, range_high=210, quote="141 (118-169; 90-210)")),
        of("Delta 2022", median(6, "mo", quote="6")),
    ]
    return compare.listing(rows, arms, documents, ["x_aplasia"], [CD19, BCMA])


def events():
    arms, document = trial("Alpha 2019")
    rows = []
    for name, (a, b) in {"fever": (20, 8), "nausea": (15, 14), "headache": (3, 9)}.items():
        term = CRS | {"outcome": name, "outcome_id": name}
        rows += [of_arm("1", share(a, 50, 2 * a, **term)), of_arm("2", share(b, 50, 2 * b, **term))]
    high = CRS | {"outcome": "fever", "outcome_id": "fever"}
    rows += [of_arm("1", share(4, 50, 8, **high), grade=">=3"), of_arm("2", share(0, 50, 0, **high), grade=">=3")]
    rows = [of("Alpha 2019", one, arm_id=one["arm_id"]) for one in rows]
    return compare.adverse_events(rows, arms, [document])


DRAWN = {
    "forest_of_ratios": lambda form: forest(ratios(), form),
    "forest_of_proportions": lambda form: forest(proportions(), form),
    "range_of_medians": lambda form: range_plot(medians(), form),
    "adverse_events": lambda form: event_plot(events(), form),
    "directions": lambda form: direction_plot(directions(), form, judgements=judgements()),
}


def small(data):
    """A picture half as wide: what a reference keeps."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").resize((image.width // 2, image.height // 2), Image.Resampling.BOX)


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_looks_like_its_reference(name):
    import numpy as np
    from PIL import Image

    new = small(DRAWN[name]("png"))
    with Image.open(REFERENCES / f"{name}.png") as image:
        old = image.convert("RGB")
        # The fonts of another release of matplotlib may be a dot wider: a picture is like another where, so blurred
        # that a dot makes no difference, no part of it differs by a quarter of the way from black to white.
        assert abs(new.width - old.width) <= 9 and abs(new.height - old.height) <= 3, "re-draw: --update"
        size = (old.width // 12, old.height // 12)
        a, b = (np.asarray(one.resize(size, Image.Resampling.BOX), float) for one in (new, old))
    assert np.abs(a - b).max() < 64, "python tests/test_pictures.py --update, and look at it"


@pytest.mark.parametrize("form", drawing.FORMATS)
@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_the_same_bytes_each_time(name, form):
    first = DRAWN[name](form)
    assert first == DRAWN[name](form)
    assert first[:5] in (b"<?xml", b"\x89PNG\r", b"%PDF-")


def test_a_picture_can_be_read_at_journal_width():
    """Two columns wide, 300 dots an inch, no text below six points."""
    from PIL import Image

    with Image.open(io.BytesIO(DRAWN["forest_of_proportions"]("png"))) as image:
        assert round(image.info["dpi"][0]) == 300 and image.width / 300 <= 8.6
    with drawing.style():
        figure = forest_plot._draw(proportions(), "A title")
        assert min(text.get_fontsize() for text in figure.texts) >= 6
        assert all(0 <= text.get_position()[0] <= 1 for text in figure.texts)
        renderer = figure.canvas.get_renderer()
        for text in figure.texts:
            assert text.get_window_extent(renderer).x1 <= figure.bbox.x1, text.get_text()


def test_the_marks_of_a_forest_plot_stand_where_they_should():
    with drawing.style():
        figure = forest_plot._draw(ratios(), "A title")
    (axes,) = figure.axes
    squares = [list(one.get_offsets()[0]) for one in axes.collections if len(one.get_offsets()) == 1]
    assert [round(float(x), 2) for x, _ in squares] == [0.68, 0.95, 0.4]
    (diamond,) = axes.patches
    found = ratios().groups[0].summary
    xs = sorted(float(x) for x, _ in diamond.get_xy())
    assert (xs[0], xs[-1]) == pytest.approx((found.low, found.high))
    texts = [text.get_text() for text in figure.texts]
    assert "0.68 (0.54 to 0.86)" in texts and "Pooled, 3 studies" in texts
    assert any(text.startswith("random effects, REML; τ² = ") for text in texts)
    assert [line.get_marker() for line in axes.lines].count(">") >= 1, "an interval beyond the axis ends in an arrow"


def test_a_figure_that_was_worked_out_is_marked_in_the_picture():
    with drawing.style():
        printed = forest_plot._draw(proportions(), "A title")
        found = proportions()
        group = found.groups[0]
        points = (replace(group.points[0], notes=("n worked out from the percentage and N",)), *group.points[1:])
        figure = forest_plot._draw(replace(found, groups=(replace(group, points=points), *found.groups[1:])), "A title")
    texts = [text.get_text() for text in figure.texts]
    assert f"{points[0].shown}ᵃ" in texts and texts[-1] == "ᵃ n worked out from the percentage and N"
    assert not any("ᵃ" in text.get_text() for text in printed.texts)


@pytest.mark.parametrize(("low", "high"), [(0.5, 2), (0.05, 20), (0.9, 1.1), (0.001, 900), (0.3, 1.3), (0.01, 1.5)])
def test_an_axis_of_ratios_has_a_few_ticks_and_one_at_no_effect(low, high):
    ticks = forest_plot._ticks(low, high)
    assert 3 <= len(ticks) <= 8 and 1 in ticks and ticks == sorted(ticks)


def test_texts_are_measured_and_wrapped():
    with drawing.style():
        lines = drawing.wrapped("word " * 80, 3.0)
        assert len(lines) > 3 and all(drawing.text_width(line) <= 3.0 for line in lines)
        assert drawing.wrapped("", 3.0) == [] and drawing.text_width(" ") == 0
        assert drawing.text_width("$x^2$ \\frac _a") > 0, "no text is taken for a formula"


def test_what_cannot_be_drawn_says_why():
    with pytest.raises(QuestionError, match="no median"):
        range_plot([])
    arms, document = study("A", CD19)
    dose = row(statistic="mean", value=5, unit="mg", outcome="aplasia", outcome_id="x_aplasia", quote="5")
    mixed = [*medians(), *compare.listing([of("A", dose)], arms, [document], ["x_aplasia"])]
    with pytest.raises(QuestionError, match="unlike kinds"):
        range_plot(mixed)
    with pytest.raises(QuestionError, match="no adverse event"):
        event_plot(compare.EventTable((), ()))
    made = [study(f"S{i}", CD19, roles=("overall",)) for i in range(7)]
    rows = [of(f"S{i}", share(i, 10, 10 * i, **CRS)) for i in range(7)]
    many = compare.adverse_events(rows, [arm for a, _ in made for arm in a], [d for _, d in made])
    with pytest.raises(QuestionError, match="name up to 6"):
        event_plot(many)


def test_what_is_too_long_for_a_picture_is_told():
    made = [study(f"S{i}", CD19) for i in range(drawing.MOST_LINES + 1)]
    rows = [of(d["study"], median(i)) for i, (_, d) in enumerate(made)]
    found = compare.listing(rows, [arm for a, _ in made for arm in a], [d for _, d in made], ["x_aplasia"])
    with pytest.raises(QuestionError, match="too many for a picture"):
        range_plot(found)


def test_odd_names_are_drawn(recwarn):
    made = [study(name, CD19) for name in ("$x_1$ ^{2} \\frac", "研究 <b>", "a\x1b[31m\u202eb")]
    rows = [of(d["study"], median(9 + i)) for i, (_, d) in enumerate(made)]
    found = compare.listing(rows, [arm for a, _ in made for arm in a], [d for _, d in made], ["x_aplasia"])
    picture = range_plot(found)
    assert b"\x1b" not in picture and not recwarn.list, "no warning of a missing letter reaches the reader"


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(QuestionError, match=r"trialtab\[report\]"):
        range_plot(medians())


@pytest.mark.parametrize(
    "words",
    [
        ("forest", "--outcome", "progression-free survival", "--measure", "hazard_ratio"),
        ("range", "--outcome", "B-cell aplasia", "--arm", "CD19 CAR T", "--arm", "BCMA engager"),
        ("adverse-events", "--study", "brenva_myeloma"),
    ],
    ids=lambda words: words[0],
)
def test_the_commands_draw(library, tmp_path, words):
    call("plot", *words, "--db", library, "-o", tmp_path / "p.svg")
    assert b"<svg" in (tmp_path / "p.svg").read_bytes()[:600]
    assert "a picture is svg, png, pdf" in call(
        "plot", *words, "--db", library, "-o", tmp_path / "p.jpg", code=2
    ).output  # fmt: skip


if __name__ == "__main__" and "--update" in sys.argv[1:]:
    REFERENCES.mkdir(exist_ok=True)
    for name, draw in DRAWN.items():
        small(draw("png")).save(REFERENCES / f"{name}.png", optimize=True)
