"""Statistics of groups of rows, and divisions of rows that no such group spans."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import among, order
from mlaudit.flow.regions import Rows
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import UNKNOWN, Constant, Data, Dictionary, Sequence
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern
from mlaudit.trace.events import Groups, Influence, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Region
    from mlaudit.flow.values import Value

IN_TIME = "time"
ANY_KEY = "*"  # of a key that has no name, nobody knows which groups it keeps whole
ONE_OF_EACH = "one of each"
_GIVEN = frozenset({"transform", "agg", "aggregate"})
_ROW_BY_ROW = frozenset(
    {"shift", "diff", "pct_change", "cumcount", "cumsum", "cumprod", "cummax", "cummin", "ngroup",
     "ffill", "pad", "bfill", "backfill", "rank"}
)  # fmt: skip
_PERIOD = Pattern(r"(?i)year|quarter|month|week|period|season")
_YEAR = Pattern(r"(?i)(^|_|(?-i:[a-z](?=[A-Z])))(year|yr|season|period)$")
_RECURS = Pattern(r"(?i)week|(day|date|time)_?of|of_?(the_?)?(day|month|year)|type|name|is_|holi")
_LISTS = Pattern(
    r"(?i)(^|_)(id|ids|uid|qid|user|query|session|request|race)(_|$)|[a-z](?-i:I[dD])$"
)
_SHUFFLED = Pattern(r"permutation\(|random\.shuffle\(|\bshuffle\(|\.sample\(\s*frac")


def described(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Groups | None:
    """Describe the groups that a statistic is taken of, where a column of their key is known.

    The first row of each group in time is in the past of all its others: divided by time, they are
    told of no later row, nor of an answer to come.
    """
    if not value.by:
        return None
    moment = _since(run, value, name, arguments)
    if moment is not None:
        return Groups(value.by | {moment, IN_TIME}, frozenset(), value.rows)
    of = _taken_of(run, value, arguments)
    return Groups(value.by, of, value.rows, any(map(_of_list, value.by)))


def _since(run: Interpreter, value: Data, name: str, arguments: Arguments) -> str | None:
    """Name the column that rows are sorted by, where the earliest of each group is taken."""
    sort = value.order
    if sort is None or sort.how != "sorted":
        return None
    given = run.load(arguments.positional[0]) if arguments.positional else None
    taken = given.value if name in _GIVEN and isinstance(given, Constant) else name
    return sort.by if taken == ("last" if sort.newest_first else "first") else None


def asked(run: Interpreter, value: Data, name: str, arguments: Arguments) -> tuple[str, Arguments]:
    """Name the method that groups are asked for, which `transform("shift")` names in words."""
    if value.kind != "group" or name not in _GIVEN or not arguments.positional:
        return name, arguments
    given = run.load(arguments.positional[0])
    word = given.value if isinstance(given, Constant) else None
    if not isinstance(word, str) or word not in _ROW_BY_ROW:
        return name, arguments
    return word, arguments.without_first()


def keys(run: Interpreter, arguments: Arguments) -> frozenset[str]:
    """Name the columns that groups go by: by their names, or as columns of a table.

    What is made of a column, as the month of a date, puts more rows into a group than that has.
    """
    node = arguments.expression("by", 0)
    given = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    columns = (run.data(run.eval(each)).name for each in given if _is_column(each))
    return frozenset((*order.keys(run, arguments)[0], *filter(None, columns)))


def _is_column(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Name)


def of_one(run: Interpreter, value: Data) -> Groups | None:
    """Describe the groups of which a function, or a loop, is given one after the other."""
    if not value.by or not (run.each or run.loops):
        return None
    return Groups(value.by, None if value.name is None else frozenset({value.name}), value.rows)


def ranks_in_list(value: Data, name: str) -> bool:
    """Say whether a rank tells where a row stands in its own list, as that of one query or day.

    Whoever predicts has the whole list at hand, unless what is ranked are the answers.
    """
    if name != "rank" or value.label:
        return False
    return any(map(_of_list, value.by))


def _of_list(key: str) -> bool:
    return order.tells_time(key) or _LISTS.search(key) is not None


def _taken_of(run: Interpreter, value: Data, arguments: Arguments) -> frozenset[str] | None:
    """Name the columns that a statistic may be of; None where it may be of any."""
    if value.name is not None:
        return frozenset({value.name})
    named = frozenset(_texts(run, arguments.values()))
    if named and any(_names(run, v) for v in arguments.values()):
        return named
    return value.columns.kept if value.columns is not None else None


def _names(run: Interpreter, value: Value) -> bool:
    return isinstance(run.load(value), Dictionary | Sequence)


def _texts(run: Interpreter, values: Iterable[Value]) -> Iterable[str]:
    for value in map(run.load, values):
        if isinstance(value, Dictionary):
            yield from (key for key in value.items if isinstance(key, str))
        elif isinstance(value, Sequence):
            yield from _texts(run, value.items)
        elif isinstance(value, Constant) and isinstance(value.value, str):
            yield value.value


def regrouped(
    influences: tuple[Influence, ...], by: frozenset[str] = frozenset()
) -> tuple[Influence, ...]:
    """Statistics that are summed up over other groups know only what the keys have in common."""
    if not influences or all(i.groups is None or i.groups.by <= by for i in influences):
        return influences
    return tuple(_shared(i, by) for i in influences)


def _shared(influence: Influence, by: frozenset[str]) -> Influence:
    if influence.groups is None:
        return influence
    common = influence.groups.by & by
    lists = any(map(_of_list, common))
    shared = replace(influence.groups, by=common, lists=lists) if common else None
    return replace(influence, groups=shared)


def key(run: Interpreter, splitter: str, given: Value | None) -> str | None:
    """Name the column of which a splitter keeps the groups whole, where it goes by groups."""
    if "Group" not in splitter:
        return None
    data = run.data(given) if given is not None else None
    return (data.name if data is not None else None) or ANY_KEY


def in_groups(influence: Influence) -> bool:
    """Say whether a statistic is one of groups, or of the rows of a single one."""
    return influence.groups is not None or bool(_single(influence))


def spanning(value: Data, by: str | None) -> tuple[Influence, ...]:
    """Leave out the statistics of groups that folds, which go by a column, keep whole."""
    select = Selector("fold", "groups", by=by)
    return tuple(
        i
        for i in value.influences
        if i.kind is not Kind.STATISTIC
        or not (
            _apart(i.groups.by, select) or _alone(i.groups.by, value.rows)
            if i.groups is not None
            else by in _single(i)
        )
    )


def _single(influence: Influence) -> set[str | None]:
    """Name the columns that have one value in all rows that a statistic was taken of."""
    if not isinstance(influence.rows, Rows) or not influence.rows.terms:
        return set()
    terms = [{s.selector.by for s in t.chain if s.selector.equal} for t in influence.rows.terms]
    return set.intersection(*terms) - {None}


def divided(value: Data, select: Selector, rows: Rows) -> tuple[Influence, ...]:
    """Where no group spans a division, the statistics among the rows taken are of these alone."""
    if not value.influences or all(i.groups is None for i in value.influences):
        return value.influences
    return tuple(
        replace(i, rows=rows)
        if i.groups is not None
        and i.kind is Kind.STATISTIC
        and isinstance(i.rows, Rows)
        and _beside_keys(value.rows).within(i.rows)
        and (_apart(i.groups.by, select) or _alone(i.groups.by, value.rows))
        else i
        for i in value.influences
    )


def _apart(by: frozenset[str], select: Selector) -> bool:
    """Say whether a choice of rows takes groups as a whole."""
    if select.way in {"rows", "without"} and isinstance(select.key, Rows):
        steps = [term.selector for term in select.key.terms]
        return bool(steps) and all(_apart(by, step) for step in steps)
    column = select.by
    if column is None or column in by or column == ANY_KEY:
        return column is not None
    timely = order.tells_time(column) or _PERIOD.search(column) is not None
    return timely and dated(by)


def first_of_each(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data:
    """Take one row of each group, where `head`, `tail` or `nth` of groups is told to."""
    given = run.load(arguments.get("n", 0) or UNKNOWN)
    count = given.value if isinstance(given, Constant) else None
    if not value.by or not (isinstance(count, int) if name == "nth" else _is_one(name, count)):
        return value
    select = Selector("some", (ONE_OF_EACH, value.by, id(arguments.node), run.context))
    return value.but(rows=value.rows.select(select))


def told_by(select: Selector) -> frozenset[str]:
    """Name the column of which rows have the value that something else tells, as a turn does."""
    told = select.equal and isinstance(select.key, tuple) and select.key[0] == "test"
    return frozenset({select.by}) if told and select.by is not None else frozenset()


def at_place(value: Data, select: Selector) -> Selector:
    """Choose the row at a place: of the groups that a loop goes through it is one of each."""
    if not value.by or select.way != "some":
        return select
    return Selector("some", (ONE_OF_EACH, value.by, select.key))


def key_and_rows(value: Value, source: ast.expr | None, names: int) -> list[Value] | None:
    """Give the key and the rows of the group that a turn of a loop has reached.

    The key is one for each group; a column of a group, or the group itself, has no key beside it.
    """
    if source is not None or names != 2 or not isinstance(value, Data):
        return None
    if value.kind != "group" or not value.by or value.name is not None:
        return None
    keys = Selector("some", (ONE_OF_EACH, value.by, "key"))
    return [value.but(rows=value.rows.select(keys)), value]


def _is_one(name: str, count: object) -> bool:
    return name in {"head", "tail"} and count == 1


def _alone(by: frozenset[str], rows: Rows) -> bool:
    """Say whether one row is left of each group, which its statistic then tells of alone."""
    return bool(rows.terms) and all(_is_of_each(term, by) for term in rows.terms)


def _beside_keys(rows: Rows) -> Rows:
    """Leave out the keys that stand beside what was taken of their groups: they are no rows."""
    told = tuple(term for term in rows.terms if among.column_of(term) is None)
    return rows if len(told) in {0, len(rows.terms)} else Rows(told)


def _is_of_each(term: Region, by: frozenset[str]) -> bool:
    if among.column_of(term) in by:
        return True
    keys = (step.selector.key for step in term.chain if step.selector.way == "some")
    return any(isinstance(key, tuple) and key[0] == ONE_OF_EACH and key[1] <= by for key in keys)


def in_order(run: Interpreter, value: Data, taken: Data) -> Data:
    """Take it that a slice divides rows by time, unless the program shuffles some."""
    if all(i.groups is None for i in value.influences) or shuffled(run):
        return taken
    influences = divided(value, Selector("slice", "rows", by=IN_TIME), taken.rows)
    return taken.but(influences=influences)


def shuffled(run: Interpreter) -> bool:
    """Say whether the program shuffles some rows."""
    return _SHUFFLED.search(run.document.text) is not None


def dated(by: frozenset[str]) -> bool:
    """Say whether a key has a moment that does not come again, as a day of the week does."""
    return any(order.tells_time(name) and not _RECURS.search(name) for name in by)


def timely(by: frozenset[str]) -> bool:
    """Say whether a key has a moment, or a period of time that does not come again, as a year."""
    return dated(by) or any(_YEAR.search(name) and not _RECURS.search(name) for name in by)


def goes_on(by: frozenset[str], column: str) -> bool:
    """Say whether groups lie later in time where a column of their key is greater.

    Months and the like begin anew, unless the year is in the key, too.
    """
    if timely(frozenset({column})):
        return True
    return _PERIOD.search(column) is not None and timely(by - {column})


def of_target(influences: tuple[Influence, ...], target: str) -> tuple[Influence, ...]:
    """Statistics of the target itself tell the answer of a row, however the rows were divided."""
    if not influences or all(i.groups is None for i in influences):
        return influences
    return tuple(
        replace(i, rows=i.groups.rows, groups=None)
        if i.groups is not None and (i.groups.of is None or target in i.groups.of)
        else i
        for i in influences
    )


def of_itself(influences: tuple[Influence, ...], name: str) -> tuple[Influence, ...]:
    """Say of what is written over the column it was taken of that it tells of no other column.

    So `table[c] = table.groupby("user")[c].transform("mean")` does, whatever column `c` stands for.
    """
    if all(i.groups is None or i.groups.of is not None for i in influences):
        return influences
    return tuple(
        replace(i, groups=replace(i.groups, of=frozenset()))
        if i.groups is not None and i.groups.of is None and f"[{name}]" in i.place.text
        else i
        for i in influences
    )


def both(one: Selector | None, two: Selector | None, *, union: bool) -> str | None:
    """Name the column that decides where two masks are joined by `&` or `|`."""
    names = [select.by if select is not None else None for select in (one, two)]
    if union:
        return names[0] if names[0] == names[1] else None
    known = [name for name in names if name is not None]
    return next((name for name in known if order.tells_time(name)), known[0] if known else None)
