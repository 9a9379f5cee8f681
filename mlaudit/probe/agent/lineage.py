"""Which rows an array holds, wherever they have been meanwhile.

A row is known by its content when it is first seen.  Arrays that are made of known ones in a way
that is observed, by a split or a transformer, hold the same rows; others are looked up row by row.
"""

from __future__ import annotations

import contextlib
import os
import sys
import weakref
import zlib
from typing import Any

from .hashing import NUMBERS, digest, digest_of_all, distinct, hashes, mixed

_SAMPLE = 64
_MARKED = 32
_MOST_LOOKED_AT = 64
_DISTINCT = 0.5
_FEW = 16


class Known:
    """The rows of one array, in its order.

    `content` tells what a row held when it was first seen; `ids` tell rows of equal content apart
    as well, where `sure`; they are one array where no row is there twice.  `causes` are the numbers
    of events that shaped the values, `origins` the arrays in which the rows were first seen.
    """

    def __init__(
        self,
        now: Any,
        ids: Any,
        content: Any,
        causes: frozenset[int],
        origins: frozenset[int],
        sure: bool,
    ):
        self.now = now
        self.ids = ids
        self.content = content
        self.causes = causes
        self.origins = origins
        self.sure = sure
        self.told: dict[str, Any] | None = None
        self._order: Any = None
        self._sorted: Any = None

    def part(self, positions: Any) -> Known:
        """Take rows by their positions."""
        ids = self.ids[positions]
        content = ids if self.content is self.ids else self.content[positions]
        now = ids if self.now is self.ids else self.now[positions]
        return Known(now, ids, content, self.causes, self.origins, self.sure)

    def shaped_by(self, causes: frozenset[int]) -> Known:
        """Give the same rows as other events have shaped them."""
        return Known(self.now, self.ids, self.content, causes, self.origins, self.sure)

    @property
    def repeats(self) -> bool:
        """Whether any two rows hold the same, so that a look-up may take one for the other."""
        return distinct(self.now) < len(self.now)

    def find(self, wanted: Any) -> tuple[Any, Any]:
        """Look rows up by what they hold now: whether they are here, and at which position."""
        np = sys.modules["numpy"]
        if self._order is None:
            self._order = np.argsort(self.now, kind="stable")
            self._sorted = self.now[self._order]
        spots = np.searchsorted(self._sorted, wanted)
        spots[spots == len(self._sorted)] = 0
        return self._sorted[spots] == wanted, self._order[spots]


class Lineage:
    """All the arrays that have been seen, and the files in which their rows are told.

    `origins` counts the arrays in which rows were first seen.
    """

    def __init__(self, folder: str):
        self._folder = os.path.join(folder, "rows")
        os.makedirs(self._folder, exist_ok=True)
        self._by_digest: dict[bytes, Known] = {}
        self._seen: list[Known] = []
        self._without_digest: list[Known] = []
        self._told: dict[bytes, int] = {}
        self._objects: dict[int, tuple[weakref.ref[Any], Any, Known]] = {}
        self.origins = 0

    def of(self, value: Any) -> Known | None:
        """Tell which rows a value holds; None where it holds none."""
        same = self._same(value)
        if same is not None:
            return same
        now = hashes(value)
        if now is None:
            return None
        known = self._digested().get(digest(now))
        if known is None:
            known = self._remember(self._looked_up(now))
            self._remember_rounded(value, known)
        self._note(value, known)
        return known

    def _same(self, value: Any) -> Known | None:
        """Know an object again, unless the rows that are looked at have changed meanwhile."""
        noted = self._objects.get(id(value))
        if noted is None or noted[0]() is not value:
            return None
        mark = _mark(value)
        return noted[2] if mark is not None and noted[1] == mark else None

    def _note(self, value: Any, known: Known) -> None:
        with contextlib.suppress(TypeError):  # a list, say, cannot be followed
            self._objects[id(value)] = (weakref.ref(value), _mark(value), known)

    def adopt(self, value: Any, known: Known) -> None:
        """Know a value whose rows, and what they hold now, are known already."""
        if getattr(value, "shape", (-1,))[0] == len(known.now):
            self._remember(known)
            self._remember_rounded(value, known)
            self._note(value, known)

    def new_origin(self) -> int:
        """Give the number of an array or a data set in which rows are first seen."""
        self.origins += 1
        return self.origins

    def derive(self, value: Any, source: Known, causes: frozenset[int] = frozenset()) -> None:
        """Note that a value holds the rows of another, one for one, shaped by more events."""
        now = hashes(value)
        if now is None or len(now) != len(source.ids):
            return
        known = Known(
            now, source.ids, source.content, source.causes | causes, source.origins, source.sure
        )
        self._remember(known)
        self._remember_rounded(value, known)
        self._note(value, known)

    def expect(self, part: Known) -> None:
        """Know a part by what it holds before the program takes it."""
        self._digested().setdefault(digest(part.now), part)

    def shape(self, value: Any, causes: frozenset[int]) -> None:
        """Note that a value, whatever rows it holds, was shaped by more events."""
        known = self.of(value)
        if known is not None:
            known.causes |= causes

    def tell(self, known: Known | None) -> dict[str, Any] | None:
        """Write the rows to a file that the parent reads, once for equal ones, and refer to it."""
        if known is None:
            return None
        if known.told is None:
            known.told = self._write(known)
        return known.told

    def _write(self, known: Known) -> dict[str, Any]:
        np = sys.modules["numpy"]
        ids, content = known.ids, known.content
        key = digest_of_all(ids)
        if key not in self._told:
            self._told[key] = len(self._told)
            path = os.path.join(self._folder, str(self._told[key]))
            with open(path, "wb") as file:
                told = (ids,) if content is ids else (ids, content)
                for one in (np.array([len(ids)], np.uint64), *told):
                    file.write(np.ascontiguousarray(one).data)
        return {
            "file": self._told[key],
            "count": len(known.ids),
            "sure": known.sure,
            "origins": sorted(known.origins),
        }

    def _remember(self, known: Known) -> Known:
        self._without_digest.append(known)
        self._seen.append(known)
        return known

    def _digested(self) -> dict[bytes, Known]:
        """Give the rows by their digests, which are taken when something is looked up by them."""
        waiting, self._without_digest = self._without_digest, []
        self._by_digest.update((digest(known.now), known) for known in waiting)
        return self._by_digest

    def _remember_rounded(self, value: Any, known: Known) -> None:
        """Know the rows also as numbers of half the length, to which torch mostly turns them."""
        np = sys.modules["numpy"]
        if "torch" not in sys.modules or getattr(value, "dtype", None) != np.float64:
            return
        now = hashes(np.asarray(value, dtype=np.float32))
        self._remember(
            Known(now, known.ids, known.content, known.causes, known.origins, known.sure)
        )

    def _looked_up(self, now: Any) -> Known:
        """Find rows among those seen before, the last seen first; the others are new."""
        np = sys.modules["numpy"]
        ids, content = np.zeros(len(now), np.uint64), np.zeros(len(now), np.uint64)
        open_ = np.ones(len(now), bool)
        causes: frozenset[int] = frozenset()
        origins: frozenset[int] = frozenset()
        different = distinct(now) / len(now)
        sure = different == 1.0
        for known in reversed(self._seen[-_MOST_LOOKED_AT:] if different >= _DISTINCT else []):
            waiting = np.flatnonzero(open_)
            if not len(waiting):
                break
            sample = waiting[:: max(1, len(waiting) // _SAMPLE)]
            if not known.find(now[sample])[0].any():
                continue
            there, at = known.find(now[waiting])
            rows, at = waiting[there], at[there]
            ids[rows], content[rows] = known.ids[at], known.content[at]
            open_[rows] = False
            causes |= known.causes
            origins |= known.origins
            sure = sure and known.sure and not known.repeats
        fresh = np.flatnonzero(open_)
        if len(fresh) == len(now):
            return self._all_new(now, each_once=different == 1.0)
        ids = told_apart(ids)
        if len(fresh):
            origins |= {self.new_origin()}
            content[fresh] = now[fresh]
            ids[fresh] = now[fresh] if different == 1.0 else told_apart(now[fresh])
        return Known(now, ids, content, causes, origins, sure)

    def _all_new(self, now: Any, *, each_once: bool) -> Known:
        """Give rows that have not been seen before numbers of their own."""
        origins = frozenset({self.new_origin()})
        return Known(now, now if each_once else told_apart(now), now, frozenset(), origins, True)


def _mark(value: Any) -> Any:
    """Hash a few rows of a value, from its beginning to its end; None: it cannot be known again."""
    count = len(value) if not hasattr(value, "shape") else value.shape[0] if value.shape else 0
    if not count or hasattr(value, "tocsr"):
        return None
    stride = max(1, count // _MARKED)
    some = value.iloc[::stride] if hasattr(value, "iloc") else value[::stride]
    np = sys.modules["numpy"]
    if type(some) is np.ndarray and some.dtype.kind in NUMBERS:
        return value.shape, zlib.crc32(np.ascontiguousarray(some).data)
    found = hashes(some)
    return None if found is None else (tuple(getattr(value, "shape", ())), found.tobytes())


def told_apart(ids: Any) -> Any:
    """Give copies of a row numbers of their own; the first keeps that of the row."""
    np = sys.modules["numpy"]
    copies = _occurrences(np, ids)
    again = copies > 0
    return np.where(again, mixed(np, ids, copies), ids) if again.any() else ids


def _occurrences(np: Any, values: Any) -> Any:
    """Number the rows of equal content: 0 for the first of them, 1 for the second, and so on."""
    ordered = np.sort(values)
    kinds = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    if len(kinds) <= _FEW:
        result = np.empty(len(values), np.uint64)
        for kind in ordered[kinds]:
            equal = np.flatnonzero(values == kind)
            result[equal] = np.arange(len(equal))
        return result
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.ones(len(values), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    starts = np.maximum.accumulate(np.where(first, np.arange(len(values)), 0))
    result = np.empty(len(values), np.uint64)
    result[order] = (np.arange(len(values)) - starts).astype(np.uint64)
    return result
