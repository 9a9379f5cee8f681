"""Estimators: built, fitted, used; pipelines, searches and cross-validation around them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.catalogue.entry import Entry
from mlaudit.flow import attributes, evaluation, networks, splits
from mlaudit.flow.arguments import Arguments, described
from mlaudit.flow.regions import Selector
from mlaudit.flow.values import (
    UNKNOWN,
    Choice,
    Class,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Prediction,
    Ref,
    Sequence,
    Symbol,
    Value,
    merge_influences,
)
from mlaudit.model.frozen import replace
from mlaudit.trace.events import (
    Columns,
    CrossValidate,
    Effect,
    Fit,
    Influence,
    Kind,
    Model,
    Resample,
    Role,
    Watch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter

FITTING = frozenset(
    {
        "fit",
        "partial_fit",
        "fit_transform",
        "fit_predict",
        "fit_generator",
        "fit_resample",
        "fit_sample",
        "fit_on_texts",
    }
)
_FITS = frozenset(
    {"fit", "partial_fit", "fit_generator", "fit_on_texts", "adapt", "train_on_batch", "train"}
)
_PREDICTS = frozenset(
    {
        "predict",
        "predict_proba",
        "predict_log_proba",
        "decision_function",
        "predict_classes",
        "predict_generator",
        "predict_on_batch",
    }
)
_SCORES = frozenset({"score", "evaluate", "evaluate_generator", "test_on_batch"})
_TRANSFORMS = frozenset({"transform", "inverse_transform", "texts_to_sequences", "texts_to_matrix"})
_RESAMPLES = frozenset({"fit_resample", "fit_sample"})
_ROLES = {
    "predictor": Role.PREDICTOR,
    "wrapper": Role.PREDICTOR,
    "search": Role.PREDICTOR,
    "network": Role.PREDICTOR,
    "trainer": Role.PREDICTOR,
    "transformer": Role.TRANSFORMER,
    "selector": Role.TRANSFORMER,
    "encoder": Role.TRANSFORMER,
    "clusterer": Role.CLUSTERER,
    "resampler": Role.RESAMPLER,
}
_LEARNED = {"selector": Kind.SELECTION, "encoder": Kind.TARGET_ENCODING}
_UNKNOWN = Entry("unknown", "unknown")


def build(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Make an estimator from a call of its class."""
    key = (id(arguments.node), run.context)
    short = _class_name(name)
    inner = tuple(_wrapped(run, entry, arguments))
    model = run.models.get(key)
    if model is None:
        model = run.models[key] = Model(short, name, run.place(arguments.node))
        run.happened_in[id(model)] = run.running
    parts = [part for part in map(run.load, inner) if isinstance(part, Estimator)]
    model.role = _role(entry, parts)
    model.task = _task(entry, parts)
    model.arguments = described(run, arguments, entry.parameters)
    model.steps = tuple(part.model for part in parts)
    return run.state.allocate(
        Estimator(
            model,
            entry,
            inner=inner,
            arguments=dict(arguments.named),
            key=key,
            node=arguments.node,
            positional=tuple(arguments.positional),
        )
    )


def _class_name(name: str) -> str:
    """Name what a call makes: `Net.from_pretrained` makes a Net."""
    owner, _, made = f".{name}".rpartition(".")
    owner = owner.rpartition(".")[2]
    return owner if made[:1].islower() and owner[:1].isupper() else made


def build_unknown(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Make an object of a class that no table knows; its use will tell what it is."""
    made = build(run, name, _UNKNOWN, arguments)
    inner = tuple(arguments.values())
    estimator = run.load(made)
    if isinstance(made, Ref) and isinstance(estimator, Estimator):
        run.state.heap[made.address] = Estimator(
            estimator.model, _UNKNOWN, inner=inner, key=estimator.key
        )
    return made


def unknown(run: Interpreter, node: ast.expr, name: str) -> Value:
    """Make an estimator of something of unknown origin that is fitted."""
    return build(run, name, _UNKNOWN, Arguments(node))


def _task(entry: Entry, parts: list[Estimator]) -> str | None:
    """Tell what is predicted: what the last part predicts, unless a wrapper says otherwise."""
    inner = next((part.model.task for part in reversed(parts) if part.model.task), None)
    if entry.task in {None, "any"}:
        return inner
    known = {entry.task, inner} - {None, "any"}
    return entry.task if len(known) == 1 else None


def _role(entry: Entry, parts: list[Estimator]) -> Role:
    if entry.kind == "pipeline":
        if entry.wraps in {"steps", "*"} and parts:
            last = parts[-1].model.role
            return last if entry.name != "make_column_transformer" else Role.TRANSFORMER
        return Role.TRANSFORMER
    return _ROLES.get(entry.kind, Role.UNKNOWN)


def _wrapped(run: Interpreter, entry: Entry, arguments: Arguments) -> Iterator[Value]:
    """Find the estimators in the argument that holds them."""
    if entry.wraps is None:
        return
    if entry.wraps == "*":
        values = list(arguments.positional)
    else:
        position = entry.parameters.index(entry.wraps) if entry.wraps in entry.parameters else 0
        value = arguments.get(entry.wraps, position)
        if value is None and entry.wraps == "estimator":
            value = arguments.named.get("base_estimator")
        values = [value] if value is not None else []
    for value in values:
        yield from _estimators_in(run, value, 0)


def _estimators_in(run: Interpreter, value: Value, depth: int) -> Iterator[Value]:
    inner = run.load(value)
    if isinstance(inner, Estimator):
        yield value
    elif isinstance(inner, Choice):
        yield from _estimators_in(run, inner.options[0], depth + 1)
    elif isinstance(inner, Sequence) and depth < 4:
        for item in (*inner.items, *([inner.rest] if inner.rest else [])):
            yield from _estimators_in(run, item, depth + 1)
    elif isinstance(inner, Dictionary) and depth < 4:
        for item in inner.items.values():
            yield from _estimators_in(run, item, depth + 1)


def method(
    run: Interpreter, holder: Value, estimator: Estimator, name: str, arguments: Arguments
) -> Value:
    """Call a method of an estimator."""
    kind = estimator.entry.kind
    if kind == "splitter":
        return splits.folds(run, estimator, arguments) if name == "split" else Data("scalar")
    if name in _RESAMPLES or (
        kind == "resampler" and name in {"fit_resample", "fit_sample", "resample"}
    ):
        return resample(run, estimator, arguments)
    if name in {"fit_transform", "fit_predict"}:
        fit(run, holder, name, arguments)
        fitted = run.load(holder)
        assert isinstance(fitted, Estimator)
        if name == "fit_transform" or estimator.model.role is Role.CLUSTERER:
            return transform(run, fitted, arguments)
        return predict(run, holder, fitted, name, arguments)
    if kind in {"optimizer", "scheduler", "layer", "loss", "callback"} or _sets_mode(
        run, name, arguments
    ):
        return networks.other_method(run, holder, estimator, name, arguments)
    if name in _FITS:
        return fit(run, holder, name, arguments)
    if name in _TRANSFORMS:
        return transform(run, estimator, arguments)
    if name in _PREDICTS:
        return predict(run, holder, estimator, name, arguments)
    if name in _SCORES:
        return evaluation.score(run, holder, estimator, name, arguments)
    return networks.other_method(run, holder, estimator, name, arguments)


def _sets_mode(run: Interpreter, name: str, arguments: Arguments) -> bool:
    """Whether `net.train()` only switches to training mode."""
    values = [run.load(value) for value in arguments.values()]
    return name == "train" and all(isinstance(value, Constant) for value in values)


def _inputs(
    run: Interpreter, estimator: Estimator, arguments: Arguments
) -> tuple[Data, Value | None, ast.expr | None]:
    """Find features, target, and the source of the features, in the ways libraries name them."""
    for name in (
        "X",
        "x",
        "train_set",
        "dtrain",
        "training_data",
        "data",
        "texts",
        "generator",
        "train_dataloaders",
    ):
        if name in arguments.named:
            features: Value | None = arguments.named[name]
            expression = arguments.nodes.get(name)
            break
    else:
        position = 1 if estimator.entry.kind == "trainer" and len(arguments.positional) > 1 else 0
        features = arguments.get("X", position)
        expression = arguments.nodes.get(position)
    if features is None and estimator.entry.data:
        return _of_constructor(run, estimator)
    target = arguments.get("y", 1) if estimator.entry.kind != "trainer" else None
    data = run.rows_of(features, expression) if features is not None else UNKNOWN
    return data, target, expression


def _of_constructor(
    run: Interpreter, estimator: Estimator
) -> tuple[Data, Value | None, ast.expr | None]:
    """Some libraries give the data when the model is made, and fit without any."""
    given = dict(zip(estimator.entry.parameters, estimator.positional, strict=False))
    given.update(estimator.arguments)
    features = next((given[name] for name in estimator.entry.data if name in given), UNKNOWN)
    return run.data(features), given.get(estimator.entry.target or ""), None


def fit(run: Interpreter, holder: Value, name: str, arguments: Arguments) -> Value:
    """Fit an estimator: it now knows the rows, and what had influenced them."""
    estimator = run.load(holder)
    assert isinstance(estimator, Estimator)
    data, target_value, expression = _inputs(run, estimator, arguments)
    target = run.data(target_value) if target_value is not None else None
    if target is not None and not target.rows.terms:
        target = None
    learned = _learned(run, estimator, name, data, arguments.node)
    influences = merge_influences(data.influences, learned)
    features, column = _columns(data, target)
    rows = data.rows
    keeps = name in {"partial_fit", "train_on_batch"} or estimator.entry.kind == "network"
    event = run.emit(
        Fit,
        arguments.node,
        id(estimator.model),
        model=estimator.model,
        operation=name,
        rows=rows,
        target_rows=target.rows if target is not None else None,
        influences=influences if estimator.model.role is Role.PREDICTOR else data.influences,
        features=features,
        target=column,
        variable=run.text(expression) if expression is not None else "",
        goes_on=keeps,
    )
    if estimator.entry.kind == "search":
        _search(run, estimator, data, expression, arguments)
    _watches(run, estimator, arguments)
    fits = tuple(dict.fromkeys((*estimator.fits, event))) if keeps else (event,)
    before = estimator.influences if keeps else ()
    _replace(run, holder, estimator, fits, merge_influences(before, influences))
    return holder


def _replace(
    run: Interpreter,
    holder: Value,
    estimator: Estimator,
    fits: tuple[Fit, ...],
    influences: tuple[Influence, ...],
) -> None:
    if isinstance(holder, Ref):
        run.state.heap[holder.address] = replace(estimator, fits=fits, influences=influences)


def _learned(
    run: Interpreter, estimator: Estimator, operation: str, data: Data, node: ast.AST
) -> tuple[Influence, ...]:
    """What the estimator, or the transformers inside it, learn from all the rows."""
    if not data.rows.terms:
        return ()
    found: list[Influence] = []
    for part in _learners(run, estimator, 0):
        kind = _LEARNED.get(part.entry.kind, Kind.FIT)
        if kind is Kind.TARGET_ENCODING and not part.entry.supervised:
            kind = Kind.FIT
        found.append(
            Influence(
                f"{part.model.name}.{operation}"
                if part is estimator
                else f"{part.model.name} in {estimator.model.name}.{operation}",
                kind,
                Effect(part.entry.effect),
                data.rows,
                run.place(node),
                part.entry.supervised,
                part.entry.statistic,
                bool(run.conditions),
            )
        )
    return tuple(found)


def _learners(run: Interpreter, estimator: Estimator, depth: int) -> Iterator[Estimator]:
    entry = estimator.entry
    if entry.kind in {"transformer", "selector", "encoder", "clusterer"}:
        if not entry.stateless:
            yield estimator
    elif entry.kind == "unknown" and estimator.model.role is not Role.PREDICTOR:
        yield estimator
    if depth < 4 and entry.kind in {"pipeline", "search", "wrapper"}:
        for inner in map(run.load, estimator.inner):
            if isinstance(inner, Estimator):
                yield from _learners(run, inner, depth + 1)


def _columns(data: Data, target: Data | None) -> tuple[Columns | None, str | None]:
    """The known columns of the features, if the target is a column of the same table."""
    if target is None or target.name is None or target.table is None:
        return None, None
    if data.table != target.table or data.kind not in {"table", "array"} or data.name is not None:
        return None, target.name
    return data.columns, target.name


def _search(
    run: Interpreter,
    estimator: Estimator,
    data: Data,
    expression: ast.expr | None,
    arguments: Arguments,
) -> None:
    run.emit(
        CrossValidate,
        arguments.node,
        model=estimator.model,
        function=estimator.model.name,
        rows=data.rows,
        influences=data.influences,
        search=True,
        variable=run.text(expression) if expression is not None else "",
        arguments=estimator.model.arguments,
    )


def _watches(run: Interpreter, estimator: Estimator, arguments: Arguments) -> None:
    """Rows that training watches, and what is chosen by them."""
    for name in (
        "validation_data",
        "eval_set",
        "evals",
        "valid_sets",
        "eval_dataset",
        "val_dataloaders",
    ):
        value = arguments.named.get(name, estimator.arguments.get(name))
        if value is None:
            continue
        data = run.data(_first_of_pairs(run, value))
        if not data.rows.terms:
            continue
        expression = _deciding(arguments.nodes.get(name))
        run.emit(
            Watch,
            arguments.node,
            name,
            model=estimator.model,
            rows=data.rows,
            argument=name,
            chooses=_chooses(run, estimator, arguments),
            variable=run.text(expression) if expression is not None else "",
        )


def _first_of_pairs(run: Interpreter, value: Value) -> Value:
    """Of `(X, y)` or `[(X, y), …]` the features of the last pair, which is the one that decides."""
    inner = run.load(value)
    if isinstance(inner, Sequence) and inner.items and inner.rest is None:
        last = run.load(inner.items[-1])
        if isinstance(last, Sequence):
            return _first_of_pairs(run, last) if inner.way == "list" else inner.items[0]
        return inner.items[0] if inner.way == "tuple" else inner.items[-1]
    return value


def _deciding(node: ast.expr | None) -> ast.expr | None:
    """Of `(X, y)` or `[(X, y), …]` the expression of the features that decide."""
    match node:
        case ast.List(elts=[*_, last]):
            return _deciding(last)
        case ast.Tuple(elts=[first, *_]):
            return _deciding(first)
        case _:
            return node


def _chooses(run: Interpreter, estimator: Estimator, arguments: Arguments) -> str | None:
    for name in (
        "early_stopping_rounds",
        "early_stopping",
        "use_best_model",
        "load_best_model_at_end",
    ):
        value = arguments.named.get(name, estimator.arguments.get(name))
        inner = run.load(value) if value is not None else Constant(None)
        if not (isinstance(inner, Constant) and not inner.value):
            return "the number of rounds to keep"
    callbacks = arguments.named.get("callbacks", estimator.arguments.get("callbacks"))
    if callbacks is None:
        return None
    for callback in _estimators_in(run, callbacks, 0):
        inner = run.load(callback)
        if (
            isinstance(inner, Estimator)
            and inner.entry.chooses
            and not _monitors_training(run, inner)
        ):
            return inner.entry.chooses
    return None


def _monitors_training(run: Interpreter, callback: Estimator) -> bool:
    """Whether a callback watches the training loss, or keeps every checkpoint."""
    monitor = run.load(callback.arguments.get("monitor", UNKNOWN))
    if (
        isinstance(monitor, Constant)
        and isinstance(monitor.value, str)
        and (
            "val" not in monitor.value
            and "test" not in monitor.value
            and "eval" not in monitor.value
        )
    ):
        return True
    if callback.model.name == "ModelCheckpoint":
        best = run.load(callback.arguments.get("save_best_only", Constant(False)))
        return isinstance(best, Constant) and not best.value
    return False


def transform(run: Interpreter, estimator: Estimator, arguments: Arguments) -> Value:
    """Transform rows: they stay the same rows, under the influence of what was learned."""
    if estimator.model.role is Role.UNKNOWN:
        estimator.model.role = Role.TRANSFORMER
    data, _, _ = _inputs(run, estimator, arguments)
    learnt = estimator.influences or _learnt_before(run, estimator)
    influences = merge_influences(data.influences, learnt)
    name = data.name if estimator.entry.stateless else None
    return data.but(kind="array", influences=influences, columns=None, name=name, select=None)


def _learnt_before(run: Interpreter, estimator: Estimator) -> tuple[Influence, ...]:
    """A selector that is not fitted itself goes by the model in it, fitted before."""
    if estimator.entry.kind != "selector" or estimator.fits:
        return ()
    inner = next(iter(map(run.load, estimator.inner)), None)
    if not isinstance(inner, Estimator):
        return ()
    return tuple(map(attributes.importances, inner.fits))


def predict(
    run: Interpreter, holder: Value, estimator: Estimator, name: str, arguments: Arguments
) -> Value:
    """Predict rows."""
    data, _, expression = _inputs(run, estimator, arguments)
    if estimator.model.role is Role.CLUSTERER:
        return transform(run, estimator, arguments)
    if estimator.model.role in {Role.UNKNOWN, Role.TRANSFORMER}:
        estimator.model.role = Role.PREDICTOR
    variable = run.text(expression) if expression is not None else ""
    prediction = predicted(run, holder, estimator, data, name, arguments.node, variable)
    influences = merge_influences(data.influences, estimator.influences)
    return Data("prediction", data.rows, influences, (prediction,))


def predicted(
    run: Interpreter,
    holder: Value,
    estimator: Estimator,
    data: Data,
    name: str,
    node: ast.AST,
    variable: str,
) -> Prediction:
    """Make the prediction, or bring up to date the one made here in an earlier turn of a loop."""
    key = (id(node), run.context, id(estimator.model))
    made = run.predictions.get(key)
    if made is None:
        made = run.predictions[key] = Prediction(
            estimator.model,
            holder,
            estimator.fits,
            data.rows,
            data.influences,
            name,
            run.place(node),
            variable,
            made_in=run.running,
        )
    made.fits, made.rows, made.influences = estimator.fits, data.rows, data.influences
    return made


def resample(run: Interpreter, estimator: Estimator, arguments: Arguments) -> Value:
    """Over- or under-sample: the result holds copies or mixtures of rows."""
    values = [run.rows_of(v, arguments.nodes.get(i)) for i, v in enumerate(arguments.positional)]
    values += [run.data(value) for value in arguments.named.values()]
    rows = next((data.rows for data in values if data.rows.terms), UNKNOWN.rows)
    select = Selector("duplicated", (id(arguments.node), run.context))
    made = Influence(
        f"{estimator.model.name}.fit_resample",
        Kind.RESAMPLING,
        Effect.HIGH,
        rows,
        run.place(arguments.node),
        True,
        estimator.entry.statistic,
        bool(run.conditions),
    )
    outputs: list[Value] = []
    for data in values[:2]:
        influences = (
            merge_influences(data.influences, (made,)) if data.rows.terms else data.influences
        )
        outputs.append(data.but(rows=data.rows.select(select), influences=influences, columns=None))
    run.emit(Resample, arguments.node, model=estimator.model, rows=rows, result=rows.select(select))
    return Sequence(tuple(outputs), way="tuple")


def cross_validate(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Evaluate an estimator on internal folds."""
    value = arguments.get("estimator", 0)
    inner = run.load(value) if value is not None else UNKNOWN
    if isinstance(inner, Choice):
        inner = run.load(inner.options[0])
    if not isinstance(inner, Estimator):
        inner = run.load(unknown(run, arguments.node, "model"))  # type: ignore[arg-type]
        assert isinstance(inner, Estimator)
    inner.model.role = Role.PREDICTOR if inner.model.role is Role.UNKNOWN else inner.model.role
    features = arguments.get("X", 1)
    expression = arguments.expression("X", 1)
    data = run.rows_of(features, expression) if features is not None else UNKNOWN
    event = run.emit(
        CrossValidate,
        arguments.node,
        id(inner.model),
        model=inner.model,
        function=name.rsplit(".", 1)[-1],
        rows=data.rows,
        influences=data.influences,
        variable=run.text(expression) if expression is not None else "",
        arguments=described(run, arguments, entry.parameters),
    )
    if name.endswith("cross_val_predict"):
        return Data("prediction", data.rows, data.influences)
    return Data("scalar", scores=(event,))


def train(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Train by a function that returns the model, as `xgboost.train` does."""
    made = build(run, name, Entry(entry.name, "network", entry.library, task=entry.task), arguments)
    model = run.load(made)
    if isinstance(model, Estimator):
        model.model.name = f"{entry.library}.{model.model.name}"
    given = dict(zip(entry.parameters, arguments.positional, strict=False))
    given.update(arguments.named)
    nodes: dict[int | str, ast.expr] = dict(arguments.nodes)
    for position, parameter in enumerate(entry.parameters):
        if position in arguments.nodes:
            nodes[parameter] = arguments.nodes[position]
    names = entry.data or ("dtrain", "train_set", "dataset")
    name = next((parameter for parameter in names if parameter in given), "")
    data = given.pop(name, UNKNOWN)
    if name in nodes:
        nodes[0] = nodes[name]
    fit(run, made, "train", Arguments(arguments.node, [data], given, nodes))
    return made


def is_network(run: Interpreter, owner: Class) -> bool:
    """Whether a class of the program derives from a library's network class."""
    waiting, seen = list(owner.bases), 0
    while waiting and seen < 20:
        seen += 1
        parent = run.load(waiting.pop())
        if isinstance(parent, Class):
            waiting.extend(parent.bases)
        elif isinstance(parent, Choice):
            waiting.extend(parent.options)
        elif isinstance(parent, Symbol):
            entry = run.catalogue.find(parent.name)
            if entry is not None and entry.kind in {"network", "layer", "predictor"}:
                return True
    return False


def make_network(run: Interpreter, instance: Ref, owner: Class, node: ast.AST) -> None:
    """Give an object of a network class its part as a model."""
    from mlaudit.flow.values import Instance

    key = (id(node), run.context)
    model = run.models.get(key)
    if model is None:
        model = run.models[key] = Model(
            owner.node.name, owner.node.name, run.place(node), Role.PREDICTOR
        )
        run.happened_in[id(model)] = run.running
    estimator = run.state.allocate(Estimator(model, Entry(owner.node.name, "network"), key=key))
    made = run.load(instance)
    if isinstance(made, Instance):
        run.state.heap[instance.address] = Instance(made.owner, made.attributes, estimator)
