"""What a run is at is shown on a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from mlaudit.cli import watching
from mlaudit.cli.watching import Watching


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Stands where the test puts it."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(watching, "time", clock)
    return clock


def test_steps_loss_memory_and_time_are_told(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Watching(wanted=True, steps=24, seconds=600) as watch:
        watch({"event": "started"})
        assert watch.line() == "starting · at most 10:00 left"
        clock.now += 30
        watch({"event": "step", "number": 12, "loss": 0.53125})
        watch({"event": "memory", "peak": 812 * 2**20})
        assert watch.line() == "step 12 of 24 · loss 0.5312 · 812 MiB · 0:30 left"


def test_without_a_number_of_steps_the_time_limit_is_told(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Watching(wanted=True, steps=None, seconds=90) as watch:
        watch({"event": "step", "number": 3, "loss": None})
        clock.now += 25
        assert watch.line() == "step 3 · at most 1:05 left"


def test_nothing_is_shown_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with Watching(wanted=True, steps=3, seconds=90) as watch:
        watch({"event": "step", "number": 3, "loss": 1.0})
    assert pipe.getvalue() == ""
