"""The table of scikit-learn against the installed scikit-learn."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.catalogue.entry import Entry

pytest.importorskip("sklearn")
pytestmark = pytest.mark.filterwarnings("ignore")

AROUND = {"wrapper", "search", "pipeline"}
KINDS = {
    "ClassifierMixin": {"predictor", "wrapper"},
    "RegressorMixin": {"predictor", "wrapper"},
    "ClusterMixin": {"clusterer"},
    "OutlierMixin": {"predictor"},
    "SelectorMixin": {"selector"},
    "TransformerMixin": {"transformer", "selector", "encoder", "pipeline"},
}
TASKS = {
    "ClassifierMixin": "classifier",
    "RegressorMixin": "regressor",
    "ClusterMixin": "cluster",
    "OutlierMixin": "outlier",
}
MODULES = (
    "cluster",
    "compose",
    "covariance",
    "datasets",
    "decomposition",
    "feature_extraction",
    "feature_extraction.image",
    "feature_extraction.text",
    "feature_selection",
    "impute",
    "inspection",
    "isotonic",
    "linear_model",
    "manifold",
    "metrics",
    "model_selection",
    "neighbors",
    "pipeline",
    "preprocessing",
    "random_projection",
    "svm",
)
NO_ROWS = {"get_scorer_names", "clear_data_home", "get_data_home"}


@cache
def estimators() -> dict[str, Any]:
    """All public estimators, the experimental ones included."""
    importlib.import_module("sklearn.experimental.enable_halving_search_cv")
    importlib.import_module("sklearn.experimental.enable_iterative_imputer")
    found: list[tuple[str, Any]] = importlib.import_module("sklearn.utils").all_estimators()
    return dict(found)


@cache
def functions() -> dict[str, Any]:
    """All public functions of the modules that carry rows about."""
    found = {}
    for name in MODULES:
        module = importlib.import_module(f"sklearn.{name}")
        for public in module.__all__:
            if inspect.isfunction(function := getattr(module, public, None)):
                found[f"sklearn.{name}.{public}"] = function
    return found


def known(catalogue: Catalogue, qualified: str) -> Entry:
    entry = catalogue.find(qualified)
    assert entry is not None, qualified
    return entry


def entry_of(catalogue: Catalogue, estimator: Any) -> Entry:
    return known(catalogue, f"{estimator.__module__}.{estimator.__name__}")


def mixins(estimator: Any) -> set[str]:
    return {base.__name__ for base in inspect.getmro(estimator)} & set(KINDS)


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(function).parameters)
    found.pop("self", None)
    return found


@pytest.mark.parametrize("name", sorted(estimators()))
def test_an_estimator_is_what_its_mixins_say(catalogue: Catalogue, name: str) -> None:
    entry = entry_of(catalogue, estimators()[name])
    kinds = mixins(estimators()[name])
    predicts = kinds & set(TASKS)
    for mixin in predicts or kinds:
        assert entry.kind in KINDS[mixin]
    assert {TASKS[mixin] for mixin in predicts} <= {entry.task}
    if "SelectorMixin" in kinds:
        assert entry.kind == "selector"
    if not predicts and entry.kind not in AROUND:
        assert entry.task in {None, "any", "cluster"}


@pytest.mark.parametrize("name", sorted(estimators()))
def test_an_estimator_has_a_seed_where_it_has_a_random_state(
    catalogue: Catalogue, name: str
) -> None:
    entry = entry_of(catalogue, estimators()[name])
    signature = parameters(estimators()[name])
    assert (entry.seed == "random_state") == ("random_state" in signature)
    if entry.random != "never":
        assert entry.seed
    if entry.default_seed:
        assert isinstance(signature["random_state"].default, int)


@pytest.mark.parametrize("name", sorted(estimators()))
def test_an_estimator_takes_its_arguments_in_this_order(catalogue: Catalogue, name: str) -> None:
    entry = entry_of(catalogue, estimators()[name])
    signature = parameters(estimators()[name])
    assert list(entry.parameters) == list(signature)[: len(entry.parameters)]
    positional = [
        key
        for key, parameter in signature.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    unnamed = set(positional) - set(entry.parameters)
    # MLPRegressor(10) meant its layers before a loss came to stand there
    assert name == "MLPRegressor" or not unnamed & (set(entry.hyperparameters) | {entry.wraps})


@pytest.mark.parametrize("name", sorted(estimators()))
def test_conditions_of_randomness_are_parameters(catalogue: Catalogue, name: str) -> None:
    entry = entry_of(catalogue, estimators()[name])
    assert set(entry.when) - {"base_estimator"} <= set(parameters(estimators()[name]))


def test_what_wraps_an_estimator_says_so(catalogue: Catalogue) -> None:
    holders = {"estimator", "estimators", "regressor", "steps", "transformers", "transformer_list"}
    wrong = {}
    for name, estimator in estimators().items():
        entry, held = entry_of(catalogue, estimator), holders & set(parameters(estimator))
        # the estimator of an imputer is no model of the target
        if held and name != "IterativeImputer" and entry.wraps not in held:
            wrong[name] = entry.wraps
    assert wrong == {}


def test_every_hyperparameter_exists(catalogue: Catalogue) -> None:
    taken: dict[tuple[str, ...], set[str]] = {}
    for estimator in estimators().values():
        entry = entry_of(catalogue, estimator)
        taken.setdefault(entry.hyperparameters, set()).update(parameters(estimator))
    assert {name for listed, found in taken.items() for name in set(listed) - found} == set()


@pytest.mark.parametrize("qualified", sorted(functions()))
def test_a_function_is_known_with_its_parameters(catalogue: Catalogue, qualified: str) -> None:
    if qualified.rsplit(".", 1)[-1] in NO_ROWS:
        return
    entry, signature = known(catalogue, qualified), parameters(functions()[qualified])
    assert list(entry.parameters) == list(signature)[: len(entry.parameters)]
    assert set(entry.data) | {entry.target} <= {*signature, None}
    if entry.seed:
        assert entry.seed in signature
    if entry.along:
        assert entry.along in signature
    assert set(entry.when) <= set(signature)
    if entry.random != "never":
        assert entry.seed


@pytest.mark.parametrize("qualified", sorted(functions()))
def test_a_random_function_is_known_as_one(catalogue: Catalogue, qualified: str) -> None:
    if "random_state" in parameters(functions()[qualified]):
        entry = known(catalogue, qualified)
        # a subsample, a shuffle on request: no chance by default
        if entry.kind not in {"load", "statistic", "splitter"}:
            assert entry.random != "never"
        if entry.name.startswith("make_"):
            assert entry.random == "always"


@pytest.mark.parametrize(
    "qualified", sorted(name for name in functions() if name.startswith("sklearn.metrics."))
)
def test_operands_stand_where_the_signature_has_them(catalogue: Catalogue, qualified: str) -> None:
    first_two = list(parameters(functions()[qualified]))[:2]
    roles = {
        "y_true": "true",
        "labels_true": "true",
        "labels_pred": "labels",
        "y_score": "scores",
        "pred_decision": "scores",
        "y_prob": "probabilities",
        "y_proba": "probabilities",
    }
    if not set(first_two) & {"y_true", "labels_true"} or "pair_confusion" in qualified:
        return
    entry = known(catalogue, qualified)
    assert entry.kind in {"metric", "curve"}
    for name, operand in zip(first_two, entry.operands, strict=True):
        assert roles.get(name, operand) == operand
    if "y_pred" in first_two:
        assert entry.operands[1] == ("labels" if entry.task == "classifier" else "values")


def _metrics(task: str, operand: str) -> list[str]:
    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.rulekit.registry import catalogue_folders

    catalogue = Catalogue(catalogue_folders())
    return [
        name
        for name in sorted(functions())
        if (entry := catalogue.find(name)) is not None
        and entry.kind == "metric"
        and (entry.task, entry.operands[1]) == (task, operand)
    ]


@pytest.mark.parametrize("qualified", _metrics("classifier", "labels"))
def test_metrics_of_labels_refuse_amounts(qualified: str) -> None:
    metric = functions()[qualified]
    settings = {"beta": 1.0} if "beta" in parameters(metric) else {}
    with pytest.raises(ValueError, match="continuous"):
        metric([0.5, 1.5, 2.5, 3.7], [0.7, 1.2, 2.6, 3.6], **settings)


@pytest.mark.parametrize("qualified", _metrics("regressor", "values"))
def test_metrics_of_amounts_take_them(qualified: str) -> None:
    assert functions()[qualified]([0.5, 1.5, 2.5, 3.7], [0.7, 1.2, 2.6, 3.6]) is not None


@pytest.mark.parametrize("qualified", _metrics("classifier", "probabilities"))
def test_metrics_of_probabilities_refuse_other_scores(qualified: str) -> None:
    assert functions()[qualified]([0, 1, 1, 0], [0.2, 0.7, 0.9, 0.4]) is not None
    with pytest.raises(ValueError, match=r"greater than 1|less than 0|\[0, 1\]"):
        functions()[qualified]([0, 1, 1, 0], [-2.0, 3.0, 4.0, -1.0])


def test_splitters_are_known(catalogue: Catalogue) -> None:
    module = importlib.import_module("sklearn.model_selection")
    bases = (module.BaseCrossValidator, module.BaseShuffleSplit)
    for name in module.__all__:
        splitter = getattr(module, name, None)
        if not inspect.isclass(splitter) or splitter in bases:
            continue
        methods = hasattr(splitter, "split") and hasattr(splitter, "get_n_splits")
        if not methods:
            continue
        entry, signature = known(catalogue, f"sklearn.model_selection.{name}"), parameters(splitter)
        assert entry.kind == "splitter"
        assert (entry.seed == "random_state") == ("random_state" in signature)
        assert list(entry.parameters) == list(signature)[: len(entry.parameters)]
        if entry.seed:
            shuffles = "shuffle" in signature
            assert entry.random == ("when" if shuffles else "always")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sklearn.cross_validation.train_test_split", "sklearn.model_selection.train_test_split"),
        ("sklearn.grid_search.GridSearchCV", "sklearn.model_selection.GridSearchCV"),
        ("sklearn.ensemble.forest.ExtraTreesClassifier", "sklearn.ensemble.ExtraTreesClassifier"),
        ("sklearn.ensemble.bagging.BaggingRegressor", "sklearn.ensemble.BaggingRegressor"),
        ("sklearn.metrics.classification.f1_score", "sklearn.metrics.f1_score"),
        ("sklearn.preprocessing.data.scale", "sklearn.preprocessing.scale"),
    ],
)
def test_old_paths_lead_to_the_same_entry(catalogue: Catalogue, old: str, new: str) -> None:
    assert known(catalogue, old) == known(catalogue, new)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sklearn.preprocessing.Imputer", "transformer"),
        ("sklearn.externals.joblib.dump", "store"),
        ("sklearn.datasets.load_boston", "load"),
        ("sklearn.lda.LDA", "predictor"),
    ],
)
def test_names_that_are_gone_are_still_known(catalogue: Catalogue, name: str, kind: str) -> None:
    assert known(catalogue, name).kind == kind


def test_folds_of_long_ago_took_the_rows_first(catalogue: Catalogue) -> None:
    old = known(catalogue, "sklearn.cross_validation.StratifiedKFold")
    new = known(catalogue, "sklearn.model_selection.StratifiedKFold")
    assert (old.parameters[0], new.parameters[0]) == ("y", "n_splits")
