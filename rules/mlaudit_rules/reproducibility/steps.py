"""Which of the steps in a document an optimizer takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, block_of, last_name
from mlaudit_rules.reproducibility.classes import class_around
from mlaudit_rules.reproducibility.given_back import given_back_unread
from mlaudit_rules.reproducibility.never_run import left_out
from mlaudit_rules.reproducibility.readers import readings

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module, NamedCall

# What an optimizer only tells or is told, and what keeps it, reads it back or plans its rates.
_TELLING = frozenset(
    {"param_groups", "state", "state_dict", "load_state_dict", "defaults", "zero_grad"}
)
_KEEPING = Pattern(
    r"(?i)(^|_)(save|load|restore|export|summary|count|print|checkpoint|ckpt)(_|$)"
    r"|^(print|type|repr|str|display|isinstance)$"
)
_PLANNING = Pattern(r"(?i)sched|warm_?up|(^|_)lr(_|$)|^lr|lr$")
_LEARNING = Pattern(r"(?i)train|fit|learn|run|step|epoch")

# Networks give their weights by these.
_WEIGHTS = ("parameters", "named_parameters")


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


def only_kept(module: Module, optimizer: Call) -> bool:
    """Say whether an optimizer is bound to a name, and nothing that the name is given to steps it.

    A schedule goes through its rates and a checkpoint keeps it, without any training.  Nothing
    steps one either that another takes the name of before it is read, or that a function gives
    back to where nobody asks for it.
    """
    made = module.nodes.parents.get(optimizer.node)
    targets = made.targets if isinstance(made, ast.Assign) else []
    if not isinstance(made, ast.Assign) or module.importers:
        return False
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    uses = [use for name in names for use in readings(module, made, name)]
    if not uses:
        return any(_bound_anew(module, made, name) for name in names)
    return len(names) == len(targets) and all(
        _keeps(module, use) or given_back_unread(module, use) for use in uses
    )


def _bound_anew(module: Module, made: ast.Assign, name: str) -> bool:
    """Say whether a later statement of the same block takes the name for something else."""
    block = block_of(module, made)
    return any(
        isinstance(target, ast.Name) and target.id == name
        for later in block[block.index(made) + 1 :]
        if isinstance(later, ast.Assign)
        for target in later.targets
    )


def steps_along_inputs(module: Module) -> bool:
    """Say whether all optimizers change what a network is given, as for a picture that excites it.

    The network is put into evaluation mode for good, and of no network are parameters asked for.
    """
    optimizers = module.calls_of("optimizer")
    if not optimizers or module.calls_named("train", *_WEIGHTS) or not module.calls_named("eval"):
        return False
    return all(map(_takes_plain_names, optimizers)) and any(
        isinstance(named.node.func, ast.Attribute) and not named.node.args
        for named in module.calls_named("eval")
    )


def _takes_plain_names(optimizer: Call) -> bool:
    """Say whether an optimizer is given a list of names: `Adam([picture])`."""
    match optimizer.node.args[:1]:
        case [ast.List(elts=parts)]:
            return all(isinstance(part, ast.Name | ast.Attribute) for part in parts)
    return False


def _keeps(module: Module, use: ast.Name) -> bool:
    """Say whether a use of an optimizer tells of it, keeps it or plans its rates."""
    above = module.nodes.parents[use]
    if isinstance(above, ast.Attribute):
        return above.attr in _TELLING
    called = module.nodes.parents[above] if isinstance(above, ast.keyword) else above
    if not isinstance(called, ast.Call):
        return False
    name, known = last_name(called.func), module.call_of.get(called)
    if known is not None and known.entry is not None and known.entry.kind == "scheduler":
        return True
    says = _KEEPING.search(name) or _PLANNING.search(name)
    return says is not None and _LEARNING.search(name) is None


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
