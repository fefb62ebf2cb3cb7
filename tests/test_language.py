"""The tokenizer and the sentence splitter, case by case; their offsets, and their time on hostile text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clock import grows_as_its_size
from trialtab import language, values

# ---- tokens ----------------------------------------------------------------------------------------------------

SHORT = {
    "F": "FIG",
    "W": "WORDNUM",
    "%": "PCT",
    "±": "PM",
    "=": "CMP",
    "(": "OPEN",
    ")": "CLOSE",
    "-": "DASH",
    "/": "SLASH",
    "x": "X",
}
"""One letter a tag, so that a row of the table shows the tags under the words."""

TOKENS = [
    # signs: a sign belongs to a figure unless a number stands before it
    ("5-13", "5 - 13", "F-F"),
    ("5–13", "5 – 13", "F-F"),
    ("5 - 13", "5 - 13", "F-F"),
    ("5%-13%", "5 % - 13 %", "F%-F%"),
    ("(-0.3)", "( -0.3 )", "(F)"),
    ("–0.3", "–0.3", "F"),
    ("−0·3", "−0·3", "F"),
    ("(+3)", "( +3 )", "(F)"),
    ("day +28", "day +28", "xF"),
    ("change of -0.3 to 0.5", "change of -0.3 to 0.5", "xxFxF"),
    ("from -3 to -1", "from -3 to -1", "xFxF"),
    ("−1.2 to −0.4", "−1.2 to −0.4", "FxF"),
    ("CI 95% -1.23 to 0.3", "CI 95 % -1.23 to 0.3", "xF%FxF"),
    ("CI 95% - 1.23", "CI 95 % - 1.23", "xF%-F"),
    ("rates of 45% -50%", "rates of 45 % - 50 %", "xxF%-F%"),
    ("[8·8–41·0]", "[ 8·8 – 41·0 ]", "(F-F)"),
    # glued results are taken apart
    ("n=240", "n = 240", "x=F"),
    ("p<0.001", "p < 0.001", "x=F"),
    ("P=.03", "P = .03", "x=F"),
    ("0.88–1.19", "0.88 – 1.19", "F-F"),
    ("19.8+/-9.5", "19.8 +/- 9.5", "F±F"),
    ("19.8±9.5", "19.8 ± 9.5", "F±F"),
    ("4/11", "4 / 11", "F/F"),
    ("36%", "36 %", "F%"),
    ("100mg", "100 mg", "Fx"),
    ("0.5mg/kg", "0.5 mg / kg", "Fx/x"),
    ("24h", "24 h", "Fx"),
    ("12-month", "12 - month", "F-x"),
    ("twelve-month", "twelve - month", "W-x"),
    ("dolmirin-treated", "dolmirin - treated", "x-x"),
    ("[12]", "[ 12 ]", "(F)"),
    ("1.5×10^9", "1.5 × 10^9", "Fxx"),
    ("10^9/L", "10^9 / L", "x/x"),
    # names, codes and whole numbers stay whole
    ("5-FU", "5-FU", "x"),
    ("COVID-19", "COVID-19", "x"),
    ("IL-6", "IL-6", "x"),
    ("CD19", "CD19", "x"),
    ("CAR-T", "CAR-T", "x"),
    ("HbA1c", "HbA1c", "x"),
    ("B-cell", "B-cell", "x"),
    ("5HT", "5HT", "x"),
    ("2b", "2b", "x"),
    ("12th", "12th", "x"),
    ("one-third", "one-third", "x"),
    ("someone", "someone", "x"),
    ("patient's", "patient's", "x"),
    ("www.example.org/12", "www.example.org/12", "x"),
    ("1,204", "1,204", "F"),
    ("1,204,567", "1,204,567", "F"),
    ("12·4", "12·4", "F"),
    ("·78", "·78", "F"),
    ("3.5.", "3.5 .", "Fx"),
    ("vitamin B12", "vitamin B12", "xx"),
    # tokens that hold blanks
    ("> or =3", "> or =|3", "=F"),
    ("< or equal to 5", "< or equal to|5", "=F"),
    ("36 per cent", "36|per cent", "F%"),
    ("36 percent", "36|percent", "F%"),
    ("percentage", "percentage", "x"),
    ("Three-hundred fifty-one patients", "Three-hundred fifty-one|patients", "Wx"),
    ("1\u2009204 patients", "1\u2009204|patients", "Fx"),
    # comparisons
    ("≥3", "≥ 3", "=F"),
    ("p<=0.05", "p <= 0.05", "x=F"),
    ("<0.001", "< 0.001", "=F"),
    ("~5", "~ 5", "xF"),
    # two numbers parted by a blank are two, unless the blank is a thin one
    ("1 204", "1 204", "FF"),
    ("", "", ""),
    (" \n ", "", ""),
]


@pytest.mark.parametrize(("text", "words", "tags"), TOKENS)
def test_tokens(text, words, tags):
    found = language.tokens(text)
    assert [word for word, *_ in found] == (words.split("|") if "|" in words else words.split())
    assert [tag for *_, tag in found] == [SHORT[letter] for letter in tags]


PIECES = [*"0123456789.,·-−–+±/%<>=≥()[] \u2009\u202f\n", "or ", "per cent", "eleven", "hundred", "mg", "CD", "x", "e"]
AWKWARD = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
"""Text made of what numbers are printed with, in any order."""


@given(st.one_of(st.text(), AWKWARD))
@example("− 3 -")
@example("5 -")
@example("> or")
def test_tokens_stand_where_they_say_and_leave_nothing_out(text):
    """text[start:end] is the token, for any text; what stands between tokens is blank."""
    found = language.tokens(text)
    end = 0
    for word, start, stop, tag in found:
        assert text[start:stop] == word
        assert end <= start < stop
        assert text[end:start].strip() == ""
        assert tag in language.TAGS
        end = stop
    assert text[end:].strip() == ""


@given(AWKWARD)
def test_every_numeric_token_has_a_value(text):
    for word, _, _, tag in language.tokens(text):
        if tag in language.NUMERIC:
            assert values.number(word) is not None, word


@given(
    st.integers(0, 99_999),
    st.sampled_from(["{}", "({})", "n={}", "{}%", "<{}", "{},", "{}.", "{}-{}", "{}/{}", "{}±{}", "{}mg"]),
)
def test_a_number_is_found_in_every_setting(value, setting):
    figures = [word for word, _, _, tag in language.tokens(setting.format(value, value)) if tag == "FIG"]
    assert figures == [str(value)] * setting.count("{}")


def test_a_sentence_keeps_the_offsets_of_its_document():
    text = "Before. Relapse in 4/11 patients. After."
    start, end = 8, 33
    found = language.sentence(text, start, end)
    assert (found.start, found.end, len(found)) == (start, end, 7)
    assert [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == list(found.words)
    assert found.lower[0] == "relapse"
    assert found.text(text, 2, 5) == "4/11"
    assert found.text(text, 3, 3) == ""
    assert found.at(found.starts[3]) == found.before(found.starts[3]) == 3
    assert found.before(found.starts[3] + 1) == 4 == found.at(found.ends[3])


# ---- sentences -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        # a bar stands where the text is cut
        "The mean was 4.5.| Next came 3.",
        "Dr. Hale et al. found 4.| He left.",
        "Relapse was seen (see Fig. 3).| No death was.",
        "It was rarer with A vs. B in women.| It was not in men.",
        "In all, e.g. 4 patients, i.e. 3 women.| Then more.",
        "approx. 4 patients were seen",
        "No. of patients was 4.| Then 5.",
        "St. Mary had 4.| Then 5.",
        "U.S. patients had 4.| Others had none.",
        "By Jan. 4 it was closed.| Then it was read.",
        # "p." is patients, a unit or a route: a sentence may end there
        "There were n = 11 p.| Next came 3.",
        "In 11 p. were seen 4.",
        "It lasted 12 mo.| The rest was short.",
        "Doses were given s.c.| Four patients fell ill.",
        # a name or a letter
        "Serum from J. Smith was read.| Then 4 were not.",
        "It was given in group A.| Then came B.",
        "They took vitamin C.| Four did not.",
        # citations close the sentence that they stand behind
        "It was rare [12].| It was not rare here.",
        "It was rare.[12]| It was not rare here.",
        "It was rare. [12, 14–16]| It was not rare here.",
        "(It was rare.)| It was not rare here.",
        # a small letter that starts a name
        "Four patients had it.| eGFR rose in 3.",
        "Grade was 3.| Four patients had it.",
        "P was 0.05.| 4 patients died.",
        # lines
        "One line\nand its second.| A third.",
        "A heading\n\n|A paragraph",
        "What was it?| It was this!| It was that.",
        "Seen in 5.Next was 3",
        "one",
    ],
)
def test_split(text):
    plain = text.replace("|", "")
    assert [plain[a:b] for a, b in language.split(plain, 0, len(plain))] == [part.strip() for part in text.split("|")]


def test_split_keeps_to_its_stretch():
    text = "One. Two. Three. Four."
    assert [text[a:b] for a, b in language.split(text, 5, 16)] == ["Two.", "Three."]
    assert language.split(text, 4, 5) == language.split(text, 9, 9) == language.split("", 0, 0) == ()


@given(st.one_of(st.text(), st.text(st.sampled_from(list('aB1 .?!\n)]"”[,')), max_size=80)))
def test_split_leaves_out_nothing_but_blanks(text):
    end = 0
    for start, stop in language.split(text, 0, len(text)):
        assert end <= start < stop
        assert text[end:start].strip() == ""
        assert text[start:stop] == text[start:stop].strip()
        end = stop
    assert text[end:].strip() == ""


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("There were no deaths.", True), ("None relapsed.", True), ("All responded.", True),
        ("Eleven were treated.", True),
        ("Both had fever.", True), ("The median was not reached.", True), ("The median was not yet reached.", True),
        ("It was seen in 4.", True), ("It was seen once.", True), ("It rose.", False),
        ("It was seen in ٤.", True), ("A rise of a %.", True), ("Café au lait.", False),
        ("Notable findings were rare.", False),
        ("Someone was treated.", False), ("", False),
    ],
)  # fmt: skip
def test_tells_a_number(text, tells):
    assert language.tells_a_number(text) is tells


# ---- time ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "digits": "1", "groups": "1,204,", "points": "1.", "middle dots": "·1", "signs": "-", "signs and figures": "+/-1",
    "blanks": " ",
    "letters": "x", "hyphens": "a-", "number words": "one hundred and ", "brackets": "(", "half a comparison": "> or ",
    "per": "per ", "web": "www.", "powers": "10^", "stops": ". ", "closing": ".)", "citations": ". [1,2",
    "abbreviations": "e.g. ",
    "initials": "A. ", "newlines": "\n", "digits and letters": "1a", "units": "1mg", "not yet": "not yet ",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_linear_time(unit):
    """Four times the length may take up to eight times as long; a quadratic step would take sixteen times."""

    def work(text):
        language.tokens(text)
        language.split(text, 0, len(text))
        language.tells_a_number(text)

    grows_as_its_size(lambda size: (unit * (size // len(unit) + 1))[:size], work, 15_000, 60_000)


# ---- the pipeline ----------------------------------------------------------------------------------------------


def test_the_pipeline_is_built_once_and_reads_numbers_as_values_does():
    nlp = language.nlp()
    assert nlp is language.nlp()
    numeric = {word: nlp.vocab[word].like_num for word in ("12·4", "−0.3", "eleven", "second", "patients")}
    assert numeric == {"12·4": True, "−0.3": True, "eleven": True, "second": False, "patients": False}
