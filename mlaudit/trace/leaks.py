"""Ways from what was learnt of judged rows into the score on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.trace.conclusions import PreprocessingLeak
from mlaudit.trace.events import CrossValidate, Cut, Effect, Evaluate, Kind
from mlaudit.trace.guards import excluded
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from mlaudit.trace.events import Fit, Influence, Model, Split
    from mlaudit.trace.rows import RowSet
    from mlaudit.trace.trace import Trace


def reaching(trace: Trace) -> Iterator[PreprocessingLeak]:
    """Give every way from an influence into an evaluation that it invalidates; none is named."""
    sight = _Sight(trace)
    yield from _into_scores(trace, sight)
    yield from _into_folds(trace, sight)


def on_test(trace: Trace) -> Iterator[PreprocessingLeak]:
    """Give the influences that come from evaluated rows alone and never met the training rows."""
    for evaluation in sorted(trace.of(Evaluate), key=_is_prediction):
        if not evaluation.influences or not evaluation.held_out:
            continue
        alone: dict[int, bool] = {}  # by the identity of rows: many statistics are of the same
        for influence in evaluation.influences:
            if influence.removes or influence.of_one_side:
                continue  # bounds that told which rows are judged change no value
            if _in_another_run(influence, evaluation) or _in_own_lists(influence, evaluation):
                continue
            rows = influence.rows
            if id(rows) not in alone:
                judged = rows.overlap(evaluation.rows) is Overlap.MUST
                alone[id(rows)] = judged and not any(_met(rows, fit) for fit in evaluation.fits)
            if alone[id(rows)] and not _as_it_stands_beside(trace, influence, evaluation):
                unmoved = _unmoved(influence, evaluation)
                yield PreprocessingLeak(
                    influence, evaluation, _nearest(evaluation), None, unmoved=unmoved
                )


def _met(rows: RowSet, fit: Fit) -> bool:
    """Say whether training rows may be among others: what is learnt, or the answers to it."""
    if rows.overlap(fit.rows) or rows.maybe_again(fit.rows):
        return True
    return fit.target_rows is not None and rows.overlap(fit.target_rows) is not Overlap.DISJOINT


def _in_own_lists(influence: Influence, evaluation: Evaluate) -> bool:
    """Say whether each row is compared with its own list, as those of the training are, too."""
    groups = influence.groups
    if groups is None or not groups.lists or not evaluation.fits:
        return False
    return all(
        any(
            own.groups is not None
            and own.groups.by == groups.by
            and own.operation == influence.operation
            for own in fit.influences
        )
        for fit in evaluation.fits
    )


def _as_it_stands_beside(trace: Trace, influence: Influence, evaluation: Evaluate) -> bool:
    """Say whether the model is asked about these rows without a statistic as well.

    Who alters judged rows and asks the same model again, such as with the mean in place of a column
    or with noise as wide as a column is, wants to know what the alteration does.  Rows are as they
    stand where all such statistics that the training was given have reached them, too.
    """
    if influence.kind is not Kind.STATISTIC:
        return False
    given = {
        each
        for fit in evaluation.fits
        for each in fit.influences
        if each.statistic == influence.statistic
    }
    return any(
        plain.model is evaluation.model
        and plain.fits == evaluation.fits
        and influence not in plain.influences
        and given.issubset(plain.influences)
        and plain.rows.overlap(evaluation.rows) is Overlap.MUST
        for plain in trace.near(Evaluate, evaluation.rows)
    )


def named(trace: Trace, leak: PreprocessingLeak) -> PreprocessingLeak:
    """Give a leak with the split that made the judged rows, and with the names of these."""
    influence, evaluation, fit = leak.influence, leak.evaluation, leak.fit
    if not isinstance(evaluation, Evaluate) or fit is None:
        return leak
    names = (evaluation.variable, fit.variable)
    split = trace.split_of(evaluation.rows, *names, before=evaluation)
    split = None if split is not None and _keeps_together(split, evaluation, fit) else split
    given = trace.names_given(evaluation.rows, evaluation.variable)
    return PreprocessingLeak(influence, evaluation, fit, split, tuple(given), leak.unmoved)


def _keeps_together(split: Split, evaluation: Evaluate, fit: Fit) -> bool:
    """Say whether folds have both rows in one part, of which something else set some aside."""
    return split.folds and any(
        evaluation.rows.within(part) and fit.rows.within(part) for part in split.parts
    )


def one_a_cause(leaks: Iterable[PreprocessingLeak]) -> list[PreprocessingLeak]:
    """Keep one leak a cause: the first that moves a score, and of those the strongest.

    Of two scores of one model, it is the one that is told, where the other only chooses.
    Where the columns of two scores are known and the first has some of the second's alone, it is
    the second: what reached a column of unknown name need not have reached the first's.
    """
    found: dict[Hashable, PreprocessingLeak] = {}
    for leak in leaks:
        cause = _cause(leak.influence)
        known = found.setdefault(cause, leak)
        if known.unmoved is not leak.unmoved:
            found[cause] = known if leak.unmoved else leak
            continue
        if _told_instead(leak, known) or _told_instead(known, leak):
            found[cause] = leak if leak.is_told else known
            continue
        stronger = leak.influence.strength > known.influence.strength
        if type(known.evaluation) is not type(leak.evaluation):
            continue
        if stronger or (leak.influence.column is None and _has_more(leak, known)):
            found[cause] = leak
    return list(found.values())


def _told_instead(leak: PreprocessingLeak, other: PreprocessingLeak) -> bool:
    """Say whether people read a score of a model that another score only chooses something for."""
    same = leak.evaluation.model is other.evaluation.model
    return same and leak.is_told and other.only_chooses


def _has_more(leak: PreprocessingLeak, other: PreprocessingLeak) -> bool:
    """Say whether a score is of all the columns that another is of, and of more."""
    columns, fewer = _listed(leak), _listed(other)
    return columns is not None and fewer is not None and columns > fewer


def _listed(leak: PreprocessingLeak) -> frozenset[str] | None:
    if isinstance(leak.evaluation, CrossValidate):
        return leak.evaluation.listed
    return leak.fit.listed if leak.fit is not None else None


def _into_scores(trace: Trace, sight: _Sight) -> Iterator[PreprocessingLeak]:
    for evaluation in sorted(trace.of(Evaluate), key=_is_prediction):
        told = any(fit.influences for fit in evaluation.fits)
        if not (told or evaluation.influences) or _minds_nothing(evaluation.model):
            continue
        if any(evaluation.meetings):
            continue
        if evaluation.metric is None and not _apart_from_training(evaluation):
            continue  # a contest's test set, whose labels are elsewhere
        if evaluation.unread:
            continue  # whatever they are, nobody looks at them
        for fit in evaluation.fits:
            for influence in _brought(evaluation, fit):
                if _undone(influence, evaluation) or _in_another_run(influence, evaluation):
                    continue
                if sight.sees(influence, evaluation.rows, fit.rows):
                    unmoved = _unmoved(influence, evaluation)
                    yield PreprocessingLeak(influence, evaluation, fit, None, unmoved=unmoved)


def _minds_nothing(model: Model) -> bool:
    """Say whether no knowledge of judged rows can spoil what is asked of a model."""
    return model.ignores_features or bool(model.no_use)


def _brought(evaluation: Evaluate, fit: Fit) -> tuple[Influence, ...]:
    """Give the influences on learnt and judged rows.

    Where another path has all rows learnt and none judged, what the judged ones lack is its own.
    """
    if evaluation.rows.perhaps_within(fit.rows):
        return evaluation.influences
    return (*fit.influences, *evaluation.influences)


def _into_folds(trace: Trace, sight: _Sight) -> Iterator[PreprocessingLeak]:
    for validation in trace.of(CrossValidate):
        if _minds_nothing(validation.model):
            continue
        for influence in validation.influences:
            if influence.place == validation.place:
                continue  # what it fits, it fits anew in each fold
            if _undone(influence, validation) or _in_another_run(influence, validation):
                continue
            if sight.sees(influence, validation.rows, validation.rows):
                yield PreprocessingLeak(
                    influence, validation, None, None, unmoved=_unmoved(influence, validation)
                )


def _in_another_run(influence: Influence, judged: Evaluate | CrossValidate) -> bool:
    """Say whether no run of the program learns of judged rows and judges them, too."""
    if not judged.when:
        return False
    if excluded(influence.when, judged.when):
        return True
    rows = influence.rows.where(judged.when)
    return rows is not influence.rows and rows.overlap(judged.rows) is not Overlap.MUST


def _undone(influence: Influence, judged: Evaluate | CrossValidate) -> bool:
    """Say whether columns were only shifted and stretched, which the model's own step undoes.

    To count time from another moment shifts all rows alike, and is nothing to undo.  A column that
    has the very same number in all rows tells a model nothing at all.
    """
    if influence.units in {"shifted", "constant"}:
        return True
    return influence.units == "scaled" and judged.model.rescales and _only_units(influence, judged)


def _unmoved(influence: Influence, judged: Evaluate | CrossValidate) -> bool:
    """Say whether values keep all that counts to the model: their order, or their distances."""
    if influence.kind is Kind.SELECTION:
        return False
    enough = judged.model.compares_only or (influence.units == "scaled" and judged.model.affine)
    return bool(influence.units) and enough and _only_units(influence, judged)


def _only_units(influence: Influence, judged: Evaluate | CrossValidate) -> bool:
    """Say whether nothing was fitted to columns since but their units, so that none was mixed.

    What is fitted to columns in new units, such as components or neighbours, depends on the units;
    what was fitted before stands earlier among the influences.  What moves little, such as a fill
    value or the set of categories, is found in each column by itself, whatever its units.  Columns
    may be chosen by what was computed before, or by a model that asks for their order alone.
    """
    known = judged.influences
    at = known.index(influence) if influence in known else 0
    before = {each.place for each in known[:at] if each.kind is Kind.STATISTIC}
    return all(
        each.units
        or _of_each_column(each)
        or (each.kind is Kind.SELECTION and each.place in before)
        for each in known[at:]
    )


def _of_each_column(influence: Influence) -> bool:
    little = influence.kind is Kind.FIT and influence.effect is Effect.LOW
    return little or influence.kind is Kind.STATISTIC


def _is_prediction(evaluation: Evaluate) -> bool:
    return evaluation.metric is None


class _Sight:
    """Tells whether statistics saw judged rows; of the same rows it is asked again and again."""

    def __init__(self, trace: Trace):
        self._trace = trace
        self._known: dict[Hashable, bool] = {}  # by the identity of rows, which the trace keeps

    def sees(self, influence: Influence, evaluated: RowSet, trained: RowSet) -> bool:
        """Say whether a statistic surely saw judged rows; if those alone, it never met training."""
        identities = id(influence.rows), id(evaluated), id(trained)
        key = (*identities, influence.kind, influence.removes)
        if key not in self._known:
            self._known[key] = self._looks(influence, evaluated, trained)
        return self._known[key]

    def _looks(self, influence: Influence, evaluated: RowSet, trained: RowSet) -> bool:
        """Look at the rows themselves; copies of rows must surely be among both."""
        if influence.kind in {Kind.LOOK_AHEAD, Kind.PREDICTION}:
            return False
        if influence.kind is Kind.TARGET_ENCODING and not evaluated.within(influence.rows):
            return False
        least = Overlap.MUST if influence.kind is Kind.DUPLICATION else Overlap.MAY
        return (
            influence.rows.overlap(evaluated) is Overlap.MUST
            and influence.rows.overlap(trained) >= least
            and not (influence.removes and _divides(self._trace, influence.rows))
            and not self._trace.out_of_fold(influence.rows, evaluated)
        )


def _divides(trace: Trace, rows: RowSet) -> bool:
    """Say whether a bound left these rows as one part, and others by the name of another."""
    cuts = trace.near(Cut, rows)
    called = any(rows.within(cut.rows) for cut in cuts)
    return called and any(not cut.rows.overlap(rows) for cut in cuts)


def _nearest(evaluation: Evaluate) -> Fit:
    """Find the training next above an evaluation, of those that any branch may have run."""
    place = evaluation.predicted_at or evaluation.place
    above = [
        fit
        for fit in evaluation.fits
        if fit.place.document is place.document and fit.place.line <= place.line
    ]
    return max(above, key=lambda fit: fit.place.line, default=evaluation.fits[-1])


def _cause(influence: Influence) -> Hashable:
    """Name what a reader sees as one cause: a call, or all the statistics of one line."""
    if influence.kind in {Kind.STATISTIC, Kind.SELECTION, Kind.TARGET_ENCODING}:
        return (influence.place.document.path, influence.place.line)
    return influence.place


def _apart_from_training(evaluation: Evaluate) -> bool:
    """Whether the rows were set apart from the same data that the model was trained on."""
    return any(fit.rows.kin(evaluation.rows) for fit in evaluation.fits)
