"""SEED008: worker processes draw random numbers that no seed of the main process reaches."""

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
    frozen,
    last_name,
    spelt,
)
from mlaudit_rules.reproducibility.draws import has_workers
from mlaudit_rules.reproducibility.learning import learns
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.seeding import Seeding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Finding, Module

# What such a call does may be to train; `train_dataloader` and the like only give data.
_TRAINING = Pattern(
    r"(?i)(train|fit|learn|optimi|epoch|main|run)(?!\w*(load|data|set|split|transf))"
)
_FETCHING = frozenset({"__getitem__", "__iter__", "__getitems__"})
_OWN_GENERATORS = frozenset(
    {"numpy.random.default_rng", "numpy.random.RandomState", "random.Random"}
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@frozen
class _Drawing:
    """A draw in a data set's class; `own` says that it uses a generator kept on the data set."""

    node: ast.Call
    own: bool


class WorkerSeeds(Rule):
    """Reports loaders with workers whose data set draws NumPy numbers without a worker seed."""

    meta = RuleMeta(
        code="SEED008",
        name="worker-seeds",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Seed NumPy in every worker with worker_init_fn, or draw with PyTorch.",
        impact="Augmentation differs from run to run, or repeats itself in every worker.",
    )
    needs = Needs(calls=("loader",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge each loader by the class of the data set that it loads; one finding a class."""
        if module.is_test:
            return
        loaders = [
            call
            for call in module.calls_of("loader")
            if has_workers(call) and not _initialised(call)
        ]
        if not loaders:
            return
        drawing = {
            name: draw
            for name, node in module.names.classes.items()
            if (draw := _draw_of(module, node)) is not None
        }
        if not drawing:
            return
        torch_seeded = module.fact(Seeding).seeds("torch")
        running = module.fact(Running)
        origins = _Origins(module, set(drawing))
        shown = _only_shown(module)
        for loader in loaders:
            for name in sorted(origins.of(loader) & drawing.keys()):
                draw = drawing[name]
                seeded = torch_seeded or "generator" in loader.arguments
                # A module that only makes loaders for others does not show what these seed.
                if draw.own or not (seeded or not running.reaches(loader.function) or shown):
                    yield self._finding(module, loader, name, drawing.pop(name))

    def _finding(self, module: Module, loader: Call, name: str, draw: _Drawing) -> Finding:
        text = module.text(draw.node.func)
        workers = loader.arguments.get("num_workers")
        if draw.own:
            message = (
                f"Each worker gets a copy of the generator that `{name}` keeps, so that `{text}` "
                "draws the same numbers in all of them, and again in every epoch"
            )
        else:
            message = (
                f"`{text}` in `{name}` runs in worker processes: no seed of NumPy reaches them, "
                "they take theirs from PyTorch's generator, which nothing seeds (before "
                "PyTorch 1.9 all workers even draw the same numbers)"
            )
        return self.report(
            loader.place,
            message,
            evidence=[("drawn here", module.place(draw.node))],
            conditional=workers is None or not workers.known,
            fix=Fix(
                "Seed NumPy in each worker from PyTorch's seed, and seed PyTorch.",
                "def seed_worker(worker_id):\n"
                "    np.random.seed(torch.initial_seed() % 2**32)\n\n"
                "# DataLoader(..., worker_init_fn=seed_worker)",
            ),
        )


def _only_shown(module: Module) -> bool:
    """Say whether a file that others import is only looked at where it runs by itself."""
    guarded = any(
        isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
        for node in module.tree.body
    )
    return guarded and not (
        learns(module) or any(_TRAINING.search(last_name(c.node.func)) for c in module.names.calls)
    )


def _initialised(loader: Call) -> bool:
    return "worker_init_fn" in loader.arguments or loader.spread


def _draw_of(module: Module, node: ast.ClassDef) -> _Drawing | None:
    """Find the first NumPy draw, or draw from a generator of its own, of a data set's class."""
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    if not any(method.name in _FETCHING for method in methods):
        return None
    kept = _kept_generators(module, methods)
    for method in methods:
        if method.name == "__init__":
            continue
        for inner in ast.walk(method):
            if isinstance(inner, ast.Name | ast.Attribute) and "worker_info" in spelt(inner):
                return None
        for inner in ast.walk(method):
            if not isinstance(inner, ast.Call) or not isinstance(inner.func, ast.Attribute):
                continue
            if _global_numpy(module, inner):
                return _Drawing(inner, own=False)
            if spelt(inner.func.value) in kept:
                return _Drawing(inner, own=True)
    return None


def _global_numpy(module: Module, node: ast.Call) -> bool:
    name = module.names.resolve(node.func)
    entry = module.catalogue.find(name) if name else None
    return entry is not None and entry.kind == "draw" and entry.generators[:1] == ("numpy",)


def _kept_generators(module: Module, methods: list[ast.FunctionDef]) -> set[str]:
    return {
        spelt(node.targets[0])
        for method in methods
        if method.name == "__init__"
        for node in ast.walk(method)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Attribute)
        and isinstance(node.value, ast.Call)
        and module.names.resolve(node.value.func) in _OWN_GENERATORS
    }


class _Origins:
    """Of which of the given classes the values of names may be made, through any calls between."""

    def __init__(self, module: Module, classes: set[str]):
        self._nodes = module.nodes
        self._classes = classes
        self._values: dict[str, list[ast.Assign]] = {}
        for target, node in _assignments(module):
            self._values.setdefault(target, []).append(node)

    def of(self, loader: Call) -> set[str]:
        """Name the classes of the data set that a loader loads."""
        given = loader.node.args[:1] or [
            keyword.value for keyword in loader.node.keywords if keyword.arg == "dataset"
        ]
        waiting = self._names(given[0]) if given else set()
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            found.add(name)
            for node in self._values.get(name, ()):
                if not self._is_after(node, loader.node):
                    waiting |= self._names(node.value) - found
        return found & self._classes

    def _names(self, node: ast.AST) -> set[str]:
        return {inner.id for inner in self._nodes.find(ast.Name, within=node)}

    def _is_after(self, assignment: ast.Assign, loader: ast.Call) -> bool:
        """Whether a loader has been made, in the same scope, when a name gets its value."""
        if assignment.lineno <= loader.lineno:
            return False
        (scope, loops), (other, around) = self._above(assignment), self._above(loader)
        return scope is other and not loops & around

    def _above(self, node: ast.AST) -> tuple[ast.AST | None, set[ast.AST]]:
        """Find the function that a node stands in, and the loops around it there."""
        loops: set[ast.AST] = set()
        above = self._nodes.parents.get(node)
        while above is not None and not isinstance(above, _SCOPES):
            if isinstance(above, ast.For | ast.While):
                loops.add(above)
            above = self._nodes.parents.get(above)
        return (above if isinstance(above, _SCOPES) else None), loops


def _assignments(module: Module) -> Iterator[tuple[str, ast.Assign]]:
    for node in module.nodes.find(ast.Assign):
        for target in node.targets:
            for name in module.nodes.find(ast.Name, within=target):
                yield name.id, node
