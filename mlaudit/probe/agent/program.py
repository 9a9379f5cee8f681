"""Runs the user's script, module or notebook as its own interpreter would, and tells its end."""

from __future__ import annotations

import ast
import builtins
import inspect
import io
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from types import CodeType, ModuleType
from typing import Any, NoReturn

from .places import Places, of_agent
from .stop import StopRun
from .stream import Stream

_LONGEST = 600
_MOST_UNDERSCORES = 200


class Program:
    """One program; `run` never returns."""

    def __init__(
        self,
        job: dict[str, Any],
        stream: Stream,
        places: Places,
        last_words: Sequence[Callable[[], None]] = (),
        afterwards: Sequence[Callable[[], None]] = (),
    ):
        self._afterwards = afterwards
        self._job = job
        self._last_words = last_words
        self._stream = stream
        self._places = places

    def run(self) -> NoReturn:
        """Run it to its end, whatever that is, and leave the interpreter in good order."""
        self._tell_hard_exits()
        try:
            try:
                self._execute()
            finally:
                for tell in self._last_words:
                    tell()
        except StopRun:
            self._stream.emit("end", how="stopped")
            sys.exit(0)
        except SystemExit as leave:
            place = self._places.of(leave)
            self._stream.emit("end", how="exit", code=_code(leave), place=place)
            if not leave.code:
                self._measure()
            raise
        except BaseException as error:
            self._fail(error)
        self._stream.emit("end", how="returned")
        self._measure()
        sys.exit(0)

    def _measure(self) -> None:
        """Do what would disturb the program while it runs."""
        for measure in self._afterwards:
            measure()

    def _execute(self) -> None:
        job = self._job
        os.chdir(job["folder"])
        sys.path[:0] = [job["import_from"]]
        sys.argv[:] = [job["path"], *job["arguments"]]
        self._stream.emit("started", python=sys.version.split()[0], executable=sys.executable)
        if job["kind"] == "module":
            import runpy

            runpy.run_module(job["module"], run_name="__main__", alter_sys=True)
        elif job["kind"] == "notebook":
            self._cells(job["cells"])
        else:
            main = _main(job["path"])
            with io.open_code(job["path"]) as file:
                source = file.read()
            exec(compile(source, job["path"], "exec", dont_inherit=True), vars(main))

    def _cells(self, cells: list[dict[str, Any]]) -> None:
        scope = vars(_main(None))
        _stand_in_for_ipython(scope)
        for cell in cells:
            name = f"{self._job['path']}#{cell['number']}"
            lines = cell["text"].splitlines(keepends=True)
            linecache.cache[name] = (len(cell["text"]), None, lines, name)
            self._stream.emit("cell", number=cell["number"])
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile(cell["text"], name, "exec", flags=flags, dont_inherit=True)
            _run_cell(code, scope)

    def _fail(self, error: BaseException) -> NoReturn:
        self._stream.emit(
            "end",
            how="exception",
            type=type(error).__name__,
            message=str(error)[:_LONGEST],
            place=self._places.of(error),
        )
        step = error.__traceback__
        while step is not None and of_agent(step.tb_frame.f_code.co_filename):
            step = step.tb_next
        traceback.print_exception(type(error), error, step)
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)

    def _tell_hard_exits(self) -> None:
        leave = os._exit

        def _exit(status: int) -> NoReturn:
            place = self._places.here()
            if self._stream.ours and place is not None:
                self._stream.emit("end", how="os._exit", code=status, place=place)
            leave(status)

        os._exit = _exit


def _main(path: str | None) -> ModuleType:
    """Make the module that the program runs in; pickles and workers look for it by its name."""
    main = ModuleType("__main__")
    if path is not None:
        main.__file__ = path
    vars(main).update(__builtins__=builtins, __cached__=None)
    sys.modules["__main__"] = main
    return main


def _run_cell(code: CodeType, scope: dict[str, Any]) -> None:
    if code.co_flags & inspect.CO_COROUTINE:
        import asyncio
        from types import FunctionType

        asyncio.run(FunctionType(code, scope)())
    else:
        exec(code, scope)


def _stand_in_for_ipython(scope: dict[str, Any]) -> None:
    """Give cells the names that notebooks count on; a magic's result is an empty list."""

    class Shell:
        """Answers every call with nothing."""

        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: None

    def display(*_: Any, **__: Any) -> None:
        return None

    scope.update(get_ipython=Shell, display=display)
    scope.update({"_" * length: [] for length in range(1, _MOST_UNDERSCORES)})


def _code(leave: SystemExit) -> Any:
    return leave.code if leave.code is None or isinstance(leave.code, int) else str(leave.code)
