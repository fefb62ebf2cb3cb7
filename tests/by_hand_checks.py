"""Flagged rows of the articles beside the checkout, each read by hand in its article: was the alarm true?

    python tests/by_hand_checks.py                 flag anew and show what is not in the list yet, with its quotation
    python tests/by_hand_checks.py --everything    ... in all documents of direction/, not only in those listed

checks_by_hand.jsonl keeps no text and no name: folder, the first sixteen hexadecimal digits of the sha256 of the
document's stem, offsets, check and verdict ("real": the printed figures do not add up; "false alarm": they do, or were
misread).

The list holds every alarm that the checks raise in all 1,804 documents of FOLDERS, in the third that nobody looks at
too: there only the passages around alarms were read, and no rule was changed for them. More than these cannot be read
before there are more documents. The tests flag all documents anew, but of direction/ those listed: --everything has
the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Collection, Iterable
from hashlib import sha256
from pathlib import Path

from trialtab import run, statistics
from trialtab.store import Store

HERE = Path(__file__).resolve().parent
LIST = HERE / "checks_by_hand.jsonl"
SHARED = HERE.parents[1] / "shared"
FOLDERS = (
    "articles", "ico/documents", "pico/documents", "direction/documents", "findings/documents", "rct_art/documents",
    "../pdf/pairs", "../pdf/trials",
)  # fmt: skip
LARGE = "direction/documents"
"""Takes minutes: of it only the documents where something is listed, unless all are asked for."""
READ = (".txt", ".md", ".nxml", ".xml", ".html", ".pdf")

Flag = tuple[str, str, int, int, str]
"""Folder, digest of the document's stem, start, end, check."""


def digest(stem: str) -> str:
    return sha256(stem.encode()).hexdigest()[:16]


def listed() -> dict[Flag, str]:
    """Flags and their verdicts."""
    lines = [json.loads(line) for line in LIST.read_text("utf-8").splitlines()]
    return {
        (one["folder"], one["doc"], one["start"], one["end"], one["check"]): one["verdict"] for one in lines
    }  # fmt: skip


def told(verdicts: Collection[str]) -> str:
    """How many alarms were read, and the share of false ones with its 95% interval by Clopper and Pearson."""
    false, read = sum(verdict == "false alarm" for verdict in verdicts), len(verdicts)
    low, high = statistics.clopper_pearson(false, read)
    return f"{read} read: {false} false alarm(s), {false / read:.1%} (95% CI {low:.1%} to {high:.1%})"


def documents(folder: str, everything: bool = False) -> list[Path]:
    """Documents of a folder; of LARGE only those where something is listed, unless everything is asked for."""
    paths = sorted(path for path in (SHARED / "bench" / folder).iterdir() if path.suffix in READ)
    docs = {flag[1] for flag in listed() if flag[0] == folder}
    return [path for path in paths if folder != LARGE or everything or digest(path.stem) in docs]


def flagged(folder: str, paths: Iterable[Path]) -> dict[Flag, str]:
    """What the checks flag in some documents of a folder, each with its quotation and the figure that was expected."""
    with tempfile.TemporaryDirectory() as place:
        db = Path(place) / "flags.db"
        run.extract(list(paths), db)
        return flagged_in(folder, db)


def flagged_in(folder: str, db: Path) -> dict[Flag, str]:
    """The same of the documents of a database."""
    with Store(db, write=False) as store:
        failed = [check for check in store.checks() if check["result"] == "fail"]
        rows = {row["finding_id"]: row for row in store.select(finding_id={one["finding_id"] for one in failed})}
    found = {}
    for check in failed:
        row = rows[check["finding_id"]]
        key = (folder, digest(Path(row["document"]).stem), row["start"], row["end"], check["name"])
        found[key] = f"{row['document']} {row['quote']!r}: expected {check['expected']}"
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--everything", action="store_true", help="all documents of direction/ too")
    options = parser.parse_args()
    known = listed()
    for folder in FOLDERS:
        for flag, quoted in sorted(flagged(folder, documents(folder, options.everything)).items()):
            if flag not in known:
                line = json.dumps(dict(zip(("folder", "doc", "start", "end", "check"), flag, strict=True)))
                sys.stdout.write(f"{line} {quoted}\n")
    sys.stdout.write(f"{told(known.values())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
