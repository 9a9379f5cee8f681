"""Statistics: what one that is computed over rows shows them of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import entities, groups, order, slices, turning
from mlaudit.flow.values import Data, merge_influences
from mlaudit.trace.events import Effect, Influence, Kind

if TYPE_CHECKING:
    import ast

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_WITHOUT_STATISTICS = frozenset({"mask", "index", "columns", "row"})


def made(
    run: Interpreter, node: ast.AST, data: Data, operation: str, entry: Entry
) -> tuple[Influence, ...]:
    """Make the influence of a statistic computed over the rows of some data."""
    if not data.rows.terms or data.kind in _WITHOUT_STATISTICS or entry.stateless:
        return ()
    if order.goes_round(node, data.name, entry.statistic):
        return ()
    if entry.statistic == slices.QUANTILES:
        slices.note(run, node)
    supervised = entry.supervised or data.label
    influence = Influence(
        operation,
        Kind.STATISTIC,
        Effect(entry.effect),
        data.rows,
        run.place(node),
        supervised,
        entry.statistic,
        bool(run.conditions) or data.kind == "unknown",
        turns_of=entities.turns_of(run, data.rows),
        groups=groups.of_one(run, data),
        units="" if supervised else entry.units,
        when=run.guards,
        turned=data.turned,
    )
    return (influence,)


def told(run: Interpreter, data: Data, operation: str, entry: Entry, arguments: Arguments) -> Data:
    """Give data that a statistic of them has come into, with what it tells each row of others.

    Along the rows it tells them nothing, unless they stand as columns.
    """
    across = turning.across(run, entry, arguments)
    if across and not data.turned:
        return data
    seen = turning.seen(run, data, entry, arguments, across)
    influences = made(run, arguments.node, seen, operation, entry)
    return data.but(influences=merge_influences(data.influences, influences))
