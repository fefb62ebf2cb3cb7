"""Many files: which ones, in worker processes with limits, into the database as each is done.

A file is read in a process of its own kind: with a limit on its address space and on its time, because a hostile PDF
can abort or hang a whole process. A worker that dies or is late is one failed file; it is replaced and the others go
on. The parent process never parses a document: it expands folders, hands out files, and saves what comes back, one
transaction a file, so that a killed run loses no finished document and repeats none.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePath
from typing import IO, Any, cast

from trialtab import __version__, inputs
from trialtab.errors import ReadError, TrialtabError
from trialtab.garbage import collected_seldom, set_aside
from trialtab.inputs import SUFFIXES, names
from trialtab.model import Document, Record
from trialtab.resources import folder

ENGINE = ("readers", "extract", "values.py", "vocabulary.py", "language.py", "rules.py", "evidence.py", "confidence.py",
          "checks", "prefilter.py",
          "statistics/intervals.py", "statistics/two_groups.py", "model.py")  # fmt: skip
"""The code whose change may change a row."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: seconds of wall clock, bytes of address space (0: none)."""

    seconds: float = 120.0
    memory: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. state: extracted | unchanged | failed; reason: why it failed, one line."""

    path: Path
    state: str
    reason: str = ""
    document: str = ""
    findings: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.state != "failed"


# ---- one document ----------------------------------------------------------------------------------------------


@cache
def rules_digest() -> str:
    """sha256 over the rule files and the code that applies them: rows of another digest are read again."""
    digest = sha256()
    package = Path(__file__).resolve().parent
    code = [package / name for name in ENGINE]
    found = [path for path in folder("patterns").rglob("*") if path.is_file() and path.name[0] != "."]
    found += [path for place in code for path in (place.rglob("*.py") if place.is_dir() else [place])]
    for path in sorted(found, key=lambda path: (path.name, str(path))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@collected_seldom()
def records(data: bytes, name: str, *, study: str | None = None, digest: str | None = None) -> list[Record]:
    """The records of one file: bytes -> documents -> findings -> rows -> checks, in this process.

    study: a label; None: the file's stem; digest: of the rules, where the run has taken it. Most files give one
    record. Raises ReadError, RuleFileError.
    """
    from trialtab import checks, evidence, extract, readers, rules

    known = rules.load()
    documents = readers.read(data, name)
    found = []
    for document in documents:
        extraction = extract.extract(document, known)
        label = study or study_label(name, document.document_id if len(documents) > 1 else "")
        record = evidence.rows(
            document, extraction, study=label, rules_digest=digest or rules_digest(), version=__version__
        )
        lines = checks.check(record.rows, record.arms, document.text)
        found.append(replace(record, checks=tuple(lines), rows=checks.mark(record.rows, lines)))
    set_aside()
    return found


def study_label(name: str, key: str = "") -> str:
    """The label of a study that was given none: the document's name without its suffix, and the record's key."""
    path = PurePath(name)
    stem = str(path.with_suffix("")) if path.suffix.lower() in SUFFIXES else name
    tail = key[64:].strip(" #:/-") if len(key) > 64 else ""
    return f"{stem} {tail}" if tail else stem


# ---- which files -----------------------------------------------------------------------------------------------


def files(paths: Iterable[str | Path]) -> tuple[list[Path], list[Outcome]]:
    """Files to read, sorted and each once, and what cannot be read with its reason (see `inputs.files`)."""
    found, refused = inputs.files(paths)
    return found, [Outcome(path, "failed", reason) for path, reason in refused.items()]


# ---- the worker's side -----------------------------------------------------------------------------------------

_HEAD = struct.Struct(">Q")


def _send(stream: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_HEAD.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    """The next message; None where the other side is gone."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (size,) = _HEAD.unpack(head)
    data = stream.read(size)
    return pickle.loads(data) if len(data) == size else None


def serve() -> None:
    """The loop of a worker process: a task on standard input, its answer on what was standard output."""
    tasks = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write between the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and decides
    seconds, memory, only_read, digest = _receive(tasks) or (0.0, 0, True, None)
    _limit(memory)
    try:
        _load(only_read)
    except TrialtabError as error:
        _send(answers, ("refused", str(error)))
        return
    _send(answers, ("ready", ""))
    while (task := _receive(tasks)) is not None:
        path, name, study = task
        _alarm(seconds)
        answer = _answer(path, name, study, memory, only_read, digest)
        _alarm(0)
        _send(answers, answer)
        if answer[0] == "memory":
            return  # what is left of this process may be in any state


def _load(only_read: bool) -> None:
    """Import what the first file would import, before its clock runs."""
    from trialtab import readers  # noqa: F401

    if not only_read:
        from trialtab import extract, rules  # noqa: F401

        rules.load()


def _answer(
    path: str, name: str, study: str | None, memory: int, only_read: bool, digest: str | None
) -> tuple[str, Any]:
    try:
        data = inputs.content(Path(path))
        if only_read:
            from trialtab import readers

            return "documents", [document.without_places() for document in readers.read(data, name)]
        found = records(data, name, study=study, digest=digest)
    except OSError as error:
        return "failed", inputs.reason(error)
    except TrialtabError as error:
        return "failed", str(error)
    except MemoryError:
        return "memory", f"needs more than {memory / (1 << 30):.3g} GB of memory"
    except RecursionError:
        return "failed", "nested too deeply"
    except Exception as error:
        # A fault of ours. It costs this one file, is named with its place, and the run goes on.
        return "failed", f"internal error, please report it: {type(error).__name__}: {error} ({_origin(error)})"
    # Where each word stands is in the rows already; the arrays need not travel.
    return "records", [replace(record, document=record.document.without_places()) for record in found]


def _origin(error: BaseException) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{Path(at.tb_frame.f_code.co_filename).name} line {at.tb_lineno}" if at else "unknown place"


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the clock still runs
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (memory if hard < 0 else min(memory, hard), hard))


def _alarm(seconds: float) -> None:
    """A second clock, inside: it ends a hanging worker whose parent was killed."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + 10 if seconds else 0)


# ---- the parent's side -----------------------------------------------------------------------------------------

_PLACE = str(Path(__file__).resolve().parents[1])
_SERVE = f"import sys; sys.path.append({_PLACE!r}); from trialtab.run import serve; serve()"
WORKER = (sys.executable, "-P", "-c", _SERVE)
"""-P: the folder a user stands in is no place to import from."""
START_SECONDS = 120.0

# One thread a worker: there are as many workers as cores, and idle thread pools count against the address space.
# A fixed hash seed: no row may hang on the order of a set.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
}  # fmt: skip


class _Gone(Exception):
    """The worker is no more; the message is the reason for the file it was reading."""


class _Worker:
    """One worker process, started when first needed and again after it has died."""

    def __init__(self, limits: Limits, *, only_read: bool = False) -> None:
        self._limits = limits
        self._only_read = only_read
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._late = False

    def ask(self, task: tuple[str, str, str | None]) -> tuple[str, Any]:
        """Send a task and wait for its answer. Raises _Gone, StoreError where no worker can be started."""
        if self._process is None:
            self._start()
        answer = self._exchange(task, self._limits.seconds)
        if answer[0] == "memory":
            self.close()
        return answer

    def _start(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            env={**os.environ, **_ENVIRONMENT},
        )  # fmt: skip
        try:
            # The digest is taken once a run: rows of rules that are edited meanwhile go by the old one, and are
            # read again next time.
            digest = None if self._only_read else rules_digest()
            settings = (self._limits.seconds, self._limits.memory, self._only_read, digest)
            state, message = self._exchange(settings, START_SECONDS)
        except _Gone as error:
            raise TrialtabError(f"a worker process could not be started: {error}") from error
        if state != "ready":
            raise TrialtabError(message)

    def _exchange(self, message: object, seconds: float) -> tuple[str, Any]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        self._late = False
        clock = threading.Timer(seconds, self._stop)
        clock.daemon = True
        clock.start()
        try:
            _send(process.stdin, message)
            answer = _receive(process.stdout)
        except OSError:  # the pipe broke: the process is gone, and its end tells why
            answer = None
        finally:
            clock.cancel()
            clock.join()
        if isinstance(answer, tuple) and len(answer) == 2:
            if self._late:  # answered at the last moment, and stopped all the same
                self._end(seconds)
            return answer
        raise _Gone(self._end(seconds))

    def _stop(self) -> None:
        self._late = True
        self.kill()

    def _end(self, seconds: float) -> str:
        process, self._process = self._process, None
        assert process is not None
        process.kill()
        code = process.wait()
        last = b""
        if self._errors is not None:
            self._errors.seek(0)
            last = (self._errors.read()[-2000:].strip().splitlines() or [b""])[-1]
        self._shut(process)
        if self._late or (hasattr(signal, "SIGALRM") and code == -signal.SIGALRM):
            return f"stopped after {seconds:g} s"
        if b"MemoryError" in last or b"bad_alloc" in last:
            return f"needs more than {self._limits.memory / (1 << 30):.3g} GB of memory"
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        said = last.decode("utf-8", "replace").strip()
        return f"worker died ({how})" + (f": {said[:200]}" if code > 0 and said else "")

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer gets _Gone."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process in good order: it has no task, and the end of its input is its sign to go."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._shut(process)

    def _shut(self, process: subprocess.Popen[bytes]) -> None:
        for stream in (process.stdin, process.stdout, self._errors):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._errors = None


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    name: str
    study: str | None


@dataclass(frozen=True, slots=True)
class _Answer:
    task: _Task
    state: str
    content: Any
    seconds: float


def _work(
    tasks: queue.SimpleQueue[_Task | None], answers: queue.Queue[_Answer | BaseException], worker: _Worker
) -> None:
    """A thread with a worker: tasks in, answers out, until it gets None. A fault that concerns all is passed on."""
    try:
        while (task := tasks.get()) is not None:
            began = time.monotonic()
            try:
                state, content = worker.ask((str(task.path), task.name, task.study))
            except _Gone as gone:
                state, content = "failed", str(gone)
            answers.put(_Answer(task, state, content, time.monotonic() - began))
    except BaseException as error:
        answers.put(error)
    finally:
        worker.close()


def _read(tasks: Sequence[_Task], workers: int, limits: Limits) -> Iterator[_Answer]:
    """Answers in the order they are done."""
    waiting: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    for _ in range(workers):
        waiting.put(None)
    answers: queue.Queue[_Answer | BaseException] = queue.Queue(2 * workers)
    pool = [_Worker(limits) for _ in range(workers)]
    threads = [threading.Thread(target=_work, args=(waiting, answers, worker), daemon=True) for worker in pool]
    for thread in threads:
        thread.start()
    try:
        for _ in tasks:
            answer = answers.get()
            if isinstance(answer, BaseException):
                raise answer
            yield answer
    finally:
        # Also when the run is broken off: no task is left to take, no worker is left alive.
        with contextlib.suppress(queue.Empty):
            while True:
                waiting.get_nowait()
        for _ in threads:
            waiting.put(None)
        done = all(not thread.is_alive() for thread in threads)
        while not done:
            for worker in pool:
                worker.kill()
            with contextlib.suppress(queue.Empty):
                answers.get(timeout=0.05)
            done = all(not thread.is_alive() for thread in threads)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _enough(tasks: Sequence[_Task]) -> int:
    """Workers that a job is worth: starting one costs as much as reading some ten abstracts or one article."""
    size = sum(inputs.size(task.path) for task in tasks)
    return max(1, min(cores(), len(tasks) // 12 + size // 500_000))


def extract(
    paths: Iterable[str | Path],
    db: str | Path,
    *,
    study: str | None = None,
    workers: int | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int, Outcome], None] | None = None,
) -> list[Outcome]:
    """Read files and folders into the database `db` (made where there is none); what became of each, by path.

    study: one label for all files; None: each file's own. workers: processes, default by the size of the job.
    progress: called with (files done, files in all, outcome) after each. A file that is unchanged since the same rules
    read it is passed over. Rows do not depend on the order of paths nor on workers. Raises StoreError, RuleFileError;
    a file that cannot be read is an Outcome, no error.
    """
    from trialtab.store import Store

    limits = limits or Limits()
    found, outcomes = files(paths)
    with Store(db) as store:
        total = len(found) + len(outcomes)
        done = 0

        def told(outcome: Outcome) -> Outcome:
            nonlocal done
            done += 1
            if progress is not None:
                progress(done, total, outcome)
            return outcome

        for outcome in outcomes:
            told(outcome)
        digest = rules_digest()
        named = names(found, store.files())
        labels = _given_labels(store.documents())
        tasks: list[_Task] = []
        for path in found:
            name = named[path]
            try:
                document_id = inputs.digest(path)
            except (OSError, ReadError) as error:
                reason = inputs.reason(error) if isinstance(error, OSError) else str(error)
                outcomes.append(told(Outcome(path, "failed", reason)))
                continue
            if store.has(document_id, digest, __version__, study, document=name):
                outcomes.append(told(Outcome(path, "unchanged", document=name)))
            else:
                tasks.append(_Task(path, name, study or labels.get(name)))
        if tasks:
            count = min(len(tasks), workers) if workers else _enough(tasks)
            for answer in _read(tasks, max(1, count), limits):
                outcomes.append(told(_saved(store, answer)))
    return sorted(outcomes, key=lambda outcome: outcome.path)


def _given_labels(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """File -> the label it was read with; of a file of many records only a label that all of them share."""
    read: dict[str, set[str]] = {}
    for row in documents:
        read.setdefault(row["document"], set()).add(row["study_read"])
    return {name: labels.pop() for name, labels in read.items() if len(labels) == 1}


def _first_line(reason: object, task: _Task) -> str:
    """A reason as one line, without the file's name before it: whoever shows it names the file."""
    line = (str(reason).strip().splitlines() or ["no reason given"])[0]
    for prefix in (f"{task.path}: ", f"{task.name}: ", f"{task.path.name}: "):
        line = line.removeprefix(prefix)
    return line


def _saved(store: Any, answer: _Answer) -> Outcome:
    task = answer.task
    if answer.state != "records":
        reason = _first_line(answer.content, task)
        return Outcome(task.path, "failed", reason, task.name, seconds=answer.seconds)
    if not answer.content:
        return Outcome(task.path, "failed", "holds no document", task.name, seconds=answer.seconds)
    store.save(*answer.content, file=task.path)
    rows = sum(len(record.rows) for record in answer.content)
    return Outcome(task.path, "extracted", "", task.name, rows, answer.seconds)


# ---- one file, without a database ------------------------------------------------------------------------------


def read_file(path: str | Path, *, limits: Limits | None = None) -> list[Document]:
    """The documents of one file, read in a worker process. Raises ReadError, also where the worker died or was late."""
    return cast("list[Document]", _alone(Path(path), limits, only_read=True))


def extract_file(path: str | Path, *, study: str | None = None, limits: Limits | None = None) -> list[Record]:
    """The records of one file, extracted in a worker process. Raises ReadError, RuleFileError."""
    return cast("list[Record]", _alone(Path(path), limits, study=study, only_read=False))


def _alone(path: Path, limits: Limits | None, *, study: str | None = None, only_read: bool) -> list[Any]:
    found, refused = files([path])
    if refused:
        raise ReadError(f"{path}: {refused[0].reason}")
    if len(found) != 1 or path.is_dir():
        raise ReadError(f"{path}: {'a folder' if path.is_dir() else 'an archive of several files'}; name one file")
    worker = _Worker(limits or Limits(), only_read=only_read)
    try:
        state, content = worker.ask((str(found[0]), path.name, study))
    except _Gone as gone:
        raise ReadError(f"{path}: {gone}") from gone
    finally:
        worker.close()
    if state not in ("documents", "records"):
        raise ReadError(f"{path}: {_first_line(content, _Task(found[0], path.name, study))}")
    return list(content)


__all__ = [
    "SUFFIXES", "Limits", "Outcome", "cores", "extract", "extract_file", "files", "names", "read_file", "records",
    "rules_digest", "serve", "study_label",
]  # fmt: skip
