"""Steps go through a file as records, and come out as events, also while they are written."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.probe.agent import steps as written
from mlaudit.probe.steps import Steps

if TYPE_CHECKING:
    from pathlib import Path

SGD = {"event": "stepping", "at": 0.0, "which": 0, "optimizer": "SGD", "place": ["train.py", 3]}
ADAM = {"event": "stepping", "at": 0.0, "which": 1, "optimizer": "Adam", "place": ["train.py", 9]}


def reader(folder: Path) -> Steps:
    found = Steps(folder)
    assert found.explained_by(SGD) and found.explained_by(ADAM)
    assert not found.explained_by({"event": "fit"})
    return found


@pytest.mark.parametrize("mapped", [True, False])
def test_steps_come_out_as_they_were_put_in(
    tmp_path: Path, mapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not mapped:
        monkeypatch.delattr(os, "posix_fallocate")
    writer, read = written.Steps(str(tmp_path / "steps")), reader(tmp_path)
    writer.put(0.25, 1.5, 0, 1)
    writer.put(0.5, None, 1, 2)
    writer.put(0.75, math.inf, 0, 3)
    first, second, third = read.events(read.read())
    assert first == {
        "event": "step", "at": 0.25, "number": 1, "loss": 1.5,
        "optimizer": "SGD", "place": ["train.py", 3],
    }  # fmt: skip
    assert (second["loss"], second["optimizer"]) == (None, "Adam")
    assert third["loss"] == math.inf
    assert not list(read.events(read.read()))


@pytest.mark.parametrize("mapped", [True, False])
def test_more_steps_than_one_room_holds(
    tmp_path: Path, mapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not mapped:
        monkeypatch.delattr(os, "posix_fallocate")
    writer, read = written.Steps(str(tmp_path / "steps")), reader(tmp_path)
    found: list[dict[str, Any]] = []
    for number in range(1, 5_001):
        writer.put(number / 1000, 0.0, 0, number)
        if number % 700 == 0:
            found += read.events(read.read())
    found += read.events(read.read())
    assert [event["number"] for event in found] == list(range(1, 5_001))


def test_where_there_is_no_room_the_program_goes_on(tmp_path: Path) -> None:
    writer = written.Steps(str(tmp_path / "steps"))
    os.close(writer._file)
    writer.put(0.25, 1.5, 0, 1)
    assert not (tmp_path / "steps").read_bytes()


def test_nothing_is_read_before_anything_is_written(tmp_path: Path) -> None:
    assert not list(reader(tmp_path).events(reader(tmp_path).read()))
