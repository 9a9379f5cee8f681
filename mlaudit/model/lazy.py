"""Modules that are imported in name alone, and loaded when something of them is first used."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Lazy(ModuleType):
    """A module that is loaded when something is asked of it that it has not yet."""

    def __getattr__(self, name: str) -> Any:
        """Load the module, and give what it has."""
        if name.startswith("__") or self.__spec__ is None or self.__spec__.loader is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__class__ = ModuleType  # type: ignore[assignment]
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def lazily(name: str, path: Sequence[str] | None = None) -> ModuleType | None:
    """Import a module, or one of the package that lies at `path`, in name alone.

    None where there is no such module, or it has been imported before.
    """
    spec = PathFinder.find_spec(name, path)
    if name in sys.modules or spec is None or spec.submodule_search_locations is not None:
        return None
    module = Lazy(name)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__package__ = spec.parent
    sys.modules[name] = module
    package, _, last = name.rpartition(".")
    if package:
        setattr(sys.modules[package], last, module)
    return module


def submodules(package: str, path: Sequence[str]) -> Callable[[str], ModuleType]:
    """Give a package's `__getattr__`: `from package import module` then loads nothing yet."""

    def imported(name: str) -> ModuleType:
        module = lazily(f"{package}.{name}", path)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return module

    return imported
