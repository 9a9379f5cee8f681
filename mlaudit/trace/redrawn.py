"""Two divisions of the same rows: how much of the one's test part the other's training part has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.trace.conclusions import Overlapping
    from mlaudit.trace.events import Split

_USUAL = 0.25


def drawn_anew(trained: Split | None, judged: Split | None, overlapping: Overlapping) -> bool:
    """Say whether training and judged rows are parts of two divisions of the same rows.

    The model learnt the first part of its division, the large one; what is judged is another
    part of the other, and not one that the first division left out, too.
    """
    if trained is None or judged is None or trained.folds or judged.folds:
        return False
    if overlapping.evaluation.rows.within(judged.parts[0]):
        return False
    if not overlapping.fit.rows.within(trained.parts[0]):
        return False
    if trained.rows != judged.rows or trained.parts == judged.parts:
        return False
    return share_learnt(trained, judged) != 0


def share_learnt(trained: Split, judged: Split) -> float | None:
    """Tell which share of a judged test part is to be expected in another training part.

    In the order that one seed draws, the test parts stand at one end.  None where a size is not
    written out, or where both are: a division may leave some rows out altogether.
    """
    beyond, part = _left_out(trained), _left_out(judged)
    if beyond is None or part is None:
        return None
    return max(0.0, 1 - beyond / part) if _one_order(trained, judged) else 1 - beyond


def held_back(test: object, train: object) -> float | None:
    """Give the share of the rows that scikit-learn leaves to a test part, None if not known.

    `test` and `train` are the sizes that it is given, None for none.
    """
    if test is None and train is None:
        return _USUAL
    if isinstance(test, float) and train is None:
        return test
    return round(1 - train, 6) if isinstance(train, float) and test is None else None


def _left_out(split: Split) -> float | None:
    """Give the share of the rows that a division leaves to its test part."""
    if split.function != "train_test_split":
        return None
    return held_back(_size(split, "test_size"), _size(split, "train_size"))


def _size(split: Split, name: str) -> object:
    given = split.arguments.get(name)
    return None if given is None else given.value if given.known else given.text


def _one_order(one: Split, other: Split) -> bool:
    """Say whether two divisions draw by the same seed, as it is written, and the same strata."""
    seed, again = one.arguments.get("random_state"), other.arguments.get("random_state")
    if seed is None or again is None or seed.known != again.known:
        return False
    if seed.known:
        drawn_alike = seed.value is not None and seed.value == again.value
    else:
        drawn_alike = seed.text == again.text
    return drawn_alike and all(
        _text(one, name) == _text(other, name) for name in ("shuffle", "stratify")
    )


def _text(split: Split, name: str) -> str:
    given = split.arguments.get(name)
    return given.text if given is not None and given.text not in {"None", "True"} else ""
