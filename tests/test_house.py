"""The house: imports go one way, the code is clean, and README.md says nothing that is not so."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest

import bundled
import floors
import trialtab
from trialtab import cli
from trialtab.store import EVIDENCE_COLUMNS

ROOT = bundled.ROOT
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = cli._command_names(cli.main)
LEAVES = [words for words in COMMANDS if not any(other[: len(words)] == words != other for other in COMMANDS)]


def run_here(*words, **given):
    """A program of this environment, in the root of the tree."""
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, **given)


# ---- a machine holds it ----------------------------------------------------------------------------------------


def test_imports_go_one_way():
    done = run_here("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_ruff_is_content():
    done = run_here("-m", "ruff", "check", "--no-cache", "--output-format", "concise")
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_is_content():
    done = run_here("-m", "mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_stands_in_the_contract_of_layers():
    """A new module must be given its place, or nothing would hold it."""
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = {name.split(".")[1] for contract in contracts if contract["type"] == "layers"
              for layer in contract["layers"] for name in layer.split(" | ")}  # fmt: skip
    rooms = {path.stem for path in (ROOT / "src" / "trialtab").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms - {"__init__", "__pycache__", "py"} <= layers
    assert layers <= rooms


# ---- what lies where -------------------------------------------------------------------------------------------

TOP = {"pyproject.toml", "src", "corpora", "patterns", "tests", "README.md", "LICENSE", ".gitignore", ".ci"}


def test_the_top_of_the_tree_is_fixed():
    """Caches, environments and databases that .gitignore names may lie about; nothing else."""
    ignored = re.compile(r"\.git|\.venv|\..*_cache|\.hypothesis|.*\.db(-wal|-shm)?|__pycache__|dist|build|.*\.egg-info")
    names = {path.name for path in ROOT.iterdir() if not ignored.fullmatch(path.name)}
    assert names == TOP


@cache
def texts():
    """Path -> text of the files of the tree that people write."""
    found = {}
    for top in sorted(TOP):
        place = ROOT / top
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix != ".pdf" and "__pycache__" not in path.parts:
                found[path] = path.read_text("utf-8", "replace")
    assert len(found) > 60
    return found


RUN = 16
"""Words in a row that two people do not write by chance."""


def runs(text):
    words = re.findall(r"[a-z0-9]+", text.lower())
    return zip(*(words[i:] for i in range(RUN)), strict=False)


def test_nothing_of_the_development_data_is_in_the_tree(shared):
    """Neither the name of one of its documents nor a run of its words (licences and their like apart)."""
    folders = ("bench/articles", "bench/rct_art/documents", "bench/pico/documents", "bench/findings/documents",
               "pdf/pairs")  # fmt: skip
    data = [path for folder in folders for path in sorted((shared / folder).iterdir())
            if path.suffix in (".nxml", ".xml", ".txt", ".md")]  # fmt: skip
    assert len(data) > 1000
    ours = {path: text for path, text in texts().items() if path.name != "LICENSE"}
    named = {path.stem for path in data if re.fullmatch(r"PMC\d+|\w*\d{5,}", path.stem)}
    for path, text in ours.items():
        assert not named & set(re.findall(r"\w*\d{5,}", text)), f"{path} names a document of the development data"
    at = {run: path for path, text in ours.items() for run in runs(text)}
    for path in data:
        text = re.sub(r"<[^>]*>", " ", path.read_text("utf-8", "replace"))
        for run in runs(text):
            assert run not in at, f"{at[run]} has of {path}: {' '.join(run)}"


# ---- it starts at once -----------------------------------------------------------------------------------------


def test_the_version_is_told_in_less_than_a_third_of_a_second():
    """Least of several runs, in CPU seconds: nothing is waited for, so on a free machine they are those of the wall."""
    program = Path(sys.executable).with_name("trialtab" + (".exe" if os.name == "nt" else ""))
    times = []
    for _ in range(10):
        before = os.times()
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        after = os.times()
        assert said == f"trialtab {trialtab.__version__}\n"
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        times.append(spent if os.name == "posix" else after.elapsed - before.elapsed)
        if min(times) < 0.3:
            return
    raise AssertionError(f"seconds: {times}")


def test_the_version_loads_few_modules():
    """What Python itself and click load, and the commands: a library more is what makes a start slow."""
    count = "import sys; from trialtab.cli import main\ntry:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
    script = count + "sys.stderr.write(' '.join(sys.modules))"
    bare = set(run_here("-c", "import sys, click; sys.stderr.write(' '.join(sys.modules))", check=True).stderr.split())
    more = set(run_here("-c", script, check=True).stderr.split()) - bare
    assert more
    assert len(more) < 40, sorted(more)


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["extract", "--help"]], ids=" ".join)
def test_help_and_version_import_nothing_heavy(words):
    heavy = {"spacy", "numpy", "lxml", "scipy", "rich", "pydantic", "pypdfium2", "pdfplumber", "rapidfuzz"}
    script = (
        f"import sys; from trialtab.cli import main\ntry:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join({heavy!r} & set(sys.modules)))"
    )
    assert run_here("-c", script, check=True).stderr == ""


# ---- README.md -------------------------------------------------------------------------------------------------


def command(name):
    """The command in the fenced block after <!-- command: NAME -->, as .ci/run finds it."""
    found = re.findall(rf"^<!-- command: {name} -->\n```bash\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"README.md has {len(found)} commands named {name}"
    return found[0]


def test_the_two_commands_are_each_enough_on_a_fresh_machine():
    for name, last in (("demo", "trialtab demo"), ("test", "pytest")):
        steps = command(name).split(" && ")
        assert steps[0] == "python3 -m venv .venv", "an environment of its own"
        assert " install " in steps[1]
        assert steps[-1].endswith(last)
        assert "\n" not in command(name), "one line to paste"


def test_ci_runs_the_two_commands_of_the_readme(tmp_path):
    """.ci/run is run with a bash whose python3 and .venv programs only tell how they were called."""
    place = tmp_path / "tree"
    (place / ".ci").mkdir(parents=True)
    for name in (".ci/run", "README.md"):
        (place / name).write_bytes((ROOT / name).read_bytes())
    (place / ".ci" / "run").chmod(0o755)
    tools = tmp_path / "tools"
    tools.mkdir()
    tell = f'#!/bin/sh\necho "$0 $*" >> {shlex.quote(str(tmp_path / "calls"))}\n'
    make = f"{tell}mkdir -p .venv/bin; for n in pip trialtab pytest; do cp {tools}/tell .venv/bin/$n; done\n"
    judges = dict.fromkeys(("Rscript", "soffice", "pdftoppm"), "#!/bin/sh\n")  # all there: nothing is installed
    for name, script in {"tell": tell, "python3": make, **judges}.items():
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    done = subprocess.run(
        [place / ".ci" / "run"], env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    calls = [line.removeprefix(f"{tools}/") for line in (tmp_path / "calls").read_text().splitlines()]
    wanted = [shlex.join(shlex.split(step)) for name in ("demo", "test") for step in command(name).split(" && ")]
    assert [shlex.join(shlex.split(call)) for call in calls] == [shlex.join(shlex.split(step)) for step in wanted]


@pytest.mark.parametrize("root", [True, False])
def test_ci_installs_r_and_libreoffice_where_it_may_and_else_says_what_is_skipped(tmp_path, root):
    """.ci/run is run where R and LibreOffice are missing, with an apt-get that only tells how it was called."""
    place, tools = tmp_path / "tree", tmp_path / "tools"
    (place / ".ci").mkdir(parents=True)
    for name in (".ci/run", "README.md"):
        (place / name).write_bytes((ROOT / name).read_bytes())
    tools.mkdir()
    fakes = {
        "apt-get": f'echo "apt-get $*" >> {shlex.quote(str(tmp_path / "calls"))}', "sudo": "exit 1",
        "id": f"echo {0 if root else 1000}",
        "python3": f"mkdir -p .venv/bin; for n in pip pytest; do ln -s {shutil.which('true')} .venv/bin/$n; done",
    }  # fmt: skip
    for name, script in fakes.items():
        (tools / name).write_text(f"#!/bin/bash\n{script}\n")
        (tools / name).chmod(0o755)
    for name in ("bash", "mkdir", "tar", "awk", "ln", "true", "rm", "mktemp", "dirname", "env", "cat", "sleep"):
        (tools / name).symlink_to(shutil.which(name))
    done = subprocess.run(
        [shutil.which("bash"), place / ".ci" / "run", "test"], env={"PATH": str(tools), "HOME": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if root:
        update, installed = (tmp_path / "calls").read_text().splitlines()
        assert update.startswith("apt-get update")
        assert {"r-base-core", "r-cran-metafor", "libreoffice-writer-nogui"} <= set(installed.split())
        assert "skipped" not in done.stderr
    else:
        (line,) = [line for line in done.stderr.splitlines() if "skipped" in line]
        assert "r-cran-metafor" in line and "libreoffice-writer-nogui" in line


def test_a_failed_test_fails_ci():
    assert "set -euo pipefail" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_is_documented_and_its_help_has_an_example(words):
    assert re.search(rf"\btrialtab {' '.join(words)}\b", README), f"README.md does not show {' '.join(words)}"
    found: click.Command = cli.main
    for word in words:
        assert isinstance(found, click.Group)
        found = found.commands[word]
    assert "Example:" in (found.help or "")


SHOWN = sorted(set(re.findall(r"^\$ (trialtab .*)$", README, re.MULTILINE)))


def test_the_tour_shows_output():
    blocks = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(SHOWN) >= 6
    for block in blocks:
        lines = block.splitlines()
        assert lines[0].startswith("$ ")
        assert any(not line.startswith("$ ") for line in lines), f"no output: {lines[0]}"


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_of_the_tour_exists_with_its_options(line):
    words = shlex.split(line.split(" | ")[0])[1:]
    found: click.Command = cli.main
    while isinstance(found, click.Group) and words:
        assert words[0] in found.commands, line
        found, words = found.commands[words[0]], words[1:]
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known, line


def test_the_python_of_the_readme_runs(tmp_path):
    blocks = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert blocks
    reports = tmp_path / "reports"
    reports.mkdir()
    for name in ("axicel_lymphoma_report.pdf", "teclistamab_practice_page.html"):
        (source,) = [path for path in bundled.DOCUMENTS if path.name == name]
        (reports / name).write_bytes(source.read_bytes())
    (tmp_path / "report.pdf").write_bytes((reports / "axicel_lymphoma_report.pdf").read_bytes())
    for number, block in enumerate(blocks):
        assert len(block.splitlines()) <= 14, "ten lines or so"
        done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"block {number}:\n{block}\n{done.stderr}"
        assert done.stdout.strip(), "it shows something"


def test_the_rule_of_the_readme_is_a_rule(tmp_path):
    from trialtab import rules

    blocks = re.findall(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert blocks
    for number, block in enumerate(blocks):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "rule.toml").write_text(block, "utf-8")
        assert rules.load(place).check() == []


def test_the_accuracy_told_is_the_accuracy_pinned():
    told = floors.TABLE.search(README)
    assert told is not None
    assert told[0] == floors.table(), "re-measure and re-pin: python tests/test_corpora.py --update"


def test_every_column_of_the_evidence_table_is_described():
    section = README[README.index("## The evidence table") :]
    section = section[: section.index("\n## ", 4)]
    missing = [name for name in EVIDENCE_COLUMNS if f"`{name}`" not in section]
    assert missing == []


def test_the_public_names_are_there_and_documented():
    for name in trialtab.__all__:
        found = getattr(trialtab, name)
        assert name == "__version__" or (found.__doc__ or "").strip(), name


def test_the_changelog_has_this_version():
    assert f"### {trialtab.__version__}" in README[README.index("## Changelog") :]
