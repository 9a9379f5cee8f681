"""Which containers of the program hold ever more tensors, by the names that they go by."""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Iterator
from types import FrameType
from typing import Any

from .places import Places

_MOST_NAMES = 3


class Keepers:
    """Compares the lengths of containers at two steps."""

    def __init__(self, places: Places):
        self._places = places
        self._lengths: dict[int, int] = {}

    def settle(self) -> None:
        """Remember how long each container is."""
        self._lengths = {id(one): len(one) for one in _holding()}

    def growing(self, least: int) -> list[str]:
        """Name the containers that have got at least so many items since."""
        grown = [one for one in _holding() if len(one) - self._lengths.get(id(one), 0) >= least]
        names: dict[int, str] = {}
        for name, value in self._named() if grown else ():
            if _among(value, grown):
                names.setdefault(id(value), name)
        return list(names.values())[:_MOST_NAMES]

    def _named(self) -> Iterator[tuple[str, Any]]:
        """Give what the code of the program can name where it stands now, and what that holds."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if self._places.file_of(frame.f_code.co_filename) is not None:
                for name, value in {**frame.f_globals, **frame.f_locals}.items():
                    yield name, value
                    yield from _inside(name, value)
            frame = frame.f_back


def _inside(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if type(value) is dict:
        for key, inner in list(value.items()):
            yield f"{name}[{key!r}]", inner
    else:
        held = getattr(value, "__dict__", None)
        if type(held) is dict and not name.startswith("__"):
            for key, inner in list(held.items()):
                yield f"{name}.{key}", inner


def _among(value: Any, containers: list[Any]) -> bool:
    return any(value is one for one in containers)


def _holding() -> list[Any]:
    """Find the containers whose last item is a tensor, or has one in it."""
    tensor = sys.modules["torch"].Tensor
    found = []
    for value in gc.get_objects():
        if type(value) in {list, deque} and value:
            last = value[-1]
        elif type(value) is dict and value:
            last = next(reversed(value.values()))
        else:
            continue
        if type(last) in {tuple, list}:
            last = next((item for item in last if isinstance(item, tensor)), None)
        if isinstance(last, tensor):
            found.append(value)
    return found
