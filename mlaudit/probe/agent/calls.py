"""Wraps functions and methods of libraries; calls inside of other such calls stay unseen."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from types import FunctionType, TracebackType
from typing import Any

from .stream import Stream

# Gets the function and what it was called with, and gives what the call gives.
Around = Callable[..., Any]


class Local(threading.local):
    """How many calls of libraries each thread is in."""

    depth = 0


class Inside:
    """Marks that a library is at work; entered as often as one likes."""

    __slots__ = ("_local",)

    def __init__(self, local: Local):
        self._local = local

    def __enter__(self) -> None:
        self._local.depth += 1

    def __exit__(self, *_: object) -> None:
        self._local.depth -= 1


class Watching:
    """Marks the work of observing, and tells its faults instead of letting them out."""

    __slots__ = ("_local", "_stream", "_what")

    def __init__(self, local: Local, stream: Stream, what: str):
        self._local = local
        self._stream = stream
        self._what = what

    def __enter__(self) -> None:
        self._local.depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        self._local.depth -= 1
        if not isinstance(error, Exception):
            return False
        self._stream.trouble(self._what, error)
        return True


class Measuring:
    """Adds up the time of a processor that goes into measuring, beyond seeing what is done."""

    __slots__ = ("_start", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        self._start = 0.0

    def __enter__(self) -> None:
        self._start = time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.thread_time() - self._start


class Calls:
    """Lets observers see the calls that the user's own code makes."""

    def __init__(self, stream: Stream):
        self.stream = self._stream = stream
        # For those who have to be quick, and do without what it costs to enter `watching`.
        self.local = self._local = Local()
        self._inside = Inside(self._local)
        self._watching: dict[str, Watching] = {}
        self.measuring = Measuring()

    @property
    def quiet(self) -> bool:
        """Whether a library is at work, whose inner calls are its own business."""
        return self._local.depth > 0 or not self._stream.ours

    def inside(self) -> Inside:
        """Mark that a library is at work."""
        return self._inside

    def wrapped(self, function: Callable[..., Any], around: Around) -> Callable[..., Any]:
        """Put an observer around a function; one that is at fault never harms the program."""

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            if self.quiet:
                return function(*arguments, **named)
            return around(function, *arguments, **named)

        call._mlaudit = True  # type: ignore[attr-defined]
        return call

    def run(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call the function itself."""
        with self.inside():
            return function(*arguments, **named)

    def watching(self, what: str) -> Watching:
        """Do the work of observing, whose own calls are unseen and whose faults are only told."""
        known = self._watching.get(what)
        if known is None:
            known = self._watching[what] = Watching(self._local, self._stream, what)
        return known

    def tell(self) -> None:
        """Tell how much work the program has waited for that went into measuring."""
        self._stream.emit("measured", seconds=round(self.measuring.seconds, 4))

    def unable(self, what: str, why: str) -> None:
        """Tell that something cannot be observed here at all."""
        self._stream.emit("trouble", what=f"observing {what}", error=why)

    def method(self, owner: type, name: str, around: Around) -> None:
        """Wrap a method that a class itself defines, be it behind an `available_if`."""
        found = owner.__dict__.get(name)
        if isinstance(found, FunctionType):
            if not hasattr(found, "_mlaudit"):
                setattr(owner, name, self.wrapped(found, around))
            return
        inner = getattr(found, "fn", None)
        if isinstance(inner, FunctionType) and not hasattr(inner, "_mlaudit"):
            found.fn = self.wrapped(inner, around)  # type: ignore[union-attr]
