from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules" / "mlaudit_rules"


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(next(distributions.glob("*.whl"))) as archive:
        yield archive


def test_the_wheel_holds_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mlaudit", "mlaudit_rules"}


@pytest.mark.parametrize("pattern", ["*/*.py", "*/*.md", "catalogue/*.toml"])
def test_the_wheel_holds_rules_pages_and_tables(wheel: zipfile.ZipFile, pattern: str) -> None:
    expected = {f"mlaudit_rules/{path.relative_to(RULES)}" for path in RULES.glob(pattern)}
    assert expected
    assert expected <= set(wheel.namelist())


def test_the_wheel_is_typed_and_registers_the_rules(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {"mlaudit/py.typed", "mlaudit_rules/py.typed"} <= names
    entry_points = wheel.read(next(n for n in names if n.endswith("entry_points.txt"))).decode()
    assert "[mlaudit.rules]\nbuiltin = mlaudit_rules" in entry_points


def test_a_plain_install_needs_only_the_seven_libraries(wheel: zipfile.ZipFile) -> None:
    metadata = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
    required = message_from_bytes(wheel.read(metadata)).get_all("Requires-Dist") or []
    plain = {re.split(r"[^\w-]", line)[0] for line in required if "extra ==" not in line}
    assert plain == {"astroid", "click", "libcst", "nbformat", "pathspec", "pydantic", "rich"}


def test_the_sdist_holds_what_is_needed_to_build_and_test(distributions: Path) -> None:
    with tarfile.open(next(distributions.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"pyproject.toml", "constraints.txt", "README.md", "LICENSE"}
    assert needed <= names
    assert {"tests/packaging/test_distribution.py", "scripts/new_rule.py"} <= names


def test_every_development_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line[0] != "#"]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    pinned = {pin.split("==")[0].lower().replace("_", "-") for pin in pins}
    assert {re.split(r"[^\w-]", line)[0].lower() for line in wanted} <= pinned
