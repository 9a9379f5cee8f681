"""Seeds that are set by the files which import a document, told from their texts."""

from __future__ import annotations

import ast
import re
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mlaudit.rulekit import Fit, Pattern, Role
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.seed_names import ALL, HELPER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Module

    Function = ast.FunctionDef | ast.AsyncFunctionDef | None

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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
_OUTERMOST = Pattern(r"^(?!async |def |class )\w.*", re.MULTILINE)
_DEFINED = Pattern(r"^def (\w+)\(", re.MULTILINE)
_PREPARING = Pattern(r"(?i)seed|random|reproduc|determin|set_?up|init|configur")
_LEARNING = ("predictor", "wrapper", "search", "trainer")
_PROGRAM = ("ArgumentParser", "backward")
_WORKING = Pattern(
    r"\.\s*(fit\w*|backward|predict\w*|score|test|evaluate|validate|load_state_dict"
    r"|load_from_checkpoint)\s*\("
)
_TRAINING = frozenset({"fit", "train", "backward"})
_TEST = Pattern(r"(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$|(^|/)tests?/")


def seeded_by_callers(module: Module) -> frozenset[str]:
    """Name the generators that a file seeds which imports the document; tests do not count.

    Of what else such a file imports, the top level runs before anything that it does.
    """
    importing = frozenset[str]().union(*(_seeded(text) for _, text in _importing(module)))
    if importing.issuperset(ALL):
        return importing
    alongside = _but_tests(module.alongside)
    outermost = (_seeded(_top_level(text)) for _, text in alongside)
    return importing.union(*outermost, *_lent_seeds(module, alongside))


def seeded_by_programs(module: Module) -> frozenset[str]:
    """Name the generators that every program which trains seeds, for what no file imports.

    Where a program came to use such a document, its runs would be seeded like those of the others.
    """
    if module.importers or module.document.is_notebook or module.fact(Running).reaches_any:
        return frozenset()
    trees = module.mentioning(["__main__", *(f".{name}(" for name in sorted(_TRAINING))])
    programs = [frozenset(_seeded(ast.unparse(tree))) for tree in trees if _trains(tree)]
    return frozenset.intersection(*programs) if programs else frozenset()


def _trains(tree: ast.Module) -> bool:
    """Say whether a file trains a model when it runs: where it has no main part, at its top."""
    parts: list[ast.stmt] = tree.body
    if not any(isinstance(part, ast.If) and "__main__" in ast.unparse(part.test) for part in parts):
        parts = [part for part in parts if not isinstance(part, _DEFINITIONS)]
    called = (node.func for part in parts for node in ast.walk(part) if isinstance(node, ast.Call))
    return any(isinstance(func, ast.Attribute) and func.attr in _TRAINING for func in called)


def _lent_seeds(module: Module, alongside: list[tuple[str, str]]) -> Iterator[set[str]]:
    """Give what seeding functions set that lie beside the document and that its importers call."""
    functions = {name: seeds for _, text in alongside for name, seeds in _seeding_functions(text)}
    if functions:
        called = {
            target.rpartition(".")[2]
            for _, text in _importing(module)
            for target in _CALLED.findall(text)
        }
        yield from (functions[name] for name in functions.keys() & called)


def _seeding_functions(text: str) -> Iterator[tuple[str, set[str]]]:
    """Name the functions of a text that seed and whose names say so, each with the generators."""
    heads = [*_DEFINED.finditer(text)] if _seeded(text) else []
    for head, following in zip_longest(heads, heads[1:]):
        if not _PREPARING.search(head.group(1)):
            continue
        seeds = _seeded(text[head.end() : following.start() if following else len(text)])
        if seeds:
            yield head.group(1), seeds


def runs_here(module: Module, function: Function) -> bool:
    """Say whether the program runs a function for its own ends, not to try out what it lends."""
    running = module.fact(Running)
    return (
        running.reaches(function) and not running.lends(function) and not _users(module, function)
    )


def seeded_by_all_users(module: Module, function: Function, generator: str) -> bool:
    """Say whether all files seed a generator that use what the document itself only tries out."""
    users = _users(module, function)
    return bool(users) and all(generator in _seeded(text) for text in users)


def _users(module: Module, function: Function) -> list[str]:
    """Give the texts of the files that use a function which the document itself only tries out.

    It does so in its main part, where it learns nothing; a program that takes options is no trial.
    Beside files that do use it, one that tries it out as well has no say: no model is at work in
    it, and no other file imports it.
    """
    if function is None or not module.fact(Running).only_in_main(function):
        return []
    if module.calls_of(*_LEARNING) or module.calls_named(*_PROGRAM) or _learns_elsewhere(module):
        return []
    word = re.compile(rf"\b{_lent_name(module, function)}\b")
    importing = _importing(module)
    using = [(name, text) for name, text in importing if word.search(text)]
    working = [text for name, text in using if _works(text) or _lends(name, importing)]
    return working or [text for _, text in using]


def _works(text: str) -> bool:
    """Say whether a file may train, judge or ask a model: others only show what they prepare."""
    return _WORKING.search(text) is not None


def _lends(name: str, importing: Iterable[tuple[str, str]]) -> bool:
    """Say whether one of some files imports another of a name, or may."""
    stem = re.escape(PurePosixPath(name).stem)
    imported = re.compile(rf"(?m)^\s*(from|import)\b.*\b{stem}\b")
    return any(other != name and imported.search(text) for other, text in importing)


def _lent_name(module: Module, function: ast.AST) -> str:
    """Give the name that other files know a function by: its own, or that of its class."""
    above = module.nodes.parents[function]
    while not isinstance(above, ast.Module):
        function, above = above, module.nodes.parents[above]
    return getattr(function, "name", "")


def _learns_elsewhere(module: Module) -> bool:
    """Say whether the document has another file of the project train a model."""
    return any(fit.model.role is Role.PREDICTOR for fit in module.trace.of(Fit))


def _importing(module: Module) -> list[tuple[str, str]]:
    """Give the names and texts of the files that import the document, but for tests."""
    return _but_tests(module.importers)


def _but_tests(files: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    named = ((name.replace("\\", "/"), text) for name, text in files)
    return [(name, text) for name, text in named if not _TEST.search(name)]


def _top_level(text: str) -> str:
    """Give the lines of a text that no other one leads in, but for the heads of functions."""
    return "\n".join(_OUTERMOST.findall(text))


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
