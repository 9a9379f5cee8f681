"""What becomes of the review where a rule cannot cope with what the run has shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.config.schema import Config
from mlaudit.engine.probed import probe
from mlaudit.probe.job import Limits, job_of
from mlaudit.probe.rows import HashedRows
from mlaudit.rulekit.registry import rules
from mlaudit.trace.events import Evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest

    from mlaudit.model.finding import Finding
    from mlaudit.rulekit.rule import Rule
    from mlaudit.trace.trace import Trace

PROGRAM = """\
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split

X = np.random.default_rng(0).normal(size=(80, 3))
y = X.sum(axis=1)
X = StandardScaler().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(LinearRegression().fit(X_train, y_train).score(X_test, y_test))
"""


def test_a_rule_that_crashes_on_what_was_observed_is_an_error_of_the_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(rule: Rule, trace: Trace) -> Iterable[Finding]:
        if any(isinstance(event.rows, HashedRows) for event in trace.of(Evaluate)):
            raise ZeroDivisionError("of rows")
        return ()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(type(rules()["EVAL002"].rule), "check_trace", crash)
    (tmp_path / "train.py").write_text(PROGRAM)
    job = job_of("train.py", (), module=False, python=None, limits=Limits(seconds=60))
    review = probe(job, Config(select=("LEAK001", "EVAL002")))
    failure = review.errors[0]
    assert (failure.path, failure.rule) == ("train.py", "EVAL002")
    assert failure.message == (
        "the rule on what the run has shown crashed: ZeroDivisionError: of rows"
    )
    assert [(one.code, one.certainty) for one in review.findings] == [("LEAK001", "confirmed")]
    assert not review.coverage.complete
