"""The names of a table's columns, of which some may have been left out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import (
    Constant,
    Data,
    Dictionary,
    Ref,
    Sequence,
    Value,
    in_column,
    merge_influences,
    of_columns,
)
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Influence

_SAME = {"tolist", "to_list", "copy", "unique", "to_numpy"}
_WITHOUT = {"drop", "difference"}
NAMING = frozenset({"rename", "set_axis", "add_prefix", "add_suffix", "stack", "unstack", "melt"})


def of_table(value: Data) -> Data:
    """Give the names of all columns that a table has now."""
    return Data("columns", table=value.table, columns=value.columns)


def method(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Call a method of names of columns that keeps them, or leaves literal ones out."""
    from mlaudit.flow import tables

    if name in _SAME:
        return value
    if name not in _WITHOUT and name != "remove":
        return None
    names = tables.literal_names(run, arguments.get("labels", 0))
    left = _without(value, names) if names is not None else value.but(columns=None)
    if name != "remove":
        return left
    if isinstance(holder, Ref):
        run.state.heap[holder.address] = left
    return Constant(None)


def renamed(run: Interpreter, value: Data, arguments: Arguments | None) -> Data:
    """Keep which column each statistic of a table is in under its new name, if that is literal."""
    if not any(influence.column for influence in value.influences):
        return value
    named = arguments.named.get("columns") if arguments is not None else None
    given = run.load(named) if named is not None else None
    if not isinstance(given, Dictionary) or given.rest is not None:
        anywhere = in_column(value.influences, None)
        return value.but(influences=merge_influences(*((each,) for each in anywhere)))
    names = {old: run.load(new) for old, new in given.items.items()}
    return value.but(influences=tuple(_under(i, names.get(i.column)) for i in value.influences))


def comprehended(
    run: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, iterated: Value
) -> Value | None:
    """Evaluate `[c for c in table.columns if c not in ("id", "price")]`."""
    from mlaudit.flow import tables

    inner = run.load(iterated)
    turn = node.generators[0]
    element, target = node.elt, turn.target
    if not (isinstance(element, ast.Name) and isinstance(target, ast.Name)):
        return None
    if len(node.generators) > 1 or element.id != target.id:
        return None
    if isinstance(inner, Sequence):
        return _there(run, inner, turn)
    if not isinstance(inner, Data):
        return None
    if inner.kind == "table" and inner.table is not None:
        inner = of_table(inner)
    if inner.kind != "columns" or inner.columns is None:
        return None
    left = inner
    for condition in turn.ifs:
        names = None
        match condition:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.NotEq() | ast.NotIn()], comparators=[other]
            ) if name == element.id:
                names = tables.literal_names(run, run.eval(other))
        if names is None:
            return None
        left = _without(left, names)
    return left


def _there(run: Interpreter, names: Sequence, turn: ast.comprehension) -> Value | None:
    """Evaluate `[c for c in names if c in table.columns]`: known names are meant to be there."""
    match turn.ifs:
        case [ast.Compare(ops=[ast.In()], comparators=[ast.Attribute(attr="columns")])]:
            known = tuple(n for n in map(run.load, names.items) if isinstance(n, Constant))
            return run.state.allocate(Sequence(known, Data("scalar"))) if known else None
    return None


def chosen(value: Data, names: Data) -> Data | None:
    """Take the columns of such names, as they were when the names were asked for."""
    before, now = names.columns, value.columns
    if names.kind != "columns" or before is None or now is None or names.table != value.table:
        return None
    later = (set(now.derived) - set(before.derived)) | (set(now.ahead) - set(before.ahead))
    dropped = before.dropped | now.dropped | later
    kept = before.kept if before.kept is not None else now.kept
    kept = None if kept is None else kept - dropped
    return value.but(
        columns=replace(now, kept=kept, dropped=dropped),
        name=None,
        influences=of_columns(value.influences, dropped, without=True),
        select=None,
    )


def _under(influence: Influence, name: Value | None) -> Influence:
    if name is None:
        return influence
    text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else None
    return replace(influence, column=text)


def _without(value: Data, names: frozenset[str]) -> Data:
    if value.columns is None:
        return value
    known = value.columns
    kept = None if known.kept is None else known.kept - names
    columns = replace(known, kept=kept, dropped=known.dropped | names)
    return value.but(columns=columns)
