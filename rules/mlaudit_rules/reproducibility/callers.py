"""Seeds that are set by the files which import a document, told from their texts."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import Fit, Pattern, Role
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.seed_names import ALL, HELPER

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Function = ast.FunctionDef | ast.AsyncFunctionDef | None

_CALLED = Pattern(r"([\w.]*\w)\s*\(")
_IN = {
    "random.seed": ("python",),
    "np.random.seed": ("numpy",),
    "numpy.random.seed": ("numpy",),
    "torch.manual_seed": ("torch",),
    "manual_seed": ("torch",),
    "tf.random.set_seed": ("tensorflow",),
    "tensorflow.random.set_seed": ("tensorflow",),
    "tf.set_random_seed": ("tensorflow",),
}
_LEARNING = ("predictor", "wrapper", "search", "trainer")
_PROGRAM = ("ArgumentParser", "backward")
_TEST = Pattern(r"(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$|(^|/)tests?/")


def seeded_by_callers(module: Module) -> frozenset[str]:
    """Name the generators that a file seeds which imports the document; tests do not count."""
    return frozenset(generator for text in _importing(module) for generator in _seeded(text))


def runs_here(module: Module, function: Function) -> bool:
    """Say whether the program runs a function for its own ends, not to try out what it lends."""
    return module.fact(Running).reaches(function) and not _users(module, function)


def seeded_by_all_users(module: Module, function: Function, generator: str) -> bool:
    """Say whether all files seed a generator that use what the document itself only tries out."""
    users = _users(module, function)
    return bool(users) and all(generator in _seeded(text) for text in users)


def _users(module: Module, function: Function) -> list[str]:
    """Give the texts of the files that use a function which the document itself only tries out.

    It does so in its main part, where it learns nothing; a program that takes options is no trial.
    """
    if function is None or not module.fact(Running).only_in_main(function):
        return []
    if module.calls_of(*_LEARNING) or module.calls_named(*_PROGRAM) or _learns_elsewhere(module):
        return []
    word = re.compile(rf"\b{_lent_name(module, function)}\b")
    return [text for text in _importing(module) if word.search(text)]


def _lent_name(module: Module, function: ast.AST) -> str:
    """Give the name that other files know a function by: its own, or that of its class."""
    above = module.nodes.parents[function]
    while not isinstance(above, ast.Module):
        function, above = above, module.nodes.parents[above]
    return getattr(function, "name", "")


def _learns_elsewhere(module: Module) -> bool:
    """Say whether the document has another file of the project train a model."""
    return any(fit.model.role is Role.PREDICTOR for fit in module.trace.of(Fit))


def _importing(module: Module) -> list[str]:
    """Give the texts of the files that import the document, but for tests."""
    named = ((name.replace("\\", "/"), text) for name, text in module.importers)
    return [text for name, text in named if not _TEST.search(name)]


def _seeded(text: str) -> set[str]:
    if "seed" not in text and "determinis" not in text and "reproducib" not in text:
        return set()
    found: set[str] = set()
    code = "\n".join(line.partition("#")[0] for line in text.splitlines())
    for target in _CALLED.findall(code):
        if target in _IN:
            found.update(_IN[target])
        elif HELPER.fullmatch(target.rpartition(".")[2]):
            found.update(ALL)
    return found
