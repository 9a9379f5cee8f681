"""Which rows a batch of torch holds: by the positions that its loader asked for, or by content."""

from __future__ import annotations

import itertools
import sys
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

from .calls import Calls
from .hashing import mixed
from .hooks import PostImport
from .lineage import Known, Lineage

_MOST_HASHED = 100_000_000
_MOST_TENSORS = 64
_RECENT = 8
_SURELY_STRAIGHT = 4
_MOST_BESIDE = 4
_MOST_TEXTS = 50_000
_ANSWERS = {"label", "labels", "label_ids", "idx"}
_PARTED = ("Subset", "ConcatDataset")
_INNER = ("dataset", "subset", "base", "data", "ds")


class Rows:
    """Rows of a tensor that no loader has given, each known by its position in what holds it."""

    loaded = False

    def __init__(self, known: Known):
        self.known = known
        self.count = len(known.ids)

    def part(self, _number: int | None) -> Any:
        """Give nothing: what else there is for these rows is not known."""
        return None

    def part_of(self, _tensor: Any) -> int | None:
        """Give nothing: there is no batch of several tensors."""
        return None


class Turn:
    """One turn of a loader: what it has been asked for, and the number of the `whole` it divides.

    `once` is the turn itself where it gives no position twice.  Of so many batches as `straight`
    tells the very first tensor was what a network was called with, one after the other.
    """

    __slots__ = ("asked", "dataset", "once", "straight", "whole")

    def __init__(self, dataset: Any, *, each_once: bool):
        self.asked: deque[Any] = deque()
        self.dataset = dataset
        self.once = self if each_once else None
        self.straight = 0
        self.whole: int | None = None


class Batch:
    """Positions that a loader has asked a data set for; what rows they are is found out later.

    Data sets that hold the same rows in the same order have one number, that of the `whole`.
    Batches of one `turn` of a loader have no position in common; None: they may have.
    """

    __slots__ = ("count", "dataset", "parts", "positions", "turn", "whole")
    loaded = True

    def __init__(
        self, dataset: Any, positions: list[int], parts: list[Any], whole: int, turn: object
    ):
        self.dataset = dataset
        self.positions = positions
        self.whole = whole
        self.turn = turn
        self.parts = [weakref.ref(part) for part in parts]
        self.count = len(positions)

    @property
    def there(self) -> list[Any]:
        """The tensors of the batch that are still there."""
        return _alive(self.parts)

    def part(self, number: int | None) -> Any:
        """Give one tensor of the batch, if it is still there."""
        there = number is not None and number < len(self.parts)
        return self.parts[number]() if there and number is not None else None

    def part_of(self, tensor: Any) -> int | None:
        """Find the tensor of the batch that holds the same, be it of another type or shape."""
        for number, reference in enumerate(self.parts):
            one = reference()
            if one is not None and one.numel() == tensor.numel():
                values = one.reshape(-1).to(tensor.device, tensor.dtype)
                if bool((values == tensor.reshape(-1)).all()):
                    return number
        return None


class Batches:
    """Follows loaders; knows of the last batches which rows they hold."""

    def __init__(self, calls: Calls, lineage: Lineage):
        self.lineage = lineage
        self._calls = calls
        self._begun: dict[int, weakref.ref[Any]] = {}
        self._wholes: dict[int, int] = {}
        self._sources: dict[int, tuple[weakref.ref[Any], Known]] = {}
        self._indices: dict[int, tuple[weakref.ref[Any], Any]] = {}
        self._recent: deque[tuple[list[weakref.ref[Any]], Batch]] = deque(maxlen=_RECENT)
        self._passing = False
        self._turn: Turn | None = None
        self._tensors: dict[int, tuple[weakref.ref[Any], Rows | Batch]] = {}
        self._data_sets = 0
        self._before: list[Any] = []
        self._ended: list[Any] = []

    def attach(self, hooks: PostImport) -> None:
        """Wait for the loaders."""
        hooks.after("torch.utils.data.dataloader", self._loaders)

    def after_each_pass(self, action: Any) -> None:
        """Have something done whenever a loader has given its last batch."""
        self._ended.append(action)

    def before_each_pass(self, action: Any) -> None:
        """Have something done whenever a loader begins to give batches."""
        self._before.append(action)

    def _loaders(self, module: ModuleType) -> None:
        if "numpy" not in sys.modules:
            self._calls.unable("the rows of torch", "numpy is not installed")
            return
        base = vars(module)["_BaseDataLoaderIter"]
        reset, index, following = base._reset, base._next_index, base.__next__
        local, stream = self._calls.local, self._calls.stream

        def _reset(iterator: Any, *arguments: Any, **named: Any) -> Any:
            _turned(iterator)
            for action in self._before:
                action()
            return reset(iterator, *arguments, **named)

        def _next_index(iterator: Any) -> Any:
            found = index(iterator)
            try:
                turn = iterator._mlaudit_turn
            except AttributeError:
                turn = _turned(iterator)
            turn.asked.append(found)
            return found

        def following_known(iterator: Any) -> Any:
            try:
                data = following(iterator)
            except StopIteration:
                # The last batches may be in use yet: some loaders ask for one ahead.
                self._passing = False
                for action in self._ended:
                    action()
                raise
            local.depth += 1
            try:
                self._given(iterator, data)
            except Exception as error:
                stream.trouble("a batch", error)
            finally:
                local.depth -= 1
            return data

        base._reset, base._next_index, base.__next__ = _reset, _next_index, following_known

    def _given(self, iterator: Any, data: Any) -> None:
        """Remember what a loader has given, by the memory of its tensors."""
        turn: Turn | None = getattr(iterator, "_mlaudit_turn", None)
        if turn is None or not turn.asked:
            return
        positions = turn.asked.popleft()
        if turn.once is None or type(positions) is not list:
            positions = _whole(positions)  # else a sampler of torch has made a list for it
        if positions is None:
            return
        if turn.whole is None:
            if not self._begin(turn.dataset):
                return
            turn.whole = self._wholes[id(turn.dataset)]
        parts = flat(data)
        straight = turn.straight >= _SURELY_STRAIGHT
        held = [] if straight else [weakref.ref(each) for each in _storages(parts)]
        self._passing = True
        self._turn = turn
        self._recent.append((held, Batch(turn.dataset, positions, parts, turn.whole, turn.once)))

    def _begin(self, dataset: Any) -> bool:
        """Look at the rows of a data set before the first of its batches is used."""
        begun = self._begun.get(id(dataset))
        if begun is None or begun() is not dataset:
            if not any(hasattr(dataset, name) for name in ("__getitem__", "__getitems__")):
                return False
            if length(dataset) is None:
                return False
            found = self._resolved(dataset, sys.modules["numpy"].zeros(0, int))
            inner, within = dataset, _wrapped(dataset)
            while within is not None:
                inner, within = within, _wrapped(within)
            parted = type(inner).__name__ in _PARTED or len(found) != 1
            self._wholes[id(dataset)] = id(dataset) if parted else id(found[0][0])
            self._begun[id(dataset)] = weakref.ref(dataset)
        return True

    def parts(self, batches: Sequence[Rows | Batch]) -> Iterator[tuple[Known, Any]]:
        """Tell of which arrays several batches are, and which positions in them they hold."""
        np = sys.modules["numpy"]
        asked: dict[int, tuple[Any, list[list[int]]]] = {}
        for one in batches:
            if isinstance(one, Rows):
                yield one.known, np.arange(one.count)
            else:
                asked.setdefault(id(one.dataset), (one.dataset, []))[1].append(one.positions)
        for dataset, positions in asked.values():
            found = self._resolved(dataset, as_array(positions))
            yield from ((known, where) for known, where in found if len(where))

    def of_dataset(self, dataset: Any) -> Known | None:
        """Give the rows of a whole data set, where they are those of one array or one set."""
        np = sys.modules["numpy"]
        count = length(dataset)
        if count is None:
            return None
        parts = self._resolved(dataset, np.arange(count))
        return joined([(known, positions) for known, positions in parts])

    def _resolved(self, dataset: Any, positions: Any) -> list[tuple[Known, Any]]:
        """Go through data sets made of others down to those that hold rows."""
        np = sys.modules["numpy"]
        name = type(dataset).__name__
        if name == "Subset" and hasattr(dataset, "indices"):
            return self._resolved(dataset.dataset, self._chosen(dataset)[positions])
        if name == "ConcatDataset":
            ends = np.asarray(dataset.cumulative_sizes)
            which = np.searchsorted(ends, positions, side="right")
            parts = []
            for number in range(len(ends)):
                inside = positions[which == number] - (ends[number - 1] if number else 0)
                parts += self._resolved(dataset.datasets[number], inside)
            return parts
        inner = _wrapped(dataset)
        if inner is not None:
            return self._resolved(inner, positions)
        return [(self._source(dataset), positions)]

    def _chosen(self, subset: Any) -> Any:
        known = self._indices.get(id(subset))
        if known is None or known[0]() is not subset:
            found = sys.modules["numpy"].asarray(subset.indices)
            known = self._indices[id(subset)] = (weakref.ref(subset), found)
        return known[1]

    def _source(self, dataset: Any) -> Known:
        known = self._sources.get(id(dataset))
        if known is None or known[0]() is not dataset:
            found = self._by_content(dataset) or self._by_position(dataset)
            known = self._sources[id(dataset)] = (weakref.ref(dataset), found)
        return known[1]

    def _by_content(self, dataset: Any) -> Known | None:
        """Find the array that holds the rows, so that they are known wherever else they are."""
        value = _texts(dataset) if hasattr(dataset, "column_names") else _holding(dataset)
        if value is None or _size(value) > _MOST_HASHED:
            return None
        return self.lineage.of(value)

    def _by_position(self, dataset: Any) -> Known:
        np = sys.modules["numpy"]
        self._data_sets += 1
        count = length(dataset)
        start = np.full(count, self._data_sets, np.uint64)
        ids = mixed(np, mixed(np, start, np.arange(count, dtype=np.uint64)), start)
        origin = frozenset({self.lineage.new_origin()})
        return Known(ids, ids, ids, frozenset(), origin, True)

    def rows(self, arguments: Any) -> Rows | Batch | None:
        """Tell which rows a network is given; None where that is not known."""
        recent: Batch
        if self._turn is not None:
            recent = self._recent[-1][1]
            first = first_of(arguments)
            if first is not None and recent.parts and recent.parts[0]() is first:
                self._turn.straight += 1
                return recent
            self._turn.straight = 0
        given = flat(arguments)
        held = _storages(given)
        for references, recent in reversed(self._recent):
            for known in _alive(references) or _storages(recent.there):
                if any(known is storage for storage in held):
                    return recent
        first = given[0] if given else None
        if first is None or not first.dim():
            return None
        seen = self._tensors.get(id(first))
        if seen is not None and seen[0]() is first:
            return seen[1]
        return self._looked_at(first)

    def _looked_at(self, tensor: Any) -> Rows | Batch | None:
        """Take a tensor for the last batch, moved or shaped anew, unless it holds other rows.

        Only the first ones are hashed, for that takes time.
        """
        batch = self._last(len(tensor))
        if len(self._tensors) >= _MOST_TENSORS or tensor.numel() > _MOST_HASHED:
            return batch
        if batch is not None and not tensor.is_cpu:
            return batch
        if tensor._base is not None and tensor._base.numel() <= _MOST_HASHED:
            self.lineage.of(tensor._base)
        origins = self.lineage.origins
        known = self.lineage.of(tensor)
        if known is None:
            return batch
        rows: Rows | Batch = Rows(known)
        if batch is not None and self.lineage.origins > origins:
            rows = batch
        self._tensors[id(tensor)] = (weakref.ref(tensor), rows)
        return rows

    def _last(self, count: int) -> Batch | None:
        """Give the rows of the last batch, if it is in use and has so many."""
        if not self._passing:
            return None
        references, rows = self._recent[-1]
        alive = _alive(references) or rows.there
        return rows if alive and rows.count == count else None


def joined(parts: list[tuple[Known, Any]]) -> Known | None:
    """Give the rows at positions of several arrays as those of one."""
    np = sys.modules["numpy"]
    found = [known.part(positions) for known, positions in parts]
    if len(found) < 2:
        return found[0] if found else None
    return Known(
        np.concatenate([one.now for one in found]),
        np.concatenate([one.ids for one in found]),
        np.concatenate([one.content for one in found]),
        frozenset().union(*(one.causes for one in found)),
        frozenset().union(*(one.origins for one in found)),
        all(one.sure for one in found),
    )


def _wrapped(dataset: Any) -> Any:
    """Find the data set that one of the program's own wraps, row for row."""
    held = vars(dataset) if hasattr(dataset, "__dict__") else {}
    base = sys.modules["torch.utils.data"].Dataset
    inner = [held[name] for name in _INNER if isinstance(held.get(name), base)]
    if len(inner) == 1 and length(inner[0]) == length(dataset):
        return inner[0]
    return None


def length(dataset: Any) -> int | None:
    """Count the rows of a data set, where it has so many; Keras has one that cannot tell."""
    try:
        return len(dataset)
    except (TypeError, NotImplementedError):
        held = vars(dataset).values() if hasattr(dataset, "__dict__") else ()
        arrays = [array for value in held for array in _arrays(value)]
        return int(arrays[0].shape[0]) if arrays and len(arrays[0].shape) else None


def _holding(dataset: Any) -> Any:
    """Find the one array of a data set that has a row for each of its items, the widest."""
    tensors = getattr(dataset, "tensors", None)
    if type(dataset).__name__ == "TensorDataset" and tensors:
        return tensors[0]
    count = length(dataset)
    held = [
        array
        for value in (vars(dataset) if hasattr(dataset, "__dict__") else {}).values()
        for array in _arrays(value)
        if len(array.shape) > 1 and int(array.shape[0]) == count
    ]
    return max(held, key=_size, default=None)


def _texts(dataset: Any) -> Any:
    """Give the rows of a table of transformers' data sets, each as one text."""
    names = [name for name in dataset.column_names if name not in _ANSWERS]
    if not names or len(dataset) > _MOST_TEXTS:
        return None
    columns = [dataset.with_format(None)[name][:] for name in names]
    texts = [[repr(row)] for row in zip(*columns, strict=True)]
    return sys.modules["numpy"].array(texts, dtype=object)


def _arrays(value: Any) -> Iterator[Any]:
    """Give an array, or the few that a tuple or list holds beside one another."""
    if isinstance(value, (tuple, list)):
        for item in value if len(value) <= _MOST_BESIDE else ():
            if not isinstance(item, (tuple, list)):
                yield from _arrays(item)
    elif hasattr(value, "shape"):
        yield value
    elif hasattr(getattr(value, "array", None), "shape"):
        yield value.array  # Keras wraps arrays from which it takes slices


def _size(value: Any) -> int:
    total = 1
    for length in value.shape:
        total *= int(length)
    return total


def tensors(data: Any, depth: int = 0) -> Iterator[Any]:
    """Give the tensors of a batch, or of what a network is called with."""
    if hasattr(data, "untyped_storage"):
        yield data
    elif depth < 3:
        items = data.values() if hasattr(data, "values") and hasattr(data, "keys") else data
        if isinstance(data, (tuple, list)) or items is not data:
            for item in items:
                yield from tensors(item, depth + 1)


def first_of(data: Any) -> Any:
    """Give the first of these tensors, None where there is none."""
    if hasattr(data, "untyped_storage"):
        return data
    if type(data) is tuple and data and hasattr(data[0], "untyped_storage"):
        return data[0]
    return next(tensors(data), None)


def flat(data: Any) -> list[Any]:
    """Give all the tensors of a batch or of a call."""
    if type(data) in {tuple, list} and all(hasattr(item, "untyped_storage") for item in data):
        return list(data)
    return list(tensors(data))


def _storages(given: list[Any]) -> list[Any]:
    """Give the memory of each tensor; views of one share it."""
    found = []
    for tensor in given:
        try:  # costs nothing where it goes well, unlike to suppress
            found.append(tensor.untyped_storage())
        except (NotImplementedError, RuntimeError):
            continue
    return found


def _alive(references: Sequence[weakref.ref[Any]]) -> list[Any]:
    return [one for reference in references if (one := reference()) is not None]


def _whole(positions: Any) -> list[int] | None:
    """Give the positions that a loader asks for, if whole numbers are what it asks by."""
    if type(positions) is list and positions and type(positions[0]) is int:
        return positions.copy()
    np = sys.modules["numpy"]
    found = np.atleast_1d(np.asarray(positions))
    return found.tolist() if found.dtype.kind in "iu" and found.ndim == 1 else None


def as_array(positions: Iterable[list[int]]) -> Any:
    """Join the positions of many batches, which is faster than to look at each batch."""
    every = itertools.chain.from_iterable(positions)
    return sys.modules["numpy"].fromiter(every, dtype="intp")


def _turned(iterator: Any) -> Turn:
    """Begin a turn of a loader, in which nothing has been asked for."""
    turn = iterator._mlaudit_turn = Turn(iterator._dataset, each_once=_each_once(iterator))
    return turn


def _each_once(iterator: Any) -> bool:
    """Say whether samplers of torch surely give no position twice before they begin anew."""
    samplers: Any = sys.modules["torch.utils.data"]
    batches = getattr(iterator, "_index_sampler", None)
    sampler: Any = getattr(batches, "sampler", None)
    if type(batches) is not samplers.BatchSampler:
        return False
    if type(sampler) is samplers.RandomSampler:
        return not sampler.replacement and sampler.num_samples <= len(sampler.data_source)
    return type(sampler) is samplers.SequentialSampler
