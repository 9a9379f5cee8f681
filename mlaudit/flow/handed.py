"""What something unknown is handed: it may tell which rows of the first of it come out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import tables
from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Constant, Data, combine
from mlaudit.model.pattern import Pattern
from mlaudit.syntax.spelling import last_name
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows
    from mlaudit.flow.values import Value


JOINS = Pattern(r"(?i)(?<![a-z])(add|append|combine|concat|extend|join|merge|union|[dhv]?stack)")
_LOOKS_UP = frozenset({"get_indexer", "searchsorted", "asof", "reindex", "get"})
_APPLIES = frozenset({"apply", "transform", "map", "encode"})
_BESIDE = "handed beside"
_CHOOSES = frozenset({"mask", "index"})


def looked_up(given: Data, beside: Data) -> bool:
    """Say whether rows are only looked up for others: these share none with them, or are of them.

    What a function makes of a part, and of what was learnt of another part or of all rows, has the
    rows of the part.  Other data sets may as well be joined to it.
    """
    one, other = given.rows, beside.rows
    if not one.terms or one == other or beside.predictions or not one.kin(other):
        return False
    return one.within(other) or one.overlap(other) is Overlap.DISJOINT


def to_method(
    run: Interpreter,
    value: Data,
    others: list[Data],
    arguments: Arguments,
    by_text: bool = False,
) -> list[Data]:
    """Give the rows that may come out of a receiver, and of what its method is handed.

    The same things take the same rows, and nobody knows whether others do: of `films.mix(left)` and
    `films.mix(right)`, each may give the films that the other does not.  What is handed first comes
    out as it is; what stands beside it, as a setting that both calls share, is like the receiver.
    Other columns of the same rows choose none, and texts only where they may be names of parts.
    """
    told = _all_told(run, arguments, 0, by_text)
    beside = any(each.rows == value.rows and each.kind not in _CHOOSES for each in others)
    if value.kind == "row" or value.predictions or beside or not told:
        return [value, *others]
    select = Selector("some", ("handed", told))
    first = next((each for each in others if each.rows.terms), None)
    return [
        each if each is first else each.but(rows=each.rows.select(select))
        for each in (value, *others)
    ]


def to_function(run: Interpreter, found: list[Data], arguments: Arguments) -> list[Data]:
    """Give the rows that may come out of a function that is handed a table, and more beside it.

    Where this is of the same rows as the table, or of others that were divided from these, it is
    only looked up.  A pair that comes out may be of both: each of its members has some rows.
    """
    values = arguments.values()
    first = run.data(values[0]) if values else None
    if first is None or first.predictions or first not in found or _joins(arguments):
        return to_class(run, found, arguments)
    beside = tuple(each.rows.terms for each in found if looked_up(first, each))
    if not beside:
        return to_class(run, found, arguments)
    main = first.but(rows=first.rows.select(Selector("some", (_BESIDE, beside))))
    left = [each.but(rows=NO_ROWS) if looked_up(first, each) else each for each in found]
    left[found.index(first)] = main
    apart = any(each.rows.terms for each in left if each not in (main, first))
    return to_class(run, left, arguments) if apart else left


def to_class(run: Interpreter, found: list[Data], arguments: Arguments) -> list[Data]:
    """Give the rows that may come out of a table that is handed over, and of what stands beside it.

    So `between(table, 2010, 2015)` and `between(table, 2015, 2018)` need share none, and neither
    need `joined(known, towns)` and `joined(unseen, towns)`, where the towns are only looked up.
    """
    given = arguments.values()
    first = run.data(given[0]) if given else None
    if first is None or first.kind == "row" or first.predictions:
        return found
    if not first.rows.terms and first.kind != "unknown":
        return found
    place = next((i for i, each in enumerate(found) if each == first), None)
    others = [each for i, each in enumerate(found) if each.rows.terms and i != place]
    beside = [each for each in others if not each.rows.kin(first.rows)]
    if not beside and (others or not first.rows.terms):
        return found
    told = _all_told(run, arguments, 0) if beside else _all_told(run, arguments, 1, by_text=True)
    key = ("handed", told)
    some, perhaps = Selector("some", key), Selector("maybe", key)
    leads = bool(beside) and not any(map(_is_read, beside))
    taken = [
        each.but(rows=each.rows.select(perhaps if each in beside else some))
        if key[1] and (each in beside or (i == place and not leads))
        else each
        for i, each in enumerate(found)
    ]
    if first.rows.terms:
        return taken
    named = _named(run, arguments)
    return [named, *taken] if place is None else [*taken[:place], named, *taken[place + 1 :]]


def leads(rows: Rows) -> bool:
    """Say whether rows are of what was handed first, beside others that are left out."""
    keys = (term.selector.key for term in rows.terms)
    return any(isinstance(key, tuple) and key[:1] == (_BESIDE,) for key in keys)


def _joins(arguments: Arguments) -> bool:
    """Say whether a call tells by its name that it keeps the rows of all that it is given."""
    node = arguments.node
    return isinstance(node, ast.Call) and JOINS.search(last_name(node.func)) is not None


def _is_read(data: Data) -> bool:
    """Say whether rows are of a source that the program reads: they may as well be what is told.

    What a function is given is more like a setting, beside what it is given first.
    """
    keys = (term.base.selector.key for term in data.rows.terms)
    return any(isinstance(key, tuple) and key[0] in {"file", "load"} for key in keys)


def _named(run: Interpreter, arguments: Arguments) -> Data:
    """Give what comes first, and is of unknown origin, rows of its own."""
    place = 0 if arguments.positional else next(iter(arguments.named))
    return run.rows_of(arguments.values()[0], arguments.nodes.get(place))


def _all_told(
    run: Interpreter, arguments: Arguments, first: int, by_text: bool = False
) -> tuple[Hashable, ...]:
    places: list[int | str] = [*range(len(arguments.positional)), *arguments.named]
    given = [*zip(places, arguments.values(), strict=False)][first:]
    told = [_told(run, one, place, arguments, by_text) for place, one in given]
    return tuple(each for each in told if each is not None)


def _told(
    run: Interpreter, given: Value, place: int | str, arguments: Arguments, by_text: bool
) -> Hashable:
    """Tell what is handed apart by its value, its rows, or how it is written.

    None stands for what chooses no rows: flags, functions and names of columns, which most texts
    are that a method is handed (`by_text` takes them for names of parts).  A text that begins with
    a digit may be a date.
    """
    inner = run.load(given)
    if isinstance(inner, Constant):
        value = inner.value
        text = isinstance(value, str) and (by_text or value[:1].isdigit())
        return value if text or type(value) is int else None
    rows, node = run.data(inner).rows.terms, arguments.nodes.get(place)
    if rows or node is None or not isinstance(inner, Data):
        return rows or None
    return tables.chosen_by_text(run, node).key


def called(run: Interpreter, value: Data, arguments: Arguments) -> Data:
    """Give what something that is called brings in: none of its rows where others are looked up."""
    given = (run.data(each) for each in arguments.values())
    return value.but(rows=NO_ROWS) if any(looked_up(each, value) for each in given) else value


def asked(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data | None:
    """Give the rows that are looked up in what was made of others, None where none are.

    So `codes.get_indexer(cities)` has the rows of the cities, and `learn(known).encode(unseen)`
    those that are encoded.
    """
    finds = name in _LOOKS_UP and not {"axis", "columns"} & {*arguments.named}
    if not finds and not _is_opaque(run, value, name):
        return None
    found = [run.data(each) for each in arguments.values()]
    given = [each for each in found if each.rows.terms and each.kind not in {"columns", "scalar"}]
    if not given or any(each.rows == value.rows for each in given):
        return None
    if not (finds and _is_any(value, name, given)) and not all(looked_up(d, value) for d in given):
        return None
    return combine([*found, value.but(rows=NO_ROWS)], given[0].kind)


def _is_any(value: Data, name: str, given: list[Data]) -> bool:
    """Say whether values of whatever rows may be looked up: a table is lined up with its labels."""
    if name == "get":
        return all(each.kind == "row" for each in given)
    return name != "reindex" or value.kind == "column"


def _is_opaque(run: Interpreter, value: Data, name: str) -> bool:
    """Say whether a method is of something unknown, which need not be a table as its rows are."""
    if value.kind != "unknown" or JOINS.search(name):
        return False
    return name in _APPLIES or run.catalogue.method(name) is None
