"""The repair that EVAL008 proposes."""

from __future__ import annotations

import pytest

from mlaudit.rulekit.testing import findings

IMPORT = "from sklearn.model_selection import train_test_split\n"


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        ("X_train, y_train, X_test, y_test", "X_train, X_test, y_train, y_test"),
        ("X_te, X_tr, y_te, y_tr", "X_tr, X_te, y_tr, y_te"),
        ("self.X_train, self.y_train, X_val, y_val", "self.X_train, X_val, self.y_train, y_val"),
        ("X_train, y_train, test, other", ""),
    ],
)
def test_the_same_names_are_put_in_order(written: str, repaired: str) -> None:
    (finding,) = findings(f"{IMPORT}{written} = train_test_split(X, y)\n", "EVAL008")
    assert (finding.fix.code if finding.fix else "") == repaired
