"""The table of one library, read group by group: a program names few of hundreds of names."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from mlaudit.catalogue.entry import KINDS, Entry
from mlaudit.model.frozen import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FIELDS = set(names_of(Entry)) - {"name", "library"}
_MARKS = {"always", "never", "when"}
_WORDS = {"data", "parameters", "generators", "operands", "hyperparameters"}

_Facts = dict[str, Any]


class CatalogueError(ValueError):
    """A table says something that no table may say."""


class Table:
    """What some files say of one library; a group of names is parsed when one of them is asked for.

    Only groups of the given `section` count.  `include` names the library that has the same table,
    if any.  What is wrong with a group is told, as `CatalogueError`, to whoever asks for it.
    """

    def __init__(self, library: str, paths: Iterable[Path], section: str):
        self.include: str | None = None
        self._library = library
        self._pieces: list[_Piece] = []
        self._found: dict[str, Entry | None] = {}
        for path in paths:
            head, *rest = _pieces(path, section)
            self.include = head.parsed.get("include", self.include)
            self._pieces += [head, *rest]
        self._text = "".join(piece.text for piece in self._pieces)
        self._ends = list(accumulate(len(piece.text) for piece in self._pieces))

    def find(self, name: str) -> Entry | None:
        """Find what is known of a name."""
        try:
            return self._found[name]
        except KeyError:
            entry = self._found[name] = self._search(name)
            return entry

    def entries(self) -> dict[str, Entry]:
        """Read everything that is known, by name."""
        names = [name for piece in self._pieces for named, _ in piece.groups for name in named]
        return {name: entry for name in names if (entry := self.find(name)) is not None}

    def _search(self, name: str) -> Entry | None:
        told = [
            facts
            for piece in self._pieces_with(name)
            for names, facts in piece.groups
            if name in names
        ]
        if not told:
            return None
        known = {key: value for facts in told for key, value in facts.items()}
        if "kind" not in known:
            raise CatalogueError(f"{self._library}.toml: {name!r} has no kind")
        return Entry(name=name, library=self._library, **known)

    def _pieces_with(self, name: str) -> Iterator[_Piece]:
        """Give the pieces in whose text a name stands, by one search through all of them."""
        found = self._text.find(name)
        while found >= 0:
            number = bisect_right(self._ends, found)
            yield self._pieces[number]
            found = self._text.find(name, self._ends[number])


class _Piece:
    """A stretch of a file: what comes before its first group, or one group."""

    def __init__(self, path: Path, text: str, section: str):
        self.text = text
        self._path = path
        self._section = section

    @cached_property
    def parsed(self) -> dict[str, Any]:
        """What the stretch says."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as fault:
            raise CatalogueError(f"{self._path.name}: {_in_file(self._path) or fault}") from None

    @cached_property
    def groups(self) -> list[tuple[tuple[str, ...], _Facts]]:
        """The names of each group, and what it says of them."""
        return [_group(self._path, group) for group in self.parsed.get(self._section, ())]


def _pieces(path: Path, section: str) -> list[_Piece]:
    """Cut a file at the usual headings of groups; groups with others stay in the piece before."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise CatalogueError(f"{path.name}: {fault}") from None
    heading = f"\n[[{section}]]\n"
    head, *groups = f"\n{text}".split(heading)
    return [_Piece(path, text, section) for text in (head, *(heading + group for group in groups))]


def _in_file(path: Path) -> tomllib.TOMLDecodeError | None:
    """Find the fault once more in the whole file, where its line is the one to look at."""
    try:
        tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        return fault
    return None


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
