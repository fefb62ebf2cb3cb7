"""Everything trialtab raises on purpose has one base, so that one `except` at the edge is enough.

Each message is one line, names the file or key at fault, and says what to do where there is something to do.
"""


class TrialtabError(Exception):
    """Base of every error that a user can cause or mend."""


class ReadError(TrialtabError):
    """A document could not be read: damaged, encrypted, empty, of an unsupported kind. The input is at fault."""


class RuleFileError(TrialtabError):
    """A file of patterns/ breaks the form of rule files. Whoever edited the rule file is at fault."""


class StoreError(TrialtabError):
    """The database is missing, locked, of a newer version, or not a trialtab database."""


class QuestionError(TrialtabError):
    """A question names an outcome, arm or study that the evidence table does not hold."""


class GoldError(TrialtabError):
    """A gold file is malformed or does not fit its document."""
