"""Columns with one value for each data set, which tell of a row whether it is of train or test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import splits

if TYPE_CHECKING:
    from mlaudit.flow.values import Data, Estimator

ITSELF = frozenset({""})
"""What the constants of a column are that is one itself."""

_FILLED = frozenset({"zeros", "ones", "full"})


def filled(name: str) -> frozenset[str]:
    """Tell whether a function gives an array of one value."""
    return ITSELF if name.rpartition(".")[2] in _FILLED else frozenset()


def written(table: Data, name: str | None, content: Data) -> frozenset[str]:
    """Name the columns of one value once a column is written, or, without a name, any of them."""
    if name is None:
        return frozenset()
    one = content.kind == "scalar" and not (content.rows.terms or content.influences)
    return table.constants | {name} if one else table.constants - {name}


def united(parts: list[Data]) -> frozenset[str]:
    """Name the columns that have one value in each of several tables that are put together."""
    found = [part.constants for part in parts if part.rows.terms]
    return frozenset.intersection(*found) if found else frozenset()


def asked(estimator: Estimator, target: Data | None) -> None:
    """Note that a model is to tell the rows of training from those of a test.

    It is asked whether the two are alike; of new data, nobody wants to know.
    """
    if target is None or not target.constants >= ITSELF or len(target.rows.terms) < 2:
        return
    parts = {splits.part_named(term.base.label) for term in target.rows.terms}
    estimator.model.tells_parts = {"tr", "te"} <= parts
