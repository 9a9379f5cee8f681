"""The table of one library: what its files say of its names, or were found to say before."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlaudit.catalogue.entry import KINDS, Entry
from mlaudit.model.frozen import frozen, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIELDS = set(names_of(Entry)) - {"name", "library"}
_MARKS = {"always", "never", "when"}
_WORDS = {"data", "parameters", "generators", "operands", "hyperparameters", "affine"}

_Facts = dict[str, Any]


class CatalogueError(ValueError):
    """A table says something that no table may say."""


@frozen
class Noted:
    """What a file says: the names of each group with their facts, and the size of that file.

    Lists of words are one string each, which is read several times faster.
    """

    size: int
    include: str | None
    groups: list[tuple[str, _Facts | CatalogueError]]


class Table:
    """What some files say of one library.

    Only groups of the given `section` count.  Each file comes with what was found in it before, if
    anything: then it need not be read.  `include` names the library that has the same table.
    What is wrong with a group is told, as `CatalogueError`, to whoever asks for a name of it.
    """

    def __init__(self, library: str, files: Iterable[tuple[str, Noted | None]], section: str):
        self.include: str | None = None
        self._library = library
        self._told: dict[str, list[_Facts | CatalogueError]] = {}
        self._found: dict[str, Entry | None] = {}
        for path, known in files:
            if known is None or known.size != os.stat(path).st_size:  # noqa: PTH116 - it is faster
                known = read(Path(path), section)
            self.include = known.include or self.include
            for names, facts in known.groups:
                for name in names.split():
                    self._told.setdefault(name, []).append(facts)

    def find(self, name: str) -> Entry | None:
        """Find what is known of a name."""
        try:
            return self._found[name]
        except KeyError:
            entry = self._found[name] = self._entry(name)
            return entry

    def entries(self) -> dict[str, Entry]:
        """Read everything that is known, by name."""
        return {name: entry for name in self._told if (entry := self.find(name)) is not None}

    def _entry(self, name: str) -> Entry | None:
        known: _Facts = {}
        for facts in self._told.get(name, ()):
            if isinstance(facts, CatalogueError):
                raise facts
            known |= {
                key: tuple(value.split()) if key in _WORDS else value
                for key, value in facts.items()
            }
        if known and "kind" not in known:
            raise CatalogueError(f"{self._library}.toml: {name!r} has no kind")
        return Entry(name=name, library=self._library, **known) if known else None


def read(path: Path, section: str) -> Noted:
    """Read a file; raises `CatalogueError` for one that is no table."""
    import tomllib

    try:
        text = path.read_text(encoding="utf-8")
        told = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise CatalogueError(f"{path.name}: {fault}") from None
    groups = [_group(path, group) for group in told.get(section, ())]
    return Noted(path.stat().st_size, told.get("include"), groups)


def _group(path: Path, group: _Facts) -> tuple[str, _Facts | CatalogueError]:
    names = _words(group.pop("names", ()))
    if not names:
        raise CatalogueError(f"{path.name}: a group without names")
    fault = _fault(group)
    if fault is not None:
        return names, CatalogueError(f"{path.name}: {fault}")
    return names, {
        key: _words(value) if key in _WORDS else _frozen(value) for key, value in group.items()
    }


def _fault(group: _Facts) -> str | None:
    unknown = set(group) - _FIELDS
    if unknown:
        return f"unknown key {sorted(unknown)[0]!r}"
    if group.get("kind", "same") not in KINDS:
        return f"unknown kind {group['kind']!r}"
    if group.get("random", "never") not in _MARKS:
        return f"random must be one of {sorted(_MARKS)}"
    return None


def _words(value: str | list[str]) -> str:
    return " ".join(value.split() if isinstance(value, str) else value)


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {
            key: item if isinstance(item, tuple) else _listed(item) for key, item in value.items()
        }
    return value


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
