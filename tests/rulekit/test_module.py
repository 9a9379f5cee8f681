from __future__ import annotations

import ast

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text

CODE = """
import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

parts = train_test_split(range(9))
np.random.seed(0)
model.fit(parts).score(accuracy_score(a, b))
fit(f1_score(a, b))
table[0](1)
"""


def test_calls_are_found_by_their_kinds_in_source_order() -> None:
    module = examine(from_text(CODE, "code.py"))

    metrics = [call.name.rpartition(".")[2] for call in module.calls_of("metric")]
    mixed = [call.name.rpartition(".")[2] for call in module.calls_of("metric", "seed", "split")]

    assert metrics == ["accuracy_score", "f1_score"]
    assert mixed == ["train_test_split", "seed", "accuracy_score", "f1_score"]
    assert module.calls_of("loader") == []


def test_calls_are_found_by_the_last_name_of_what_is_called() -> None:
    module = examine(from_text(CODE, "code.py"))

    named = [ast.unparse(one.node.func) for one in module.calls_named("score", "fit", "absent")]

    assert named == ["model.fit(parts).score", "model.fit", "fit"]
    assert {"train_test_split", "seed", "fit", "range"} <= set(module.called)


def test_a_call_of_a_library_is_found_by_its_node() -> None:
    module = examine(from_text(CODE, "code.py"))

    (seed,) = module.calls_of("seed")

    assert module.call_of[seed.node] is seed
    assert module.calls_named("fit")[0].node not in module.call_of
