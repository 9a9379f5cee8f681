"""Sets of real rows, each row known by a number."""

from __future__ import annotations

from array import array
from functools import cached_property
from typing import TYPE_CHECKING

from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from mlaudit.trace.guards import Guards

REPEATED = 0.98
FEW = 0.01
_RUN: frozenset[object] = frozenset({"run"})


class HashedRows:
    """The rows that an array of the program held.

    `ids` tell apart rows of equal content that were seen in one array; where the same data came by
    several ways (`origins`), or a look-up was ambiguous (not `sure`), only their content speaks.
    """

    def __init__(self, file: Path, count: int, origins: frozenset[int], *, sure: bool):
        self._file = file
        self.count = count
        self._origins = origins
        self._sure = sure

    @cached_property
    def _both(self) -> tuple[frozenset[int], frozenset[int]]:
        values = array("Q", self._file.read_bytes())
        ids, content = frozenset(values[1 : 1 + values[0]]), values[1 + values[0] :]
        return ids, frozenset(content) if content else ids  # told once where they are the same

    @property
    def ids(self) -> frozenset[int]:
        """The numbers of the rows."""
        return self._both[0]

    @property
    def content(self) -> frozenset[int]:
        """The numbers of what the rows hold."""
        return self._both[1]

    def overlap(self, other: HashedRows) -> Overlap:
        """Compare row by row; where rows repeat themselves, equal content proves nothing."""
        if self is other:
            return Overlap.MUST
        shared = len(self.ids & other.ids)
        if not shared:
            return Overlap.DISJOINT
        if self._told_apart(other) or shared >= FEW * min(len(self.ids), len(other.ids)):
            return Overlap.MUST if self._told_apart(other) or self._distinct(other) else Overlap.MAY
        return Overlap.MAY

    def shared(self, other: HashedRows) -> int | None:
        """Count the rows that are in both."""
        return len(self.ids & other.ids)

    def copies(self, other: HashedRows) -> int:
        """Count the rows whose content is in the other as well."""
        return len(self.content & other.content)

    def within(self, other: HashedRows) -> bool:
        """Say whether every row is in the other."""
        return self is other or self.ids <= other.ids

    def perhaps_within(self, other: HashedRows) -> bool:
        """One run takes one path: what was seen is sure."""
        return False

    def apart_elsewhere(self, other: HashedRows) -> bool:
        """One run takes one path: what was seen is sure."""
        return False

    def where(self, guards: Guards) -> HashedRows:
        """One run gives one answer to each question."""
        return self

    def elsewhere(self, guards: Guards) -> None:
        """Nothing was seen where a run has given other answers."""
        return

    def named_in(self, other: HashedRows) -> bool:
        """What was seen is known whatever it is called."""
        return False

    def apart_in_part(self, other: HashedRows) -> bool:
        """What is in both was seen there: it is rows of both."""
        return False

    def kin(self, other: HashedRows) -> bool:
        """Say whether some array held rows of both."""
        return bool(self._origins & other._origins) or not self.ids.isdisjoint(other.ids)

    def maybe_again(self, other: HashedRows) -> bool:
        """Rows of a run are known by what is in them."""
        return False

    @property
    def bases(self) -> frozenset[object]:
        """All rows of one run are compared: the same content may come by several ways."""
        return _RUN

    @property
    def known(self) -> bool:
        """Whether the rows were seen at all."""
        return True

    @property
    def label(self) -> str:
        """Say how many they are."""
        return f"{self.count:,} rows"

    def _told_apart(self, other: HashedRows) -> bool:
        return self._sure and other._sure and bool(self._origins & other._origins)

    def _distinct(self, other: HashedRows) -> bool:
        """Whether hardly any content occurs twice, so that equal content means the same row."""
        return all(len(rows.content) >= REPEATED * rows.count for rows in (self, other))


class UnseenRows(HashedRows):
    """Rows of something that the agent could not look into."""

    def __init__(self) -> None:
        self.count = 0
        self._origins = frozenset()
        self._sure = False

    @cached_property
    def _both(self) -> tuple[frozenset[int], frozenset[int]]:
        return frozenset(), frozenset()

    @property
    def known(self) -> bool:
        """Nothing is known of them."""
        return False


class Files:
    """Gives the row sets that the agent wrote, one object for equal ones."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._known: dict[tuple[int, bool, tuple[int, ...]], HashedRows] = {}
        self._unseen = UnseenRows()

    def rows(self, told: dict[str, Any] | None) -> HashedRows:
        """Give the rows that an event refers to."""
        if told is None:
            return self._unseen
        key = (told["file"], told["sure"], tuple(told["origins"]))
        if key not in self._known:
            path = self._folder / str(told["file"])
            self._known[key] = HashedRows(
                path, told["count"], frozenset(told["origins"]), sure=told["sure"]
            )
        return self._known[key]
