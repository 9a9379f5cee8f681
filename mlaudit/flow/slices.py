"""Slices between quantiles: each turn of a loop studies rows between two others of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import Constant, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data

QUANTILES = "quantiles"


def note(run: Interpreter, node: ast.AST) -> None:
    """Note whether quantiles are asked for at a share that is another one in each turn."""
    share = _share(node)
    place = run.place(node)
    if share is not None and _turns(run, share):
        run.in_turn.add(place)
    else:
        run.in_turn.discard(place)


def between(run: Interpreter, low: Data, high: Data) -> bool:
    """Say whether two masks leave the rows between such quantiles: nothing unusual is removed."""
    return bool(run.in_turn) and _bounded(run, low) and _bounded(run, high)


def without(run: Interpreter, mask: Data) -> Data:
    """Leave out the quantiles that tell which slice it is."""
    return mask.but(influences=tuple(i for i in mask.influences if i.place not in run.in_turn))


def _bounded(run: Interpreter, mask: Data) -> bool:
    return any(i.place in run.in_turn for i in mask.influences)


def _share(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Call):
        return None
    named = [word.value for word in node.keywords if word.arg == "q"]
    return next(iter([*named, *node.args[-1:]]), None)


def _turns(run: Interpreter, share: ast.expr) -> bool:
    """Say whether a share hangs on the turn; the rest of a whole, `1 - share`, trims both ends."""
    if isinstance(share, ast.BinOp) and isinstance(share.op, ast.Sub):
        return False
    names = {node.id for node in ast.walk(share) if isinstance(node, ast.Name)}
    if not run.loops or isinstance(run.load(run.eval(share)), Constant | Sequence):
        return False
    return not names.isdisjoint(_counted(run)) or not names.isdisjoint(_given(run))


def _counted(run: Interpreter) -> Iterator[str]:
    """Name what changes with the turns of the loops that run."""
    for loop in run.loops:
        for turn in getattr(loop, "generators", [loop]):
            target = getattr(turn, "target", None)
            if isinstance(target, ast.expr):
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _given(run: Interpreter) -> Iterator[str]:
    """Name the parameters of a function that a loop calls."""
    if not run.calls:
        return
    function = run.calls[-1].function.node
    inside = set(ast.walk(function))
    if all(loop in inside for loop in run.loops):
        return
    spec = function.args
    yield from (each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))
