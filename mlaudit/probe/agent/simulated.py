"""A CUDA device that holds no data: its tensors have shapes, types and storages without memory.

They are torch's fake tensors for the CPU, which pick the kernels and obey the autocasting of the
CPU; the program sees them on `cuda:0`.  Fake tensors that are on `cuda` themselves would end the
process in the backward pass.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from .assumed import Assumed
from .hooks import PostImport
from .pretended import Pretended
from .stream import Stream

CUDA = "cuda"


class Simulated:
    """Puts what the program sends to CUDA on a device that is not there."""

    def __init__(self, stream: Stream, card: dict[str, Any], held: Any):
        self._stream = stream
        self._card = card
        self._held = held
        self._depth = 0
        self._originals: dict[Any, Any] = {}

    def attach(self, hooks: PostImport) -> None:
        """Wait for torch."""
        hooks.after("torch", self._torch)

    def _torch(self, torch: ModuleType) -> None:
        self._fakes = importlib.import_module("torch._subclasses.fake_tensor")
        self._here = torch.device(CUDA, 0)
        self._t: Any = torch
        self._mode = self._fakes.FakeTensorMode(allow_non_fake_inputs=True)
        self._assumed = Assumed(torch, self._mode, self._stream)
        self._copied = self._copies()
        self._hide_the_kernels()
        self._factories()
        self._tensors(torch.Tensor)
        self._modules(torch.nn.Module)
        self._optimizers()
        Pretended(torch, self._card, self._held, self.asked).install()

    def asked(self, device: Any) -> bool:
        """Say whether a device is the one that is simulated."""
        if isinstance(device, str):
            return device.split(":")[0] == CUDA
        return getattr(device, "type", None) == CUDA or type(device) is int

    def _is(self, value: Any) -> bool:
        return isinstance(value, self._fakes.FakeTensor)

    def _hide_the_kernels(self) -> None:
        """Let the fake tensors be on the CPU for themselves and on CUDA for everybody else."""
        fake, dispatch, simulated = (
            self._fakes.FakeTensor,
            self._fakes.FakeTensorMode.dispatch,
            self,
        )
        errors = (self._fakes.DataDependentOutputException, self._fakes.DynamicOutputShapeException)

        def dispatched(mode: Any, function: Any, types: Any, args: Any, kwargs: Any = None) -> Any:
            simulated._depth += 1
            try:
                return dispatch(mode, function, types, args, kwargs)
            except errors:
                return simulated._assumed.result(function, args)
            finally:
                simulated._depth -= 1

        self._fakes.FakeTensorMode.dispatch = dispatched
        device = fake.device.fget
        fake.device = property(lambda t: device(t) if simulated._depth else simulated._here)
        fake.is_cuda = property(lambda t: not simulated._depth)
        fake.is_cpu = property(lambda t: bool(simulated._depth))
        fake.get_device = lambda t: -1 if simulated._depth else 0
        # Written to a file it is zeros of the host, all of which are one.
        fake.__reduce_ex__ = lambda t, form: simulated._blank(t).__reduce_ex__(form)

    def _blank(self, tensor: Any) -> Any:
        zero = self._t.zeros((), dtype=tensor.dtype, device="cpu")
        return zero.expand(tuple(tensor.shape))

    def _factories(self) -> None:
        devices = importlib.import_module("torch.utils._device")
        for function in list(devices._device_constructors()):
            name = function.__name__
            if getattr(self._t, name, None) is function:
                whole = name in {"tensor", "as_tensor", "asarray"}
                self._originals[function] = self._factory(function, whole)
                setattr(self._t, name, self._originals[function])
        for name in (
            "zeros_like",
            "ones_like",
            "empty_like",
            "full_like",
            "rand_like",
            "randn_like",
        ):
            setattr(self._t, name, self._factory(getattr(self._t, name), whole=False))
        simulated, add = self, devices.DeviceContext.__torch_function__

        def within(
            context: Any, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            made, given = simulated._originals.get(function), (kwargs or {}).get("device")
            if made is None or given is not None or not simulated.asked(context.device):
                return add(context, function, types, args, kwargs)
            return made(*args, **{**(kwargs or {}), "device": context.device})

        devices.DeviceContext.__torch_function__ = within

    def _factory(self, function: Any, whole: bool) -> Any:
        simulated = self

        def made(*args: Any, **named: Any) -> Any:
            if simulated._depth or not simulated.asked(named.get("device")):
                if named.get("device") is not None and args and simulated._is(args[0]):
                    args = (simulated.departed(args[0]), *args[1:])
                return function(*args, **named)
            named.pop("pin_memory", None)
            here = {**named, "device": "cpu"}
            if whole:
                grad = here.pop("requires_grad", False)
                if args and simulated._is(args[0]):
                    return args[0].to(**{k: v for k, v in here.items() if k == "dtype"})
                return simulated.arrived(function(*args, **here)).requires_grad_(grad)
            args = tuple(map(simulated._number, args))
            with simulated._mode:
                return function(*args, **here)

        return made

    def _number(self, value: Any) -> Any:
        """Read sizes that stand in tensors of the host, before these become fake ones."""
        if isinstance(value, (tuple, list)):
            return type(value)(map(self._number, value)) if type(value) in {tuple, list} else value
        if isinstance(value, self._t.Tensor) and not value.dim() and not value.is_floating_point():
            return int(value)
        return value

    def arrived(self, tensor: Any, dtype: Any = None) -> Any:
        """Give the tensor of the device that a tensor of the host is copied to."""
        if tensor.requires_grad and self._t.is_grad_enabled():
            return self._copied.apply(tensor, dtype)
        with self._mode:
            return self._t.empty_strided(
                tensor.size(), tensor.stride(), dtype=dtype or tensor.dtype, device="cpu"
            )

    def departed(self, tensor: Any, dtype: Any = None) -> Any:
        """Give the tensor of the host that a tensor of the device is copied to; made of zeros."""
        made = self._t.zeros(tensor.size(), dtype=dtype or tensor.dtype, device="cpu")
        if not made.dim() and made.is_floating_point():
            made.fill_(self._assumed.number())
        return made

    def _copies(self) -> Any:
        simulated = self
        function: Any = self._t.autograd.Function

        class Copied(function):  # type: ignore[misc]
            """A copy to the device that gradients go back through."""

            @staticmethod
            def forward(_: Any, tensor: Any, dtype: Any) -> Any:
                return simulated.arrived(tensor.detach(), dtype)

            @staticmethod
            def backward(_: Any, gradient: Any) -> Any:
                return simulated.departed(gradient), None

        return Copied

    def _tensors(self, tensor: Any) -> None:
        """Replace the methods that move data between the host and the device."""
        simulated, to, parse = self, tensor.to, self._t._C._nn._parse_to

        def moved(value: Any, *args: Any, **named: Any) -> Any:
            if simulated._depth:
                return to(value, *args, **named)
            if args and isinstance(args[0], simulated._t.Tensor):
                args = (args[0].device, args[0].dtype, *args[1:])
            copied = named.pop("copy", False)
            device, dtype, _, form = parse(*args, **named)
            given = {"dtype": dtype} if dtype is not None else {}
            if form is not None:
                given["memory_format"] = form
            away = device is not None and not simulated.asked(device)
            if simulated._is(value):
                if away and device.type == "cpu":
                    return simulated.departed(value, dtype)
                return to(value, copy=copied, **given) if given or copied else value
            if simulated.asked(device):
                arrived = simulated.arrived(value, dtype)
                return to(arrived, memory_format=form) if form is not None else arrived
            return to(value, *args, copy=copied, **named)

        def gone(value: Any, *_: Any, **__: Any) -> Any:
            return moved(value, simulated._here)

        def back(value: Any, *_: Any, **__: Any) -> Any:
            return moved(value, "cpu")

        tensor.to, tensor.cuda, tensor.cpu = moved, gone, back
        numpy, array = tensor.numpy, tensor.__array__
        tensor.numpy = lambda value, *a, **k: (
            numpy(simulated.departed(value)) if simulated._is(value) else numpy(value, *a, **k)
        )
        tensor.__array__ = lambda value, *a, **k: (
            array(simulated.departed(value), *a, **k)
            if simulated._is(value)
            else array(value, *a, **k)
        )
        form = tensor.__format__
        tensor.__format__ = lambda value, given: (
            format(value.item(), given)
            if simulated._is(value) and not value.dim()
            else form(value, given)
        )
        tensor.pin_memory = lambda value, *_, **__: value
        tensor.record_stream = lambda value, *_: None
        self._new(tensor)
        self._judged(tensor)

    def _new(self, tensor: Any) -> None:
        simulated = self
        for name in ("new_tensor", "new_zeros", "new_ones", "new_empty", "new_full"):
            original = getattr(tensor, name)

            def made(
                value: Any, *args: Any, _do: Any = original, _name: str = name, **named: Any
            ) -> Any:
                device = named.get("device")
                if simulated._depth or (device is None and not simulated._is(value)):
                    return _do(value, *args, **named)
                if device is not None and not simulated.asked(device):
                    blank = simulated._t.zeros((), dtype=value.dtype, device="cpu")
                    return _do(blank, *args, **named)
                if _name == "new_tensor":
                    named = {"dtype": value.dtype, **named, "device": simulated._here}
                    return simulated._t.tensor(*args, **named)
                with simulated._mode:
                    return _do(value, *args, **{**named, "device": "cpu"})

            setattr(tensor, name, made)

    def _judged(self, tensor: Any) -> None:
        """Let what the device would have computed be finite."""
        simulated, finite = self, self._t.isfinite

        def isfinite(value: Any) -> Any:
            if simulated._is(value) and not simulated._depth:
                return simulated._t.ones((), dtype=simulated._t.bool).expand(value.shape)
            return finite(value)

        self._t.isfinite = tensor.isfinite = isfinite

    def _modules(self, module: Any) -> None:
        """Let parameters stay the objects that they are when their module is moved."""
        simulated = self

        def applied(owner: Any, function: Any, recurse: bool = True) -> Any:
            for child in owner.children() if recurse else ():
                child._apply(function)
            for name, value in owner._parameters.items():
                if value is not None:
                    owner._parameters[name] = simulated._converted(value, function)
            for name, value in owner._buffers.items():
                if value is not None:
                    owner._buffers[name] = function(value)
            return owner

        module._apply = applied

    def _optimizers(self) -> None:
        """Let optimizers take all parameters at a time, as they do by default on CUDA."""
        for name in ("torch.optim.optimizer", "torch.utils._foreach_utils"):
            known = getattr(importlib.import_module(name), "_foreach_supported_types", None)
            if isinstance(known, list):
                known.append(self._fakes.FakeTensor)

    def _converted(self, value: Any, function: Any) -> Any:
        with self._t.no_grad():
            new, gradient = function(value), value.grad
            if new is value:
                return value
            given = function(gradient) if gradient is not None else None
        if not self._is(new) and not self._is(value):
            value.data, value.grad = new, given
            return value
        value.grad = None
        new = new.requires_grad_(value.requires_grad)
        new._is_param = True
        try:
            self._t.utils.swap_tensors(value, new)
            new = value
        except RuntimeError:
            # Somebody else refers to the parameter weakly; then it has to be another object.
            self._stream.emit("assumed", operation="moving a parameter")
        new.grad = given
        return new
