"""Finds rules: every rule pack enters by the entry point group `mlaudit.rules`."""

from __future__ import annotations

import importlib
import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.catalogue.declared import GROUP, declared
from mlaudit.model.frozen import frozen
from mlaudit.rulekit.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType


class RegistryError(RuntimeError):
    """Two rules claim one code, or a rule pack cannot be loaded."""


@frozen
class Registered:
    """A rule, its page's path, and the package that brought it."""

    rule: Rule
    page: Path
    origin: str


@cache
def packs() -> tuple[ModuleType, ...]:
    """Import the rule packs."""
    return tuple(importlib.import_module(module) for _, module in declared(GROUP, sys.path))


@cache
def catalogue_folders() -> tuple[Path, ...]:
    """The `catalogue` folders of all rule packs."""
    folders = (Path(path) / "catalogue" for pack in packs() for path in pack.__path__)
    return tuple(folder for folder in folders if folder.is_dir())


@cache
def rules() -> dict[str, Registered]:
    """All rules by code, in the order of their codes."""
    found: dict[str, Registered] = {}
    for pack in packs():
        for registered in _walk(pack):
            code = registered.rule.meta.code
            if code in found:
                raise RegistryError(
                    f"{code} is claimed by {found[code].origin} and {registered.origin}"
                )
            found[code] = registered
    return dict(sorted(found.items()))


def _walk(pack: ModuleType) -> list[Registered]:
    found = []
    for name in _modules(pack.__name__, pack.__path__):
        module = importlib.import_module(name)
        for value in vars(module).values():
            if not (isinstance(value, type) and issubclass(value, Rule)):
                continue
            if value.__module__ == module.__name__ and "meta" in vars(value):
                page = Path(module.__file__ or "").with_suffix(".md")
                found.append(Registered(value(), page, pack.__name__))
    return found


def _modules(package: str, folders: Iterable[str]) -> Iterator[str]:
    """Name the modules of a package and of the packages in it, in order.

    So does `pkgutil.walk_packages`, but it must know all places that Python can import from.
    """
    for folder in folders:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name.endswith(".py") and entry.name != "__init__.py":
                yield f"{package}.{entry.name.removesuffix('.py')}"
            elif entry.is_dir() and Path(entry.path, "__init__.py").is_file():
                yield from _modules(f"{package}.{entry.name}", [entry.path])
