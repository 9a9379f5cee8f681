"""Which of the steps in a document an optimizer takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name
from mlaudit_rules.reproducibility.classes import class_around
from mlaudit_rules.reproducibility.never_run import left_out

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module, NamedCall


def step_of(module: Module, optimizer: Call) -> NamedCall | None:
    """Find a step by the name of an optimizer, as near to where it is made as there is one."""
    steps = _steps(module, optimizer)
    return min(steps, key=lambda step: _distance(module, optimizer, step)) if steps else None


def steps_once(module: Module, optimizer: Call) -> bool:
    """Say whether an optimizer only shows how a step is taken: in no loop, and in no function."""
    steps = _steps(module, optimizer)
    return bool(steps) and not any(
        step.in_loop or step.function is not None or step.node.args for step in steps
    )


def never_steps(module: Module, optimizer: Call) -> bool:
    """Say whether a program that makes an optimizer comes to none of the steps that it takes."""
    steps = _steps(module, optimizer)
    return bool(steps) and all(left_out(module, step.node, step.function) for step in steps)


def _steps(module: Module, optimizer: Call) -> list[NamedCall]:
    made = module.nodes.parents.get(optimizer.node)
    targets = made.targets if isinstance(made, ast.Assign) else []
    names = {last_name(target) for target in targets} - {""}
    return [named for named in module.calls_named("step") if names & _stepped(named.node)]


def _stepped(step: ast.Call) -> set[str]:
    """Name what takes a step: `optimizer` of `optimizer.step()` and of `scaler.step(optimizer)`."""
    owner = [step.func.value] if isinstance(step.func, ast.Attribute) else []
    return {last_name(node) for node in (*owner, *step.args)}


def _distance(module: Module, optimizer: Call, step: NamedCall) -> int:
    """Tell how far a step is from its optimizer: in one function, one class, or one is called."""
    if step.function is optimizer.function:
        return 0 if step.node.lineno > optimizer.node.lineno else 1
    owner = class_around(module, optimizer.node)
    if owner is not None and owner is class_around(module, step.node):
        return 2
    name = step.function.name if step.function else ""
    called = any(call.function is optimizer.function for call in module.calls_named(name))
    return 3 if called else 4
