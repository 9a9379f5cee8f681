"""SEED013: deterministic algorithms are asked for, and the choice among them is left to chance."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    spelt,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

_BENCHMARK = "cudnn.benchmark"
_DETERMINISTIC = "cudnn.deterministic"
_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)


class NondeterminismClaimedAway(Rule):
    """Reports `cudnn.benchmark = True` beside what asks for deterministic algorithms."""

    meta = RuleMeta(
        code="SEED013",
        name="nondeterminism-claimed-away",
        family="reproducibility",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help="Set torch.backends.cudnn.benchmark to False where runs are to repeat.",
        impact="Runs on a GPU differ in their last digits, while the code asks that they do not.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(words=("benchmark",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the switches of cuDNN, then the trainers of Lightning."""
        if module.is_test or "benchmark" not in module.document.text:
            return
        asked = list(_asked(module))
        for block, node in _last_set(module, _BENCHMARK):
            beside = next((claim for where, claim in asked if where is block), None)
            if beside is not None and _is_true(node.value):
                yield self._finding(module, node, beside)
        for call in module.calls_of("trainer"):
            benchmark = call.arguments.get("benchmark")
            deterministic = call.arguments.get("deterministic")
            if benchmark and deterministic and benchmark.value and deterministic.value:
                yield self._finding(module, call.node, call.node)

    def _finding(self, module: Module, node: ast.AST, claim: ast.AST) -> Finding:
        return self.report(
            module.place(node),
            "cuDNN's benchmark chooses the fastest algorithm anew in every run, beside a request "
            "for deterministic ones: results still differ from run to run",
            evidence=[("asked for here", module.place(claim))] if claim is not node else (),
            fix=Fix("Switch the benchmark off.", "torch.backends.cudnn.benchmark = False"),
        )


def _asked(module: Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Find what asks for deterministic algorithms, with the block that it stands in."""
    for block, node in _last_set(module, _DETERMINISTIC):
        if _is_true(node.value):
            yield block, node
    for named in module.calls_named("use_deterministic_algorithms"):
        call = named.node
        if call.args and _is_true(call.args[0]):
            yield _block(module, module.nodes.parents[call]), call


def _last_set(module: Module, attribute: str) -> Iterator[tuple[ast.AST, ast.Assign]]:
    """Find the last assignment of each block to an attribute of `torch.backends`."""
    last: dict[ast.AST, ast.Assign] = {}
    for node in module.nodes.find(ast.Assign):
        if any(spelt(target).endswith(attribute) for target in node.targets):
            last[_block(module, node)] = node
    yield from last.items()


def _block(module: Module, statement: ast.AST) -> ast.AST:
    """Give the branch or the body that a statement belongs to.

    The two branches of a condition are two blocks, each named by its first statement.
    """
    parent = module.nodes.parents.get(statement)
    if parent is None or isinstance(parent, _BLOCKS):
        return parent or statement
    for body in (getattr(parent, "body", []), getattr(parent, "orelse", [])):
        if isinstance(body, list) and statement in body:
            first: ast.AST = body[0]
            return first
    return statement


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
