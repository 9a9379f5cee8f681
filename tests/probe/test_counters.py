"""The counters of CUDA, read from a stand-in: no card is needed, and none was there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from mlaudit.probe.agent.counters import PICTURE, SNAPSHOT, Counters
from mlaudit.probe.agent.stream import Stream
from mlaudit.probe.ending import Ending, How
from mlaudit.probe.job import Budget, Job, Kind
from mlaudit.probe.launch import Run
from mlaudit.probe.memory import CONTEXT, measured
from mlaudit.probe.places import Resolver
from mlaudit.probe.scratch import Scratch

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

GIB = 2**30


class Card:
    """Answers like `torch.cuda` with a card whose peak is set by the test."""

    def __init__(self) -> None:
        self.peak = 0
        self.resets = 0
        self.dumps: list[str] = []
        self.memory = SimpleNamespace(
            _record_memory_history=lambda max_entries: None,
            _snapshot=lambda: {"segments": [], "device_traces": []},
            _dump_snapshot=self.dumps.append,
        )

    def is_available(self) -> bool:
        return True

    is_initialized = is_available

    def memory_allocated(self) -> int:
        return GIB

    def max_memory_allocated(self) -> int:
        return self.peak

    def max_memory_reserved(self) -> int:
        return self.peak + GIB

    def get_device_name(self) -> str:
        return "Card of Tests"

    def reset_peak_memory_stats(self) -> None:
        self.resets += 1


def counters(folder: Path, card: Card) -> Counters:
    made = Counters(Stream(str(folder / "events.jsonl")), str(folder))
    torch: Any = SimpleNamespace(cuda=card)
    made._torch(torch)
    return made


def test_peaks_are_those_since_the_last_look(tmp_path: Path) -> None:
    card = Card()
    made = counters(tmp_path, card)
    made.begin()
    card.peak = 3 * GIB
    assert made.read() == {
        "live": GIB,
        "peak": 3 * GIB,
        "reserved": 4 * GIB,
        "card": "Card of Tests",
    }
    assert card.resets == 2


def test_a_snapshot_is_kept_of_the_highest_peak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlaudit.probe.agent.counters._page", lambda snapshot: "<html>")
    card = Card()
    made = counters(tmp_path, card)
    made.keep(100)
    assert card.dumps == []
    made.begin()
    for peak in (100, 101, 200):
        made.keep(peak)
    assert card.dumps == [str(tmp_path / SNAPSHOT)] * 2
    assert (tmp_path / PICTURE).read_text() == "<html>"


def test_without_a_card_nothing_is_read(tmp_path: Path) -> None:
    made = Counters(Stream(str(tmp_path / "events.jsonl")), str(tmp_path))
    made.begin()
    assert made.read() == {}


def test_what_was_counted_goes_before_what_was_tracked(tmp_path: Path) -> None:
    step = {"event": "memory", "device": "cuda", "optimizer": 0, "live": GIB, "card": "A Card"}
    steps = [{**step, "step": n, "peak": 3 * GIB, "reserved": 4 * GIB} for n in (1, 2)]
    course = {"kinds": ["parameters"], "moments": [[GIB]]}
    peak = {"event": "peak", "device": "cuda", "bytes": 2 * GIB, "step": 2, "lines": []}
    events: list[dict[str, Any]] = [
        *steps,
        {**peak, "kinds": {"parameters": 2 * GIB}, "course": course},
    ]
    job = Job(Kind.SCRIPT, tmp_path / "train.py", track_memory=True)
    scratch = Scratch(tmp_path, tmp_path)
    run = Run(job, events, Ending(How.FINISHED, "ran to its end"), 1.0, "", tmp_path, scratch)
    used = measured(run, Budget(5 * GIB, "A Card"), Resolver(lambda path: None))
    assert used is not None
    assert used.tier == "T1, measured: the counters of CUDA's allocator on A Card"
    assert (used.peak, used.upper) == (3 * GIB, 4 * GIB + CONTEXT)
    assert used.kinds == {"parameters": 2 * GIB, "workspaces of CUDA": GIB}
    assert used.fits == "fits"
