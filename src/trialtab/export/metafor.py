"""A meta-analysis for the R package metafor: a CSV of its studies and a short script that pools them there."""

from __future__ import annotations

from trialtab import compare
from trialtab.views import Table, Value, table

_TESTS = {False: "z", True: "knha"}
_METHODS = {"fixed": "EE", "dersimonian-laird": "DL", "reml": "REML", "paule-mandel": "PM"}
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
    """A script for R that reads `file`, pools every group as it was pooled here, and draws its forest plot."""
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
        call = f'rma(yi, sei = sei, data = d, method = "{_METHODS[method]}", test = "{test}", level = {level})'
        back = "exp" if found.is_ratio else "identity"
    slab = 'paste0(d$study, ifelse(is.na(d$label) | d$label == "", "", paste0(", ", d$label)))'
    lines = [
        f"# {_comment(found.outcome)}: {found.measure.replace('_', ' ')}. Needs R with the package metafor.",
        "library(metafor)",
        f'all <- read.csv("{_quoted(file)}", stringsAsFactors = FALSE)',
        "for (name in unique(all$group)) {",
        "  d <- all[all$group == name, ]",
        "  if (nrow(d) < 2) next",
        f"  d$slab <- {slab}",
        f"  fit <- {call}",
        '  cat("\\n==", name, "\\n")',
        "  print(fit)",
        f"  print(predict(fit, transf = {back}))",
        "  forest(fit, slab = d$slab, header = name" + (f", transf = {back}" if back != "identity" else "") + ")",
        "}",
        "# What trialtab says:",
    ]
    for group in found.groups:
        if group.summary is not None:
            summary = group.summary
            lines.append(
                f"# {_comment(group.name or 'all')}: {summary.value:.4f} [{summary.low:.4f}, {summary.high:.4f}], "
                f"tau2 {summary.tau2:.4f}"
            )
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "/").replace('"', '\\"')


def _comment(text: str) -> str:
    return " ".join(text.split())
