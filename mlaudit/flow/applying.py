"""Functions that a method of data is given to call: `apply`, `map`, `transform`, `pipe`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import calls, entities, evening, functions
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.values import (
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Function,
    Method,
    Value,
    combine,
    merge_influences,
    of_columns,
)
from mlaudit.model.frozen import replace
from mlaudit.syntax.nodes import walk
from mlaudit.trace.events import Influence, Kind

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_ONE_BY_ONE = frozenset({"map", "applymap"})


def apply(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Value | None:
    """Call a function of the program, or of a library, on each row, element or group."""
    function = (
        arguments.positional[0] if arguments.positional else arguments.named.get("func", UNKNOWN)
    )
    inner = run.load(function)
    if isinstance(inner, Method):
        receiver = run.load(inner.receiver)
        if isinstance(receiver, Estimator):
            return calls.call_value(run, function, Arguments(arguments.node, [value]))
    if name == "pipe" and isinstance(inner, Function):
        beside = [value, *arguments.positional[1:]]
        return functions.call(run, inner, Arguments(arguments.node, beside, arguments.named))
    if value.kind == "window" or (
        value.kind == "group" and not (name == "apply" and isinstance(inner, Function))
    ):
        return _of_each_group(run, value, inner, arguments) if name == "transform" else None
    if isinstance(inner, Function):
        seen = _seen_by_function(run, value, name, arguments)
        given = value.but(kind=seen, columns=None, select=None)
        spec = inner.node.args
        extra = [UNKNOWN] * max(
            0, len(spec.args) - len(spec.defaults) - 1 - (inner.this is not None)
        )
        with entities.one_by_one(run, arguments.node):
            called = functions.call(run, inner, Arguments(arguments.node, [given, *extra]))
        result = run.data(called)
        read = _read(run, inner) if given.kind == "row" else None
        before = value.influences if read is None else of_columns(value.influences, read)
        brought = result.influences
        if value.kind == "group":
            brought = tuple(map(_by_group, brought))
            value = evening.by_function(run, value, inner, arguments) if name == "apply" else value
        influences = merge_influences(before, brought)
        kind = "column"
        origin = value.name if value.kind == "column" else None
        rows = result.rows if _takes_some(value, result) else value.rows
        value = value.but(rows=rows, kind=kind, influences=influences, columns=None, select=None)
        if value.turned and seen == "column" and not result.rows.terms:
            value = value.but(turned=False)  # one number of each row
        return value.but(name=origin, by=frozenset())
    if isinstance(inner, Dictionary):
        told = run.data(inner)  # of whatever rows: each value is only looked up
        told = told.but(rows=NO_ROWS) if value.rows.terms else told
        joined = combine([value, told], value.kind)
        return joined.but(name=value.name, table=value.table)
    return None


def _of_each_group(
    run: Interpreter, value: Data, function: Value, arguments: Arguments
) -> Value | None:
    """Transform each group by a function of the program, where it takes no statistic of one."""
    if not isinstance(function, Function) or value.kind != "group":
        return None
    given = value.but(kind="column", influences=(), columns=None, select=None)
    result = run.data(functions.call(run, function, Arguments(arguments.node, [given])))
    if any(influence.kind is Kind.STATISTIC for influence in result.influences):
        return None
    influences = merge_influences(value.influences, result.influences)
    return value.but(kind="column", influences=influences, name=None, select=None)


def _takes_some(groups: Data, result: Data) -> bool:
    """Say whether a function gives some rows of each group, as `lambda group: group.tail(1)`."""
    some = groups.kind == "group" and bool(result.rows.terms) and result.kind != "scalar"
    return some and result.rows.within(groups.rows)


def _by_group(influence: Influence) -> Influence:
    """Name what a function computes of each group it is given."""
    if influence.kind is not Kind.STATISTIC:
        return influence
    return replace(influence, statistic="group statistics", operation="groupby.apply")


def _read(run: Interpreter, function: Function) -> frozenset[str] | None:
    """Name the columns of a row that a function reads; None where it may read any."""
    spec = function.node.args.args
    if not spec:
        return None
    row = spec[-1 if function.this is not None else 0].arg
    names: set[str] = set()
    uses = 0
    for node in walk(function.node):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)):
                found = key if name == row else None
            case ast.Attribute(value=ast.Name(id=name), attr=key):
                if name == row and run.catalogue.method(key) is not None:
                    return None
                found = key if name == row else None
            case ast.Name(id=name):
                uses += name == row
                continue
            case _:
                continue
        if found is not None:
            names.add(found)
            uses -= 1
    return frozenset(names) if names and not uses else None


def _seen_by_function(run: Interpreter, value: Data, name: str, arguments: Arguments) -> str:
    """What a function given to `apply` sees: a table's columns, or its rows, or single values.

    What `map` calls sees one example or value; of a data set with `batched` it sees many rows.
    """
    batched = run.load(arguments.named.get("batched", Constant(False)))
    if not (isinstance(batched, Constant) and not batched.value):
        return "column"
    axis = run.load(arguments.named.get("axis", Constant(0)))
    along_rows = isinstance(axis, Constant) and axis.value in {1, "columns"}
    along_rows = along_rows or (name in _ONE_BY_ONE and value.kind == "table")
    return "column" if value.kind in {"table", "group"} and not along_rows else "row"
