"""CONF008: settings are tried in a loop written by hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Rule, RuleMeta, Severity, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Finding, Module

    Loop = ast.For | ast.AsyncFor

_MODELS = frozenset({"predictor", "wrapper"})
_JUDGING = frozenset({"metric", "cross-validate"})
_SCORING = frozenset({"score", "evaluate"})
# They say how much is learned from, or how often, and are no settings to choose.
_NO_CHOICE = frozenset({"random_state", "seed", "n_jobs", "verbose", "max_iter"})


class ManualSearch(Rule):
    """Reports loops that make a model of each of several settings and score it."""

    meta = RuleMeta(
        code="CONF008",
        name="manual-search",
        family="configuration",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help="Search by GridSearchCV or RandomizedSearchCV on the training part.",
        impact="The choice is made by eye, often on one split, and its alternatives are lost.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the outermost loop around each model that takes its settings from loops."""
        if module.is_test:
            return
        seen: set[ast.AST] = set()
        for call in module.calls:
            if call.entry is None or call.entry.kind not in _MODELS or not call.in_loop:
                continue
            loops = [loop for loop in _loops(module, call) if _varied(call, loop)]
            if not loops or loops[-1] in seen or not _scores(module, loops[0]):
                continue
            seen.add(loops[-1])
            if not _chosen_on_test(module, loops[-1]):
                yield self._finding(module, call, loops)

    def _finding(self, module: Module, call: Call, loops: list[Loop]) -> Finding:
        names = sorted({name for loop in loops for name in _varied(call, loop)})
        model = call.name.rsplit(".", 1)[-1]
        grid = ", ".join(f'"{name}": [...]' for name in names)
        return self.report(
            module.place(loops[-1].iter),
            f"A loop tries {' and '.join(f'`{name}`' for name in names)} of `{model}` one by one",
            evidence=[("made here", call.place)],
            fix=Fix("Let a search try them.", f"GridSearchCV({model}(), {{{grid}}})"),
        )


def _loops(module: Module, call: Call) -> Iterator[Loop]:
    """Give the loops around a call, the innermost first."""
    parents = module.nodes.parents
    node: ast.AST = call.node
    while node in parents and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node = parents[node]
        if isinstance(node, ast.For | ast.AsyncFor):
            yield node


def _varied(call: Call, loop: Loop) -> list[str]:
    """Name the hyperparameters of a model that a loop varies."""
    targets = {name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
    known = call.entry.hyperparameters if call.entry else ()
    return [
        name
        for name, argument in call.arguments.items()
        if argument.text in targets and name in known and name not in _NO_CHOICE
    ]


def _scores(module: Module, loop: Loop) -> bool:
    """Say whether the body of a loop judges what it has made."""
    judging = {call.node for call in module.calls if call.entry and call.entry.kind in _JUDGING}
    return any(
        node in judging or (isinstance(node.func, ast.Attribute) and node.func.attr in _SCORING)
        for node in module.nodes.find(ast.Call, within=loop)
    )


def _chosen_on_test(module: Module, loop: Loop) -> bool:
    """Say whether the loop chooses by the reported score, which is the greater fault."""
    lines = range(loop.lineno, (loop.end_lineno or loop.lineno) + 1)
    return any(
        chosen.choice.place.line in lines or chosen.report.place.line in lines
        for chosen in module.trace.chosen_on_reported
    )
