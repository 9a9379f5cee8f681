"""Starts the user's interpreter with the agent in it, watches it, and gathers what it told."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mlaudit.model.frozen import field, record
from mlaudit.probe.ending import Cause, Ending, Position, decode, place_of_crash
from mlaudit.probe.job import Job, Kind, ProbeError
from mlaudit.probe.processes import Family, adopting
from mlaudit.probe.scratch import Scratch, copied, root_of
from mlaudit.probe.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlaudit.source.document import Document

AGENT = Path(__file__).parent / "agent" / "__main__.py"
KEPT_OUTPUT = 16_384
_TICK = 0.05
_LAST_WORDS = 0.5
_QUIET = {
    "MPLBACKEND": "Agg",
    "WANDB_MODE": "disabled",
    "MLFLOW_TRACKING_URI": "file:./mlruns",
    "COMET_MODE": "DISABLED",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}

# As many threads in every run: sums are added up in another order by fewer or more of them.
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

Event = dict[str, Any]


@record
class Run:
    """What was seen of one run.

    `folder` holds what the agent wrote beside its events; it is gone after `running`.
    """

    job: Job
    events: list[Event]
    ending: Ending
    seconds: float
    output: str
    folder: Path
    scratch: Scratch
    held: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> Iterator[Event]:
        """Give the events of one kind."""
        return (event for event in self.events if event["event"] == kind)

    @property
    def python(self) -> str:
        """The version of the interpreter that ran the program."""
        return next((str(event["python"]) for event in self.of("started")), "")


class running:  # noqa: N801 - used as `with running(job, document) as run`
    """Runs a job in a scratch folder, which lasts as long as the `with` block."""

    def __init__(
        self,
        job: Job,
        document: Document,
        *,
        told: Callable[[Event], None] | None = None,
        shown: IO[bytes] | None = None,
    ):
        self._job = job
        self._document = document
        self._told = told or (lambda event: None)
        self._shown = shown
        self._folder = Path(tempfile.mkdtemp(prefix="mlaudit-"))

    def __enter__(self) -> Run:
        try:
            return self._run()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self) -> Run:
        job, here = self._job, Path.cwd()
        root = root_of(job.program, here).resolve()
        scratch = copied(root, self._folder.resolve() / root.name)
        (self._folder / "processes").write_bytes(bytes(16))
        plan = _plan(job, self._document, scratch, here.resolve())
        (self._folder / "job.json").write_text(json.dumps(plan), encoding="utf-8")
        with adopting() as strangers:
            child = _start(job, self._folder, scratch)
            watch = _Watch(job, child, Family(child.pid, strangers), self._folder)
            watch.until_the_end(self._told, self._shown)
        crash = place_of_crash(watch.crash(), _below(plan))
        ending = decode(watch.events, child.returncode, watch.cause, job.limits, crash)
        if not any(event["event"] == "started" for event in watch.events):
            raise ProbeError(_not_started(job, watch.output))
        confined = next((e for e in watch.events if e["event"] == "confined"), {})
        held = {k: v for k, v in confined.items() if k not in {"event", "at"}}
        return Run(
            job, watch.events, ending, watch.seconds, watch.output, self._folder, scratch, held
        )


def _plan(job: Job, document: Document, scratch: Scratch, here: Path) -> dict[str, Any]:
    """Write down for the agent what to run, where, and within which limits."""
    program = scratch.inside(job.program.resolve())
    folder = scratch.inside(here) if here.is_relative_to(scratch.original) else program.parent
    roots = [str(scratch.copy), str(scratch.original)]
    limits = job.limits
    return {
        "kind": job.kind.value,
        "path": str(program),
        "module": job.module,
        "arguments": list(job.arguments),
        "cells": _cells(document) if job.kind is Kind.NOTEBOOK else [],
        "cells_of": program.name if job.kind is Kind.NOTEBOOK else None,
        "folder": str(folder),
        "import_from": str(_import_from(job, folder, program)),
        "roots": roots,
        "protected": str(scratch.original),
        "parent": os.getpid(),
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory,
        "limit_data": not _has_cuda(),
        "processes": limits.processes,
        "network": limits.network,
        "max_steps": limits.steps,
        "track_memory": job.track_memory,
        "batches": job.batches and list(job.batches),
        "marks": job.repeat,
        "seed_shift": job.seed_shift,
        "simulated": job.simulated and {"name": job.simulated.name, "bytes": job.simulated.size},
    }


def _import_from(job: Job, folder: Path, program: Path) -> Path:
    """Give what Python puts first on the path of imports."""
    if job.kind is not Kind.MODULE:
        return program.parent
    package = program.parent if program.name == "__main__.py" else program
    return package.parents[job.module.count(".")] if program.is_absolute() else folder


def _cells(document: Document) -> list[dict[str, Any]]:
    return [
        {"number": unit.cell.number, "text": unit.text}
        for unit in document.units
        if unit.cell is not None and not unit.opaque
    ]


def _has_cuda() -> bool:
    """Whether a driver may reserve huge ranges of addresses, which a limit would break."""
    return Path("/dev/nvidiactl").exists()


def _start(job: Job, folder: Path, scratch: Scratch) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **_QUIET}
    if job.repeat:
        environment = {**dict.fromkeys(_THREADS, str(os.cpu_count() or 1)), **environment}
    if "PYTHONPATH" in environment:
        entries = environment["PYTHONPATH"].split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join(_moved(entry, scratch) for entry in entries)
    try:
        return subprocess.Popen(
            [job.python, "-u", str(AGENT), str(folder / "job.json")],
            cwd=scratch.copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise ProbeError(f"{job.python} does not start: {error.strerror or error}") from None


def _at(event: Event) -> float:
    return float(event["at"])


def _moved(entry: str, scratch: Scratch) -> str:
    path = Path(entry).absolute()
    inside = entry and path.is_relative_to(scratch.original)
    moved = scratch.inside(path) if inside else path
    return str(moved) if inside and moved.exists() else entry


def _below(plan: dict[str, Any]) -> Callable[[str, int], Position | None]:
    def position(file: str, line: int) -> Position | None:
        for root in plan["roots"]:
            if file.startswith(f"{root}/") and "site-packages" not in file:
                head, mark, number = file[len(root) + 1 :].rpartition("#")
                if mark and plan["cells_of"] and number.isdigit():
                    return [head, int(number), line, None, None, None]
                return [file[len(root) + 1 :], None, line, None, None, None]
        return None

    return position


def _not_started(job: Job, output: str) -> str:
    last = next((line for line in reversed(output.strip().splitlines()) if line.strip()), "")
    return f"{job.python} ended before the program began: {last.strip() or 'no output'}"


class _Watch:
    """Follows one child until it ends or breaks a limit."""

    def __init__(self, job: Job, child: subprocess.Popen[bytes], family: Family, folder: Path):
        self.events: list[Event] = []
        self.output = ""
        self.cause: Cause | None = None
        self.seconds = 0.0
        self._limits = job.limits
        self._child = child
        self._family = family
        self._folder = folder
        self._read = 0
        self._rest = b""
        self._steps = Steps(folder)
        self._beyond = False

    def until_the_end(self, told: Callable[[Event], None], shown: IO[bytes] | None) -> None:
        """Read what comes, and kill what goes too far."""
        start = time.monotonic()
        output = bytearray()
        assert self._child.stdout is not None
        os.set_blocking(self._child.stdout.fileno(), False)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._child.stdout, selectors.EVENT_READ)
                while self._child.poll() is None and self.cause is None:
                    waited = bool(selector.select(_TICK))
                    if waited and not self._drain(output, shown):
                        selector.unregister(self._child.stdout)
                        time.sleep(_TICK)
                    self._take(told)
                    self.cause = self._broken(time.monotonic() - start)
            if self.cause is not None:
                self._ask_for_last_words()
        finally:
            self._family.end()
            self._child.wait()
            self.seconds = time.monotonic() - start
        self._drain(output, shown)
        self._take(told)
        self.events.sort(key=_at)
        self.output = output[-KEPT_OUTPUT:].decode("utf-8", "replace")
        self._child.stdout.close()

    def crash(self) -> str:
        """Read the stack that the fault handler wrote, if it did."""
        try:
            return (self._folder / "crash.txt").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def _drain(self, output: bytearray, shown: IO[bytes] | None) -> bool:
        """Read what the program printed; say whether more may come."""
        assert self._child.stdout is not None
        try:
            piece = os.read(self._child.stdout.fileno(), 65_536)
        except (BlockingIOError, OSError):
            return True
        output += piece
        del output[: -4 * KEPT_OUTPUT]
        if shown is not None:
            shown.write(piece)
            shown.flush()
        return bool(piece)

    def _take(self, told: Callable[[Event], None]) -> None:
        """Take the events that have come since the last look; a line cut short has to wait."""
        records = self._steps.read()
        self._take_lines(told)
        for event in self._steps.events(records):
            self.events.append(event)
            told(event)

    def _take_lines(self, told: Callable[[Event], None]) -> None:
        try:
            with (self._folder / "events.jsonl").open("rb") as file:
                file.seek(self._read)
                piece = file.read()
        except FileNotFoundError:
            return
        self._read += len(piece)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            event: Event = json.loads(line)
            if not self._steps.explained_by(event):
                self.events.append(event)
                told(event)

    def _broken(self, seconds: float) -> Cause | None:
        """Say which limit the program has broken."""
        if seconds > self._limits.seconds:
            return Cause.TIME
        memory, processes = self._limits.memory, self._limits.processes
        if memory is not None and self._family.memory(memory) > memory:
            return Cause.MEMORY
        if processes is not None:
            # Forks are counted before the living: one in between counts twice rather than never.
            told = self._forks()
            alive = len(self._family.alive())
            self._publish(alive, told)
            # One look may meet a fork that was let happen and counted too late to refuse another.
            beyond, self._beyond = self._beyond, alive > processes
            if beyond and self._beyond:
                return Cause.PROCESSES
        return None

    def _forks(self) -> int:
        """Count the forks that the agent has let happen."""
        try:
            return (self._folder / "forks").stat().st_size
        except FileNotFoundError:
            return 0

    def _publish(self, alive: int, told: int) -> None:
        """Tell the agent how many processes there are, so that it can refuse more of them."""
        with (self._folder / "processes").open("r+b") as file:
            file.write(alive.to_bytes(8, sys.byteorder) + told.to_bytes(8, sys.byteorder))

    def _ask_for_last_words(self) -> None:
        """Let the fault handler write where the program is, if it still can."""
        try:
            self._child.send_signal(signal.SIGABRT)
            self._child.wait(_LAST_WORDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            return
