"""Pieces of tensors, as their own methods take them: one after the other, or side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import splits, tables
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import UNKNOWN, Constant, Data, Sequence

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value

DIVIDING = frozenset({"split", "split_with_sizes", "chunk", "tensor_split", "unbind"})


def divided(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Divide a tensor as the function of the same name does; texts are divided otherwise."""
    entry = run.catalogue.find(f"torch.{name}")
    first = run.load(next(iter(arguments.values()), UNKNOWN))
    sized = isinstance(first, Sequence) or (
        isinstance(first, Constant) and type(first.value) is int
    )
    tensor = value.kind == "array" or (value.kind == "unknown" and sized)
    if entry is None or not tensor or not value.rows.terms:
        return None
    return splits.pieces(run, name, entry, arguments.behind(holder))


def narrowed(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take so many rows from a position on; of columns, all rows stay."""
    if run.load(arguments.get("dim", 0) or UNKNOWN) != Constant(0):
        return None
    low = tables.bound(run, arguments.expression("start", 1))
    count = tables.bound(run, arguments.expression("length", 2))
    return tables.chosen(value, Selector("slice", "rows", (low, _end(low, count))))


def _end(low: Hashable, count: Hashable) -> Hashable:
    """Give the position behind the last row, as it may be written where the next ones begin."""
    if low in (None, 0):
        return count
    if isinstance(low, int) and isinstance(count, int):
        return low + count
    return f"{low} + {count}"
