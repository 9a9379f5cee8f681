"""CONF001: hyperparameters written as numbers inside the call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    says_test,
    says_validation,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Argument, Call, Finding, Module, Repair

_KINDS = frozenset(
    {
        "predictor",
        "wrapper",
        "clusterer",
        "resampler",
        "optimizer",
        "scheduler",
        "loader",
        "load",
        "train",
        "search",
        "trainer",
    }
)
_SETTINGS_OF_TRAINING = ("epochs", "nb_epoch", "batch_size", "steps_per_epoch")
_OWN_TRAINING = Pattern(r"^_?(fit|train|run_training)(?![a-z])")
_OWN_SETTINGS = frozenset(
    {
        *(f"{prefix}epochs" for prefix in ("", "n_", "num_", "nb_", "max_", "total_", "n")),
        *("nb_epoch", "batch_size", "bs", "lr", "learning_rate", "weight_decay", "momentum"),
    }
)
_TRAINING: dict[str, tuple[str | None, ...]] = {
    "fit": (None, None, "batch_size", "epochs"),
    "fit_generator": (None, "steps_per_epoch", "epochs"),
    "fit_one_cycle": ("epochs", "max_lr"),
}


class HardcodedHyperparameters(Rule):
    """Reports, once a call, the hyperparameters that it is given as numbers."""

    meta = RuleMeta(
        code="CONF001",
        name="hardcoded-hyperparameters",
        family="configuration",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help="Bind hyperparameters to names in one place, or read them from a configuration.",
        impact="Settings cannot be varied, searched or recorded without editing code.",
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge calls of libraries, then what trains, functions of the program included."""
        if not module.is_test:
            for node, given in _judged(module):
                yield self._finding(module, node, given)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Bind the numbers to names below the imports; where they belong, the author knows."""
        from mlaudit.rulekit.constants import settings_bound

        for node, given in _judged(module):
            if module.place(node).location == finding.location:
                call = module.call_at(finding.location)
                parameters = call.entry.parameters if call and call.entry else ()
                names = [name for name, _ in given]
                yield settings_bound(module, node, names, parameters)

    def _finding(
        self, module: Module, node: ast.Call, given: list[tuple[str, Argument]]
    ) -> Finding:
        listed = ", ".join(f"{name}={argument.text}" for name, argument in given)
        function = module.text(node.func).rsplit("\n", 1)[-1]
        return self.report(
            module.place(node),
            f"`{function}` is given {listed} as {'numbers' if len(given) > 1 else 'a number'} "
            "inside the call",
            fix=Fix(
                "Bind to names in one place, and pass the names.",
                "\n".join(f"{name.upper()} = {argument.text}" for name, argument in given),
            ),
        )


def _judged(module: Module) -> Iterator[tuple[ast.Call, list[tuple[str, Argument]]]]:
    """Find the calls that are given numbers as settings, each with these."""
    seen = set()
    for call in module.calls_of(*_KINDS):
        settings = call.entry.hyperparameters if call.entry else ()
        given = [
            (name, argument)
            for name in call.arguments
            if name in settings and _inline_number(argument := call.arguments[name])
        ]
        seen.add(call.node)
        if given and not _one_of_several(module, call.node) and not _only_judges(call):
            yield call.node, given
    own = [name for name in module.names.functions if _OWN_TRAINING.search(name)]
    for named in module.calls_named(*_TRAINING, *own):
        if named.node not in seen:
            given = _settings(module, named.node)
            if given:
                yield named.node, given


def _one_of_several(module: Module, node: ast.Call) -> bool:
    """Say whether a list holds such calls side by side: the settings that are to be tried."""
    around = module.nodes.parents.get(node)
    if not isinstance(around, ast.List | ast.Tuple):
        return False
    function = ast.dump(node.func)
    return any(
        isinstance(other, ast.Call) and other is not node and ast.dump(other.func) == function
        for other in around.elts
    )


def _only_judges(call: Call) -> bool:
    """Say whether a call makes batches of test or validation rows, whose size changes no result."""
    if call.entry is None or call.entry.kind != "loader" or call.is_random:
        return False
    rows = call.arguments.get("dataset")
    return rows is not None and (says_test(rows.text) or says_validation(rows.text))


def _inline_number(argument: Argument) -> bool:
    return argument.inline and _number(argument.value) and _tells(argument.value)


def _number(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(_number(item) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tells(value: object) -> bool:
    """Zero, one and minus one switch something off or leave it as it is."""
    return value not in (0, 1, -1)


def _settings(module: Module, node: ast.Call) -> list[tuple[str, Argument]]:
    """Find the settings of training in a call that trains, by a method or a function."""
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in _TRAINING:
        return list(_training_settings(module, node, _TRAINING[called.attr]))
    function = module.names.functions.get(called.id) if isinstance(called, ast.Name) else None
    trains = function is not None and _OWN_TRAINING.search(function.name) is not None
    return list(_own_settings(module, node, function)) if trains and function else []


def _own_settings(
    module: Module, node: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[tuple[str, Argument]]:
    """Find the settings of training in a call of a function of the program that trains."""
    names = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]
    starred = any(isinstance(value, ast.Starred) for value in node.args)
    given = [] if starred else list(zip(names, node.args, strict=False))
    given += [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
    for name, value in given:
        argument = module.argument(value)
        if name in _OWN_SETTINGS and _inline_number(argument):
            yield name, argument


def _training_settings(
    module: Module, node: ast.Call, positions: tuple[str | None, ...]
) -> Iterator[tuple[str, Argument]]:
    """Find epochs and batch size of a call that trains a network."""
    for name, value in zip(positions, node.args, strict=False):
        if name is not None and not isinstance(value, ast.Starred):
            argument = module.argument(value)
            if _inline_number(argument):
                yield name, argument
    for keyword in node.keywords:
        if keyword.arg in _SETTINGS_OF_TRAINING:
            argument = module.argument(keyword.value)
            if _inline_number(argument):
                yield keyword.arg, argument
