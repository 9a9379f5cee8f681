"""SEED010: every round of a loop sets the same seed, and so draws the same numbers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Needs,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    last_name,
    quoted,
)
from mlaudit_rules.reproducibility.learning import learns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Finding, Module

    Loop = ast.For | ast.AsyncFor

# Rounds that repeat one experiment; folds, models and settings are meant to share a seed.
_REPEATING = Pattern(r"(?i)^(epochs?|ep|steps?|iter\w*|batch\w*|runs?|rep\w*|trials?|rounds?|_+)$")
# Items of batches are rows, and those of any other round are settings.
_ROWS = Pattern(r"(?i)^batch\w*$")
_COMBINING = frozenset({"product", "ParameterGrid", "ParameterSampler"})
_COUNTING = Pattern(r"^[a-z]$")
_SHOWING = frozenset({"print", "info", "debug", "format", "log", "set_description"})


class ReseededInLoop(Rule):
    """Reports seeds of a fixed value inside loops over epochs, batches and repetitions."""

    meta = RuleMeta(
        code="SEED010",
        name="reseeded-in-loop",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Seed once before the loop, or derive the seed from the round.",
        impact="Repetitions repeat one another, and augmentation and noise never vary.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(calls=("seed",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the seeds that stand directly in the body of a loop."""
        if module.is_test or not module.fact(learns):
            return
        for call in module.calls_of("seed"):
            loop = _loop(module, call) if call.in_loop else None
            if loop is not None and _repeats(module, loop) and _same_each_round(module, call, loop):
                yield self.report(
                    call.place,
                    f"{quoted(call.place)} is set in every round of the loop over "
                    f"`{module.text(loop.target)}`: each round draws the same random numbers",
                    evidence=[("loop", module.place(loop.iter))],
                    fix=Fix("Seed once, before the loop.", call.place.text),
                )


def _loop(module: Module, call: Call) -> Loop | None:
    """Find the loop in whose body the seed stands, under no condition."""
    parents = module.nodes.parents
    statement = parents.get(call.node)
    loop = parents.get(statement) if isinstance(statement, ast.Expr) else None
    return loop if isinstance(loop, ast.For | ast.AsyncFor) else None


def _repeats(module: Module, loop: Loop) -> bool:
    """Say whether the rounds are epochs, batches or repetitions of one experiment."""
    names = [name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)]
    if any(_REPEATING.match(name) for name in names):
        return not _tries_settings(module, loop)
    counts = isinstance(loop.iter, ast.Call) and last_name(loop.iter.func) in {"range", "trange"}
    return counts and all(_COUNTING.match(name) for name in names) and not _used(module, loop)


def _tries_settings(module: Module, loop: Loop) -> bool:
    """Say whether the rounds go through settings: combined in the loop, or read of each round."""
    calls = module.nodes.find(ast.Call, within=loop.iter)
    if any(last_name(call.func) in _COMBINING for call in calls):
        return True
    names = {name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
    return any(
        node.id in names and not _ROWS.match(node.id) and _gives_setting(module, node)
        for statement in loop.body
        for node in module.nodes.find(ast.Name, within=statement)
    )


def _gives_setting(module: Module, node: ast.Name) -> bool:
    """Say whether a name is read as `run.width` or `run["width"]`, and told to do nothing."""
    parents = module.nodes.parents
    match parents[node]:
        case ast.Attribute(ctx=ast.Load()) as item:
            user = parents[item]
            return not (isinstance(user, ast.Call) and user.func is item)
        case ast.Subscript(ctx=ast.Load(), slice=ast.Constant(value=str())):
            return True
    return False


def _used(module: Module, loop: Loop) -> bool:
    """Say whether the round's number decides anything but what is shown."""
    parents = module.nodes.parents
    names = {name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
    for statement in loop.body:
        for node in module.nodes.find(ast.Name, within=statement):
            if node.id not in names:
                continue
            user = parents[node]
            while isinstance(user, ast.JoinedStr | ast.FormattedValue | ast.BinOp | ast.keyword):
                user = parents[user]
            if not (isinstance(user, ast.Call) and last_name(user.func) in _SHOWING):
                return True
    return False


def _same_each_round(module: Module, call: Call, loop: Loop) -> bool:
    """Say whether the seed is given, and computed from nothing that the loop changes."""
    values = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
    changed = {
        node.id
        for node in module.nodes.find(ast.Name, within=loop)
        if isinstance(node.ctx, ast.Store)
    }
    inside = [node for value in values for node in module.nodes.below(value)]
    return bool(values) and not any(
        isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id in changed)
        for node in inside
    )
