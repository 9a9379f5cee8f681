"""Units of columns: what statistics only shift and stretch keeps its order and its shape."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import CONSTANT, Data, Function
from mlaudit.model.frozen import replace
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value
    from mlaudit.trace.events import Influence

SCALED, SHIFTED = "scaled", "shifted"
_EITHER_SIDE = ast.Add | ast.Sub | ast.Mult
_APPLIES = frozenset({"apply", "map", "applymap"})
_ARITHMETIC = (ast.BinOp, ast.operator, ast.Name, ast.expr_context, ast.Constant)
_KEEPS = frozenset(
    {"copy", "deepcopy", "reset_index", "set_index", "sort_values", "sort_index", "sample", "head",
     "tail", "drop", "dropna", "drop_duplicates", "query", "loc", "iloc", "take", "to_numpy",
     "as_matrix", "numpy", "tolist", "to_list", "astype", "float", "double", "to", "cpu", "cuda",
     "detach", "rename", "reindex", "join", "merge", "append", "concat", "concatenate", "hstack",
     "vstack", "column_stack", "c_", "r_", "stack", "assign", "array", "asarray", "asanyarray",
     "DataFrame", "Series", "reshape", "ravel", "flatten", "squeeze", "unsqueeze", "expand_dims",
     "view", "transpose", "from_numpy", "tensor", "as_tensor", "Tensor", "FloatTensor", "float32",
     "float64", "csr_matrix", "iterrows", "items", "shuffle", "groupby"}
)  # fmt: skip

# What is done to each column, or to each value, by itself: one number for all rows stays one.
_OF_EACH = frozenset(
    {"fillna", "ffill", "bfill", "replace", "round", "clip", "abs", "log", "log1p", "log2", "log10",
     "sqrt", "exp", "square", "map", "value_counts", "get_dummies", "select_dtypes", "nan_to_num",
     "pop", "infer_objects", "convert_dtypes"}
)  # fmt: skip


def moved(op: ast.operator, one: Data, two: Data) -> tuple[Data, Data]:
    """Note that a number learnt of rows shifts or stretches values; other arithmetic does more."""
    if not (one.influences or two.influences) or not (one.rows.terms or two.rows.terms):
        return one, two
    by_second = two.kind == "scalar" and not two.rows.terms
    if by_second and isinstance(op, _EITHER_SIDE | ast.Div):
        return one, _scaling(two)
    if one.kind == "scalar" and not one.rows.terms and isinstance(op, _EITHER_SIDE):
        return _scaling(one), two
    return mixed(one), mixed(two)


def through(value: Data, name: str) -> Data:
    """Forget what statistics only scale where something is not known to leave values as they are.

    What transformers have learnt is taken to keep its units.
    """
    last = name.rpartition(".")[2]
    if last in _KEEPS:
        return value
    return of_some(value, CONSTANT if last in _OF_EACH else "")


def called(result: Value, name: str, entry: Entry) -> Value:
    """Forget the units of what a function gives, unless scaling is what it is for."""
    if not isinstance(result, Data) or entry.units == SCALED:
        return result
    return through(result, name)


def reckons(run: Interpreter, name: str, arguments: Arguments) -> bool:
    """Say whether a method has a function only reckon with each value: `lambda x: (x - mu) / sd`.

    What becomes of units is then told by its arithmetic, as by that of whole columns.
    """
    if name not in _APPLIES or len(arguments.positional) != 1:
        return False
    function = run.load(arguments.positional[0])
    if not isinstance(function, Function):
        return False
    body = function.node.body
    given = body if isinstance(body, ast.expr) else _only_returned(body)
    return given is not None and all(isinstance(node, _ARITHMETIC) for node in ast.walk(given))


def _only_returned(body: list[ast.stmt]) -> ast.expr | None:
    match body:
        case [ast.Return(value=value)] | [ast.Expr(value=ast.Constant()), ast.Return(value=value)]:
            return value
    return None


def of_some(value: Data, but: str = "") -> Data:
    """Forget the units of values of which only some were scaled, all `but` those that stay."""
    if not any(i.units and i.kind is Kind.STATISTIC for i in value.influences):
        return value
    gone = (i.kind is Kind.STATISTIC and i.units != but for i in value.influences)
    kept = (_without(i) if g else i for i, g in zip(value.influences, gone, strict=True))
    return value.but(influences=tuple(kept))


def mixed(value: Data) -> Data:
    """Forget the units of what enters new values, whatever put it into them."""
    if not any(i.units for i in value.influences):
        return value
    return value.but(influences=tuple(map(_without, value.influences)))


def repeated(table: Data, number: Data) -> Data:
    """Note that one number of whole columns stands in every row of a column of its own.

    Such a column tells no row from another, so that it shapes nothing as long as it stands alone.
    """
    if table.kind != "table" or number.kind != "scalar" or number.rows.terms:
        return number
    return number.but(influences=tuple(map(_as_constant, number.influences)))


def parted(value: Data) -> Data:
    """Forget of columns of one number each that they tell nothing: another may stand beside them.

    That is a column taken to reckon with, or rows of a table that has a number of its own there.
    """
    if not any(i.units == CONSTANT for i in value.influences):
        return value
    told = (replace(i, units="") if i.units == CONSTANT else i for i in value.influences)
    return value.but(influences=tuple(told))


def counted(value: Data) -> tuple[Influence, ...]:
    """Give what has shaped the values that are counted: a number that all rows have has not."""
    return tuple(i for i in value.influences if i.units != CONSTANT)


def _as_constant(influence: Influence) -> Influence:
    """Take a statistic of all values of a column for a constant: no group's, of no turn's rows.

    A moment that time is counted from stays one, whatever is computed with it later.
    """
    plain = influence.kind is Kind.STATISTIC and influence.units != SHIFTED
    alone = plain and not influence.turns_of and _of_all(influence)
    return replace(influence, units=CONSTANT) if alone else influence


def _scaling(number: Data) -> Data:
    if not number.influences:
        return number
    return number.but(influences=tuple(map(_as_scaling, number.influences)))


def _as_scaling(influence: Influence) -> Influence:
    """Take a statistic of all values of a column for its unit: no target's, no group's."""
    plain = influence.kind is Kind.STATISTIC and not influence.supervised
    plain = plain and influence.units != SHIFTED
    return replace(influence, units=SCALED) if plain and _of_all(influence) else influence


def _of_all(influence: Influence) -> bool:
    return influence.groups is None and not influence.operation.startswith("groupby")


def _without(influence: Influence) -> Influence:
    """Forget units, but for the moment that time is counted from, which tells nothing ever."""
    return replace(influence, units="") if influence.units not in {"", SHIFTED} else influence
