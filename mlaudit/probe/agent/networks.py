"""What networks of torch learn from and are judged on: whole calls, steps of gradients, batches."""

from __future__ import annotations

import contextlib
import itertools
import sys
import weakref
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from .ancestry import among_ancestors, order_of
from .answered import Answered, Course, Depth, Pass
from .batches import Batch, Batches, Rows, first_of, joined, tensors
from .calls import Calls
from .estimators import Estimators
from .gradients import Gradients
from .hashing import hashes
from .hooks import PostImport
from .lineage import Known
from .places import Places, Spot
from .quality import looked_at
from .reported import same
from .stream import Stream

_MOST_AWAITED = 256
_MOST_FORGOTTEN = 4096
_LONG_AGO = 64
_MOST_WAITING = 64


class Taken:
    """The rows that a network has met at one place, growing batch by batch."""

    def __init__(self, batches: Batches, network: Any, place: Any):
        self._batches = batches
        self._waiting: list[Rows | Batch] = []
        self.network = network
        self.place = place
        # Among what else it is found, by those who look for it again at once.
        self.into: Any = None
        self.training = bool(network.training)
        self.unsteady = _unsteady(network) if self.training else []
        self.repeated = False
        self.loaded = True
        self._last: Rows | Batch | None = None
        self._learnt = -1
        self._masks: dict[int, tuple[Known, Any]] = {}
        self.unknown = False
        self.grown = True

    def add(self, rows: Rows | Batch | None, learnt: int) -> None:
        """Take more rows in, and note whether they come again without any training between."""
        if rows is None:
            self._give_up()
        else:
            self.loaded = self.loaded and rows.loaded
            self.repeated = self.repeated or (rows is self._last and learnt == self._learnt)
            self._waiting.append(rows)
            if len(self._waiting) >= _MOST_WAITING:
                self.settle()
        self._last, self._learnt = rows, learnt

    def settle(self) -> None:
        """Find out what rows have been taken in, of many batches at a time, which is faster."""
        np, waiting, self._waiting = sys.modules["numpy"], self._waiting, []
        try:
            for known, positions in self._batches.parts(waiting):
                held = self._masks.setdefault(id(known), (known, np.zeros(len(known.ids), bool)))
                if not held[1][positions].all():
                    held[1][positions] = True
                    self.grown = True
        except Exception:
            self._give_up()
            raise

    def _give_up(self) -> None:
        """Of some rows that are not known, all become unknown."""
        self.grown = self.grown or not self.unknown
        self.unknown = True

    def rows(self) -> Known | None:
        """Give all rows met so far; None where some are not known."""
        if self.unknown:
            return None
        np = sys.modules["numpy"]
        found = joined([(known, np.flatnonzero(mask)) for known, mask in self._masks.values()])
        if found is None or len(self._masks) < 2:
            return found
        return found.part(np.sort(np.unique(found.ids, return_index=True)[1]))


class Networks:
    """Tells which rows networks are trained on and which they are only given."""

    def __init__(
        self,
        stream: Stream,
        places: Places,
        calls: Calls,
        estimators: Estimators,
        batches: Batches,
        gradients: Gradients,
    ):
        self._stream = stream
        self._places = places
        self._calls = calls
        self._estimators = estimators
        self._batches = batches
        self._local = Depth()
        self._learns: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()
        # The network that was called last, and what is known of it; None: it has nothing to learn.
        self._into: Taken | None = None
        self._latest: tuple[Any, Course | None] = (None, None)
        # By the numbers of the nodes of their outputs, which gradients may yet reach.
        self._awaited: dict[int, Pass] = {}
        self._most_awaited = _MOST_AWAITED
        self._backward: Any = None
        self._entry: tuple[Any, Any] | None = None
        self._learnt = 0
        self._answered = Answered(calls, self._local)
        self._learning = calls.watching("what a loss has come from")
        self._learns_at, self._called_at = Spot(places), Spot(places)
        self._unnumbered = itertools.count(1)
        self._trained: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()
        # What is kept of batches would count as memory where that is followed.
        self.looking = True
        self._fits: dict[tuple[int, int, bool], Taken] = {}
        self._judged: dict[tuple[int, int, bool], Taken] = {}
        batches.after_each_pass(self._passed_over)
        batches.before_each_pass(self.tell)
        gradients.before(self._learn)
        gradients.after(self._learnt_from)

    def attach(self, hooks: PostImport) -> None:
        """Wait for networks, for loaders and divisions of data sets."""
        self._batches.attach(hooks)
        if self.looking:
            self._answered.attach(hooks)
        hooks.after("torch.nn.modules.module", self._modules)
        hooks.after("torch.utils.data.dataset", self._divisions)

    def _learn(self, loss: Any) -> None:
        """Note that gradients are about to reach what led to a loss."""
        if self._calls.quiet:
            return
        self._backward = self._here(self._learns_at)
        self._learnt += 1
        awaited, taken = self._awaited, self._answered.taken
        if len(awaited) == 1 and taken is not None and taken[0]() is loss:
            passed = taken[1]
            if awaited.pop(passed.order, None) is not None:
                self._take(self._fits, passed.network, passed.rows, self._backward)
        if awaited:
            with self._learning:
                for order in among_ancestors(loss, awaited):
                    self._reached(awaited.pop(order))

    def _reached(self, passed: Pass) -> None:
        self._take(self._fits, passed.network, passed.rows, self._backward)

    def _learnt_from(self) -> None:
        self._backward = None

    @contextlib.contextmanager
    def within(self, network: Any) -> Iterator[None]:
        """Take all that a trainer of the program does for calls of this network, at this place."""
        before, self._entry = self._entry, (network, self._places.here())
        try:
            yield
        finally:
            self._entry = before

    def _here(self, spot: Spot) -> Any:
        return spot.here() if self._entry is None else self._entry[1]

    def _modules(self, module: ModuleType) -> None:
        original, local = module.Module.__call__, self._local
        depth, stream = self._calls.local, self._stream
        # All that this one does is to choose between two others.
        plain = getattr(original, "__name__", "") == "_wrapped_call_impl"

        def call(network: Any, *arguments: Any, **named: Any) -> Any:
            if local.deep and plain and network._compiled_call_impl is None:
                return network._call_impl(*arguments, **named)
            # What is computed anew for gradients is no call of its own.
            if local.deep or self._backward is not None or depth.depth or not stream.ours:
                return original(network, *arguments, **named)
            local.deep = True
            try:
                result = original(network, *arguments, **named)
            finally:
                local.deep = False
            depth.depth += 1
            try:
                self._passed(network, arguments, named, result)
            except Exception as error:
                stream.trouble("a forward pass", error)
            finally:
                depth.depth -= 1
            return result

        module.Module.__call__ = call

    def _passed(self, network: Any, arguments: Any, named: Any, result: Any) -> None:
        """Note a call of a whole network; losses and activations have nothing to learn."""
        answer = result if hasattr(result, "untyped_storage") else first_of(result)
        first = first_of(arguments) if answer is None else answer
        if first is None or first.is_meta:
            return  # only shapes are computed
        called, network = network, network if self._entry is None else self._entry[0]
        latest, course = self._latest
        if network is not latest:
            course = self._meet(network)
        if course is None:
            return
        if self._estimators.marks.left:
            self._estimators.marks.mark("batch", (arguments, named))
        given = (arguments, named) if named else arguments
        rows, output = self._batches.rows(given), answer
        if answer is None or not answer.requires_grad:
            alone = answer is result
            output = None if alone else next(filter(_requires_grad, tensors(result)), None)
        # Where a network is called that learns does not matter, but where it learns.
        learning = called.training and network.training and answer is output is not None
        place = None if learning else self._here(self._called_at)
        if not called.training:
            self._estimators.latency.called(called, arguments, named, place)
        passed = Pass(network, course, rows, answer, place, self._learnt)
        if self.looking and rows is not None:
            self._answered.passed(passed, rows, given, result)
        if output is None:
            self._take(self._judged, network, rows, place)
        else:
            if output is not answer:
                passed.output = weakref.ref(output)
            self._wait(passed, output)

    def _meet(self, network: Any) -> Course | None:
        """Give what is known of a network; of one without anything to learn nothing is."""
        learns = self._learns.get(network)
        if learns is None:
            learns = self._learns[network] = next(network.parameters(), None) is not None
            if learns:
                self._estimators.marks.mark("weights", list(network.parameters()))
        course = self._answered.course(network) if learns else None
        if course is not None:
            self._latest = (network, course)
        return course

    def _wait(self, passed: Pass, output: Any) -> None:
        """Have it seen whether gradients come back."""
        order = passed.order = order_of(output) or self._hooked(passed, output)
        self._awaited[order] = passed
        if len(self._awaited) >= self._most_awaited:
            self._settle()

    def _hooked(self, passed: Pass, output: Any) -> int:
        """See by a hook whether gradients reach an output without a number; give it one."""
        order = -next(self._unnumbered)

        def reached(_gradient: Any) -> None:
            if self._backward is not None and self._awaited.pop(order, None) is not None:
                self._reached(passed)

        output.register_hook(reached)
        return order

    def _settle(self) -> None:
        """Take what nobody holds any more for judged only.

        Gradients may reach it still, if it has led to a loss; what is old is given up.
        """
        long_ago, many = self._learnt - _LONG_AGO, len(self._awaited) > _MOST_FORGOTTEN
        for order, passed in list(self._awaited.items()):
            if passed.output() is not None:
                continue
            if not passed.settled and passed.place is not None and not passed.network.training:
                self._take(self._judged, passed.network, passed.rows, passed.place)
            passed.settled = True
            if many or passed.steps < long_ago:
                del self._awaited[order]
        self._most_awaited = max(_MOST_AWAITED, 2 * len(self._awaited))

    def _take(
        self,
        into: dict[tuple[int, int, bool], Taken],
        network: Any,
        rows: Rows | Batch | None,
        place: Any,
    ) -> None:
        taken = self._into
        if not (
            taken is not None
            and taken.into is into
            and taken.network is network
            and taken.place is place
            and taken.training == network.training
        ):
            key = (id(place), id(network), network.training)
            taken = into.get(key)
            if taken is None or taken.network is not network:
                taken = into[key] = Taken(self._batches, network, place)
                taken.into = into
            self._into = taken
        taken.add(rows, self._learnt)

    def _passed_over(self) -> None:
        """Tell what a loop of the program has met; trainers ask for a batch ahead of the last."""
        if self._entry is None:
            self.tell()

    def tell(self) -> None:
        """Tell of the rows met since the last time; first of those learnt, then of those judged."""
        with self._calls.watching("the rows of networks"):
            self._settle()
            for taken in (*self._fits.values(), *self._judged.values()):
                with self._calls.watching("the rows of batches"):
                    taken.settle()
            for taken in self._fits.values():
                if taken.grown:
                    self._emit("fit", "backward", taken, target=True)
            for taken in self._judged.values():
                if taken.grown:
                    self._emit(
                        "forward",
                        "forward",
                        taken,
                        apart=not taken.training,
                        loaded=taken.loaded,
                        unsteady=[] if taken.repeated else taken.unsteady,
                    )

    def reported(self, network: Any, metrics: Any) -> None:
        """Take an accuracy that a trainer reports at this place for that of the answers seen."""
        judged = self._answered.judged.get((id(self._places.here()), id(network)))
        if judged is not None:
            judged.tally.settle()
            if judged.tally.count and same(metrics, judged.tally.value()):
                judged.compared = True

    def finish(self) -> None:
        """Tell of rows and scores at the end of the program."""
        self.tell()
        with self._calls.watching("the scores of networks"):
            for network, told in list(self._trained.items()):
                self._look_at(network, told, ended=True)
            for taken in self._judged.values():
                if self.looking and taken.network in self._trained:
                    self._score(taken)

    def _look_at(self, network: Any, told: dict[str, Any], *, ended: bool) -> None:
        """Describe the rows that a network was trained on."""
        found = self._answered.gathered(network, ended=ended)
        if found is None:
            return
        features, answers = found.features(), found.answers()
        with self._calls.measuring:
            facts = looked_at(features, answers, hashes(features))
        if facts is not None:
            facts["count"] = found.seen
            facts["constant"] = _unmeant(facts["constant"], features)
            if not found.loaded:
                facts["telling"] = {}  # made up rows may be told from real ones
            self._estimators.quality.trained(told, facts, classes=answers is not None)

    def _score(self, taken: Taken) -> None:
        rows, owner = taken.rows(), type(taken.network)
        scores = self._answered.scores(taken.network, taken.place)
        if scores is None or rows is None:
            self._stream.emit("unjudged", model=owner.__name__, place=taken.place)
            return
        self._stream.emit(
            "judged",
            model=self._estimators.model(taken.network),
            owner=f"{owner.__module__}.{owner.__qualname__}",
            rows=self._batches.lineage.tell(rows),
            place=taken.place,
            **scores,
        )

    def _emit(self, event: str, method: str, taken: Taken, **facts: Any) -> None:
        taken.grown = False
        rows, owner = taken.rows(), type(taken.network)
        told = {
            "number": self._estimators.number(),
            "method": method,
            "model": self._estimators.model(taken.network),
            "owner": f"{owner.__module__}.{owner.__qualname__}",
            "traits": ["predict"],
            "rows": self._batches.lineage.tell(rows),
            "causes": sorted(rows.causes) if rows else [],
            "place": taken.place,
            **facts,
        }
        self._stream.emit(event, **told)
        if event == "fit":
            self._trained[taken.network] = told
            self._look_at(taken.network, told, ended=False)

    def _divisions(self, module: ModuleType) -> None:
        divide = vars(module)["random_split"]

        def around(function: Any, dataset: Any, *given: Any, **named: Any) -> Any:
            parts = self._calls.run(function, dataset, *given, **named)
            with self._calls.watching("a division"):
                np, whole = sys.modules["numpy"], self._batches.of_dataset(dataset)
                if whole is not None and len(whole.ids) == len(dataset):
                    told = [whole.part(np.asarray(part.indices, dtype=int)) for part in parts]
                    self._stream.emit(
                        "split",
                        number=self._estimators.number(),
                        function="random_split",
                        rows=self._batches.lineage.tell(whole),
                        parts=[self._batches.lineage.tell(part) for part in told],
                        folds=False,
                        place=self._places.here(),
                    )
            return parts

        vars(module)["random_split"] = self._calls.wrapped(divide, around)


def _requires_grad(tensor: Any) -> bool:
    return bool(tensor.requires_grad)


def _unmeant(constant: list[str], features: Any) -> list[str]:
    """Leave out a column of ones at the edge, which stands for the intercept."""
    last = features.shape[1] - 1
    ones = {f"column {number}" for number in (0, last) if features[0, number] == 1}
    return [name for name in constant if name not in ones]


def _unsteady(network: Any) -> list[str]:
    """Name the layers that behave otherwise in training, as they are switched now."""
    return sorted(
        {
            type(layer).__name__
            for layer in network.modules()
            if layer.training and _differs(type(layer).__name__, layer)
        }
    )


def _differs(name: str, layer: Any) -> bool:
    if "Dropout" in name:
        return bool(getattr(layer, "p", 0))
    return "BatchNorm" in name and bool(getattr(layer, "track_running_stats", True))
