"""Which columns tell the target alone; few rows may show that one does not, never that it does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlaudit.probe.agent.quality import looked_at

ROWS = 2_000
DRAWN = np.random.default_rng(0)
CLASSES = DRAWN.permutation(np.arange(ROWS) % 2)
VALUES = DRAWN.normal(size=ROWS)
NOISE = DRAWN.normal(size=ROWS)
LATE = np.arange(ROWS) > 1_000


def telling(column: Any, target: Any) -> Any:
    facts = looked_at(np.column_stack([column, NOISE]), target, None)
    assert facts is not None
    return facts["telling"]


@pytest.mark.parametrize(
    ("column", "target", "word"),
    [
        (VALUES, VALUES, "equals"),
        (3.5 - 1e3 * VALUES, VALUES, "equals"),
        (VALUES + 1e-7 * NOISE, VALUES, "equals"),
        (CLASSES + 1e-7 * NOISE, CLASSES, "equals"),
        (1e9 + 2.0 * CLASSES, CLASSES, "equals"),
        (CLASSES * 5 + DRAWN.uniform(size=ROWS), CLASSES, "separates"),
        (-0.01 - CLASSES * DRAWN.uniform(0.5, 1, size=ROWS), CLASSES, "separates"),
    ],
)
def test_a_column_that_is_the_target_or_tells_it(column: Any, target: Any, word: str) -> None:
    assert telling(column, target) == {"column 0": word}


@pytest.mark.parametrize(
    ("column", "target"),
    [
        (NOISE[::-1], VALUES),
        (np.where(LATE, NOISE, VALUES), VALUES),
        (np.where(LATE, NOISE, CLASSES * 5.0), CLASSES),
        (np.where(np.arange(ROWS) == ROWS - 1, 2 - CLASSES * 5.0, CLASSES * 5.0), CLASSES),
        (np.where(np.arange(ROWS) < 64, np.inf, NOISE), VALUES.round()),
        (VALUES + 0.01 * NOISE, VALUES),
    ],
    ids=[
        "another",
        "the target in the first half only",
        "dividing in the first half only",
        "one row at the end on the wrong side",
        "infinite at first",
        "nearly the target",
    ],
)
def test_a_column_that_does_not_tell_the_target(column: Any, target: Any) -> None:
    assert telling(column, target) == {}
