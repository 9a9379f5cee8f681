"""What fixes make of a file, and that they touch nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config, Profile
from mlaudit.engine.fixes import Workshop
from mlaudit.engine.review import review

if TYPE_CHECKING:
    from mlaudit.engine.fixes import Mended

FIXTURES = Path(__file__).parents[2] / "fixtures" / "fixes"


def befores() -> list[Path]:
    return sorted(FIXTURES.glob("*/*.before.*"))


def after(path: Path) -> Path:
    return path.with_name(path.name.replace(".before.", ".after."))


def mend(path: Path, *codes: str, unsafe: bool = False) -> list[Mended]:
    """Mend one file."""
    config = Config(profile=Profile.PRODUCTION, select=codes, root=str(path.parent))
    found = review([str(path)], config)
    return list(Workshop([str(path)], config, unsafe=unsafe).mended(found))


def mend_fixture(path: Path) -> list[Mended]:
    """Mend what the folder of a fixture is named after."""
    return mend(path, path.parent.name, unsafe=".unsafe" in path.name)


def test_there_are_enough_fixtures() -> None:
    assert len(befores()) >= 5


@pytest.mark.parametrize("path", befores(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_fixture_is_mended(path: Path) -> None:
    (done,) = mend_fixture(path)
    assert done.after.decode() == after(path).read_bytes().decode()
    assert done.applied


@pytest.mark.parametrize("path", befores(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_mending_twice_changes_nothing_more(path: Path) -> None:
    assert mend_fixture(after(path)) == []
