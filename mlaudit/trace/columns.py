"""What is known of the columns of a table: which are left, and what they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlaudit.trace.events import Influence


@frozen
class NameTest:
    """A test that the names of columns must pass: a text begins, ends or stands in them, or is one.

    `case` is what the name is brought to before (lower, upper).  Of `parts`, all must be passed, or
    (way "any") one, or (way "none") none.
    """

    way: str
    texts: frozenset[str] = frozenset()
    case: str = ""
    parts: tuple[NameTest, ...] = ()

    def passed_by(self, name: str) -> bool:
        """Say whether a name passes."""
        if self.parts:
            passed = [part.passed_by(name) for part in self.parts]
            return all(passed) if self.way == "all" else any(passed) is (self.way == "any")
        name = {"lower": name.lower, "upper": name.upper}.get(self.case, lambda: name)()
        if self.way == "is":
            return name in self.texts
        if self.way == "contains":
            return any(text in name for text in self.texts)
        whole = name.startswith if self.way == "startswith" else name.endswith
        return whole(tuple(self.texts))


@frozen
class Moved:
    """A column holds the values of another one, moved on to greater ones, or back to smaller.

    `by_time` says that it was moved by a length of time.
    """

    column: str
    back: bool
    by_time: bool = False


@frozen
class Columns:
    """What is known of the columns of a table.

    `kept` are the only ones left; None: all are, except those `dropped`, and those that fail the
    tests of names in `tested`, unless they were computed since.  `derived` maps a column computed
    from others to their names, `ahead` one that holds values of later rows to how they came there,
    `guessed` one of predictions to these, and `moved` one that is another, moved, to how it was.
    `listed` are the columns that a list has chosen last, in its order.
    """

    kept: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()
    derived: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ahead: Mapping[str, Influence] = field(default_factory=dict)
    guessed: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    tested: tuple[NameTest, ...] = ()
    listed: tuple[str, ...] = ()
    moved: Mapping[str, Moved] = field(default_factory=dict)

    @property
    def in_order(self) -> tuple[str, ...] | None:
        """The columns by their positions; None where that is not known."""
        alike = self.kept == frozenset(self.listed) and len(self.kept) == len(self.listed)
        return self.listed if alike else None

    def holds(self, name: str) -> bool:
        """Say whether a column of the table is still there."""
        if self.kept is not None:
            return name in self.kept
        return name not in self.dropped and (name in self.derived or self.passes(name))

    def passes(self, name: str) -> bool:
        """Say whether a name passes all tests that chose the columns."""
        return all(test.passed_by(name) for test in self.tested)
