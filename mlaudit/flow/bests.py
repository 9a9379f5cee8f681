"""Methods that rank tables of results, or take the best of them: they choose by what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import results, sinks, worst
from mlaudit.flow.values import Constant, Data, Sequence, Value
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    import ast

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter


def extreme(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take the highest or lowest score, or tell where it is."""
    if not value.scores:
        return None
    if sinks.chooses(run, value):
        sinks.select(run, value, arguments.node, f"{name} of the scores is taken")
    return Data("scalar", scores=value.scores)


def ranked(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Sort results: to look at them is no choice, to take the first one is.

    What is sorted by a column without scores is ranked by none.
    """
    if not value.scores:
        return None
    by = arguments.get("by", 0) if name == "sort_values" else arguments.get("columns", 1)
    key = results.ordered(run, value, by)
    if name != "sort_values" and _is_one(run, arguments):
        sinks.select(run, key, arguments.node, f"{name}(1) of the scores is taken")
    if value.results is None:
        return value.but(kind="ranked")
    falling = _falling(run, arguments) if name == "sort_values" else name == "nlargest"
    by_known = key.scores if key is not value else None
    known = replace(value.results, by=by_known, falling=falling)
    return value.but(kind="ranked", results=known)


def head(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Taking the head of sorted results chooses when it is a single one."""
    if value.kind == "ranked" and _is_one(run, arguments):
        first(run, value, arguments.node, name, last=name == "tail")
    return None


def first(run: Interpreter, value: Data, node: ast.AST, end: str, *, last: bool) -> None:
    """Taking the first or the last of sorted results chooses by them, unless it is the worst."""
    key = results.deciding(value)
    falling = value.results.falling if value.results is not None else None
    if not worst.at_end(run, key.scores, last=last, falling=falling):
        sinks.select(run, key, node, f"the {end} of the sorted results is taken")


def _falling(run: Interpreter, arguments: Arguments) -> bool | None:
    """Say whether a table is sorted from the highest on."""
    given = run.load(arguments.named.get("ascending", Constant(True)))
    if isinstance(given, Sequence) and given.items:
        given = run.load(given.items[0])
    rising = given.value if isinstance(given, Constant) else None
    return not rising if isinstance(rising, bool | int) else None


def _is_one(run: Interpreter, arguments: Arguments) -> bool:
    count = arguments.get("n", 0)
    return count is not None and run.load(count) == Constant(1)
