"""What the documents show is what the commands print."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script("measure")
BLOCKS = [(path, name) for path, blocks in SCRIPT.OWN.items() for name in blocks]


@pytest.mark.parametrize(("document", "name"), BLOCKS, ids=[name for _, name in BLOCKS])
def test_what_is_shown_is_what_is_printed(document: Path, name: str) -> None:
    text = document.read_text(encoding="utf-8")
    printed = SCRIPT.shown(SCRIPT.OWN[document][name])
    assert printed
    assert SCRIPT.refreshed(text, name, printed) == text


def test_the_figures_that_explain_shows_are_those_of_the_table() -> None:
    figures = ROOT / "rules" / "mlaudit_rules" / "measured.json"
    assert figures.read_text(encoding="utf-8") == SCRIPT.shown(
        ["-m", "benchmarks.judged", "--json"]
    )


def test_the_index_of_the_rules_says_what_their_modules_say() -> None:
    script = _script("index_rules")
    for name, written in ((script.INDEX, script.index()), (script.TABLES, script.tables())):
        assert (script.PACK / f"{name}.py").read_text(encoding="utf-8") == written


def test_a_missing_mark_is_no_silence() -> None:
    with pytest.raises(ValueError, match="0 places are marked <!-- tides -->"):
        SCRIPT.refreshed("no marks\n", "tides", "high\n")
