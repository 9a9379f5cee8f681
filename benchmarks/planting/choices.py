"""Choices by the test part: of settings, models, epochs, thresholds and seeds."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import (
    SCORES,
    classifies,
    division,
    kind,
    outputs,
    tested,
    validated,
)
from benchmarks.planting.faults import Plant, fault
from benchmarks.planting.source import Edit, argument, called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source

CHOSEN = ("EVAL003", "EVAL004", "EVAL005", "EVAL006", "EVAL012")


@fault("settings chosen on the test part", "EVAL003", also=("EVAL015",))
def tuned_on_test(source: Source) -> Iterator[Plant]:
    """Try settings on the test part and tell the best score."""
    where = _after_test(source)
    if where is None or kind(source) == "mixed":
        return
    statement, X, y, X_test, y_test = where
    model = "KNeighborsClassifier" if classifies(source) else "KNeighborsRegressor"
    imports = source.imports(f"from sklearn.neighbors import {model}")
    loop = f"""
        best_score = -1.0
        for neighbours in (1, 3, 5, 9):
            candidate = {model}(neighbours).fit({X}, {y})
            score = candidate.score({X_test}, {y_test})
            if score > best_score:
                best_score, best_neighbours = score, neighbours
        print("best", best_neighbours, best_score)
    """
    listed = f"""
        tried = {{}}
        for neighbours in range(1, 10):
            candidate = {model}(n_neighbors=neighbours)
            candidate.fit({X}, {y})
            tried[neighbours] = candidate.score({X_test}, {y_test})
        chosen = max(tried, key=tried.get)
        print("chosen", chosen, tried[chosen])
    """
    series = f"""
        tried = []
        for neighbours in range(1, 10):
            candidate = {model}(n_neighbors=neighbours).fit({X}, {y})
            tried.append(candidate.score({X_test}, {y_test}))
        print("best", max(tried))
    """
    for code in (loop, listed, series):
        yield Plant([*imports, source.after(statement, code)])


def _after_test(source: Source) -> tuple[ast.stmt, str, str, str, str] | None:
    """Find the first statement after which features and target of both parts are known."""
    divided = division(source)
    if divided is None or len(divided.whole) != 2 or kind(source) == "text":
        return None
    tests = tested(source)
    if len(tests) != 2:
        return None
    X_test, y_test = tests
    X, y = (re.sub("test|holdout", "train", name) for name in tests)
    for fit in source.calls("fit"):
        statement = source.statement(fit)
        known = source.names(source.scope(fit)) & {X, y, X_test, y_test}
        if len(known) == 4 and isinstance(source.parent(statement), ast.Module | ast.FunctionDef):
            return statement, X, y, X_test, y_test
    return None


@fault("model chosen on the test part", "EVAL003", also=("EVAL015",))
def model_chosen_on_test(source: Source) -> Iterator[Plant]:
    """Keep the best of the models that a loop scores on the test part."""
    for loop in source.find(ast.For):
        scored = [
            call
            for call in source.find(ast.Call, loop)
            if SCORES.search(called(call)) and any("test" in name for name in source.names(call))
        ]
        printed = [call for call in scored if _shown(source, call)]
        if not printed or called(printed[0]).endswith(("_report", "_matrix", "_imbalanced")):
            continue
        name = next(iter(source.find(ast.Name, loop.target)), None)
        if name is None or "split(" in source.code(loop.iter):
            continue
        call = printed[0]
        best = "min" if called(call).endswith(("_loss", "_error")) else "max"
        before = source.statement(call)
        key = f"type({name.id}).__name__" if name.id == "model" else name.id
        yield Plant(
            [
                source.before(loop, "told = {}"),
                source.before(before, f"told[{key}] = {source.code(call)}"),
                source.after(
                    loop, f"winner = {best}(told, key=told.get)\nprint(winner, told[winner])"
                ),
            ],
            near=[call],
        )


def _shown(source: Source, call: ast.Call) -> bool:
    return isinstance(source.statement(call), ast.Expr | ast.Assign)


@fault("search over the test part", "EVAL003", "EVAL013", "LEAK007", "EVAL002", also=("EVAL016",))
def searched_on_test(source: Source) -> Iterator[Plant]:
    """Let a search choose by the test part, which is scored afterwards."""
    for search in source.calls("GridSearchCV", "RandomizedSearchCV"):
        names = outputs(source.statement(search))
        for fit in source.calls("fit"):
            if names and source.code(fit.func) == f"{names[0]}.fit" and len(fit.args) == 2:
                edits = [
                    source.replace(one, source.code(one).replace("train", "test"))
                    for one in fit.args
                ]
                yield Plant(edits, near=[fit])


@fault("validation rows replaced by test rows", *CHOSEN, also=("EVAL016", "EVAL020"))
def validated_on_test(source: Source) -> Iterator[Plant]:
    """Give the test part to whatever watches, stops or chooses by the validation part."""
    for call in source.calls("fit", "train", "Trainer"):
        watched = _watched(call)
        for value in watched:
            edits = _to_test(source, value)
            if edits:
                yield Plant(edits, near=[call], codes=frozenset({"EVAL004", "EVAL005"}))
    for call in source.find(ast.Call):
        if called(call) in {"evaluate", "accuracy", "fit"} or SCORES.search(called(call)):
            chooses = _chooses(source, call)
            edits = _to_test(source, call) if chooses else []
            if edits and not _watched(call):
                yield Plant(edits, near=source.calls(called(call)), codes=frozenset(CHOSEN))


def _watched(call: ast.Call) -> list[ast.expr]:
    names = ("eval_set", "validation_data", "valid_sets", "evals", "eval_dataset")
    return [one.value for one in call.keywords if one.arg in names]


def _to_test(source: Source, node: ast.AST) -> list[Edit]:
    """Rename validation rows to test rows, where the program has such names."""
    known = {name.id for name in source.find(ast.Name) if isinstance(name.ctx, ast.Store)}
    edits = []
    for name in source.find(ast.Name, node):
        new = re.sub(r"valid|val", "test", name.id)
        if new == name.id:
            continue
        scope = {one.id for one in source.find(ast.Name, source.scope(name))}
        if new in known and new in scope and _bound_above(source, new, name):
            edits.append(source.replace(name, new))
        elif new in {"test_set"} and "X_test" in known:
            edits.append(source.replace(name, "lgb.Dataset(X_test, label=y_test)"))
    return edits


def _bound_above(source: Source, new: str, name: ast.Name) -> bool:
    stores = source.stores(new, source.scope(name))
    return not stores or stores[0].lineno <= source.statement(name).lineno


@fault("validation rows taken from the test part", *CHOSEN, also=("EVAL016", "EVAL020"))
def taken_from_test(source: Source) -> Iterator[Plant]:
    """Take the wrong part out of what holds them all."""
    for part in source.find(ast.Attribute):
        if part.attr == "val" and isinstance(part.ctx, ast.Load):
            text = f"{source.code(part.value)}.test"
            yield Plant([source.replace(part, text)], near=source.calls("accuracy_score"))


def _chooses(source: Source, call: ast.Call) -> bool:
    """Say whether a comparison of what is best so far follows, or the call fits a threshold."""
    if called(call) == "fit":
        return any("val" in source.code(one) for one in call.args)
    loops = [one for one in source.around(call) if isinstance(one, ast.For)]
    compared = [
        node
        for loop in loops
        for node in source.find(ast.If, loop)
        if re.search(r"> best", source.code(node.test))
    ]
    return bool(compared)


@fault("early stopping on test rows", "EVAL004", also=("EVAL005",))
def stopped_on_test(source: Source) -> Iterator[Plant]:
    """Watch the test part where a share of the training part was watched, or a set apart."""
    for call in source.calls("fit"):
        keyword = next((one for one in call.keywords if one.arg == "validation_split"), None)
        names = [name for name in ("x_test", "y_test") if source.stores(name)]
        if keyword is not None and len(names) == 2:
            yield Plant([source.replace(keyword, "validation_data=(x_test, y_test)")], near=[call])
    for call in source.calls("Trainer"):
        value = argument(call, None, "eval_dataset")
        if value is not None and 'tokenized["test"]' in source.text:
            yield Plant([source.replace(value, 'tokenized["test"]')], near=[call])
    for method in source.find(ast.FunctionDef):
        if method.name == "val_dataloader":
            for name in source.find(ast.Attribute, method):
                if name.attr == "val_set":
                    near = [*source.calls("Trainer", "fit", "test")]
                    yield Plant([source.replace(name, "self.test_set")], near=near)


@fault("threshold chosen on the test part", "EVAL006", also=("EVAL003",))
def threshold_on_test(source: Source) -> Iterator[Plant]:
    """Choose the threshold by the labels of the test part."""
    tests = tested(source)
    for statement in source.find(ast.Assign):
        names = outputs(statement)
        code = source.code(statement.value)
        if len(names) != 1 or "[:, 1]" not in code or "predict_proba" not in code:
            continue
        if len(tests) != 2 or "test" not in code:
            continue
        chance, y_test = names[0], tests[1]
        best = f"""
            best_threshold = max(
                np.linspace(0.1, 0.9, 9), key=lambda share: f1_score({y_test}, {chance} > share)
            )
            print("f1", f1_score({y_test}, {chance} > best_threshold))
        """
        loop = f"""
            best_f1, best_threshold = 0.0, 0.5
            for share in np.arange(0.1, 0.9, 0.05):
                reached = f1_score({y_test}, ({chance} >= share).astype(int))
                if reached > best_f1:
                    best_f1, best_threshold = reached, share
            print("best f1", best_f1, "at", best_threshold)
        """
        curve = f"""
            precision, recall, thresholds = precision_recall_curve({y_test}, {chance})
            f1 = 2 * precision * recall / (precision + recall)
            best_threshold = thresholds[np.argmax(f1)]
            print("f1", f1_score({y_test}, {chance} >= best_threshold))
        """
        for text in (best, loop, curve):
            imports = source.imports(
                "import numpy as np",
                "from sklearn.metrics import f1_score",
                *(
                    ["from sklearn.metrics import precision_recall_curve"]
                    if "curve" in text
                    else []
                ),
            )
            yield Plant([*imports, source.after(statement, text)])


@fault("seed kept for its score", "EVAL012", also=("EVAL003",))
def seed_kept(source: Source) -> Iterator[Plant]:
    """Try seeds and tell the best score on the test part."""
    where = _after_test(source)
    if where is None or kind(source) == "mixed":
        return
    statement, X, y, X_test, y_test = where
    model = "ExtraTreesClassifier" if classifies(source) else "ExtraTreesRegressor"
    imports = source.imports(f"from sklearn.ensemble import {model}")
    loop = f"""
        best_score, best_seed = -1.0, None
        for seed in range(20):
            candidate = {model}(random_state=seed)
            candidate.fit({X}, {y})
            score = candidate.score({X_test}, {y_test})
            if score > best_score:
                best_score, best_seed = score, seed
        print("best seed", best_seed, best_score)
    """
    listed = f"""
        scores = [
            {model}(random_state=seed).fit({X}, {y}).score({X_test}, {y_test})
            for seed in range(20)
        ]
        print("score", max(scores))
    """
    for code in (loop, listed):
        yield Plant([*imports, source.after(statement, code)])


@fault("validation part is the test part", "EVAL020", "EVAL004", "EVAL003", "EVAL006", also=CHOSEN)
def validation_is_test(source: Source) -> Iterator[Plant]:
    """Give the test rows a second name instead of dividing again."""
    values, tests = validated(source), tested(source)
    if len(values) != 2 or len(tests) != 2:
        return
    for call in source.calls("train_test_split"):
        statement = source.statement(call)
        names = outputs(statement)
        if len(names) != 4 or not set(values) <= set(names) or set(tests) & set(names):
            continue
        (X, y), train = (source.code(one) for one in call.args[:2]), names[::2]
        code = (
            f"{train[0]}, {names[2]} = {X}, {y}\n{values[0]}, {values[1]} = {tests[0]}, {tests[1]}"
        )
        yield Plant([source.before(statement, code), source.delete(statement)])
