"""Lists that are joined with others, and with what tells nothing but names."""

from __future__ import annotations

from mlaudit.flow.expressions import _joined
from mlaudit.flow.values import Constant, Data, Sequence
from mlaudit.trace.columns import Columns, NameTest

LISTED = Sequence((Constant("size"), Constant("level")))
DESCRIBED = Data("columns", columns=Columns(tested=(NameTest("contains", frozenset({"_"})),)))


def test_two_lists_keep_their_items_in_order() -> None:
    longer = _joined(LISTED, Sequence((Constant("shop"),)))
    assert longer == Sequence((*LISTED.items, Constant("shop")))


def test_names_of_columns_may_stand_on_either_side_of_a_list() -> None:
    rest = Data("columns")
    assert _joined(LISTED, DESCRIBED) == Sequence(LISTED.items, rest)
    assert _joined(DESCRIBED, LISTED) == Sequence(LISTED.items, rest)


def test_what_stands_before_a_list_moves_its_items() -> None:
    assert _joined(LISTED, Data("unknown")) == Sequence(LISTED.items, Data("unknown"))
    assert _joined(Data("unknown"), LISTED) is None
    assert _joined(LISTED, Constant(1)) is None
