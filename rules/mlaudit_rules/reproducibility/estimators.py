"""Which estimators get no seed: neither with their construction nor from elsewhere."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern
from mlaudit_rules.reproducibility.bindings import values_by_target
from mlaudit_rules.reproducibility.readers import readings
from mlaudit_rules.reproducibility.set_later import is_state, sets_states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

# They place the rows at hand in a plane and transform no others: what they draw is a picture.
_PICTURES = {"TSNE", "MDS", "SpectralEmbedding", "UMAP", "LocallyLinearEmbedding", "Isomap"}

# With `probability=True` they draw folds to calibrate on; labels and margins are not moved by it.
_CALIBRATED = {"SVC", "NuSVC"}
_PROBABILITIES = {"predict_proba", "predict_log_proba"}
_ASKED_FOR_ALL = Pattern(
    r"[\"']predict(_log)?_proba|neg_log_loss|neg_brier|roc_auc_ov|voting\s*=\s*[\"']soft"
    r"|CalibratedClassifierCV|StackingC|(Display|Curve)\.from_estimator"
    r"|plot_(roc|precision_recall|det)_curve|needs_proba"
)

# The name of what an ensemble clones, in its call and in the grid of a search; the first is old.
BASES = {"base_estimator", "estimator"}

_ENSEMBLES = {"wrapper", "predictor"}
# What gets a seed hands it on to what these hold.
_PASSING = ("pipeline", "search", "wrapper")
# What a mixture of Gaussians starts from, by the parameters that give it.
_STARTS = {"weights_init": "weights", "means_init": "means", "precisions_init": "covariances"}
# Of one group, every start leads to the same, by the parameter that counts the groups, and whether
# it is one if nobody says so.
_GROUPS = {
    "GaussianMixture": ("n_components", True),
    "BayesianGaussianMixture": ("n_components", True),
    "KMeans": ("n_clusters", False),
}
_WHOLE = {"max_samples", "max_features"}
# What draws nothing, by the parameter that chooses it.
_SETTLED = {"TruncatedSVD": ("algorithm", "arpack"), "LinearSVR": ("dual", False)}

_LOOKS = {"type", "isinstance", "print", "repr", "str", "dir", "help", "hasattr"}
# A dict as it is written out, or as a call makes it.
_Made = ast.Dict | ast.Call


def unseeded(call: Call) -> bool:
    """Say whether the call makes an estimator that draws, and gives it no seed."""
    if call.entry is None or call.entry.name in _PICTURES:
        return False
    if _starts_given(call) or _is_settled(call):
        return False
    return call.is_random and call.lacks_seed


def kind_of(call: Call) -> str:
    """Give what the catalogue says that the call makes, "" where it says nothing."""
    return call.entry.kind if call.entry else ""


def lends_probabilities(module: Module, call: Call) -> bool:
    """Say whether a machine draws only for probabilities, which nothing in the document reads."""
    if call.entry is None or call.entry.name not in _CALIBRATED:
        return False
    text = module.document.text
    if _ASKED_FOR_ALL.search(text):
        return False
    if not any(node.attr in _PROBABILITIES for node in module.nodes.find(ast.Attribute)):
        return True
    read = _read_of(module, call.node)
    return read is not None and _PROBABILITIES.isdisjoint(read)


def _read_of(module: Module, made: ast.expr) -> set[str] | None:
    """Name what is read of an estimator and of the searches that try it; None if it goes on."""
    read: set[str] = set()
    seen: set[ast.AST] = set()
    waiting: list[ast.AST] = [made]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        above = module.nodes.parents[node]
        match above:
            case ast.Expr():
                pass
            case ast.Assign(targets=[ast.Name(id=name)]):
                waiting += readings(module, above, name)
            case ast.Attribute(attr="best_estimator_"):
                waiting.append(above)
            case ast.Attribute(attr="fit"):
                waiting.append(module.nodes.parents[above])
            case ast.Attribute(attr=attr):
                read.add(attr)
            case _:
                search = _search_around(module, above)
                if search is None:
                    return None
                waiting.append(search)
    return read


def _search_around(module: Module, above: ast.AST) -> ast.Call | None:
    """Find the search that an estimator is given to, where its scores are known by their name."""
    outer = module.nodes.parents[above] if isinstance(above, ast.keyword) else above
    call = module.call_of.get(outer)
    if call is None or kind_of(call) != "search":
        return None
    scoring = call.arguments.get("scoring")
    return call.node if scoring is None or scoring.known else None


def _starts_given(call: Call) -> bool:
    """Say whether what looks for groups or sources is given all that it starts from.

    It then draws nothing.
    """
    name = call.name.rsplit(".", 1)[-1]
    init = call.arguments.get("init")
    if name == "GaussianMixture":
        return all(_gives(call, part) for part in _STARTS)
    if name == "FastICA":
        return _gives(call, "w_init")
    if init is None or name != "KMeans":
        return False
    return not (init.known and isinstance(init.value, str))


def makes_one_group(module: Module, call: Call) -> bool:
    """Say whether all rows are put in one group, which is the same from wherever it starts."""
    parameter, by_itself = _GROUPS.get(call.name.rsplit(".", 1)[-1], ("", False))
    if not parameter or call.spread or is_set_later(module, {parameter}):
        return False
    given = call.arguments.get(parameter)
    if given is None and call.node.args:
        first = call.node.args[0]
        return isinstance(first, ast.Constant) and first.value == 1
    return by_itself if given is None else given.known and given.value == 1


def bags_the_same(module: Module, call: Call) -> bool:
    """Say whether all estimators of a bag learn all rows and columns, and draw nothing themselves.

    The bag is made by a `BaggingClassifier(SVC(), bootstrap=False)`, for example.
    """
    if not call.name.rsplit(".", 1)[-1].startswith("Bagging") or call.spread:
        return False
    rows, columns = call.arguments.get("bootstrap"), call.arguments.get("bootstrap_features")
    if rows is None or not rows.known or rows.value is not False:
        return False
    if columns is not None and (not columns.known or columns.value):
        return False
    parts = [call.arguments[name] for name in _WHOLE & call.arguments.keys()]
    if not all(isinstance(part.value, float) and part.value == 1 for part in parts):
        return False  # the whole number 1 means one row or column
    if is_set_later(module, {"bootstrap", "bootstrap_features", *_WHOLE, *BASES}):
        return False
    return _clones_what_draws_nothing(module, call)


def boosts_what_draws_nothing(module: Module, call: Call) -> bool:
    """Say whether all that boosting would draw are seeds, for clones that have no use for them.

    `AdaBoostClassifier(SVC())` weighs the rows; one for regression draws those of every round.
    """
    if call.spread or call.name.rsplit(".", 1)[-1] != "AdaBoostClassifier":
        return False
    return not is_set_later(module, BASES) and _clones_what_draws_nothing(module, call)


def _clones_what_draws_nothing(module: Module, call: Call) -> bool:
    """Say whether what an ensemble clones is known, here or by its name, and draws nothing."""
    bases = [word.value for word in call.node.keywords if word.arg in BASES]
    bases = (bases or call.node.args)[:1]
    if bases and isinstance(bases[0], ast.Name):
        bases = module.fact(values_by_target).get(bases[0].id, [])
    made = [module.call_of.get(base) for base in bases]
    return bool(made) and all(one is not None and _draws_nothing(one) for one in made)


def is_set_later(module: Module, parameters: set[str]) -> bool:
    """Say whether a search may try other values of parameters, or they may be set by name."""
    texts = (node.value for node in module.nodes.find(ast.Constant))
    named = {str(text).rpartition("__")[2] for text in texts if isinstance(text, str)}
    later = (each.node.keywords for each in module.calls_named("set_params", "dict"))
    named |= {str(word.arg).rpartition("__")[2] for words in later for word in words}
    return not named.isdisjoint(parameters)


def _draws_nothing(call: Call) -> bool:
    return call.entry is not None and call.entry.kind == "predictor" and not call.is_random


def _is_settled(call: Call) -> bool:
    """Say whether a solver was chosen that draws nothing."""
    parameter, settled = _SETTLED.get(call.name.rsplit(".", 1)[-1], ("", None))
    given = call.arguments.get(parameter)
    return given is not None and given.known and given.value == settled


def restarts_nothing(module: Module, call: Call) -> bool:
    """Say whether a Gaussian process has nothing to start again: what it draws are new starts.

    The kernel that it has by itself is fixed, for regressors up to scikit-learn 1.7, and so is one
    that no optimizer moves.
    """
    restarts, optimizer = (
        call.arguments.get("n_restarts_optimizer"),
        call.arguments.get("optimizer"),
    )
    if restarts is None or call.spread or call.entry is None:
        return False
    if not call.entry.name.startswith("GaussianProcess"):
        return False
    if (optimizer is not None and optimizer.known and not optimizer.value) or restarts.value == 0:
        return True
    kernel = call.arguments.get("kernel")
    if kernel is not None and not (kernel.known and kernel.value is None):
        return False
    texts = (node.value for node in module.nodes.find(ast.Constant))
    later = (word.arg for named in module.calls_named("set_params") for word in named.node.keywords)
    return not any(isinstance(one, str) and one.endswith("kernel") for one in (*texts, *later))


def starts_drawn(call: Call) -> str:
    """Name what a clusterer draws to start from: of a mixture that is given a part, the rest."""
    drawn = [what for part, what in _STARTS.items() if not _gives(call, part)]
    mixes = call.name.rsplit(".", 1)[-1] == "GaussianMixture"
    if not mixes or len(drawn) == len(_STARTS):
        return "points"
    by = call.arguments.get("init_params")
    found = " of an unseeded k-means" if by is None or by.value == "kmeans" else ""
    return f"{' and '.join(drawn)}{found}"


def _gives(call: Call, part: str) -> bool:
    """Say whether a call gives a parameter a value that is not None."""
    given = call.arguments.get(part)
    return given is not None and not (given.known and given.value is None)


class SeededElsewhere:
    """Estimators whose seed is set by what they are given to, or after their construction."""

    def __init__(self, module: Module):
        self._inside: set[ast.AST] = set()
        self._names: set[str] = set()
        self._nodes = module.nodes
        stores = any(map(_stores_state, module.nodes.find(ast.Attribute)))
        self._set_later = stores or sets_states(module)
        dicts: list[_Made] = [*module.nodes.find(ast.Dict), *_made_by_name(module)]
        self._gridded = {_function_around(module, node) for node in dicts if _searches_state(node)}
        searched = any(map(_names_state, dicts))
        for node in (named.node for named in module.names.calls):
            call = module.call_of.get(node)
            inner = _seeds_inner(node, call)
            if inner or (searched and call and kind_of(call) == "search"):
                self._enter(node, named=inner or call is None or not unseeded(call))
        for grid in dicts:
            for tried in _bases_tried(module, grid):
                self._enter(tried, named=True)
        self._lone = self._follow(module)
        self._bound = {
            node.value: node.targets[0].id
            for node in module.nodes.find(ast.Assign)
            if self._lone and isinstance(node.targets[0], ast.Name)
        }

    def holds(self, call: Call) -> bool:
        """Say whether the estimator made by the call gets its seed from elsewhere."""
        if self._set_later or call.node in self._inside or call.function in self._gridded:
            return True
        if _only_looked_at(self._nodes.parents.get(call.node)):
            return True
        return self._bound.get(call.node) in self._lone

    def _follow(self, module: Module) -> set[str]:
        """Name what is only handed to what seeds it, with what is put in pipelines so handed on."""
        followed: set[ast.Call] = set()
        while self._names:
            lone = self._names - _used_outside(module, self._inside)
            new = {
                call.node
                for call in module.calls_of(*_PASSING)
                if _name_of(self._nodes.parents.get(call.node)) in lone
            }
            if new <= followed:
                return lone
            for node in new - followed:
                self._enter(node, named=True)
            followed |= new
        return set()

    def _enter(self, outer: ast.expr, *, named: bool) -> None:
        arguments = [outer]
        if isinstance(outer, ast.Call):
            arguments = [*outer.args, *(keyword.value for keyword in outer.keywords)]
        for argument in arguments:
            for node in self._nodes.below(argument):
                self._inside.add(node)
                if named and isinstance(node, ast.Name):
                    self._names.add(node.id)


def _only_looked_at(around: ast.AST | None) -> bool:
    """Say whether an estimator is made for its type or text, and is gone at once."""
    return (
        isinstance(around, ast.Call)
        and isinstance(around.func, ast.Name)
        and around.func.id in _LOOKS
    )


def _name_of(statement: ast.AST | None) -> str:
    """Give the name that an assignment binds, "" where it binds none or several."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""


def _seeds_inner(node: ast.Call, call: Call | None) -> bool:
    """Ensembles hand seeds of their own to the clones of their base estimator.

    An estimator written inside an ensemble has no seed to lack: the ensemble is the one to seed.
    What only runs a model, as the tables say, gives it the seed that it is given itself.
    Of a library that is not known, a `random_state` given beside an estimator is taken to reach it.
    """
    if call is None or call.entry is None:
        return any(keyword.arg == "random_state" for keyword in node.keywords)
    entry = call.entry
    if not (entry.wraps and entry.seed):
        return False
    return entry.kind in _ENSEMBLES or (entry.kind == "values" and not call.lacks_seed)


def _made_by_name(module: Module) -> list[ast.Call]:
    """List the dicts that are made by calls: `dict(alpha=[0.1, 1], random_state=[3])`."""
    made = (named.node for named in module.calls_named("dict"))
    return [node for node in made if isinstance(node.func, ast.Name)]


def _entries(node: _Made) -> list[tuple[ast.expr, ast.expr]]:
    """Give the keys of a dict with their values; what is spread out in it has none."""
    if isinstance(node, ast.Call):
        return [(ast.Constant(each.arg), each.value) for each in node.keywords if each.arg]
    pairs = zip(node.keys, node.values, strict=True)
    return [(key, value) for key, value in pairs if key is not None]


def _bases_tried(module: Module, grid: _Made) -> Iterator[ast.expr]:
    """Give the base estimators that a grid tries in an ensemble, which hands seeds to each."""
    for key, tried in _entries(grid):
        if not (isinstance(key, ast.Constant) and str(key.value).rpartition("__")[2] in BASES):
            continue
        made = (module.call_of.get(named.node) for named in module.names.calls)
        if any(call is not None and call.entry and _seeds_inner(call.node, call) for call in made):
            yield tried


def _stores_state(node: ast.Attribute) -> bool:
    if node.attr != "random_state" or not isinstance(node.ctx, ast.Store):
        return False
    return not (isinstance(node.value, ast.Name) and node.value.id == "self")


def _names_state(node: _Made) -> bool:
    return any(is_state(key) for key, _ in _entries(node))


def _searches_state(node: _Made) -> bool:
    """Say whether a dict is a grid with the seeds to try, whoever it is handed to."""
    tried = (ast.List, ast.Tuple)
    return any(is_state(key) and isinstance(value, tried) for key, value in _entries(node))


def _function_around(module: Module, node: ast.AST) -> ast.AST | None:
    parents = module.nodes.parents
    around = parents.get(node)
    while around is not None and not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
        around = parents.get(around)
    return around


def _used_outside(module: Module, inside: set[ast.AST]) -> set[str]:
    return {
        node.id
        for node in module.nodes.find(ast.Name)
        if isinstance(node.ctx, ast.Load) and node not in inside
    }
