"""Rows in their order: sorted by time, shifted, seen through windows that move over them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import turning
from mlaudit.flow.regions import Rows
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Constant, Data, Sequence, in_column, merge_influences
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern
from mlaudit.syntax.nodes import walk
from mlaudit.syntax.spelling import last_name
from mlaudit.trace.events import Effect, Grouped, Influence, Kind, Ordered, Windowed

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value
    from mlaudit.trace.columns import Columns

WINDOWS = frozenset({"rolling", "expanding", "ewm"})
SHIFTS = frozenset({"shift", "diff", "pct_change"})
_BACKWARDS = frozenset({"bfill", "backfill"})
_SORTS = frozenset({"sort_values", "sort", "sort_index"})
PRICES = frozenset({"yfinance", "pandas_datareader", "quandl"})
_RESAMPLES = frozenset({"resample", "asfreq"})
_TIME = Pattern(
    r"(?<![a-z])(date|time|day)(?![a-z])|date_?time|time_?stamp|_(date|dt|ts)$"
    r"|^(ds|dt|ts)$"
)
# Parts of a date that go round: the last of them is the same for all rows.
_ROUND = Pattern(
    r"(?i)(.*_)?(hour|hr|month|mnth|week_?day|day_?of_?(week|month|year)|dow|doy|quarter)|.*_day"
)
_NUMBERED = Pattern(r"(?<![a-z])(id|code|year|yr|season)$")
_ENDS = frozenset({"the minimum", "the maximum", "the minimum and maximum"})
_NAME = Pattern(r"[A-Za-z_]\w*")
_CAMEL = Pattern(r"(?<=[a-z])(?=[A-Z])")


def tells_time(name: str) -> bool:
    """Say whether the name of a column is one of moments: `date`, `OrderDate`, `timestamp`."""
    return _TIME.search(_CAMEL.sub("_", name).lower().replace(" ", "_")) is not None


def goes_round(node: ast.AST, column: str | None, statistic: str | None) -> bool:
    """Say whether a statistic is the first or last hour of the day, month of the year and so on."""
    if statistic not in _ENDS:
        return False
    called = node.func if isinstance(node, ast.Call) else None
    of = last_name(called.value) if isinstance(called, ast.Attribute) else ""
    return any(_ROUND.fullmatch(name) is not None for name in (column or "", of))


def since(run: Interpreter, one: Data, two: Data) -> tuple[Data, Data]:
    """Say of a first or last moment that moments are counted from that it shifts them all alike.

    Where a range divides them as well, the ends of that range are statistics of their own.
    """
    if one.rows.terms and two.influences and not two.rows.terms and _of_moments(run, one):
        return one, two.but(influences=tuple(map(_as_origin, two.influences)))
    if two.rows.terms and one.influences and not one.rows.terms and _of_moments(run, two):
        return one.but(influences=tuple(map(_as_origin, one.influences))), two
    return one, two


def bounded(run: Interpreter, column: Data, bounds: list[Data]) -> list[Data]:
    """Say of what moments are compared with that it is a moment, which tells no row from others.

    So the border between the earlier rows and the later ones, or where the first days end, removes
    a time, and nothing unusual in it.
    """
    if not any(bound.influences for bound in bounds) or not _of_moments(run, column):
        return bounds
    return [
        bound.but(influences=tuple(map(_as_moment, bound.influences)))
        if not bound.rows.terms
        else bound
        for bound in bounds
    ]


def _as_moment(influence: Influence) -> Influence:
    return replace(influence, units="shifted") if influence.kind is Kind.STATISTIC else influence


def _as_origin(influence: Influence) -> Influence:
    if influence.kind is not Kind.STATISTIC or influence.statistic not in _ENDS:
        return influence
    return replace(influence, units="shifted")


def _of_moments(run: Interpreter, column: Data) -> bool:
    """Say whether a column holds moments, by its name or because the program parses it.

    Years and the numbers that things go by are counted from anywhere, too.
    """
    name = column.name
    if name is None or column.kind != "column":
        return False
    if tells_time(name) or _NUMBERED.search(_CAMEL.sub("_", name).lower().replace(" ", "_")):
        return True
    return _parsed(run, name, column.rows)


def _parsed(run: Interpreter, name: str, rows: Rows) -> bool:
    """Say whether the program has parsed a column as one of moments."""
    return any(
        isinstance(event, Ordered)
        and event.how == "timed"
        and (event.by == name or f'"{name}"' in event.by or f"'{name}'" in event.by)
        and event.rows.kin(rows)
        for event in run.events.values()
    )


def observe(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Ordered | None:
    """Record what a method tells of the order of rows; give that of its result."""
    if not value.rows.terms:
        return None
    if name == "groupby":
        grouped(run, value, arguments)
    if name in _SORTS:
        return _sorted(run, value, name, arguments)
    if name in _RESAMPLES and value.kind != "group":
        return _ordered(run, value, arguments, "resampled", run.text(arguments.node))
    moves = name in WINDOWS or (name in SHIFTS and value.kind in {"column", "table", "group"})
    if moves and not turning.along_each_row(run, value, name, arguments):
        _lagged(run, value, arguments)
    elif name == "set_index":
        by = _literal(run, arguments.get("keys", 0))
        if by is not None and tells_time(by):
            return _ordered(run, value, arguments, "dated", by)
    elif name == "sample":
        return None
    return value.order


def _lagged(run: Interpreter, value: Data, arguments: Arguments) -> None:
    """Record that rows are related to their neighbours, all of them or those of each group.

    What a function sees that is called for one group after another is such a group, and so are the
    rows with the value of a column that a loop has reached.
    """
    equal = [s.selector for t in value.rows.terms for s in t.chain if s.selector.equal]
    by = value.by.difference(select.by for select in equal)
    how = "lagged in groups" if value.kind == "group" or by else "lagged"
    event = _ordered(run, value, arguments, how, run.text(arguments.node))
    tests = (s.key[1] for s in equal if isinstance(s.key, tuple) and s.key[0] == "test")
    names = {name for test in tests for name in _NAME.findall(str(test))}
    event.turns = frozenset(id(loop) for loop in run.loops if names & _reached_by(loop))


def _reached_by(loop: ast.AST) -> set[str]:
    """Name the variables that every turn of a loop gives other values."""
    turn = loop.generators[0] if isinstance(loop, ast.ListComp | ast.GeneratorExp) else loop
    target = turn.target if isinstance(turn, ast.For | ast.comprehension) else None
    return {n.id for n in walk(target) if isinstance(n, ast.Name)} if target is not None else set()


def grouped(run: Interpreter, value: Data, arguments: Arguments) -> None:
    """Record the columns that rows are grouped by, where their names are literal."""
    names, all_known = keys(run, arguments)
    if names and all_known:
        run.emit(Grouped, arguments.node, rows=value.rows, by=names)


def keys(run: Interpreter, arguments: Arguments) -> tuple[tuple[str, ...], bool]:
    """Give the literal names of columns that rows are grouped by, and whether these are all."""
    given = run.load(arguments.get("by", 0) or Constant(None))
    items = given.items if isinstance(given, Sequence) and given.rest is None else (given,)
    names = tuple(
        inner.value
        for inner in map(run.load, items)
        if isinstance(inner, Constant) and isinstance(inner.value, str)
    )
    return names, len(names) == len(items)


def loaded(run: Interpreter, entry: Entry, arguments: Arguments, rows: Rows) -> Ordered | None:
    """Record what reading data tells of their order: their index is parsed, or they are prices."""
    index = _literal(run, arguments.named.get("index_col"))
    if entry.library in PRICES or (index is not None and tells_time(index)):
        how, by = "dated", index or run.text(arguments.node)
    elif "parse_dates" in arguments.named:
        how, by = "timed", run.text(arguments.nodes.get("parse_dates", arguments.node))
    else:
        return None
    made = run.emit(Ordered, arguments.node, rows=rows, how=how, by=by)
    return made if how == "dated" else None


def timed(run: Interpreter, value: Data, arguments: Arguments) -> None:
    """Record that a column holds moments."""
    if value.rows.terms:
        _ordered(run, value, arguments, "timed", value.name or run.text(arguments.node))


def _sorted(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Ordered | None:
    by = _literal(run, arguments.get("by", 0)) if name != "sort_index" else None
    ascending = run.load(arguments.named.get("ascending", Constant(True)))
    newest_first = isinstance(ascending, Constant) and not ascending.value
    if by is not None and (tells_time(by) or _parsed(run, by, value.rows)):
        return _ordered(run, value, arguments, "sorted", by, newest_first)
    return value.order if name == "sort_index" else None


def _literal(run: Interpreter, value: Value | None) -> str | None:
    """Read a column's name, the last of a list of names."""
    inner = run.load(value) if value is not None else None
    if isinstance(inner, Sequence) and inner.items and inner.rest is None:
        inner = run.load(inner.items[-1])
    return inner.value if isinstance(inner, Constant) and isinstance(inner.value, str) else None


def _ordered(
    run: Interpreter,
    value: Data,
    arguments: Arguments,
    how: str,
    by: str,
    newest_first: bool = False,
) -> Ordered:
    return run.emit(
        Ordered, arguments.node, rows=value.rows, how=how, by=by, newest_first=newest_first
    )


def window(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data:
    """Open a window that moves over the rows; a centred one sees later rows."""
    moved = value.but(kind="window", columns=None, select=None, later=0)
    center = run.load(arguments.named.get("center", Constant(False)))
    if name == "rolling" and isinstance(center, Constant) and center.value is True:
        made = look_ahead(run, value, arguments, "rolling", "a centred window")
        return moved.but(influences=merge_influences(moved.influences, made))
    return moved


def beyond(influences: tuple[Influence, ...], target: Data | None) -> tuple[Influence, ...]:
    """Leave out the later rows that are all earlier than those of the target of the same row.

    Such a row stands for the moment of its last feature, and the target is still to come.
    """
    if target is None or target.later <= 0:
        return influences
    return tuple([i for i in influences if not 0 < i.later < target.later])


def of_window(value: Data, others: list[Data]) -> Data:
    """What is computed of a window is a column of the same rows, and no statistic of all."""
    influences = merge_influences(value.influences, *(other.influences for other in others))
    kind = "table" if value.name is None and value.kind == "table" else "column"
    return value.but(kind=kind, influences=influences, columns=None, name=None, select=None)


def moves(run: Interpreter, key: ast.Slice) -> bool:
    """Say whether a slice goes up to, or on from, the row that a loop has reached."""
    reached = _successive(run.loops[-1]) if run.loops else None
    ends = map(start_of, (key.lower, key.upper))
    return any(isinstance(end, ast.Name) and end.id == reached for end in ends)


def reaches(run: Interpreter, key: ast.expr) -> bool:
    """Say whether an index is the number of the row that a loop over `range(…)` has reached."""
    if not isinstance(key, ast.Name):
        return False
    return any(_successive(loop) == key.id for loop in run.loops)


def start_of(end: ast.expr | None) -> ast.expr | None:
    """Of `i + 1` give `i`."""
    adds = isinstance(end, ast.BinOp) and isinstance(end.op, ast.Add | ast.Sub)
    return end.left if adds and isinstance(end, ast.BinOp) else end


def looks_back(parts: list[Data]) -> bool:
    """Say whether the last rows of one part are put before another part of the same data.

    The first windows of that part look back on them; they are not among the rows that it is for.
    """
    if len(parts) != 2 or len(parts[0].rows.terms) != 1 or not parts[1].rows.terms:
        return False
    (last,), rows = parts[0].rows.terms, parts[1].rows
    match last.selector:
        case Selector("slice", "rows", (int() | str() as low, None)) if str(low)[:1] == "-":
            whole = Rows((last.parent,)) if last.parent else rows
            return rows.kin(whole) and not rows.overlap(whole)
        case _:
            return False


def windowed(run: Interpreter, key: ast.Slice, result: Data) -> None:
    """Record `rows[i : i + width]` in a loop over successive `i`."""
    if not run.loops or not result.rows.terms or key.step is not None:
        return
    start = _successive(run.loops[-1])
    ends = (key.lower, key.upper)
    plain = [end for end in ends if isinstance(end, ast.Name) and end.id == start]
    moved = [
        end
        for end in ends
        if isinstance(end, ast.BinOp)
        and isinstance(end.op, ast.Add | ast.Sub)
        and isinstance(end.left, ast.Name)
        and end.left.id == start
    ]
    if len(plain) == 1 and len(moved) == 1:
        run.emit(Windowed, key, rows=result.rows)


def _successive(loop: ast.AST) -> str | None:
    """Name the variable of a loop that counts by one."""
    counted = counting(loop)
    return counted[0] if counted is not None else None


def counting(loop: ast.AST) -> tuple[str, ast.Call] | None:
    """Give the variable of a loop that counts by one, and the `range` that it goes through."""
    turn = loop.generators[0] if isinstance(loop, ast.ListComp | ast.GeneratorExp) else loop
    if not isinstance(turn, ast.For | ast.comprehension) or not isinstance(turn.target, ast.Name):
        return None
    match turn.iter:
        case ast.Call(func=ast.Name(id="range" | "trange"), args=[_] | [_, _]):
            return turn.target.id, turn.iter
        case _:
            return None


def shifted(run: Interpreter, value: Data, result: Data, name: str, arguments: Arguments) -> Data:
    """Give what a shift makes of data, told whether it brings values of later rows to earlier ones.

    Values that are moved by a known number of rows, and not computed with, are later by that many.
    """
    if "freq" in arguments.named or "axis" in arguments.named or value.turned:
        return result.but(later=0)
    periods = arguments.get("periods", 0)
    node = arguments.expression("periods", 0)
    inner = run.load(periods) if periods is not None else Constant(1)
    count = inner.value if isinstance(inner, Constant) and isinstance(inner.value, int) else 0
    if isinstance(inner, Constant):
        backwards = isinstance(inner.value, int | float) and inner.value < 0
    else:
        backwards = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    later = value.later - count if count and name == "shift" else 0
    made = look_ahead(run, value, arguments, name, "later rows") if backwards else ()
    made = tuple(replace(influence, later=max(later, 0)) for influence in made)
    return result.but(influences=merge_influences(result.influences, made), later=later)


def backfilled(
    run: Interpreter, value: Data, name: str, arguments: Arguments
) -> tuple[Influence, ...]:
    """Tell whether gaps are filled from later rows; behind a forward fill only the first are."""
    method = run.load(arguments.named.get("method", Constant(None)))
    if name == "fillna" and isinstance(method, Constant):
        name = str(method.value)
    if name not in _BACKWARDS or value.kind not in {"column", "table"}:
        return ()
    if "ffill" in run.document.text or "pad" in run.document.text:
        return ()
    return look_ahead(run, value, arguments, name, "values of later rows for gaps", Effect.LOW)


def look_ahead(
    run: Interpreter,
    value: Data,
    arguments: Arguments,
    operation: str,
    what: str,
    effect: Effect = Effect.HIGH,
) -> tuple[Influence, ...]:
    """Make the influence of later rows."""
    if not value.rows.terms or turning.along_each_row(run, value, operation, arguments):
        return ()
    made = Influence(
        operation,
        Kind.LOOK_AHEAD,
        effect,
        value.rows,
        run.place(arguments.node),
        statistic=what,
        conditional=bool(run.conditions),
        source=value.name,
    )
    return (made,)


def settled(columns: Columns, name: str, content: Data) -> Columns:
    """Note that a column, written anew, holds values of later rows, or no longer does."""
    seen = only(content)
    if not seen and name not in columns.ahead:
        return columns
    ahead = {key: value for key, value in columns.ahead.items() if key != name}
    if seen:
        ahead[name] = seen[0]
    return replace(columns, ahead=ahead)


def only(data: Data) -> tuple[Influence, ...]:
    """Give the influences of later rows."""
    return tuple([i for i in data.influences if i.kind is Kind.LOOK_AHEAD])


def learnable(influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Give the influences that an estimator learns and brings to what it transforms."""
    of_rows = {Kind.LOOK_AHEAD, Kind.PREDICTION}
    return tuple([i for i in influences if i.kind not in of_rows]) if influences else ()


def without(data: Data) -> Data:
    """Forget that later rows reached something, where it is no longer sure which columns stay."""
    left = [i for i in data.influences if i.kind is not Kind.LOOK_AHEAD]
    return data if len(left) == len(data.influences) else data.but(influences=tuple(left))


def held(data: Data) -> tuple[Influence, ...]:
    """Give the influences of later rows on the columns that a table still has."""
    columns = data.columns
    if columns is None or not columns.ahead:
        return ()
    found = (in_column((i,), name) for name, i in columns.ahead.items() if columns.holds(name))
    return tuple(influence for one in found for influence in one)


def named(data: Data, name: str) -> tuple[Influence, ...]:
    """Give the influence of later rows on one column of a table."""
    seen = data.columns.ahead.get(name) if data.columns is not None else None
    return (seen,) if seen is not None else ()
