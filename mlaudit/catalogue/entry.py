"""What a library table may say of a class, a function or a method."""

from __future__ import annotations

from typing import Any

from mlaudit.model.frozen import field, frozen

KINDS = frozenset(
    {
        # estimators and the objects around them
        "predictor",  # learns from rows and predicts; `task`
        "transformer",  # fit reads statistics of rows; `effect`, `stateless`, `supervised`
        "selector",  # chooses columns; supervised unless told otherwise
        "encoder",  # encodes categories by the target when `supervised`
        "resampler",  # over- or under-samples rows (fit_resample)
        "clusterer",  # learns groups of rows without a target
        "wrapper",  # a predictor around the estimator in argument `wraps` (calibration, bagging)
        "search",  # chooses settings of the estimator in argument `wraps` by internal folds
        "tuner",  # chooses settings of a function by trials (optuna, hyperopt)
        "pipeline",  # steps in argument `wraps`, fitted only as a whole
        "splitter",  # .split(X) yields pairs of index arrays
        "optimizer",
        "scheduler",
        "loss",
        "layer",  # a building block of a network
        "network",  # a trainable network object (Keras Sequential, Lightning module)
        "trainer",  # an object whose fit/train trains a network given to it
        "callback",  # `chooses` says what it chooses by the rows it watches
        "dataset",  # wraps rows of its data arguments
        "loader",  # batches of the rows of its first data argument
        # functions
        "split",  # divides each of its arrays into parts
        "cross-validate",  # evaluates on internal folds
        "train",  # a function that trains and returns a predictor (xgboost.train)
        "metric",  # judges predictions; `operands`, `task`
        "curve",  # a metric that returns curves and thresholds
        "load",  # new rows enter
        "archive",  # opens a file that holds rows, or several sets of rows by name
        "same",  # the rows of its data arguments, nothing computed along rows
        "mapping",  # a dict, or what is used as one
        "through",  # its first argument itself, gone through one by one
        "statistic",  # the rows of its data arguments, with a statistic of all of them in every one
        "reduce",  # a statistic of all rows
        "subset",  # some of the rows
        "remove",  # the rows of argument 0 without those at the positions of argument 1
        "common",  # positions that are in each of two arrays
        "reorder",  # the same rows in another order, arrays together
        "concat",  # the rows of all its data arguments
        "duplicate",  # rows and copies of them
        "index",  # positions of rows, e.g. a permutation
        "values",  # values without rows
        "settings",  # an object that holds the settings given, for others to read
        "seed",  # seeds the generators in `generators`
        "draw",  # draws from the global generator in `generators`
        "generator",  # makes a generator of its own, argument `seed`
        "report",  # shows its arguments to people (print, log)
        "store",  # writes rows or a model to argument 0
        "group",  # groups rows; what is computed on groups is a statistic
    }
)


@frozen
class Entry:
    """One name of one library.

    `task` is classifier, regressor, cluster, outlier or any.  `data` are the parameters that carry
    rows, `target` the one that carries the target.  `parameters` are the positional parameters in
    order.  `seed` is the parameter that fixes randomness; `random` says when the call is random:
    "always", "never", or "when" one of the `when` conditions holds (parameter → values; the value
    "*" stands for any value given).  `default_seed` marks randomness whose default seed is fixed,
    or recorded.  `generators` are the global generators that it seeds, or draws from while no seed
    is given; "values" that take both a `seed` and what they run, in `wraps`, give it the seed.
    `tabular` metrics give a table, not a number that could choose.  `units` says that what comes
    out is in other units: "scaled", "ranked", "log", or "original" for what undoes such a change.
    `ordinal` marks predictors to which only the order of a column's values counts, but for settings
    (parameter, value) that make them `linear`, by name or in a dict.  `affine` are
    parameters that predictors must be left, so that their predictions are the same whatever columns
    are shifted and stretched by.  `instead` says what is learnt where a parameter has a value:
    (parameter, value, statistic), without a statistic where nothing is left to learn; what has no
    other `statistic` then learns nothing unless it is told to.  `operands` are a metric's operands
    in order: "true" and "labels", "scores", "probabilities" or "values"; `probabilistic` marks
    metrics that judge probabilities.  `ahead` marks predictors of series that are told how many
    steps to go on, and not for which rows.  `by_column` marks what is learnt or computed of each
    column by itself, as `along` says of what is told an axis.
    """

    name: str
    kind: str
    library: str = ""
    task: str | None = None
    supervised: bool = False
    stateless: bool = False
    effect: str = "medium"
    statistic: str = ""
    data: tuple[str, ...] = ()
    target: str | None = None
    parameters: tuple[str, ...] = ()
    seed: str | None = None
    random: str = "never"
    when: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    default_seed: bool = False
    generators: tuple[str, ...] = ()
    operands: tuple[str, ...] = ()
    ahead: bool = False
    wraps: str | None = None
    chooses: str | None = None
    hyperparameters: tuple[str, ...] = ()
    outputs: int = 1
    probabilistic: bool = False
    along: str | None = None
    tabular: bool = False
    units: str = ""
    ordinal: bool = False
    linear: tuple[tuple[str, Any], ...] = ()
    affine: tuple[str, ...] = ()
    instead: tuple[tuple[str, Any, str], ...] = ()
    by_column: bool = False
