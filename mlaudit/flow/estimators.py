"""Estimators are used: their methods, and cross-validation around them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    attributes,
    building,
    columnwise,
    entities,
    evaluation,
    fitting,
    foldwise,
    gapless,
    networks,
    order,
    progressive,
    several,
    sources,
    splits,
    targets,
    trainers,
    turning,
)
from mlaudit.flow.arguments import Arguments, described
from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import (
    UNKNOWN,
    Choice,
    Constant,
    Data,
    Estimator,
    Prediction,
    Sequence,
    Value,
    merge_influences,
)
from mlaudit.model.frozen import replace
from mlaudit.trace.events import (
    CrossValidate,
    Effect,
    Influence,
    Kind,
    Resample,
    Rescaled,
    Role,
)
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Fit

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
_LONGEST_NAME = 40


def method(
    run: Interpreter, holder: Value, estimator: Estimator, name: str, arguments: Arguments
) -> Value:
    """Call a method of an estimator."""
    kind = estimator.entry.kind
    if kind == "splitter":
        return splits.folds(run, [estimator], arguments) if name == "split" else Data("scalar")
    if name == "set_output":
        return holder
    if kind == "trainer":
        done = trainers.method(run, holder, estimator, name, arguments)
        if done is not None:
            return done
    if name in _RESAMPLES or (
        kind == "resampler" and name in {"fit_resample", "fit_sample", "resample"}
    ):
        return resample(run, estimator, arguments)
    if name in {"fit_transform", "fit_predict"}:
        fitting.fit(run, holder, name, arguments)
        fitted = run.load(holder)
        assert isinstance(fitted, Estimator)
        if name == "fit_transform":
            return transform(run, fitted, arguments)
        return predict(run, holder, fitted, name, arguments)
    if kind in {"optimizer", "scheduler", "layer", "loss", "callback"} or _sets_mode(
        run, name, arguments
    ):
        return networks.other_method(run, holder, estimator, name, arguments)
    if name in _FITS:
        return fitting.fit(run, holder, name, arguments)
    if name in _TRANSFORMS:
        made = transform(run, estimator, arguments)
        return made.but(units=None) if name == "inverse_transform" else made
    if name in _PREDICTS or (name == "score" and _scores_each_row(estimator, arguments)):
        return predict(run, holder, estimator, name, arguments)
    if name in _SCORES:
        return evaluation.score(run, holder, estimator, name, arguments)
    return networks.other_method(run, holder, estimator, name, arguments)


def _sets_mode(run: Interpreter, name: str, arguments: Arguments) -> bool:
    """Whether `net.train()` only switches to training mode."""
    return name == "train" and all(
        isinstance(run.load(value), Constant) for value in arguments.values()
    )


def _scores_each_row(estimator: Estimator, arguments: Arguments) -> bool:
    """Say whether a class that no table knows is given rows to score, and no labels beside."""
    return estimator.entry.kind == "unknown" and len(arguments.values()) == 1


def transform(run: Interpreter, estimator: Estimator, arguments: Arguments) -> Data:
    """Transform rows: they stay the same rows, under the influence of what was learned."""
    if estimator.model.role is Role.UNKNOWN:
        estimator.model.role = Role.TRANSFORMER
    data, _, _ = fitting.inputs(run, estimator, arguments)
    learnt = estimator.influences or _learnt_before(run, estimator)
    influences = merge_influences(data.influences, order.held(data), learnt)
    name = data.name if estimator.entry.stateless else None
    columns = data.columns if fitting.keeps_columns(run, estimator) else None
    if columns is not None and columns.listed:
        columns = replace(columns, listed=())  # some may stand elsewhere, and others beside them
    how = estimator.entry.units
    units = Rescaled(how, run.place(arguments.node)) if how else data.units
    return data.but(
        kind="array", influences=influences, columns=columns, name=name, select=None, units=units
    ).but(whole=gapless.filled(estimator))


def _learnt_before(run: Interpreter, estimator: Estimator) -> tuple[Influence, ...]:
    """Tell what a model has learnt that transforms rows: of one that predicts, what tables say.

    A selector that is not fitted itself goes by the model in it, fitted before.
    """
    if estimator.entry.kind == "predictor" and estimator.entry.statistic:
        return tuple([_projection(fit, estimator.entry) for fit in estimator.fits])
    if estimator.entry.kind != "selector" or estimator.fits:
        return ()
    inner = next(iter(map(run.load, estimator.inner)), None)
    if not isinstance(inner, Estimator):
        return ()
    return tuple(map(attributes.importances, inner.fits))


def _projection(fit: Fit, entry: Entry) -> Influence:
    """What a model that also projects rows has learnt of its rows and their labels."""
    return Influence(
        f"{fit.model.name}.{fit.operation}",
        Kind.FIT,
        Effect(entry.effect),
        fit.rows,
        fit.place,
        True,
        entry.statistic,
        fit.conditional,
        when=fit.when,
    )


def predict(
    run: Interpreter, holder: Value, estimator: Estimator, name: str, arguments: Arguments
) -> Value:
    """Predict rows."""
    if estimator.entry.ahead:
        return _ahead(run, holder, estimator, name, arguments)
    data, _, expression = fitting.inputs(run, estimator, arguments)
    if estimator.model.role is Role.CLUSTERER:
        # Groups of what a model predicted are no predictions of that model.
        return transform(run, estimator, arguments).but(predictions=())
    data = turning.settled(data)
    if estimator.model.role in {Role.UNKNOWN, Role.TRANSFORMER}:
        estimator.model.role = Role.PREDICTOR
    variable = run.text(expression) if expression is not None else ""
    prediction = predicted(run, holder, estimator, data, name, arguments.node, variable)
    influences = _told_by(estimator, data, _of_own_rows(run, estimator, data, arguments.node))
    return Data("prediction", data.rows, influences, (prediction,))


def _ahead(
    run: Interpreter, holder: Value, estimator: Estimator, name: str, arguments: Arguments
) -> Data:
    """Go on from the series that was learnt: the answers will tell which rows these are."""
    prediction = predicted(run, holder, estimator, UNKNOWN, name, arguments.node, "")
    prediction.ahead = True
    influences = _told_by(estimator, UNKNOWN, ())
    return Data("prediction", NO_ROWS, influences, (prediction,))


def _told_by(estimator: Estimator, data: Data, own: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Give what reaches predictions: of what a model learns, its answers and not its inner steps.

    Beside the answers for rows that it knows, plain statistics of those rows tell nothing more.
    """
    fitted = {fit.place for fit in estimator.fits}
    learnt = tuple(i for i in estimator.influences if i.place not in fitted)
    influences = merge_influences(data.influences, learnt)
    if own:
        known = own[0].rows
        plain = {Kind.FIT, Kind.STATISTIC}
        influences = tuple(
            i for i in influences if i.supervised or i.kind not in plain or not i.rows.within(known)
        )
    return merge_influences(influences, own)


def _of_own_rows(
    run: Interpreter, estimator: Estimator, data: Data, node: ast.AST
) -> tuple[Influence, ...]:
    """Mark predictions of rows that the model was trained on: they know the answers."""
    for fit in estimator.fits:
        supervised = fit.target_rows is not None and estimator.entry.kind != "network"
        if supervised and fit.rows.overlap(data.rows) is Overlap.MUST:
            made = Influence(
                f"{estimator.model.name}.predict",
                Kind.PREDICTION,
                Effect.HIGH,
                fit.rows,
                run.place(node),
                True,
                conditional=bool(run.conditions),
                source=fit.target,
            )
            return (made,)
    return ()


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
            turn=(id(node), run.context),
            frames=tuple(run.calls),
        )
    made.chosen_by = estimator.chosen_by
    given = node.args[0] if isinstance(node, ast.Call) and node.args else None
    made.fits = progressive.learnt(run, estimator, data.rows, given, node)
    made.rows = data.rows
    made.influences = entities.reaching(run, data.influences)
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
        when=run.guards,
    )
    outputs: list[Value] = []
    for data in values[:2]:
        influences = (
            merge_influences(data.influences, (made,)) if data.rows.terms else data.influences
        )
        outputs.append(data.but(rows=data.rows.select(select), influences=influences))
    run.emit(Resample, arguments.node, model=estimator.model, rows=rows, result=rows.select(select))
    return Sequence(tuple(outputs), way="tuple")


def _unresolved(run: Interpreter, arguments: Arguments) -> Estimator:
    """Make an estimator of one that cannot be followed; messages call it as the code does."""
    made = run.load(building.unknown(run, arguments.node, "model"))  # type: ignore[arg-type]
    assert isinstance(made, Estimator)
    expression = arguments.expression("estimator", 0)
    text = run.text(expression) if expression is not None else ""
    made.model.left_open = not text or "\n" in text or len(text) > _LONGEST_NAME
    if not made.model.left_open:
        made.model.name = text
    return made


def cross_validate(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Evaluate an estimator on internal folds."""
    value = arguments.get("estimator", 0)
    value = building.as_estimator(run, arguments.expression("estimator", 0), value or UNKNOWN)
    inner = run.load(value)
    if isinstance(inner, Choice):
        inner = run.load(several.foremost(run, inner))
    if not isinstance(inner, Estimator):
        inner = _unresolved(run, arguments)
    inner.model.role = Role.PREDICTOR if inner.model.role is Role.UNKNOWN else inner.model.role
    features = arguments.get("X", 1)
    expression = arguments.expression("X", 1)
    data = run.rows_of(features, expression) if features is not None else UNKNOWN
    data = turning.settled(columnwise.handed(run, inner, data))
    target = arguments.get("y", 2)
    answer = run.data(target) if target is not None else UNKNOWN
    sources.asked(inner, answer)
    columns, column = fitting.columns(data, answer)
    if inner.inner and not fitting.keeps_columns(run, inner):
        columns = None
    told = targets.told(data.influences, answer.name, columns)
    data = data.but(influences=merge_influences(told, order.held(data)))
    settings = described(run, arguments, entry.parameters)
    if fitting.unscored(settings, arguments, 2):
        return Data("scalar")
    event = run.emit(
        CrossValidate,
        arguments.node,
        id(inner.model),
        model=inner.model,
        function=name.rsplit(".", 1)[-1],
        rows=data.rows,
        influences=foldwise.crossing(run, data, arguments.get("cv"), arguments),
        variable=run.text(expression) if expression is not None else "",
        arguments=settings,
        guessed=targets.guessed(answer),
        features=columns,
        target=column,
        listed=fitting.listed(data),
    )
    if name.endswith("cross_val_predict"):
        return Data("prediction", data.rows, data.influences, scores=(event,))
    return Data("scalar", scores=(event,))
