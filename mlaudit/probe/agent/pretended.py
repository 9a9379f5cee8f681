"""What `torch.cuda` and its kin answer when the device is only simulated."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

CUDA = "cuda"
_QUIET = (
    "synchronize",
    "empty_cache",
    "set_device",
    "manual_seed",
    "manual_seed_all",
    "seed",
    "seed_all",
    "reset_peak_memory_stats",
    "reset_max_memory_allocated",
    "reset_max_memory_cached",
    "reset_accumulated_memory_stats",
    "set_per_process_memory_fraction",
    "init",
    "ipc_collect",
    "set_rng_state",
    "set_rng_state_all",
)
_OLD_STYLE = {
    "Float": "float32",
    "Double": "float64",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Byte": "uint8",
    "Bool": "bool",
}


class Pretended:
    """Answers for the card that is not there; `held` gives the bytes held now and at most."""

    def __init__(
        self,
        torch: Any,
        card: dict[str, Any],
        held: Callable[[], tuple[int, int]],
        asked: Callable[[Any], bool],
    ):
        self._torch = torch
        self._card = card
        self._held = held
        self._asked = asked

    def install(self) -> None:
        """Replace what asks the driver."""
        self._queries()
        self._memory()
        self._streams()
        self._accelerator()
        self._precision()
        self._loaders()
        self._files()
        self._constructors()
        self._torch.jit.script = _as_it_is

    def _queries(self) -> None:
        cuda, card = self._torch.cuda, self._card
        properties = SimpleNamespace(
            name=card["name"],
            total_memory=card["bytes"],
            major=7,
            minor=5,
            multi_processor_count=68,
        )
        answers: dict[str, Any] = {
            "is_available": True,
            "is_initialized": True,
            "device_count": 1,
            "current_device": 0,
            "get_device_name": card["name"],
            "get_device_properties": properties,
            "get_device_capability": (7, 5),
            "get_arch_list": ["sm_75"],
            "is_bf16_supported": True,
            "initial_seed": 0,
            "get_rng_state": self._torch.zeros(16, dtype=self._torch.uint8),
            "get_rng_state_all": [],
            "utilization": 0,
            "is_current_stream_capturing": False,
        }
        for name, answer in answers.items():
            setattr(cuda, name, _always(answer))
        for name in _QUIET:
            setattr(cuda, name, _always(None))
        cuda._lazy_init = _always(None)
        cuda.device = _Nothing
        cuda.device_of = _Nothing
        self._torch.backends.cuda.is_built = _always(True)

    def _memory(self) -> None:
        cuda, held, total = self._torch.cuda, self._held, self._card["bytes"]
        for name in ("memory_allocated", "memory_reserved", "memory_cached"):
            setattr(cuda, name, lambda *_, **__: held()[0])
            setattr(cuda, f"max_{name}", lambda *_, **__: held()[1])
        cuda.mem_get_info = lambda *_, **__: (max(0, total - held()[0]), total)
        cuda.memory_stats = lambda *_, **__: {
            "allocated_bytes.all.current": held()[0],
            "allocated_bytes.all.peak": held()[1],
        }
        cuda.memory_summary = _always("simulated")
        for name in ("memory_allocated", "max_memory_allocated", "mem_get_info", "memory_stats"):
            setattr(cuda.memory, name, getattr(cuda, name))

    def _streams(self) -> None:
        cuda = self._torch.cuda
        cuda.Stream = cuda.Event = cuda.stream = cuda.StreamContext = _Nothing
        cuda.current_stream = cuda.default_stream = _Nothing

    def _accelerator(self) -> None:
        accelerator = getattr(self._torch, "accelerator", None)
        if accelerator is not None:
            accelerator.is_available = _always(True)
            accelerator.current_accelerator = _always(self._torch.device(CUDA))
            accelerator.device_count = _always(1)
            accelerator.current_device_index = _always(0)
            accelerator.synchronize = accelerator.empty_cache = _always(None)
            accelerator.current_stream = _Nothing
            for name in ("memory_allocated", "max_memory_allocated", "memory_reserved"):
                setattr(accelerator, name, getattr(self._torch.cuda, name))

    def _precision(self) -> None:
        """Cast as the CPU would, by types of the same width; scale no loss, for all is finite."""
        torch, asked = self._torch, self._asked
        autocast = torch.amp.autocast_mode.autocast
        begin = autocast.__init__

        def cast(
            context: Any, device_type: str, dtype: Any = None, *args: Any, **named: Any
        ) -> None:
            if asked(device_type):
                device_type, dtype = "cpu", dtype or torch.float16
            begin(context, device_type, dtype, *args, **named)

        autocast.__init__ = cast
        enabled = torch.is_autocast_enabled
        torch.is_autocast_enabled = lambda device="cpu": enabled("cpu" if asked(device) else device)
        scaler = importlib.import_module("torch.amp.grad_scaler").GradScaler
        start = scaler.__init__

        def unscaled(one: Any, *args: Any, **named: Any) -> None:
            start(one, *args, **named)
            one._enabled = False

        scaler.__init__ = unscaled

    def _loaders(self) -> None:
        loader = self._torch.utils.data.DataLoader
        begin = loader.__init__

        def pageable(one: Any, *args: Any, **named: Any) -> None:
            begin(one, *args, **{**named, "pin_memory": False})

        loader.__init__ = pageable

    def _files(self) -> None:
        """Read what is meant for the card into the host, from where it is copied when used."""
        load, asked = self._torch.load, self._asked

        def loaded(file: Any, map_location: Any = None, *args: Any, **named: Any) -> Any:
            plain = isinstance(map_location, str) and not asked(map_location)
            return load(file, map_location if plain else "cpu", *args, **named)

        self._torch.load = loaded

    def _constructors(self) -> None:
        """Make generators and tensors of the old style, and one replica of a parallel model."""
        torch, asked = self._torch, self._asked

        class Generator(torch._C.Generator):  # type: ignore[misc, name-defined]
            """A generator of the host, whatever device it is meant for."""

            def __new__(cls, device: Any = "cpu") -> Any:
                return super().__new__(cls, "cpu" if asked(device) else device)

        torch.Generator = Generator
        for name, dtype in _OLD_STYLE.items():
            setattr(torch.cuda, f"{name}Tensor", _old_style(torch, getattr(torch, dtype)))
        parallel = torch.nn.DataParallel
        begin = parallel.__init__

        def alone(one: Any, *args: Any, **named: Any) -> None:
            begin(one, *args, **named)
            one.device_ids = []

        parallel.__init__ = alone


def _old_style(torch: Any, dtype: Any) -> Callable[..., Any]:
    """Stand in for a type such as `torch.cuda.FloatTensor`."""

    def make(*args: Any) -> Any:
        if args and isinstance(args[0], int):
            return torch.empty(*args, dtype=dtype, device=CUDA)
        return torch.tensor(*(args or ([],)), dtype=dtype, device=CUDA)

    return make


class _Nothing:
    """A stream, an event, a device to be on: all at once, and without any effect."""

    def __init__(self, *_: Any, **__: Any):
        pass

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _always(1.0 if name == "elapsed_time" else None)


def _always(answer: Any) -> Callable[..., Any]:
    return lambda *_, **__: answer


def _as_it_is(model: Any = None, *_: Any, **__: Any) -> Any:
    """Leave a model or a function uncompiled, be it decorated or given."""
    return model if model is not None else _as_it_is
