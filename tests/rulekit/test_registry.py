from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from mlaudit.rulekit import Rule, registry
from mlaudit.rulekit.registry import packs, rules

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RULE = """
from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity

class New(Rule):
    meta = RuleMeta("NEW001", "new", "news", Severity.INFO, Confidence.LOW, "Help.")
"""


def test_the_rules_of_all_modules_of_the_packs_are_known() -> None:
    written = set()
    for pack in packs():
        for info in pkgutil.walk_packages(pack.__path__, f"{pack.__name__}."):
            module = importlib.import_module(info.name)
            written |= {
                value
                for value in vars(module).values()
                if isinstance(value, type) and issubclass(value, Rule) and "meta" in vars(value)
            }
    assert written == {type(known.rule) for known in rules().values()}
    assert len({rule.__module__.rpartition(".")[0] for rule in written}) > 1


def test_a_module_that_the_index_leaves_out_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "surmised"
    pack.mkdir()
    (pack / "__init__.py").write_text("")
    (pack / "told.py").write_text("raise RuntimeError('told of, and imported all the same')\n")
    (pack / "new.py").write_text(RULE)
    (pack / "index.py").write_text("MODULES = {'surmised.told': []}\n")
    monkeypatch.syspath_prepend(tmp_path)
    (known,) = registry.of_pack(importlib.import_module("surmised"))
    assert (known.meta.code, known.module, known.reads_code) == ("NEW001", "surmised.new", False)
    assert known.rule.meta == known.meta
