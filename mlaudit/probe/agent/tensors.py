"""The memory of tensors: which are alive, what they are for, and the line that made them."""

from __future__ import annotations

import contextlib
import importlib
import sys
import weakref
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from .counters import Counters
from .hooks import PostImport
from .keepers import Keepers
from .places import Places, Position
from .stream import Stream

ROUNDED = 512
MOST_LINES = 8
MOST_MOMENTS = 120
# The storages of simulated tensors are those of tensors that hold no data.
CUDA = "cuda"
SIMULATED = {"meta": CUDA}
SETTLED = 6
LATER = 16
PARAMETERS = "parameters"
FORWARD, BACKWARD, STEP, BEFORE = "forward", "backward", "step", "before"


Lines = dict[str, tuple[Any, int]]


class Live:
    """One storage: its bytes, the phase and the line of the program that it was made in."""

    __slots__ = ("device", "key", "kind", "phase", "place", "size")

    def __init__(self, key: int, size: int, device: str, phase: str, place: Position | None):
        self.key = key
        self.size = size
        self.device = device
        self.phase = phase
        self.place = place
        self.kind = ""


class Tensors:
    """Follows the storages of all tensors that operations give.

    A peak is looked into when its step ends, by going through the step once more: `_base` is what
    lived when the step began, `_log` what came and went since.
    """

    def __init__(self, stream: Stream, places: Places, counters: Counters):
        self._stream = stream
        self._places = places
        self._counters = counters
        self._keepers = Keepers(places)
        self._live: dict[int, Live] = {}
        self._base: dict[int, Live] = {}
        self._log: list[tuple[Live, bool]] = []
        self._current: dict[str, int] = {}
        self._highest: dict[str, tuple[int, int]] = {}
        self._highest_told = 0
        self._settled: Lines = {}
        self._owners: weakref.WeakSet[Any] = weakref.WeakSet()
        self._phase = BEFORE
        self._trained = "cpu"
        self._optimizers: dict[int, int] = {}
        self._broken = False

    def attach(self, hooks: PostImport) -> None:
        """Wait for torch."""
        hooks.after("torch.nn.modules.module", self._modules)
        hooks.after("torch", self._torch)

    def _modules(self, module: ModuleType) -> None:
        def registered(owner: Any, _name: str, _value: Any) -> None:
            self._owners.add(owner)

        module.register_module_parameter_registration_hook(registered)
        module.register_module_buffer_registration_hook(registered)

    def _torch(self, torch: ModuleType) -> None:
        mode: Any = importlib.import_module("torch.utils._python_dispatch").TorchDispatchMode
        tensors, tensor = self, torch.Tensor

        class Following(mode):  # type: ignore[misc]
            """Sees every operation below autograd."""

            def __torch_dispatch__(
                self, function: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                result = function(*args, **(kwargs or {}))
                for item in result if isinstance(result, (tuple, list)) else (result,):
                    if isinstance(item, tensor):
                        tensors.add(item)
                return result

        def uncompiled(model: Any = None, *_: Any, **__: Any) -> Any:
            self._stream.emit("compiled", place=self._places.here())
            return model if model is not None else uncompiled

        vars(torch)["compile"] = uncompiled
        self._asking(torch.cuda)
        # Kept for as long as the program runs.
        self._following = Following()
        self._following.__enter__()

    def _asking(self, cuda: Any) -> None:
        """Tell when the program asks for a device that is not there, or cannot do without it."""
        available, begin = cuda.is_available, cuda._lazy_init

        def asked() -> Any:
            found = available()
            caller = sys._getframe(1).f_code.co_filename
            if not found and self._places.file_of(caller) is not None:
                self._stream.emit("no_cuda", needed=False)
            return found

        def begun() -> Any:
            try:
                return begin()
            except (AssertionError, RuntimeError):
                self._stream.emit("no_cuda", needed=True)
                raise

        cuda.is_available, cuda._lazy_init = asked, begun

    def add(self, tensor: Any) -> None:
        """Take note of a tensor that an operation gave; after a fault of ours, of none any more."""
        if self._broken or not self._stream.ours:
            return
        try:
            self._add(tensor)
        except Exception as error:
            self.give_up(error)

    def give_up(self, error: Exception) -> None:
        """Follow nothing any more: the program shall not suffer from a fault of the observer."""
        self._broken = True
        self._stream.trouble("following tensors", error)

    def _add(self, tensor: Any) -> None:
        try:
            storage = tensor.untyped_storage()
            key, size = storage._cdata, storage.nbytes()
        except (NotImplementedError, RuntimeError):
            return  # sparse and fake tensors have no storage
        if key in self._live or not size:
            return
        size = -(-size // ROUNDED) * ROUNDED
        device = SIMULATED.get(storage.device.type, storage.device.type)
        one = Live(key, size, device, self._phase, self._places.here())
        self._live[key] = one
        self._log.append((one, True))
        weakref.finalize(storage, self._gone, one).atexit = False
        total = self._current.get(one.device, 0) + size
        self._current[one.device] = total
        if total > self._highest.get(one.device, (0, 0))[0]:
            self._highest[one.device] = (total, len(self._log))

    def _gone(self, one: Live) -> None:
        if self._live.get(one.key) is one:
            del self._live[one.key]
            self._log.append((one, False))
            self._current[one.device] -= one.size

    def begin(self) -> None:
        """Note that the optimizer is there: what is made from now on is made in training."""
        if self._phase == BEFORE:
            self._phase = FORWARD
            self._counters.begin()

    @contextlib.contextmanager
    def backward(self) -> Iterator[None]:
        """Mark what is made while gradients are computed."""
        self._phase = BACKWARD
        try:
            yield
        finally:
            self._phase = FORWARD

    def before_step(self, optimizer: Any) -> None:
        """Tell gradients while they are there, and the device that most parameters are on."""
        trained: dict[str, int] = {}
        self._phase = STEP
        if self._broken:
            return
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                one = self._mark(parameter, PARAMETERS)
                if one is not None:
                    trained[one.device] = trained.get(one.device, 0) + one.size
                self._mark(parameter.grad, "gradients")
        self._trained = max(trained, key=trained.__getitem__, default=self._trained)

    def after_step(self, optimizer: Any, number: int) -> None:
        """Tell what the step needed at most, and what that was for."""
        if self._broken:
            return
        for state in optimizer.state.values():
            for value in state.values() if isinstance(state, dict) else ():
                self._mark(value, "optimizer state")
        for owner in self._owners:
            for value in (*owner._parameters.values(), *owner._buffers.values()):
                self._mark(value, PARAMETERS)
        device = self._trained
        peak, at = self._highest.get(device, (0, 0))
        told: dict[str, int] = {"live": self._current.get(device, 0), "peak": peak}
        counted = self._counters.read() if device == CUDA else {}
        told["optimizer"] = self._optimizers.setdefault(id(optimizer), len(self._optimizers))
        self._stream.emit("memory", step=number, device=device, **{**told, **counted})
        if peak > self._highest_told:
            self._highest_told = peak
            self._tell_peak(device, peak, at, number)
            self._counters.keep(peak)
        self._tell_growth(device, number)
        self._base, self._log = dict(self._live), []
        self._highest = {each: (total, 0) for each, total in self._current.items()}
        self._phase = FORWARD

    def held(self) -> tuple[int, int]:
        """Give the bytes that CUDA holds, and has held at most since the last step."""
        return self._current.get(CUDA, 0), self._highest.get(CUDA, (0, 0))[0]

    def _mark(self, value: Any, kind: str) -> Live | None:
        """Note what a tensor is for, and give its storage."""
        if value is None or not hasattr(value, "untyped_storage"):
            return None
        one = self._live.get(value.untyped_storage()._cdata)
        if one is None:
            return None
        one.kind = kind
        return one

    def _tell_peak(self, device: str, peak: int, at: int, step: int) -> None:
        there = dict(self._base)
        for one, came in self._log[:at]:
            if came:
                there[one.key] = one
            else:
                there.pop(one.key, None)
        kinds: dict[str, int] = {}
        here = [one for one in there.values() if one.device == device]
        for one in here:
            kind = _kind(one)
            kinds[kind] = kinds.get(kind, 0) + one.size
        lines = _largest(_by_line(here))
        course = _course(self._base.values(), self._log, at, device)
        self._stream.emit(
            "peak",
            device=device,
            bytes=peak,
            step=step,
            kinds=kinds,
            lines=[[place, size, _mostly(here, place)] for place, size in lines],
            course=course,
        )

    def _tell_growth(self, device: str, step: int) -> None:
        """Tell, ever more seldom, which lines made what has piled up since the first steps."""
        if step != SETTLED and (step < LATER or step & (step - 1)):
            return
        now = _by_line([one for one in self._live.values() if one.device == device])
        if step == SETTLED:
            self._settled = now
            self._keepers.settle()
            return
        grown: Lines = {}
        for name, (place, size) in now.items():
            more = size - self._settled.get(name, (place, 0))[1]
            if more > 0:
                grown[name] = (place, more)
        kept = self._keepers.growing((step - SETTLED) // 2) if grown else []
        lines = _largest(grown)
        self._stream.emit("grown", step=step, since=SETTLED, lines=lines, kept=kept)


def _course(
    before: Iterable[Live], log: list[tuple[Live, bool]], peak: int, device: str
) -> dict[str, Any]:
    """Give the bytes of each kind at some moments of a step, the highest among them."""
    held: dict[str, int] = {}
    for one in before:
        if one.device == device:
            held[_kind(one)] = held.get(_kind(one), 0) + one.size
    stride = max(1, len(log) // MOST_MOMENTS)
    moments = [dict(held)]
    for number, (one, came) in enumerate(log, 1):
        if one.device == device:
            held[_kind(one)] = held.get(_kind(one), 0) + (one.size if came else -one.size)
        if number % stride == 0 or number == peak:
            moments.append(dict(held))
    kinds = list(held)
    return {"kinds": kinds, "moments": [[each.get(kind, 0) for kind in kinds] for each in moments]}


def _by_line(storages: list[Live]) -> Lines:
    """Add up bytes by the line of the program that made them."""
    lines: Lines = {}
    for one in storages:
        name = repr(one.place)
        lines[name] = (one.place, lines.get(name, (None, 0))[1] + one.size)
    return lines


def _mostly(storages: list[Live], place: Position | None) -> str:
    """Say what most of the bytes that a line made are for."""
    kinds: dict[str, int] = {}
    for one in storages:
        if one.place == place:
            kinds[_kind(one)] = kinds.get(_kind(one), 0) + one.size
    return max(kinds, key=kinds.__getitem__)


def _largest(lines: Lines) -> list[tuple[Any, int]]:
    return sorted(lines.values(), key=lambda item: -item[1])[:MOST_LINES]


def _kind(one: Live) -> str:
    if one.kind:
        return one.kind
    if one.phase == FORWARD:
        return "activations and batch"
    return "temporary" if one.phase in {BACKWARD, STEP} else "made before training"
