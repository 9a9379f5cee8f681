"""What the interpreter knows of a value: rows, influences, predictions, identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlaudit.flow.regions import NO_ROWS, Rows, union
from mlaudit.model.frozen import entity, field, frozen, replace
from mlaudit.trace.events import Effect, Kind

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Mapping

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.functions import Frame
    from mlaudit.flow.selectors import Selector
    from mlaudit.flow.state import Scope
    from mlaudit.source.document import Document, Place
    from mlaudit.trace.columns import Columns, Moved
    from mlaudit.trace.events import (
        CrossValidate,
        Evaluate,
        Fit,
        Influence,
        Model,
        Ordered,
        Rescaled,
    )

    Scores = tuple[Evaluate | CrossValidate, ...]
    Flag = tuple[str, Hashable, Rows]

E = TypeVar("E")
MOST_INFLUENCES = 48
ORIGINAL = "original"
FREQUENCIES = "class frequencies"
TRIAL = "trial"  # the kind of what a study keeps of its best trial: settings, and their score


class Value:
    """Anything that a name may stand for."""

    __slots__ = ()


@frozen
class Constant(Value):
    """A literal, or what literals make."""

    value: Hashable


@entity
class Prediction:
    """What a model said of rows; `trained` once a loss of it has reached `backward`.

    `made_in` are the loops that ran when it was made, `cut_in` those in which a threshold cut it.
    `mixed` says that it went into arithmetic, as for the mean of several; `chosen_by` are the
    evaluations whose numbers chose the model or its settings.  `ahead` says that it goes on from
    what the model learnt: its rows are those of the answers that it is judged by.  `turn` tells the
    run of the call apart: in one there speaks one of the models that it may be, and no two.
    `frames` are the calls that ran when it was made, in which the rows go by the name `variable`.
    A network was called with what is spelt `given` there, and `met_by` are the operations in which
    its predictions met labels.
    """

    model: Model
    owner: Value
    fits: tuple[Fit, ...]
    rows: Rows
    influences: tuple[Influence, ...]
    method: str
    place: Place
    variable: str = ""
    trained: bool = False
    parts: dict[Selector, Prediction] = field(default_factory=dict)
    made_in: frozenset[int] = frozenset()
    cut_in: set[int] = field(default_factory=set)
    mixed: bool = False
    chosen_by: tuple[Evaluate | CrossValidate, ...] = ()
    ahead: bool = False
    turn: Hashable = None
    frames: tuple[Frame, ...] = ()
    given: str = ""
    met_by: set[str] = field(default_factory=set)

    def of_some(self, select: Selector) -> Prediction:
        """The same prediction of some of the rows only; asked twice, it is the same object."""
        part = self.parts.get(select)
        if part is None:
            part = self.parts[select] = replace(self, trained=False, parts={})
        part.fits, part.rows = self.fits, self.rows.select(select)
        part.influences = self.influences
        return part


@frozen
class Results:
    """The scores in each column of a table of them, and in each row; None where that is unknown.

    `by` are those that the table is sorted by, None where it is not; `falling` as for a list.
    """

    columns: Mapping[Hashable, Scores] | None = None
    rows: Mapping[Hashable, Scores] | None = None
    by: Scores | None = None
    falling: bool | None = None

    @property
    def turned(self) -> Results:
        """The same table with its rows as columns."""
        return Results(self.rows, self.columns)

    @property
    def sorted_only(self) -> Results | None:
        """What is left to know of a single column: in which order its rows stand."""
        return Results(by=self.by, falling=self.falling) if self.by is not None else None

    def named(self, names: tuple[Hashable, ...]) -> Results:
        """Give the columns other names, place by place."""
        before = list((self.columns or {}).values())
        known = len(names) == len(before)
        return Results(dict(zip(names, before, strict=True)) if known else None, by=self.by)

    def joined(self, other: Results) -> Results:
        """Unite the scores of each column with those of another table's."""
        one, two = self.columns, other.columns
        if one is None or two is None:
            return Results()
        united = {key: _united([one.get(key, ()), two.get(key, ())]) for key in {**one, **two}}
        return Results(united, by=self.by if self.by == other.by else None)


@frozen
class Data(Value):
    """A table, column, array, tensor, loader, number or anything else that data flows through.

    `kind` is table, column, array, transposed (an array that holds the rows as its columns),
    loader, index, mask, group, window, thresholds (of a curve), classes (a score for each of them),
    scalar or unknown.  `table` is the
    identity of the loaded table that columns are known of; `name` the column's name.  `select` says
    which rows this value chooses when it indexes another, `order` what told that they stand in the
    order of time.
    `scores` are the evaluations whose numbers are in it, `chosen_by` those whose numbers chose it.
    `units` are those that its values were brought to, if any, `target` the labels that a data set
    holds beside its features, `by` the columns known to be in the key of groups.  Predictions are
    `decided` once a bound has cut them, or the highest was taken: they are classes then.
    `constants` are columns with one value for all rows of a data set; of a column itself, "".
    `flags` tell that value, and of which rows.  Those `by_chance` were written over with their own
    values in another order.  Those that are `whole` have no gaps; lists of them stand there by
    their names.  Values of rows that lie so many `later` were moved to earlier ones, and are those
    of no other rows.  `results` tell where the scores of a table stand.  A column that a known step
    was added to is `moved`.  Rows that stand as columns are `turned`; None where nobody knows.
    """

    kind: str = "unknown"
    rows: Rows = NO_ROWS
    influences: tuple[Influence, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    scores: tuple[Evaluate | CrossValidate, ...] = ()
    columns: Columns | None = None
    table: Hashable = None
    name: str | None = None
    select: Selector | None = None
    label: bool = False
    order: Ordered | None = None
    chosen_by: tuple[Evaluate | CrossValidate, ...] = ()
    units: Rescaled | None = None
    target: Data | None = None
    by: frozenset[str] = frozenset()
    decided: bool = False
    constants: frozenset[str] = frozenset()
    flags: tuple[Flag, ...] = ()
    by_chance: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    later: int = 0
    results: Results | None = None
    moved: Moved | None = None
    turned: bool | None = False

    def but(self, **changes: object) -> Data:
        """Copy with changes."""
        raise NotImplementedError


@frozen
class Symbol(Value):
    """A module, class or function of a library, by qualified name."""

    name: str


@frozen
class Function(Value):
    """A function of the program with the scope that it closes over; `this` for bound methods."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    document: Document
    this: Value | None = None
    owner: Class | None = None


@frozen
class Class(Value):
    """A class of the program."""

    node: ast.ClassDef
    scope: Scope
    document: Document
    bases: tuple[Value, ...] = ()


@frozen
class ProjectModule(Value):
    """A file of the project, executed."""

    name: str
    scope: Scope


@frozen
class Method(Value):
    """A method of a value that is not a function of the program."""

    receiver: Value
    name: str


@frozen
class Partial(Value):
    """A callable with some of its arguments given."""

    target: Value
    positional: tuple[Value, ...]
    named: tuple[tuple[str, Value], ...]


@frozen
class Sequence(Value):
    """A list, tuple or set: its items by position, or one `rest` for all that is not told apart.

    One that is ranked was sorted `by` these scores, or by any that it holds where there are none;
    it begins with the highest if it is `falling`, or None where that is not known.
    """

    items: tuple[Value, ...] = ()
    rest: Value | None = None
    way: str = "list"
    by: Scores = ()
    falling: bool | None = None


@frozen
class Dictionary(Value):
    """A dict with literal keys, and one `rest` for all other values.

    `chosen_by` are the evaluations whose numbers chose it as a whole.
    """

    items: Mapping[Hashable, Value] = field(default_factory=dict)
    rest: Value | None = None
    chosen_by: tuple[Evaluate | CrossValidate, ...] = ()


@frozen
class Instance(Value):
    """An object of a class of the program; `estimator` when it is used as a model."""

    owner: Class
    attributes: Mapping[str, Value] = field(default_factory=dict)
    estimator: Value | None = None


@frozen
class Estimator(Value):
    """A library object that is built with settings and used through methods.

    `chosen_by` are the evaluations whose numbers chose it or its settings.
    """

    model: Model
    entry: Entry
    fits: tuple[Fit, ...] = ()
    influences: tuple[Influence, ...] = ()
    inner: tuple[Value, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)
    attributes: Mapping[str, Value] = field(default_factory=dict)
    key: Hashable = None
    node: ast.AST | None = None
    positional: tuple[Value, ...] = ()
    chosen_by: tuple[Evaluate | CrossValidate, ...] = ()


@frozen
class Tuner(Value):
    """A study that tries settings of a function; `chosen_by` are the numbers it goes by."""

    function: Value | None = None
    chosen_by: tuple[Evaluate | CrossValidate, ...] = ()


@frozen
class Ref(Value):
    """An address of the heap."""

    address: int


@frozen
class Choice(Value):
    """One of several mutable things, depending on the path taken if `parted`, or on the turn."""

    options: tuple[Value, ...]
    parted: bool = False


Data.but = Data.__replace__  # type: ignore[attr-defined,method-assign]

CONSTANT = "constant"  # the units of a column that has one number in all rows
ANY = "*"  # stands for the unknown part of a computed name
UNKNOWN = Data()
SCALAR = Data("scalar")
EMPTY = Data("array")  # this very object is a table without rows, into which nothing was written
NONE = Constant(None)


def merge_influences(*groups: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Unite influences, the strongest of each place and kind."""
    if not any(groups):
        return ()
    filled = [group for group in groups if group]
    if len(filled) == 1 or (len(filled) == 2 and filled[0] is filled[1]):
        return filled[0]
    found: dict[tuple[object, ...], Influence] = {}
    for group in filled:
        for influence in group:
            column, turned = influence.column, influence.turned
            key = (influence.place, influence.kind, influence.rows, column, turned)
            known = found.setdefault(key, influence)
            if known is influence:
                continue
            if influence.units != known.units:
                units = _units_of_both(known, influence)
                known, influence = replace(known, units=units), replace(influence, units=units)
                found[key] = known
            if influence.strength > known.strength:
                found[key] = influence
            elif known.source != influence.source and known.operation != influence.operation:
                found[key] = replace(known, source=None)  # made of two statistics, it is neither
    kept = tuple(found.values())
    return kept if len(kept) <= MOST_INFLUENCES else _of_any_column(kept)[:MOST_INFLUENCES]


def summed_up(before: tuple[Influence, ...], made: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Give what shapes a statistic: those made, and of earlier ones what they do not speak for.

    A plain statistic of no other rows, as a fill value is, reaches a score only by way of the later
    one, and hardly: a reader who mends that one has mended both.
    """
    rows = [influence.rows for influence in made if influence.kind is Kind.STATISTIC]
    left = tuple(i for i in before if not (_plain(i) and any(map(i.rows.within, rows))))
    return merge_influences(left if rows else before, made)


def _plain(influence: Influence) -> bool:
    high = influence.effect is Effect.HIGH
    return influence.kind is Kind.STATISTIC and not (influence.supervised or high)


def _of_any_column(influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Say of statistics that reach several columns that they may reach any."""
    found: dict[tuple[object, ...], Influence] = {}
    for influence in influences:
        key = (influence.place, influence.kind, influence.rows, influence.turned)
        known = found.setdefault(key, influence)
        if known.column != influence.column:
            units = _units_of_both(known, influence)
            found[key] = replace(max(known, influence, key=_strength), column=None, units=units)
    return tuple(found.values())


def _units_of_both(one: Influence, other: Influence) -> str:
    """Tell what two uses of a statistic leave together: a shift and a stretch only scale."""
    if {one.units, other.units} == {"shifted", "scaled"}:
        return "scaled"
    return one.units if one.units == other.units else ""


def _strength(influence: Influence) -> tuple[int, bool]:
    return influence.strength


def weakened(influence: Influence) -> Influence:
    """What only fills gaps moves little, unless the labels took part in it."""
    if influence.supervised or influence.kind is not Kind.STATISTIC:
        return influence
    return replace(influence, effect=Effect.LOW)


def filling(table: Data, influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """What only fills gaps moves little, and nothing where the same has filled them before."""
    low = (i for i in table.influences if i.effect is Effect.LOW and i.units != CONSTANT)
    before = set(map(_fill, low))
    return tuple(i for i in map(weakened, influences) if _fill(i) not in before)


def _fill(influence: Influence) -> tuple[object, ...]:
    return (influence.statistic, influence.operation, influence.rows, influence.source)


def in_column(influences: tuple[Influence, ...], name: str | None) -> tuple[Influence, ...]:
    """Say that influences reach one column of a table only; None lifts that."""
    if not any(influence.column != name for influence in influences):
        return influences
    return tuple(replace(influence, column=name) for influence in influences)


def of_columns(
    influences: tuple[Influence, ...], names: frozenset[str], without: bool = False
) -> tuple[Influence, ...]:
    """Keep the influences that reach some columns, or (`without`) that reach any other.

    Which columns hold values of later rows, only the columns of a table tell.
    """
    return tuple(
        influence
        for influence in influences
        if (influence.column is None or _among(influence.column, names, without) is not without)
        and influence.kind is not Kind.LOOK_AHEAD
    )


def _among(column: str, names: frozenset[str], surely: bool) -> bool:
    """Say whether a column is, or unless that must be sure may be, one of some."""
    if column in names or surely or ANY not in column:
        return column in names
    return any(_may_be(column, name) for name in names)


def _may_be(pattern: str, name: str) -> bool:
    """Compare how a computed name begins and ends with another name, which may be computed too."""
    start, end = _ends(pattern)
    if ANY not in name:
        return name.startswith(start) and name.endswith(end)
    first, last = _ends(name)
    begun = start.startswith(first) or first.startswith(start)
    return begun and (end.endswith(last) or last.endswith(end))


def _ends(pattern: str) -> tuple[str, str]:
    return pattern.partition(ANY)[0], pattern.rpartition(ANY)[2]


def combine(values: list[Data], kind: str | None = None) -> Data:
    """Join what flows together in an expression: rows, influences, predictions and scores unite."""
    if len(values) == 1 and kind in (None, values[0].kind):
        return values[0].but(
            columns=None, table=None, name=None, select=None, decided=False, whole=frozenset()
        )
    label = bool(values) and all(value.label for value in values)
    units = values[0].units if len(values) == 1 else None
    kind = kind or (values[0].kind if values else "unknown")
    values = [
        v
        for v in values
        if v.rows.terms or v.influences or v.predictions or v.scores or v.chosen_by
    ]
    if not values:
        return Data(kind, label=label, units=units)
    return Data(
        kind,
        union([value.rows for value in values]),
        merge_influences(*[value.influences for value in values]),
        _united([value.predictions for value in values])[:MOST_INFLUENCES],
        _united([value.scores for value in values]),
        label=label,
        chosen_by=_united([value.chosen_by for value in values]),
        units=units,
        turned=_way_round(values),
    )


def _way_round(values: list[Data]) -> bool | None:
    """Say whether the rows of several things stand as columns; single columns fit to any."""
    ways = {value.turned for value in values if value.rows.terms}
    if len(ways) > 1:
        ways = {value.turned for value in values if value.rows.terms and value.kind != "column"}
    return ways.pop() if len(ways) == 1 else None if ways else False


def _united(groups: list[tuple[E, ...]]) -> tuple[E, ...]:
    """Join groups of things, each thing once; mostly all groups but one are empty."""
    if not any(groups):
        return ()
    filled = [group for group in groups if group]
    if len(filled) > 1:
        return tuple(dict.fromkeys(thing for group in filled for thing in group))
    return filled[0] if filled else ()
