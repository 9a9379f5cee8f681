"""Hashes of rows, and what is known of the rows of an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import sparse  # type: ignore[import-untyped]

from mlaudit.probe.agent import hashing
from mlaudit.probe.agent.lineage import Known, Lineage
from mlaudit.probe.rows import Files
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


def hashes(value: Any) -> Any:
    return hashing.hashes(value)


NUMBERS = np.array([[1.0, -0.0], [2.0, np.nan], [1.0, 0.0]])


@pytest.mark.parametrize(
    "same",
    [
        NUMBERS.tolist(),
        pd.DataFrame(NUMBERS, columns=["a", "b"]),
        np.asfortranarray(NUMBERS),
        NUMBERS.astype(np.float32),
    ],
)
def test_equal_rows_have_equal_hashes_whatever_holds_them(same: Any) -> None:
    assert hashes(same).tolist() == hashes(NUMBERS).tolist()


def test_zeros_of_both_signs_are_one_number() -> None:
    first, _, last = hashes(NUMBERS)
    assert first == last


def test_small_whole_numbers_do_not_collide() -> None:
    digits = np.random.default_rng(0).integers(0, 10, size=(20_000, 30))
    assert len(np.unique(hashes(digits))) == len(np.unique(digits, axis=0))


def grid(low: float, step: float) -> Any:
    first, second = np.meshgrid(np.arange(300) * step + low, np.arange(300) * step - low)
    return np.column_stack([first.ravel(), second.ravel(), first.ravel()])


@pytest.mark.parametrize(
    "table",
    [
        np.unpackbits(np.arange(2**16, dtype=np.uint16).view(np.uint8).reshape(-1, 2), axis=1),
        np.eye(3_000),
        grid(0, 1),
        grid(1_700_000_000, 1),
        grid(290, 2.0**-15).astype(np.float32),
        grid(0.1, 1e-12),
        grid(2.0**60, 2.0**40),
    ],
    ids=["bits", "one of many", "counts", "seconds", "half precision", "tiny steps", "huge"],
)
def test_rows_that_are_much_alike_do_not_collide(table: Any) -> None:
    distinct = len(np.unique(table, axis=0)) if len(table) < 2**16 else len(table)
    assert len(np.unique(hashes(table))) == distinct
    assert hashes(np.asfortranarray(table)).tolist() == hashes(table).tolist()


def test_the_same_values_in_other_columns_are_another_row() -> None:
    rows = [[1.0, 2.0], [2.0, 1.0], [0.0, 1.0, 2.0], [1.0, 2.0, 0.0], [0.0], [0.0, 0.0], [1.0]]
    assert len({int(hashes([row])[0]) for row in rows}) == len(rows)


def test_sparse_rows_tell_columns_apart() -> None:
    assert len(set(hashes(sparse.csr_matrix(np.eye(4))).tolist())) == 4
    assert hashes(sparse.csc_matrix(NUMBERS[:1])) == hashes(sparse.csr_matrix(NUMBERS[:1]))


@pytest.mark.parametrize("value", [None, "text", {"a": 1}, 3, [], np.zeros((0, 2))])
def test_what_holds_no_rows_has_no_hashes(value: Any) -> None:
    assert hashes(value) is None


class Agent:
    """The lineage of a program, read as the parent reads it."""

    def __init__(self, folder: Path):
        self.lineage = Lineage(str(folder))
        self.files = Files(folder / "rows")

    def known(self, value: Any) -> Known:
        known = self.lineage.of(value)
        assert known is not None
        return known

    def rows(self, value: Any) -> Any:
        return self.files.rows(self.lineage.tell(self.lineage.of(value)))


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path)


def data(rows: int = 100) -> Any:
    return np.random.default_rng(1).normal(size=(rows, 4))


def test_slices_are_rows_of_the_whole(agent: Agent) -> None:
    table = data()
    whole, head, tail = agent.rows(table), agent.rows(table[:60]), agent.rows(table[50:])
    assert head.within(whole)
    assert (head.overlap(tail), head.shared(tail)) == (Overlap.MUST, 10)
    assert agent.rows(table[:10]).overlap(tail) is Overlap.DISJOINT


def test_rows_are_the_same_when_they_are_transformed(agent: Agent) -> None:
    table = data()
    scaled = table / 3
    agent.lineage.derive(scaled, agent.known(table), frozenset({7}))
    assert agent.rows(scaled[20:]).shared(agent.rows(table)) == 80
    assert agent.known(scaled[20:]).causes == {7}


def test_parts_of_one_array_are_told_apart_though_their_rows_are_equal(agent: Agent) -> None:
    table = np.zeros((10, 2))
    known = agent.known(table)
    first, second = known.part(np.arange(5)), known.part(np.arange(5, 10))
    told = [agent.files.rows(agent.lineage.tell(part)) for part in (first, second)]
    assert told[0].overlap(told[1]) is Overlap.DISJOINT
    assert told[0].copies(told[1]) == 1


def test_equal_rows_by_several_ways_prove_nothing_where_rows_repeat(agent: Agent) -> None:
    values = np.random.default_rng(1).integers(0, 2, size=(200, 3)).astype(float)
    assert agent.rows(values[:100]).overlap(agent.rows(values[100:])) is Overlap.MAY


def test_copies_in_one_array_have_numbers_of_their_own(agent: Agent) -> None:
    table = data()
    agent.rows(table)
    doubled = agent.rows(np.concatenate([table, table[:30]]))
    assert (len(doubled.ids), len(doubled.content)) == (130, 100)
