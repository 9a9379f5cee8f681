"""CONF007: a model that depends on the scale of its features gets them as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Fit,
    Fix,
    Load,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    named,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Model, Module

WHY = {
    **dict.fromkeys(
        (
            "SVC",
            "SVR",
            "NuSVC",
            "NuSVR",
            "KNeighborsClassifier",
            "KNeighborsRegressor",
            "RadiusNeighborsClassifier",
            "RadiusNeighborsRegressor",
        ),
        "goes by distances between rows",
    ),
    **dict.fromkeys(
        ("MLPClassifier", "MLPRegressor", "SGDClassifier", "SGDRegressor"),
        "learns by gradient descent",
    ),
    **dict.fromkeys(
        ("LinearSVC", "LinearSVR", "Lasso", "ElasticNet"),
        "penalises all coefficients alike",
    ),
}
TABLES = frozenset({"read_csv", "read_excel", "read_table", "read_parquet", "read_sql"})
UNEQUAL = frozenset(
    {"load_wine", "load_breast_cancer", "load_boston", "fetch_california_housing", "fetch_covtype"}
)
_OF_ONE_SCALE = frozenset({"scaled", "ranked"})
PREPARED = Pattern(r"(?i)x_?train|train_?x|feature|prepared|processed|clean|encoded|onehot")
# Whatever may bring features to one scale, and features that are of one scale by nature.
SCALED = Pattern(
    r"(?i)scal(e|ed|er|ing)(?!_pos)|normali[sz]|standardi[sz]|z_?score|min_?max|/ ?255|\.std\("
    r"|\.max\(|tf_?idf|vectori[sz]er|embed|word2vec|image|pixel|mnist|digit|preprocess(?!ing)"
    r"|pca\b|quantile|\bq?cut\(|\bband"
    r"|precomputed|linalg\.norm|boxcox|power_?transform|iris|hog\(|spectr|mfcc|vggish|landmark|hash"
)


class UnscaledSensitiveModel(Rule):
    """Reports, once a document, models by distance or penalty on columns that nothing scales."""

    meta = RuleMeta(
        code="CONF007",
        name="unscaled-sensitive-model",
        family="configuration",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Put the model behind a StandardScaler in a pipeline.",
        impact="The column with the largest numbers decides, whatever it is worth.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the models of rows that no trace of scaling is on, in words or in fact."""
        if module.is_test:
            return
        found: dict[Model, str] = {}
        for event in _trainings(module):
            model = next(iter(_sensitive(event.model)), None)
            if model is None or model in found or _is_scaled(event):
                continue
            near = module.trace.near(Load, event.rows)
            load = next((load for load in near if _is_raw(load, module)), None)
            if load is not None:
                found[model] = load.source
        if found and not SCALED.search(module.document.text):
            yield self._judge(found)

    def _judge(self, found: dict[Model, str]) -> Finding:
        (model, source), *others = found.items()
        data = f"`{source}`"
        return self.report(
            model.place,
            f"{named(model)} {WHY[model.name]}, and nothing brings the columns of {data} to one "
            "scale: those with the largest numbers decide",
            evidence=[("another one here", other.place) for other, _ in others[:4]],
            fix=Fix(f"Use make_pipeline(StandardScaler(), {model.name}(…))."),
        )


def _is_scaled(event: Fit | CrossValidate) -> bool:
    """Say whether what a scaler has learnt, in whatever file, reached the rows before."""
    return any(influence.units in _OF_ONE_SCALE for influence in event.influences)


def _is_raw(load: Load, module: Module) -> bool:
    """Say whether a table is read whose columns differ in scale, and where nobody scales any."""
    known = load.reader.rpartition(".")[2] in TABLES | UNEQUAL
    home = load.place.document
    elsewhere = home is not module.document and SCALED.search(home.text)
    return known and not elsewhere and not PREPARED.search(load.source)


def _trainings(module: Module) -> Iterator[Fit | CrossValidate]:
    for event in module.trace.events:
        if isinstance(event, CrossValidate) or (isinstance(event, Fit) and not _is_narrow(event)):
            yield event


def _is_narrow(fit: Fit) -> bool:
    """Say whether there is only one column, or none whose name is known, to be compared."""
    return fit.features is not None and fit.features.kept is not None and len(fit.features.kept) < 2


def _sensitive(model: Model) -> Iterator[Model]:
    for part in (model, *model.steps):
        if part.name in WHY:
            yield part
