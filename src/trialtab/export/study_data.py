"""The form of a review as the CSV files that RevMan imports as study data: information, arms, results, risk of bias.

Sources: documentation.cochrane.org/revman-kb, "Data extraction templates"; support.covidence.org, "How to upload your
data to RevMan Web"; and, for the names of the columns, public programs that read or write the files of RevMan's own
export (study-information.csv and so on, in the data package of a Cochrane review). These name all columns of arms and
of results, and Study, Year, "Char: Participants", "Char: Notes" and "Domain (judgement): NAME" of the others. The other
columns "Char: ..." are RevMan's usual headings of characteristics by the same pattern. Which "Data type" an effect has
that is told without its arms was not to be found: there it is left empty.

Outcomes and interventions are named as the protocol names them: RevMan takes only names that its review criteria have.
References go in first, as RIS (`export.ris`), or the studies are there twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trialtab import compare
from trialtab.compare import Row
from trialtab.errors import QuestionError
from trialtab.questions.form import Outcome, Protocol
from trialtab.views import Cell, Judgements, Table, Value, plain
from trialtab.views.form_studies import FormArm, FormStudy

INFORMATION = (
    "Study", "Year", "Char: Methods", "Char: Participants", "Char: Interventions", "Char: Outcomes", "Char: Notes",
)  # fmt: skip
ARMS = ("Study", "Arm", "Description", "Intervention")
RESULTS = (
    "Study", "Outcome", "Data type", "Effect measure", "Arm", "Reference arm", "Sample size", "Cases", "Mean", "SD",
    "SE", "Variance", "CI level", "CI start", "CI end", "Exp mean", "Exp CI start", "Exp CI end", "t-test", "z-test",
    "P value", "Covariance method", "Covariance", "Other arm 1", "Other arm 2", "Correlation arm 1",
    "Correlation arm 2", "Correlation", "Other mean", "Other SE", "Other variance", "Other CI level", "Other CI start",
    "Other CI end", "Other exp mean", "Other exp CI start", "Other exp CI end", "Other t-test", "Other z-test",
    "Other P value", "Footnotes",
)  # fmt: skip
JUDGEMENT = "Domain (judgement): {}"
READ_BY = "read by trialtab"

_Line = dict[str, Value]


def study_data(
    of: Protocol, studies: Sequence[FormStudy], judgements: Judgements | None = None
) -> tuple[dict[str, Table], tuple[str, ...]]:
    """File name -> table, and what is in no file of results and why, a line each.

    An arm that two names of the protocol mean is the first one's: RevMan knows an arm by its label. Raises
    QuestionError where no study has an arm of the protocol, or a judged study is not known.
    """
    refuse_none(of, studies)
    shown = [(study, _arms(study)) for study in studies]
    left: list[str] = []
    results = [line for study, arms in shown for one in of.outcomes for line in _results(study, arms, one, left)]
    files = {
        "study-information.csv": _table(INFORMATION, [_information(of, study, arms) for study, arms in shown]),
        "study-arms.csv": _table(ARMS, [_described(study, arm) for study, arms in shown for arm in arms]),
        "study-results.csv": _table(RESULTS, results),
    }
    if judgements is not None:
        judgements.check([study.study for study in studies])
        domains = tuple(JUDGEMENT.format(name) for name in judgements.columns)
        judged = [(study.study, judgements.of.get(study.study.casefold(), ("", ()))[1]) for study in studies]
        lines: list[tuple[_Line, tuple[str, ...]]] = [
            ({"Study": study, **dict(zip(domains, said, strict=True))}, ()) for study, said in judged if said
        ]
        files["risk-of-bias.csv"] = _table(("Study", *domains), lines)
    return files, tuple(left)


def refuse_none(of: Protocol, studies: Sequence[FormStudy]) -> None:
    """Raises QuestionError where no study has an arm of the protocol."""
    if not studies:
        raise QuestionError(
            f"no study of the database has an arm of the protocol: {'; '.join(a.name for a in of.arms)}"
        )


def _table(columns: Sequence[str], lines: Iterable[tuple[_Line, tuple[str, ...]]]) -> Table:
    rows: list[tuple[Cell, ...]] = [tuple(plain(line.get(name), ids) for name in columns) for line, ids in lines]
    return Table(tuple(columns), tuple(rows))


def _arms(study: FormStudy) -> list[FormArm]:
    """The arms of a study, each label once."""
    found: dict[str, FormArm] = {}
    for arm in study.arms:
        found.setdefault(arm.label.casefold(), arm)
    return list(found.values())


def _described(study: FormStudy, arm: FormArm) -> tuple[_Line, tuple[str, ...]]:
    size = f"{arm.n:g} participants" if arm.n is not None else ""
    line: _Line = {"Study": study.study, "Arm": arm.label, "Intervention": arm.name,
                   "Description": "; ".join(filter(None, (arm.given, size))) or None}  # fmt: skip
    return line, ()


def _information(of: Protocol, study: FormStudy, arms: Sequence[FormArm]) -> tuple[_Line, tuple[str, ...]]:
    facts = study.facts
    sizes = [arm.n for arm in arms]
    n = f"{sum(filter(None, sizes)):g} participants in the arms of this review" if arms and None not in sizes else ""
    ids = [
        f"{name} {facts[key]}"
        for name, key in (("trial number", "nct"), ("DOI", "doi"), ("PMID", "pmid"))
        if facts[key]
    ]
    told = [one.name for one in of.outcomes if any(one.name in arm.read for arm in arms)]
    line: _Line = {
        "Study": study.study, "Year": facts["year"], "Char: Methods": facts["design"],
        "Char: Participants": "; ".join(filter(None, (facts["condition"], n))) or None,
        "Char: Interventions": "; ".join(arm.label + (f" ({arm.given})" if arm.given else "")
                                         for arm in arms),
        "Char: Outcomes": "; ".join(told) or None,
        "Char: Notes": "; ".join(filter(None, (facts["title"], *ids, ", ".join(study.documents), READ_BY))),
    }  # fmt: skip
    return line, tuple(row["finding_id"] for arm in arms for row in arm.read.values())


def _results(
    study: FormStudy, arms: Sequence[FormArm], outcome: Outcome, left: list[str]
) -> Iterable[tuple[_Line, tuple[str, ...]]]:
    for arm in arms:
        row = arm.read.get(outcome.name)
        if row is None:
            continue
        told = _told(arm, arms, outcome, row)
        if isinstance(told, str):
            left.append(f"{study.study}, {arm.label}, {outcome.name}: {told} ({row['finding_id'][:8]})")
            continue
        figures, notes = told
        said = [row["timepoint"], f"grade {row['grade']}" if row["grade"] else None, row["population"]]
        notes = "; ".join(filter(None, (*said, *notes, f"finding {row['finding_id']}")))
        line: _Line = {"Study": study.study, "Outcome": outcome.name, "Arm": arm.label, **figures, "Footnotes": notes}
        yield line, (row["finding_id"],)


def _told(
    arm: FormArm, arms: Sequence[FormArm], outcome: Outcome, row: Row
) -> tuple[_Line, Sequence[str]] | str:  # fmt: skip
    """The cells of one result and its notes; else why there are none."""
    if outcome.kind == "binary":
        counts = "read off a curve: no n of N" if compare.off_a_curve(row) else compare.counts_of(row)
        if isinstance(counts, str):
            return counts
        return {"Data type": "Dichotomous", "Cases": counts[0], "Sample size": counts[1]}, counts[2]
    if outcome.kind == "continuous":
        mean = compare.mean_of(row)
        if isinstance(mean, str):
            return mean
        figures: _Line = {"Data type": "Continuous", "Mean": mean.mean, "SD": mean.sd, "Sample size": mean.n}
        return figures, [mean.source] if mean.source else []
    if row["ci_low"] is None or row["ci_high"] is None:
        return "a hazard ratio without its interval"
    against = _against(arm, arms, row)
    if against is None:
        return "a hazard ratio against an arm that the protocol does not name"
    level = row["ci_level"] if row["ci_level"] is not None else 95.0
    return {
        "Effect measure": "LOG_HR", "Reference arm": against.label, "CI level": level / 100 if level > 1 else level,
        "Exp mean": row["value"], "Exp CI start": row["ci_low"], "Exp CI end": row["ci_high"],
    }, [] if row["ci_level"] is not None else ["the level of its interval is not printed: taken as 95%"]  # fmt: skip


def _against(arm: FormArm, arms: Sequence[FormArm], row: Row) -> FormArm | None:
    """The arm that a ratio is against: by its name, else the other one of two."""
    others = [one for one in arms if one is not arm]
    named = [
        one for one in others if (row["comparator"] or "").casefold() in (one.label.casefold(), one.name.casefold())
    ]
    if named:
        return named[0]
    return others[0] if len(others) == 1 and not row["comparator"] else None


__all__ = ["ARMS", "INFORMATION", "JUDGEMENT", "READ_BY", "RESULTS", "refuse_none", "study_data"]
