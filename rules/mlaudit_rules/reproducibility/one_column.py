"""Which estimators learn a table of one column alone: a tree has nothing to choose there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import CrossValidate, Fit, last_name
from mlaudit_rules.reproducibility.constructions import function_around

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

# What has as many columns as before, and what stands for the same table in other words.
_AS_WIDE = frozenset(
    {
        "abs",
        "array",
        "asarray",
        "astype",
        "clip",
        "copy",
        "dropna",
        "fillna",
        "head",
        "reset_index",
        "round",
        "sample",
        "sort_values",
        "tail",
        "to_numpy",
    }
)
_VIEWS = frozenset({"values", "iloc", "loc"})


def learns_one_column(module: Module, call: Call) -> bool:
    """Say whether all that the estimator of a call is seen to learn is one column wide."""
    learnt = list(_learnt(module, call))
    return bool(learnt) and all(
        table is not None and _narrow(module, table, table.lineno) for table in learnt
    )


def _learnt(module: Module, call: Call) -> Iterator[ast.expr | None]:
    """Give the tables that it learns, None for one that is not written where it is fitted."""
    calls = {module.place(named.node): named.node for named in module.names.calls}
    for event in module.trace.events:
        if not isinstance(event, Fit | CrossValidate) or event.model.place != call.place:
            continue
        fit = calls.get(event.place)
        yield None if fit is None else _features(fit, method=isinstance(event, Fit))


def _features(fit: ast.Call, *, method: bool) -> ast.expr | None:
    """Find the features in `model.fit(X, y)` or `cross_validate(model, X, y)`."""
    place = 0 if method and isinstance(fit.func, ast.Attribute) else 1
    named = next((keyword.value for keyword in fit.keywords if keyword.arg == "X"), None)
    return named or (fit.args[place] if len(fit.args) > place else None)


def _narrow(module: Module, table: ast.expr, before: int) -> bool:
    """Say whether an expression that stands on a line is a table of one column."""
    if isinstance(table, ast.Name):
        return _bound_narrow(module, table, before)
    if isinstance(table, ast.Attribute):
        return table.attr in _VIEWS and _narrow(module, table.value, before)
    if isinstance(table, ast.Subscript):
        return _one_chosen(table.slice) or (
            not isinstance(table.slice, ast.Tuple | ast.List | ast.Constant)
            and _narrow(module, table.value, before)
        )
    if not isinstance(table, ast.Call):
        return False
    name = last_name(table.func)
    if name in {"reshape", "expand_dims"}:
        return _upright(table, name)
    if name == "to_frame":
        return True
    if name == "drop":
        return len(_left(module, table, before)) == 1
    source = table.args[0] if table.args else None
    if isinstance(table.func, ast.Attribute) and module.names.resolve(table.func) is None:
        source = table.func.value
    return name in _AS_WIDE and source is not None and _narrow(module, source, before)


def _left(module: Module, call: ast.Call, before: int) -> frozenset[object]:
    """Give the columns that `.drop` leaves of those a table was taken with; none if not told."""
    held: ast.expr | None = call.func.value if isinstance(call.func, ast.Attribute) else None
    while isinstance(held, ast.Name):
        given = _last_given(module, held, before)
        held, before = given if given is not None else (None, before)
    listed = _texts(held.slice) if isinstance(held, ast.Subscript) else frozenset()
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    by_axis = call.args[0] if call.args and _constant(named.get("axis")) in {1, "columns"} else None
    gone = _texts(named.get("columns", by_axis))
    return listed - gone if gone else frozenset()


def _texts(node: ast.expr | None) -> frozenset[object]:
    """Give the texts that are listed, or the one that is given; none where one is not told."""
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    found = [_constant(part) for part in parts]
    return frozenset(found) if all(isinstance(one, str) for one in found) else frozenset()


def _one_chosen(index: ast.expr) -> bool:
    """Say whether an index leaves one column: `[["age"]]`, `[:, [3]]`, `[:, 3:4]`, `[:, None]`."""
    if isinstance(index, ast.Tuple):
        last = index.elts[-1]
        if isinstance(last, ast.Slice):
            match last:
                case ast.Slice(lower=ast.Constant(value=int(low)), upper=ast.Constant(value=high)):
                    return bool(high == low + 1)
                case ast.Slice(lower=None, upper=ast.Constant(value=1)):
                    return True
            return False
        if last_name(last) == "newaxis" or (isinstance(last, ast.Constant) and last.value is None):
            return len(index.elts) == 2
        index = last
    return (
        isinstance(index, ast.List)
        and len(index.elts) == 1
        and not isinstance(index.elts[0], ast.Starred)
    )


def _upright(call: ast.Call, name: str) -> bool:
    """Say whether values are put below one another: `.reshape(-1, 1)`, `expand_dims(x, 1)`."""
    values = [*call.args, *(k.value for k in call.keywords if k.arg in {"shape", "axis"})]
    shape = values[-1] if values else None
    if name == "expand_dims":
        return _constant(shape) in {1, -1}
    if isinstance(shape, ast.Tuple | ast.List):
        return len(shape.elts) == 2 and _constant(shape.elts[1]) == 1
    return len(values) >= 2 and _constant(shape) == 1


def _constant(node: ast.expr | None) -> object:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return -inner if isinstance(inner, int) else None
    return node.value if isinstance(node, ast.Constant) else None


def _bound_narrow(module: Module, name: ast.Name, before: int) -> bool:
    """Say whether a name was last bound, in the function where it stands, to one column."""
    given = _last_given(module, name, before)
    return given is not None and _narrow(module, *given)


def _last_given(module: Module, name: ast.Name, before: int) -> tuple[ast.expr, int] | None:
    """Find what a name was last bound to, in the function where it stands, and on which line."""
    home = function_around(module, name)
    bound = [
        (node, value)
        for node in module.nodes.find(ast.Assign)
        if node.lineno < before and function_around(module, node) is home
        for target in node.targets
        for value in _given(target, node.value, name.id)
    ]
    if not bound:
        return None
    node, value = max(bound, key=lambda pair: pair[0].lineno)
    return value, node.lineno


def _given(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    """Find what an assignment gives a name, also side by side and as a part of a split."""
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    if not isinstance(target, ast.Tuple):
        return
    for position, part in enumerate(target.elts):
        if not isinstance(part, ast.Name) or part.id != name:
            continue
        if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
            yield value.elts[position]
        elif isinstance(value, ast.Call) and len(target.elts) == 2 * len(value.args):
            split = last_name(value.func) == "train_test_split"
            yield value.args[position // 2] if split else value
        else:
            yield value
