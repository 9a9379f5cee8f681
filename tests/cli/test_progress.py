"""The progress bar keeps still unless it helps."""

from __future__ import annotations

import io
import sys

import pytest

from mlaudit.cli import progress
from mlaudit.cli.progress import PATIENCE, Bar


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
    monkeypatch.setattr(progress, "time", clock)
    return clock


def shown(clock: Clock, elapsed: float, *, wanted: bool = True) -> bool:
    """Say whether a bar has appeared after some seconds."""
    with Bar(wanted=wanted) as bar:
        bar(0, 9, "a.py")
        clock.now += elapsed
        bar(1, 9, "[b].py")
        return bar._progress is not None


def test_it_appears_on_a_terminal_after_a_second(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert not shown(clock, PATIENCE / 2)
    assert shown(clock, PATIENCE)
    assert not shown(clock, PATIENCE, wanted=False)


def test_it_never_appears_in_a_pipe(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not shown(clock, 60)
