"""Rules keep the conventions that the command line, the pages and the reports rely on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from mlaudit.rulekit.registry import Registered, rules

FIXTURES = Path(__file__).parents[2] / "fixtures"
SUFFIXES = {".py", ".ipynb"}
PREFIXES = {
    "leakage": "LEAK",
    "evaluation": "EVAL",
    "reproducibility": "SEED",
    "imbalance": "IMBA",
    "configuration": "CONF",
    "resources": "GPU",
    "training": "TRAIN",
    "data": "DATA",
}

each_rule = pytest.mark.parametrize(
    "registered", rules().values(), ids=lambda registered: registered.meta.code
)


def test_names_are_unique() -> None:
    names = [registered.meta.name for registered in rules().values()]
    assert sorted(names) == sorted(set(names))


@each_rule
def test_code_and_name_follow_from_family_and_file(registered: Registered) -> None:
    meta = registered.meta
    assert re.fullmatch(rf"{PREFIXES[meta.family]}\d{{3}}", meta.code)
    assert meta.name.replace("-", "_") == registered.page.stem
    assert registered.page.parent.name == meta.family


@each_rule
def test_class_is_named_like_its_file(registered: Registered) -> None:
    assert type(registered.rule).__name__.lower() == registered.page.stem.replace("_", "")


@each_rule
def test_module_begins_with_the_code(registered: Registered) -> None:
    source = registered.page.with_suffix(".py").read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    assert docstring.startswith(f"{registered.meta.code}: ")


@each_rule
def test_help_and_impact_are_one_sentence_each(registered: Registered) -> None:
    meta = registered.meta
    for sentence in (meta.help, meta.impact):
        assert re.fullmatch(r"[A-Z`].*[^.]\.", sentence)
        assert not re.search(r"[.!?] +[A-Z]", sentence)
    assert meta.effort in {"low", "medium", "high"}


@each_rule
def test_rule_imports_the_rule_kit_and_its_own_family_only(registered: Registered) -> None:
    tree = ast.parse(registered.page.with_suffix(".py").read_text(encoding="utf-8"))
    own = ("mlaudit.rulekit", f"mlaudit_rules.{registered.meta.family}")
    modules = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mlaudit")
    }
    assert {module for module in modules if not module.startswith(own)} == set()


@each_rule
def test_fixtures_hold_what_is_reported_and_what_is_not(registered: Registered) -> None:
    meta = registered.meta
    folder = FIXTURES / meta.family / registered.page.stem
    folders = [folder, *(FIXTURES / "probe").iterdir()] if registered.rule.measures else [folder]
    paths = [path for each in folders for path in each.glob("*") if path.suffix in SUFFIXES]
    marked = {
        path: any(
            meta.code in line.split("# expect:", 1)[1]
            for line in path.read_text(encoding="utf-8").splitlines()
            if "# expect:" in line
        )
        for path in paths
    }
    assert any(marked.values())
    assert not all(marked.values())
