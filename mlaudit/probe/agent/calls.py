"""Wraps functions and methods of libraries; calls inside of other such calls stay unseen."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from .stream import Stream

# Gets the function and what it was called with, and gives what the call gives.
Around = Callable[..., Any]


class Calls:
    """Lets observers see the calls that the user's own code makes."""

    def __init__(self, stream: Stream):
        self._stream = stream
        self._local = threading.local()

    @property
    def quiet(self) -> bool:
        """Whether a library is at work, whose inner calls are its own business."""
        return bool(getattr(self._local, "depth", 0)) or not self._stream.ours

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Mark that a library is at work."""
        self._local.depth = getattr(self._local, "depth", 0) + 1
        try:
            yield
        finally:
            self._local.depth -= 1

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

    @contextlib.contextmanager
    def watching(self, what: str) -> Iterator[None]:
        """Do the work of observing, whose own calls are unseen and whose faults are only told."""
        with self.inside():
            try:
                yield
            except Exception as error:
                self._stream.trouble(what, error)

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
