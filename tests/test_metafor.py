"""The script that is written for R, run by R: metafor's own figures against ours.

Needs Debian's r-base-core, r-cran-metafor and r-cran-lme4. .ci/run installs them and then sets TRIALTAB_R=1: from
there on a missing R is a failure and no reason to skip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from test_compare import CD19, CR, PFS, of, share, study
from test_meta_analysis import mean_row, pooled
from test_tables import of_arm, ratio, trial
from trialtab import export
from trialtab.compare import Wanted
from trialtab.export.metafor import metafor_table, r_script

PLACED = "TRIALTAB_R"


@pytest.fixture(scope="module")
def rscript():
    """The program Rscript, with metafor."""
    found = shutil.which("Rscript")
    if found is None and not os.environ.get(PLACED):
        pytest.skip("no R here: apt-get install r-base-core r-cran-metafor r-cran-lme4")
    assert found, f"{PLACED} says that R is here, and there is no Rscript"
    return found


def proportions():
    """Responders of seven cohorts of one condition."""
    figures = ((11, 11), (18, 30), (6, 7), (40, 101), (10, 19), (3, 25), (51, 60))
    made = [study(f"S{i}", CD19, roles=("overall",)) for i in range(len(figures))]
    rows = [of(f"S{i}", share(n, m, round(100 * n / m, 1), **CR)) for i, (n, m) in enumerate(figures)]
    return rows, [arm for arms, _ in made for arm in arms], [document for _, document in made]


BCG = ((4, 123, 11, 139), (6, 306, 29, 303), (3, 231, 11, 220), (62, 13598, 248, 12867), (33, 5069, 47, 5808),
       (180, 1541, 372, 1451), (8, 2545, 10, 629), (505, 88391, 499, 88391), (29, 7499, 45, 7277),
       (17, 1716, 65, 1665), (186, 50634, 141, 27338), (5, 2498, 3, 2341), (27, 16913, 29, 17854))  # fmt: skip
"""Tuberculosis with and without BCG in thirteen trials: dat.bcg of metafor (Colditz 1994)."""

ZEROS = ((5, 56, 0, 29), (3, 40, 6, 38), (9, 61, 14, 59))


def of_two_arms(figures, row_of):
    """Rows, arms and documents of trials; figures: of each trial, first one arm's, then the other's."""
    made = [trial(f"S{i:02}") for i in range(len(figures))]
    rows = []
    for i, numbers in enumerate(figures):
        half = len(numbers) // 2
        for arm, own in (("1", numbers[:half]), ("2", numbers[half:])):
            rows.append(of(f"S{i:02}", of_arm(arm, row_of(*own)), arm_id=arm))
    return rows, [arm for arms, _ in made for arm in arms], [document for _, document in made]


def counts(figures):
    return of_two_arms(figures, lambda n, m: share(n, m, 100 * n / m, **CR))


MEANS = ((4.1, 1.9, 30, 5.0, 2.1, 31), (3.5, 1.5, 48, 5.5, 2.5, 50), (4.4, 2.2, 22, 4.6, 1.8, 20),
         (2.9, 1.2, 75, 4.7, 1.9, 71))  # fmt: skip


def means():
    return of_two_arms(MEANS, lambda mean, sd, n: mean_row(mean, n, sd=sd))


def hazards():
    """Printed ratios with their intervals, two conditions."""
    figures = ((0.68, 0.54, 0.86), (0.8, 0.6, 1.07), (0.4, 0.1, 1.6), (1.21, 0.9, 1.63), (0.55, 0.4, 0.76))
    made = [trial(f"S{i}") for i in range(len(figures))]
    rows = [of(f"S{i}", ratio(*one, **PFS)) for i, one in enumerate(figures)]
    documents = [document | {"condition": 'a "quoted", =odd\\one'} if i > 2 else document
                 for i, (_, document) in enumerate(made)]  # fmt: skip
    return rows, [arm for arms, _ in made for arm in arms], documents


CASES = {
    "proportions": (proportions, "complete response", "proportion", {}, 0.01),
    "proportions, Freeman-Tukey": (proportions, "complete response", "proportion", {"method": "freeman-tukey"}, 5e-5),
    "risk ratios": (lambda: counts(BCG), "complete response", "risk_ratio", {}, 5e-5),
    "odds ratios, a zero": (lambda: counts(ZEROS), "complete response", "odds_ratio",
                            {"method": "dersimonian-laird"}, 5e-5),
    "risk differences": (lambda: counts(BCG), "complete response", "risk_difference", {"method": "paule-mandel"}, 5e-5),
    "Mantel-Haenszel": (lambda: counts(BCG), "complete response", "risk_ratio", {"method": "mantel-haenszel"}, 5e-5),
    "hazard ratios": (hazards, "PFS", "hazard_ratio", {"knapp_hartung": True}, 5e-5),
    "means": (means, "pain", "mean_difference", {}, 5e-5),
    "standardised means": (means, "pain", "standardized_mean_difference", {"method": "fixed"}, 5e-5),
}  # fmt: skip

LINE = re.compile(r"(metafor|trialtab) +(\S+) \[(\S+), (\S+)\] tau2 (\S+)")


@pytest.mark.parametrize("name", CASES)
def test_metafor_itself_agrees(name, rscript, tmp_path):
    """To four digits; the GLMM, whose likelihood it integrates with fewer nodes, to .01."""
    make, outcome, measure, options, within = CASES[name]
    rows, arms, documents = make()
    found = pooled(rows, outcome, Wanted(measure), arms=arms, documents=documents, **options)
    with (tmp_path / "m.csv").open("w", encoding="utf-8") as out:
        export.write(metafor_table(found), "csv", out)
    (tmp_path / "m.R").write_text(r_script(found, "m.csv"), "utf-8")
    done = subprocess.run([rscript, "m.R"], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = [(who, [float(number) for number in numbers]) for who, *numbers in LINE.findall(done.stdout)]
    theirs, ours = ([numbers for who, numbers in lines if who == wanted] for wanted in ("metafor", "trialtab"))
    pooled_here = [group.summary for group in found.groups if group.summary is not None]
    assert len(theirs) == len(ours) == len(pooled_here) > 0
    for mine, its, summary in zip(ours, theirs, pooled_here, strict=True):
        assert mine == pytest.approx([summary.value, summary.low, summary.high, summary.tau2], abs=1e-6)
        assert mine[:3] == pytest.approx(its[:3], abs=within), done.stdout
        assert mine[3] == pytest.approx(its[3], abs=max(within, 1e-4), rel=2e-3), done.stdout
    assert (tmp_path / "m_metafor.pdf").read_bytes()[:5] == b"%PDF-"


@pytest.mark.parametrize("figures", [BCG, ZEROS], ids=["BCG", "a zero"])
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_the_effects_of_single_studies_are_those_of_metafor(figures, measure, rscript, tmp_path):
    """yi and sei of the CSV are what escalc makes of its counts."""
    kind = {"RR": "risk_ratio", "OR": "odds_ratio", "RD": "risk_difference"}[measure]
    rows, arms, documents = counts(figures)
    found = pooled(rows, "complete response", Wanted(kind), arms=arms, documents=documents)
    with (tmp_path / "m.csv").open("w", encoding="utf-8") as out:
        export.write(metafor_table(found), "csv", out)
    said = f'library(metafor); d <- read.csv("m.csv"); e <- escalc("{measure}", ai=ai, n1i=n1i, ci=ci, n2i=n2i, data=d)'
    show = 'cat(sprintf("%.6f", c(abs(d$yi - as.numeric(e$yi)), abs(d$sei - sqrt(e$vi)))), sep = "\\n")'
    done = subprocess.run([rscript, "-e", f"{said}; {show}"], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    gaps = [float(line) for line in done.stdout.split()]
    effects, errors = gaps[: len(figures)], gaps[len(figures) :]
    assert len(effects) == len(errors) == len(figures)
    # A risk difference keeps its counts as they are where a cell is 0; metafor adds 0.5 there.
    whole = [all(0 < n < m for n, m in (one[:2], one[2:])) for one in figures]
    for gap, fine in zip(effects, whole, strict=True):
        assert gap <= 1e-6 or (measure == "RD" and not fine)
    assert max(errors) <= 1e-6


@pytest.mark.parametrize("hartung", [False, True])
@pytest.mark.parametrize(("method", "name"), [("fixed", "EE"), ("dersimonian-laird", "DL"), ("reml", "REML")])
def test_heterogeneity_and_prediction_are_those_of_metafor(method, name, hartung, rscript):
    """Q, I2, tau2 and the prediction interval (Student's t with k - 2 degrees of freedom) of log risk ratios."""
    from trialtab import statistics

    one = [statistics.risk_ratio(statistics.Table2x2(*counts)) for counts in BCG]
    found = statistics.pool(
        [e.effect for e in one], [e.standard_error for e in one], method=method, knapp_hartung=hartung
    )
    numbers = [", ".join(f"{number:.15g}" for number in column) for column in
               ([e.effect for e in one], [e.standard_error for e in one])]  # fmt: skip
    test = "knha" if hartung else "z"
    said = (
        f'library(metafor); f <- rma(c({numbers[0]}), sei = c({numbers[1]}), method = "{name}", test = "{test}", '
        "control = list(threshold = 1e-10)); h <- qt(0.975, f$k - 2) * sqrt(f$tau2 + f$se^2); "
        'cat(sprintf("%.6f", c(f$b, f$se, f$pval, f$QE, f$I2, f$tau2, f$b - h, f$b + h)))'
    )
    done = subprocess.run([rscript, "-e", said], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    theirs = [float(number) for number in done.stdout.split()]
    ours = [found.estimate, found.standard_error, found.p, found.q, found.i2, found.tau2]
    assert ours == pytest.approx(theirs[:6], abs=5e-5)
    if method == "fixed":
        assert found.prediction is None
    else:
        assert found.prediction == pytest.approx(theirs[6:], abs=5e-5)
