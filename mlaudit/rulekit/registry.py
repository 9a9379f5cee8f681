"""Finds rules: every rule pack enters by the entry point group `mlaudit.rules`."""

from __future__ import annotations

import importlib
import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlaudit.catalogue.catalogue import Catalogue
from mlaudit.catalogue.declared import GROUP, declared
from mlaudit.model.finding import Confidence, Severity
from mlaudit.model.frozen import frozen, names_of
from mlaudit.rulekit.needs import Needs
from mlaudit.rulekit.rule import Rule, RuleMeta, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    Facts = dict[str, Any]

# The module of a pack that holds, by the names of its modules, what `facts_of` tells of each; what
# it leaves out is imported.  scripts/index_rules.py writes that of the rules that come with us.
INDEX = "index"
# The module of a pack that holds what its catalogue says, by the names of the files.
TABLES = "tables"
_NO_NEEDS = Needs()
_APART = {"__init__.py", f"{INDEX}.py", f"{TABLES}.py"}


class RegistryError(RuntimeError):
    """Two rules claim one code, or a rule pack cannot be loaded."""


@frozen
class Registered:
    """A rule that is imported when it is asked for: until then, what is fixed about it is known.

    `folder` is that of the package that brought it, `origin`; `module` and `title` are where its
    class stands.  One that does not read code judges only what was measured in a run; one whose
    needs are not met has nothing to say of a document.
    """

    meta: RuleMeta
    folder: str
    origin: str
    module: str
    title: str
    reads_code: bool = True
    needs: Needs = _NO_NEEDS

    @property
    def page(self) -> Path:
        """The path of its page, which lies beside its module."""
        return Path(self.folder, *self.module.split(".")[1:]).with_suffix(".md")

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return _instance(self.module, self.title)


@cache
def _instance(module: str, title: str) -> Rule:
    rule: Rule = getattr(importlib.import_module(module), title)()
    return rule


@cache
def packs() -> tuple[ModuleType, ...]:
    """Import the rule packs."""
    return tuple(importlib.import_module(module) for _, module in declared(GROUP, sys.path))


@cache
def catalogue_folders() -> tuple[Path, ...]:
    """The `catalogue` folders of all rule packs."""
    folders = (Path(path) / "catalogue" for pack in packs() for path in pack.__path__)
    return tuple(folder for folder in folders if folder.is_dir())


def catalogue() -> Catalogue:
    """Make the catalogue of all rule packs."""
    noted = {}
    for pack in packs():
        tables = _written(pack, TABLES)
        for folder in pack.__path__ if tables is not None else ():
            noted[str(Path(folder, "catalogue"))] = tables.FILES
    return Catalogue(catalogue_folders(), noted)


@cache
def rules() -> dict[str, Registered]:
    """All rules by code, in the order of their codes."""
    found: dict[str, Registered] = {}
    for pack in packs():
        for registered in of_pack(pack):
            code = registered.meta.code
            if code in found:
                raise RegistryError(
                    f"{code} is claimed by {found[code].origin} and {registered.origin}"
                )
            found[code] = registered
    return dict(sorted(found.items()))


def of_pack(pack: ModuleType) -> Iterator[Registered]:
    """Give the rules of one pack."""
    written = _written(pack, INDEX)
    index: dict[str, list[Facts]] = written.MODULES if written is not None else {}
    for folder in pack.__path__:
        for name in modules(pack.__name__, [folder]):
            for facts in index[name] if name in index else facts_of(name):
                yield Registered(
                    _meta(**facts["meta"]),
                    folder,
                    pack.__name__,
                    name,
                    facts["title"],
                    facts["reads_code"],
                    Needs(**facts["needs"]) if facts["needs"] else _NO_NEEDS,
                )


def _written(pack: ModuleType, name: str) -> Any:
    """Import what was written of a pack beforehand; None where nothing was."""
    if not any(Path(folder, f"{name}.py").is_file() for folder in pack.__path__):
        return None
    return importlib.import_module(f"{pack.__name__}.{name}")


def facts_of(name: str) -> list[Facts]:
    """Import a module and tell what is fixed about the rules in it."""
    module = importlib.import_module(name)
    return [
        {
            "title": title,
            "reads_code": value.reads_code(),
            "needs": {
                field: tuple(map(str, getattr(value.needs, field)))
                for field in names_of(Needs)
                if getattr(value.needs, field)
            },
            "meta": {field: getattr(value.meta, field) for field in names_of(RuleMeta)},
        }
        for title, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Rule)
        if value.__module__ == module.__name__ and "meta" in vars(value)
    ]


def _meta(
    *, severity: Severity | str, confidence: Confidence | str, tier: Tier | str, **texts: str
) -> RuleMeta:
    return RuleMeta(
        severity=Severity(severity), confidence=Confidence(confidence), tier=Tier(tier), **texts
    )


def modules(package: str, folders: Iterable[str]) -> Iterator[str]:
    """Name the modules of a package and of the packages in it, in order, but for its index.

    So does `pkgutil.walk_packages`, but it must know all places that Python can import from.
    """
    for folder in folders:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name.endswith(".py") and entry.name not in _APART:
                yield f"{package}.{entry.name.removesuffix('.py')}"
            elif entry.is_dir() and Path(entry.path, "__init__.py").is_file():
                yield from modules(f"{package}.{entry.name}", [entry.path])
