"""Columns without gaps, and what is given to fill gaps and fills none.

Of a column without gaps the rows that lacked a value were dropped, or a transformer has filled them
all, so that nothing fills it any more.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import ANY, Constant, Data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Estimator

FILLS = "fill values"
_KEEPS = frozenset(
    {"copy", "dropna", "fillna", "reset_index", "sort_values", "sort_index", "sample", "head",
     "tail", "drop", "drop_duplicates", "query", "to_numpy", "as_matrix", "astype", "round", "clip",
     "abs", "tolist", "to_list", "select_dtypes", "filter", "infer_objects", "convert_dtypes",
     "set_index", "truncate", "nlargest", "nsmallest", "isnull", "isna", "notnull", "notna"}
)  # fmt: skip
_RENAMES = frozenset({"rename", "set_axis", "add_prefix", "add_suffix"})
_WRAPS = frozenset({"array", "asarray", "asanyarray", "DataFrame", "Series", "get_dummies"})
_SETTINGS = frozenset({"axis", "how", "thresh"})
# What they are given reaches the rows that bear its labels.
BY_LABEL = frozenset({"fillna", "where", "mask"})


def through(value: Data, name: str) -> Data:
    """Forget that there are no gaps where a method is not known to make none.

    Under other names, that all columns have none is all that is known.
    """
    if not value.whole or name in _KEEPS:
        return value
    return value.but(whole=value.whole & {ANY} if name in _RENAMES else frozenset())


def wrapped(value: Data, name: str) -> frozenset[str]:
    """Name the columns without gaps that a function of a library gives back."""
    return value.whole if name.rpartition(".")[2] in _WRAPS else frozenset()


def fills_none(estimator: Estimator, value: Data) -> bool:
    """Say whether what learns to fill gaps sees none; what counts as one may be said otherwise."""
    return bool(filled(estimator)) and none(value)


def filled(estimator: Estimator) -> frozenset[str]:
    """Name the columns without gaps of what a transformer gives: all, where it fills them."""
    filling = estimator.entry.statistic == FILLS and "missing_values" not in estimator.arguments
    return frozenset({ANY} if filling else ())


def dropped(run: Interpreter, rest: Data, name: str, arguments: Arguments) -> Data:
    """Note which columns have no gaps in the rows that `dropna` leaves."""
    if name != "dropna" or arguments.positional or not _SETTINGS.isdisjoint(arguments.named):
        return rest
    subset = arguments.nodes.get("subset")
    found = {ANY} if subset is None else set(_named(run, subset))
    return rest.but(whole=rest.whole | found)


def taken(run: Interpreter, table: Data, key: ast.expr) -> frozenset[str]:
    """Name the columns without gaps of those that a key takes: all, where it named them before.

    So it is where a loop takes the key from what named them.
    """
    known = any(_by_name(run, part) in table.whole for part in (key, *_taken_from(run, key)))
    return frozenset({ANY}) if known else table.whole


def written(table: Data, name: str | None) -> frozenset[str]:
    """Name the columns without gaps that are left when one is written, or any of them."""
    if not table.whole or name is None or ANY in name:
        return frozenset()
    return frozenset(each for each in table.whole if each not in {name, ANY} and each[:1] != "[")


def entered(run: Interpreter, before: Data, table: Data, key: ast.expr, content: Data) -> Data:
    """Keep in mind which columns have no gaps when such as have none are written, of all rows."""
    if not none(content) or content.rows != before.rows or isinstance(key, ast.Slice | ast.Tuple):
        return table
    named = _literal(run, key) if run.loops else _named(run, key)
    return table.but(whole=before.whole.union(named))


def writes_nothing(run: Interpreter, table: Data, rows: ast.expr) -> bool:
    """Say whether rows that are written to are those of gaps, in a column that has none."""
    if not table.whole:
        return False
    mask = run.data(run.eval(rows))
    gaps = mask.kind == "mask" and mask.select is not None and mask.select.part is True
    return gaps and ANY in mask.whole


def unlabelled(run: Interpreter, nodes: Iterable[ast.AST | None], content: Data) -> Data:
    """Leave out the most frequent values that are given as they come, where labels are matched.

    `column.mode()` numbers them 0, 1, …: next to no row is labelled so, and the gaps stay.
    """
    given = [
        part for node in nodes for part in (node.values if isinstance(node, ast.Dict) else [node])
    ]
    places = {
        run.place(node)
        for node in given
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "mode"
    }
    if not places:
        return content
    return content.but(influences=tuple(i for i in content.influences if i.place not in places))


def none(value: Data) -> bool:
    """Say whether a column, or all columns of a table, surely have no gaps."""
    if not value.whole:
        return False
    kept = value.columns.kept if value.columns is not None else None
    listed = kept is not None and kept <= value.whole
    return ANY in value.whole or value.name in value.whole or listed


def _named(run: Interpreter, node: ast.expr) -> Iterator[str]:
    """Name columns as they are written out, and lists of them by the names of these."""
    from mlaudit.flow import tables

    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _named(run, node.left)
        yield from _named(run, node.right)
    elif isinstance(node, ast.List | ast.Tuple):
        for part in node.elts:
            yield from _named(run, part.value if isinstance(part, ast.Starred) else part)
    else:
        given = run.eval(node)
        yield from tables.literal_names(run, given) or ()
        if not isinstance(run.load(given), Constant):
            yield _by_name(run, node)


def _literal(run: Interpreter, node: ast.expr) -> frozenset[str]:
    from mlaudit.flow import tables

    return tables.literal_names(run, run.eval(node)) or frozenset()


def _taken_from(run: Interpreter, key: ast.expr) -> Iterator[ast.expr]:
    """Give what a running loop takes the name of a column from."""
    if isinstance(key, ast.Name):
        for loop in run.loops:
            if isinstance(loop, ast.For) and key.id == getattr(loop.target, "id", None):
                yield loop.iter


def _by_name(run: Interpreter, node: ast.expr) -> str:
    return f"[{run.text(node)}]{run.origin(node)}"
