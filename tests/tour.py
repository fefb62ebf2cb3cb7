"""Run the commands that README.md shows and write what they print under them.

    python tests/tour.py            show what would change; exit code 1 where the README is behind
    python tests/tour.py --update   write README.md

A block ```console holds lines `$ command` with their output. Commands run in one temporary folder from top to bottom,
on a terminal of 118 columns, with `corpora/` in reach. Before a block, `<!-- finding: SELECT ... -->` says which
finding id the block is about: it takes the place of the id that stands there. A line `...` at the end of an output
says that it is cut: as many lines are kept as there are. Pictures that README.md shows are drawn anew by --update.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
WIDTH = 118
BLOCK = re.compile(r"(?:^<!-- finding: (?P<sql>.*?) -->\n)?^```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PAINT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def printed(command: str, place: Path) -> list[str]:
    """What a command prints on a terminal, without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": str(WIDTH), "TERM": "xterm"}
    process = subprocess.Popen(
        ["bash", "-c", command], cwd=place, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE,
        env=environment,
    )  # fmt: skip
    os.close(theirs)
    data = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # the other end is closed: on Linux an error, elsewhere the end of the file
            break
        if not more:
            break
        data += more
    os.close(ours)
    assert process.stderr is not None
    faults = process.stderr.read().decode()
    if process.wait():
        raise SystemExit(f"{command}: exit code {process.returncode}\n{faults}")
    text = PAINT.sub("", data.decode()).replace("\r\n", "\n")
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]


def refreshed(text: str, place: Path) -> str:
    """README.md with the outputs of its commands as they are now."""

    def block(found: re.Match[str]) -> str:
        body = found["body"]
        if found["sql"]:
            sql = found["sql"].replace('"', '\\"')
            (new,) = printed(f'trialtab query --db evidence.db --format csv --sql "{sql}"', place)[1:2]
            body = re.sub(r"(?<=explain )[0-9a-f]+", new[:8], body)
        lines = []
        for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
            if not part.startswith("$ "):
                continue
            command, *old = part.rstrip("\n").split("\n")
            new_lines = printed(command[2:], place)
            if old and old[-1] == "..." and len(new_lines) >= len(old):
                new_lines = [*new_lines[: len(old) - 1], "..."]
            lines += [command, *new_lines]
        return found[0].replace(found["body"], "\n".join(lines) + "\n")

    return BLOCK.sub(block, text)


PICTURES = {"response.png": "demo_response.png", "aplasia.png": "demo_aplasia.png"}
"""What the tour draws and README.md shows, and its names in tests/pictures."""


def draw(place: Path) -> None:
    """Keep the pictures that the tour drew, half as wide."""
    from PIL import Image

    for name, kept in PICTURES.items():
        with Image.open(place / name) as image:
            half = image.convert("RGB").resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
            half.save(ROOT / "tests" / "pictures" / kept, optimize=True)


def main() -> int:
    """Refresh or compare; the exit code."""
    old = README.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "corpora", place / "corpora")
        new = refreshed(old, place)
        if "--update" in sys.argv[1:]:
            draw(place)
    # What differs from run to run is no change: seconds.
    if re.sub(r"\(\d+\.\d s\)", "", new) == re.sub(r"\(\d+\.\d s\)", "", old):
        return 0
    if "--update" in sys.argv[1:]:
        README.write_text(new, "utf-8")
        return 0
    sys.stdout.write("README.md is behind what its commands print: python tests/tour.py --update\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
