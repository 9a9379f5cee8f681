"""What every table must say, whatever the library."""

from __future__ import annotations

import re
import tomllib

import pytest

from mlaudit.catalogue.catalogue import VALUES, Catalogue
from mlaudit.rulekit.registry import catalogue_folders

TASKS = {None, "classifier", "regressor", "cluster", "outlier", "any"}
GENERATORS = {"python", "numpy", "torch", "tensorflow"}
OPERANDS = {"true", "labels", "scores", "probabilities", "values"}
NEVER_TUNED = {
    "random_state",
    "seed",
    "n_jobs",
    "verbose",
    "n_splits",
    "cv",
    "test_size",
    "shuffle",
}
JUDGES = {"metric", "curve"}


def _libraries() -> list[str]:
    return [*Catalogue(catalogue_folders()).libraries, VALUES]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "library" in metafunc.fixturenames:
        metafunc.parametrize("library", _libraries())


def test_words_are_known(catalogue: Catalogue, library: str) -> None:
    for entry in catalogue.entries(library).values():
        assert entry.task in TASKS, entry
        assert entry.effect in {"low", "medium", "high"}, entry
        assert set(entry.generators) <= GENERATORS, entry
        assert set(entry.operands) <= OPERANDS, entry
        assert entry.units in {"", "scaled", "ranked", "log", "original"}, entry


def test_what_learns_says_what_it_learns(catalogue: Catalogue, library: str) -> None:
    for entry in catalogue.entries(library).values():
        if entry.kind in {"transformer", "selector", "encoder", "statistic"}:
            assert entry.statistic or entry.stateless or entry.instead, entry
        if entry.kind in {"predictor", "wrapper", "search"}:
            assert entry.task, entry


def test_randomness_is_complete(catalogue: Catalogue, library: str) -> None:
    for entry in catalogue.entries(library).values():
        assert (entry.random == "when") == bool(entry.when) or entry.chooses, entry
        if entry.random == "never":
            assert not entry.generators or entry.kind == "seed", entry
        if entry.default_seed:
            assert entry.random == "never", entry
            assert entry.seed, entry
        if entry.kind in {"seed", "draw"}:
            assert entry.generators, entry


def test_every_judge_has_two_operands(catalogue: Catalogue, library: str) -> None:
    for entry in catalogue.entries(library).values():
        if entry.kind in JUDGES:
            assert len(entry.operands) == len(entry.parameters[:2]) == 2, entry
            assert entry.operands.count("true") == 1, entry
            assert entry.task, entry
        if entry.kind == "loss":
            assert entry.operands.count("true") == 1, entry


def test_named_parameters_are_consistent(catalogue: Catalogue, library: str) -> None:
    for entry in catalogue.entries(library).values():
        assert len(set(entry.parameters)) == len(entry.parameters), entry
        if entry.parameters:
            assert set(entry.data) <= set(entry.parameters), entry
        if entry.wraps and entry.wraps != "*":
            assert entry.wraps in entry.parameters, entry
        if entry.kind in {"wrapper", "search", "pipeline"}:
            assert entry.wraps, entry
        assert not NEVER_TUNED & set(entry.hyperparameters), entry


def test_aliases_name_tables_that_exist() -> None:
    for folder in catalogue_folders():
        stems = {path.stem for path in folder.glob("*.toml")}
        for path in folder.glob("*.toml"):
            text = path.read_text()
            if text.startswith("include"):
                assert text.split('"')[1] in stems, path


def test_tables_stay_small() -> None:
    sizes = {
        path.name: path.stat().st_size
        for folder in catalogue_folders()
        for path in folder.glob("*.toml")
    }
    assert {name: size for name, size in sizes.items() if size > 27_000} == {}


COMPARED = """
sklearn imblearn category_encoders statsmodels polars skorch fastai sklearn_pandas hyperopt ray
optuna ignite lightning transformers datasets catboost xgboost lightgbm keras torch torchvision
pandas numpy scipy
"""


@pytest.mark.parametrize("table", COMPARED.split())
def test_a_table_says_what_versions_it_was_compared_with(table: str) -> None:
    (path,) = [
        path
        for folder in catalogue_folders()
        for path in folder.glob("*.toml")
        if path.stem == table
    ]
    assert re.search(r"\w \d+\.\d+", tomllib.loads(path.read_text())["compared"])
