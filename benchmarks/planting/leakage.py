"""Statistics, transformers and selections that have seen rows which are judged later."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import (
    Division,
    classifies,
    division,
    frames,
    kind,
    outputs,
    tested,
)
from benchmarks.planting.faults import Plant, fault
from benchmarks.planting.source import Edit, argument, called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source

PREPROCESSING = ("LEAK001", "LEAK002", "LEAK003", "LEAK004")
SCALERS = {
    "StandardScaler": "sklearn.preprocessing",
    "QuantileTransformer": "sklearn.preprocessing",
    "SimpleImputer": "sklearn.impute",
    "PCA": "sklearn.decomposition",
}
BY_HAND = (
    "{x} = {x}.fillna({x}.median())",
    "{x} = ({x} - {x}.mean()) / {x}.std()",
    "{x} = {x}.clip({x}.quantile(0.01), {x}.quantile(0.99), axis=1)",
)
BY_HAND_ARRAYS = (
    "{x} = ({x} - {x}.mean(axis=0)) / {x}.std(axis=0)",
    "{x} = ({x} - np.min({x}, axis=0)) / np.ptp({x}, axis=0)",
)
COLUMN_BY_HAND = (
    "{c} = {c}.fillna({c}.mean())",
    "{c} = ({c} - {c}.min()) / ({c}.max() - {c}.min())",
    "{c} = pd.qcut({c}, 10, labels=False, duplicates='drop')",
)
FITTED = re.compile(r"Scaler$|Imputer$|^PCA$|^Select|Vectorizer$|Transformer$|^SMOTE$|Encoder$")
VALIDATORS = ("cross_val_score", "cross_validate", "cross_val_predict")


@fault("transformer fitted above the split", "LEAK001", also=PREPROCESSING)
def transformer_above(source: Source) -> Iterator[Plant]:
    """Transform all rows by a new transformer just before they are divided."""
    for name, module in SCALERS.items():
        if _comes_to_nothing(source, name):
            continue
        made = f"{name}(random_state=0)" if name in {"QuantileTransformer", "PCA"} else f"{name}()"
        edits = _transformed(source, made)
        if edits:
            edits = [*source.imports(f"from {module} import {name}"), *edits]
            yield Plant(edits, codes=_in_folds(source, "LEAK001"))


def _comes_to_nothing(source: Source, name: str) -> bool:
    """Say whether a pipeline scales anew what is scaled, or no gaps are left to be filled."""
    if name == "SimpleImputer":
        return ".dropna(" in source.text
    return name == "StandardScaler" and "ipeline(" in source.text and "Scaler()" in source.text


def _in_folds(source: Source, code: str) -> frozenset[str]:
    """Give the code of a fault above the parts of each fold, or of one whose rows meet folds."""
    divided = division(source)
    loops = [loop for loop in source.find(ast.For) if "split(" in source.code(loop.iter)]
    if divided is not None and any(loop in source.around(divided.statement) for loop in loops):
        return frozenset({"LEAK002"})
    return frozenset({code, "LEAK002"}) if loops else frozenset({code})


def _transformed(source: Source, made: str, arguments: str = "") -> list[Edit]:
    """Transform the features where they are divided, in a statement of its own or in the call."""
    divided = division(source)
    if divided is None or kind(source) == "text" or len(divided.whole) != 2:
        return []
    name = divided.names[0]
    if kind(source) == "mixed":
        if not name or arguments or "PCA" in made:
            return []
        code = f"""
            numbers = {name}.select_dtypes("number").columns
            {name}[numbers] = {made}.fit_transform({name}[numbers])
        """
        return [source.before(divided.statement, code)]
    if name:
        code = f"{name} = {made}.fit_transform({name}{arguments})"
        return [source.before(divided.statement, code)]
    if divided.call is None:
        return []
    first = divided.whole[0]
    return [source.replace(first, f"{made}.fit_transform({source.code(first)}{arguments})")]


@fault("columns selected above the split", "LEAK003", also=PREPROCESSING)
def selected_above(source: Source) -> Iterator[Plant]:
    """Select columns by the target on all rows."""
    divided = division(source)
    if divided is None or len(divided.whole) != 2 or kind(source) != "numbers":
        return
    score = "f_classif" if classifies(source) else "f_regression"
    target = ", " + source.code(divided.whole[1]) if divided.call else f", {divided.names[1]}"
    edits = _transformed(source, f"SelectKBest({score}, k=5)", target)
    if edits:
        imports = source.imports(
            "from sklearn.feature_selection import SelectKBest",
            f"from sklearn.feature_selection import {score}",
        )
        yield Plant([*imports, *edits], codes=_in_folds(source, "LEAK003"))


@fault("statistic of all rows by hand", "LEAK004", also=PREPROCESSING)
def statistic_above(source: Source) -> Iterator[Plant]:
    """Fill, scale or clip all features by figures of all rows."""
    divided = division(source)
    if divided is None or len(divided.whole) != 2 or kind(source) != "numbers":
        return
    name = divided.names[0]
    if not name:
        return
    for form in BY_HAND if frames(source) else BY_HAND_ARRAYS:
        if "/" in form and _comes_to_nothing(source, "StandardScaler"):
            continue
        imports = source.imports("import numpy as np") if "np." in form else []
        if "as np" in source.text:
            imports = []
        yield Plant(
            [*imports, source.before(divided.statement, form.format(x=name))],
            codes=_in_folds(source, "LEAK004"),
        )


@fault("statistic of a column of all rows", "LEAK004", also=PREPROCESSING)
def column_statistic(source: Source) -> Iterator[Plant]:
    """Fill, scale or bin one column where it is made, before the rows are divided."""
    if "pd" not in source.imported:
        return
    divided = division(source)
    for statement in source.find(ast.Assign):
        column = _column(statement)
        if not column or source.text.count(f'"{column}"') < 1 or _is_target(source, column):
            continue
        if divided is not None and statement.lineno > divided.statement.lineno:
            continue
        target = source.code(statement.targets[0])
        if "str." in source.code(statement) or "[" in target.split("[", 1)[1]:
            continue
        of_calendar = ".dt." in source.code(statement)
        for form in COLUMN_BY_HAND:
            if not (of_calendar and ".min()" in form):  # the first hour is the same for all rows
                yield Plant([source.after(statement, form.format(c=target))])


def _column(statement: ast.Assign) -> str:
    """Name the column that an assignment to a table makes."""
    match statement.targets:
        case [ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str() as column))]:
            return column
        case _:
            return ""


def _is_target(source: Source, column: str) -> bool:
    """Say whether a column is what is predicted, or never used."""
    if re.search(rf'(y|target)\w*(, \w+)* = .*\["{column}"\]', source.text):
        return True
    if re.search(rf'fit\(.*\["{column}"\]', source.text):
        return True
    uses = len(re.findall(rf'"{column}"', source.text))
    dropped = re.search(r"\.drop\(", source.text)
    return uses < 2 and not dropped


@fault("step of a pipeline fitted on all rows", "LEAK001", also=PREPROCESSING)
def step_outside(source: Source) -> Iterator[Plant]:
    """Take the first step out of a pipeline, and do it to all rows before they are divided."""
    divided = division(source)
    if divided is None or len(divided.whole) != 2 or not divided.names[0]:
        return
    for call, item, items, made in _steps(source):
        if source.scope(call) is not source.scope(divided.statement):
            continue
        name = divided.names[0]
        if source.span(call) < source.span(divided.statement):
            continue
        fit = f"{name}, {source.code(divided.whole[1])}" if "Select" in made else name
        yield Plant(
            [
                source.before(divided.statement, f"{name} = {made}.fit_transform({fit})"),
                source.drop_item(item, items),
            ],
            codes=frozenset({"LEAK003" if "Select" in made else "LEAK001"}),
        )


def _steps(source: Source) -> Iterator[tuple[ast.Call, ast.expr, list[ast.expr], str]]:
    """Find the first steps of pipelines that learn, with what makes them."""
    for call in source.calls("make_pipeline", "Pipeline"):
        items: list[ast.expr] = list(call.args)
        if called(call) == "Pipeline":
            if not (call.args and isinstance(call.args[0], ast.List)):
                continue
            items = list(call.args[0].elts)
        if len(items) < 2:
            continue
        step = items[0].elts[1] if isinstance(items[0], ast.Tuple) else items[0]
        if isinstance(step, ast.Call) and FITTED.search(called(step)):
            if any(isinstance(around, ast.Call) for around in source.around(call)):
                around = next(one for one in source.around(call) if isinstance(one, ast.Call))
                if called(around) in {"ColumnTransformer", "make_column_transformer"}:
                    continue
            yield call, items[0], items, source.code(step)


@fault("step of a pipeline outside the folds", "LEAK002", also=PREPROCESSING)
def step_outside_folds(source: Source) -> Iterator[Plant]:
    """Take the first step out of a pipeline, and do it to all rows of a cross-validation."""
    for validation in source.calls(*VALIDATORS):
        rows = argument(validation, 1, "X")
        if not isinstance(rows, ast.Name):
            continue
        for call, item, items, made in _steps(source):
            if source.scope(call) is not source.scope(validation):
                continue
            where = outermost(source, source.statement(call))
            target = argument(validation, 2, "y")
            selects = "Select" in made
            fit = f"{rows.id}, {source.code(target)}" if selects and target else rows.id
            name = rows.id
            lines = [f"step = {made}", f"{name} = step.fit_transform({fit})"]
            for test in tested(source)[:1]:
                lines.append(f"{test} = step.transform({test})")
            if any(bound in source.names(item) for bound in _bound_in(source, where)):
                # The step takes what its loop gives: it leaves the pipeline inside the loop.
                inner = source.statement(call)
                lines = [f"step = {made}", f"chosen = step.fit_transform({fit})"]
                yield Plant(
                    [
                        source.before(inner, "\n".join(lines)),
                        source.drop_item(item, items),
                        source.replace(rows, "chosen"),
                    ],
                    codes=frozenset({"LEAK003"} if selects else {"LEAK002"}),
                )
                continue
            yield Plant(
                [source.before(where, "\n".join(lines)), source.drop_item(item, items)],
                codes=frozenset({"LEAK003"} if selects else {"LEAK002"}),
            )


def outermost(source: Source, statement: ast.stmt) -> ast.stmt:
    """Give the statement itself, or the outermost loop around it in its function."""
    scope = source.scope(statement)
    found = statement
    for around in source.around(statement):
        if around is scope:
            break
        if isinstance(around, ast.For | ast.While):
            found = around
    return found


def _bound_in(source: Source, statement: ast.stmt) -> set[str]:
    stored = source.find(ast.Name, statement)
    return {name.id for name in stored if isinstance(name.ctx, ast.Store)}


@fault("transformer outside the folds", "LEAK002", also=PREPROCESSING)
def transformer_outside_folds(source: Source) -> Iterator[Plant]:
    """Scale all rows of a cross-validation or of a search before it."""
    if kind(source) != "numbers":
        return
    sites = [(call, argument(call, 1, "X")) for call in source.calls(*VALIDATORS)]
    searches = source.calls("GridSearchCV", "RandomizedSearchCV")
    for search in searches:
        names = outputs(source.statement(search))
        for fit in source.calls("fit"):
            if names and source.code(fit.func) == f"{names[0]}.fit":
                sites.append((fit, argument(fit, 0, "X")))
    for loop in source.find(ast.For):
        if isinstance(loop.iter, ast.Call) and called(loop.iter) == "split":
            sites.append((loop.iter, argument(loop.iter, 0, "X")))
    for call, rows in sites:
        if not isinstance(rows, ast.Name):
            continue
        where = outermost(source, source.statement(call))
        lines = [f"outside = QuantileTransformer(random_state=0).fit({rows.id})"]
        lines.append(f"{rows.id} = outside.transform({rows.id})")
        if "train" in rows.id and tested(source):
            test = tested(source)[0]
            lines.append(f"{test} = outside.transform({test})")
        yield Plant(
            [
                *source.imports("from sklearn.preprocessing import QuantileTransformer"),
                source.before(where, "\n".join(lines)),
            ]
        )


@fault("fit on all rows instead of the training part", "LEAK001", also=PREPROCESSING)
def fitted_on_all(source: Source) -> Iterator[Plant]:
    """Let a transformer learn from the whole table that the training part is taken from."""
    divided = division(source)
    if divided is None:
        return
    whole = dict(zip(divided.train, divided.names, strict=False))
    for call in source.calls("fit", "fit_transform", "adapt"):
        if not call.args or not transforms(source, call):
            continue
        if source.scope(call) is not source.scope(divided.statement):
            continue
        rows = _root(call.args[0])
        if rows is None or not whole.get(rows.id) or rebound(source, rows, divided):
            continue
        edits = _widened(source, call, rows, whole)
        if edits:
            selects = re.search(r"select", source.code(call.func)) is not None
            yield Plant(edits, codes=_in_folds(source, "LEAK003" if selects else "LEAK001"))


def transforms(source: Source, call: ast.Call) -> bool:
    """Say whether `call` fits a transformer and not a model."""
    if called(call) in {"fit_transform", "adapt"}:
        return True
    holder = source.code(call.func).removesuffix(".fit")
    made = [holder]
    made += [
        source.code(node.value)
        for node in source.find(ast.Assign)
        if holder in outputs(node) and isinstance(node.value, ast.Call)
    ]
    return any(FITTED.search(text.split("(")[0]) for text in made)


def _root(node: ast.expr) -> ast.Name | None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def rebound(source: Source, name: ast.Name, divided: Division) -> bool:
    """Say whether a name is bound between the division and its use."""
    first, last = source.span(divided.statement)[1], source.span(source.statement(name))[0]
    scope = source.scope(name)
    return any(first < source.span(one)[0] < last for one in source.stores(name.id, scope))


def _widened(source: Source, call: ast.Call, rows: ast.Name, whole: dict[str, str]) -> list[Edit]:
    edits = [source.replace(rows, whole[rows.id])]
    for other in call.args[1:]:
        root = _root(other)
        if root is not None:
            if not whole.get(root.id):
                return []
            edits.append(source.replace(root, whole[root.id]))
    if called(call) == "fit_transform":
        assert isinstance(call.func, ast.Attribute)
        start = source.span(call.func.value)[1]
        name = Edit(start, source.span(call.func)[1], ".fit")
        end = source.span(call)[1]
        use = f".transform({source.code(call.args[0])})"
        edits += [name, Edit(end, end, use)]
    return edits


@fault("fit on both parts", "LEAK001", also=PREPROCESSING)
def fitted_on_both(source: Source) -> Iterator[Plant]:
    """Let a transformer learn from the training and the test part."""
    pairs = _transformed_pairs(source)
    for fit, train, test in pairs:
        joined = f"list({train}) + list({test})"
        if kind(source) != "text":
            joined = f"np.vstack([{train}, {test}])"
        imports = [] if "as np" in source.text else source.imports("import numpy as np")
        if len(fit.args) > 1:
            continue
        first = fit.args[0]
        codes = _in_folds(source, "LEAK001")
        if called(fit) != "fit_transform":
            yield Plant([*imports, source.replace(first, joined)], codes=codes)
            continue
        assert isinstance(fit.func, ast.Attribute)
        holder = source.code(fit.func.value)
        text = f"{holder}.fit({joined}).transform({train})"
        yield Plant([*imports, source.replace(fit, text)], codes=codes)


def _transformed_pairs(source: Source) -> list[tuple[ast.Call, str, str]]:
    """Find the fits of transformers with the rows that they later transform for the test."""
    found = []
    for fit in source.calls("fit", "fit_transform"):
        if not fit.args or not transforms(source, fit) or not isinstance(fit.func, ast.Attribute):
            continue
        holder = source.code(fit.func.value)
        bound = outputs(source.statement(fit))
        if called(fit) == "fit" and bound:
            holder = bound[0]
        for use in source.calls("transform"):
            if source.code(use.func) != f"{holder}.transform" or not use.args:
                continue
            test, train = source.code(use.args[0]), source.code(fit.args[0])
            if "test" in test and "train" in train:
                found.append((fit, train, test))
    return found


@fault("figures of all rows instead of the training part", "LEAK004", also=PREPROCESSING)
def figures_of_all(source: Source) -> Iterator[Plant]:
    """Take a mean or a median from the whole table."""
    divided = division(source)
    if divided is None:
        return
    whole = dict(zip(divided.train, divided.names, strict=False))
    for call in source.calls("mean", "median", "std"):
        root = _chain_root(call)
        if root is not None and whole.get(root.id) and not rebound(source, root, divided):
            yield Plant([source.replace(root, whole[root.id])])


def _chain_root(node: ast.expr) -> ast.Name | None:
    while not isinstance(node, ast.Name):
        match node:
            case ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case ast.Subscript(value=inner) | ast.Attribute(value=inner):
                node = inner
            case _:
                return None
    return node
