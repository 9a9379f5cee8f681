"""Divisions of the same rows by one seed: the parts that they leave out lie in one another.

`train_test_split` of scikit-learn draws one order of the rows, or of those of each class, and takes
the test part from one end of it.  So of two calls that differ in the sizes alone, the smaller test
part lies in the larger one, and shares nothing with the training part beside that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.trace.redrawn import held_back

if TYPE_CHECKING:
    from mlaudit.flow.selectors import Selector

_TRAIN, _TEST = range(2)


def left_out(one: Selector, two: Selector) -> bool:
    """Say whether one of two parts is in the test part that was divided from the other."""
    if one.part == _TRAIN:
        one, two = two, one
    if one.part != _TEST or two.part != _TRAIN:
        return False
    match one.key, two.key:
        case (
            ("seeded", seed, test, train, *order),
            ("seeded", other_seed, other_test, other_train, *other_order),
        ) if seed == other_seed and order == other_order:
            mine, theirs = held_back(test, train), held_back(other_test, other_train)
            return mine is not None and theirs is not None and mine <= theirs
        case _:
            return False
