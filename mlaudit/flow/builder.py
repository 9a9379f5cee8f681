"""Document → Trace: the one public call of the flow engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from mlaudit.flow import checkpoints, functions, sinks
from mlaudit.flow.interpreter import BudgetExceededError, Interpreter
from mlaudit.flow.portions import Portions
from mlaudit.flow.regions import Rows
from mlaudit.flow.unread import Unread
from mlaudit.trace.events import Among, Evaluate, Fit, Split, Use
from mlaudit.trace.guards import excluded
from mlaudit.trace.kinship import Kinship
from mlaudit.trace.trace import Trace

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.flow.values import Prediction
    from mlaudit.source.document import Document
    from mlaudit.syntax.nodes import Nodes
    from mlaudit.trace.events import Argument, Event, Model
    from mlaudit.trace.rows import RowSet


_SEEDS = ("random_state", "seed", "random_seed")


class Project(Protocol):
    """The files that a document may import from."""

    def find_module(self, name: str, importer: Document) -> tuple[Document, ast.Module] | None:
        """Find and parse the module of the project that an import names, None if it is not ours."""
        ...

    def is_foreign(self, name: str) -> bool:
        """Say whether an absolute name is a library's, so that no module of the project has it."""
        ...


def build(
    document: Document, nodes: Nodes, catalogue: Catalogue, project: Project | None = None
) -> Trace:
    """Interpret a document abstractly and give the trace of what its program does."""
    run = Interpreter(document, catalogue, project)
    run.roots.append(nodes)
    body = nodes.root.body
    try:
        run.shown = sinks.shown(document, body)
        run.block(body)
        functions.enter_uncalled(run, nodes)
    except BudgetExceededError:
        run.note("the step budget was used up: the rest of the program was not followed")
    except RecursionError:
        run.note("expressions nested too deeply: the rest of the program was not followed")
    trace = Trace(_settled(run, nodes), list(run.models.values()), list(run.notes))
    trace.passed = {spot: settled for spot, settled in run.passed.items() if settled is not None}
    run.release()
    return trace


class _Made:
    """The splits by their data, and the contexts in which each model was trained, by its id.

    `judgements` are those in which each prediction was judged, by its id.
    """

    def __init__(self, run: Interpreter):
        self.splits: Kinship[Split] = Kinship()
        self.trainings: dict[int, list[tuple[Any, ...]]] = {}
        self.judgements: dict[int, list[tuple[Any, ...]]] = {}
        for key, event in run.events.items():
            if type(event) is Split:
                self.splits.put(event, event.parts)
            elif type(event) is Fit:
                self.trainings.setdefault(id(event.model), []).append(key[2])
            for prediction in run.judged.get(id(event), ()):
                self.judgements.setdefault(id(prediction), []).append(key[2])


def _settled(run: Interpreter, nodes: Nodes) -> list[Event]:
    """Drop what only looked like an evaluation: the progress of training on its own batches.

    Predictions that no metric judged are evaluations too: somebody will look at them.
    """
    events: list[Event] = []
    made: _Made | None = None
    portions: Portions | None = None
    judged: set[int] = set()
    for event in run.events.values():
        predictions = run.judged.get(id(event))
        if not predictions:
            events.append(event)
            continue
        judged.update(map(id, predictions))
        if all(prediction.trained for prediction in predictions):
            continue
        if isinstance(event, Evaluate):
            fits = dict.fromkeys(fit for p in predictions for fit in p.fits)
            event.fits = tuple([fit for fit in fits if _met(run, fit, event)])
            if fits and not event.fits:
                continue  # no run of the program has trained what it judges
            event.in_loop = bool(run.happened_in[id(event)])
            if event.among is None and event.in_loop:
                made = made or _Made(run)
                event.among = _among(run, event, predictions, made)
            if event.among is None and event.in_loop and event.selected_at is not None:
                portions = portions or Portions(run, nodes)
                apart = portions.judged_apart(event, predictions)
                event.among = Among.PORTIONS if apart else None
            if checkpoints.in_vain(run, event, nodes):
                event.uses.discard(Use.SELECTS)
        events.append(event)
    unread: Unread | None = None
    for key, prediction in run.predictions.items():
        unjudged = id(prediction) not in judged and not prediction.trained
        if unjudged and prediction.fits and not _no_test(run, prediction):
            unread = unread or Unread(nodes, {call for call, *_ in run.predictions})
            events.append(_only_predicted(prediction, unread.holds(key[0])))
    return events


def _met(run: Interpreter, fit: Fit, event: Evaluate) -> bool:
    """Say whether a run that judges a model has trained it so, or it may be kept from another."""
    return id(fit) in run.kept or not excluded(fit.when, event.when)


def _no_test(run: Interpreter, prediction: Prediction) -> bool:
    """Whether gaps are filled by it, a series is continued from its end, or rows are weighed."""
    rows = prediction.rows
    return (
        prediction.place in run.weighing
        or prediction.ahead
        or rows.gaps
        or any(_continues(rows, fit.rows) for fit in prediction.fits)
    )


def _continues(rows: Rows, learnt: RowSet) -> bool:
    """Whether a model that learnt windows is given another one of the very same rows."""
    if not isinstance(learnt, Rows) or learnt.unwindowed == learnt:
        return False
    return rows.within(learnt.unwindowed)


def _among(
    run: Interpreter, event: Evaluate, predictions: list[Prediction], made: _Made
) -> Among | None:
    """Tell what differs from turn to turn of the loops that an evaluation runs in.

    One model that goes on learning differs by epochs; one prediction that is cut differs by
    thresholds; a model or split that is made anew with a seed that is no constant differs by seeds.
    """
    loops = run.happened_in[id(event)]
    own = (
        loops
        - run.happened_in.get(id(event.model), frozenset())
        - _over_models(run, event.model, made)
    )
    if any(own & run.happened_in[id(fit)] for fit in event.fits if fit.goes_on):
        return Among.EPOCHS
    loops_of_cuts = loops - run.over_predictions
    fixed = [
        loops_of_cuts - prediction.made_in - _of_one_turn(made.judgements.get(id(prediction), ()))
        for prediction in predictions
    ]
    if all(turns & p.cut_in for turns, p in zip(fixed, predictions, strict=True)):
        return Among.THRESHOLDS
    return Among.SEEDS if _varies_seed(run, event, loops, made) else None


def _over_models(run: Interpreter, model: Model, made: _Made) -> frozenset[int]:
    """Find the loops that take another model in every turn: one turn alone trains this one."""
    return _of_one_turn(made.trainings.get(id(model), ())) | run.over_models


def _of_one_turn(contexts: Iterable[tuple[Any, ...]]) -> frozenset[int]:
    """Find the loops of whose turns one alone is among these contexts."""
    turns: dict[int, set[int]] = {}
    for context in contexts:
        for step in context:
            if type(step) is tuple and step[0] == "turn":
                turns.setdefault(step[1], set()).add(step[2])
    return frozenset(loop for loop, seen in turns.items() if len(seen) == 1)


def _varies_seed(run: Interpreter, event: Evaluate, loops: frozenset[int], made: _Made) -> bool:
    """Say whether the rows or the model are drawn with another seed in every turn."""
    drawn: list[Split | Model] = [
        split
        for split in made.splits.near(event.rows)
        if any(event.rows.within(part) for part in split.parts)
    ]
    drawn.append(event.model)
    return any(
        loops & run.happened_in.get(id(thing), frozenset())
        and any(_another(thing.arguments.get(name)) for name in _SEEDS)
        for thing in drawn
    )


def _another(seed: Argument | None) -> bool:
    return seed is not None and not seed.known and seed.text.isidentifier()


def _only_predicted(prediction: Prediction, unread: bool) -> Evaluate:
    return Evaluate(
        place=prediction.place,
        model=prediction.model,
        metric=None,
        rows=prediction.rows,
        fits=prediction.fits,
        influences=prediction.influences,
        predicted_at=prediction.place,
        prediction=prediction.method,
        variable=prediction.variable,
        unread=unread,
    )
