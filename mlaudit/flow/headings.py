"""The names of a table's columns, of which some may have been left out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import nametests
from mlaudit.flow.values import (
    ANY,
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Function,
    Ref,
    Sequence,
    Value,
    combine,
    in_column,
    merge_influences,
    of_columns,
)
from mlaudit.model.frozen import replace
from mlaudit.trace.columns import Columns

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.columns import NameTest
    from mlaudit.trace.events import Influence

_SAME = {"tolist", "to_list", "copy", "unique", "to_numpy"}
_WITHOUT = {"drop", "difference"}
_IN_PLACE = {"remove", "discard", "append", "extend", "insert", "pop"}
TELLING = frozenset({"rename", "reset_index"})
NAMING = frozenset({"rename", "set_axis", "add_prefix", "add_suffix", "stack", "unstack", "melt"})


def of_table(value: Data) -> Data:
    """Give the names of all columns that a table has now."""
    return Data("columns", table=value.table, columns=value.columns)


def listed(value: Value) -> Value:
    """Give what going through a table yields, its names of columns; another value as it is."""
    if isinstance(value, Data) and value.kind == "table" and value.table is not None:
        return of_table(value)
    return value


def method(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Call a method of names of columns that keeps them, leaves literal ones out, or adds some."""
    from mlaudit.flow import tables

    if name in _SAME:
        return value
    if name not in _WITHOUT and name not in _IN_PLACE:
        return None
    taken = name in _WITHOUT or name in {"remove", "discard"}
    names = tables.literal_names(run, arguments.get("labels", 0)) if taken else None
    if name == "pop":
        names = at(run, arguments.nodes.get(0))
    left = less(value, names)
    if name not in _IN_PLACE:
        return left
    if isinstance(holder, Ref):
        run.state.heap[holder.address] = left
    return Data("scalar") if name == "pop" else Constant(None)


def less(value: Data, names: frozenset[str] | None) -> Data:
    """Leave names out; where it is not known which, any may be gone."""
    return _without(value, names) if names is not None else value.but(columns=None)


def at(run: Interpreter, position: ast.expr | None) -> frozenset[str] | None:
    """Give the name that stands at a position which was asked for by it: `names.index("id")`."""
    from mlaudit.flow import tables

    match position:
        case ast.Call(func=ast.Attribute(attr="index"), args=[name]):
            return tables.literal_names(run, run.eval(name))
    return None


def taken_off(run: Interpreter, node: ast.BinOp, names: Value, others: Value) -> Data | None:
    """Take names out of others, as `set(table) - {"id"}` does; None where it is no such thing."""
    from mlaudit.flow import tables

    if not (isinstance(names, Data) and names.kind == "columns" and isinstance(node.op, ast.Sub)):
        return None
    literal = tables.literal_names(run, others)
    return (
        combine([names, run.data(others)], "columns") if literal is None else less(names, literal)
    )


def filtered(run: Interpreter, function: Value, names: Data) -> Data:
    """Keep the names for which a function gives true: `filter(lambda c: c != "id", table)`."""
    match function:
        case Function(node=ast.Lambda(args=ast.arguments(args=[ast.arg(arg=name)]), body=test)) if (
            function.scope is run.state.scope
        ):
            read = nametests.read(run, test, name)
        case _:
            read = None
    return _tested(names, names.columns or Columns(), (read,)) if read else less(names, None)


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


def under_name(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data:
    """Note in which column the statistics of groups stand that a method names.

    So do `rename("usual")` and `reset_index(name="usual")`; else, `reset_index()` keeps the name of
    what they were taken of.
    """
    given = run.load(arguments.get("name", 0 if name == "rename" else None) or UNKNOWN)
    if isinstance(given, Constant) and isinstance(given.value, str):
        return value.but(influences=in_column(value.influences, given.value))
    if name == "rename":
        return value
    return value.but(influences=tuple(map(_where_taken, value.influences)))


def _where_taken(influence: Influence) -> Influence:
    of = influence.groups.of if influence.groups is not None else None
    if influence.column is not None or of is None or len(of) != 1:
        return influence
    return replace(influence, column=next(iter(of)))


def comprehended(
    run: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, iterated: Value
) -> Value | None:
    """Evaluate `[c for c in table.columns if c not in ("id", "price")]`."""
    inner = run.load(iterated)
    turn = node.generators[0]
    element, target = node.elt, turn.target
    if not (isinstance(element, ast.Name) and isinstance(target, ast.Name)):
        return None
    if len(node.generators) > 1 or element.id != target.id:
        return None
    if isinstance(inner, Sequence):
        return _there(run, inner, turn)
    inner = listed(inner)
    if not isinstance(inner, Data):
        return None
    if inner.kind != "columns" or not (turn.ifs or inner.columns is not None):
        return None
    tests = tuple(nametests.read(run, test, element.id) for test in turn.ifs)
    known = tuple(test for test in tests if test is not None)
    return _tested(inner, inner.columns or Columns(), known) if len(known) == len(tests) else None


def _there(run: Interpreter, names: Sequence, turn: ast.comprehension) -> Value | None:
    """Evaluate `[c for c in names if c in table.columns]`: known names are meant to be there."""
    match turn.ifs:
        case [ast.Compare(ops=[ast.In()], comparators=[ast.Attribute(attr="columns")])]:
            known = tuple(n for n in map(run.load, names.items) if isinstance(n, Constant))
            return run.state.allocate(Sequence(known, Data("scalar"))) if known else None
    return None


def chosen(value: Data, names: Data) -> Data | None:
    """Take the columns of such names, as they were when the names were asked for.

    Of a table that is another one, or that nothing is known of, names that were tested tell which
    columns are not taken.
    """
    before, now = names.columns, value.columns
    if names.kind != "columns" or before is None:
        return None
    if now is None or names.table is None or names.table != value.table:
        return _passing(value, names, before) if before.tested else None
    later = (set(now.derived) - set(before.derived)) | (set(now.ahead) - set(before.ahead))
    dropped = before.dropped | now.dropped | later | (_failing(value, before) - set(before.derived))
    kept = before.kept if before.kept is not None else now.kept
    kept = None if kept is None else kept - dropped
    return value.but(
        columns=replace(now, kept=kept, dropped=dropped, tested=before.tested),
        name=None,
        influences=of_columns(value.influences, dropped, without=True),
        select=None,
    )


def _passing(value: Data, names: Data, known: Columns) -> Data:
    """Take the columns whose names pass tests, of whatever table."""
    from mlaudit.flow import tables

    influences = of_columns(value.influences, _failing(value, known), without=True)
    return tables.by_computed(value.but(influences=influences), names)


def _failing(value: Data, known: Columns) -> frozenset[str]:
    """Give the columns that statistics have reached and whose names do not pass the tests."""
    reached = {i.column for i in value.influences if i.column is not None and ANY not in i.column}
    return frozenset(name for name in reached if not known.passes(name))


def _under(influence: Influence, name: Value | None) -> Influence:
    if name is None:
        return influence
    text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else None
    return replace(influence, column=text)


def _tested(value: Data, known: Columns, tests: tuple[NameTest, ...]) -> Data:
    """Keep the names that pass tests; of those that are not known, any may be tested later."""
    columns = replace(known, tested=known.tested + tests)
    named = known.kept if known.kept is not None else frozenset({*known.derived, *known.ahead})
    failing = frozenset(name for name in named if not columns.passes(name) and ANY not in name)
    return _without(value.but(columns=columns), failing)


def _without(value: Data, names: frozenset[str]) -> Data:
    if value.columns is None:
        return value
    known = value.columns
    kept = None if known.kept is None else known.kept - names
    columns = replace(known, kept=kept, dropped=known.dropped | names)
    return value.but(columns=columns)
