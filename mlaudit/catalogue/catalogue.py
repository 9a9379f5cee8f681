"""Looks names up in the tables of all rule packs; a library's is opened when first named."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlaudit.catalogue.table import CatalogueError, Noted, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from mlaudit.catalogue.entry import Entry

__all__ = ["Catalogue", "CatalogueError", "Noted"]

VALUES = "values"


class Catalogue:
    """The tables in some folders, one `<import name>.toml` a library.

    A table holds `[[entry]]` groups (functions and classes, by dotted name below the library) and
    `[[method]]` groups (methods of values).  A group shares its attributes among its `names`; later
    groups of the same name add to earlier ones.  Lists of words may be one string.  `include =
    "keras"` makes a table an alias.  `noted` is what files were found to say before: by folder and
    name, what `Noted` is made of.
    """

    def __init__(
        self,
        folders: Iterable[Path],
        noted: Mapping[str, Mapping[str, tuple[Any, ...]]] | None = None,
    ):
        self._noted = noted or {}
        self._paths: dict[str, list[tuple[str, str]]] = {}
        for folder in map(str, folders):
            # Names are text here: these are listed at every start, and there are many.
            for name in sorted(os.listdir(folder)):  # noqa: PTH208
                library, dot, kind = name.rpartition(".")
                if dot and kind == "toml":
                    self._paths.setdefault(library, []).append((folder, name))
        self._tables: dict[str, Table] = {}
        self._found: dict[str, Entry | None] = {}

    @cached_property
    def libraries(self) -> list[str]:
        """The import names of all libraries that have a table."""
        return sorted(set(self._paths) - {VALUES})

    @cached_property
    def learning(self) -> frozenset[str]:
        """Those of them that do not come with Python: importing `random` makes no learning."""
        return frozenset(self.libraries) - sys.stdlib_module_names

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
        return self._table(VALUES).find(name)

    def entries(self, library: str) -> dict[str, Entry]:
        """All entries of one library, by dotted name below it."""
        return self._table(library).entries()

    def methods(self) -> dict[str, Entry]:
        """All entries of methods, by name."""
        return self.entries(VALUES)

    def _table(self, library: str) -> Table:
        if library not in self._tables:
            section = "method" if library == VALUES else "entry"
            table = Table(library, self._files(library), section)
            self._tables[library] = self._table(table.include) if table.include else table
        return self._tables[library]

    def _files(self, library: str) -> Iterator[tuple[str, Noted | None]]:
        """Give the files of a library, each with what it was found to say before."""
        for folder, name in self._paths.get(library, ()):
            facts = self._noted.get(folder, {}).get(name)
            yield f"{folder}{os.sep}{name}", Noted(*facts) if facts is not None else None

    def _search(self, qualified: str) -> Entry | None:
        parts = qualified.split(".")
        for size in range(len(parts), 0, -1):
            library = ".".join(parts[:size])
            if library not in self._paths or library == VALUES:
                continue
            table = self._table(library)
            for start in range(size, len(parts)):
                entry = table.find(".".join(parts[start:]))
                if entry is not None:
                    return entry
            return None
        return None
