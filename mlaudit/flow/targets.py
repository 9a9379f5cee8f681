"""Statistics of the target by groups of rows, which tell every row a part of its own answer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import groups
from mlaudit.flow.regions import Rows, union
from mlaudit.flow.values import Constant, Data, Dictionary, Sequence, Symbol
from mlaudit.model.frozen import replace
from mlaudit.trace.events import Effect, Influence, Kind

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value
    from mlaudit.trace.columns import Columns

MEANS = {"mean", "median", "nanmean", "nanmedian"}
COUNTS = frozenset({"size", "count", "groups", "len"})
_GIVEN = {"agg", "aggregate", "transform"}


def source(run: Interpreter, value: Data, name: str, arguments: Arguments) -> str | None:
    """Name the column whose mean by groups is taken; None for other statistics."""
    if name in MEANS:
        return value.name
    if name not in _GIVEN:
        return None
    given = [*arguments.positional[:1], *arguments.named.values()]
    for each in map(run.load, given):
        if value.name is not None and _means(run, each):
            return value.name
        if isinstance(each, Dictionary) and value.name is None:
            for column, operation in each.items.items():
                if isinstance(column, str) and len(each.items) == 1 and _means(run, operation):
                    return column
    return None


def operation(run: Interpreter, name: str, arguments: Arguments) -> str:
    """Name the statistic taken: what is given to `agg` or `transform`, where it is one mean."""
    if name not in _GIVEN or len(arguments.positional) != 1:
        return name
    given = run.load(arguments.positional[0])
    while isinstance(given, Dictionary | Sequence):
        if given.rest is not None or len(given.items) != 1:
            return name
        items = given.items.values() if isinstance(given, Dictionary) else given.items
        given = run.load(next(iter(items)))
    last = _operation(run, given)
    return last if last in MEANS else name


def means(run: Interpreter, value: Data, name: str, arguments: Arguments) -> bool:
    """Say whether a method gives means of groups, which are in the units of their column."""
    return value.kind == "group" and operation(run, name, arguments) in MEANS


def by_column(
    run: Interpreter, influence: Influence, value: Data, name: str, arguments: Arguments
) -> tuple[Influence, ...]:
    """Tell what groups say of all rows; of several statistics, what each says in its own column."""
    if not value.rows.terms:
        return ()
    taken = _columns(run, value, name, arguments)
    if taken is None:
        return (influence,)
    return tuple(
        replace(
            influence,
            operation=f"groupby.{statistic}",
            source=source if statistic in MEANS else None,
            column=column,
        )
        for column, (statistic, source) in taken.items()
        if statistic not in COUNTS
    )


def _columns(
    run: Interpreter, value: Data, name: str, arguments: Arguments
) -> dict[str, tuple[str, str | None]] | None:
    """Tell which statistic of what is in each column of a table of several, where all are known.

    `agg(["mean", "std"])` names the columns so, `agg(usual="mean", wide="std")` as it says, and of
    whole tables `agg(usual=("price", "mean"))`.
    """
    if name not in {"agg", "aggregate"} or arguments.spread:
        return None
    if arguments.named and not arguments.positional:
        return _known(
            {
                key: _pair(run, value, each, arguments.nodes.get(key))
                for key, each in arguments.named.items()
            }
        )
    given = run.load(arguments.positional[0]) if len(arguments.positional) == 1 else None
    if not isinstance(given, Sequence) or given.rest is not None or value.name is None:
        return None
    taken = [_operation(run, each) for each in given.items]
    return _known({each or "": (each, value.name) for each in taken})


def _known(
    taken: dict[str, tuple[str | None, str | None]],
) -> dict[str, tuple[str, str | None]] | None:
    found = {key: (each, source) for key, (each, source) in taken.items() if each is not None}
    return found if found and len(found) == len(taken) else None


def _pair(
    run: Interpreter, value: Data, given: Value, node: ast.expr | None
) -> tuple[str | None, str | None]:
    """Read what a column of `agg` is made of: a statistic of the column, or of a named one."""
    inner = run.load(given)
    if value.name is not None:
        return _operation(run, inner), value.name
    if isinstance(node, ast.Call):  # NamedAgg("price", "mean")
        named = {word.arg: word.value for word in node.keywords}
        nodes = [*node.args, *(named[key] for key in ("column", "aggfunc") if key in named)]
        inner = Sequence(tuple(run.eval(each) for each in nodes))
    if not isinstance(inner, Sequence) or inner.rest is not None or len(inner.items) != 2:
        return None, None
    source = run.load(inner.items[0])
    text = source.value if isinstance(source, Constant) else None
    return _operation(run, inner.items[1]), text if isinstance(text, str) else None


def _operation(run: Interpreter, operation: Value) -> str | None:
    """Name the statistic that is asked for by a word or a function."""
    inner = run.load(operation)
    if isinstance(inner, Symbol):
        return inner.name.rsplit(".", 1)[-1]
    if isinstance(inner, Constant) and isinstance(inner.value, str):
        return inner.value
    return None


def _means(run: Interpreter, operation: Value) -> bool:
    """Say whether an operation given to `agg` or `transform` is a mean, or one of them is."""
    inner = run.load(operation)
    if isinstance(inner, Sequence):
        return any(_means(run, item) for item in inner.items)
    return _operation(run, inner) in MEANS


def as_measure(value: Data) -> Data:
    """What is divided by the mean of a group is not that mean."""
    if not any(i.source and i.kind is Kind.STATISTIC for i in value.influences):
        return value
    left = (replace(i, source=None) if i.kind is Kind.STATISTIC else i for i in value.influences)
    return value.but(influences=tuple(left))


def guessed(target: Data | None) -> Rows | None:
    """Give the rows whose targets are predictions of a model, None where there are none."""
    if target is None or not target.predictions:
        return None
    return union(prediction.rows for prediction in target.predictions)


def told(
    influences: tuple[Influence, ...], target: str | None, features: Columns | None
) -> tuple[Influence, ...]:
    """Tell those statistics that turn out to be means of the target, once the target is known."""
    if target is None:
        return influences
    influences = groups.of_target(influences, target)
    if all(influence.source != target for influence in influences):
        return influences
    return tuple(
        replace(
            influence,
            kind=Kind.TARGET_ENCODING,
            effect=Effect.HIGH,
            supervised=True,
            statistic="the mean target of each group",
        )
        if _of_target(influence, target, features)
        else influence
        for influence in influences
    )


def _of_target(influence: Influence, target: str, features: Columns | None) -> bool:
    if influence.kind is not Kind.STATISTIC or influence.source != target:
        return False
    if influence.column in {None, target}:
        return False
    return features is None or features.holds(influence.column or "")
