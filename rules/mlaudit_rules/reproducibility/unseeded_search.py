"""SEED004: a search over settings tries other settings in every run."""

from __future__ import annotations

import ast
from math import ceil, prod
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Needs, Rule, RuleMeta, Severity, last_name
from mlaudit_rules.reproducibility.bindings import bound_before, sole_values
from mlaudit_rules.reproducibility.callers import runs_here
from mlaudit_rules.reproducibility.never_run import left_out
from mlaudit_rules.reproducibility.reseeding import seeded
from mlaudit_rules.reproducibility.seeding import (
    Seeding,
    by_whom,
    generator_of,
    seed_fix,
    without_seed,
)
from mlaudit_rules.reproducibility.toys import computes_only

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Finding, Module, Repair

_SEARCHING = frozenset({"search", "tuner"})
_TRIALS = frozenset({"optimize", "ask"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# As many settings as scikit-learn tries unless told otherwise.
_USUAL_TRIALS = 10


class UnseededSearch(Rule):
    """Reports searches that draw the settings they try, and that no seed reaches."""

    meta = RuleMeta(
        code="SEED004",
        name="unseeded-search",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Give the search, or its sampler, a fixed seed.",
        impact="Another run tries other settings and may well choose another model.",
    )
    needs = Needs(unseeded=("search", "tuner", "generator"))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the searches and studies, then the samplers of studies."""
        if module.is_test:
            return
        calls = [call for call in module.calls_of(*_SEARCHING, "generator") if _unseeded(call)]
        if not calls:
            return
        seeding = module.fact(Seeding)
        for call in calls:
            if _studied_elsewhere(module, call) or _exhausts(module, call):
                continue
            if computes_only(module, call) or left_out(module, call.node, call.function):
                continue
            if not _own_generator(call):
                generator = generator_of(call)
                if seeding.reaches(generator, call) or seeding.after(generator, call):
                    continue  # it draws only when it is fitted
            here = runs_here(module, call.function)
            of_some = by_whom(here or _own_generator(call))
            yield self.report(
                call.place,
                f"`{_short(call)}` {_tries(call)} in every run{of_some}: {_reason(call, here)}",
                conditional=not here,
                fix=_fix(module, call),
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Give the call a seed."""
        return seeded(module, finding)


def _unseeded(call: Call) -> bool:
    entry = call.entry
    if entry is None or not (entry.kind in _SEARCHING or _is_sampler(call)):
        return False
    if not call.is_random or not call.lacks_seed:
        return False
    if entry.name == "HalvingGridSearchCV":
        resource = call.arguments.get("resource")
        return resource is None or resource.value == "n_samples"
    return entry.library != "ray" or "sampler" not in call.arguments


def _is_sampler(call: Call) -> bool:
    entry = call.entry
    return entry is not None and entry.library == "optuna" and entry.kind == "generator"


def _own_generator(call: Call) -> bool:
    """Say whether the search makes a generator of its own, which no global seed reaches."""
    return call.entry is not None and not call.entry.generators


def _studied_elsewhere(module: Module, call: Call) -> bool:
    """Say whether a study gets its sampler later, or makes no trials behind its call."""
    if _is_sampler(call) and isinstance(module.nodes.parents.get(call.node), ast.keyword):
        return not module.fact(_trials)
    if call.entry is None or call.entry.seed != "sampler":
        return False
    if module.fact(_stores_sampler):
        return True
    trials = module.fact(_trials)
    return not any(_may_try(module, call, node) for node in trials)


def _trials(module: Module) -> list[ast.Attribute]:
    """List the methods that make or ask for trials."""
    return [node for node in module.nodes.find(ast.Attribute) if node.attr in _TRIALS]


def _stores_sampler(module: Module) -> bool:
    attributes = module.nodes.find(ast.Attribute)
    return any(node.attr == "sampler" and isinstance(node.ctx, ast.Store) for node in attributes)


def _may_try(module: Module, call: Call, trial: ast.Attribute) -> bool:
    """Say whether trials are made with the study of a call, which may only be looked at.

    What other functions try may be handed to them.
    """
    around = module.nodes.parents.get(trial)
    while around is not None and not isinstance(around, _FUNCTIONS):
        around = module.nodes.parents.get(around)
    if around is not call.function or call.in_loop:
        return True
    if module.nodes.stretch(trial)[0] < module.nodes.stretch(call.node)[0]:
        return trial.value is call.node
    made = module.nodes.parents.get(call.node)
    names = {last_name(target) for target in made.targets} if isinstance(made, ast.Assign) else {""}
    return "" in names or last_name(trial.value) in names


def _exhausts(module: Module, call: Call) -> bool:
    """Say whether the search has trials enough to try all of a grid of literal lists."""
    if call.entry is None or call.entry.name != "RandomizedSearchCV":
        return False
    trials = call.arguments.get("n_iter")
    if trials is not None and not isinstance(trials.value, int):
        return False
    given = [*call.node.args[1:2], *_keyword(call.node, "param_distributions")]
    grid = given[0] if given else None
    if isinstance(grid, ast.Name):
        grid = module.fact(sole_values).get(grid.id) or bound_before(module, grid)
    if not isinstance(grid, ast.Dict):
        return False
    sizes = [size for value in grid.values if (size := _size(value)) is not None]
    number = trials.value if trials is not None else _USUAL_TRIALS
    return len(sizes) == len(grid.values) and prod(sizes) <= int(str(number))


def _size(values: ast.expr) -> int | None:
    """Count the values of a literal list or of a range of literal bounds, None where unknown."""
    if isinstance(values, ast.List | ast.Tuple):
        return len(values.elts)
    if not isinstance(values, ast.Call) or values.keywords:
        return None
    given = [value.value for value in values.args if isinstance(value, ast.Constant)]
    numbers = [float(number) for number in given if isinstance(number, int | float)]
    if len(numbers) != len(values.args) or not numbers:
        return None
    name = last_name(values.func)
    if name in {"linspace", "logspace", "geomspace"} and len(numbers) == 3:
        return int(numbers[2])
    if name not in {"arange", "range"} or len(numbers) > 3 or numbers[2:] == [0]:
        return None
    first, last = (numbers[0], numbers[1]) if len(numbers) > 1 else (0.0, numbers[0])
    return max(0, ceil((last - first) / (numbers[2] if len(numbers) > 2 else 1)))


def _keyword(node: ast.Call, name: str) -> list[ast.expr]:
    return [keyword.value for keyword in node.keywords if keyword.arg == name]


def _short(call: Call) -> str:
    return call.name.rsplit(".", 1)[-1]


def _tries(call: Call) -> str:
    if call.entry is not None and call.entry.name == "HalvingGridSearchCV":
        return "judges its settings on other rows"
    return "draws other settings"


def _reason(call: Call, here: bool) -> str:
    seed = call.entry.seed if call.entry else ""
    lacking = f"`{seed}` is None" if seed in call.arguments else f"no `{seed}` is given"
    if seed == "sampler":
        return f"{lacking}, and global seeds do not reach the default one"
    if _own_generator(call):
        return f"{lacking}, and global seeds do not reach it"
    return f"{lacking}, and {without_seed(generator_of(call), here)}"


def _fix(module: Module, call: Call) -> Fix | None:
    entry = call.entry
    if entry is not None and entry.seed == "sampler":
        return Fix(
            "Give the study a sampler with a fixed seed.",
            "sampler=optuna.samplers.TPESampler(seed=42)",
        )
    if entry is not None and entry.library == "hyperopt":
        return Fix("Give the search a seeded generator.", "rstate=np.random.default_rng(42)")
    return seed_fix(module, call)
