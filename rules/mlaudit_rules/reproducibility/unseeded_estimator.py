"""SEED003: an estimator that draws random numbers learns something else in every run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Needs, Pattern, Rule, RuleMeta, Severity, last_name
from mlaudit_rules.reproducibility.bindings import values_by_target
from mlaudit_rules.reproducibility.callers import runs_here
from mlaudit_rules.reproducibility.estimators import (
    BASES,
    SeededElsewhere,
    bags_the_same,
    boosts_what_draws_nothing,
    kind_of,
    lends_probabilities,
    makes_one_group,
    restarts_nothing,
    starts_drawn,
    unseeded,
)
from mlaudit_rules.reproducibility.for_nobody import computed_for_nobody
from mlaudit_rules.reproducibility.held import held_unasked
from mlaudit_rules.reproducibility.keyed import never_asked_for
from mlaudit_rules.reproducibility.lateness import fits_of, late_for_fit
from mlaudit_rules.reproducibility.left_over import left_over
from mlaudit_rules.reproducibility.never_run import is_for_itself, left_out
from mlaudit_rules.reproducibility.nothing_to_drop import drops_nothing
from mlaudit_rules.reproducibility.one_column import learns_one_column
from mlaudit_rules.reproducibility.readers import looked_at, readings, resampled_for_nobody
from mlaudit_rules.reproducibility.reseeding import seeded
from mlaudit_rules.reproducibility.seeding import (
    Seeding,
    by_whom,
    generator_of,
    seed_fix,
    without_seed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Finding, Module, Repair

_MODELS = {"predictor", "wrapper", "clusterer", "resampler"}
_TRANSFORMERS = {"transformer", "selector", "encoder"}
_HOLDERS = {"wrapper", "pipeline", "search"}
_CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
# Without these arguments their seed only decides between splits that are equally good.
_TIES = ("DecisionTree", "GradientBoosting", "AdaBoost")
# With these they divide the rows, or draw them.
_SETTING_APART = {"n_iter_no_change", "bootstrap"}
_DRAWING = {"max_features", "subsample", "splitter"} | BASES
# What the first of these are by themselves: so they draw nothing.
_WHOLE = {"max_features": None, "subsample": 1, "splitter": "best"}
# What an estimator draws makes no difference where one of these says so.
_IN_VAIN = (restarts_nothing, makes_one_group, bags_the_same, boosts_what_draws_nothing)
# Such names say that something is told or kept, and nothing trained.
_WRITING = Pattern(r"^_*([Ll]og|[Ww]rite|[Nn]ote)(_|[A-Z]|$)")


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
    needs = Needs(unseeded=tuple(sorted(_MODELS | _TRANSFORMERS)))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the construction of estimators."""
        if module.is_test:
            return
        if not module.calls_of(*_MODELS):
            return
        calls = [call for call in module.calls_of(*_MODELS, *_TRANSFORMERS) if unseeded(call)]
        if not calls:
            return
        seeding = module.fact(Seeding)
        seeded_elsewhere = module.fact(SeededElsewhere)
        for call in calls:
            generator = generator_of(call)
            if seeding.reaches(generator, call) or seeded_elsewhere.holds(call):
                continue
            if _fitted_after_seed(module, generator, call) or _dropped(module, call):
                continue
            if lends_probabilities(module, call) or _draws_in_vain(module, call):
                continue
            whole = _whole(module, call.node)
            if never_asked_for(module, whole) or left_over(module, whole):
                continue
            if left_out(module, call.node, call.function) or _only_written_down(module, call):
                continue
            if _holds_a_place(module, call) or held_unasked(module, call):
                continue
            if computed_for_nobody(module, call):
                continue
            here = runs_here(module, call.function)
            yield self.report(
                call.place,
                f"`{call.name.rsplit('.', 1)[-1]}` {_varies(module, call)}{by_whom(here)}: "
                f"{_reason(call)}, and {without_seed('numpy', here)}",
                confidence=Confidence.MEDIUM if _draws_ties(module, call) else None,
                conditional=not here,
                fix=seed_fix(module, call),
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Give the call a seed."""
        return seeded(module, finding)


def _fitted_after_seed(module: Module, generator: str, call: Call) -> bool:
    """Say whether a seed may come before the fit, which draws, or between the fit and its use."""
    seed = module.fact(Seeding).after(generator, call)
    if seed is None:
        return False
    fits = fits_of(module, call)
    before = bool(fits) and all(place.line < seed.line for place in fits)
    return not before or late_for_fit(module, generator, call) is not None


def _holds_a_place(module: Module, call: Call) -> bool:
    """Say whether a step of a pipeline stands for those that every grid of a search puts there.

    Of several pipelines with a step of that name, each has the grids up to the next.
    """
    own = module.nodes.parents.get(call.node)
    name = _step(own)
    if own is None or name is None:
        return False
    start = module.nodes.stretch(own)[0]
    alike = [node for node in module.nodes.find(ast.Tuple) if _step(node) == name]
    others = [module.nodes.stretch(node)[0] for node in alike if node is not own]
    first = start if any(other < start for other in others) else 0
    last = min((other for other in others if other > start), default=None)
    grids = (
        _texts(grid)
        for grid, at, _ in module.nodes.stretches(ast.Dict)
        if first <= at and (last is None or at < last)
    )
    named = [keys for keys in grids if any(key.split("__", 1)[0] == name for key in keys)]
    return bool(named) and all(name in keys for keys in named)


def _step(node: ast.AST | None) -> str | None:
    match node:
        case ast.Tuple(elts=[ast.Constant(value=str() as name), _]):
            return name
    return None


def _texts(made: ast.Dict) -> set[str]:
    return {str(key.value) for key in made.keys if isinstance(key, ast.Constant)}


def _varies(module: Module, call: Call) -> str:
    kind = kind_of(call)
    if kind == "resampler":
        return "draws other rows in every run"
    if kind == "clusterer":
        return f"starts from other {starts_drawn(call)} in every run"
    if call.entry is not None and call.entry.name.endswith("LinearSVC"):
        return "goes through the rows in another order in every run"
    if call.entry is not None and call.entry.name.endswith("DummyClassifier"):
        return "predicts other classes in every run"  # what it learns are the shares of classes
    if _draws_ties(module, call):
        return "chooses at random between equally good splits in every run"
    return "learns something else in every run"


def _draws_ties(module: Module, call: Call) -> bool:
    name = call.entry.name.rsplit(".", 1)[-1] if call.entry else ""
    resamples = call.arguments.get("bootstrap")
    whole = name == "RandomForestRegressor" and resamples is not None and resamples.value is False
    if not (whole or name.startswith(_TIES)) or name == "AdaBoostRegressor":
        return False  # that one draws the rows that each of its trees learns
    drawing = {name for name in _DRAWING & call.arguments.keys() if not _spelt_out(call, name)}
    return not drawing or (drawing <= BASES and _boosts_plain_trees(module, call))


def _spelt_out(call: Call, name: str) -> bool:
    """Say whether an argument only spells out that nothing is drawn: `splitter="best"`."""
    given = call.arguments[name]
    return name in _WHOLE and given.known and given.value == _WHOLE[name]


def _boosts_plain_trees(module: Module, call: Call) -> bool:
    """Say whether what is boosted are trees that look for the best split in all columns."""
    given = [keyword.value for keyword in call.node.keywords if keyword.arg in BASES]
    bases = given or call.node.args[:1]
    if bases and isinstance(bases[0], ast.Name):
        bases = module.fact(values_by_target).get(bases[0].id, [])
    return bool(bases) and all(map(_is_plain_tree, bases))


def _is_plain_tree(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or not last_name(node.func).startswith("DecisionTree"):
        return False
    return not any(
        keyword.arg is None or (keyword.arg in _DRAWING and not _is_whole(keyword))
        for keyword in node.keywords
    )


def _is_whole(keyword: ast.keyword) -> bool:
    value, whole = keyword.value, _WHOLE.get(keyword.arg or "", ...)
    return isinstance(value, ast.Constant) and value.value == whole


def _draws_in_vain(module: Module, call: Call) -> bool:
    """Say whether nothing depends on the draws: one column to split at, or rows nobody reads."""
    if any(told(module, call) for told in _IN_VAIN):
        return True
    if _draws_for_probabilities(module, call):
        return True
    if kind_of(call) == "resampler":
        return resampled_for_nobody(module, call) or drops_nothing(module, call)
    if not _draws_ties(module, call) or _SETTING_APART & call.arguments.keys():
        return False
    return learns_one_column(module, call)


def _draws_for_probabilities(module: Module, call: Call) -> bool:
    """Say whether what is drawn shapes probabilities alone, `SVC(probability=True)`, of no use."""
    statement = module.nodes.parents.get(call.node)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if "probability" not in call.arguments or not isinstance(target, ast.Name):
        return False
    assert isinstance(statement, ast.Assign)
    uses = readings(module, statement, target.id)
    return bool(uses) and all(_asks_no_probability(module, use) for use in uses)


def _asks_no_probability(module: Module, use: ast.Name) -> bool:
    asked = module.nodes.parents[use]
    called = module.nodes.parents.get(asked)
    if not isinstance(asked, ast.Attribute) or not isinstance(called, ast.Call):
        return False
    if asked.attr == "fit":  # what it hands back is the estimator itself
        return isinstance(module.nodes.parents.get(called), ast.Expr)
    return asked.attr in {"predict", "score", "decision_function"}


def _reason(call: Call) -> str:
    seed = call.entry.seed if call.entry else ""
    return f"its `{seed}` is None" if seed in call.arguments else f"it has no `{seed}`"


def _dropped(module: Module, call: Call) -> bool:
    """Say whether an estimator is bound to a name that is then only looked at, or never read.

    The name may be that of a list or dictionary which holds it.  An ensemble or search that it is
    handed to makes nothing of it where that is dropped itself.
    """
    whole = _whole(module, call.node)
    held = _outermost(module, whole)
    alone = is_for_itself(module) and not module.document.problems
    if held is not whole and call.function is None and not alone:
        return False  # what imports the document, or cannot be read, may go through the list
    statement = module.nodes.parents.get(held)
    if isinstance(statement, ast.Expr):
        return True
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name):
        return False
    if isinstance(module.nodes.parents[statement], ast.ClassDef):
        return False  # it is read as an attribute
    if call.function is not None and _shared(module.nodes.below(call.function), target.id):
        return False
    return len(statement.targets) == 1 and all(
        looked_at(module.nodes.parents[use]) or _given_in_vain(module, use, call)
        for use in readings(module, statement, target.id)
    )


def _outermost(module: Module, node: ast.AST) -> ast.AST:
    """Find the outermost of the lists, tuples and dictionaries that are written around a node."""
    above = module.nodes.parents.get(node)
    while isinstance(above, _CONTAINERS):
        node, above = above, module.nodes.parents.get(above)
    return node


def _given_in_vain(module: Module, use: ast.Name, made: Call) -> bool:
    """Say whether an estimator is handed by its name to a later ensemble or search not fitted."""
    holder = module.call_of.get(_whole(module, use))
    if holder is None or holder.place.line <= made.place.end_line:
        return False
    return _dropped(module, holder)


def _only_written_down(module: Module, call: Call) -> bool:
    """Say whether the estimator is made only for a log: `log_scores(SVC(), accuracy, recall)`.

    What hands something back may have trained it.
    """
    above = module.nodes.parents.get(call.node)
    if not isinstance(above, ast.Call) or _WRITING.search(last_name(above.func)) is None:
        return False
    return isinstance(module.nodes.parents.get(above), ast.Expr)


def _shared(nodes: list[ast.AST], name: str) -> bool:
    """Say whether a function shares a name with others by `global` or `nonlocal`."""
    return any(isinstance(node, ast.Global | ast.Nonlocal) and name in node.names for node in nodes)


def _whole(module: Module, node: ast.AST) -> ast.AST:
    """Find the outermost that an estimator is written inside of: a wrapper, pipeline or search."""
    whole, above = node, module.nodes.parents.get(node)
    while isinstance(above, ast.keyword | ast.Tuple | ast.List | ast.Call):
        made = module.call_of.get(above) if isinstance(above, ast.Call) else None
        if isinstance(above, ast.Call):
            if made is None or kind_of(made) not in _HOLDERS:
                break
            whole = above
        above = module.nodes.parents.get(above)
    return whole
