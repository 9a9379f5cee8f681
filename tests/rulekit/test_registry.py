from __future__ import annotations

import importlib
import pkgutil

from mlaudit.rulekit import Rule
from mlaudit.rulekit.registry import packs, rules


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
