"""A rule is asked only where something is that it starts from."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mlaudit.rulekit.needs import Needs
from mlaudit.rulekit.registry import rules
from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text

PROGRAM = """
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
X_train, X_test, y_train, y_test = train_test_split(X, y{seed})
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""


@pytest.mark.parametrize(
    ("needs", "met"),
    [
        (Needs(), True),
        (Needs(trace=("Split",)), True),
        (Needs(trace=("Watch",)), False),
        (Needs(trace=("Watch", "reports")), True),
        (Needs(trace=("overlaps",)), False),
        (Needs(influences=("selection",)), False),
        (Needs(calls=("search", "predictor")), True),
        (Needs(calls=("search",)), False),
        (Needs(unseeded=("split",)), True),
        (Needs(unseeded=("predictor",)), False),
        (Needs(words=("torch", "logisticreg")), True),
        (Needs(words=("torch",), calls=("optimizer",)), False),
    ],
)
def test_one_of_what_is_needed_is_enough(needs: Needs, met: bool) -> None:
    assert needs.met(examine(from_text(PROGRAM.format(seed=""), "train.py"))) is met


def test_a_seed_meets_no_need_of_what_lacks_one() -> None:
    seeded = examine(from_text(PROGRAM.format(seed=", random_state=3"), "train.py"))
    assert not Needs(unseeded=("split",)).met(seeded)


def test_what_rules_need_of_a_trace_is_something_that_a_trace_tells() -> None:
    module = examine(from_text(PROGRAM.format(seed=""), "train.py"))
    asked = {what for known in rules().values() for what in known.needs.trace}
    assert {"Split", "overlaps"} <= asked
    for what in asked:
        module.trace.tells(what)  # an unknown question is an AttributeError
        assert what[0].islower() or hasattr(sys.modules["mlaudit.trace.events"], what)


def test_a_rule_that_is_not_needed_is_not_imported(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    program = tmp_path_factory.mktemp("clean") / "train.py"
    program.write_text(PROGRAM.format(seed=", random_state=3"))
    code = (
        "import sys; from mlaudit.engine.review import review; from mlaudit.config.schema import "
        f"Config; review([{str(program)!r}], Config()); print(*sys.modules, sep='\\n')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(told.stdout.split())
    assert "mlaudit_rules.evaluation.unused_test_split" in imported
    assert "mlaudit_rules.leakage.train_test_overlap" not in imported
    assert "mlaudit_rules.reproducibility.seeding" not in imported
