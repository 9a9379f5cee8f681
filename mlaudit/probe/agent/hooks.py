"""Post-import hooks: what is to be done to a module once it is there, before anybody uses it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any

from .places import Places, of_agent
from .stream import Stream

Action = Callable[[ModuleType], None]


class PostImport:
    """Stands first among the finders of modules and lets actions follow imports."""

    def __init__(self, stream: Stream, places: Places):
        self._stream = stream
        self._places = places
        self._waiting: dict[str, list[Action]] = {}
        self._missed: set[str] = set()

    def after(self, module: str, action: Action) -> None:
        """Do something after a module has been imported."""
        self._waiting.setdefault(module, []).append(action)

    def install(self) -> None:
        """Start; the interpreter may have imported nothing of interest yet."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Let the other finders find a module, and have the actions follow its execution."""
        actions = self._waiting.pop(name, None)
        if actions is None:
            self._miss(name, path, target)
            return None
        spec = self._found(name, path, target)
        if spec is None or spec.loader is None:
            self._waiting[name] = actions
            return None
        self._extend(spec.loader, name, actions)
        return spec

    def _miss(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> None:
        """Tell of a library to be observed that the program asks for and that is not there."""
        if path is not None or name in self._missed or name not in self._libraries():
            return
        if self._asked_by_program() and self._found(name, path, target) is None:
            self._missed.add(name)
            self._stream.emit("absent", library=name)

    def _asked_by_program(self) -> bool:
        """Say whether the import stands in the program; libraries ask for much they can spare."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and of_agent(frame.f_code.co_filename):
            frame = frame.f_back
        return frame is not None and self._places.file_of(frame.f_code.co_filename) is not None

    def _libraries(self) -> set[str]:
        return {module.split(".")[0] for module in self._waiting}

    def _found(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            search = getattr(finder, "find_spec", None)
            if finder is self or search is None:
                continue
            spec: ModuleSpec | None = search(name, path, target)
            if spec is not None:
                return spec
        return None

    def _extend(self, loader: Any, name: str, actions: list[Action]) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            for action in actions:
                try:
                    action(module)
                except Exception as error:
                    self._stream.trouble(f"observing {name}", error)
            self._stream.emit("hooked", module=name, version=_version(module))

        try:
            loader.exec_module = exec_module
        except AttributeError as error:
            self._stream.trouble(f"observing {name}", error)


def _version(module: ModuleType) -> str | None:
    top = sys.modules.get(module.__name__.split(".")[0])
    version = getattr(top, "__version__", None)
    return None if version is None else str(version)
