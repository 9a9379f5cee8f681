"""Rows for which a comparison holds, and those for which it does not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    constancy,
    deciding,
    flags,
    groups,
    operands,
    order,
    scaling,
    slices,
    sooner,
)
from mlaudit.flow.selectors import Joint, Selector
from mlaudit.flow.values import Constant, Data, Prediction, Value, combine, merge_influences

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_ORDERED = ast.Lt | ast.Gt | ast.LtE | ast.GtE
_COUNTS = {"groupby.count", "groupby.nunique", "groupby.size"}
_OPERATORS: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
}


def compare(run: Interpreter, node: ast.Compare) -> Value:
    """Evaluate a comparison: a mask of rows, an error of predictions, or a plain answer."""
    left = scaling.mixed(run.data(run.eval(node.left)))
    rights = [run.eval(comparator) for comparator in node.comparators]
    known = deciding.given_or_not(run, node)
    if known is not None:
        return Constant(known)
    others = [scaling.mixed(run.data(right)) for right in rights]
    if len(rights) == 1 and isinstance(run.load(rights[0]), Constant):
        left = constancy.asked(node, _without_counts(left), run.load(rights[0]))
    if isinstance(node.ops[0], _ORDERED):
        others = order.bounded(run, left, others)
        for prediction in left.predictions:
            if not _labels(prediction, others[0]):
                prediction.cut_in.update(run.running)
    if len(others) == 1 and judges(left, others[0]):
        return _cut(error([left, *others], type(node.ops[0]).__name__), others)
    each = left.rows.terms or any(data.kind != "scalar" for data in (left, *others))
    met = [operands.perhaps(other, left) for other in others]
    joined = combine([left, *met], "mask" if each else "scalar")
    if len(rights) != 1 or joined.predictions or joined.scores:
        decided = bool(left.predictions) and isinstance(node.ops[0], _ORDERED)
        return _cut(joined.but(decided=decided), others)
    joined = still_named(joined, left, run.load(rights[0]))
    return joined.but(select=predicate(run, node, left, rights[0]))


def _without_counts(data: Data) -> Data:
    """Leave out how many values groups have, where a number is all that it is compared with.

    Whether a group is complete is a matter of that group; nothing is learnt of the others.
    """
    kept = tuple(i for i in data.influences if i.operation not in _COUNTS)
    return data if len(kept) == len(data.influences) else data.but(influences=kept)


def _cut(joined: Data, bounds: list[Data]) -> Data:
    """Predictions cut at a bound that scores chose hang on these scores."""
    chosen = {id(s): s for data in (joined, *bounds) for s in (*data.scores, *data.chosen_by)}
    if not joined.predictions or not chosen:
        return joined
    return joined.but(scores=(), chosen_by=tuple(chosen.values()))


def _labels(prediction: Prediction, bound: Data) -> bool:
    """Whether a bound is what was to be predicted: predictions are not cut at it, but judged."""
    if bound.predictions or bound.scores or bound.chosen_by:
        return False
    return prediction.rows.kin(bound.rows) and bound.kind in {"column", "array", "table"}


def judges(one: Data, two: Data) -> bool:
    """Whether predictions meet something that no model has made: labels."""
    if bool(one.predictions) == bool(two.predictions):
        return False
    labels = two if one.predictions else one
    return bool(labels.rows.terms) or labels.kind == "unknown"


def error(parts: list[Data], operation: str) -> Data:
    """Let predictions meet labels in an operation, which they remember."""
    for part in parts:
        for prediction in part.predictions:
            prediction.met_by.add(operation)
    return combine(parts, "error")


def still_named(joined: Data, column: Data, other: Value) -> Data:
    """A column computed with a constant still tells the column."""
    if column.name is None or not isinstance(other, Constant):
        return joined
    return joined.but(name=column.name, table=column.table)


def predicate(run: Interpreter, node: ast.Compare, left: Data, right: Value) -> Selector | None:
    """Name the rows for which a comparison holds, so that its opposite is known to exclude them."""
    operator = type(node.ops[0])
    by = left.name if left.rows.terms else None
    other = run.load(right)
    subject: tuple[Hashable, ...] = (run.text(node.left), left.rows.terms)
    if not left.rows.terms:
        run.contextual += 1
        subject = (run.text(node.left), id(node.left), run.path)
    if isinstance(other, Constant) and operator in {ast.Eq, ast.NotEq, ast.Is, ast.IsNot}:
        if left.select is not None and isinstance(other.value, bool):
            same = other.value is (operator in {ast.Eq, ast.Is})
            return left.select if same else left.select.flipped()
        member = flags.compared(left, operator, other.value)
        if member is not None:
            return member
        part: Hashable = other.value
        if operator in {ast.NotEq, ast.IsNot}:
            part = ("not", part)
        return Selector("filter", ("equals", *subject), part, by)
    bound = sooner.told(run, node.comparators[0])
    if operator in {ast.Lt, ast.GtE}:
        key = sooner.known(run, node, ("below", *subject, bound))
        return Selector("filter", key, operator is ast.Lt, by)
    if operator in {ast.Gt, ast.LtE}:
        key = sooner.known(run, node, ("above", *subject, bound))
        return Selector("filter", key, operator is ast.Gt, by)
    return Selector("filter", ("test", run.text(node), *subject[1:], bound), True, by)


def joined_masks(run: Interpreter, node: ast.BinOp, one: Data, two: Data) -> Data:
    """Join two masks by `&` or `|`; what `&` gives is left by each of them."""
    union = isinstance(node.op, ast.BitOr)
    told = [mask.select and (mask.select.key, mask.select.part) for mask in (one, two)]
    key = Joint((run.text(node), one.rows.terms, two.rows.terms, *told))
    if not union:
        key.parts = tuple(mask.select for mask in (one, two) if mask.select is not None)
    by = groups.both(one.select, two.select, union=union)
    if not union and slices.between(run, one, two):
        one, two = slices.without(run, one), slices.without(run, two)
    return combine([one, two], "mask").but(select=Selector("filter", key, True, by))


def opposite(run: Interpreter, mask: Data, text: str) -> Data:
    """Turn a mask round, as `~mask` and `np.logical_not(mask)` do."""
    flipped = mask.select and mask.select.flipped()
    return mask.but(kind="mask", select=flipped or Selector("filter", text, True))


def by_method(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Compare as an operator does: `table.day.ge(5)` is `table.day >= 5`."""
    call, other = arguments.node, arguments.nodes.get(0)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or other is None:
        return None
    if not value.rows.terms or value.predictions or value.scores:
        return None
    node = ast.copy_location(ast.Compare(call.func.value, [_OPERATORS[name]()], [other]), call)
    given = arguments.positional[0]
    joined = combine([value, *order.bounded(run, value, [run.data(given)])], "mask")
    return joined.but(select=predicate(run, node, value, given))


def between(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Tell which rows lie between bounds, by what these were taken of."""
    if not value.rows.terms:
        return None
    told = [sooner.told(run, node) for node in arguments.nodes.values()]
    key = ("test", run.text(arguments.node), value.rows.terms)
    bounds = order.bounded(run, value, [run.data(bound) for bound in arguments.values()])
    select = Selector("filter", (*key, *told), True, value.name)
    influences = merge_influences(value.influences, *(bound.influences for bound in bounds))
    return Data("mask", value.rows, influences, select=select)
