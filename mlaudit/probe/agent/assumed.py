"""What a device without data answers when the program wants to know a value."""

from __future__ import annotations

from math import prod
from typing import Any

from .stream import Stream

_FALL = 0.02


class Assumed:
    """Makes up results that depend on data: losses fall, counts are zero, selections take all."""

    def __init__(self, torch: Any, mode: Any, stream: Stream):
        self._torch = torch
        self._mode = mode
        self._stream = stream
        self._asked = 0
        self._told: set[str] = set()

    def number(self) -> float:
        """Give the next of slowly falling positive numbers."""
        self._asked += 1
        return 1 / (1 + _FALL * self._asked)

    def result(self, function: Any, args: Any) -> Any:
        """Stand in for an operation whose result depends on what tensors hold."""
        name = str(function).split(".")[1]
        if name == "_local_scalar_dense":
            return self._scalar(args[0].dtype)
        if name in {"equal", "allclose", "is_nonzero"}:
            return name != "is_nonzero"
        tensor = args[0]
        if name == "_pack_padded_sequence":
            return self._packed(tensor, args[1])
        self._tell(name)
        if name == "nonzero":
            return self._empty((prod(tensor.shape), tensor.dim()), self._torch.int64)
        if name in {"masked_select", "_unique", "_unique2", "unique_consecutive", "unique_dim"}:
            flat = self._empty((prod(tensor.shape),), tensor.dtype)
            if name == "masked_select":
                return flat
            places = self._empty(tuple(tensor.shape), self._torch.int64)
            return flat, places, self._empty(tuple(flat.shape), self._torch.int64)
        if name == "index":
            return self._selected(tensor, args[1])
        if name in {"index_put", "_index_put_impl"}:
            return self._empty(tuple(tensor.shape), tensor.dtype)
        if name in {"index_put_", "_index_put_impl_"}:
            return tensor
        if name == "repeat_interleave":
            return self._empty((prod(tensor.shape),), self._torch.int64)
        if name == "bincount":
            return self._empty((1,), self._torch.int64)
        if name == "_ctc_loss":
            steps, batch = tensor.shape[0], tensor.shape[1] if tensor.dim() == 3 else 1
            states = 2 * args[1].shape[-1] + 1
            return tuple(
                self._empty(shape, tensor.dtype) for shape in ((batch,), (batch, steps, states))
            )
        raise RuntimeError(f"{function} depends on values, which a simulated device does not have")

    def _packed(self, tensor: Any, lengths: Any) -> Any:
        """Pack sequences by their lengths, which are on the host."""
        known = lengths.tolist()
        sizes = [sum(length > step for length in known) for step in range(max(known))]
        rows = self._empty((sum(known), *tensor.shape[2:]), tensor.dtype)
        return rows, self._torch.tensor(sizes, dtype=self._torch.int64, device="cpu")

    def _scalar(self, dtype: Any) -> Any:
        if dtype == self._torch.bool:
            return False
        if dtype.is_complex:
            return complex(self.number())
        return self.number() if dtype.is_floating_point else 0

    def _selected(self, tensor: Any, indices: Any) -> Any:
        """Take all that a mask could select."""
        shape: list[int] = []
        rest = list(tensor.shape)
        for index in indices:
            if index is None:
                shape.append(rest.pop(0))
            elif index.dtype in {self._torch.bool, self._torch.uint8}:
                covered, rest = rest[: index.dim()], rest[index.dim() :]
                shape.append(prod(covered))
            else:
                rest.pop(0)
        return self._empty((*shape, *rest), tensor.dtype)

    def _empty(self, shape: tuple[int, ...], dtype: Any) -> Any:
        with self._mode:
            return self._torch.empty(shape, dtype=dtype, device="cpu")

    def _tell(self, name: str) -> None:
        if name not in self._told:
            self._told.add(name)
            self._stream.emit("assumed", operation=name)
