"""Predictions that are asked for what something does, and judged by nobody: weights and effects.

The probability of a treatment tells how much each row counts for an estimate, as in inverse
weighting.  What a model predicts of the same rows with and without a treatment tells its effect.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data

_PROBABILITIES = "predict_proba"


def weighed(run: Interpreter, node: ast.BinOp, one: Data, two: Data) -> tuple[Data, Data]:
    """Leave out predictions that an operator makes weights of, and note those of an effect.

    No score divides labels by a probability, nor multiplies the probability of one label with
    another label.
    """
    if not (one.predictions or two.predictions):
        return one, two
    if isinstance(node.op, ast.Sub):
        if _same_model(one, two):
            _note(run, one, two)
    elif isinstance(node.op, ast.Div):
        if _are_probabilities(two) and (not one.predictions or _is_product(node.left, one)):
            return _without(run, one), _without(run, two)
    elif isinstance(node.op, ast.Mult) and (_of_other_label(one, two) or _of_other_label(two, one)):
        return _without(run, one), _without(run, two)
    return one, two


def _are_probabilities(data: Data) -> bool:
    """Say whether there are predictions, which are no classes and were compared with no label."""
    return (
        bool(data.predictions)
        and not (data.decided or data.scores)
        and data.kind not in {"error", "scalar"}
        and all(prediction.method == _PROBABILITIES for prediction in data.predictions)
    )


def _is_product(node: ast.expr, data: Data) -> bool:
    """Say whether labels were multiplied with probabilities, as for weights of odds."""
    product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    return product and all(each.method == _PROBABILITIES for each in data.predictions)


def _of_other_label(data: Data, column: Data) -> bool:
    """Say whether probabilities meet a column of a table, and were learnt of another one."""
    if not data.predictions or column.predictions or column.name is None or column.table is None:
        return False
    return all(
        prediction.method == _PROBABILITIES
        and all(fit.target not in {None, column.name} for fit in prediction.fits)
        for prediction in data.predictions
    )


def _same_model(one: Data, two: Data) -> bool:
    """Say whether what one model predicts is taken from what it predicts of other rows."""
    if "error" in {one.kind, two.kind} or one.decided or two.decided:
        return False
    return bool(one.predictions and two.predictions) and all(
        a is not b and a.model is b.model and a.fits == b.fits and a.method == b.method
        for a in one.predictions
        for b in two.predictions
    )


def _note(run: Interpreter, *data: Data) -> None:
    run.weighing.update(each.place for one in data for each in one.predictions)


def _without(run: Interpreter, data: Data) -> Data:
    """Give the numbers without the predictions in them, which nobody judges here."""
    if not data.predictions:
        return data
    _note(run, data)
    return data.but(predictions=(), kind="column" if data.kind == "error" else data.kind)
