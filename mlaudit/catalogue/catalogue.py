"""Looks names up in the tables of all rule packs; a library is read when first named."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from mlaudit.catalogue.entry import KINDS, Entry
from mlaudit.model.frozen import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VALUES = "values"
_FIELDS = set(names_of(Entry)) - {"name", "library"}
_MARKS = {"always", "never", "when"}
_WORDS = {"data", "parameters", "generators", "operands", "hyperparameters"}


_Facts = dict[str, Any]


class CatalogueError(ValueError):
    """A table says something that no table may say."""


class Catalogue:
    """The tables in some folders, one `<import name>.toml` a library.

    A table holds `[[entry]]` groups (functions and classes, by dotted name below the library) and
    `[[method]]` groups (methods of values).  A group shares its attributes among its `names`; later
    groups of the same name add to earlier ones.  Lists of words may be one string, which is parsed
    several times faster.  `include = "keras"` makes a table an alias.
    """

    def __init__(self, folders: Iterable[Path]):
        self._paths: dict[str, list[Path]] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.toml")):
                self._paths.setdefault(path.stem, []).append(path)
        self._tables: dict[str, dict[str, _Facts]] = {}
        self._found: dict[str, Entry | None] = {}
        self._methods: dict[str, Entry | None] = {}

    @property
    def libraries(self) -> list[str]:
        """The import names of all libraries that have a table."""
        return sorted(set(self._paths) - {VALUES})

    def find(self, qualified: str) -> Entry | None:
        """Find what is known of a qualified name, e.g. `sklearn.preprocessing.StandardScaler`.

        Libraries move their names about: where the full path is unknown, its endings are tried.
        """
        try:
            return self._found[qualified]
        except KeyError:
            entry = self._found[qualified] = self._search(qualified)
            return entry

    def method(self, name: str) -> Entry | None:
        """Find what is known of a method of tables, arrays and tensors."""
        try:
            return self._methods[name]
        except KeyError:
            facts = self._table(VALUES).get(name)
            entry = self._methods[name] = Entry(**facts) if facts else None
            return entry

    def entries(self, library: str) -> dict[str, Entry]:
        """All entries of one library, by dotted name below it."""
        return {name: Entry(**facts) for name, facts in self._table(library).items()}

    def methods(self) -> dict[str, Entry]:
        """All entries of methods, by name."""
        return self.entries(VALUES)

    def _table(self, library: str) -> dict[str, _Facts]:
        if library not in self._tables:
            self._tables[library] = self._read(library)
        return self._tables[library]

    def _search(self, qualified: str) -> Entry | None:
        parts = qualified.split(".")
        for size in range(len(parts), 0, -1):
            library = ".".join(parts[:size])
            if library not in self._paths or library == VALUES:
                continue
            table = self._table(library)
            for start in range(size, len(parts)):
                facts = table.get(".".join(parts[start:]))
                if facts is not None:
                    return Entry(**facts)
            return None
        return None

    def _read(self, library: str) -> dict[str, _Facts]:
        section = "method" if library == VALUES else "entry"
        table: dict[str, _Facts] = {}
        for path in self._paths.get(library, ()):
            parsed = _parsed(path)
            if "include" in parsed:
                return self._table(parsed["include"])
            for group in parsed.get(section, ()):
                names, shared = _group(path, group)
                for name in names:
                    table.setdefault(name, {"name": name, "library": library}).update(shared)
        for name, facts in table.items():
            if "kind" not in facts:
                raise CatalogueError(f"{library}.toml: {name!r} has no kind")
        return table


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CatalogueError(f"{path.name}: {fault}") from None


def _group(path: Path, group: dict[str, Any]) -> tuple[tuple[str, ...], _Facts]:
    _check(path, group)
    names = _words(group.pop("names"))
    return names, {
        key: _words(value) if key in _WORDS else _frozen(value) for key, value in group.items()
    }


def _check(path: Path, group: dict[str, Any]) -> None:
    unknown = set(group) - _FIELDS - {"names"}
    if unknown:
        raise CatalogueError(f"{path.name}: unknown key {sorted(unknown)[0]!r}")
    if group.get("kind", "same") not in KINDS:
        raise CatalogueError(f"{path.name}: unknown kind {group['kind']!r}")
    if group.get("random", "never") not in _MARKS:
        raise CatalogueError(f"{path.name}: random must be one of {sorted(_MARKS)}")
    if not group.get("names"):
        raise CatalogueError(f"{path.name}: a group without names")


def _words(value: str | list[str]) -> tuple[str, ...]:
    return tuple(value.split() if isinstance(value, str) else value)


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
