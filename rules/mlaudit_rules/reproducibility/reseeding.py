"""Edits that give a call a seed: the one that the program has already, else 42."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from mlaudit.rulekit import NoRepair, Repair
from mlaudit_rules.reproducibility.seeding import SEED_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Finding, Module

_USUAL = "42"
_SAMPLER = "samplers.TPESampler"


def seeded(module: Module, finding: Finding) -> Iterator[Repair]:
    """Give the call at a finding a seed of its own."""
    call = module.call_at(finding.location)
    if call is None or call.entry is None or call.entry.seed is None:
        return
    repair = Repair(module)
    repair.argument(call.node, call.entry.seed, _value(module, call, call.entry.seed))
    yield repair


def seed_of(module: Module, node: ast.AST) -> str:
    """Give the seed to write at a node: a constant of the program, or the number it uses most."""
    used = Counter(
        given.value
        for call in module.calls
        if call.entry is not None
        and call.entry.seed is not None
        and (given := call.arguments.get(call.entry.seed)) is not None
        and given.inline
        and type(given.value) is int
    )
    usual = str(used.most_common(1)[0][0]) if used else _USUAL
    return next(_constants(module, node), usual)


def _constants(module: Module, node: ast.AST) -> Iterator[str]:
    """List the seeds that have a name at the top level before a node, or before what holds it."""
    line = module.place(node).line
    for statement in module.tree.body:
        if statement.lineno >= line:
            return
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and SEED_NAME.match(target.id):
            value = module.names.literals.get(target.id)
            if isinstance(value, ast.Constant) and type(value.value) is int:
                yield target.id


def _value(module: Module, call: Call, parameter: str) -> str:
    seed = seed_of(module, call.node)
    if parameter == "generator":
        return f"{_library(module, call, 'torch')}.Generator().manual_seed({seed})"
    if parameter == "sampler":
        return f"{_library(module, call, 'optuna')}.{_SAMPLER}(seed={seed})"
    if parameter == "rstate":
        return f"{_library(module, call, 'numpy')}.random.default_rng({seed})"
    return seed


def _library(module: Module, call: Call, name: str) -> str:
    """Give the name by which a call can speak of a library that the program imports."""
    for statement in module.tree.body:
        if isinstance(statement, ast.Import) and statement.lineno < call.place.line:
            for alias in statement.names:
                if alias.name == name or (not alias.asname and alias.name.startswith(f"{name}.")):
                    return alias.asname or name
    raise NoRepair
