"""Tables of results: which scores stand in which of their columns, and by which they are sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlaudit.flow import choices
from mlaudit.flow.values import (
    Choice,
    Constant,
    Data,
    Dictionary,
    Instance,
    Results,
    Sequence,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.choices import Scores
    from mlaudit.flow.interpreter import Interpreter

    Cells = Mapping[Hashable, Scores]

_TABLES = ("DataFrame", "DataFrame.from_dict", "DataFrame.from_records", "array", "asarray")
# What keeps the columns of a table under their names; after any other method nothing is known.
_KEEPS = frozenset(
    {"copy", "sort_values", "sort_index", "reset_index", "set_index", "round", "head", "tail",
     "nlargest", "nsmallest", "dropna", "fillna", "query", "astype", "drop", "sample", "iterrows",
     "itertuples", "to_dict", "drop_duplicates", "groupby", "reindex", "append",
     "infer_objects", "convert_dtypes"}
)  # fmt: skip


def made(run: Interpreter, name: str, arguments: Arguments, table: Data) -> Data:
    """Tell the columns of a table, or of an array, that is made of records or of lists."""
    if not name.endswith(_TABLES) or not arguments.nodes:
        return table
    given = run.load(arguments.positional[0]) if arguments.positional else None
    given = given or run.load(arguments.named.get("data", Sequence()))
    names = _names(run, arguments.named.get("columns"))
    if isinstance(given, Data):
        known = given.results.named(names) if given.results and names else given.results
        return table.but(results=known)
    found = _of_dict(run, given, names) if isinstance(given, Dictionary) else None
    if isinstance(given, Sequence):
        columns = _of_records(run, given, names)
        if columns is not None and names and not columns:
            columns = dict.fromkeys(names, ())
        found = Results(columns) if columns is not None else None
    if found is not None and run.load(arguments.named.get("orient", given)) == Constant("index"):
        found = found.turned
    return table.but(results=found)


def beside(run: Interpreter, arguments: Arguments, table: Data) -> Data:
    """Tell the columns of tables that are put below one another, or side by side under names."""
    first = run.load(arguments.positional[0]) if arguments.positional else Sequence()
    across = run.load(arguments.named.get("axis", Constant(0))) in _ACROSS
    if across and isinstance(first, Dictionary) and first.rest is None:
        return table.but(results=Results(_of_items(run, first.items)))
    parts = [run.data(part) for part in _members(run, first)]
    names = _names(run, arguments.named.get("keys"))
    if across and names and len(names) == len(parts):
        scores = [part.scores for part in parts]
        return table.but(results=Results(dict(zip(names, scores, strict=True))))
    known = [part.results for part in parts if part.scores]
    found = known[0] if known else None
    for other in known[1:]:
        found = found.joined(other) if found and other else None
    return table.but(results=found)


_ACROSS = (Constant(1), Constant("columns"))


def column(table: Data, taken: Data, name: Hashable) -> Data:
    """Leave in a column of a table of results the scores alone that stand in it."""
    known = table.results
    if known is None or known.columns is None:
        return taken
    return taken.but(scores=known.columns.get(name, ()), results=known.sorted_only)


def columns(table: Data, names: Iterable[str]) -> Data:
    """Leave in some columns of a table of results the scores alone that stand in them."""
    known = table.results
    if known is None or known.columns is None:
        return table
    kept: dict[Hashable, Scores] = {name: known.columns.get(name, ()) for name in names}
    return table.but(scores=choices.united(*kept.values()), results=Results(kept, by=known.by))


def at(table: Data, taken: Data, position: object) -> Data:
    """Leave in the column at a position the scores alone that stand in it."""
    known = table.results
    if known is None or known.columns is None or not isinstance(position, int):
        return taken
    every = list(known.columns.values())
    if not -len(every) <= position < len(every):
        return taken
    return taken.but(scores=every[position], results=known.sorted_only)


def through(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data:
    """Keep what is known of columns where a method leaves their names, or tells new ones."""
    known = value.results
    if known is None or name in _KEEPS:
        return value
    given = run.load(arguments.named.get("columns", Sequence())) if name == "rename" else None
    if not isinstance(given, Dictionary) or given.rest is not None or known.columns is None:
        return value.but(results=None)
    new = {old: run.load(part) for old, part in given.items.items()}
    texts = {old: part.value for old, part in new.items() if isinstance(part, Constant)}
    return value.but(results=known.named(tuple(texts.get(old, old) for old in known.columns)))


def renamed(run: Interpreter, value: Data, names: Value) -> Data:
    """Give all columns other names, as `table.columns = [...]` does."""
    known = value.results
    return value if known is None else value.but(results=known.named(_names(run, names)))


def ordered(run: Interpreter, value: Data, by: Value | None) -> Data:
    """Leave of a table the scores alone that it is sorted by: by the first of several columns."""
    names = _names(run, by)
    if not names or value.results is None:
        return value
    return column(value, value, names[0])


def deciding(value: Data) -> Data:
    """Leave of a sorted table the scores alone that tell which row comes first, where known."""
    by = value.results.by if value.results is not None else None
    return value if by is None else value.but(scores=by)


def entered(table: Data, name: Hashable, content: Data) -> Data:
    """Put scores into a column of a table of results."""
    known = table.results
    if known is None or known.columns is None:
        return table
    filled = Results({**known.columns, name: content.scores}, by=known.by)
    return table.but(results=filled, scores=choices.united(table.scores, content.scores))


def row(run: Interpreter, table: Data, value: Value) -> Results | None:
    """Tell the columns once a record has become a row of a table."""
    known, inner = table.results, run.load(value)
    if known is None or known.columns is None:
        return None
    own = _of_records(run, Sequence((inner,)), tuple(known.columns))
    return known.joined(Results(own)) if own is not None else None


def _of_dict(run: Interpreter, given: Dictionary, names: tuple[Hashable, ...]) -> Results:
    """Tell the columns of a dict, each under its key, and the rows, by the keys of those within."""
    held = Sequence(tuple(given.items.values()), given.rest)
    return Results(
        _of_items(run, given.items) if given.rest is None else None, _of_records(run, held, names)
    )


def _of_items(run: Interpreter, items: Mapping[Any, Value]) -> Cells:
    return {key: run.data(part).scores for key, part in items.items()}


def _of_records(run: Interpreter, given: Sequence, names: tuple[Hashable, ...]) -> Cells | None:
    """Unite the scores of all records key by key, or place by place; None where any is unknown."""
    found: dict[Hashable, Scores] = {}
    for member in _members(run, given):
        cells = _cells(run, member, names)
        if cells is None:
            return None
        for key, scores in cells.items():
            found[key] = choices.united(found.get(key, ()), scores)
    return found


def _cells(run: Interpreter, record: Value, names: tuple[Hashable, ...]) -> Cells | None:
    if isinstance(record, Dictionary) and record.rest is None:
        return _of_items(run, record.items)
    if isinstance(record, Instance) and record.estimator is None:
        return _of_items(run, record.attributes)
    if not isinstance(record, Sequence) or record.rest is not None or not record.items:
        return None
    keys = names if len(names) == len(record.items) else range(len(record.items))
    return _of_items(run, dict(zip(keys, record.items, strict=True)))


def _members(run: Interpreter, given: Value) -> list[Value]:
    """Give what a list holds, each of several things that one may be by itself."""
    if not isinstance(given, Sequence):
        return [given]
    held = [run.load(part) for part in (*given.items, *([given.rest] if given.rest else ()))]
    return [
        option
        for part in held
        for option in (map(run.load, part.options) if isinstance(part, Choice) else (part,))
    ]


def _names(run: Interpreter, value: Value | None) -> tuple[Hashable, ...]:
    """Read names in their order, or a single one; none where any is not literal."""
    inner = run.load(value) if value is not None else None
    if isinstance(inner, Constant):
        return (inner.value,)
    if not isinstance(inner, Sequence) or inner.rest is not None:
        return ()
    names = [run.load(item) for item in inner.items]
    known = tuple(name.value for name in names if isinstance(name, Constant))
    return known if len(known) == len(names) else ()
