from __future__ import annotations

import pytest

from mlaudit.rulekit.measured import Measured, wilson


# Wilson's interval as published tables give it (Newcombe 1998, table I: 81 of 263, 0 of 20).
@pytest.mark.parametrize(
    ("true", "judged", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_shares(true: int, judged: int, low: float, high: float) -> None:
    assert wilson(true, judged) == pytest.approx((low, high), abs=5e-5)


def test_debatable_findings_count_neither_way() -> None:
    assert str(Measured(19, 1, 5)).startswith("19 of 20 findings true, 95 %")
