"""Draws that only put rows in another order, for models to which no order makes a difference.

Such a draw is of no consequence as long as all rows stay together: whatever else is done with them,
such as cutting a part off, may show the order.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name
from mlaudit_rules.reproducibility.bindings import values_by_target
from mlaudit_rules.reproducibility.readers import readings

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module
    from mlaudit_rules.reproducibility.draws import Drawing

# Nearest neighbours are none of them: of several at one distance, the first row is taken.
_SUMMING = {
    *(
        "LinearRegression",
        "Ridge",
        "RidgeCV",
        "RidgeClassifier",
        "RidgeClassifierCV",
        "KernelRidge",
    ),
    *("GaussianNB", "MultinomialNB", "BernoulliNB", "ComplementNB", "CategoricalNB"),
    *("LogisticRegression", "NearestCentroid"),
    *("LinearDiscriminantAnalysis", "QuadraticDiscriminantAnalysis"),
    *("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "Normalizer"),
    *("PolynomialFeatures", "SimpleImputer"),
}
# Solvers that go through the rows one by one, in the order that they stand in or in a drawn one.
_ONE_BY_ONE = {"sag", "saga", "liblinear"}
_PIPELINES = {"make_pipeline"}
_KEEPING = {"reset_index", "copy", "astype", "to_numpy", "ravel", "tolist", "fillna", "squeeze"}
_ALIKE = {"asarray", "array", "fit_transform", "transform", "predict", "predict_proba"}
_TOLD = {"mean", "sum", "std", "var", "min", "max", "median", "value_counts", "describe", "nunique"}
_LOOKS = {"len", "print", "display"}
_ABOUT = {"shape", "columns", "dtypes", "size", "ndim"}
_SORTED = {"sort", "sorted"}
# Such a column has another value in each row.
_ONE_EACH = Pattern(r"(?i)(\w+_)?(id|uuid)|index")


def only_orders(module: Module, draw: Drawing) -> bool:
    """Say whether a draw gives rows another order, which nothing that comes of it depends on."""
    if draw.in_loop or not _draws_order(draw.node):
        return False
    in_place = isinstance(module.nodes.parents.get(draw.node), ast.Expr)
    if in_place and draw.function is not None:
        return False  # the rows may be those of a caller
    return _Ordered(module).is_harmless(draw.node)


def _draws_order(node: ast.Call) -> bool:
    given = {word.arg: word.value for word in node.keywords}
    name = last_name(node.func)
    if name == "sample":
        share = given.get("frac")
        return set(given) <= {"frac", "ignore_index"} and (
            isinstance(share, ast.Constant) and share.value == 1 and not node.args
        )
    if name == "shuffle":
        return "n_samples" not in given
    return name == "permutation"


class _Ordered:
    """Follows what stands in a drawn order to whoever reads it."""

    def __init__(self, module: Module):
        self._module = module
        self._parents = module.nodes.parents
        self._in_order: set[ast.AST] = set()
        self._together: list[ast.Call] = []

    def is_harmless(self, draw: ast.Call) -> bool:
        """Say whether nothing shows the order, and rows and labels are put in it together."""
        statement = self._parents.get(draw)
        if isinstance(statement, ast.Expr):  # `random.shuffle(rows)`
            name = draw.args[0] if draw.args else None
            if not isinstance(name, ast.Name) or not self._read(statement, name):
                return False
        elif not self._passes(draw):
            return False
        return all(
            given in self._in_order
            for call in self._together
            for given in (*call.args, *(word.value for word in call.keywords))
        )

    def _read(self, statement: ast.stmt, target: ast.expr) -> bool:
        """Say whether the order shows nowhere where what a statement binds is read."""
        if isinstance(target, ast.Tuple):
            return all(self._read(statement, one) for one in target.elts)
        if not isinstance(target, ast.Name) or self._module.importers:
            return False
        return all(map(self._passes, readings(self._module, statement, target.id)))

    def _passes(self, node: ast.expr) -> bool:
        """Say whether the order of a value does not show in what is made of it."""
        if node in self._in_order:
            return True
        self._in_order.add(node)
        above = self._parents[node]
        match above:
            case ast.Expr():
                return True
            case ast.Assign(targets=[target]):
                return self._read(above, target)
            case ast.Tuple(elts=values):
                match self._parents[above]:  # `a, b = rows[order], labels[order]`
                    case ast.Assign(targets=[ast.Tuple(elts=targets)]) as statement:
                        return self._read(statement, targets[values.index(node)])
            case ast.Attribute(attr=attr):
                return attr in _ABOUT or self._method(above)
            case ast.Subscript():
                return self._part(above, node)
            case ast.keyword():
                return self._given(self._parents[above])
            case ast.Call():
                return self._given(above)
        return False

    def _method(self, read: ast.Attribute) -> bool:
        called = self._parents[read]
        if read.attr in {"loc", "iloc", "values"}:
            return self._passes(read)
        if not isinstance(called, ast.Call) or called.func is not read:
            return False
        words = {word.arg for word in called.keywords}
        if read.attr in _KEEPING or (read.attr == "drop" and words & {"columns", "axis"}):
            return self._passes(called)
        if read.attr == "sort_values":  # by what is another one for each row
            by = called.args[0] if called.args else None
            return isinstance(by, ast.Constant) and _ONE_EACH.fullmatch(str(by.value)) is not None
        shown = isinstance(self._parents[called], ast.Expr) and read.attr in {"head", "info"}
        return shown or read.attr in _TOLD | {"sort_index"}

    def _part(self, part: ast.Subscript, node: ast.expr) -> bool:
        """Follow columns of a table, and a table whose rows are put in a drawn order."""
        if part.slice is node:
            return isinstance(part.ctx, ast.Load) and self._passes(part)
        chosen = part.slice
        if isinstance(chosen, ast.Name):
            values = self._module.fact(values_by_target).get(chosen.id, [])
            chosen = values[0] if len(values) == 1 else chosen
        if isinstance(chosen, ast.Tuple):
            rows = chosen.elts[0]
            whole = isinstance(rows, ast.Slice) and rows.lower is rows.upper is rows.step is None
            return whole and self._passes(part)
        columns = chosen.elts if isinstance(chosen, ast.List) else [chosen]
        texts = (isinstance(one, ast.Constant) and isinstance(one.value, str) for one in columns)
        return isinstance(part.ctx, ast.Load) and all(texts) and self._passes(part)

    def _given(self, call: ast.AST) -> bool:
        """Follow what is handed to a call: to a model that is fitted, judged or asked, or alike."""
        if not isinstance(call, ast.Call):
            return False
        name = last_name(call.func)
        if name in _LOOKS | _SORTED:
            return True
        known = self._module.call_of.get(call)
        if known is not None and known.entry is not None and known.entry.kind == "metric":
            self._together.append(call)
            return True
        if name in {"fit", "score", "fit_transform"}:
            self._together.append(call)
            if name != "score" and not self._sums(call):
                return False
            return name != "fit_transform" or self._passes(call)
        return name in _ALIKE and self._passes(call)

    def _sums(self, call: ast.Call) -> bool:
        """Say whether what is fitted is a model to which no order makes a difference."""
        held = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(held, ast.Name):
            made = self._module.fact(values_by_target).get(held.id, [])
        else:
            made = [held] if held is not None else []
        return bool(made) and all(self._is_orderless(one) for one in made)

    def _is_orderless(self, made: ast.expr) -> bool:
        call = self._module.call_of.get(made)
        if call is None:
            return False
        if last_name(call.node.func) in _PIPELINES:
            return all(map(self._is_orderless, call.node.args))
        return _is_sum(call)


def _is_sum(call: Call) -> bool:
    if call.entry is None or call.entry.library != "sklearn" or call.spread:
        return False
    solver = call.arguments.get("solver")
    if solver is not None and (not solver.known or solver.value in _ONE_BY_ONE):
        return False
    return call.name.rpartition(".")[2] in _SUMMING
