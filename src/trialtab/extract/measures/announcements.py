"""What a document says once of its spreads: "values are median (IQR)", "mean ± SD", "n (%)"."""

import re
from dataclasses import dataclass

from trialtab.prefilter import Prefiltered


@dataclass(frozen=True, slots=True)
class Announced:
    """What a document says once of its spreads: "median (IQR)", "mean ± SD", "n (%)". Empty string: not said."""

    median_pair: str = ""
    mean_single: str = ""
    plus_minus: str = ""
    survival_ci: bool = False
    medians: bool = False
    """Whether values are said to be medians: "continuous variables are summarised as medians with quartiles"."""

    def pair(self, statistic: str | None) -> str:
        """The meaning of an unlabelled bracketed pair."""
        if statistic == "median" and self.median_pair:
            return self.median_pair
        return "range" if statistic in ("median", "mean", None) else "ci"

    def single(self, statistic: str | None) -> str:
        """The meaning of an unlabelled bracketed number: sd | se | percent | "" """
        return self.mean_single if statistic in (None, "mean") else ""


# All are matched on the text in lower case and begin with a literal where they can: the whole document is searched.
_SAID_IQR = Prefiltered(
    r"[iq2](?<!\w.)(?:(?<=i)(?:qrs?|nter-?quartile ranges?)|(?<=q)(?:uartiles?|1\s?[-–,]\s?q3)"
    r"|(?<=2)5th\s?(?:and|to|[-–,])\s?(?:the )?75th)\b",
    least=2,
)
_SAID_RANGE = re.compile(r"ranges?\b(?:(?<=\brange)|(?<=\branges))(?<!quartile range)(?<!quartile ranges)")
_MEDIANS = re.compile(r"medians?\b(?! (?:follow|age|time))")
_MEDIANS_LEAD = re.compile(
    r"(?:given|present|express|report|show|summari[sz]|describ|display|figures|values|numbers|data|variables)"
    r"(?:ed|n|s)? (?:(?:are|were|is|as|here|by|using|with|the|throughout) ){0,3}\Z"
)
_LONGEST_LEAD = 60
_SD = re.compile(r"(?:sds?\b|s\.d\.|standard deviations?)")
_SE = re.compile(r"(?:sem?\b|s\.e\.m?\.?|standard errors?)")
_SPREAD_LEAD = re.compile(r"(?:±|\+/-|\+-|\(|\[|and|means?,?)\s*(?:the\s)?\Z")
_PLUS_SD = re.compile(r"[±+](?:(?<=±)|(?<=\+)/?-)\s*(?:the\s)?(?:sds?\b|s\.d\.|standard deviations?)")
_PLUS_SE = re.compile(r"[±+](?:(?<=±)|(?<=\+)/?-)\s*(?:the\s)?(?:sem?\b|s\.e\.|standard errors?)")
_SAID_SURVIVAL_CI = Prefiltered(
    r"median (?<=\bmedian )(?:overall |progression-free |event-free |disease-free )?(?:survival|os|pfs|duration)"
    r"[^.;]{0,80}\(95% ci"
)
_PERCENT_SIGN = re.compile("%")
_N_PERCENT_LEAD = re.compile(r"(?:\b(?:n|no\.?|number)\s?[(\[]\s?|\bn\s?/\s?)\Z")


def _said(noun: re.Pattern[str], lead: re.Pattern[str], text: str) -> int | None:
    """Where a word with its lead first stands; the lead is looked for only where the word is."""
    for m in noun.finditer(text):
        before = lead.search(text, max(0, m.start() - 20), m.start())
        if before:
            return before.start()
    return None


def announced(text: str) -> Announced:
    """What a document's text announces of its spreads, the first saying of each kind."""
    text = text.lower()
    iqr, rng = _SAID_IQR.search(text), _SAID_RANGE.search(text)
    sd, se = _said(_SD, _SPREAD_LEAD, text), _said(_SE, _SPREAD_LEAD, text)
    single = ""
    if sd is not None and (se is None or sd <= se):
        single = "sd"
    elif se is not None:
        single = "se"
    pair = ""
    if iqr and (not rng or iqr.start() <= rng.start()):
        pair = "iqr"
    elif rng:
        pair = "range"
    plus_sd, plus_se = _PLUS_SD.search(text), _PLUS_SE.search(text)
    said_sd = sd is not None and se is None
    plus = "sd" if plus_sd and not plus_se else "se" if plus_se and not plus_sd else "sd" if said_sd else ""
    if not single and _said(_PERCENT_SIGN, _N_PERCENT_LEAD, text) is not None:
        single = "percent"
    return Announced(pair, single, plus, _SAID_SURVIVAL_CI.search(text) is not None, _said_medians(text))


def _said_medians(text: str) -> bool:
    """Whether the text announces medians for its values, and no means beside them."""
    for medians in _MEDIANS.finditer(text):
        lead = _MEDIANS_LEAD.search(text, max(0, medians.start() - _LONGEST_LEAD), medians.start())
        if lead:
            return "mean" not in text[max(0, lead.start() - 80) : medians.end() + 80]
    return False
