from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from mlaudit.rulekit import Module


def test_a_fact_is_worked_out_once_for_each_document() -> None:
    asked: list[str] = []

    def length(module: Module) -> int:
        asked.append(module.document.path)
        return len(module.document.lines)

    first = examine(from_text("a = 1\nb = 2\n", "first.py"))
    second = examine(from_text("a = 1\n", "second.py"))

    assert first.fact(length) == first.fact(length) == second.fact(length) + 1
    assert asked == ["first.py", "second.py"]
