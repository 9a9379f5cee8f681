"""Models that go on learning in a loop and are judged by each batch before they learn it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.syntax.nodes import walk
from mlaudit.trace.events import Fit

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows
    from mlaudit.flow.values import Estimator


def learnt(
    run: Interpreter, estimator: Estimator, rows: Rows, judged: ast.expr | None, node: ast.AST
) -> tuple[Fit, ...]:
    """Give the trainings that a prediction comes from, without the one by which it goes on.

    Where `model.partial_fit(batch, labels)` stands behind `model.predict(batch)` in the only loop
    since the model was made, each batch is judged first: earlier turns have learnt other rows.
    """
    fits = estimator.fits
    if not run.loops or not any(fit.goes_on and fit.rows == rows for fit in fits):
        return fits
    loop = run.loops[-1]
    if run.running - run.happened_in.get(id(estimator.model), frozenset()) != {id(loop)}:
        return fits
    if not isinstance(loop, ast.For) or judged is None or not _moves(loop, judged):
        return fits
    here = run.place(node)
    behind = [
        run.events.get((Fit, id(call), run.path, id(estimator.model)))
        for statement in loop.body
        if statement.lineno > here.line
        for call in walk(statement)
        if isinstance(call, ast.Call)
    ]
    return tuple(
        fit
        for fit in fits
        if not (fit.goes_on and fit.rows == rows and any(fit is one for one in behind))
    )


def _moves(loop: ast.For, judged: ast.expr) -> bool:
    """Say whether an expression stands for rows of the running turn, and for others in the next."""
    names = {node.id for node in walk(loop.target) if isinstance(node, ast.Name)}
    match judged:
        case ast.Name(id=name):
            bound = _bound(loop, name)
            return name in names or (bound is not None and _moves(loop, bound))
        case ast.Subscript(slice=ast.Slice(ast.Name(id=first), ast.BinOp() as end, None)):
            return first in names and _steps_by(loop, first, end)
        case ast.Subscript(slice=ast.Name(id=name)):
            return name in names
        case ast.Call(func=ast.Attribute(value=inner)) | ast.List(elts=[inner]):
            return _moves(loop, inner)
    return False


def _bound(loop: ast.For, name: str) -> ast.expr | None:
    """Give what a name is bound to in the body of a loop, where it is bound there once."""
    found: list[ast.expr] = []
    for node in walk(loop):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        match node.targets[0], node.value:
            case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
                pairs = [*zip(targets, values, strict=True)]
            case target, value:
                pairs = [(target, value)]
        for target, value in pairs:
            known = target.elts if isinstance(target, ast.Tuple) else [target]
            found += [value for one in known if isinstance(one, ast.Name) and one.id == name]
    mentions = found and any(isinstance(n, ast.Name) and n.id == name for n in walk(found[0]))
    return found[0] if len(found) == 1 and not mentions else None


def _steps_by(loop: ast.For, counter: str, end: ast.BinOp) -> bool:
    """Say whether windows `i:i + width` lie side by side: as far apart as each is wide."""
    match loop.iter, end:
        case (
            ast.Call(func=ast.Name(id="range"), args=given),
            ast.BinOp(ast.Name(id=first), ast.Add(), width),
        ) if first == counter:
            step = given[2] if len(given) == 3 else ast.Constant(1)
            return ast.unparse(step) == ast.unparse(width)
    return False
