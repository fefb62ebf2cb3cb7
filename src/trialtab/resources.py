"""Where the data folders are: patterns/ and corpora/, in an installed wheel or beside src/ in a checkout."""

from pathlib import Path

from trialtab.errors import RuleFileError


def folder(name: str) -> Path:
    """The data folder `name` ("patterns" or "corpora").

    Raises RuleFileError where neither the package nor the checkout holds it.
    """
    package = Path(__file__).resolve().parent
    for place in (package / name, package.parents[1] / name):
        if place.is_dir():
            return place
    raise RuleFileError(f"no folder {name}/ in {package} nor in {package.parents[1]}: reinstall trialtab")
