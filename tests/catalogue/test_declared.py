from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, distributions
from typing import TYPE_CHECKING

import pytest

from mlaudit.catalogue.declared import declared

if TYPE_CHECKING:
    from pathlib import Path


def install(folder: Path, distribution: str, entry_points: str | None) -> None:
    metadata = folder / f"{distribution}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\n")
    if entry_points is not None:
        (metadata / "entry_points.txt").write_text(entry_points)


def as_the_library_says(group: str, folder: Path) -> list[tuple[str, str]]:
    points: list[EntryPoint] = []
    for distribution in distributions(path=[str(folder)]):
        points.extend(distribution.entry_points.select(group=group))
    return sorted((point.name, point.value) for point in points)


@pytest.mark.parametrize(
    "text",
    [
        "[mlaudit.rules]\nacme = acme_rules\n",
        "[console_scripts]\nacme = acme:main\n\n[mlaudit.rules]\nacme=acme_rules\nb = c.d\n",
        "[mlaudit.rules]\n# zebra = zoo\n\nacme = acme_rules\n\n[other]\nnot = mine\n",
        "[mlaudit.rules.more]\nnot = mine\n",
        "",
        None,
    ],
)
def test_it_reads_what_the_standard_library_reads(tmp_path: Path, text: str | None) -> None:
    install(tmp_path, "acme", text)
    install(tmp_path, "other", "[console_scripts]\nother = other:main\n")
    expected = as_the_library_says("mlaudit.rules", tmp_path)
    assert declared("mlaudit.rules", [str(tmp_path)]) == expected
    assert bool(expected) is (text is not None and "acme_rules" in text)


def test_what_comes_first_on_the_path_wins(tmp_path: Path) -> None:
    install(tmp_path / "first", "acme", "[mlaudit.rules]\nacme = new_rules\n")
    install(tmp_path / "second", "acme", "[mlaudit.rules]\nacme = old_rules\n")
    folders = [str(tmp_path / name) for name in ("missing", "first", "second")]
    assert declared("mlaudit.rules", folders) == [("acme", "new_rules")]


def test_two_distributions_may_use_one_name(tmp_path: Path) -> None:
    install(tmp_path, "acme", "[mlaudit.rules]\nbuiltin = acme_rules\n")
    install(tmp_path, "zoo", "[mlaudit.rules]\nbuiltin = zoo_rules\n")
    expected = [("builtin", "acme_rules"), ("builtin", "zoo_rules")]
    assert declared("mlaudit.rules", [str(tmp_path)]) == expected


def test_the_rules_that_come_with_mlaudit_are_declared() -> None:
    assert ("builtin", "mlaudit_rules") in declared("mlaudit.rules", sys.path)
