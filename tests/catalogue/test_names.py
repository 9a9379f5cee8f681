"""Names of libraries that the tests do not install, old spellings among them, by their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlaudit.catalogue.catalogue import Catalogue

KINDS = {
    "category_encoders.CountTargetEncoder": "encoder",
    "category_encoders.target_encoder.TargetEncoder": "encoder",
    "category_encoders.MultiHotEncoder": "transformer",
    "xgboost.dask.DaskXGBClassifier": "predictor",
    "xgboost.dask.train": "train",
    "xgboost.callback.early_stop": "callback",
    "xgboost.ExtMemQuantileDMatrix": "dataset",
    "lightgbm.DaskLGBMRanker": "predictor",
    "lightgbm.CVBooster": "predictor",
    "catboost.utils.eval_metric": "metric",
    "skorch.callbacks.Checkpoint": "callback",
    "skorch.callbacks.EpochScoring": "callback",
    "skorch.probabilistic.ExactGPRegressor": "predictor",
    "skorch.dataset.CVSplit": "values",
    "skorch.helper.predefined_split": "values",
    "optuna.samplers.GridSampler": "generator",
    "optuna.integration.KerasPruningCallback": "callback",
    "optuna.visualization.plot_edf": "report",
    "hyperopt.hp.qlognormal": "values",
    "hyperopt.anneal.suggest": "values",
    "hyperopt.SparkTrials": "values",
    "ray.tune.run": "values",
    "ray.tune.Tuner": "values",
    "ray.tune.schedulers.ASHAScheduler": "values",
    "ray.tune.search.hebo.HEBOSearch": "tuner",
    "sklearn_pandas.GridSearchCV": "search",
    "sklearn_pandas.pipeline.make_transformer_pipeline": "pipeline",
    "fastai.torch_core.set_all_seed": "seed",
    "fastai.data.transforms.RandomSplitter": "splitter",
    "fastai.callbacks.SaveModelCallback": "callback",
    "fastai.vision.all.ImageDataLoaders": None,
    "polars.scan_ndjson": "load",
    "polars.read_ods": "load",
    "polars.merge_sorted": "concat",
    "polars.mean": "values",
    "statsmodels.api.PHReg": "predictor",
    "statsmodels.tsa.api.VECM": "predictor",
    "statsmodels.tsa.api.bk_filter": "statistic",
    "statsmodels.formula.api.phreg": "predictor",
    "statsmodels.stats.api.het_white": "reduce",
    "statsmodels.api.families.Binomial": "values",
    "keras.losses.logcosh": "loss",
    "keras.losses.kullback_leibler_divergence": "loss",
    "keras.utils.split_dataset": "split",
    "keras.layers.AtrousConvolution1D": "layer",
    "keras.layers.RandAugment": "layer",
    "tensorflow.keras.losses.huber": "loss",
    "tensorflow.keras.metrics.categorical_accuracy": "values",
    "lightning.pytorch.callbacks.BackboneFinetuning": "callback",
    "pytorch_lightning.callbacks.LearningRateLogger": "callback",
    "datasets.Dataset.from_sql": "load",
    "datasets.Dataset.from_polars": "same",
    "torchvision.datasets.UCF101": "load",
    "torchvision.transforms.v2.ScaleJitter": "values",
    "torchvision.models.swin_v2_t": "network",
    "transformers.get_inverse_sqrt_schedule": "scheduler",
    "transformers.DefaultDataCollator": "values",
    "ignite.utils.manual_seed": "seed",
    "ignite.handlers.EarlyStopping": "callback",
    "ignite.engine.create_supervised_trainer": "values",
    "ignite.metrics.Accuracy": "values",
    "sklearn.cross_validation.LabelKFold": "splitter",
    "sklearn.gaussian_process.kernels.RBF": "values",
}
DRAW = {
    "category_encoders.LeaveOneOutEncoder": ("random_state", "when"),
    "category_encoders.NestedCVWrapper": ("random_state", "always"),
    "fastai.data.transforms.RandomSplitter": ("seed", "always"),
    "ray.tune.search.bayesopt.BayesOptSearch": ("random_state", "never"),
    "torchvision.transforms.v2.RandomIoUCrop": (None, "always"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_name_is_of_this_kind(catalogue: Catalogue, name: str) -> None:
    entry = catalogue.find(name)
    assert (entry.kind if entry else None) == KINDS[name]


@pytest.mark.parametrize("name", DRAW)
def test_chance_is_where_the_table_says(catalogue: Catalogue, name: str) -> None:
    entry = catalogue.find(name)
    assert entry is not None
    assert (entry.seed, entry.random) == DRAW[name]
