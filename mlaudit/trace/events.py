"""The events of a trace, in the field's own words.

Every event has a `place`, says whether it is `conditional` (it happens on one branch only, or in a
function that nobody calls), and belongs to the `document` of its place.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mlaudit.model.frozen import entity, field, frozen
from mlaudit.model.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlaudit.source.document import Document, Place
    from mlaudit.trace.columns import Columns
    from mlaudit.trace.guards import Guards
    from mlaudit.trace.rows import Overlap, RowSet


class Kind(StrEnum):
    """How a statistic of rows came to influence a value."""

    FIT = "fit"
    STATISTIC = "statistic"
    SELECTION = "selection"
    RESAMPLING = "resampling"
    DUPLICATION = "duplication"
    TARGET_ENCODING = "target encoding"
    LOOK_AHEAD = "look-ahead"
    PREDICTION = "prediction"


class Effect(StrEnum):
    """How much such an influence can move a score."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


_EFFECTS = tuple(Effect)


class Role(StrEnum):
    """What an estimator is used for, told by its catalogue entry or else by its use."""

    PREDICTOR = "predictor"
    TRANSFORMER = "transformer"
    RESAMPLER = "resampler"
    CLUSTERER = "clusterer"
    UNKNOWN = "unknown"


class Use(StrEnum):
    """Where the number of an evaluation goes."""

    REPORTED = "reported"
    SELECTS = "selects"


class Among(StrEnum):
    """What differs between the numbers that an evaluation gives in the turns of a loop."""

    EPOCHS = "epochs of one training"
    THRESHOLDS = "thresholds on one prediction"
    SEEDS = "seeds of one split or model"
    PORTIONS = "portions of the rows of one model"


@frozen
class Groups:
    """The groups that a statistic of `rows` was taken of: within each, the columns `by` are equal.

    `of` are the columns that it may have been taken of; None: any.  `lists` are groups that come as
    a whole to whoever predicts, as what one query found does, or what happened on one day.
    """

    by: frozenset[str]
    of: frozenset[str] | None
    rows: RowSet
    lists: bool = False


@frozen
class Influence:
    """A statistic of `rows` that took part in a value; `place` is where it was computed.

    In a table, `column` is the only column that it reached (None: any; `*` in it stands for what is
    not known of its name); `source` is the column that it was taken of, where that is known.
    `removes` says that rows were removed by it, of which `rows` are left.  `turns_of` are the loops
    of which every turn reads such rows anew: what it was taken of is a single entity.  `groups` are
    those that it was taken of, where a column of their key is known; if a division keeps them
    whole, `rows` are those of one side.  `units` are those that columns are put into by what was
    learnt: "scaled" ones are shifted and stretched, "ranked" ones keep their order, "shifted"
    moments count from another one, "constant" ones are one number.  What was looked ahead at is so
    many rows `later`.  It was taken `when` a run of the program has given such answers.  One of the
    columns of a table each by itself says whether it was `turned` round then; None: any other.
    """

    operation: str
    kind: Kind
    effect: Effect
    rows: RowSet
    place: Place
    supervised: bool = False
    statistic: str = ""
    conditional: bool = False
    column: str | None = None
    source: str | None = None
    removes: bool = False
    turns_of: frozenset[int] = frozenset()
    groups: Groups | None = None
    units: str = ""
    later: int = 0
    when: Guards = ()
    turned: bool | None = None

    @property
    def of_one_side(self) -> bool:
        """Whether rows were divided so that each side has whole groups of its own."""
        return self.groups is not None and self.groups.rows != self.rows

    @property
    def strength(self) -> tuple[int, bool]:
        """Order influences by how much they can move a score."""
        return _EFFECTS.index(self.effect), self.supervised


@frozen
class Rescaled:
    """Values are in other units: `how` is scaled or log, or growth since other rows, as returns."""

    how: str
    place: Place


@entity
class Argument:
    """An argument of a call: its source text, and its value where the analysis knows it.

    `inline` says that the value is a literal at the call itself.
    """

    text: str
    value: object = None
    known: bool = False
    inline: bool = False


@entity
class Model:
    """An estimator, network or pipeline that the program builds.

    `scores_read` says that the program reads what its own search or validation has measured.
    `home` is the document that has the class of a network, if the program has one.  `units` are
    those that it puts columns into.  To an `ordinal` one only the order of a column's values
    counts, an `affine` one predicts the same however columns are shifted and stretched.  One of
    `no_use` is asked which rows are of a test, or labels by chance; which is `left_open` is unsure.
    """

    name: str
    qualified: str
    place: Place
    role: Role = Role.UNKNOWN
    task: str | None = None
    variable: str | None = None
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    steps: tuple[Model, ...] = ()
    scores_read: bool = False
    home: Document | None = None
    units: str = ""
    ordinal: bool = False
    affine: bool = False
    no_use: bool | None = None
    left_open: bool = False

    @property
    def rescales(self) -> bool:
        """Whether it, the model that it tries, or its first step puts columns into own units."""
        leads = len(self.steps) == 1 or (self.steps and "ipeline" in self.name)
        return self.units == "scaled" or (bool(leads) and self.steps[0].rescales)

    @property
    def compares_only(self) -> bool:
        """Whether only the order of a column's values counts to it and all predictors in it."""
        inner = [step for step in self.steps if step.role is not Role.TRANSFORMER]
        return all(step.compares_only for step in inner) if inner else self.ordinal

    @property
    def ignores_features(self) -> bool:
        """Whether the model is a baseline that no feature can influence."""
        return self.name.startswith("Dummy")


@entity
class Event:
    """Something that happened to data or models, `when` a run has given such answers."""

    place: Place
    conditional: bool = field(default=False, kw_only=True)
    when: Guards = field(default=(), kw_only=True)

    @property
    def all_rows(self) -> Iterator[RowSet]:
        """All rows that the event has to do with."""
        rows: RowSet | None = getattr(self, "rows", None)
        if rows is not None:
            yield rows


@entity
class Load(Event):
    """Rows enter the program."""

    reader: str
    source: str
    rows: RowSet


@entity
class Alias(Event):
    """Rows that go by one name get another as well."""

    rows: RowSet
    name: str
    other: str


@entity
class Cut(Event):
    """Rows that were chosen by hand get a name such as `X_test`, which calls them a part."""

    rows: RowSet
    name: str


@entity
class Beside(Event):
    """A function was asked by name for validation rows; asked for `name`, it gives others."""

    rows: RowSet
    name: str


@entity
class Split(Event):
    """Rows are divided; `arguments` are those of the call, `folds` says that parts take turns.

    `order` is what told that the rows stand in the order of time.  What is only `cut` draws
    none.  One `in_trials` of a study is made in each.  `likewise` are the parts of other arrays.
    It is made in turns of the `loops`.
    """

    function: str
    rows: RowSet
    parts: tuple[RowSet, ...]
    outputs: tuple[str, ...] = ()
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    arrays: tuple[str, ...] = ()
    folds: bool = False
    order: Ordered | None = None
    cut: bool = False
    in_trials: bool = False
    likewise: tuple[RowSet, ...] = ()
    loops: frozenset[int] = frozenset()

    @property
    def all_rows(self) -> Iterator[RowSet]:
        """The rows and their parts."""
        yield self.rows
        yield from self.parts

    @property
    def named_parts(self) -> Iterator[tuple[RowSet, tuple[str, ...]]]:
        """Give the parts, each with the names that it goes by; none where they cannot be told."""
        count = len(self.parts)
        told = len(self.outputs) == count * max(len(self.arrays), 1)
        for position, part in enumerate(self.parts):
            yield part, self.outputs[position::count] if told else ()


@entity
class Fit(Event):
    """An estimator learns from rows.

    `influences` had reached the features or the target before; `features` and `target` name the
    columns where known; `target_rows` are those of the target (None: without one).  `listed` are
    the names of the features, whatever the target is, where all are known.  `goes_on` says that the
    model keeps what it has learnt, `target_ahead` that the target is of later rows, as in
    forecasting.  The targets of `guessed` are predictions.  `weights` are those of the classes,
    made from the counts of `counted`.  `held_back` is the argument that sets the last rows apart.
    A network that is asked to give its inputs back, and for nothing else, learns `of_itself`.
    """

    model: Model
    operation: str
    rows: RowSet
    target_rows: RowSet | None = None
    influences: tuple[Influence, ...] = ()
    features: Columns | None = None
    target: str | None = None
    variable: str = ""
    goes_on: bool = False
    target_ahead: bool = False
    guessed: RowSet | None = None
    weights: Argument | None = None
    counted: RowSet | None = None
    held_back: Place | None = None
    listed: frozenset[str] | None = None
    of_itself: bool = False


@entity
class Evaluate(Event):
    """A model's predictions on rows are judged (metric None: only predicted).

    `fits` are the trainings of the model that the predictions come from.  `prediction` is how it
    was made: predict, predict_proba, decision_function.  `judges` is what the metric takes: labels,
    scores, probabilities, values; `blend` says that it may get a mixture of predictions.  `among`
    says between what its numbers choose, if so, and `given` are the evaluations whose numbers
    shaped what is judged, as the best threshold does; those of `chosen_by` chose the model or its
    settings.  `units` are those of the labels where not the original ones.  `in_loop` says that it
    runs in a loop, `answers` are the rows of the labels, if known.  Nobody looks at `unread`
    predictions.  Those `decided` are classes, by a bound or the highest number of a row.
    `best_told` says that the number is told where it chose to be best, as the highest point of a
    curve.  `swapped` is the call that mixes up labels and predictions, `given_at` one that brings
    predictions, but not their model, to what judges them.  One told of each trial of a study alone
    is `of_trials`, one `drawn` only as a point of a curve.  Nothing but files hangs on a best
    number `saved`.  The outermost call names the rows `outside`, `within` are predicting functions.
    Its number is told `told_when` a run has given such answers, and chooses `chosen_when`.
    It is `averaged` over classes or rows in the way that a text names.
    """

    __slots__ = ("__dict__",)  # where cached properties are kept

    model: Model
    metric: str | None
    rows: RowSet
    fits: tuple[Fit, ...] = ()
    influences: tuple[Influence, ...] = ()
    uses: set[Use] = field(default_factory=set)
    predicted_at: Place | None = None
    prediction: str = "predict"
    swapped: Place | None = None
    variable: str = ""
    reported_at: Place | None = None
    selected_at: Place | None = None
    selected_by: str = ""
    internal: str | None = None
    judges: str = ""
    blend: bool = False
    among: Among | None = None
    given: tuple[Evaluate, ...] = ()
    chosen_by: tuple[Evaluate | CrossValidate, ...] = ()
    units: Rescaled | None = None
    in_loop: bool = False
    answers: RowSet | None = None
    unread: bool = False
    decided: bool = False
    best_told: bool = False
    given_at: Place | None = None
    outside: str = ""
    within: tuple[str, ...] = ()
    of_trials: bool = False
    drawn: bool = False
    saved: bool = False
    told_when: Guards = ()
    chosen_when: Guards = ()
    averaged: str = ""

    @property
    def all_rows(self) -> Iterator[RowSet]:
        """The rows that are judged, and those that were learnt."""
        yield self.rows
        yield from (fit.rows for fit in self.fits)

    @property
    def called(self) -> str:
        """What the rows are called where one reads of them first, in the outermost call."""
        return self.outside or self.variable

    @property
    def asked_at(self) -> Place:
        """The place where predictions are given to be judged: of the metric, or of its caller."""
        return self.given_at or self.place

    @property
    def reported(self) -> bool:
        """Whether the number of a metric is told to people."""
        return self.metric is not None and Use.REPORTED in self.uses

    @once
    def held_out(self) -> bool:
        """Whether the judged rows are surely none that the model was trained on.

        To be asked when the trace is made: it is worked out once.
        """
        if not self.fits or not self.rows.known or not all(fit.rows.known for fit in self.fits):
            return False
        return not any(self.meetings)

    @once
    def meetings(self) -> tuple[Overlap, ...]:
        """How the rows of each training overlap the judged ones; to be asked when that is."""
        return tuple(
            [fit.rows.where(self.when).overlap(self.rows.where(fit.when)) for fit in self.fits]
        )


@entity
class CrossValidate(Event):
    """A model is evaluated on folds of rows, or a search chooses among settings by them.

    The targets of `guessed` are predictions.  `listed` are the names of the features, where known,
    `judged_at` the places where metrics judge what was predicted in the folds.
    """

    model: Model
    function: str
    rows: RowSet
    influences: tuple[Influence, ...] = ()
    search: bool = False
    variable: str = ""
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    guessed: RowSet | None = None
    features: Columns | None = None
    target: str | None = None
    listed: frozenset[str] | None = None
    judged_at: list[Place] = field(default_factory=list)


@entity
class Resample(Event):
    """Rows are over- or under-sampled, by a resampler or (`model` None) by hand."""

    model: Model | None
    rows: RowSet
    result: RowSet

    @property
    def all_rows(self) -> Iterator[RowSet]:
        """The rows, and what came of them."""
        yield self.rows
        yield self.result


@entity
class Watch(Event):
    """Training watches rows (`eval_set`, `validation_data`) and `chooses` something by them.

    Without an `argument`, the rows are those that a function would judge, had they been given.
    What training only `keeps` in a `file`, such as the best epoch, chooses nothing: where that is
    loaded, another event says that it chose.
    """

    model: Model
    rows: RowSet
    argument: str
    chooses: str | None = None
    variable: str = ""
    keeps: str | None = None
    file: str | None = None


@entity
class Weigh(Event):
    """Class weights are computed from the frequencies of classes in rows."""

    rows: RowSet


@entity
class Ordered(Event):
    """Rows turn out to have an order in time.

    `how` is sorted, dated (their index is time), resampled, lagged, lagged in groups, or timed (a
    column holds moments, in any order); `by` is the column, or the code, that tells it.  Of a lag,
    `turns` are the running loops each turn of which has the rows with another value of a column.
    """

    rows: RowSet
    how: str
    by: str
    newest_first: bool = False
    turns: frozenset[int] = frozenset()


@entity
class Grouped(Event):
    """Rows are grouped by columns, so that several may have one value."""

    rows: RowSet
    by: tuple[str, ...]


@entity
class Windowed(Event):
    """Windows that overlap are cut from rows that follow one another; `rows` are the windows."""

    rows: RowSet


@entity
class Seed(Event):
    """The generators named (`python`, `numpy`, `torch`, `tensorflow`) are seeded."""

    generators: tuple[str, ...]
    fixed: bool = True


@entity
class Draw(Event):
    """A number is drawn from a global generator by `function`; `purpose` is what for, if known."""

    generator: str
    function: str
    purpose: str = ""
