"""What the tables claim of chance, rows and targets, tried on small data."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.catalogue.catalogue import Catalogue
from mlaudit.rulekit.registry import catalogue_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlaudit.catalogue.entry import Entry

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")
threadpoolctl = pytest.importorskip("threadpoolctl")
pytestmark = pytest.mark.filterwarnings("ignore")

ROWS = 90
CATEGORIES = "the set of categories"
# need other input than a table of numbers, or a model to wrap
NOT_TRIED = {
    "DictVectorizer",
    "FeatureHasher",
    "FrozenEstimator",
    "GraphicalLassoCV",
    "KernelCenterer",
    "LabelBinarizer",
    "LabelEncoder",
    "MissingIndicator",
    "MultiLabelBinarizer",
    "NearestNeighbors",
    "PatchExtractor",
    "SelfTrainingClassifier",
    "SparseCoder",
}
TEXT = {"CountVectorizer", "HashingVectorizer", "TfidfVectorizer"}
DISCRETE = {"NeighborhoodComponentsAnalysis"}
METHODS = ("predict_proba", "decision_function", "predict", "transform", "score_samples")
ONE_COMPONENT = {"CCA", "PLSCanonical", "PLSSVD"}
# what they claim shows as well in few rounds
BRIEFLY: dict[str, dict[str, Any]] = {
    "DictionaryLearning": {"max_iter": 20},
    "LogisticRegressionCV": {"Cs": 3},
    "MiniBatchDictionaryLearning": {"max_iter": 20},
}
CHANCE: dict[str, dict[str, Any]] = {
    "AdaBoostRegressor": {},
    "BaggingClassifier": {},
    "BisectingKMeans": {},
    "DecisionTreeClassifier": {"max_features": 1},
    "EllipticEnvelope": {},
    "ExtraTreesClassifier": {},
    "FastICA": {},
    "GaussianMixture": {"n_components": 6},
    "IsolationForest": {},
    "KMeans": {},
    "LatentDirichletAllocation": {},
    "LinearSVR": {},
    "MLPRegressor": {},
    "MiniBatchKMeans": {},
    "Nystroem": {},
    "PassiveAggressiveClassifier": {},
    "RBFSampler": {},
    "RandomForestClassifier": {},
    "RandomForestRegressor": {},
    "RANSACRegressor": {},
    "SGDClassifier": {},
    "TheilSenRegressor": {},
    "SVC": {"probability": True},
    "LinearSVC": {"dual": True},
    "LogisticRegression": {"solver": "saga"},
    "Lasso": {"selection": "random", "alpha": 0.01},
    "NMF": {"init": "random", "n_components": 2},
    "DummyClassifier": {"strategy": "stratified"},
    "AdaBoostClassifier": {"estimator": "DecisionTreeClassifier"},
}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """On a busy machine, the threads of tiny fits spend their time waiting for one another."""
    with threadpoolctl.threadpool_limits(1):
        yield


@cache
def estimators() -> dict[str, Any]:
    importlib.import_module("sklearn.experimental.enable_iterative_imputer")
    found: list[tuple[str, Any]] = importlib.import_module("sklearn.utils").all_estimators()
    return dict(found)


@cache
def tables() -> dict[str, Entry]:
    return Catalogue(catalogue_folders()).entries("sklearn")


def chosen(condition: Callable[[Entry], bool]) -> list[str]:
    """The estimators that can be made without a model and whose entry meets a condition."""
    return [
        name
        for name in sorted(estimators())
        if name in tables() and name not in NOT_TRIED and condition(tables()[name])
        if not any(
            parameter.default is parameter.empty
            for parameter in inspect.signature(estimators()[name]).parameters.values()
        )
    ]


@cache
def data() -> tuple[Any, Any, Any]:
    """Positive features, classes and amounts; classes and amounts follow the features."""
    draw = np.random.RandomState(7)
    features = draw.gamma(2.0, size=(ROWS, 4)) + 0.1
    features[:, 3] = draw.permutation(np.arange(ROWS) % 9 + 1.0)
    amounts = 3 * features[:, 0] + features[:, 1] ** 2 + draw.randn(ROWS)
    return features, (amounts > np.median(amounts)).astype(int), amounts


def made(name: str, settings: dict[str, Any] | None = None) -> Any:
    given = {**BRIEFLY.get(name, {}), **(settings or {})}
    if name in ONE_COMPONENT:
        given["n_components"] = 1
    if name == "RadiusNeighborsClassifier":
        given["radius"] = 99.0
    if given.get("estimator") in estimators():
        given["estimator"] = estimators()[given["estimator"]](max_features=1)
    return estimators()[name](**given)


def fitted(estimator: Any, rows: Any, target: Any) -> Any:
    wide = "MultiTask" in type(estimator).__name__
    return estimator.fit(rows, np.column_stack([target, target + 1]) if wide else target)


def told(name: str, estimator: Any) -> Any:
    """What an estimator says of all rows after learning from two thirds of them."""
    features, classes, amounts = data()
    target = classes if tables()[name].task == "classifier" or name in DISCRETE else amounts
    if name == "IsotonicRegression":
        features = features[:, :1]
    learned = slice(0, ROWS * 2 // 3)
    fitted(estimator, features[learned], target[learned])
    shown = features[learned] if tables()[name].statistic == CATEGORIES else features
    for method in METHODS:
        if hasattr(estimator, method):
            return getattr(estimator, method)(shown)
    for attribute in ("embedding_", "labels_", "covariance_", "negative_outlier_factor_"):
        if hasattr(estimator, attribute):
            return getattr(estimator, attribute)
    raise AssertionError(name)


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal, but for rounding."""
    one, other = (x.toarray() if hasattr(x, "toarray") else np.asarray(x) for x in (one, other))
    if one.shape != other.shape:
        return False
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))


@pytest.mark.parametrize(
    "name", [name for name in chosen(lambda entry: entry.random != "always") if name not in TEXT]
)
def test_what_is_called_certain_is(name: str) -> None:
    results = []
    for seed in (1, 2):
        np.random.seed(seed)
        results.append(told(name, made(name)))
    assert same(*results)


@pytest.mark.parametrize(("name", "settings"), sorted(CHANCE.items()))
def test_what_is_called_random_varies(name: str, settings: dict[str, Any]) -> None:
    entry = tables()[name]
    assert entry.random == "always" or set(settings) & set(entry.when)
    results = []
    for seed in range(4):
        np.random.seed(seed)
        results.append(told(name, made(name, settings)))
    assert not all(same(results[0], result) for result in results[1:])


@pytest.mark.parametrize("name", sorted(CHANCE))
def test_a_seed_ends_chance(name: str) -> None:
    results = []
    for seed in (1, 2):
        np.random.seed(seed)
        results.append(told(name, made(name, {**CHANCE[name], str(tables()[name].seed): 0})))
    assert same(*results)


def is_transformer(entry: Entry) -> bool:
    return entry.kind in {"transformer", "selector", "encoder"} and entry.statistic != CATEGORIES


def transformed(name: str, rows: Any, target: Any, shown: Any) -> Any:
    seeded = "random_state" in inspect.signature(estimators()[name]).parameters
    settings: dict[str, Any] = {"random_state": 0} if seeded and name != "TargetEncoder" else {}
    if "RandomProjection" in name:
        settings["n_components"] = 2
    if name == "VarianceThreshold":
        settings["threshold"] = 0.9
    if name == "SelectKBest":
        settings["k"] = 2
    estimator = made(name, settings)
    estimator.fit(rows, target)
    if hasattr(estimator, "get_support"):
        return estimator.get_support()
    return estimator.transform(shown) if hasattr(estimator, "transform") else estimator.covariance_


def has_transform(name: str) -> bool:
    return hasattr(estimators()[name], "transform")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in chosen(lambda entry: is_transformer(entry) and entry.kind == "transformer")
        if has_transform(name)
    ],
)
def test_stateless_transformers_learn_nothing_from_rows(name: str) -> None:
    features, classes, _ = data()
    halves = [slice(0, ROWS // 2), slice(ROWS // 2, ROWS)]
    inputs: Any = features.copy()
    if name in TEXT:
        inputs = np.array(
            [f"of {int(row[0])}th row{i % 7 + i // 50}" for i, row in enumerate(inputs)]
        )
    elif "Imputer" in name:
        inputs[::5, 1] = np.nan
    elif name in {"SkewedChi2Sampler", "BernoulliRBM"}:
        inputs = inputs / 100
    elif name == "TfidfTransformer":
        inputs[inputs < 1.5] = 0
    results = [transformed(name, inputs[half], classes[half], inputs[:9]) for half in halves]
    assert same(*results) == tables()[name].stateless


@pytest.mark.parametrize(
    "name",
    [name for name in chosen(is_transformer) if name not in TEXT and has_transform(name)],
)
def test_supervised_transformers_look_at_the_target(name: str) -> None:
    features, classes, _ = data()
    other = (features[:, 3] > 5).astype(int)
    inputs = features.copy()
    if "Imputer" in name:
        inputs[::5, 1] = np.nan
    results = [transformed(name, inputs, target, inputs[:9]) for target in (classes, other)]
    # tests of significance may keep the same columns for both targets
    if tables()[name].kind == "selector" and tables()[name].supervised:
        assert "y" in inspect.signature(estimators()[name].fit).parameters
    else:
        assert same(*results) != tables()[name].supervised
