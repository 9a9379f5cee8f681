"""What calls of catalogued names do to rows, by the kind of their entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import (
    among,
    building,
    checkpoints,
    choices,
    compared,
    containers,
    duplicates,
    estimators,
    evaluation,
    files,
    fitting,
    gapless,
    growth,
    merging,
    networks,
    operands,
    order,
    pieces,
    ranges,
    reading,
    records,
    removing,
    results,
    scaling,
    sinks,
    sources,
    splits,
    stacking,
    statistics,
    tables,
    tuning,
    turning,
)
from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import (
    EMPTY,
    FREQUENCIES,
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Instance,
    Sequence,
    Value,
    combine,
    merge_influences,
    summed_up,
)
from mlaudit.syntax.spelling import shortened
from mlaudit.trace.events import Draw, Seed, Weigh

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter


_CURVES = frozenset({"plot", "lineplot", "step", "semilogx", "semilogy"})
_MARKS = frozenset({"plot", "scatter", "scatterplot"})
_MEANS = frozenset({"mean", "average", "median", "nanmean"})
_REORDERS = frozenset({"permutation", "permuted", "randperm", "shuffle"})
_GAPS = frozenset({"isnull", "isna", "notnull", "notna"})
_MASKS = frozenset({"isin", "in1d"})
_OPPOSITES = frozenset({"logical_not", "invert", "bitwise_not"})
_CHOICES = frozenset({"choice", "choices", "sample"})


def call(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Call a catalogued function or class."""
    if entry.kind in {"seed", "draw"}:
        _draws(run, name, entry, arguments)
    if run.written or run.loops:
        stored = files.read(run, name, arguments)
        if stored is not None:
            return stored
    if entry.kind == "store":
        files.write(run, name, None, arguments)
    handler = _KINDS.get(entry.kind)
    if handler is None:
        return unknown(run, name, entry, arguments)
    made = scaling.called(handler(run, name, entry, arguments), name, entry)
    last = name.rpartition(".")[2]
    if last in turning.MOVING and isinstance(made, Data):
        return turning.moved(run, made, last, arguments.without_first())
    return made


def unknown(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Rows and influences of all arguments, and nothing computed."""
    data = carried(run, entry, arguments)
    return combine(data) if data else Data("scalar")


def carried(run: Interpreter, entry: Entry, arguments: Arguments) -> list[Data]:
    """The arguments that carry data."""
    if entry.data:
        values = [
            value
            for position, name in enumerate(entry.parameters or entry.data)
            if name in entry.data and (value := arguments.get(name, position)) is not None
        ]
    else:
        values = arguments.values()
    found = [run.data(value) for value in values or arguments.values()]
    return [
        d
        for d in found
        if d.rows.terms or d.influences or d.predictions or d.scores or d.select or d.chosen_by
    ]


def _same(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    first = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    if isinstance(first, Estimator | Instance):
        return run.state.allocate(first)
    if isinstance(first, Dictionary | Sequence) and name == "copy.deepcopy":
        return containers.copied(run, first)
    if name == "pandas.merge":
        return merging.function(run, arguments)
    if entry.outputs > 1 and len(arguments.positional) > 1:
        return Sequence(tuple(map(run.data, arguments.positional)), way="tuple")
    data = carried(run, entry, arguments)
    if not data:
        if not arguments.nodes and not arguments.spread:
            return EMPTY
        given = isinstance(first, Constant | Data) and arguments.positional
        return first if given else results.made(run, name, arguments, Data("array"))
    mask = _mask(run, shortened(name).rpartition(".")[2], data, arguments)
    if mask is not None:
        return mask
    if name.endswith("to_datetime"):
        order.timed(run, data[0], arguments)
    units = growth.units(run, name, entry, arguments, data[0].units)
    if isinstance(first, Data) and len(data) == 1 and data[0] is first:
        return first.but(units=units, whole=gapless.wrapped(first, name))
    one = len(data) == 1
    joined = combine(operands.together(run, name, data, arguments))
    joined = joined.but(units=units if one else None)
    joined = results.made(run, name, arguments, joined) if joined.scores else joined
    if name == "numpy.where" and cuts(run, arguments):
        joined = joined.but(decided=True)
    joined = records.in_columns(run, name, first, joined)
    if isinstance(first, Dictionary):
        return joined.but(kind="table")
    if not arguments.positional and joined.kind == "index":
        return joined.but(kind="array")  # a table made for the rows of an index
    return joined


def _mask(run: Interpreter, name: str, data: list[Data], arguments: Arguments) -> Value | None:
    """Make a mask of gaps, of the values that are among others, or of where another is not."""
    if name in _GAPS and len(data) == 1:
        return tables.gaps(data[0], name)
    if name in _OPPOSITES and data[0].select is not None:
        return compared.opposite(run, data[0], run.text(arguments.node))
    return among.by_function(run, combine(data, "mask"), arguments) if name in _MASKS else None


def _through(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    return arguments.get(entry.parameters[0], 0) or UNKNOWN


def _network(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Make a network; what wraps one stands for the network itself."""
    if name.endswith(".load_model"):
        checkpoints.loaded(run, arguments)
    if entry.wraps is not None:
        inner = run.load(arguments.get(entry.wraps, 0) or UNKNOWN)
        if isinstance(inner, Instance) or networks.is_whole(inner):
            return run.state.allocate(inner)
    return building.build(run, name, entry, arguments)


def _statistic(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    data = carried(run, entry, arguments)
    if not data and arguments.positional and name.startswith("sklearn."):
        first = run.rows_of(arguments.positional[0], arguments.nodes.get(0))
        data = [first] if first.rows.terms else []
    if not data:
        return Data("array")
    return statistics.told(run, combine(data), shortened(name), entry, arguments)


def _removed(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Take rows away at positions; of other values that one array lacks, what rows is not told."""
    if name.endswith("setdiff1d"):
        first = run.data(arguments.get("ar1", 0) or UNKNOWN)
        if first.kind not in {"index", "mask"} or len(arguments.positional) < 2:
            return _reduce(run, name, entry, arguments)
    return removing.removed(run, name, entry, arguments)


def _common(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Take the positions that two arrays share; of other values, what rows is not told."""
    shared = removing.common(run, arguments.node, [*map(run.data, arguments.positional)])
    return _reduce(run, name, entry, arguments) if shared is None else shared


def _reduce(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    data = carried(run, entry, arguments)
    if entry.statistic == FREQUENCIES:  # of whatever rows
        run.emit(Weigh, arguments.node, rows=combine(data, "scalar").rows)
    if not data:
        return Data("scalar")
    if name == "numpy.unique" and (each := among.distinct(data[0], arguments)) is not None:
        return each
    wrong = shortened(name).rpartition(".")[2] in _MEANS and any(d.kind == "error" for d in data)
    joined = combine(data, "error" if wrong else "scalar")
    if joined.scores and containers.alone(run, arguments):
        return Data("scalar", scores=joined.scores)
    listed = operands.side_by_side(run, arguments)
    across = turning.across(run, entry, arguments)
    if across or (listed and not joined.scores and not joined.predictions):
        decided = decides(joined, name)
        kept = joined.but(kind="column" if decided else "array", decided=decided)
        return statistics.told(run, kept, shortened(name), entry, arguments) if across else kept
    first = turning.seen(run, data[0], entry, arguments, crosses=False)
    return reduced(run, arguments.node, joined, shortened(name), entry, first)


def decides(data: Data, name: str) -> bool:
    """Say whether the highest of the predictions of each row is taken."""
    return name.rpartition(".")[2] == "argmax" and bool(data.predictions)


def cuts(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether bounds of predictions pick one of some constants, in turn perhaps."""
    given = [run.load(value) for value in arguments.positional]
    bounds, picked = given[:1], given[1:]
    decided = all(isinstance(each, Data) and each.decided for each in bounds)
    return (
        bool(picked)
        and decided
        and all(
            isinstance(each, Constant) or (isinstance(each, Data) and each.decided)
            for each in picked
        )
    )


def reduced(
    run: Interpreter, node: ast.AST, joined: Data, operation: str, entry: Entry, first: Data
) -> Data:
    """Reduce data to a number: of scores a score, of predictions a metric, of rows a statistic."""
    if joined.predictions and (joined.kind == "error" or not joined.scores):
        score = evaluation.custom(run, node, joined, operation)
        if score is not None:
            return score
    if joined.scores:
        if operation.rsplit(".", 1)[-1] in evaluation.CHOOSING and sinks.chooses(run, first):
            sinks.select(run, joined, node, f"{operation} of the scores is taken")
        return Data("scalar", scores=joined.scores)
    if joined.predictions and joined.kind != "error":
        for prediction in joined.predictions:
            prediction.mixed = True
        return joined.but(select=None)
    of = first if first.rows.terms else joined
    made = () if first.kind == "mask" else statistics.made(run, node, of, operation, entry)
    before = scaling.counted(joined) if entry.stateless else joined.influences
    return Data("scalar", influences=summed_up(before, made))


def _subset(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    data = carried(run, entry, arguments)
    if not data:
        return Data("array")
    if entry.name == "narrow":
        of_first = arguments.without_first()
        return pieces.narrowed(run, data[0], data[0], entry.name, of_first) or data[0]
    select = Selector("some", (id(arguments.node), run.context))
    joined = combine(data)
    if joined.kind == "index":
        return tables.chosen(joined, select)
    return joined.but(rows=joined.rows.select(select))


def _reorder(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    values = [run.data(value) for value in arguments.positional]
    if len(values) == 1:
        return values[0]
    return Sequence(tuple(values), way="tuple") if values else UNKNOWN


def _index(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    found = positions(run, arguments)
    if found == Data("array") and name == "numpy.arange":
        return found.but(select=tables.span(run, arguments))
    return found


def positions(run: Interpreter, arguments: Arguments) -> Data:
    """Positions of rows: `np.arange(len(X))`, `np.random.permutation(len(X))`."""
    first = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    if isinstance(first, Constant) and isinstance(first.value, Length):
        return Data("index", first.value.rows, select=Selector("rows", first.value.rows))
    if not isinstance(first, Data):
        return Data("array")
    return first if first.rows.terms else Data("array", influences=first.influences)


def _draw(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    return drawn(run, entry.name.rsplit(".", 1)[-1], arguments)


def drawn(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Draw at random: an order of rows, or some of them."""
    if name in _REORDERS:
        return positions(run, arguments)
    if name not in _CHOICES:
        bounds = merge_influences(*(run.data(value).influences for value in arguments.values()))
        if name == "multinomial":  # it takes shares of one whole
            bounds = tuple(i for i in bounds if not i.operation.endswith("sum"))
        return Data("array", influences=bounds, select=ranges.drawn(run, name, arguments))
    index = positions(run, arguments)
    if not index.rows.terms:
        given = arguments.positional[0] if arguments.positional else UNKNOWN
        return ranges.picked(index.but(select=run.data(given).select), arguments)
    if arguments.get("size", 1) is None and arguments.get("k", 1) is None:
        return index
    select = Selector("some", ("drawn", id(arguments.node), run.context))
    rows = index.rows.select(select)
    return index.but(rows=rows, select=Selector("rows", rows) if index.select else None)


def _draws(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> None:
    """Record that a generator is drawn from or seeded."""
    if entry.kind == "seed":
        value = arguments.positional[0] if arguments.positional else None
        fixed = (
            not isinstance(run.load(value), Constant) or run.load(value) != Constant(None)
            if value
            else False
        )
        run.emit(Seed, arguments.node, generators=entry.generators, fixed=fixed)
    else:
        for generator in entry.generators:
            run.emit(Draw, arguments.node, generator, generator=generator, function=shortened(name))


def _seed(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    return UNKNOWN if entry.default_seed else Constant(None)


def _report(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    drawn = shortened(name).rpartition(".")[2]
    curve, points = drawn in _CURVES, min(len(arguments.positional), 2 * (drawn in _MARKS))
    for position, value in enumerate(arguments.values()):
        if position < points and sinks.is_best(run, value):
            continue  # a point is marked on a curve: nobody reads how high it is
        listed = curve and isinstance(run.load(value), Sequence)
        (sinks.draw if listed else sinks.report)(run, value, arguments.node)
    return Data("scalar")


def _values(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Give values of no rows, but for an array made as long as some data is."""
    shape = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    sizes = [run.load(item) for item in shape.items] if isinstance(shape, Sequence) else [shape]
    for position, size in enumerate(sizes):
        if isinstance(size, Constant) and isinstance(size.value, Length):
            kind = "transposed" if position else "array"
            return Data(kind, size.value.rows, constants=sources.filled(name))
    chosen_by = choices.settings(run, arguments) if arguments.positional else ()
    return Data("unknown", chosen_by=chosen_by) if chosen_by else UNKNOWN


def _settings(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    items: dict[Hashable, Value] = dict(arguments.named.items())
    return run.state.allocate(Dictionary(items))


def _group(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    data = carried(run, entry, arguments)
    return combine(data, "group") if data else Data("group")


def _generator(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    return Data("generator")


# What stands in another module is called by a function, so that nothing is loaded before its turn.
_KINDS: dict[str, Callable[[Interpreter, str, Entry, Arguments], Value]] = {
    "same": lambda run, name, entry, given: ranges.between(
        run, _same(run, name, entry, given), given
    ),
    "through": _through,
    "mapping": lambda run, name, entry, given: containers.dictionary(run, given),
    "statistic": _statistic,
    "reduce": _reduce,
    "subset": _subset,
    "remove": _removed,
    "common": _common,
    "reorder": _reorder,
    "concat": stacking.concatenated,
    "duplicate": lambda run, name, entry, given: duplicates.repeated(run, name, entry, given),
    "load": reading.load,
    "archive": reading.load,
    "index": _index,
    "draw": _draw,
    "seed": _seed,
    "generator": _generator,
    "report": _report,
    "store": _values,
    "values": _values,
    "tuner": lambda run, name, entry, given: tuning.make(run, name, entry, given),
    "settings": _settings,
    "group": _group,
    "split": splits.call,
    "cross-validate": estimators.cross_validate,
    "metric": evaluation.metric,
    "curve": evaluation.metric,
    "train": fitting.train,
    "loss": lambda run, name, entry, given: networks.loss(run, name, entry, given),
    "dataset": lambda run, name, entry, given: networks.dataset(run, name, entry, given),
    "loader": lambda run, name, entry, given: networks.loader(run, name, entry, given),
    "network": _network,
    **dict.fromkeys(
        (
            "predictor",
            "transformer",
            "selector",
            "encoder",
            "resampler",
            "clusterer",
            "wrapper",
            "search",
            "pipeline",
            "splitter",
            "optimizer",
            "scheduler",
            "layer",
            "trainer",
            "callback",
        ),
        building.build,
    ),
}
