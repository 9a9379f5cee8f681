"""Networks, losses, data sets and loaders: a batch trains when its loss reaches `backward`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    batches,
    checkpoints,
    choices,
    entities,
    evaluation,
    feeding,
    files,
    handed,
    mapping,
    splits,
    turning,
)
from mlaudit.flow.regions import NO_ROWS, base
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import (
    UNKNOWN,
    Constant,
    Data,
    Estimator,
    Instance,
    Prediction,
    Ref,
    Sequence,
    Value,
    combine,
    merge_influences,
)
from mlaudit.model.frozen import replace
from mlaudit.syntax import gradients
from mlaudit.syntax.spelling import spelt
from mlaudit.trace.events import Evaluate, Fit, Role

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows

_RETURN_SELF = frozenset(
    {
        "to",
        "cuda",
        "cpu",
        "double",
        "float",
        "half",
        "train",
        "eval",
        "requires_grad_",
        "apply",
        "share_memory",
        "compile",
        "set_params",
        "build",
    }
)


_INPUTS = "inputs"  # what a loss judges by that compares predictions with what they are made of
_MAPS = frozenset({"map", "imap", "imap_unordered", "map_async", "starmap", "starmap_async"})


def forward(run: Interpreter, target: Value, instance: Instance, arguments: Arguments) -> Value:
    """Call a network of the program on a batch."""
    estimator = run.load(instance.estimator) if instance.estimator is not None else None
    if not isinstance(estimator, Estimator):
        return UNKNOWN
    return _prediction(run, instance.estimator or target, estimator, arguments)


def call_estimator(
    run: Interpreter, target: Value, estimator: Estimator, arguments: Arguments
) -> Value:
    """Call a library object: a network or a loss; anything else passes its data on."""
    if estimator.entry.kind == "loss":
        return judged(run, estimator.model.name, arguments)
    if estimator.entry.kind == "trainer" or is_whole(estimator):
        return _prediction(run, target, estimator, arguments)
    if estimator.model.name == "Parallel" and arguments.positional:
        return arguments.positional[0]  # calls that were delayed, one after the other
    data = [run.data(value) for value in arguments.values()]
    if estimator.entry.kind == "unknown" and estimator.fits:
        return _prediction(run, target, estimator, arguments)
    return combine(data) if data else UNKNOWN


def is_whole(value: object) -> bool:
    """Say whether a value is a network by itself, and not only a layer of one."""
    if not isinstance(value, Estimator):
        return False
    kind, name = value.entry.kind, value.entry.name
    alone = name.endswith("Linear") and "." not in (value.model.variable or ".")
    return kind == "network" or (kind == "layer" and ("Sequential" in name or alone))


def _prediction(
    run: Interpreter, owner: Value, estimator: Estimator, arguments: Arguments
) -> Value:
    data = [run.data(value) for value in arguments.values()]
    joined = turning.settled(combine(data)) if data else UNKNOWN
    key = (id(arguments.node), run.context, id(estimator.model))
    made = run.predictions.get(key)
    expression = arguments.nodes.get(0)
    if made is None:
        made = run.predictions[key] = Prediction(
            estimator.model,
            owner,
            estimator.fits,
            joined.rows,
            joined.influences,
            "forward",
            run.place(arguments.node),
            batches.called(run, joined, run.text(expression) if expression is not None else ""),
            made_in=run.running,
            frames=tuple(run.calls),
            given=_spelt(expression),
        )
    made.chosen_by = estimator.chosen_by
    made.fits, made.rows = estimator.fits, joined.rows
    made.influences = entities.reaching(run, joined.influences)
    estimator.model.role = Role.PREDICTOR
    return Data("prediction", joined.rows, joined.influences, (*joined.predictions, made)[-6:])


def judged(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Compute a loss: predictions against labels, a number that may yet reach `backward`."""
    data = [run.data(value) for value in arguments.values()]
    joined = combine(data, "loss") if data else Data("loss")
    events = tuple(
        evaluation.evaluated(run, arguments.node, prediction, name, index)
        for index, prediction in enumerate(joined.predictions)
    )
    for event, prediction in zip(events, joined.predictions, strict=True):
        event.judges = _INPUTS if _asks_for_inputs(run, arguments, prediction) else ""
    return joined.but(scores=events)


def _asks_for_inputs(run: Interpreter, arguments: Arguments, prediction: Prediction) -> bool:
    """Say whether a loss compares a prediction with what the network was called with.

    Functions of the program that it was handed to on the way may call that by names of their own.
    """
    around = prediction.frames
    depth = len(around)
    if not prediction.given or len(run.calls) < depth:
        return False
    if any(mine is not its for mine, its in zip(run.calls, around, strict=False)):
        return False
    for operand in arguments.nodes.values():
        node: ast.expr | None = operand
        for frame in reversed(run.calls[depth:]):
            node = frame.came(_spelt(node))
        if _spelt(node) == prediction.given:
            return True
    return False


def _spelt(node: ast.expr | None) -> str:
    """Spell what is only brought into a shape by methods: `x` in `x.view(len(x), -1)`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return spelt(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else ""


def loss(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Call a name that is a loss: a function at once, a class makes an object."""
    from mlaudit.flow import building

    short = name.rsplit(".", 1)[-1]
    if short[:1].isupper():
        return building.build(run, name, entry, arguments)
    return judged(run, short, arguments)


def backward(run: Interpreter, data: Data, node: ast.AST) -> None:
    """Train: every model whose prediction is in this loss learns from the rows predicted.

    Where gradients are only looked at, none does, and the loss is no score either.
    """
    read = bool(data.predictions) and _only_read(run)
    for prediction in data.predictions:
        prediction.trained = True
        if read:
            continue
        owner = run.load(prediction.owner)
        event = run.emit(
            Fit,
            node,
            id(prediction.model),
            model=prediction.model,
            operation="backward",
            rows=_learnt(run, data, prediction, node),
            influences=prediction.influences,
            variable=prediction.variable,
            goes_on=True,
            of_itself=_asked_for(data, prediction) == {_INPUTS},
        )
        if isinstance(owner, Estimator) and isinstance(prediction.owner, Ref):
            run.state.heap[prediction.owner.address] = replace(
                owner,
                fits=tuple(dict.fromkeys((*owner.fits, event))),
                influences=merge_influences(owner.influences, prediction.influences),
            )


def _asked_for(loss: Data, prediction: Prediction) -> set[str]:
    """Tell what the losses that are summed up compare a network's predictions with."""
    return {
        score.judges
        for score in loss.scores
        if isinstance(score, Evaluate) and score.model is prediction.model
    }


def _only_read(run: Interpreter) -> bool:
    """Say whether the running function looks at gradients, and neither it nor its caller steps."""
    if not run.calls or not gradients.only_read(run.calls[-1].function.node):
        return False
    call = run.calls[-1].given.node
    callers = [run.calls[-2].function.node] if len(run.calls) > 1 else run.loops
    return not any(gradients.steps_around(call, caller) for caller in callers)


def _learnt(run: Interpreter, loss: Data, prediction: Prediction, node: ast.AST) -> Rows:
    """Give the rows that a loss makes a network learn.

    All rows at once, in arithmetic of the program's own, may be weighed so that only some count.
    """
    rows = prediction.rows
    batches = any(rows.within(loaded) for loaded in run.loaders)
    if batches or any(score.model is prediction.model for score in loss.scores):
        return rows
    return rows.select(Selector("maybe", ("own loss", id(node), run.context)))


def dataset(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Wrap rows in a data set; a subset by indices takes the rows that they choose.

    Of indices that nobody knows, the same ones take the same rows.
    """
    from mlaudit.flow import tables

    data = [feeding.together(run, value) for value in arguments.values()]
    if len(data) > 1 and data[1].select is not None and data[0].rows.terms:
        return tables.chosen(data[0], data[1].select)
    carrying = [d for d in data if d.rows.terms]
    if not carrying and isinstance(arguments.nodes.get(0), ast.Name | ast.Call):
        carrying = [run.rows_of(arguments.positional[0], arguments.nodes[0])]
    if not carrying:
        return Data("loader")
    positions = arguments.expression("indices", 1) if "indices" in entry.parameters else None
    if positions is not None and not any(d is carrying[0] for d in data[1:]):
        some = tables.narrowed(carrying[0], tables.chosen_by_text(run, positions))
        return some.but(kind="loader", columns=None, name=None)
    target = _labels(run, entry, arguments)
    if target is None or target is carrying[0]:
        return carrying[0].but(kind="loader", columns=None, name=None)
    return carrying[0].but(kind="loader", target=target)


def _labels(run: Interpreter, entry: Entry, arguments: Arguments) -> Data | None:
    """Find the labels that a data set is given beside its features."""
    if entry.target is None:
        return None
    known = entry.target in entry.parameters
    position = entry.parameters.index(entry.target) if known else None
    value = arguments.get(entry.target, position)
    target = run.data(value) if value is not None else None
    return target if target is not None and target.rows.terms else None


def loader(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Load batches of a data set; a sampler of indices restricts its rows."""
    from mlaudit.flow import tables

    run.loading.add(id(arguments.node))
    value = arguments.get("dataset", 0)
    if value is None:
        value = next(iter(arguments.values()), UNKNOWN)
    data = feeding.together(run, value)
    sampler = arguments.named.get("sampler")
    chosen = run.data(sampler) if sampler is not None else UNKNOWN
    if chosen.select is not None and data.rows.terms:
        data = tables.chosen(data, chosen.select)
    return data.but(kind="loader", columns=None, name=None, select=None)


def dataset_parts(
    run: Interpreter, name: str, entry: Entry, arguments: Arguments, data: Data
) -> Value:
    """Data sets that come as `(X, y)` or as two such pairs."""
    flag = arguments.named.get("return_X_y")
    inner = run.load(flag) if flag is not None else None
    if isinstance(inner, Constant) and inner.value is True:
        return Sequence((data, data.but(label=True)), way="tuple")
    if entry.outputs == 2 and entry.name.endswith("load_data"):
        pairs = []
        for part in ("train", "test"):
            rows = base(
                ("load", id(arguments.node), run.context, part), f"{name.split('.')[-2]} {part}"
            )
            pairs.append(
                Sequence((Data("array", rows), Data("array", rows, label=True)), way="tuple")
            )
        return Sequence(tuple(pairs), way="tuple")
    if entry.outputs == 2:
        return Sequence((data, data.but(label=True)), way="tuple")
    return data


def other_method(
    run: Interpreter, holder: Value, estimator: Estimator, name: str, arguments: Arguments
) -> Value:
    """Methods of estimators beside fitting and predicting."""
    files.write(run, name, estimator, arguments)
    if name == "set_params":
        choices.mark(run, holder, choices.settings(run, arguments))
    if name == "load_weights":
        checkpoints.loaded(run, arguments, estimator.model)
    if name in _RETURN_SELF and not _applied(run, estimator, arguments):
        return holder
    if name in {"add", "add_module", "append"}:
        return Constant(None)
    if name in {
        "summary",
        "parameters",
        "state_dict",
        "get_params",
        "zero_grad",
        "step",
        "load_state_dict",
    }:
        return Data("scalar")
    names = estimator.entry.kind == "selector" and name.startswith("get_feature_names")
    if name == "get_support" or names:
        return Data("columns", influences=estimator.influences)
    if name == "flow" or name.startswith("flow_from"):
        return _generated(run, estimator, arguments)
    if name in _MAPS and len(arguments.positional) > 1:
        return mapping.mapped(run, arguments)
    data = splits.apart(run, arguments, [run.data(value) for value in arguments.values()])
    if estimator.entry.kind == "unknown":
        data.append(_handed_out(run, estimator, name, arguments, data))
    carrying = [d for d in data if d.rows.terms or d.influences or d.predictions]
    return combine(carrying) if carrying else UNKNOWN


def _applied(run: Interpreter, estimator: Estimator, arguments: Arguments) -> bool:
    """Say whether something opaque is given rows: what comes out is no longer the thing itself."""
    given = (run.data(value).rows.terms for value in arguments.values())
    return estimator.entry.kind == "unknown" and any(given)


def _handed_out(
    run: Interpreter, estimator: Estimator, name: str, arguments: Arguments, given: list[Data]
) -> Data:
    """Give what an opaque object lets out: of several data that it holds, some rows.

    A part goes by its name, and others by what is asked for; rows given to it come back.
    """
    held = run.data(estimator)
    inside = [data for data in map(run.data, estimator.inner) if data.rows.terms]
    if inside and all(data.kind == "row" for data in inside):
        held = held.but(kind="row")  # what is made of one row alone is of that row
    if any(data.rows.terms for data in given) and not handed.JOINS.search(name):
        return held.but(rows=NO_ROWS)
    part = splits.part_named(name)
    parts = [
        run.data(value)
        for key, value in estimator.arguments.items()
        if part is not None and splits.part_named(key) == part
    ]
    if parts:
        return combine(parts, held.kind)
    select = splits.part_called(held.but(kind="unknown"), name) or splits.part_asked(run, arguments)
    if select is None and len(held.rows.terms) < 2:
        return handed.to_method(run, held, [], arguments, by_text=True)[0]
    if select is None:
        select = Selector("some", ("handed out", id(arguments.node), run.context))
    return held.but(rows=held.rows.select(select))


def _generated(run: Interpreter, estimator: Estimator, arguments: Arguments) -> Value:
    run.loading.add(id(arguments.node))
    data = [run.data(value) for value in arguments.values()]
    carrying = [d for d in data if d.rows.terms]
    if carrying:
        return combine(carrying, "loader")
    first = next(iter(arguments.nodes.values()), None)
    label = run.text(first) if first is not None else "generator"
    return Data("loader", base(("generator", id(arguments.node), run.context), label))


def inherited(
    run: Interpreter, holder: Value, instance: Instance, name: str, arguments: Arguments
) -> Value:
    """Methods that an object of the program inherits from a library class."""
    from mlaudit.flow import estimators

    if name in _RETURN_SELF:
        return holder
    if instance.estimator is not None:
        estimator = run.load(instance.estimator)
        if isinstance(estimator, Estimator):
            return estimators.method(run, instance.estimator, estimator, name, arguments)
    data = [run.data(value) for value in arguments.values()]
    carrying = [d for d in data if d.rows.terms or d.influences]
    return combine(carrying) if carrying else UNKNOWN
