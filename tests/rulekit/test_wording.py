"""How messages quote code."""

from __future__ import annotations

import pytest

from mlaudit.rulekit.wording import quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("model.fit(X, y)", "`model.fit(X, y)`"),
        ("model.fit(\n    X,\n    y,\n)", "`model.fit(X, y)`"),
        ("(\n    table\n    .groupby('day')\n    .mean()\n)", "`(table.groupby('day').mean())`"),
        ("both = [\n    one,\n\n    two\n]", "`both = [one, two]`"),
        ("a +  \\\n  b", "`a + b`"),
        ("table\\\n    .groupby('day')\\\n    .mean()", "`table.groupby('day').mean()`"),
        ("", "``"),
    ],
)
def test_code_of_several_lines_is_quoted_as_on_one(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_long_code_is_shortened() -> None:
    shown = quoted("x" * 500)
    assert shown.endswith("…`")
    assert len(shown) < 100
