"""Where in the user's own code something happens."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType, TracebackType
from typing import Any

Position = list[Any]

_FOREIGN = ("site-packages", "dist-packages", ".venv", "venv", "node_modules")
_HERE = os.path.dirname(os.path.abspath(__file__))


class Places:
    """Finds the innermost line of the project, as [file below the root, cell, line, columns…].

    The code of a notebook's cell goes by the name of the notebook with `#` and the cell's number.
    """

    def __init__(self, roots: list[str], notebook: str | None):
        self._roots = [os.path.join(root, "") for root in roots]
        self._notebook = notebook
        self._files = _Files(self._below)
        # By the number of a code object, which is held so that no other one gets that number.
        self._known: dict[tuple[int, int], tuple[CodeType, Position]] = {}
        self._same: dict[tuple[Any, ...], Position] = {}

    def here(self) -> Position | None:
        """Give the place that the program has reached; the same object for the same place."""
        frame: FrameType | None = sys._getframe(1)
        files = self._files
        while frame is not None:
            code = frame.f_code
            if files[code.co_filename] is not None:
                known = self._known.get((id(code), frame.f_lasti))
                if known is not None:
                    return known[1]
                return self._position(code, frame.f_lasti, frame.f_lineno)
            frame = frame.f_back
        return None

    def of(self, error: BaseException) -> Position | None:
        """Give the place that an exception comes from."""
        if isinstance(error, SyntaxError) and error.filename and error.lineno:
            file = self.file_of(error.filename)
            if file is not None:
                return [*self._cell(file), error.lineno, None, None, None]
        found = None
        step: TracebackType | None = error.__traceback__
        while step is not None:
            if self.file_of(step.tb_frame.f_code.co_filename) is not None:
                found = step
            step = step.tb_next
        if found is None:
            return None
        return self._position(found.tb_frame.f_code, found.tb_lasti, found.tb_lineno)

    def file_of(self, name: str) -> str | None:
        """Give the path of a file of the project below its root, None for any other file."""
        return self._files[name]

    def _below(self, name: str) -> str | None:
        for root in self._roots:
            if name.startswith(root) and not name.startswith(_HERE):
                below = name[len(root) :]
                parts = below.split(os.sep)
                return None if any(part in _FOREIGN for part in parts) else below
        return None

    def _position(self, code: CodeType, instruction: int, line: int) -> Position:
        file = self.file_of(code.co_filename)
        assert file is not None
        found = [*self._cell(file), *_columns(code, instruction, line)]
        found = self._same.setdefault(tuple(found), found)
        self._known[id(code), instruction] = (code, found)
        return found

    def _cell(self, file: str) -> Position:
        head, mark, number = file.rpartition("#")
        if mark and self._notebook is not None and number.isdigit():
            return [head, int(number)]
        return [file, None]


class Spot:
    """Finds the places that the calls of one kind come from, which are mostly the same few.

    Where the program was found before, as many frames away, it is found again without a look at
    those in between.
    """

    def __init__(self, places: Places):
        self._places = places
        self._depth = 0
        self._known: dict[int, tuple[CodeType, Position]] = {}

    def here(self) -> Position | None:
        """Give the place that the program has reached; the same object for the same place."""
        try:
            frame = sys._getframe(self._depth)
        except ValueError:  # there are not so many
            return self._looked_up()
        known = self._known.get(frame.f_lasti)
        if known is not None and known[0] is frame.f_code:
            return known[1]
        return self._looked_up()

    def _looked_up(self) -> Position | None:
        position, depth = self._places.here(), 0
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and self._places.file_of(frame.f_code.co_filename) is None:
            frame, depth = frame.f_back, depth + 1
        if frame is not None and position is not None:
            if depth != self._depth:
                self._depth, self._known = depth, {}
            self._known[frame.f_lasti] = (frame.f_code, position)
        return position


class _Files(dict[str, str | None]):
    """Paths below the root, worked out when they are asked for the first time."""

    def __init__(self, below: Callable[[str], str | None]):
        super().__init__()
        self._below = below

    def __missing__(self, name: str) -> str | None:
        found = self[name] = self._below(name)
        return found


def _columns(code: CodeType, instruction: int, line: int) -> Position:
    """Give line, end line and both columns, the latter only from Python 3.11 on."""
    positions = getattr(code, "co_positions", None)
    if positions is None or instruction < 0:
        return [line, None, None, None]
    found = next(itertools.islice(positions(), instruction // 2, None), None)
    if found is None or found[0] is None:
        return [line, None, None, None]
    first, last, start, end = found
    return [first, start, last, end]


def of_agent(name: str) -> bool:
    """Say whether a file belongs to the agent itself, or to what runs it."""
    return name.startswith((_HERE, "<frozen")) or os.path.basename(name) == "runpy.py"
