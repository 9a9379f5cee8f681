"""What a run may take, and its data may lack, before that is a finding."""

from __future__ import annotations

from mlaudit.model.frozen import frozen


@frozen
class Budgets:
    """How much is still fine: shares, seconds, and differences of scores.

    `missing` and `outliers` (beyond three standard deviations) are shares of a column's values,
    `duplicates` of the rows, `rare_class` is the least share of a class.  `overfit_gap` is the
    most by which a training score may be above the score on held-out rows.
    """

    missing: float = 0.1
    outliers: float = 0.02
    duplicates: float = 0.01
    rare_class: float = 0.05
    overfit_gap: float = 0.1
    latency_ms: float = 50.0
    training_hours: float = 4.0
