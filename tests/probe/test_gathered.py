"""What is kept of the batches that a network learns from, and when an epoch is over."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.utils.data import BatchSampler, RandomSampler, SequentialSampler, WeightedRandomSampler

from mlaudit.probe.agent.answered import Answered, Depth, Learning, Pass
from mlaudit.probe.agent.batches import Batch, _each_once
from mlaudit.probe.agent.calls import Calls
from mlaudit.probe.agent.gathered import MOST_ROWS, Gathered, Met
from mlaudit.probe.agent.stream import Stream

if TYPE_CHECKING:
    from pathlib import Path

ROWS = list(range(60))


def batch(positions: list[int], turn: object = None, rows: int = 60) -> Batch:
    return Batch(range(rows), positions, [], 7, turn)


def turned(turn: object, *parts: list[int]) -> list[Batch]:
    return [batch(part, turn) for part in parts]


@pytest.mark.parametrize("known", [True, False], ids=["each once", "maybe twice"])
def test_an_epoch_is_over_when_rows_come_again(known: bool) -> None:
    met = Met()
    first = turned(object() if known else None, ROWS[:20], ROWS[20:40], ROWS[40:])
    assert [met.again(each) for each in first] == [False, False, False]
    assert met.again(batch([33, 5], object() if known else None))


def test_rows_of_a_turn_that_was_cut_short_are_found_later_in_the_next() -> None:
    met, turn = Met(), object()
    assert not any(map(met.again, turned(object(), ROWS[:20], ROWS[20:25])))
    assert [met.again(each) for each in turned(turn, ROWS[30:], ROWS[22:30])] == [False, True]


def test_two_loaders_in_turns_are_told_apart() -> None:
    met, one, other = Met(), object(), object()
    pairs = zip(turned(one, ROWS[:20], ROWS[20:]), turned(other, ROWS[25:30], [0]), strict=True)
    assert [met.again(each) for pair in pairs for each in pair] == [False, False, True, True]


@pytest.mark.parametrize(
    ("sampler", "once"),
    [
        (SequentialSampler(ROWS), True),
        (RandomSampler(ROWS), True),
        (RandomSampler(ROWS, replacement=True), False),
        (RandomSampler(ROWS, num_samples=90), False),
        (WeightedRandomSampler([1.0] * 60, 60), False),
    ],
)
def test_only_samplers_that_draw_each_row_once_are_trusted(sampler: Any, once: bool) -> None:
    assert _each_once(SimpleNamespace(_index_sampler=BatchSampler(sampler, 20, False))) is once
    assert not _each_once(SimpleNamespace(_index_sampler=sampler))


def test_samplers_of_the_program_are_not_trusted() -> None:
    own = type("RandomSampler", (SequentialSampler,), {})
    batches = BatchSampler(own(ROWS), 20, False)
    assert not _each_once(SimpleNamespace(_index_sampler=batches))


def test_rows_beyond_the_end_of_a_data_set_are_not_followed() -> None:
    assert Met().again(batch([3, 60]))


@pytest.mark.parametrize("size", [64, 700, 30_000])
def test_rows_are_kept_at_even_distances_with_their_answers(size: int) -> None:
    gathered = Gathered()
    table = torch.arange(60_000.0).repeat(2, 1).T
    for piece in table.split(size):
        gathered.add(piece)
        gathered.answer(piece[:, :1].long())
    features, answers = gathered.features(), gathered.answers()
    assert MOST_ROWS <= len(features) <= 2 * MOST_ROWS
    assert (features[:, 0] == answers).all()
    assert features[-1, 0] > 50_000
    assert gathered.seen == 60_000


@pytest.mark.parametrize(("met", "least", "most"), [(15, 960, 960), (940, 2_500, 5_000)])
def test_where_many_rows_are_expected_only_the_first_batches_are_all_kept(
    met: int, least: int, most: int
) -> None:
    gathered = Gathered()
    gathered.expect(60_000)
    for number in range(met):
        gathered.add(torch.full((64, 2), float(number)))
        gathered.answer(torch.full((64,), number))
    features = gathered.features()
    assert least <= len(features) <= most
    assert (features[:, 0] == gathered.answers()).all()
    assert features[-1, 0] >= met - 16
    assert gathered.seen == met * 64


def test_batches_of_a_known_turn_are_left_out_without_a_look() -> None:
    gathered, turn = Gathered(), object()
    gathered.expect(60_000)
    parts = [list(range(start, start + 600)) for start in range(0, 60_000, 600)]
    for number, rows in enumerate(batch(part, turn, 60_000) for part in parts):
        if not gathered.leaves_out(rows):
            assert not gathered.met_again(rows)
            gathered.add(torch.full((600, 2), float(number)))
    assert gathered.seen == 60_000
    assert set(gathered.features()[:, 0]) == {float(each) for each in range(0, 100, 16)}
    assert gathered.met_again(batch([4_000], object(), 60_000))


def test_a_batch_of_other_columns_or_numbers_does_not_suit() -> None:
    gathered = Gathered()
    assert gathered.suits(torch.zeros(3, 2))
    assert gathered.suits(torch.zeros(5, 2))
    assert not gathered.suits(torch.zeros(3, 4))
    assert not gathered.suits(torch.zeros(3, 2, dtype=torch.float64))


def test_answers_that_are_missing_for_a_batch_are_missing_for_all() -> None:
    gathered = Gathered()
    for number in range(2):
        gathered.add(torch.zeros(10, 2))
        if number:
            gathered.answer(torch.zeros(10))
    assert gathered.answers() is None
    assert len(gathered.features()) == 20


def test_answers_of_many_batches_stand_for_those_left_out() -> None:
    learning, turn = Learning("classes", None), object()
    count, size = 400, 100
    for number in range(count):
        right = number >= count // 2
        output = torch.tensor([[0.0, 1.0]]).repeat(size, 1)
        positions = list(range(number * size, (number + 1) * size))
        rows = batch(positions, turn, rows=count * size)
        learning.add(rows, output, torch.full((size,), int(right)))
    whole = learning.whole
    assert whole.count == pytest.approx(count * size, rel=0.05)
    assert whole.value() == pytest.approx(0.5, abs=0.03)
    assert learning.epoch.met.again(batch([5], object(), rows=count * size))


def test_answers_of_few_batches_are_all_counted() -> None:
    learning, turn = Learning("classes", None), object()
    for number in range(6):
        target = torch.tensor([number % 2] * 10)
        rows = batch(ROWS[number * 10 : number * 10 + 10], turn)
        learning.add(rows, torch.tensor([[0.0, 1.0]] * 10), target)
    assert (learning.whole.count, learning.whole.value()) == (60, 0.5)


def test_answers_are_kept_of_the_last_calls_alone(tmp_path: Path) -> None:
    answered = Answered(Calls(Stream(str(tmp_path / "events"))), Depth())
    network = torch.nn.Linear(2, 3).eval()
    course = answered.course(network)
    course.learning = Learning("classes", None)
    calls = []
    for _ in range(6):
        given = torch.ones(5, 2)
        answer = network(given)
        one = Pass(network, course, batch(ROWS[:5]), answer, ["train.py", 1], 0)
        answered.passed(one, one.rows, (given,), answer)
        calls.append(one)
    assert [one.kept is not None for one in calls] == [False, False, True, True, True, True]
