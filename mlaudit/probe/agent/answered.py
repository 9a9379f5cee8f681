"""How well networks answer: counted as they learn and when they are judged.

What is to be answered is told by the loss that is taken of a network's very output; when nothing is
learnt it is the same part of the batch.  Answers in training come from an epoch in which the
weights still change, with dropout, so that they rather understate what has been learnt.
"""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from collections import deque
from types import FunctionType, ModuleType
from typing import Any

from .batches import Batch, Rows, first_of, length, tensors
from .calls import Calls
from .gathered import MOST_ROWS, Gathered, Met, eligible
from .hooks import PostImport

_CLASSES, _SIGNS, _CHANCES, _VALUES = "classes", "signs", "chances", "values"
_LOSSES = {
    "cross_entropy": _CLASSES,
    "nll_loss": _CLASSES,
    "binary_cross_entropy_with_logits": _SIGNS,
    "binary_cross_entropy": _CHANCES,
    "mse_loss": _VALUES,
}
_METRICS = {_VALUES: "mean_squared_error"}
_MOST_CLASSES = 100
_MOST_OUTPUTS = 4
_LEAST_TRAINED = 30
_MOST_WAITING = 32
_LARGE = 100_000


class Tally:
    """Sums over answers, left on the device where they are made until they are asked for."""

    def __init__(self, kind: str):
        self.kind = kind
        self.count = 0
        self._good: Any = 0.0
        self._targets: Any = 0.0
        self.met = Met()
        self.spoiled = False
        self._waiting: list[tuple[Any, Any]] = []
        self._times = 1

    def add(self, output: Any, target: Any, times: int = 1) -> None:
        """Take in the answers for one batch, to count so many times.

        Many batches are counted together, which is faster.
        """
        if times != self._times:
            self.settle()
            self._times = times
        self._waiting.append((output.detach() if output.requires_grad else output, target))
        if len(self._waiting) >= _MOST_WAITING or output.numel() > _LARGE:
            self.settle()

    def settle(self) -> None:
        """Count what has been taken in."""
        waiting, self._waiting = self._waiting, []
        if not waiting or self.spoiled:
            return
        torch = sys.modules["torch"]
        with torch.no_grad():
            output = torch.cat([one for one, _ in waiting])
            wanted = torch.cat([one.reshape(-1) for _, one in waiting]).to(output.device)
            if not _plain(self.kind, wanted):
                self.spoiled, self.count = True, 0
                return
            if self.kind == _VALUES:
                wanted = wanted.double()
                good = ((output.reshape(-1).double() - wanted) ** 2).sum()
                targets = torch.stack([wanted.sum(), (wanted**2).sum()])
            else:
                wanted, kinds = wanted.long(), _kinds(self.kind, output)
                good = (_answers(output, self.kind) == wanted).sum().double()
                targets = torch.bincount(wanted.clamp(max=kinds - 1), minlength=kinds).double()
            self._good = self._good + good * self._times
            self._targets = self._targets + targets * self._times
            self.count += len(wanted) * self._times

    def value(self) -> float:
        """Give the share of right answers, or the mean of the squared errors."""
        return float(self._good) / self.count

    def guess(self, learnt: Tally) -> float:
        """Give the same of always the answer that was the best one in training."""
        sums = self._targets.tolist()
        if self.kind != _VALUES:
            return float(sums[int(learnt._targets.argmax())]) / self.count
        mean = float(learnt._targets[0]) / learnt.count
        return float(sums[1] - 2 * mean * sums[0]) / self.count + mean**2


class Learning:
    """What is known of the training of one network."""

    def __init__(self, kind: str, part: int | None):
        self.kind = kind
        self.part = part
        self.epoch = Tally(kind)
        self.before = self.epoch
        self._rows = 0
        self._batches = 0

    def leaves_out(self, rows: Rows | Batch) -> bool:
        """Count rows that are surely new and in a batch whose answers are not; say if they are."""
        if self._batches % self._every() == 0 or not self.epoch.met.surely_new(rows):
            return False
        self._rows += rows.count
        self._batches += 1
        return True

    def _every(self) -> int:
        return 1 << (self._rows // MOST_ROWS).bit_length()

    def add(self, rows: Rows | Batch, output: Any, target: Any) -> None:
        """Count answers of the training, of many batches ever fewer, each for those left out.

        Rows that come again begin an epoch.
        """
        if self.epoch.met.again(rows):
            self.before, self.epoch = self.epoch, Tally(self.kind)
            self.epoch.met.again(rows)
            self._rows = self._batches = 0
        every = self._every()
        if self._batches % every == 0:
            self.epoch.add(output, target, every)
        self._rows += rows.count
        self._batches += 1

    @property
    def whole(self) -> Tally:
        """The last epoch that was gone through, as far as can be told."""
        self.epoch.settle()
        self.before.settle()
        return self.epoch if self.epoch.count >= self.before.count else self.before


class Judged:
    """The last judgement of a network at one place."""

    def __init__(self, learning: Learning, steps: int):
        self.tally = Tally(learning.kind)
        self.learnt = learning.whole
        self.steps = steps
        self.compared = False


class Course:
    """What is known of one network: how it learns, and a sample of the rows of its first epoch."""

    __slots__ = ("closed", "gathered", "learning")

    def __init__(self) -> None:
        self.learning: Learning | None = None
        self.gathered = Gathered()
        self.closed = False

    def leaves_out(self, one: Pass, kind: str) -> bool:
        """Count rows that come in a batch whose answers are not, and say whether they do."""
        learning = self.learning
        if learning is None or learning.kind != kind or one.counted or one.rows is None:
            return False
        if (self.gathered.open and not self.closed) or not learning.leaves_out(one.rows):
            return False
        one.counted = True
        return True


class Pass:
    """One call of a network: by its `answer` a loss is known to be of it.

    While gradients may follow, the `output` that they would reach is known, too.
    """

    __slots__ = (
        "answer",
        "counted",
        "course",
        "kept",
        "network",
        "order",
        "output",
        "place",
        "rows",
        "settled",
        "steps",
        "training",
    )

    def __init__(
        self,
        network: Any,
        course: Course,
        rows: Any,
        answer: Any,
        place: Any,
        steps: int,
    ):
        self.network = network
        self.course = course
        self.rows = rows
        self.place = place
        self.steps = steps
        self.counted = False
        self.settled = False
        self.training = False
        self.order = 0
        self.kept: Any = None
        self.output: Any = None
        self.answer: Any = None
        if answer is not None:  # as below, but called for every batch
            self.answer = self.output = weakref.ref(answer)
            self.training = network.training and answer.requires_grad

    def answers(self, tensor: Any) -> None:
        """Take a tensor for what the network has answered."""
        self.answer = weakref.ref(tensor)
        self.training = bool(self.network.training and tensor.requires_grad)


class Depth(threading.local):
    """Whether a thread is in the call of a network."""

    deep = False


class Answered:
    """Follows outputs of networks to the losses that are taken of them."""

    def __init__(self, calls: Calls, local: Depth):
        self._calls = calls
        self._local = local
        # The last loss that a network has taken by itself: its kind, the answers and the target.
        self._inner: tuple[str, Any, Any] | None = None
        # The last loss that was taken of an answer, and of which.
        self.taken: tuple[Any, Pass] | None = None
        self._outputs: deque[Pass] = deque(maxlen=_MOST_OUTPUTS)
        self._open: Pass | None = None
        self._courses: weakref.WeakKeyDictionary[Any, Course] = weakref.WeakKeyDictionary()
        self.judged: dict[tuple[int, int], Judged] = {}

    def attach(self, hooks: PostImport) -> None:
        """Wait for the losses."""
        hooks.after("torch.nn.functional", self._losses)

    def _losses(self, module: ModuleType) -> None:
        for name in _LOSSES:
            found = vars(module).get(name)
            if isinstance(found, FunctionType):
                setattr(module, name, self._followed(found, _LOSSES[name]))
        tensor = sys.modules["torch"].Tensor
        for name in ("eq", "__eq__"):
            setattr(tensor, name, self._compared(getattr(tensor, name)))

    def _compared(self, equal: Any) -> Any:
        """Know a target by being compared with the answers of a network."""

        @functools.wraps(equal)
        def observed(one: Any, other: Any, *given: Any, **named: Any) -> Any:
            if self._open and not self._calls.quiet:
                with self._calls.watching("a comparison"):
                    self._found_by(one, other)
            return equal(one, other, *given, **named)

        return observed

    def _found_by(self, one: Any, other: Any) -> None:
        """See whether the last answers are compared, and take what they are compared with."""
        output = self._open
        learning = None if output is None else output.course.learning
        if output is None or output.kept is None or learning is None:
            return
        if learning.kind == _VALUES or not all(map(_is_tensor, (one, other))):
            return
        found = _answers(output.kept, learning.kind)
        for answers, target in ((one, other), (other, one)):
            same = answers.numel() == target.numel() == len(found)
            if same and bool((answers.reshape(-1) == found).all()):
                self._count(output, learning, target, compared=True)
                return

    def _followed(self, function: Any, kind: str) -> Any:
        local, stream = self._calls.local, self._calls.stream

        @functools.wraps(function)
        def loss(*given: Any, **named: Any) -> Any:
            result = function(*given, **named)
            if local.depth or not stream.ours:
                return result
            local.depth += 1
            try:
                output = given[0] if given else named.get("input")
                target = given[1] if len(given) > 1 else named.get("target")
                one = self._loss(kind, output, target)
                self.taken = None if one is None else (weakref.ref(result), one)
            except Exception as error:
                stream.trouble("a loss", error)
            finally:
                local.depth -= 1
            return result

        return loss

    def _loss(self, kind: str, output: Any, target: Any) -> Pass | None:
        """Look at a loss, and give the call of a network that it is taken of."""
        if not hasattr(target, "untyped_storage"):
            return None
        one = self._outputs[-1] if self._outputs else None
        if one is None or one.answer() is not output:
            one = self._of(output)
        if one is not None:
            self._taken(one, kind, output, target)
        elif self._local.deep and output is not None:
            self._inner = (kind, output.detach(), target.detach())
        return one

    def course(self, network: Any) -> Course:
        """Give what is known of a network."""
        found = self._courses.get(network)
        if found is None:
            found = self._courses[network] = Course()
        return found

    def passed(self, one: Pass, rows: Rows | Batch, given: Any, result: Any) -> None:
        """Look at what a network gets and gives.

        Of a `result` that has a loss in it, the answer is what that was taken of.
        """
        inner, self._inner = self._inner, None
        if inner is not None:
            for each in tensors(result):
                if _share(each, inner[1]):
                    one.answers(each)
                    break
        if one.answer is None:
            return
        if len(self._outputs) == _MOST_OUTPUTS:
            self._outputs[0].kept = None  # the call itself may be held until gradients have come
        self._outputs.append(one)
        if not one.training:
            self._judge(one, rows)
        elif not one.course.closed and not one.course.gathered.leaves_out(rows):
            _gather(one.course, rows, first_of(given))
        if inner is not None and _share(one.answer(), inner[1]):
            self._taken(one, *inner, asked=False)

    def _judge(self, one: Pass, rows: Rows | Batch) -> None:
        """Count answers when nothing is learnt, if it is known what is to be answered."""
        learning, self._open = one.course.learning, None
        answer = one.answer()
        if learning is None or not _answerable(learning.kind, answer, rows.count):
            return
        one.kept = answer.detach() if answer.requires_grad else answer
        self._open = one
        target = rows.part(learning.part)
        if target is not None:
            self._count(one, learning, target, compared=False)

    def gathered(self, network: Any, *, ended: bool) -> Gathered | None:
        """Give, once, the rows that a network is trained on, when all have been met."""
        course = self._courses.get(network)
        if course is None or not course.gathered.seen or not (ended or course.closed):
            return None
        course.closed = True
        found, course.gathered = course.gathered, Gathered()
        return found

    def scores(self, network: Any, place: Any) -> dict[str, Any] | None:
        """Give what the last judgement of a network at a place came to."""
        one = self.judged.get((id(place), id(network)))
        if one is None or not one.compared:
            return None
        one.tally.settle()
        if not one.tally.count or one.learnt.count < _LEAST_TRAINED:
            return None
        return {
            "function": _METRICS.get(one.tally.kind, "accuracy"),
            "value": one.tally.value(),
            "guess": one.tally.guess(one.learnt),
            "train": one.learnt.value(),
            "count": one.tally.count,
        }

    def _of(self, output: Any) -> Pass | None:
        """Find the network whose output, as it is or as a view, a loss is taken of."""
        if not hasattr(output, "untyped_storage"):
            return None
        for one in reversed(self._outputs):
            if one.answer() is output:
                return one
        storage = output.untyped_storage()._cdata
        for one in reversed(self._outputs):
            tensor = one.answer()
            if tensor is not None and tensor.untyped_storage()._cdata == storage:
                return one
        return None

    def _taken(self, one: Pass, kind: str, output: Any, target: Any, *, asked: bool = True) -> None:
        """Note that a loss compares an output with a target, `asked` for by the program itself."""
        count, course = one.rows.count, one.course
        if one.training and course.leaves_out(one, kind):
            return
        if not _answerable(kind, output, count) or not _target(kind, target, count):
            return
        learning = course.learning
        if not one.training:
            if learning is not None and learning.kind == kind and one.kept is not None:
                self._count(one, learning, target, compared=asked and kind == _VALUES)
        elif not one.counted:
            if learning is None or learning.kind != kind:
                learning = course.learning = Learning(kind, one.rows.part_of(target))
            one.counted = True
            learning.add(one.rows, output, target)
            if not course.closed:
                course.gathered.answer(target)

    def _count(self, one: Pass, learning: Learning, target: Any, *, compared: bool) -> None:
        """Count answers of a judgement, which begins anew after each training.

        Only where the program itself has `compared` answers does it judge them in this way.
        """
        if one.kept is None or not _target(learning.kind, target, one.rows.count):
            return
        key = (id(one.place), id(one.network))
        judged = self.judged.get(key)
        if not one.counted:
            anew = judged is None or judged.steps != one.steps or judged.tally.met.again(one.rows)
            if judged is None or anew:
                judged = self.judged[key] = Judged(learning, one.steps)
                judged.tally.met.again(one.rows)
            judged.tally.add(one.kept, target)
            one.counted = True
        if judged is not None:
            judged.compared = judged.compared or compared
            if judged.compared:
                self._open = None


def _gather(course: Course, rows: Rows | Batch, batch: Any) -> None:
    gathered = course.gathered
    fit = eligible(batch) and gathered.suits(batch) and rows.count == len(batch)
    if gathered.seen and rows.loaded != gathered.loaded:
        course.gathered = Gathered()  # a critic, say, that gets real and made up rows
        course.closed = True
    elif not fit or gathered.full or gathered.met_again(rows):
        course.closed = True
    else:
        if isinstance(rows, Batch) and not gathered.seen:
            gathered.expect(length(rows.dataset) or 0)
        gathered.loaded = rows.loaded
        gathered.add(batch)


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "untyped_storage")


def _share(one: Any, other: Any) -> bool:
    return bool(one.untyped_storage()._cdata == other.untyped_storage()._cdata)


def _answerable(kind: str, output: Any, rows: int) -> bool:
    """Say whether an output gives one answer a row, of the kind that the loss stands for."""
    if not output.dim() or output.shape[0] != rows:
        return False
    if kind == _CLASSES:
        return bool(output.dim() == 2 and 2 <= output.shape[1] <= _MOST_CLASSES)
    return bool(output.numel() == rows)


def _target(kind: str, target: Any, rows: int) -> bool:
    """Say whether there is one thing to answer a row."""
    return target.numel() == rows and not (kind == _CLASSES and target.is_floating_point())


def _plain(kind: str, wanted: Any) -> bool:
    """Say whether all rows are to be answered, and by whole classes; some mark those left out."""
    if kind == _VALUES:
        return True
    return bool((wanted >= 0).all() if kind == _CLASSES else ((wanted == 0) | (wanted == 1)).all())


def _answers(output: Any, kind: str) -> Any:
    """Give the classes answered."""
    if kind == _CLASSES:
        return output.argmax(dim=1)
    return (output.reshape(-1) > (0.0 if kind == _SIGNS else 0.5)).long()


def _kinds(kind: str, output: Any) -> int:
    return int(output.shape[1]) if kind == _CLASSES else 2
