"""A module that is imported in name alone is loaded when something of it is first used."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = """
from mlaudit.model.lazy import submodules

__getattr__ = submodules(__name__, __path__)
"""
USERS = {
    "from the package": ("from crate import one", "one.VALUE"),
    "by its full name": ("import crate.one", "crate.one.VALUE"),
    "what it holds": ("from crate.one import VALUE", "VALUE"),
    "lazily and at once": ("from crate import one; from crate.one import VALUE", "VALUE"),
}


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    folder = tmp_path / "crate"
    folder.mkdir()
    (folder / "__init__.py").write_text(PACKAGE)
    (folder / "one.py").write_text("print('loaded')\nfrom crate import two\nVALUE = 1\n")
    (folder / "two.py").write_text("print('never')\n")
    return tmp_path


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("statement", "value"), USERS.values(), ids=USERS.keys())
def test_a_module_is_loaded_once_however_it_is_imported(
    crate: Path, statement: str, value: str
) -> None:
    code = f"{statement}; print('then'); print({value}, {value})"
    told = run(crate, code).stdout.split("\n")
    assert sorted(told) == sorted(["loaded", "then", "1 1", ""])


def test_nothing_is_loaded_before_its_turn(crate: Path) -> None:
    code = "from crate import one; print('then'); print(one.VALUE, type(one).__name__)"
    assert run(crate, code).stdout == "then\nloaded\n1 module\n"


@pytest.mark.parametrize("statement", ["from crate import three", "import crate; crate.three"])
def test_a_module_that_is_not_there_is_an_error_at_once(crate: Path, statement: str) -> None:
    told = run(crate, statement)
    assert told.returncode == 1
    assert "three" in told.stderr.splitlines()[-1]


def test_what_a_module_has_not_is_an_error(crate: Path) -> None:
    told = run(crate, "from crate import one; one.OTHER")
    assert told.stderr.splitlines()[-1] == (
        "AttributeError: module 'crate.one' has no attribute 'OTHER'"
    )
