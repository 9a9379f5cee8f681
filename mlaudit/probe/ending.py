"""How the program ended, in words."""

from __future__ import annotations

import signal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mlaudit.model.frozen import frozen
from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.probe.job import Limits

Position = list[Any]

_FRAME = Pattern(r'  File "(.*)", line (\d+) in ')
_SIGNALS = {
    signal.SIGSEGV: "crashed with a segmentation fault",
    signal.SIGBUS: "crashed with a bus error",
    signal.SIGFPE: "crashed with an arithmetic fault",
    signal.SIGILL: "crashed on an instruction that this machine does not know",
    signal.SIGABRT: "was aborted by a library",
    signal.SIGTERM: "was told to end from outside",
    signal.SIGINT: "was interrupted",
}
# What torch says where there is no memory for a tensor.
_NO_MEMORY = "can't allocate memory"
_OOM = "was killed from outside, as the kernel does when memory runs out"


class How(StrEnum):
    """The kinds of ends that matter to a review."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LIMITED = "limited"


class Cause(StrEnum):
    """Why the parent killed the program."""

    TIME = "time"
    MEMORY = "memory"
    PROCESSES = "processes"


@frozen
class Ending:
    """What became of the program; `words` go on where "The program …" begins."""

    how: How
    words: str
    position: Position | None = None

    @property
    def early(self) -> bool:
        """Whether some of the program did not run that should have."""
        return self.how is not How.FINISHED


def decode(
    events: Sequence[dict[str, Any]],
    code: int,
    cause: Cause | None,
    limits: Limits,
    crash: Position | None,
) -> Ending:
    """Tell the end from the events, the exit code, and what the parent did."""
    end = next((event for event in events if event["event"] == "end"), None)
    stopping = next((event for event in events if event["event"] == "stopping"), None)
    if stopping is not None and cause is None and code >= 0:
        return _stopped(stopping, hard=bool(end and end.get("hard")))
    if end is not None:
        return _told(end, events, cause, limits)
    if cause is not None:
        return Ending(How.LIMITED, _over(cause, limits), crash)
    if code < 0:
        return _signalled(-code, limits, crash)
    return Ending(How.FAILED, f"ended with exit code {code} without a word", crash)


def place_of_crash(text: str, below: Any) -> Position | None:
    """Find the innermost line of the project in what the fault handler wrote.

    `below` gives the path of a file within the project, None for files of others.
    """
    current = text.partition("Current thread")[2] or text
    for file, line in _FRAME.findall(current):
        position: Position | None = below(file, int(line))
        if position is not None:
            return position
    return None


def _stopped(stopping: dict[str, Any], *, hard: bool) -> Ending:
    steps = stopping["steps"]
    words = f"was stopped after {steps} optimizer {'step' if steps == 1 else 'steps'}, as asked"
    if hard:
        words += "; a bare `except` swallowed the stop, so it was ended hard"
    return Ending(How.STOPPED, words, stopping.get("place"))


def _told(
    end: dict[str, Any], events: Sequence[dict[str, Any]], cause: Cause | None, limits: Limits
) -> Ending:
    how, place = end["how"], end.get("place")
    if how == "exception":
        return Ending(How.FAILED, _raised(end, events) + _why(end, events, limits), place)
    if how in {"exit", "os._exit"}:
        return _left(how, end.get("code"), place)
    words = "ran to its end"
    if cause is Cause.TIME:
        words += ", though threads or children of it went on until they were killed"
    return Ending(How.FINISHED, words)


def _raised(end: dict[str, Any], events: Sequence[dict[str, Any]]) -> str:
    text = " ".join(str(end["message"]).split())
    words = f"ended with {end['type']}: {text}" if text else f"ended with {end['type']}"
    refused = [event for event in events if event["event"] == "refused"]
    if refused and end["type"] in {"OSError", "PermissionError", "BlockingIOError"}:
        words += f" (the probe had refused it: {refused[-1]['what']})"
    return words


def _why(end: dict[str, Any], events: Sequence[dict[str, Any]], limits: Limits) -> str:
    """Say what of the run, and not of the program, an error may come from."""
    if limits.memory is not None and (
        end["type"] == "MemoryError" or _NO_MEMORY in str(end["message"])
    ):
        return f" (--memory allowed it {sized(limits.memory)})"
    if end["type"] == "ModuleNotFoundError":
        python = next((event["executable"] for event in events if event["event"] == "started"), "")
        return f" (it was run by {python}: --python takes another)" if python else ""
    return ""


def _left(how: str, code: Any, place: Position | None) -> Ending:
    if how == "os._exit":
        words = f"left by os._exit({code}), which cleans nothing up"
        return Ending(How.FINISHED if code == 0 else How.FAILED, words, place)
    if code is None or code == 0:
        return Ending(How.FINISHED, "left by sys.exit with success", place)
    shown = code if isinstance(code, int) else f'"{" ".join(str(code).split())[:200]}"'
    return Ending(How.FAILED, f"left by sys.exit({shown})", place)


def _over(cause: Cause, limits: Limits) -> str:
    if cause is Cause.TIME:
        return f"did not end within {limits.seconds:g} s and was killed"
    if cause is Cause.MEMORY:
        return f"took more than {sized(limits.memory or 0)} of memory and was killed"
    return f"had more than {limits.processes} processes at a time and was killed"


def _signalled(number: int, limits: Limits, crash: Position | None) -> Ending:
    if number == signal.SIGXCPU:
        return Ending(How.LIMITED, f"used up its {limits.cpu_seconds} s of CPU time", crash)
    if number == signal.SIGKILL:
        return Ending(How.FAILED, f"{_OOM} (SIGKILL)", crash)
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    words = next((words for known, words in _SIGNALS.items() if known == number), "was ended")
    return Ending(How.FAILED, f"{words} ({name})", crash)


def sized(count: int) -> str:
    """Write a number of bytes for people."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.2f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{count} B"
