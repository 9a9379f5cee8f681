"""Misuse of the test part: choices on it, training scores, swapped arguments, lost pairs."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import (
    SCORES,
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

JUDGED = ("predict", "predict_proba", "decision_function", "score", "evaluate", "tensor")


@fault("transformer fitted on the test part", "EVAL001")
def fitted_on_test(source: Source) -> Iterator[Plant]:
    """Fit again where the test part is only to be transformed."""
    for call in source.calls("transform"):
        if (
            call.args
            and "test" in source.code(call.args[0])
            and isinstance(call.func, ast.Attribute)
        ):
            start = source.span(call.func.value)[1]
            end = source.span(call.func)[1]
            if "select" in source.code(call.func):
                continue
            yield Plant([Edit(start, end, ".fit_transform")])


@fault("training rows scored", "EVAL002", also=("EVAL016", "LEAK007"))
def training_rows_scored(source: Source) -> Iterator[Plant]:
    """Judge every model on the rows that it was trained on, and nothing else."""
    divided = division(source)
    if divided is None:
        return
    scope = source.scope(divided.statement)
    renamed = _test_names(source, scope)
    edits: list[Edit] = []
    for statement in _judging(source, scope, set(renamed)):
        for name in source.find(ast.Name, statement):
            new = renamed.get(name.id)
            if new is not None and isinstance(name.ctx, ast.Load):
                edits.append(source.replace(name, new))
    # A training score beside one of folds, or of validation in every epoch, is no result.
    beside = re.search(r"cross_val|\.split\(X_train|validation_data=", source.text)
    if edits and beside is None:
        yield Plant(edits, near=source.calls("fit"))


def _test_names(source: Source, scope: ast.AST) -> dict[str, str]:
    """Match the names of a test part with those of the training part."""
    names = {name.id for name in source.find(ast.Name, scope)}
    renamed = {}
    for name in names:
        for old, new in (("test", "train"), ("later", "earlier"), ("val_", "train_")):
            twin = name.replace(old, new)
            if old in name and old != "val_" and twin in names:
                renamed[name] = twin
    return renamed


def _judging(source: Source, scope: ast.AST, names: set[str]) -> Iterator[ast.stmt]:
    """Find the statements that predict or score the test part."""
    seen: set[ast.stmt] = set()
    for call in source.find(ast.Call, scope):
        if called(call) not in JUDGED and not SCORES.search(called(call)):
            continue
        statement = source.statement(call)
        if statement not in seen and names & source.names(statement):
            seen.add(statement)
            yield statement


@fault(
    "parts unpacked in the wrong order",
    "EVAL008",
    also=("LEAK007", "EVAL009", "EVAL016", "EVAL002", "EVAL020"),
)
def unpacked_wrongly(source: Source) -> Iterator[Plant]:
    """Unpack the parts of the first array, then of the second, in the order that feels natural."""
    for call in source.calls("train_test_split"):
        statement = source.statement(call)
        names = outputs(statement)
        if len(names) != 4 or not isinstance(statement, ast.Assign):
            continue
        target = statement.targets[0]
        X_train, X_test, y_train, y_test = names
        for order in (
            (X_train, y_train, X_test, y_test),
            (X_test, X_train, y_test, y_train),
            (X_train, X_test, y_test, y_train),
        ):
            if order[0] == X_test and not ("train" in X_train and "test" in X_test):
                continue  # Parts of unsaid use exchange nothing but their sizes.
            yield Plant([source.replace(target, ", ".join(order))])


@fault("features and target divided apart", "EVAL009", also=("SEED001", "EVAL016", "IMBA001"))
def divided_apart(source: Source) -> Iterator[Plant]:
    """Divide features and target by two calls with other seeds, or shuffle them apart."""
    divided = division(source)
    if divided is None or divided.call is None or len(divided.whole) != 2:
        return
    (X, y) = (source.code(one) for one in divided.whole)
    (X_train, y_train), (X_test, y_test) = divided.train, divided.test
    if "shuffle=False" not in source.text:
        code = (
            f"{X_train}, {X_test} = train_test_split({X}, test_size=0.2, random_state=1)\n"
            f"{y_train}, {y_test} = train_test_split({y}, test_size=0.2, random_state=2)"
        )
        edits = [source.before(divided.statement, code), source.delete(divided.statement)]
        yield Plant(edits)
    if all(divided.names):
        code = f"{X} = shuffle({X}, random_state=1)\n{y} = shuffle({y}, random_state=2)"
        imports = source.imports("from sklearn.utils import shuffle")
        yield Plant([*imports, source.before(divided.statement, code)])
        if not frames(source) and kind(source) == "numbers" and "as np" in source.text:
            code = f"np.random.seed(0)\nnp.random.shuffle({X})\nnp.random.shuffle({y})"
            yield Plant([source.before(divided.statement, code)])


ASYMMETRIC = (
    "precision_score",
    "recall_score",
    "classification_report",
    "confusion_matrix",
    "balanced_accuracy_score",
    "roc_auc_score",
    "average_precision_score",
    "log_loss",
    "brier_score_loss",
    "r2_score",
    "classification_report_imbalanced",
)


@fault("arguments of a metric swapped", "EVAL010", also=("EVAL011",))
def metric_swapped(source: Source) -> Iterator[Plant]:
    """Give the predictions first and the labels second."""
    for call in source.calls(*ASYMMETRIC):
        if len(call.args) >= 2:
            first, second = call.args[:2]
            yield Plant(
                [
                    source.replace(first, source.code(second)),
                    source.replace(second, source.code(first)),
                ]
            )


@fault("hard labels for a ranking metric", "EVAL011")
def hard_labels(source: Source) -> Iterator[Plant]:
    """Judge by a ranking metric what only says yes or no."""
    ranking = ("roc_auc_score", "average_precision_score", "log_loss", "brier_score_loss")
    for metric in source.calls(*ranking):
        if len(metric.args) < 2:
            continue
        shown = metric.args[1]
        holder: ast.AST = shown
        if isinstance(shown, ast.Name):
            bound = [
                node
                for node in source.find(ast.Assign)
                if shown.id in outputs(node) and node.lineno < metric.lineno
            ]
            holder = bound[-1].value if bound else shown
        for call in source.calls("predict_proba", "decision_function", within=holder):
            assert isinstance(call.func, ast.Attribute)
            whole = source.parent(call)
            node: ast.AST = whole if isinstance(whole, ast.Subscript) else call
            text = f"{source.code(call.func.value)}.predict({source.code(call.args[0])})"
            yield Plant([source.replace(node, text)], near=[metric])


@fault(
    "cross-validated on the test part", "EVAL013", also=("EVAL002", "EVAL003", "EVAL016", "LEAK002")
)
def validated_in_test(source: Source) -> Iterator[Plant]:
    """Take folds of the test part."""
    tests = tested(source)
    if len(tests) != 2:
        return
    X_test, y_test = tests
    for call in source.calls("cross_val_score", "cross_validate", "cross_val_predict"):
        rows, target = argument(call, 1, "X"), argument(call, 2, "y")
        if not isinstance(rows, ast.Name) or not isinstance(target, ast.Name):
            continue
        if {X_test, y_test} <= {one.id for one in source.find(ast.Name, source.scope(call))}:
            yield Plant([source.replace(rows, X_test), source.replace(target, y_test)])
    for fit in source.calls("fit"):
        if not isinstance(fit.func, ast.Attribute) or not isinstance(fit.func.value, ast.Name):
            continue
        statement = source.statement(fit)
        if not isinstance(statement, ast.Expr) or fit.keywords or len(fit.args) != 2:
            continue
        names = {one.id for one in source.find(ast.Name, source.scope(fit))}
        if {X_test, y_test} <= names and not re.search("Booster|lgb|xgb|Pool|keras", source.text):
            holder = fit.func.value.id
            if "scaler" in holder or "pca" in holder:
                continue
            code = f"print(cross_val_score({holder}, {X_test}, {y_test}, cv=5).mean())"
            imports = source.imports("from sklearn.model_selection import cross_val_score")
            yield Plant([*imports, source.after(statement, code)])


@fault("refitted on all rows, then scored", "EVAL014", "LEAK007", also=("EVAL002",))
def refitted(source: Source) -> Iterator[Plant]:
    """Train once more on all rows before the test part is scored."""
    divided = division(source)
    if divided is None or divided.call is None or len(divided.whole) != 2:
        return
    for fit in source.calls("fit"):
        statement = source.statement(fit)
        if not isinstance(statement, ast.Expr) or len(fit.args) != 2 or fit.keywords:
            continue
        whole = dict(zip(divided.train, divided.names, strict=False))
        names = [source.code(one) for one in fit.args]
        if not all(whole.get(name) for name in names):
            continue
        if source.scope(fit) is not source.scope(divided.statement):
            continue
        holder = source.code(fit.func).removesuffix(".fit")
        if "scaler" in holder or "pca" in holder:
            continue
        code = f"{holder}.fit({whole[names[0]]}, {whole[names[1]]})"
        yield Plant([source.after(statement, code)], near=[statement])


@fault("test part never scored", "EVAL016")
def never_scored(source: Source) -> Iterator[Plant]:
    """Take out everything that reads the test part."""
    divided = division(source)
    if divided is None or divided.call is None or not all("test" in one for one in divided.test):
        return
    scope = source.scope(divided.statement)
    gone = set(divided.test)
    edits: list[Edit] = []
    body = [*getattr(scope, "body", [])]
    for statement in body:
        if statement is divided.statement or isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        if isinstance(statement, ast.For | ast.With | ast.If):
            if gone & source.names(statement):
                inner = [one for one in statement.body if gone & source.names(one)]
                if len(inner) == len(statement.body):
                    return
                lost: set[str] = set()
                for one in statement.body:
                    if (gone | lost) & source.names(one):
                        lost |= set(outputs(one))
                        edits.append(source.delete(one))
            continue
        if gone & source.names(statement):
            if isinstance(statement, ast.Return):
                return
            gone |= set(outputs(statement)) - set(divided.train)
            edits.append(source.delete(statement))
    if edits:
        yield Plant(edits, near=[divided.statement])


@fault("metric of another task", "EVAL021", also=("EVAL010", "IMBA003"))
def metric_of_other_task(source: Source) -> Iterator[Plant]:
    """Judge classes as if they were quantities, and quantities as if they were classes."""
    swaps = {
        "accuracy_score": "r2_score",
        "f1_score": "r2_score",
        "mean_absolute_error": "accuracy_score",
        "r2_score": "accuracy_score",
        "mean_squared_error": "f1_score",
    }
    for call in source.calls(*swaps):
        if len(call.args) != 2 or call.keywords or isinstance(call.func, ast.Attribute):
            continue
        new = swaps[called(call)]
        imports = source.imports(f"from sklearn.metrics import {new}")
        yield Plant([*imports, source.replace(call.func, new)])
