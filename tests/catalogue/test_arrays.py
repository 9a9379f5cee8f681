"""The tables of NumPy, pandas and `random`, and methods of values, against what is installed."""

from __future__ import annotations

import inspect
import random
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.catalogue.catalogue import Catalogue

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.filterwarnings("ignore")

# names of older versions, which old code still calls
GONE = {
    "numpy": {
        "alen",
        "bool8",
        "disp",
        "float",
        "float_",
        "fromstring",
        "in1d",
        "int",
        "mat",
        "msort",
        "object",
        "random.random_integers",
        "row_stack",
        "str",
        "trapz",
    },
    "pandas": {
        "DataFrame.from_csv",
        "Series.from_array",
        "SparseDataFrame",
        "TimeGrouper",
        "datetime",
        "datetime.now",
        "ewma",
        "expanding_mean",
        "read_gbq",
        "rolling_apply",
        "rolling_mean",
        "rolling_std",
        "value_counts",
    },
}
PLOTS = {
    "andrews_curves",
    "autocorrelation_plot",
    "bootstrap_plot",
    "lag_plot",
    "parallel_coordinates",
    "radviz",
    "register_matplotlib_converters",
    "scatter_matrix",
}


def found(home: Any, name: str) -> Any:
    for part in name.split("."):
        home = getattr(home, part, None)
    return home


def order(function: Any) -> list[str] | None:
    try:
        return [name for name in inspect.signature(function).parameters if name != "self"]
    except (TypeError, ValueError):
        return None


@pytest.mark.parametrize("library", ["numpy", "pandas", "random", "math", "copy", "pickle"])
def test_every_name_is_or_was_in_its_library(catalogue: Catalogue, library: str) -> None:
    module = pytest.importorskip(library)
    names = set(catalogue.entries(library)) - GONE.get(library, set()) - PLOTS
    assert {name for name in names if found(module, name) is None} <= {"newaxis"}


@pytest.mark.parametrize("library", ["numpy", "pandas"])
def test_parameters_stand_in_their_order(catalogue: Catalogue, library: str) -> None:
    module = pytest.importorskip(library)
    wrong = {}
    for name, entry in catalogue.entries(library).items():
        signature = order(found(module, name))
        if name in GONE[library] or not signature or "args" in signature:
            continue
        if name.startswith("read_") and "data" not in entry.data:
            expected = signature[:1]
        else:
            expected = signature[: len(entry.parameters)]
        if entry.parameters and list(entry.parameters)[: len(expected)] != expected:
            wrong[name] = (entry.parameters, signature[:4])
    assert wrong == {}


# methods of sparse matrices, of older versions, and of the data sets of other libraries
ELSEWHERE = {
    *("tocsr", "tocsc", "tocoo", "to_coo", "toarray", "todense"),
    *("append", "applymap", "as_matrix", "backfill", "get_values", "iteritems", "mad", "ptp"),
    *("tshift", "to_gbq", "background_gradient", "savetxt"),
    *("as_numpy_iterator", "assert_cardinality", "batch", "cache", "concatenate", "enumerate"),
    *("flat_map", "interleave", "padded_batch", "prefetch", "shard", "skip", "unbatch"),
    *("with_options", "limit"),
    *("cast_column", "push_to_hub", "remove_columns", "rename_column", "rename_columns"),
    *("save_to_disk", "set_format", "to_pandas", "train_test_split", "with_format"),
    *("cast", "collect", "drop_nulls", "groupBy", "group_by", "lazy", "printSchema"),
    *("randomSplit", "show", "to_arrow", "to_series", "vstack", "with_column", "with_columns"),
    *("with_row_count", "with_row_index", "write_csv", "write_parquet"),
    *("drop_after", "drop_before", "slice_intersect", "slice_n_points_after"),
    *("slice_n_points_before", "split_after", "split_before"),
}
REDUCTIONS = (
    *("mean", "nanmean", "median", "nanmedian", "std", "var", "nanstd", "nanvar"),
    *("min", "max", "amin", "amax", "nanmin", "nanmax", "ptp", "sum", "prod"),
    *("any", "all", "argmax", "argmin", "count_nonzero"),
)
ROWS = np.arange(24.0).reshape(6, 4)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_go_along_the_axis_that_is_named(catalogue: Catalogue, name: str) -> None:
    entry = catalogue.find(f"numpy.{name}")
    assert entry is not None
    assert (entry.kind, entry.along) == ("reduce", "axis")
    assert np.shape(getattr(np, name)(ROWS, **{str(entry.along): 0})) == (4,)
    assert np.shape(getattr(np, name)(ROWS, **{str(entry.along): 1})) == (6,)


@pytest.mark.parametrize(
    ("kind", "call", "keeps"),
    [
        ("same", "clip", lambda function: function(ROWS, 2, 9)),
        ("same", "log1p", lambda function: function(ROWS)),
        ("same", "digitize", lambda function: function(ROWS[:, 0], [3, 9])),
        ("same", "where", lambda function: function(ROWS > 3, ROWS, 0)),
        ("same", "column_stack", lambda function: function([ROWS, ROWS])),
        ("same", "hstack", lambda function: function([ROWS, ROWS])),
        ("same", "cumsum", lambda function: function(ROWS, axis=0)),
        ("reorder", "sort", lambda function: function(ROWS, axis=0)),
        ("index", "argsort", lambda function: function(ROWS[:, 0])),
        ("index", "arange", lambda function: function(len(ROWS))),
    ],
)
def test_what_keeps_rows_keeps_their_number(
    catalogue: Catalogue, kind: str, call: str, keeps: Callable[[Any], Any]
) -> None:
    entry = catalogue.find(f"numpy.{call}")
    assert entry is not None
    assert entry.kind == kind
    assert len(keeps(getattr(np, call))) == len(ROWS)


@pytest.mark.parametrize(
    ("kind", "call", "makes"),
    [
        ("concat", "concatenate", lambda function: function([ROWS, ROWS])),
        ("concat", "vstack", lambda function: function([ROWS, ROWS])),
        ("concat", "append", lambda function: function(ROWS, ROWS, axis=0)),
        ("duplicate", "repeat", lambda function: function(ROWS, 2, axis=0)),
        ("duplicate", "tile", lambda function: function(ROWS, (2, 1))),
    ],
)
def test_what_adds_rows_adds_them(
    catalogue: Catalogue, kind: str, call: str, makes: Callable[[Any], Any]
) -> None:
    entry = catalogue.find(f"numpy.{call}")
    assert entry is not None
    assert entry.kind == kind
    assert len(makes(getattr(np, call))) == 2 * len(ROWS)


DRAWS = {
    "rand": (9,),
    "randn": (9,),
    "randint": (1000, None, 9),
    "random": (9,),
    "random_sample": (9,),
    "choice": (1000, 9),
    "permutation": (99,),
    "normal": (0, 1, 9),
    "uniform": (0, 1, 9),
    "poisson": (99, 9),
    "multivariate_normal": ([0, 0], [[1, 0], [0, 1]]),
    "dirichlet": ([1, 1, 1],),
}


@pytest.mark.parametrize("name", sorted(DRAWS))
def test_draws_of_numpy_follow_its_seed(catalogue: Catalogue, name: str) -> None:
    results = []
    for seed in (1, 1, 2):
        np.random.seed(seed)
        results.append(np.asarray(getattr(np.random, name)(*DRAWS[name])))
    assert np.array_equal(results[0], results[1])
    assert not np.array_equal(results[1], results[2])
    entry = catalogue.find(f"numpy.random.{name}")
    assert entry is not None
    assert (entry.kind, entry.generators, entry.seed) == ("draw", ("numpy",), None)


def test_draws_of_python_follow_its_seed(catalogue: Catalogue) -> None:
    results = []
    for seed in (1, 1, 2):
        random.seed(seed)
        results.append([random.random(), random.randint(0, 999), random.gauss(0, 1)])
    assert results[0] == results[1] != results[2]
    for name in ("random", "randint", "gauss", "shuffle", "sample", "choice"):
        entry = catalogue.find(f"random.{name}")
        assert entry is not None
        assert (entry.kind, entry.generators) == ("draw", ("python",))
    generator = catalogue.find("random.Random")
    assert generator is not None
    assert generator.kind == "generator"


def test_methods_belong_to_some_value(catalogue: Catalogue) -> None:
    pandas, torch = pytest.importorskip("pandas"), pytest.importorskip("torch")
    homes = [
        pandas.DataFrame,
        pandas.Series,
        pandas.Series.str,
        pandas.Series.dt,
        pandas.core.groupby.DataFrameGroupBy,
        np.ndarray,
        np.random.Generator,
        torch.Tensor,
        pandas.plotting.PlotAccessor,
    ]
    known = {name for home in homes for name in dir(home)}
    assert set(catalogue.methods()) - known <= ELSEWHERE


@pytest.mark.parametrize("name", ["mean", "median", "std", "var", "min", "max", "sum", "nunique"])
def test_reducing_methods_go_along_their_first_argument(catalogue: Catalogue, name: str) -> None:
    pandas = pytest.importorskip("pandas")
    entry = catalogue.method(name)
    assert entry is not None
    assert (entry.kind, entry.parameters[:1], entry.along) == ("reduce", ("axis",), "axis")
    table = pandas.DataFrame(ROWS)
    assert len(getattr(table, name)(axis=0)) == 4
    assert len(getattr(table, name)(axis=1)) == 6


@pytest.mark.parametrize("name", ["head", "dropna", "drop_duplicates", "sample", "nlargest"])
def test_choosing_methods_never_add_rows(catalogue: Catalogue, name: str) -> None:
    pandas = pytest.importorskip("pandas")
    entry = catalogue.method(name)
    assert entry is not None
    assert entry.kind == "subset"
    table = pandas.DataFrame(np.vstack([ROWS, ROWS[:2], np.full((1, 4), np.nan)]))
    arguments = {"nlargest": (2, 0)}.get(name, ())
    assert set(getattr(table, name)(*arguments).index) < set(table.index)


def test_samples_of_tables_follow_the_seed_of_numpy(catalogue: Catalogue) -> None:
    pandas = pytest.importorskip("pandas")
    entry = catalogue.method("sample")
    assert entry is not None
    assert (entry.seed, entry.random, entry.generators) == ("random_state", "always", ("numpy",))
    signature = order(pandas.DataFrame.sample)
    assert signature is not None
    assert list(entry.parameters) == signature[: len(entry.parameters)]
