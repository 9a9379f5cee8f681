"""Branches: of several paths the program takes one, and what it has answered there holds on it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import deciding, guards, loops, picks, sides, sinks, ungiven
from mlaudit.syntax.nodes import walk
from mlaudit.syntax.spelling import last_name

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import End, Fork

_LEAVING = frozenset({"exit", "_exit", "quit"})


def branch(run: Interpreter, node: ast.If) -> bool:
    """Run both branches that may be taken, and go on with what either leaves behind."""
    known = deciding.truth(run, node.test)
    known = picks.decided(run, node) if known is None else known
    better = sinks.tested(run, node, node.body)
    if known is not True:
        ungiven.passed_over(run, node)
    taken = None if known is None else node.body if known else node.orelse
    _note(run, node.test, [node.body, node.orelse], taken)
    if taken is not None:
        return run.block(taken)
    start, outer, around = run.state.fork(), run.conditions, run.guards
    held, passed = guards.of(run, node)
    run.conditions += not loops.passes_few_by(run, node.test)
    run.guards = (*around, *held)
    try:
        mark = sides.enter(run, node, True)
        ended = run.block(node.body) or _leaves(node.body[-1])
        sides.leave(run, mark)
        sinks.keep(run, node.body, better)
        after = run.state.leave(start)
        run.conditions, run.guards = outer + 1, (*around, *passed)
        sides.enter(run, node, False)
        ended_else = run.block(node.orelse)
        sinks.keep(run, node.orelse, better)
    finally:
        run.conditions = outer
    if not ended:
        sides.leave(run, mark)  # else what follows belongs to the other branch
    if ended and ended_else:
        return True
    if ended_else:
        run.state.leave(start)
        run.state.resume(after)
        run.guards = (*around, *held)
    elif ended:
        loops.broken_off(run, node.body, after)
    else:
        run.state.choose(start, after, (passed, held))
        run.guards = around
    return False


def _note(
    run: Interpreter, test: ast.expr, blocks: list[list[ast.stmt]], taken: list[ast.stmt] | None
) -> None:
    """Note the blocks that are passed over, as long as nothing comes to them another time."""
    given = deciding.parameters(run)
    settled = not any(isinstance(one, ast.Name) and one.id in given for one in walk(test))
    for block in filter(None, blocks):
        spot = run.document.path, block[0].lineno, block[0].col_offset
        passed = taken is not None and block is not taken
        if not passed:
            run.passed[spot] = None
        elif run.passed.get(spot, settled) is not None:
            run.passed[spot] = settled and bool(run.passed.get(spot, True))


def _leaves(last: ast.stmt) -> bool:
    """Say whether a statement ends the program by a call, as `sys.exit()` does."""
    match last:
        case ast.Expr(value=ast.Call(func=called)):
            return last_name(called) in _LEAVING
    return False


def cases(run: Interpreter, node: ast.Match) -> bool:
    """Run each case, of which the program takes one."""
    run.eval(node.subject)
    known = deciding.case(run, node)
    bodies = [each.body for each in node.cases]
    _note(run, node.subject, bodies, None if known is None else known.body)
    if known is not None:
        return run.block(known.body)
    start, around = run.state.fork(), run.guards
    ends: list[End] = []
    with run.conditionally():
        for case, answers in zip(node.cases, guards.of_cases(run, node), strict=True):
            run.guards = (*around, *answers)
            ended = run.block(case.body)
            end = run.state.leave(start)
            if not ended:
                ends.append(end)
    run.guards = around
    for end in ends:
        run.state.choose(start, end)
    return False


def attempt(run: Interpreter, node: ast.Try) -> bool:
    """Run a `try`, and what follows where it fails."""
    start, around = run.state.fork(), run.guards
    ended = run.block(node.body) or run.block(node.orelse)
    ends = [run.state.leave(start)]
    reached = [] if ended else [ends[0]]
    for handler in node.handlers:
        run.guards = around
        with run.conditionally():
            ended = run.block(handler.body)
        ends.append(run.state.leave(start))
        if not ended:
            reached.append(ends[-1])
    run.guards = around
    _join(run, start, reached or ends[:1])
    return run.block(node.finalbody) or not reached


def _join(run: Interpreter, start: Fork, ends: list[End]) -> None:
    """Go on behind several paths, of which any may have been taken."""
    run.state.resume(ends[0])
    for end in ends[1:]:
        run.state.choose(start, end)
