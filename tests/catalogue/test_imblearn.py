"""The table of imbalanced-learn against the installed library."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.catalogue.entry import Entry

pytest.importorskip("imblearn")
np = pytest.importorskip("numpy")
pytestmark = pytest.mark.filterwarnings("ignore")

# need categories or a model that is given to them
NOT_TRIED = {"SMOTEN", "SMOTENC", "FunctionSampler"}


@cache
def estimators() -> dict[str, Any]:
    found: list[tuple[str, Any]] = importlib.import_module(
        "imblearn.utils.testing"
    ).all_estimators()
    return dict(found)


@cache
def samplers() -> list[str]:
    return sorted(
        name
        for name, value in estimators().items()
        if hasattr(value, "fit_resample") and name != "Pipeline"
    )


def entry_of(catalogue: Catalogue, name: str) -> Entry:
    entry = catalogue.find(f"{estimators()[name].__module__}.{name}")
    assert entry is not None, name
    return entry


@pytest.mark.parametrize("name", sorted(estimators()))
def test_every_estimator_is_known(catalogue: Catalogue, name: str) -> None:
    entry = entry_of(catalogue, name)
    signature = list(inspect.signature(estimators()[name]).parameters)
    assert (entry.kind == "resampler") == (name in samplers())
    if hasattr(estimators()[name], "predict") and name != "Pipeline":
        assert (entry.kind, entry.task) == ("predictor", "classifier")
    assert list(entry.parameters) == signature[: len(entry.parameters)]
    if entry.random != "never":
        assert entry.seed in signature
    assert set(entry.hyperparameters) & {"n_estimators"} <= set(signature)


@cache
def rows() -> tuple[Any, Any]:
    draw = np.random.RandomState(0)
    features = draw.randn(300, 2)
    classes = (features[:, 0] + draw.randn(300) > 1.0).astype(int)
    return features, classes


@pytest.mark.parametrize("name", [name for name in samplers() if name not in NOT_TRIED])
def test_chance_is_where_the_table_says(catalogue: Catalogue, name: str) -> None:
    settings = {"KMeansSMOTE": {"cluster_balance_threshold": 0.01}}.get(name, {})
    results = []
    for seed in range(4):
        np.random.seed(seed)
        results.append(estimators()[name](**settings).fit_resample(*rows())[0])
    varies = any(
        one.shape != results[0].shape or not np.array_equal(one, results[0]) for one in results
    )
    assert varies == (entry_of(catalogue, name).random == "always")
