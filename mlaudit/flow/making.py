"""Methods that make or take columns, by functions or by expressions such as `pl.col("a") * 2`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import entering, entities, headings, removing, tables
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.values import (
    Constant,
    Data,
    Function,
    Sequence,
    Value,
    in_column,
    merge_influences,
)
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern
from mlaudit.syntax.nodes import walk
from mlaudit.syntax.spelling import last_name
from mlaudit.trace.events import Effect, Groups, Influence, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter

_POLARS = Pattern(r"(?m)^\s*(import|from) polars\b")
_NAMES = frozenset({"col", "by_name"})
_REDUCES = {"mean", "median", "std", "var", "min", "max", "sum", "quantile", "mode"}


def assign(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Give a table more columns, computed from it by functions or beforehand."""
    from mlaudit.flow import calls

    summed_up = value.kind == "table" and value.influences
    if value.kind not in {"table", "unknown"} or not (value.rows.terms or summed_up):
        return None
    for column, given in arguments.named.items():
        content = given
        if isinstance(run.load(given), Function):
            content = calls.call_value(run, given, Arguments(arguments.node, [value]))
        value = entering.set_column(value, column, run.data(content), run.load(content))
    return value


def select(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take columns by a list of names, or by names one by one; of a data set rows by positions.

    What has rows to choose is no mapping of data sets, nor a column.
    """
    if value.kind in {"group", "window"} or not value.rows.terms:
        return None
    rows = removing.selected(run, value, arguments)
    if rows is not None:
        return rows if rows.kind == "table" else rows.but(kind="unknown")
    if value.kind not in {"table", "unknown"}:
        return None
    given = [run.load(argument) for argument in arguments.positional]
    first = given[0] if len(given) == 1 else Sequence(tuple(given))
    if isinstance(first, Data):
        return headings.chosen(value, first)
    names = tables.literal_names(run, first)
    return tables.of_names(run, value, Sequence(tuple(map(Constant, names)))) if names else None


def less(run: Interpreter, value: Data, arguments: Arguments) -> Data | None:
    """Take named columns out of a table of polars, of which rows have no names to be dropped by."""
    names = [
        tables.literal_names(run, given) or _read(arguments.nodes[position])
        for position, given in enumerate(arguments.positional)
        if position in arguments.nodes
    ]
    if arguments.spread or not names or not all(names) or arguments.named.keys() - {"strict"}:
        return None
    if _POLARS.search(run.document.text) is None:
        return None
    return tables.drop_columns(value, frozenset[str]().union(*names)).but(select=None)


def with_columns(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Give a table more columns; a statistic in an expression is taken over all its rows."""
    if not value.rows.terms or value.kind not in {"table", "unknown"}:
        return None
    made = [
        (key if isinstance(key, str) else None, part)
        for key, node in arguments.nodes.items()
        for part in (node.elts if isinstance(node, ast.List | ast.Tuple) else [node])
    ]
    if not any(_read(part) for _, part in made):
        return None
    for key, part in made:
        value = _entered(run, value, key or _alias(part), part)
    return value


def _entered(run: Interpreter, value: Data, name: str | None, node: ast.expr) -> Data:
    read = _read(node)
    name = name or (next(iter(read)) if len(read) == 1 else None)
    found = tuple(_statistics(run, value, node))
    influences = merge_influences(value.influences, in_column(found, name))
    columns = value.columns
    if columns is not None and name is not None:
        derived = dict(columns.derived)
        if read - {name}:
            derived[name] = frozenset(read - {name})
        kept = None if columns.kept is None else columns.kept | {name}
        columns = replace(columns, kept=kept, dropped=columns.dropped - {name}, derived=derived)
    return value.but(influences=influences, columns=columns)


def _statistics(run: Interpreter, value: Data, node: ast.expr) -> Iterator[Influence]:
    for call, method in _calls(node):
        read = _read(method.value) if method.attr in _REDUCES else None
        if read:
            entry = run.catalogue.method(method.attr)
            window = _window(node, call)
            by = frozenset(_keys(window)) if window is not None else frozenset()
            yield Influence(
                method.attr if window is None else f"groupby.{method.attr}",
                Kind.STATISTIC,
                Effect(entry.effect) if entry is not None and window is None else Effect.MEDIUM,
                value.rows,
                run.place(call),
                statistic=entry.statistic
                if entry is not None and window is None
                else "group statistics",
                conditional=bool(run.conditions),
                when=run.guards,
                turns_of=entities.turns_of(run, value.rows),
                groups=Groups(by, read, value.rows) if by else None,
            )


def _window(node: ast.expr, call: ast.Call) -> ast.Call | None:
    """Find the `over(…)` that a statistic stands before: it is taken of each group."""
    return next(
        (
            outer
            for outer, method in _calls(node)
            if method.attr == "over" and any(inner is call for inner in ast.walk(method.value))
        ),
        None,
    )


def _keys(window: ast.Call) -> Iterator[str]:
    """Name the columns of a window: `over("a", pl.col("b"))`."""
    given = [*window.args, *(word.value for word in window.keywords)]
    for node in [
        part for one in given for part in (one.elts if isinstance(one, ast.List) else [one])
    ]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        else:
            yield from _read(node)


def _calls(node: ast.expr) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for inner in walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            yield inner, inner.func


def _alias(node: ast.expr) -> str | None:
    """Read the name that `.alias("name")` gives."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        given = node.args[0] if node.func.attr == "alias" and node.args else None
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            return given.value
    return None


def _read(node: ast.expr) -> frozenset[str]:
    """Name the columns that an expression reads: `pl.col("a")`, `col("b", "c")`, `by_name("d")`."""
    return frozenset(
        str(name.value)
        for inner in walk(node)
        if isinstance(inner, ast.Call) and last_name(inner.func) in _NAMES
        for name in inner.args
        if isinstance(name, ast.Constant)
    )
