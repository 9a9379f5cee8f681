"""SEED003: an estimator that draws random numbers learns something else in every run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.seeding import (
    Seeding,
    generator_of,
    is_random,
    lacks_seed,
    seed_fix,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Finding, Module

_MODELS = {"predictor", "wrapper", "clusterer", "resampler"}
_TRANSFORMERS = {"transformer", "selector", "encoder"}
# They place the rows at hand in a plane and transform no others: what they draw is a picture.
_PICTURES = {"TSNE", "MDS", "SpectralEmbedding", "UMAP", "LocallyLinearEmbedding", "Isomap"}
# Without these arguments their seed only decides between splits that are equally good.
_TIES = ("DecisionTree", "GradientBoosting", "AdaBoost")
_DRAWING = {"max_features", "subsample", "splitter", "estimator", "base_estimator"}


class UnseededEstimator(Rule):
    """Reports estimators that are random as they are written, and that no seed reaches."""

    meta = RuleMeta(
        code="SEED003",
        name="unseeded-estimator",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Give the estimator a random_state.",
        impact="The model, and every score reported for it, changes from run to run.",
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the construction of estimators."""
        if module.is_test:
            return
        models = any(_kind(call) in _MODELS for call in module.calls)
        kinds = _MODELS | _TRANSFORMERS if models else _MODELS
        calls = [call for call in module.calls if _kind(call) in kinds and _unseeded(call)]
        if not calls:
            return
        seeding, running = module.fact(Seeding), module.fact(Running)
        seeded_elsewhere = _SeededElsewhere(module)
        for call in calls:
            generator = generator_of(call)
            if seeding.reaches(generator, call) or seeded_elsewhere.holds(call):
                continue
            if _dropped(module, call):
                continue
            late = seeding.late(generator, call)
            yield self.report(
                call.place,
                f"`{call.name.rsplit('.', 1)[-1]}` {_varies(call)}: {_reason(call)}, "
                "and NumPy's global generator is not seeded before it",
                evidence=[("seeded only here", late)] if late else (),
                confidence=Confidence.MEDIUM if _draws_ties(call) else None,
                conditional=not running.reaches(call.function),
                fix=seed_fix(module, call),
            )


def _unseeded(call: Call) -> bool:
    entry = call.entry
    if entry is None or entry.name in _PICTURES:
        return False
    return is_random(call) and lacks_seed(call)


def _varies(call: Call) -> str:
    kind = _kind(call)
    if kind == "resampler":
        return "draws other rows in every run"
    if kind == "clusterer":
        return "starts from other points in every run"
    if _draws_ties(call):
        return "chooses at random between equally good splits in every run"
    return "learns something else in every run"


def _draws_ties(call: Call) -> bool:
    name = call.entry.name if call.entry else ""
    return name.rsplit(".", 1)[-1].startswith(_TIES) and not _DRAWING & call.arguments.keys()


def _reason(call: Call) -> str:
    seed = call.entry.seed if call.entry else ""
    return f"its `{seed}` is None" if seed in call.arguments else f"it has no `{seed}`"


def _dropped(module: Module, call: Call) -> bool:
    """Say whether the estimator is bound to a name at the top level that is then never read."""
    bindings = [
        (node, node.targets[0].id)
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    name = next((name for node, name in bindings if node.value is call.node), None)
    if name is None:
        return False
    start = call.place.end_line
    later = [node for node, other in bindings if other == name and node.lineno > start]
    end = later[0].end_lineno if later else None
    return not any(
        node.id == name
        and isinstance(node.ctx, ast.Load)
        and node.lineno > start
        and (end is None or node.lineno <= end)
        for node in module.nodes.find(ast.Name)
    )


class _SeededElsewhere:
    """Estimators whose seed is set by what they are given to, or after their construction."""

    def __init__(self, module: Module):
        self._inside: set[ast.AST] = set()
        self._names: set[str] = set()
        self._nodes = module.nodes
        nodes = module.nodes.below()
        self._set_later = any(_sets_state(node) for node in nodes)
        searched = any(_names_state(node) for node in nodes)
        entries = {call.node: call for call in module.calls}
        for node in nodes:
            if isinstance(node, ast.Call):
                call = entries.get(node)
                if _seeds_inner(node, call) or (searched and call and _kind(call) == "search"):
                    self._enter(node, named=call is None or not _unseeded(call))
        self._lone = self._names - _used_outside(nodes, self._inside)
        self._bound = {
            node.value: node.targets[0].id
            for node in nodes
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }

    def holds(self, call: Call) -> bool:
        """Say whether the estimator made by the call gets its seed from elsewhere."""
        if self._set_later or call.node in self._inside:
            return True
        return self._bound.get(call.node) in self._lone

    def _enter(self, outer: ast.Call, *, named: bool) -> None:
        for argument in (*outer.args, *(keyword.value for keyword in outer.keywords)):
            for node in self._nodes.below(argument):
                self._inside.add(node)
                if named and isinstance(node, ast.Name):
                    self._names.add(node.id)


def _seeds_inner(node: ast.Call, call: Call | None) -> bool:
    """Ensembles hand seeds of their own to the clones of their base estimator.

    An estimator written inside an ensemble has no seed to lack: the ensemble is the one to seed.
    Of a library that is not known, a `random_state` given beside an estimator is taken to reach it.
    """
    if call is None or call.entry is None:
        return any(keyword.arg == "random_state" for keyword in node.keywords)
    entry = call.entry
    return entry.kind in {"wrapper", "predictor"} and bool(entry.wraps and entry.seed)


def _kind(call: Call) -> str:
    return call.entry.kind if call.entry else ""


def _sets_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "random_state":
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        return isinstance(node.ctx, ast.Store) and not own
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
    if name == "set_params":
        return any((keyword.arg or "").endswith("random_state") for keyword in node.keywords)
    return name == "setattr" and any(_is_state(argument) for argument in node.args)


def _names_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Dict) and any(_is_state(key) for key in node.keys if key)


def _is_state(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith("random_state")
    )


def _used_outside(nodes: list[ast.AST], inside: set[ast.AST]) -> set[str]:
    return {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in inside
    }
