"""Judgements by hand that tell the classes apart, where a library's accuracy stands beside them.

Whoever looks at the predictions of one class alone, counts pairs of label and prediction, or weighs
them, sees how well the rare class is told, by whatever name the result goes.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Fit, last_name, spelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_PREDICTING = {"predict", "predict_proba", "predict_classes", "decision_function", "score_samples"}
_SCORING = {"score", "evaluate"}
_ACCURACY = {"accuracy_score", "accuracy"}
_ASKING = _PREDICTING | _SCORING | _ACCURACY
_TABLES = {"DataFrame", "assign", "concat", "column_stack", "c_", "stack", "vstack", "array"}
_BY_VALUE = {"groupby", "value_counts", "pivot", "pivot_table", "crosstab", "query", "heatmap"}
_CROSSING = _BY_VALUE | {
    *("logical_and", "multiply", "dot", "vdot", "bitwise_and", "at", "Counter", "histogram2d"),
    *("bincount", "det_curve", "ks_2samp", "hist2d"),
}
# What leaves one number of all rows, or other rows.
_WHOLE = {
    *("len", "sum", "mean", "max", "min", "std", "unique", "nunique", "Counter", "value_counts"),
    *("count_nonzero", "any", "all", "range", "zip", "bincount", "set", "shape", "fit"),
}
_ABOUT = {"index", "shape", "size", "name", "dtype", "columns", "device"}
_NAMED = (ast.Name, ast.Attribute, ast.Subscript)
_LABELS, _PREDICTIONS = "labels", "predictions"
_PASSES = 3


def judged_by_class(module: Module) -> bool:
    """Say whether labels and predictions meet class by class, or are weighed, anywhere."""
    if _weighs(module):
        return True
    sides = _Sides(module)
    return bool(sides.of[_LABELS]) and any(_judges(sides))


def _weighs(module: Module) -> bool:
    """Say whether an accuracy gives rows weights, or a whole table of metrics is asked for."""
    for named in module.calls_named(*_ACCURACY, *_SCORING):
        given = {keyword.arg for keyword in named.node.keywords}
        if given & {"sample_weight", "model_type"}:
            return True
        if last_name(named.node.func) == "score" and len(named.node.args) == 3:
            return True
    return False


class _Sides:
    """What goes by which names: labels that predictions are held against, and predictions.

    Functions of the document call by their own names what they are handed.
    """

    def __init__(self, module: Module):
        self.module = module
        self.of: dict[str, set[str]] = {_LABELS: set(), _PREDICTIONS: set()}
        self.tables: set[str] = set()
        self._read_metrics()
        for _ in range(_PASSES):
            self._read_bindings()
            self._read_comparisons()
            self._read_functions()

    def holds(self, node: ast.AST, side: str) -> bool:
        """Say whether anything below a node is of a side."""
        if side == _PREDICTIONS and self._predicts(node):
            return True
        names = self.of[side]
        return any(
            isinstance(each, _NAMED) and spelt(each) in names and not self._only_about(each)
            for each in self.module.nodes.below(node)
        )

    def side(self, node: ast.AST) -> str:
        """Name the side that a node belongs to, "" where it is both or none."""
        labels, predictions = self.holds(node, _LABELS), self.holds(node, _PREDICTIONS)
        if labels == predictions:
            return ""
        return _LABELS if labels else _PREDICTIONS

    def both(self, nodes: list[ast.expr]) -> bool:
        """Say whether there are labels alone among some nodes, and predictions alone."""
        return {_LABELS, _PREDICTIONS} <= {self.side(node) for node in nodes}

    def is_table(self, node: ast.AST) -> bool:
        """Say whether a table that holds labels and predictions stands below a node."""
        return any(
            isinstance(each, ast.Name) and each.id in self.tables
            for each in self.module.nodes.below(node)
        )

    def _only_about(self, node: ast.AST) -> bool:
        """Say whether not the values are read, but their index or their size."""
        above = self.module.nodes.parents.get(node)
        return isinstance(above, ast.Attribute) and above.attr in _ABOUT

    def _predicts(self, node: ast.AST) -> bool:
        below = self.module.nodes.below(node)
        return any(
            isinstance(each, ast.Call) and last_name(each.func) in _PREDICTING for each in below
        )

    def _read_metrics(self) -> None:
        for named in self.module.calls_named(*_ACCURACY, *_SCORING):
            call, given = named.node, {one.arg: one.value for one in named.node.keywords}
            first, second = given.get("y_true"), given.get("y_pred")
            if len(call.args) >= 2:
                first, second = call.args[:2]
                if last_name(call.func) in _SCORING:
                    first, second = second, None
            self._put(_LABELS, first)
            self._put(_PREDICTIONS, second)

    def _put(self, side: str, node: ast.expr | None) -> None:
        if isinstance(node, _NAMED) and spelt(node) not in self.of[_OTHER[side]]:
            self.of[side].add(spelt(node))

    def _read_bindings(self) -> None:
        """Follow assignments, and loops over pairs of a label and a prediction."""
        for node in self.module.nodes.find(ast.Assign):
            self._bind(node.targets[0], node.value)
        for loop in self.module.nodes.find(ast.For, ast.comprehension):
            pairs, target = _zipped(loop.iter), loop.target
            if isinstance(target, ast.Tuple) and isinstance(target.elts[-1], ast.Tuple):
                target = target.elts[-1]  # of `enumerate`
            if pairs is not None and isinstance(target, ast.Tuple):
                for name, value in zip(target.elts, pairs.args, strict=False):
                    side = self.side(value)
                    if side:
                        self._put(side, name)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        labels, predictions = self.holds(value, _LABELS), self.holds(value, _PREDICTIONS)
        called = {last_name(call.func) for call in self.module.nodes.find(ast.Call, within=value)}
        if isinstance(target, ast.Tuple):
            if called & {"max", "topk"} and len(target.elts) == 2:
                self._put(_PREDICTIONS, target.elts[1])  # `_, best = torch.max(outputs, 1)`
            return
        predictions = predictions or ("argmax" in called and not labels)
        if called & _TABLES and predictions and (labels or "assign" in called):
            self.tables.add(spelt(target))
        elif called & _WHOLE or not (labels or predictions):
            return
        elif predictions and (not labels or isinstance(value, ast.Compare)):
            self._put(_PREDICTIONS, target)
        elif labels and not predictions and not _is_grouped(value):
            self._put(_LABELS, target)

    def _read_comparisons(self) -> None:
        """Take for labels what predictions are held against row by row: `p == b`."""
        for node in self.module.nodes.find(ast.Compare):
            ends = [node.left, node.comparators[0]]
            if isinstance(node.ops[0], ast.Eq | ast.NotEq) and len(node.ops) == 1:
                told = [self.holds(end, _PREDICTIONS) for end in ends]
                if any(told) and not all(told):
                    self._put(_LABELS, ends[told.index(False)])

    def _read_functions(self) -> None:
        """Let what functions are handed, and what they call it, be the same."""
        own = self.module.names.functions
        for named in self.module.calls_named(*own):
            parameters = own[last_name(named.node.func)].args.args
            for given, parameter in zip(named.node.args, parameters, strict=False):
                name = ast.Name(parameter.arg)
                side = self.side(given)
                if side:
                    self._put(side, name)
                for other in self.of:
                    if parameter.arg in self.of[other]:
                        self._put(other, given)


_OTHER = {_LABELS: _PREDICTIONS, _PREDICTIONS: _LABELS}


def _zipped(node: ast.expr) -> ast.Call | None:
    """Find the `zip` in `zip(a, b)`, and in `enumerate(zip(a, b))`."""
    if not isinstance(node, ast.Call):
        return None
    if last_name(node.func) == "zip":
        return node
    return _zipped(node.args[0]) if node.args else None


def _is_grouped(value: ast.expr) -> bool:
    """Say whether labels are put beside other things, as in a data set of rows and labels."""
    given = value.args if isinstance(value, ast.Call) else []
    return len(given) > 1 or any(isinstance(one, ast.Tuple | ast.List) for one in given)


def _judges(sides: _Sides) -> Iterator[bool]:
    """Ask of each place where labels and predictions may meet whether they do class by class."""
    nodes = sides.module.nodes
    yield from (_takes_of_class(sides, node) for node in nodes.find(ast.Subscript))
    yield from (_crosses(sides, node) for node in nodes.find(ast.Call))
    for both in nodes.find(ast.BinOp):
        if isinstance(both.op, ast.BitAnd | ast.Mult | ast.Add):
            yield sides.both([both.left, both.right])
    yield from (sides.both(node.values) for node in nodes.find(ast.BoolOp))
    yield from (_counts_pair(sides, node) for node in nodes.find(ast.Compare))
    yield from (_looks_at_class(sides, node) for node in nodes.find(ast.If, ast.GeneratorExp))
    for added in nodes.find(ast.AugAssign):
        yield isinstance(added.target, ast.Subscript) and sides.side(added.target.slice) != ""
    yield from (_goes_by_class(sides, node) for node in nodes.find(ast.For))


def _takes_of_class(sides: _Sides, node: ast.Subscript) -> bool:
    """See `p[b == 1]`, `b[p == 1]`, `cost[b, p]`, and `m.score(B[b == 1], b[b == 1])`."""
    if isinstance(node.slice, ast.Slice | ast.Constant):
        return False
    if isinstance(node.slice, ast.Tuple):
        return sides.both(node.slice.elts)
    by = sides.side(node.slice)
    if not by:
        return _is_wrong_label(sides, node) or _takes_of_table(sides, node)
    return sides.holds(node.value, _OTHER[by]) or (by == _LABELS and _is_asked(sides, node))


def _is_wrong_label(sides: _Sides, node: ast.Subscript) -> bool:
    """See `b[p != b]`, which tells of which classes the rows are that are told wrong."""
    compared = isinstance(node.slice, ast.Compare) and sides.holds(node.slice, _PREDICTIONS)
    return compared and sides.side(node.value) == _LABELS


def _takes_of_table(sides: _Sides, node: ast.Subscript) -> bool:
    """See `table[table.y == 1]` where the table has a column of predictions."""
    return sides.is_table(node.value) and any(
        isinstance(each.comparators[0], ast.Constant | ast.Name) and sides.is_table(each.left)
        for each in sides.module.nodes.find(ast.Compare, within=node.slice)
    )


def _is_asked(sides: _Sides, node: ast.AST) -> bool:
    """Say whether a model is asked about what stands in its call, or that is judged."""
    above = sides.module.nodes.parents.get(node)
    while isinstance(above, ast.expr | ast.keyword):
        if isinstance(above, ast.Call) and last_name(above.func) in _ASKING:
            return True
        above = sides.module.nodes.parents.get(above)
    return False


def _crosses(sides: _Sides, call: ast.Call) -> bool:
    """See cross tables, products and groups of labels and predictions, and counts of pairs."""
    name = last_name(call.func)
    if name not in _CROSSING:
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        given.append(call.func.value)
    parts: list[ast.expr] = []
    for one in given:
        pairs = _zipped(one)
        if pairs is not None:
            parts += pairs.args
        else:
            parts += one.elts if isinstance(one, ast.Tuple | ast.List) else [one]
    if name == "groupby" and any(sides.side(one) == _LABELS for one in parts[:-1]):
        return sides.holds(parts[-1], _PREDICTIONS)
    return sides.both(parts) or (name in _BY_VALUE and any(map(sides.is_table, parts)))


def _counts_pair(sides: _Sides, node: ast.Compare) -> bool:
    """See `i == j == 1` of a label and a prediction."""
    ends = [node.left, *node.comparators]
    return len(ends) > 2 and sides.both(ends)


def _looks_at_class(sides: _Sides, node: ast.If | ast.GeneratorExp) -> bool:
    """See predictions that are looked at only where the label is of a class, or the reverse."""
    if isinstance(node, ast.If):
        tests, parts = [node.test], list[ast.AST](node.body)
    else:
        tests, parts = [test for one in node.generators for test in one.ifs], [node.elt]
    return any(
        sides.holds(part, _OTHER[side])
        for test in tests
        if _compares_to_class(test) and (side := sides.side(test))
        for part in parts
    )


def _compares_to_class(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq | ast.NotEq)


def _goes_by_class(sides: _Sides, loop: ast.For) -> bool:
    """See models that are asked about the groups of `table.groupby(target)`, one by one."""
    if not isinstance(loop.iter, ast.Call) or last_name(loop.iter.func) != "groupby":
        return False
    targets = {fit.target for fit in sides.module.trace.of(Fit)} - {None}
    by = [one.value for one in loop.iter.args if isinstance(one, ast.Constant)]
    asked = (
        call
        for call in sides.module.nodes.find(ast.Call, within=loop)
        if last_name(call.func) in _ASKING
    )
    return not targets.isdisjoint(by) and any(asked)
