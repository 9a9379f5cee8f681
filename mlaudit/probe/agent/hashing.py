"""A number for the content of each row, whatever holds the rows."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

_BLOCK = 50_000
_SEED = 0x9E3779B97F4A7C15
_FACTOR = 0xFF51AFD7ED558CCD
_OTHER_FACTOR = 0xC4CEB9FE1A85EC53
_LEAST_ROWS, _MOST_ROWS = 16, 4096
_SHIFT = 32
NUMBERS = "biuf"


def hashes(value: Any) -> Any | None:
    """Hash every row of a table, an array, a tensor, a sparse matrix or a list; None: no rows.

    Equal numbers give equal hashes in any of these and of any numeric type; 0.0 equals -0.0 and
    any NaN equals any other.
    """
    np = sys.modules["numpy"]
    if hasattr(value, "tocsr"):
        return _sparse(np, value.tocsr())
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__len__"):
        return None
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "dtypes") and hasattr(value, "columns"):
        return _table(np, value)
    array = np.asarray(value)
    if array.ndim == 0 or len(array) == 0:
        return None
    flat = array.reshape(len(array), -1)
    if flat.dtype.kind in NUMBERS:
        return _numeric(np, flat)
    return _mixed(np, [flat[:, column] for column in range(flat.shape[1])])


def digest(values: Any) -> bytes:
    """Hash a whole array of hashes, in its order: two sums, weighed by positions."""
    np = sys.modules["numpy"]
    weights = np.arange(1, 2 * len(values), 2, dtype=np.uint64)
    first = np.dot(values, weights)
    second = np.dot(values ^ (values >> np.uint64(_SHIFT)), weights)
    return bytes(np.array([first, second, len(values)], np.uint64).tobytes())


def digest_of_all(values: Any) -> bytes:
    """Hash an array of hashes in whatever order they come."""
    np = sys.modules["numpy"]
    first = values.sum(dtype=np.uint64)
    second = mixed(np, values, np.uint64(_SEED)).sum(dtype=np.uint64)
    return bytes(np.array([first, second, len(values)], np.uint64).tobytes())


def distinct(values: Any) -> int:
    """Count different values; sorting is faster here than what `np.unique` does."""
    ordered = sys.modules["numpy"].sort(values)
    return int((ordered[1:] != ordered[:-1]).sum()) + 1 if len(ordered) else 0


def mixed(np: Any, values: Any, more: Any) -> Any:
    """Mix two arrays of hashes into one."""
    result = (values ^ more) * np.uint64(_FACTOR)
    return result ^ (result >> np.uint64(_SHIFT))


def _numeric(np: Any, flat: Any) -> Any:
    """Add up the columns, each times a number of its own, in two ways, and mix both sums.

    Small whole numbers have nothing but zeros in the lower half of their bits, and a product loses
    what is in the upper half, where only that half is different: the second sum is of upper halves.
    Blocks that fit the cache are fastest.
    """
    count, width = flat.shape
    seed, (weights, halves) = np.uint64(_SEED + width), _weights(np, width)
    most = min(max(_LEAST_ROWS, _BLOCK // max(width, 1)), _MOST_ROWS, count)
    order = "F" if flat.flags.f_contiguous else "C"
    # One large piece: when it is given back, glibc begins to keep smaller ones for later, and the
    # steps of the program need not ask the system for theirs again and again.
    room = np.empty(min(_MOST_ROWS, count) * width)
    blocks = room[: most * width].reshape((most, width), order=order)
    shifted = np.empty((most, width), np.uint64, order)
    result = np.empty(count, np.uint64)
    for start in range(0, count, most):
        sums = result[start : start + most]
        block, upper = blocks[: len(sums)], shifted[: len(sums)]
        np.add(flat[start : start + most], 0.0, out=block, dtype=np.float64)
        if np.isnan(block.max(initial=0.0)):
            block[np.isnan(block)] = np.nan
        bits = block.view(np.uint64)
        np.right_shift(bits, np.uint64(_SHIFT), out=upper)
        np.einsum("ij,j->i", upper, halves, out=sums)
        sums[:] = mixed(np, mixed(np, sums, seed), np.einsum("ij,j->i", bits, weights))
    return result


def _weights(np: Any, width: int) -> Any:
    """Give two odd numbers for each column, which look as if they were drawn."""
    found = np.arange(1, 2 * width + 1, dtype=np.uint64) * np.uint64(_SEED)
    for factor, shift in ((_FACTOR, 30), (_OTHER_FACTOR, 27), (_SEED, 31)):
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    return (found | np.uint64(1)).reshape(2, width)


def _table(np: Any, frame: Any) -> Any | None:
    if len(frame) == 0 or len(frame.columns) == 0:
        return None
    if all(getattr(kind, "kind", "O") in NUMBERS for kind in frame.dtypes):
        return _numeric(np, frame.to_numpy())
    return _mixed(np, [frame.iloc[:, column] for column in range(len(frame.columns))])


def _mixed(np: Any, columns: list[Any]) -> Any:
    """Fold columns of several types."""
    result = np.full(len(columns[0]), _SEED, np.uint64)
    for column in columns:
        result = mixed(np, result, _column(np, column))
    return result


def _column(np: Any, column: Any) -> Any:
    if getattr(column.dtype, "kind", "O") in NUMBERS:
        values = np.asarray(column, dtype=np.float64) + 0.0
        values[np.isnan(values)] = np.nan
        return values.view(np.uint64)
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        found = pandas.util.hash_pandas_object(pandas.Series(column), index=False)
        return found.to_numpy().astype(np.uint64)
    known: dict[str, int] = {}
    numbers = [known.setdefault(text, _of_text(text)) for text in map(str, column)]
    return np.array(numbers, np.uint64)


def _of_text(text: str) -> int:
    found = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "little")


def _sparse(np: Any, matrix: Any) -> Any | None:
    """Add up what the stored values of a row say, each mixed with its column."""
    if matrix.shape[0] == 0:
        return None
    matrix = matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    values = (np.asarray(matrix.data, np.float64) + 0.0).view(np.uint64)
    columns = mixed(np, np.full(len(values), _SEED, np.uint64), matrix.indices.astype(np.uint64))
    terms = np.concatenate([mixed(np, values, columns), np.zeros(1, np.uint64)])
    sums = np.add.reduceat(terms, matrix.indptr[:-1])
    sums[np.diff(matrix.indptr) == 0] = 0
    return mixed(np, sums, np.full(len(sums), _SEED, np.uint64))
