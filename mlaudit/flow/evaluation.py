"""Evaluations: predictions meet labels in a metric, a `score` method, or arithmetic by hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import columnwise, entities, progressive, sight, turning
from mlaudit.flow.regions import NO_ROWS, Rows, origin, union
from mlaudit.flow.values import (
    NONE,
    UNKNOWN,
    Constant,
    Data,
    Estimator,
    Prediction,
    Sequence,
    Value,
    combine,
    merge_influences,
)
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern, Words
from mlaudit.trace.events import Among, CrossValidate, Evaluate, Role

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.source.document import Place
    from mlaudit.trace.events import Rescaled

CHOOSING = frozenset(
    {"max", "min", "argmax", "argmin", "nanargmax", "nanargmin", "idxmax", "idxmin", "argsort"}
)
_PREDICTING = Words("pred", "hat", "forecast")  # where none of them stands, no pattern is needed
_BINDING = Words("globals()", "locals()", "exec(", "import *")
_PREDICTED = Pattern(
    r"^(?!.*(true|test$|valid$|val$|label|target|actual)).*(pred(s|ict(ed|ions?))?(_|\d|$)|_hat(_|\d|$)"
    r"|yhat|forecast)"
)


def metric(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Judge predictions by a metric of a library."""
    operands = _operands(run, entry, arguments)
    data = [run.data(value) for value in operands]
    never = _all_predicted(entry, arguments) or _lacks_answers(run, entry, arguments)
    if never or not any(d.predictions for d in data):
        return _of_folds(run, arguments, data)
    swapped = _swapped_at(run, arguments, entry) if _swapped(entry, data) else None
    answers = union(d.rows for d in data if not d.predictions)
    predictions = [_of_answers(p, answers, data) for p in _of_labels(data)]
    events = [
        evaluated(run, arguments.node, prediction, name.rsplit(".", 1)[-1], index, swapped)
        for index, prediction in enumerate(predictions)
    ]
    for event in events:
        event.judges = _judged(entry)
        event.decided = any(d.decided for d in _beside_labels(entry, data))
        event.blend = any(p.mixed for p in predictions) or not _of_one_turn(run, predictions)
        event.among = Among.THRESHOLDS if entry.kind == "curve" else None
        event.given = _given(event, data)
        event.units = _units(data)
        event.averaged = _averaged(run, arguments)
        _told(event, answers)
    kind = "classes" if _one_by_one(run, arguments) else "scalar"
    scored = Data("report" if entry.tabular else kind, scores=tuple(events))
    if entry.kind == "curve" and entry.probabilistic:
        return Data("array")  # bins of one model's probabilities, none of which is chosen
    if entry.kind == "curve" and entry.outputs > 1:
        thresholds = scored.but(kind="thresholds")
        return Sequence((*[scored] * (entry.outputs - 1), thresholds), way="tuple")
    return scored


def _one_by_one(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether a metric is asked for a number for each class, or each column of the answers."""
    named = arguments.named
    if "average" in named and run.load(named["average"]) == NONE:
        return True
    return run.load(named.get("multioutput", NONE)) == Constant("raw_values")


def _averaged(run: Interpreter, arguments: Arguments) -> str:
    """Give the text that names how a metric averages, be it one that a caller hands on."""
    way = run.load(arguments.named.get("average", NONE))
    return way.value if isinstance(way, Constant) and isinstance(way.value, str) else ""


def _of_folds(run: Interpreter, arguments: Arguments, data: list[Data]) -> Data:
    """Judge what was predicted in the folds of a cross-validation, or nothing that is known."""
    folds = tuple(s for d in data for s in d.scores if isinstance(s, CrossValidate))
    for event in folds:
        event.judged_at.append(run.place(arguments.node))
    return Data("scalar", influences=combine(data).influences if data else (), scores=folds)


def _of_labels(data: list[Data]) -> list[Prediction]:
    """Give the predictions that are judged: of a mixture, those of rows whose labels stand beside.

    Out-of-fold predictions and those of an unlabelled test set often go through the same hands.
    """
    predictions = list(dict.fromkeys(p for d in data for p in d.predictions))
    if len(predictions) < 2:
        return predictions
    labels = union(d.rows for d in data if not d.predictions)
    return [p for p in predictions if p.rows.kin(labels)] or predictions


def _of_one_turn(run: Interpreter, predictions: list[Prediction]) -> bool:
    """Say whether one model alone has spoken, whichever of several it is.

    In a loop that takes models made before it, each turn may have its own.
    """
    if len(predictions) == 1:
        return True
    turns = {prediction.turn for prediction in predictions}
    made = (p.made_in <= run.happened_in.get(id(p.model), frozenset()) for p in predictions)
    return len(turns) == 1 and None not in turns and all(made)


def _of_answers(prediction: Prediction, answers: Rows, data: list[Data]) -> Prediction:
    """See what goes on from a series as the prediction of the rows that it is compared with.

    Given more of the series, a metric takes those steps alone that both have: some behind what was
    learnt, nobody knows which.  In a loop each turn may have learnt another part.
    """
    learnt = any(fit.rows.overlap(answers) for fit in prediction.fits)
    if not prediction.ahead or prediction.made_in or learnt:
        return prediction
    told = merge_influences(*(d.influences for d in data if not d.predictions))
    return replace(prediction, rows=answers, influences=told, parts={}, ahead=False)


def _told(event: Evaluate, answers: Rows) -> None:
    """Note whose the labels are that predictions are compared with, and judge those rows.

    They are others than the model was given where it goes on from the last window of a series.
    """
    event.answers = answers if answers.terms else None
    if answers.terms and _goes_beyond(event, answers):
        event.rows = answers
        event.variable = event.outside = ""


def _goes_beyond(event: Evaluate, answers: Rows) -> bool:
    """Say whether a model has learnt from and was given rows of one origin, and no label is there.

    Where features and labels come from two files, the origin of both is not known to be one.
    """
    if any(base.selector.of_unknown for base in answers.bases):
        return False
    seen = [event.rows, *(rows for fit in event.fits for rows in (fit.rows, fit.target_rows))]
    known = [rows for rows in seen if isinstance(rows, Rows) and rows.terms]
    series = origin(known) if len(known) == len(seen) > 1 else NO_ROWS
    return bool(series.terms) and not series.overlap(answers)


def _operands(run: Interpreter, entry: Entry, arguments: Arguments) -> list[Value]:
    names = entry.parameters[:2] or ("y_true", "y_pred")
    found = [value for i, n in enumerate(names) if (value := arguments.get(n, i)) is not None]
    if len(found) > 1:
        return found
    more = [
        v
        for key, v in arguments.named.items()
        if key in {"y_score", "y_prob", "y_proba", "y_true", "y_pred"}
    ]
    return [*found, *(v for v in more if all(v is not f for f in found))]


def _all_predicted(entry: Entry, arguments: Arguments) -> bool:
    """Say whether both operands go by the name of a prediction: two models are compared."""
    names = entry.parameters[:2] or ("y_true", "y_pred")
    return all(
        (expression := arguments.expression(name, position)) is not None
        and _names_prediction(_last_name(expression))
        for position, name in enumerate(names)
    )


def _lacks_answers(run: Interpreter, entry: Entry, arguments: Arguments) -> bool:
    """Say whether the labels are a name that nothing in a script has bound: it ends there."""
    node = arguments.expression((entry.parameters or ("y_true",))[0], 0)
    if not isinstance(node, ast.Name) or run.document.is_notebook or run.stars:
        return False
    if run.state.scope is not run.module_scope or run.find(node.id) is not None:
        return False
    return not _BINDING.stand_in(run.document.text)


def _names_prediction(name: str) -> bool:
    return _PREDICTING.stand_in(name) and _PREDICTED.search(name) is not None


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id.lower()
        case ast.Attribute():
            return node.attr.lower()
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key.lower()
        case ast.Subscript():
            return _last_name(node.value)
        case _:
            return ""


def _given(event: Evaluate, data: list[Data]) -> tuple[Evaluate, ...]:
    """Give the other evaluations whose numbers are in what an event judges."""
    scores = {id(score): score for each in data for score in (*each.scores, *each.chosen_by)}
    return tuple(s for s in scores.values() if isinstance(s, Evaluate) and s is not event)


def _units(data: list[Data]) -> Rescaled | None:
    """Tell the units of the labels, which stand beside the predictions."""
    return next((each.units for each in data if each.units and not each.predictions), None)


def _beside_labels(entry: Entry, data: list[Data]) -> list[Data]:
    """Leave the labels out where predictions stand beside them.

    One column of a table that has predictions may be cut to give the labels of another.
    """
    beside = entry.operands[:1] == ("true",) and len(data) == 2 and data[1].predictions
    return data[1:] if beside else data


def _judged(entry: Entry) -> str:
    return next((operand for operand in entry.operands if operand != "true"), "")


def _swapped(entry: Entry, data: list[Data]) -> bool:
    """Whether predictions stand where labels belong, and labels where predictions belong."""
    if len(data) < 2 or entry.operands[:1] != ("true",):
        return False
    first, second = data[0], data[1]
    return bool(first.predictions) and not second.predictions and bool(second.rows.terms)


def _swapped_at(run: Interpreter, arguments: Arguments, entry: Entry) -> Place:
    """Give the call that exchanges labels and predictions.

    That is the metric's own, or one that gives them to a function which passes them on in order.
    """
    names = entry.parameters[:2] or ("y_true", "y_pred")
    labels, predictions = (arguments.expression(name, at) for at, name in enumerate(names))
    document, node = run.document, arguments.node
    for frame in reversed(run.calls):
        if not (isinstance(labels, ast.Name) and isinstance(predictions, ast.Name)):
            break
        first, second = labels.id, predictions.id
        if not _in_order(first.lower(), second.lower()):
            break
        labels, predictions = frame.came(first), frame.came(second)
        if labels is None or predictions is None:
            break
        document, node = frame.caller, frame.given.node
    return document.place(node)


def _in_order(first: str, second: str) -> bool:
    """Say whether names tell labels and then predictions, were it beside each other alone.

    Of `true_label` and `pred_label`, the second is the prediction, though both speak of labels.
    """
    if _names_prediction(first) or not _PREDICTING.stand_in(second):
        return False
    return _names_prediction(second) or not _PREDICTING.stand_in(first)


def evaluated(
    run: Interpreter,
    node: ast.AST,
    prediction: Prediction,
    name: str | None,
    index: int = 0,
    swapped: Place | None = None,
) -> Evaluate:
    """Record that a prediction is judged."""
    prediction.model.role = _predicts(prediction.model.role)
    event = run.emit(
        Evaluate,
        node,
        index,
        id(prediction.model),
        model=prediction.model,
        metric=name,
        rows=prediction.rows,
        fits=prediction.fits,
        influences=prediction.influences,
        predicted_at=prediction.place,
        prediction=prediction.method,
        swapped=swapped,
        chosen_by=prediction.chosen_by,
    )
    if event.selected_at is None:  # else it goes by what the code sees that chooses by it
        event.variable = sight.named(run, prediction)
        event.given_at = sight.brought(run, prediction)
        event.outside = sight.outermost(run, prediction)
        event.within = sight.functions_around(prediction)
    judged = run.judged.setdefault(id(event), [])
    if prediction not in judged:
        judged.append(prediction)
    return event


def _predicts(role: Role) -> Role:
    return Role.PREDICTOR if role in {Role.UNKNOWN, Role.TRANSFORMER} else role


def custom(run: Interpreter, node: ast.AST, data: Data, operation: str) -> Data | None:
    """Judge predictions by arithmetic with labels, e.g. `(y == model.predict(X)).mean()`."""
    if data.kind != "error":
        return None
    predicted = {term for prediction in data.predictions for term in prediction.rows.terms}
    answers = Rows(tuple(term for term in data.rows.terms if term not in predicted))
    events = [
        evaluated(run, node, prediction, f"own {operation}", index)
        for index, prediction in enumerate(data.predictions)
    ]
    for event in events:
        event.given = _given(event, [data])
        event.units = data.units
        _told(event, answers)
    return Data("scalar", scores=tuple(events))


def score(
    run: Interpreter, holder: Value, estimator: Estimator, name: str, arguments: Arguments
) -> Value:
    """Evaluate by the estimator's own `score` or `evaluate`."""
    value = arguments.get("X", 0) or arguments.get("x")
    data = run.data(value) if value is not None else UNKNOWN
    data = turning.settled(columnwise.handed(run, estimator, data))
    expression = arguments.expression("X", 0) or arguments.expression("x")
    prediction = Prediction(
        estimator.model,
        holder,
        progressive.learnt(run, estimator, data.rows, expression, arguments.node),
        data.rows,
        entities.reaching(run, data.influences),
        name,
        run.place(arguments.node),
        run.text(expression) if expression is not None else "",
        chosen_by=estimator.chosen_by,
        frames=tuple(run.calls),
    )
    event = evaluated(run, arguments.node, prediction, name)
    return Data("scalar", NO_ROWS, scores=(event,))
