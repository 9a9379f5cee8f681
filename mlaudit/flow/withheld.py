"""The last rows that networks are handed and do not learn, by `validation_split`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import groups
from mlaudit.flow.regions import Region, Rows
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Constant

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.source.document import Place

_SPLIT = "validation_split"
_PERHAPS = Selector("maybe", "held back")


def told(run: Interpreter, arguments: Arguments) -> Place | None:
    """Find `validation_split`, by which networks set their last rows apart."""
    node = arguments.nodes.get(_SPLIT)
    if node is None:
        return None
    share = run.load(arguments.named.get(_SPLIT, Constant(None)))
    none = isinstance(share, Constant) and not share.value
    return run.place(node) if not none else None


def learnt(run: Interpreter, rows: Rows) -> Rows:
    """Leave open whether the last member of a concatenation is learnt: it may be what is held back.

    Where the program shuffles rows, the members may be mixed, and some of each are learnt.
    """
    if len(rows.terms) < 2 or rows.perhaps or groups.shuffled(run):
        return rows
    *first, last = rows.terms
    return Rows((*first, Region(last, _PERHAPS)), rows.perhaps, rows.when)
