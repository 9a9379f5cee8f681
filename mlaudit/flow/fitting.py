"""Estimators are fitted: on which rows, under which influences, watching what."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.catalogue.entry import Entry
from mlaudit.flow import (
    answers,
    building,
    checkpoints,
    columnwise,
    entities,
    foldwise,
    gapless,
    order,
    several,
    sources,
    targets,
    turning,
    withheld,
)
from mlaudit.flow.arguments import Arguments, described
from mlaudit.flow.values import (
    FREQUENCIES,
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Ref,
    Sequence,
    Value,
    merge_influences,
)
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern
from mlaudit.trace.events import (
    Argument,
    CrossValidate,
    Effect,
    Fit,
    Influence,
    Kind,
    Role,
    Watch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.columns import Columns

_LEARNED = {"selector": Kind.SELECTION, "encoder": Kind.TARGET_ENCODING}
_PREDICTS = Pattern(r"(?i)classifier|regressor|calibrat")
FREEZES = Pattern(r"(?i)(?<!un)(freeze|frozen)")
_FEATURES = (
    *("X", "x", "train_set", "dtrain", "training_data", "data", "texts", "generator"),
    *("train_dataloaders", "series"),
)
_EPOCHS = ("epochs", "nb_epoch", "max_epochs")
_CHOOSING = {
    "early_stopping_rounds": "the number of rounds to keep",
    "early_stopping": "the number of rounds to keep",
    "use_best_model": "the number of rounds to keep",
    "load_best_model_at_end": "the checkpoint to keep",
}
_STRETCH = frozenset({"start", "end"})
_WATCHED = (
    *("validation_data", "eval_set", "evals", "valid_sets", "eval_dataset"),
    "val_dataloaders",
)
_GOES_ON = frozenset({"partial_fit", "train_on_batch"})
_PICKING = {
    "ColumnTransformer",
    "make_column_transformer",
    "FeatureUnion",
    "make_union",
    "FunctionTransformer",
}


def inputs(
    run: Interpreter, estimator: Estimator, arguments: Arguments
) -> tuple[Data, Value | None, ast.expr | None]:
    """Find features, target, and the source of the features, in the ways libraries name them."""
    named = arguments.named
    name = next((each for each in _FEATURES if each in named), None) if named else None
    if name is not None:
        features: Value | None = arguments.named[name]
        expression = arguments.nodes.get(name)
    else:
        position = 1 if estimator.entry.kind == "trainer" and len(arguments.positional) > 1 else 0
        features = arguments.get("X", position)
        expression = arguments.nodes.get(position)
    if features is None and estimator.entry.data:
        if not _STRETCH.isdisjoint(named):
            return UNKNOWN, None, None  # from one time to another, mostly after the rows
        return _of_constructor(run, estimator)
    target = arguments.get("y", 1) if estimator.entry.kind != "trainer" else None
    data = run.rows_of(features, expression) if features is not None else UNKNOWN
    return columnwise.handed(run, estimator, data), target, expression


def _weights(run: Interpreter, arguments: Arguments) -> dict[str, object]:
    """Describe the weights of the classes that a call of `fit` is given."""
    value = arguments.named.get("class_weight")
    if value is None:
        return {}
    counted = [made.rows for made in run.data(value).influences if made.statistic == FREQUENCIES]
    given = Arguments(arguments.node, [], {"class_weight": value}, arguments.nodes)
    weights = described(run, given)["class_weight"]
    return {"weights": weights, "counted": counted[0] if counted else None}


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
    data, target_value, expression = inputs(run, estimator, arguments)
    target = run.data(target_value) if target_value is not None else None
    if target is not None and not target.rows.terms:
        target = None
    target = target or data.target
    sources.asked(estimator, target)
    features, column = columns(data, target)
    if estimator.inner and _picks_columns(run, estimator):
        features = None
    held_back = withheld.told(run, arguments)
    rows = withheld.learnt(run, data.rows) if held_back is not None else data.rows
    answer = target.name if target is not None else None
    told = targets.told(turning.reaching(data.influences, data), answer, features)
    before_fit = order.beyond(merge_influences(told, answers.held(run, estimator, data)), target)
    learned = _learned(run, estimator, name, data, arguments.node)
    influences = merge_influences(before_fit, learned)
    keeps = name in _GOES_ON or estimator.entry.kind == "network"
    event = run.emit(
        Fit,
        arguments.node,
        id(estimator.model),
        model=estimator.model,
        operation=name,
        rows=rows,
        target_rows=target.rows if target is not None else None,
        influences=influences if estimator.model.role is Role.PREDICTOR else before_fit,
        features=features,
        target=column,
        variable=run.text(expression) if expression is not None else "",
        goes_on=keeps,
        target_ahead=answers.ahead(run, estimator, data, target),
        guessed=targets.guessed(target),
        **_weights(run, arguments),
        held_back=held_back,
        listed=listed(data),
    )
    if estimator.entry.kind == "search" and not unscored(estimator.model.arguments, arguments, 1):
        searched = data.but(influences=before_fit)
        chosen_by = _search(run, estimator, searched, expression, arguments, target)
        estimator = replace(estimator, chosen_by=(chosen_by,), attributes={})
    _watches(run, estimator, arguments)
    fits = tuple(dict.fromkeys((*estimator.fits, event))) if keeps else (event,)
    before = estimator.influences if keeps else ()
    _replace(run, holder, estimator, fits, merge_influences(before, order.learnable(influences)))
    return holder


def unscored(settings: Mapping[str, Argument], arguments: Arguments, position: int) -> bool:
    """Say whether labels are lacking that a scorer known by its name compares predictions with.

    A validation without them tells no score of any fold.
    """
    scoring = settings.get("scoring")
    if scoring is None or not isinstance(scoring.value, str) or arguments.spread:
        return False
    return arguments.get("y", position) is None


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
    if not data.rows.terms or (data.kind == "row" and operation not in _GOES_ON):
        return ()  # what is learnt of a single row tells it nothing about others
    found: list[Influence] = []
    for part in _learners(run, estimator, 0):
        if part is estimator and gapless.fills_none(part, data):
            continue
        statistic = _statistic(run, part)
        if statistic is None:
            continue
        kind = _LEARNED.get(part.entry.kind, Kind.FIT)
        if kind is Kind.TARGET_ENCODING and not part.entry.supervised:
            kind = Kind.FIT
        by_order = kind is Kind.SELECTION and part.model.compares_only
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
                statistic,
                bool(run.conditions),
                turns_of=entities.turns_of(run, data.rows),
                units="ranked" if by_order else part.entry.units,
                when=run.guards,
                turned=data.turned if part.entry.by_column else None,
            )
        )
    return tuple(found)


def _statistic(run: Interpreter, estimator: Estimator) -> str | None:
    """Name what an estimator learns with the settings it was given; None where that is nothing."""
    entry, given = estimator.entry, estimator.arguments
    found = [
        statistic
        for parameter, value, statistic in entry.instead
        if parameter in given and run.load(given[parameter]) == Constant(value)
    ]
    if not found:
        return entry.statistic or (None if entry.instead else "")
    return found[0] or None if len(found) == 1 else None  # either would be all that is left


def _learners(run: Interpreter, estimator: Estimator, depth: int) -> Iterator[Estimator]:
    entry = estimator.entry
    if entry.kind in {"transformer", "selector", "encoder", "clusterer"}:
        if not entry.stateless:
            yield estimator
    elif entry.kind == "unknown" and not (_predicts(estimator) or _is_frozen(estimator)):
        yield estimator
    if depth < 4 and entry.kind in {"pipeline", "search", "wrapper"}:
        for inner in map(run.load, estimator.inner):
            if isinstance(inner, Estimator):
                yield from _learners(run, inner, depth + 1)


def _predicts(estimator: Estimator) -> bool:
    """Say whether something unknown predicts: it did so, or is called after what does."""
    model = estimator.model
    return model.role is Role.PREDICTOR or bool(_PREDICTS.search(model.name))


def _is_frozen(estimator: Estimator) -> bool:
    """Say whether something was told to keep what it knows: `words.dictionary_freeze = True`."""
    return any(
        FREEZES.search(name) and isinstance(value, Constant) and value.value is True
        for name, value in estimator.attributes.items()
    )


def columns(data: Data, target: Data | None) -> tuple[Columns | None, str | None]:
    """The known columns of the features, if the target is a column of the same table."""
    if target is None or target.name is None or target.table is None:
        return None, None
    held = data.kind in {"table", "array"} or data.target is target
    if data.table != target.table or not held or data.name is not None:
        return None, target.name
    return data.columns, target.name


def listed(data: Data) -> frozenset[str] | None:
    """Give the names of all columns, where they are known."""
    return data.columns.kept if data.columns is not None else None


def keeps_columns(run: Interpreter, estimator: Estimator) -> bool:
    """Say whether all columns that go in are, changed maybe, among those that come out."""
    kind = estimator.entry.kind
    if kind not in {"transformer", "pipeline", "search", "wrapper", "predictor"}:
        return False
    return not _picks_columns(run, estimator)


def _picks_columns(run: Interpreter, estimator: Estimator, depth: int = 0) -> bool:
    """Whether some step may hand on columns of its own choice."""
    entry, parts = estimator.entry, [run.load(part) for part in estimator.inner]
    if entry.kind == "pipeline":
        given = estimator.positional
        if entry.wraps != "*":
            steps = given[0] if given else estimator.arguments.get(entry.wraps or "", UNKNOWN)
            listed = run.load(steps)
            given = listed.items if isinstance(listed, Sequence) else ()
        if len(given) != len(parts):
            return True
    known = {"pipeline", "search", "wrapper"}
    return _picks(run, estimator) or any(
        part.entry.kind == "unknown"
        or (part.entry.kind in known and depth < 4 and _picks_columns(run, part, depth + 1))
        or _picks(run, part)
        for part in parts
        if isinstance(part, Estimator)
    )


def _picks(run: Interpreter, estimator: Estimator) -> bool:
    """Say whether a step names the columns that it hands on, and no others pass through."""
    if estimator.model.name not in _PICKING:
        return False
    rest = run.load(estimator.arguments.get("remainder", UNKNOWN))
    drops = estimator.node is None or "drop" in run.text(estimator.node)
    return drops or rest != Constant("passthrough")


def _search(
    run: Interpreter,
    estimator: Estimator,
    data: Data,
    expression: ast.expr | None,
    arguments: Arguments,
    target: Data | None,
) -> CrossValidate:
    return run.emit(
        CrossValidate,
        arguments.node,
        model=estimator.model,
        function=estimator.model.name,
        rows=data.rows,
        influences=foldwise.crossing(run, data, estimator.arguments.get("cv"), arguments),
        search=True,
        guessed=targets.guessed(target),
        variable=run.text(expression) if expression is not None else "",
        arguments=estimator.model.arguments,
        listed=listed(data),
    )


def _watches(run: Interpreter, estimator: Estimator, arguments: Arguments) -> None:
    """Rows that training watches, and what is chosen by them.

    scikit-learn's models watch none: where one of several is fitted so, it is another one.
    """
    if several.of_sklearn(estimator):
        return
    given = {**estimator.arguments, **arguments.named}
    for name in _WATCHED if given else ():
        value = given.get(name)
        if value is None:
            continue
        data = run.data(_first_of_pairs(run, value))
        if not data.rows.terms:
            continue
        expression = _deciding(arguments.nodes.get(name))
        kept = _checkpoint(run, estimator, arguments)
        run.emit(
            Watch,
            arguments.node,
            id(estimator.model),
            name,
            model=estimator.model,
            rows=data.rows,
            argument=name,
            chooses=_chooses(run, estimator, arguments),
            variable=run.text(expression) if expression is not None else "",
            keeps=kept.entry.chooses if kept is not None else None,
            file=checkpoints.file_of(run, kept) if kept is not None else None,
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
    held = run.load(estimator.arguments.get("args", UNKNOWN))
    settings = held.items if isinstance(held, Dictionary) else {}
    for name, chosen in _CHOOSING.items():
        value = arguments.named.get(name, estimator.arguments.get(name, settings.get(name)))
        inner = run.load(value) if value is not None else Constant(None)
        if not (isinstance(inner, Constant) and not inner.value):
            return chosen
    deciding = (c for c in _callbacks(run, estimator, arguments) if not checkpoints.is_one(c))
    return next((callback.entry.chooses for callback in deciding), None)


def _checkpoint(run: Interpreter, estimator: Estimator, arguments: Arguments) -> Estimator | None:
    """Give the callback that only keeps the best epoch in a file."""
    return next(filter(checkpoints.is_one, _callbacks(run, estimator, arguments)), None)


def _callbacks(run: Interpreter, estimator: Estimator, arguments: Arguments) -> Iterator[Estimator]:
    """Give the callbacks that choose by what the training watches."""
    callbacks = arguments.named.get("callbacks", estimator.arguments.get("callbacks"))
    for callback in building.estimators_in(run, callbacks, 0) if callbacks is not None else ():
        inner = run.load(callback)
        if (
            isinstance(inner, Estimator)
            and inner.entry.chooses
            and not _monitors_training(run, inner)
            and not _ends_before(run, inner, estimator, arguments)
        ):
            yield inner


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


def _ends_before(
    run: Interpreter, callback: Estimator, trained: Estimator, arguments: Arguments
) -> bool:
    """Say whether training has so few epochs that a callback never runs out of patience.

    Most versions of Keras bring the best weights back where they stop, and not at the end.
    """
    given = {**trained.arguments, **arguments.named}
    epochs = next((given[name] for name in _EPOCHS if name in given), UNKNOWN)
    numbers = [run.load(epochs), run.load(callback.arguments.get("patience", UNKNOWN))]
    known = [n.value for n in numbers if isinstance(n, Constant) and isinstance(n.value, int)]
    return len(known) == len(numbers) and known[0] <= known[1]


def train(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Train by a function that returns the model, as `xgboost.train` does."""
    what = Entry(entry.name, "network", entry.library, task=entry.task)
    what = replace(what, ordinal=entry.ordinal, linear=entry.linear)
    made = building.build(run, name, what, arguments)
    model = run.load(made)
    if isinstance(model, Estimator):
        model.model.name = f"{entry.library}.{model.model.name}"
    given = {**dict(zip(entry.parameters, arguments.positional, strict=False)), **arguments.named}
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
