"""Which files there are to read, in folders and ZIP archives, what each is called, and their bytes.

A file of an archive has a path too: that of the archive, then its name in it. It is unpacked when it is read, within
limits, and never to disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath

from trialtab.errors import ReadError
from trialtab.readers import _zipped, is_archive

SUFFIXES = frozenset({
    ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".xml", ".nxml", ".pdf", ".docx", ".nbib", ".ris",
    ".json",
})  # fmt: skip
"""What is taken from a folder or an archive. A file that is named itself is offered to the readers whatever it is
called."""

NEVER = frozenset({"gold.jsonl", "floors.json"})
"""The answers to a corpus, which lie beside its documents."""

_ARCHIVE = ".zip"


def files(paths: Iterable[str | Path]) -> tuple[list[Path], dict[Path, str]]:
    """Files to read, sorted and each once, and what cannot be read with its reason.

    Folders are walked and ZIP archives opened: hidden names, answers to corpora and files of other kinds are passed
    over. An archive within an archive is refused.
    """
    found: dict[Path, None] = {}
    refused: dict[Path, str] = {}

    def offer(path: Path, named: bool) -> None:
        try:
            if path.is_dir():
                if path.suffix.lower() in SUFFIXES:
                    refused[path] = "a folder, not a file"
                elif named or not path.name.startswith("."):
                    walk(path)
            elif not named and not (_wanted(path.name) or _is_archive_name(path)):
                return
            elif path.is_file():
                inside = _opened(path, refused)
                found.update(dict.fromkeys([path] if inside is None else inside))
            elif path.is_symlink():
                refused[path] = "a link that leads nowhere"
            elif path.exists():
                refused[path] = "not a regular file"
            else:
                refused[path] = "no such file"
        except OSError as error:
            refused[path] = reason(error)

    def walk(place: Path) -> None:
        real = place.resolve()
        if real in walked:
            return
        walked.add(real)
        for path in sorted(place.iterdir()):
            offer(path, False)

    walked: set[Path] = set()
    for path in paths:
        offer(Path.cwd() / path, True)  # not resolved: a link keeps its own name
    return sorted(found), dict(sorted(refused.items()))


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and path.name not in NEVER and path.name[0] != "."


def _is_archive_name(path: Path) -> bool:
    return path.suffix.lower() == _ARCHIVE and path.name[0] != "."


def _opened(path: Path, refused: dict[Path, str]) -> list[Path] | None:
    """The files of a ZIP archive; None where the file is no archive of files. What is refused is told of."""
    with path.open("rb") as file:
        if not _zipped.is_zip(file.read(4)):
            return None
    try:
        entries = _zipped.listed(path)
    except ReadError as error:
        refused[path] = str(error)
        return []
    if not is_archive([entry.filename for entry in entries]):
        return None
    inside: list[Path] = []
    for entry in entries:
        name = PurePosixPath(entry.filename)
        if name.parts[:1] == ("__MACOSX",) or any(part.startswith(".") and part != ".." for part in name.parts):
            continue
        if name.suffix.lower() == _ARCHIVE:
            refused[path / name] = "an archive in an archive: unpack it first"
        elif not _wanted(entry.filename):
            continue
        elif name.is_absolute() or ".." in name.parts or "\\" in entry.filename:
            refused[path / name.name] = "its name leads out of its archive: refused"
        elif why := _zipped.refusal(entry):
            refused[path / name] = why
        else:
            inside.append(path / name)
    if not inside and not any(path in one.parents for one in refused):
        refused[path] = f"ZIP archive of {len(entries):,} files, none of a kind that is read"
    return inside


def names(paths: Sequence[Path], stored: dict[str, str | None]) -> dict[Path, str]:
    """The document name of each file: its file name; with the folder before it where another file has that name.

    stored: document name -> file, of the database. A file keeps the name it was stored under; the name of a file that
    is gone is free (it was moved or corrected).
    """
    given: dict[Path, str] = {}
    owner = {file: name for name, file in stored.items() if file}
    taken = {name for name, file in stored.items() if file and _there(Path(file))}
    for path in paths:
        if str(path) in owner:
            given[path] = owner[str(path)]
    for path in paths:
        if path in given:
            continue
        parts = path.parts[1:] if path.anchor else path.parts
        options = ["/".join(parts[-n:]) for n in range(1, len(parts) + 1)]
        given[path] = next((name for name in options if name not in taken), options[-1])
        taken.add(given[path])
    return given


# ---- bytes -------------------------------------------------------------------------------------------------------


def content(path: Path) -> bytes:
    """The bytes of a file, or of a file of an archive. Raises OSError, ReadError."""
    found = None if path.is_file() else _archive_of(path)
    return path.read_bytes() if found is None else _zipped.unpacked(*found)


def digest(path: Path) -> str:
    """sha256 of a file's bytes, hexadecimal. Raises OSError, ReadError."""
    if path.is_file():
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    return sha256(content(path)).hexdigest()


def size(path: Path) -> int:
    """Bytes of a file; of a file of an archive those that it unpacks to."""
    found = None if path.is_file() else _archive_of(path)
    if found is None:
        return path.stat().st_size
    return _sizes(found[0], found[0].stat().st_mtime_ns).get(found[1], 0)


@lru_cache(maxsize=8)
def _sizes(archive: Path, changed: int) -> dict[str, int]:
    return {entry.filename: entry.file_size for entry in _zipped.listed(archive)}


def _archive_of(path: Path) -> tuple[Path, str] | None:
    """The archive that a path goes through, and the name in it; None where there is none."""
    archive = next((parent for parent in path.parents if parent.is_file()), None)
    return None if archive is None else (archive, path.relative_to(archive).as_posix())


def _there(path: Path) -> bool:
    return path.exists() or _archive_of(path) is not None


def reason(error: OSError) -> str:
    """Why the system refuses a file, one line."""
    return (error.strerror or str(error)).lower() if not isinstance(error, PermissionError) else "no right to read it"
