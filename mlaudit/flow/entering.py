"""What a table holds once a column was written into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import flags, gapless, lagged, order, results, sources, tables
from mlaudit.flow.values import ANY, Data, in_column, merge_influences, of_columns
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlaudit.flow.values import Value
    from mlaudit.trace.columns import Columns
    from mlaudit.trace.events import Influence
    from mlaudit.trace.rows import RowSet


def set_column(value: Data, name: str | None, content: Data, given: Value | None = None) -> Data:
    """Write a column: its influences enter the table; a new column may derive from others.

    One of a computed name is new, or stands beside those that the same text has named before.  A
    table that is written into rows of another keeps its columns.  What was `given` for a column
    may be one value for all rows.
    """
    value = results.entered(value, name, content) if value.results is not None else value
    if name is not None:
        value, content = lagged.entered(value, name, content)
    columns = value.columns
    computed = name is not None and ANY in name
    if columns is not None and name is not None and not computed:
        columns = order.settled(columns, name, content)
    content = _beside(value, order.without(content))
    if not value.rows.terms and value.kind != "table":
        content = content.but(influences=tables.uncertain(content.influences))
    rest = value.influences if computed else _elsewhere(value, name)
    whole = name is None and content.kind == "table"
    entering = content.influences if whole else in_column(content.influences, name)
    influences = merge_influences(rest, entering)
    if columns is not None and name is not None:
        derived = dict(columns.derived)
        if computed:
            derived[name] = frozenset()
        elif content.name is not None and content.table == value.table and content.name != name:
            derived[name] = frozenset({content.name})
        kept = None if columns.kept is None else columns.kept | {name}
        dropped, guessed = columns.dropped - {name}, _guessed(value, columns, name, content)
        columns = replace(columns, kept=kept, dropped=dropped, derived=derived, guessed=guessed)
    rows = value.rows if value.rows.terms else content.rows
    constants = sources.written(value, name, content)
    told = flags.written(value, name, given)
    value = value.but(constants=constants, flags=told, whole=gapless.written(value, name))
    return value.but(influences=influences, columns=columns, rows=rows)


def _beside(table: Data, content: Data) -> Data:
    """Put a column without some rows into a table that has them, where it leaves gaps for these."""
    rows: RowSet = table.rows
    if not rows.known or not any(i.removes for i in content.influences):
        return content
    left = (i for i in content.influences if not i.removes or rows.within(i.rows))
    return content.but(influences=tuple(left))


def _guessed(
    table: Data, columns: Columns, name: str, content: Data
) -> Mapping[str, tuple[object, ...]]:
    """Tell which columns hold predictions once one is written, perhaps for some rows only."""
    known = columns.guessed
    if not content.predictions and name not in known:
        return known
    before = known.get(name, ()) if content.rows != table.rows else ()
    return {**known, name: tuple(dict.fromkeys((*before, *content.predictions)))}


def _elsewhere(value: Data, name: str | None) -> tuple[Influence, ...]:
    """Drop what had reached only the column that is now written anew."""
    if name is None or value.kind != "table":
        return value.influences
    return of_columns(value.influences, frozenset({name}), without=True)
