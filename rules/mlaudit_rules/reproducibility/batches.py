"""Loaders whose batches a network is trained on in an order of their own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name
from mlaudit_rules.reproducibility.constructions import function_around
from mlaudit_rules.reproducibility.steps import step_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

# With these, Lightning puts samplers into the loaders whose order has a seed of its own.
_PARALLEL = Pattern(r"^(ddp|fsdp|deepspeed)")
_JUDGING = Pattern(r"(?i)(^|_)(test|val|eval|dev)(id|idation|uation)?(_|\d|$)|^(test|val|eval)")
_TRAINING = Pattern(r"(?i)train")
_NEVER, _PERHAPS, _SURELY = range(3)
_STEPS = ("step", "backward")
# What is around a loader, and hands over its batches as they come, or only looks at it.
_PASSING = frozenset({"tqdm", "trange", "enumerate", "zip", "iter", "progress_bar", "track"})
_LOOKING = frozenset({"next", "len", "print", "type", "display"})


def shuffled_for_training(module: Module, optimizer: Call) -> tuple[Call, ...]:
    """List the loaders that shuffle by the global generator, without those of parts to judge by.

    The one that the optimizer goes through counts first, then those that surely feed a training,
    then those of which that is open.
    """
    if any(map(_reorders, module.calls_of("trainer"))):
        return ()
    feeding: dict[int, list[Call]] = {}
    loaders = list(filter(_shuffles, module.calls_of("loader")))
    own = _gone_through(module, loaders, optimizer)
    if own is not None:
        return (own,)
    for loader in loaders:
        if not _judges(module, loader):
            feeding.setdefault(_feeds(module, loader), []).append(loader)
    return tuple(feeding.get(_SURELY) or feeding.get(_PERHAPS) or ())


def _gone_through(module: Module, loaders: list[Call], optimizer: Call) -> Call | None:
    """Find the loader whose batches the loop around the step of an optimizer goes through."""
    step = step_of(module, optimizer)
    above = module.nodes.parents.get(step.node) if step is not None else None
    while step is not None and above is not None and above is not step.function:
        if isinstance(above, ast.For | ast.AsyncFor):
            users = module.nodes.find(ast.Name, ast.Attribute, within=above.iter)
            names = {last_name(node) for node in users}
            found = [
                loader
                for loader in loaders
                if loader.function is step.function
                and loader.node.lineno <= above.lineno
                and _named(module, loader) in names - {""}
            ]
            if found:
                return found[-1]
        above = module.nodes.parents.get(above)
    return None


def loop_around(module: Module, node: ast.AST) -> ast.For | ast.AsyncFor | None:
    """Find the innermost loop around a node, within its function."""
    above = module.nodes.parents.get(node)
    while above is not None and not isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
        if isinstance(above, ast.For | ast.AsyncFor):
            return above
        above = module.nodes.parents.get(above)
    return None


def _shuffles(call: Call) -> bool:
    shuffle = call.arguments.get("shuffle")
    own = call.arguments.get("generator")
    return shuffle is not None and shuffle.known and bool(shuffle.value) and own is None


def _reorders(call: Call) -> bool:
    """Say whether a trainer of Lightning has its strategy replace the samplers of the loaders."""
    if call.entry is None or "lightning" not in call.name.split(".", 1)[0]:
        return False
    own = [call.arguments.get(name) for name in ("use_distributed_sampler", "replace_sampler_ddp")]
    if any(given is not None and given.value is False for given in own):
        return False
    ways = (call.arguments.get(name) for name in ("strategy", "accelerator", "distributed_backend"))
    return any(
        way is not None and isinstance(way.value, str) and _PARALLEL.search(way.value)
        for way in ways
    )


def _named(module: Module, loader: Call) -> str:
    """Name what a loader is bound to, "" where it is bound to nothing."""
    statement = module.nodes.parents.get(loader.node)
    if isinstance(statement, ast.Assign) and statement.value is loader.node:
        return last_name(statement.targets[0])
    return ""


def _judges(module: Module, loader: Call) -> bool:
    name = _named(module, loader)
    return bool(_JUDGING.search(name)) and not _TRAINING.search(name)


def _feeds(module: Module, loader: Call) -> int:
    """Tell whether batches are gone through where weights change, or sent to where that may be."""
    name = _named(module, loader)
    users = module.fact(_readings).get(name, ()) if name else ()
    if not users and _stays(module, loader):
        return _NEVER
    return max((_leads(module, user) for user in users), default=_PERHAPS)


def _stays(module: Module, loader: Call) -> bool:
    """Say whether the name of a loader is for its document, or the function around it, alone."""
    statement = module.nodes.parents.get(loader.node)
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return False
    target, shared = statement.targets[0], module.nodes.find(ast.Global, ast.Nonlocal)
    if not isinstance(target, ast.Name) or any(target.id in each.names for each in shared):
        return False
    if isinstance(module.nodes.parents.get(statement), ast.ClassDef):
        return False
    return loader.function is not None or not module.importers


def _readings(module: Module) -> dict[str, list[ast.expr]]:
    """List where each name, also of an attribute, is read."""
    found: dict[str, list[ast.expr]] = {}
    for node in module.nodes.find(ast.Name, ast.Attribute):
        if isinstance(node.ctx, ast.Load):
            found.setdefault(last_name(node), []).append(node)
    return found


def _leads(module: Module, user: ast.expr) -> int:
    """Tell whether a reading of a loader's name leads to a training."""
    inner: ast.AST = user
    outer = module.nodes.parents[user]
    while isinstance(outer, ast.Call | ast.keyword):
        if isinstance(outer, ast.Call):
            name = last_name(outer.func)
            if inner is outer.func or name in _LOOKING:
                return _NEVER
            if name not in _PASSING:
                return _SURELY
        inner, outer = outer, module.nodes.parents[outer]
    if isinstance(outer, ast.For | ast.AsyncFor):
        return _SURELY if any(_steps(module, outer)) else _PERHAPS
    return _NEVER if isinstance(outer, ast.Attribute | ast.Expr) else _PERHAPS


def _steps(module: Module, loop: ast.For | ast.AsyncFor) -> Iterator[bool]:
    """Tell of each step of an optimizer whether it stands in a loop, in the same function."""
    home, (start, end) = function_around(module, loop), module.nodes.stretch(loop)
    for named in module.calls_named(*_STEPS):
        inside = start <= module.nodes.stretch(named.node)[0] < end
        yield inside and function_around(module, named.node) is home
