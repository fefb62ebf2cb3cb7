"""ZIP archives, as containers of files (and as what a DOCX is): listed without unpacking, unpacked within limits.

Nothing is ever written to disk, and no name of an archive is used as a path.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from trialtab.errors import ReadError

MAX_ENTRIES = 10_000
MAX_UNPACKED = 500_000_000
"""Bytes of one unpacked file; larger ones are refused by what the archive declares, before a byte is unpacked."""
MAX_RATIO = 200
"""Unpacked size by packed size. XML packs some 20 times smaller; above this, and above FREE_BYTES, it is a bomb."""
FREE_BYTES = 5_000_000

_DAMAGED = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError, EOFError, RuntimeError,
            zlib.error, OverflowError)  # fmt: skip


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def listed(data: bytes | Path) -> list[zipfile.ZipInfo]:
    """The entries of an archive, folders left out, in its order. Raises ReadError where it is damaged or too full."""
    try:
        with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
            entries = archive.infolist()
    except _DAMAGED as error:
        raise ReadError("ZIP archive, damaged: unpack it with another tool first") from error
    if len(entries) > MAX_ENTRIES:
        raise ReadError(f"ZIP archive of {len(entries):,} files: over the limit of {MAX_ENTRIES:,}")
    return [entry for entry in entries if not entry.is_dir()]


def refusal(entry: zipfile.ZipInfo, most: int = MAX_UNPACKED) -> str:
    """Why an entry is not unpacked, one line; "" where it may be."""
    if entry.flag_bits & 0x1:
        return "locked by a password"
    size = entry.file_size
    if size > most:
        return f"unpacks to {size / 1e6:,.0f} MB: over the limit of {most / 1e6:,.0f} MB"
    if size > FREE_BYTES and size > MAX_RATIO * max(1, entry.compress_size):
        return f"unpacks to {size / 1e6:,.0f} MB, more than {MAX_RATIO} times its size: refused as a ZIP bomb"
    return ""


def unpacked(data: bytes | Path, name: str, most: int = MAX_UNPACKED) -> bytes:
    """One file of an archive. Raises ReadError where it is missing, refused or damaged.

    An entry that unpacks to more than it declares is damaged: no more than that is ever held.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
            entry = archive.NameToInfo.get(name) or next(
                (e for e in archive.infolist() if PurePosixPath(e.filename).as_posix() == name), None
            )
            if entry is None:
                raise ReadError(f"no {name} in the archive")
            if why := refusal(entry, most):
                raise ReadError(why)
            with archive.open(entry) as file:
                content = file.read(entry.file_size + 1)
    except _DAMAGED as error:
        raise ReadError(
            f"damaged in its archive: {' '.join(str(error).split())[:120] or type(error).__name__}"
        ) from error
    if len(content) != entry.file_size:
        raise ReadError("damaged in its archive: not as long as it says")
    return content
