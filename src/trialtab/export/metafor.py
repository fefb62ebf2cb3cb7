"""A meta-analysis for the R package metafor: a CSV of its studies and a short script that pools them there."""

from __future__ import annotations

import math

from trialtab import compare
from trialtab.export.text import guarded
from trialtab.views import Table, Value, table

_TESTS = {False: "z", True: "knha"}
_METHODS = {"fixed": "EE", "dersimonian-laird": "DL", "reml": "REML", "paule-mandel": "PM"}
_CONTROL = {
    "reml": ", control = list(threshold = 1e-10, maxiter = 1000)",
    "paule-mandel": ", control = list(tol = 1e-12)",
}
"""metafor stops looking for tau2 at steps of 1e-5 and 1e-4, which shows where variances are small."""

_MEASURES = {"risk_ratio": "RR", "odds_ratio": "OR", "risk_difference": "RD"}


def metafor_table(found: compare.Synthesis) -> Table:
    """Studies in metafor's own names.

    Proportions: xi, ni. Else yi (log of a ratio) and sei; with the counts of both arms ai, n1i, ci, n2i or their means
    m1i, sd1i, n1i, m2i, sd2i, n2i, where every study has them.
    """
    names: tuple[str, ...] = ()
    points = [point for group in found.groups for point in group.points]
    sizes = {len(point.counts) for point in points}
    if found.measure == "proportion":
        names = ("xi", "ni")
    elif sizes == {4}:
        names = ("ai", "n1i", "ci", "n2i")
    elif sizes == {6}:
        names = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
    effects = () if found.measure == "proportion" else ("yi", "sei")
    rows: list[tuple[Value, ...]] = []
    for group in found.groups:
        for point in group.points:
            of_effect = (point.estimate.effect, point.estimate.standard_error) if effects else ()
            counts = point.counts if names else ()
            rows.append((
                point.study, point.label or None, group.name or "all", *counts, *of_effect,
                " ".join(point.finding_ids),
            ))  # fmt: skip
    return table(("study", "label", "group", *names, *effects, "finding_ids"), rows)


def r_script(found: compare.Synthesis, file: str) -> str:
    """A script for R that reads `file` and pools every group as it was pooled here.

    It prints metafor's figures beside those of trialtab, and draws the forest plots into NAME_metafor.pdf.
    """
    options = found.options
    method = options.method or ("glmm" if found.measure == "proportion" else "reml")
    test = _TESTS[options.knapp_hartung]
    level = f"{100 * options.level:g}"
    if method == "glmm":
        call = f'rma.glmm(measure = "PLO", xi = xi, ni = ni, data = d, level = {level}, nAGQ = 7)'
        back = "transf.ilogit"
    elif method == "freeman-tukey":
        call = f'rma(measure = "PFT", xi = xi, ni = ni, data = d, level = {level}, method = "REML")'
        back = "transf.ipft.hm, targs = list(ni = d$ni)"
    elif method == "mantel-haenszel":
        measure = _MEASURES.get(found.measure, "RR")
        call = f'rma.mh(measure = "{measure}", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d, level = {level})'
        back = "exp" if found.is_ratio else "identity"
    else:
        call = (
            f'rma(yi, sei = sei, data = d, method = "{_METHODS[method]}", test = "{test}", level = {level}'
            f"{_CONTROL.get(method, '')})"
        )
        back = "exp" if found.is_ratio else "identity"
    slab = 'paste0(d$study, ifelse(is.na(d$label) | d$label == "", "", paste0(", ", d$label)))'
    said = [
        f'  "{_quoted(str(guarded(group.name or "all")))}" = c({_said(group.summary)})'
        for group in found.groups
        if group.summary is not None
    ]
    lines = [
        f"# {_comment(found.outcome)}: {found.measure.replace('_', ' ')}. Needs R with the package metafor"
        + (" (and lme4)." if method == "glmm" else "."),
        "library(metafor)",
        f'all <- read.csv("{_quoted(file)}", stringsAsFactors = FALSE)',
        "# Estimate, limits and tau2 as trialtab gives them (of a ratio tau2 is of its log)",
        "trialtab <- list(",
        ",\n".join(said),
        ")",
        f'pdf("{_quoted(file.removesuffix(".csv"))}_metafor.pdf", width = 10)',
        "for (name in names(trialtab)) {",
        "  d <- all[all$group == name, ]",
        f"  d$slab <- {slab}",
        f"  fit <- {call}",
        '  cat("\\n==", name, "\\n")',
        "  print(fit)",
        f"  found <- predict(fit, transf = {back})",
        '  line <- "%-9s %.6f [%.6f, %.6f] tau2 %.6f\\n"',
        '  cat(sprintf(line, "metafor", found$pred[1], found$ci.lb[1], found$ci.ub[1], fit$tau2))',
        '  cat(do.call(sprintf, c(list(line, "trialtab"), as.list(trialtab[[name]]))))',
        "  forest(fit, slab = d$slab, header = name" + (f", transf = {back}" if back != "identity" else "") + ")",
        "}",
        "invisible(dev.off())",
    ]
    return "\n".join(lines) + "\n"


def _said(summary: compare.Summary) -> str:
    """Estimate, limits and tau2 as R reads them."""
    numbers = (summary.value, summary.low, summary.high, summary.tau2)
    return ", ".join(f"{number:.6f}" if math.isfinite(number) else "NA" for number in numbers)


def _quoted(text: str) -> str:
    """Text within an R string; group names stand in the CSV with the same characters."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _comment(text: str) -> str:
    return " ".join(text.split())
