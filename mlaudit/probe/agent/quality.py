"""What is in the matrices that models really receive: what is missing, far off, twice, or telling.

Large matrices are looked at in a sample of their rows, taken at even distances.
"""

from __future__ import annotations

import sys
from typing import Any

from .hashing import distinct
from .stream import Stream

MOST_ROWS = 5_000
MOST_COLUMNS = 500
_SORTED = 1_000
FEW_ROWS = 30
MOST_MATRICES = 100
_FEW_VALUES = 10
_MANY_CLASSES = 20
_LEAST_IN_CLASS = 10
_SAME = 1e-9
_FIRST = 64
_FAR_APART = 0.01
_NEARLY_ALL = 0.9
_SIGMAS = 3.0
_NUMBERS = "biuf"


class Column:
    """A column in a sample of the rows; `codes` number its kinds where it holds no numbers."""

    def __init__(self, np: Any, name: str, values: Any, numeric: bool):
        self.name = name
        self.values = values
        self.numeric = numeric
        self.unknown = np.isnan(values)
        self.few = distinct(values[:_SORTED][~self.unknown[:_SORTED]]) <= _FEW_VALUES


class Quality:
    """Looks at every matrix that a model is trained on, once for each line that trains."""

    def __init__(self, stream: Stream):
        self._stream = stream
        self._done: set[str] = set()

    def fitted(
        self, told: dict[str, Any], estimator: Any, features: Any, target: Any, seen: Any
    ) -> None:
        """Look at what a model was given."""
        key = repr(told["place"])
        if key in self._done or len(self._done) >= MOST_MATRICES or "predict" not in told["traits"]:
            return
        self._done.add(key)
        facts = looked_at(features, target, None if seen is None else seen.now)
        if facts is not None:
            name = told["owner"].rsplit(".", 1)[-1]
            self._tell(told, name, facts, classes=hasattr(estimator, "classes_"))

    def trained(self, told: dict[str, Any], facts: dict[str, Any], *, classes: bool) -> None:
        """Tell what was seen of a matrix when it was made, now that a model is trained on it."""
        if repr(told["place"]) not in self._done:
            self._done.add(repr(told["place"]))
            owner = told["owner"]
            name = owner if owner.endswith(".train") else owner.rsplit(".", 1)[-1]
            self._tell(told, name, facts, classes=classes)

    def _tell(
        self, told: dict[str, Any], name: str, facts: dict[str, Any], *, classes: bool
    ) -> None:
        beside = {"place": told["place"], "model": name, "causes": told["causes"]}
        if not classes:
            beside["classes"] = {}
        self._stream.emit("matrix", **{**facts, **beside})


def looked_at(features: Any, target: Any, hashes: Any) -> dict[str, Any] | None:
    """Describe a matrix and its target; equal `hashes` stand for equal rows.

    None: nothing to say.  Columns are given by their names, or else by their numbers.
    """
    np = sys.modules["numpy"]
    shape: Any = getattr(features, "shape", ())
    if len(shape) != 2 or shape[0] < FEW_ROWS or hasattr(features, "tocsr"):
        return None
    rows, width = int(shape[0]), min(int(shape[1]), MOST_COLUMNS)
    stride = -(-rows // MOST_ROWS)
    names = _names(features, width)
    some = features.iloc[::stride] if hasattr(features, "iloc") else _block(np, features, stride)
    columns = [_column(np, some, number, name) for number, name in enumerate(names)]
    answer = _target(np, target, rows, stride)
    return {
        "count": rows,
        "width": int(shape[1]),
        "sampled": len(range(0, rows, stride)),
        "missing": _shares(columns, lambda column: float(column.unknown.mean())),
        "far": _shares(columns, lambda column: _far(np, column)),
        "constant": [column.name for column in columns if _constant(column)],
        "repeated": _repeated(columns, hashes, stride),
        "classes": _classes(np, target, rows),
        "telling": {} if answer is None or width < 2 else _telling(np, columns, answer),
    }


def _shares(columns: list[Column], share: Any) -> dict[str, float]:
    found = {column.name: round(share(column), 4) for column in columns}
    return {name: value for name, value in found.items() if value > 0}


def _repeated(columns: list[Column], hashes: Any, stride: int) -> int:
    """Count rows that occurred before, where some column alone tells nearly all rows apart."""
    if hashes is None:
        return 0
    again = len(hashes) - distinct(hashes)
    if not again:
        return 0
    some = distinct(hashes[::stride])
    known = (column.values[~column.unknown] for column in columns)  # NaN differs from itself
    telling = (distinct(values) >= _NEARLY_ALL * some for values in known)
    return again if any(telling) else 0


def _names(features: Any, width: int) -> list[str]:
    columns = getattr(features, "columns", None)
    found = [f"column {n}" for n in range(width)] if columns is None else map(str, columns[:width])
    seen: dict[str, int] = {}
    names = []
    for name in found:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _block(np: Any, features: Any, stride: int) -> Any:
    """Copy rows at even distances, so that their columns lie one after the other."""
    if hasattr(features, "detach"):
        features = features.detach().cpu().numpy()
    return np.asarray(features[::stride], order="F")


def _column(np: Any, some: Any, number: int, name: str) -> Column:
    values = some.iloc[:, number] if hasattr(some, "iloc") else some[:, number]
    if getattr(values.dtype, "kind", "O") in _NUMBERS:
        return Column(np, name, np.asarray(values, np.float64), True)
    gone = values.isna() if hasattr(values, "isna") else [value is None for value in values]
    codes: dict[str, int] = {}
    numbered = [
        np.nan if missing else codes.setdefault(str(value), len(codes))
        for value, missing in zip(values, gone, strict=True)
    ]
    return Column(np, name, np.array(numbered, np.float64), False)


def _far(np: Any, column: Column) -> float:
    """Give the share of values beyond three standard deviations; kinds have no distance."""
    there = column.values[np.isfinite(column.values)]
    if column.few or not column.numeric or len(there) < FEW_ROWS:
        return 0.0
    spread = float(there.std())
    if spread == 0.0:
        return 0.0
    return float((np.abs(there - there.mean()) > _SIGMAS * spread).mean())


def _constant(column: Column) -> bool:
    return bool((column.values == column.values[0]).all())


def _target(np: Any, target: Any, rows: int, stride: int) -> Any:
    """Give the target as numbers, equal ones for equal answers."""
    if target is None:
        return None
    if hasattr(target, "detach"):
        target = target.detach().cpu().numpy()
    values = np.asarray(target)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or len(values) != rows:
        return None
    values = values[::stride]
    if values.dtype.kind in _NUMBERS:
        return values.astype(np.float64)
    return np.unique(values.astype(str), return_inverse=True)[1].astype(np.float64)


def _classes(np: Any, target: Any, rows: int) -> dict[str, int]:
    """Count the rows of each class, where the target looks like classes."""
    if target is None:
        return {}
    if hasattr(target, "detach"):
        target = target.detach().cpu().numpy()
    values = np.asarray(target).reshape(-1)
    if len(values) != rows:
        return {}
    if values.dtype.kind == "f" and not bool((values == np.floor(values)).all()):
        return {}
    if values.dtype.kind == "O":
        values = values.astype(str)
    found, counts = np.unique(values, return_counts=True)
    if not 2 <= len(found) <= _MANY_CLASSES:
        return {}
    return {str(one): int(count) for one, count in zip(found, counts, strict=True)}


def _telling(np: Any, columns: list[Column], answer: Any) -> dict[str, str]:
    """Name the columns that are the target, or that tell it alone."""
    kinds, which = np.unique(answer, return_inverse=True)
    sides = [np.flatnonzero(which == kind) for kind in range(2)]
    found = {}
    for column in columns:
        if column.unknown.any() or _constant(column):
            continue
        if column.numeric and _equals(np, column.values, answer):
            found[column.name] = "equals"
        elif not column.numeric and len(kinds) <= _MANY_CLASSES:
            if _same_kinds(np, column.values, which):
                found[column.name] = "equals"
        elif len(kinds) == 2 and _separates(column.values, *sides):
            found[column.name] = "separates"
    return found


def _equals(np: Any, column: Any, answer: Any) -> bool:
    """Whether a column is the target, but for its units."""
    if _surely_other(column, answer):
        return False
    spread = float(answer.std())
    if spread == 0.0 or not np.isfinite(answer).all() or not np.isfinite(column).all():
        return False
    one, other = (column - column.mean()) / column.std(), (answer - answer.mean()) / spread
    return abs(abs(float((one * other).mean())) - 1.0) < _SAME


def _surely_other(column: Any, answer: Any) -> bool:
    """Whether equal answers go with values far apart, as two rows can show already."""
    some, answers = column[:_FIRST], answer[:_FIRST]
    values = some[answers == answers[0]]
    between = float(values.max()) - float(values.min())
    return between > _FAR_APART * (float(column.max()) - float(column.min()))


def _same_kinds(np: Any, column: Any, which: Any) -> bool:
    """Whether each kind of a column goes with one class and the other way round."""
    pairs = len(np.unique(column * (which.max() + 1) + which))
    return pairs == len(np.unique(column)) == len(np.unique(which)) > 1


def _separates(column: Any, ones: Any, others: Any) -> bool:
    """Whether one threshold on a column divides the rows of two classes without a mistake.

    Where a few of them are mixed up already, the rest need no look.
    """
    if min(len(ones), len(others)) < _LEAST_IN_CLASS:
        return False
    few = _divided(column[ones[:_FIRST]], column[others[:_FIRST]])
    return few and _divided(column[ones], column[others])


def _divided(first: Any, second: Any) -> bool:
    return bool(first.max() < second.min() or second.max() < first.min())
