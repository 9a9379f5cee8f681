"""CONF002: one setting is written down in several places, and the places disagree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Rule, RuleMeta, Severity, Tier
from mlaudit_rules.configuration.counterparts import counterparts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Argument, Finding, Module

# They give what a model sees its shape and scale, which are the same wherever it is used.
_SHAPING = frozenset(
    {
        "target_size",
        "image_size",
        "img_size",
        "maxlen",
        "color_mode",
        "rescale",
        "input_size",
        "window_size",
        "n_mels",
        "sample_rate",
    }
)
_STEPS = {"steps_per_epoch": 0, "validation_steps": None, "steps": 0}


class ScatteredHyperparameter(Rule):
    """Reports settings that differ between the parts of the data, and steps of another batch."""

    meta = RuleMeta(
        code="CONF002",
        name="scattered-hyperparameter",
        family="configuration",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Bind the setting to a name once, and pass the name wherever it is needed.",
        impact="A model is judged on inputs of another shape or scale, or an epoch is not one.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what prepares the parts of the data, then the numbers of steps."""
        if module.is_test:
            return
        calls = [named.node for named in module.names.calls]
        shaping = [node for node in calls if _shapes(node)]
        for training, other in counterparts(module, shaping):
            yield from self._differing(module, training, other)
        for node in calls:
            if any(keyword.arg in _STEPS for keyword in node.keywords):
                yield from self._steps(module, node)

    def _differing(self, module: Module, training: ast.Call, other: ast.Call) -> Iterator[Finding]:
        first, second = _settings(module, training), _settings(module, other)
        names = [
            name
            for name in sorted(first.keys() & second.keys())
            if first[name].value != second[name].value
        ]
        if names:
            differences = " and ".join(
                f"`{name}` is {second[name].text} here and {first[name].text} for the training part"
                for name in names
            )
            yield self.report(
                module.place(other),
                differences,
                evidence=[("for training", module.place(training))],
                fix=Fix(
                    "Write it once.",
                    "\n".join(f"{name.upper()} = {first[name].text}" for name in names),
                ),
            )

    def _steps(self, module: Module, node: ast.Call) -> Iterator[Finding]:
        """Compare the number that a count of rows is divided by with the size of the batches."""
        given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        for name, position in _STEPS.items():
            divisor = _divisor(given.get(name))
            source = given.get("validation_data") if position is None else _first(node, given)
            loader = _made_by(module, source)
            if divisor is None or loader is None:
                continue
            batch = _keyword(module, loader, "batch_size")
            size = module.argument(divisor)
            if batch is None or not (batch.known and size.known) or batch.value == size.value:
                continue
            yield self.report(
                module.place(node),
                f"`{name}` counts batches of {size.text}, and the batches are of {batch.text}",
                evidence=[("batches made here", module.place(loader))],
                fix=Fix("Write it once.", f"BATCH_SIZE = {batch.text}"),
            )


def _shapes(node: ast.Call) -> bool:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "Normalize":
        return True
    return any(keyword.arg in _SHAPING for keyword in node.keywords)


def _settings(module: Module, node: ast.Call) -> dict[str, Argument]:
    found = {
        keyword.arg: module.argument(keyword.value)
        for keyword in node.keywords
        if keyword.arg in _SHAPING
    }
    if isinstance(node.func, ast.Attribute) and node.func.attr == "Normalize":
        values = zip(("mean", "std"), node.args, strict=False)
        found |= {name: module.argument(value) for name, value in values}
        found |= {
            keyword.arg: module.argument(keyword.value)
            for keyword in node.keywords
            if keyword.arg in {"mean", "std"}
        }
    return {name: argument for name, argument in found.items() if name and argument.known}


def _divisor(node: ast.expr | None) -> ast.expr | None:
    """Find the 32 of `len(rows) // 32`, also inside `int` and `ceil`."""
    while isinstance(node, ast.Call) and len(node.args) == 1:
        node = node.args[0]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv):
        return node.right
    return None


def _first(node: ast.Call, given: dict[str, ast.expr]) -> ast.expr | None:
    return node.args[0] if node.args else given.get("generator", given.get("x"))


def _made_by(module: Module, node: ast.expr | None) -> ast.Call | None:
    """Find the call that makes the batches: at hand, or bound to a name just once."""
    if isinstance(node, ast.Call):
        return node
    if not isinstance(node, ast.Name):
        return None
    made = [
        assigned.value
        for assigned in module.nodes.find(ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == node.id for target in assigned.targets)
    ]
    return made[0] if len(made) == 1 and isinstance(made[0], ast.Call) else None


def _keyword(module: Module, node: ast.Call, name: str) -> Argument | None:
    return next(
        (module.argument(keyword.value) for keyword in node.keywords if keyword.arg == name), None
    )
