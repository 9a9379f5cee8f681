"""What holds ever more tensors is named as the program would name it."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mlaudit.probe.agent.keepers import Keepers
from mlaudit.probe.agent.places import Places


@pytest.fixture
def keepers() -> Keepers:
    return Keepers(Places([str(Path(__file__).parent)], None))


def test_lists_are_named(keepers: Keepers) -> None:
    outputs: list[Any] = [torch.zeros(1)]
    pairs: deque[Any] = deque()
    keepers.settle()
    for step in range(10):
        outputs.append(torch.zeros(1))
        pairs.append((step, torch.zeros(1)))
    found = keepers.growing(5)
    assert sorted(found) == ["outputs", "pairs"]


def test_what_is_inside_of_others_is_named_with_them(keepers: Keepers) -> None:
    state: dict[str, list[Any]] = {"losses": [torch.zeros(1)]}
    trainer = SimpleNamespace(outputs=[torch.zeros(1)])
    keepers.settle()
    for _ in range(10):
        state["losses"].append(torch.zeros(1))
        trainer.outputs.append(torch.zeros(1))
    found = keepers.growing(5)
    assert sorted(found) == ["state['losses']", "trainer.outputs"]


def test_what_does_not_grow_is_not_named(keepers: Keepers) -> None:
    ring: deque[Any] = deque([torch.zeros(1) for _ in range(4)], maxlen=4)
    numbers: list[float] = []
    keepers.settle()
    for step in range(10):
        ring.append(torch.zeros(1))
        numbers.append(float(step))
    assert keepers.growing(5) == []
