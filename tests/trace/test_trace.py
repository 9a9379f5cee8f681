"""The questions that rules ask of a trace, on traces and row sets made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlaudit.source.document import Place
from mlaudit.source.script import from_text
from mlaudit.trace.events import (
    CrossValidate,
    Effect,
    Evaluate,
    Event,
    Fit,
    Influence,
    Kind,
    Model,
    Role,
    Split,
    Use,
    Watch,
)
from mlaudit.trace.rows import Overlap
from mlaudit.trace.trace import Trace

if TYPE_CHECKING:
    from mlaudit.trace.guards import Guards


@dataclass(frozen=True)
class Numbers:
    """Rows by number; `perhaps` are rows that may be there."""

    surely: frozenset[int]
    perhaps: frozenset[int] = field(default=frozenset())

    def overlap(self, other: Numbers) -> Overlap:
        if self.surely & other.surely:
            return Overlap.MUST
        mine, theirs = self.surely | self.perhaps, other.surely | other.perhaps
        return Overlap.MAY if mine & theirs else Overlap.DISJOINT

    def shared(self, other: Numbers) -> int | None:
        return len(self.surely & other.surely)

    def within(self, other: Numbers) -> bool:
        return self.known and self.surely | self.perhaps <= other.surely

    def perhaps_within(self, other: Numbers) -> bool:
        """One run takes one path: what was seen is sure."""
        return False

    def where(self, guards: Guards) -> Numbers:
        """One run gives one answer to each question."""
        return self

    def elsewhere(self, guards: Guards) -> None:
        """Nothing was seen where a run has given other answers."""
        return

    def maybe_again(self, other: Numbers) -> bool:
        """They are known by their numbers."""
        return False

    def apart_elsewhere(self, other: Numbers) -> bool:
        """One run takes one path."""
        return False

    def named_in(self, other: Numbers) -> bool:
        """What was seen is known whatever it is called."""
        return False

    def apart_in_part(self, other: Numbers) -> bool:
        """What is in both is rows of both."""
        return False

    def kin(self, other: Numbers) -> bool:
        """Rows of one hundred come from one file."""
        return not self.bases.isdisjoint(other.bases)

    @property
    def bases(self) -> set[int]:
        return {number // 100 for number in self.surely | self.perhaps}

    @property
    def known(self) -> bool:
        return bool(self.surely | self.perhaps)

    @property
    def label(self) -> str:
        return "some rows"


def rows(*numbers: int) -> Numbers:
    return Numbers(frozenset(numbers))


ALL = rows(1, 2, 3, 4, 5, 6)
TRAIN, VALIDATION, TEST = rows(1, 2), rows(3, 4), rows(5, 6)
NOT_TEST = rows(1, 2, 3, 4)
UNKNOWN = rows()

DOCUMENT = from_text("\n" * 99, "made.py")
TOLD = {Use.REPORTED}


def at(line: int, column: int = 1) -> Place:
    return Place(DOCUMENT, line, column, line, column + 8)


def model(role: Role = Role.PREDICTOR, qualified: str = "lib.Model") -> Model:
    return Model(qualified.rsplit(".", 1)[-1], qualified, at(1), role)


def influence(
    line: int,
    seen: Numbers,
    effect: Effect = Effect.MEDIUM,
    kind: Kind = Kind.FIT,
    column: int = 1,
) -> Influence:
    return Influence("Scaler.fit", kind, effect, seen, at(line, column))


def fit(line: int, learner: Model, trained: Numbers, *influences: Influence) -> Fit:
    return Fit(at(line), learner, "fit", trained, influences=influences)


def score(
    line: int,
    fitted: Fit,
    judged: Numbers,
    uses: set[Use] = TOLD,
    metric: str | None = "accuracy",
    influences: tuple[Influence, ...] = (),
) -> Evaluate:
    return Evaluate(at(line), fitted.model, metric, judged, (fitted,), influences, uses=set(uses))


def split(line: int, *parts: Numbers, folds: bool = False) -> Split:
    return Split(at(line), "split", ALL, parts, folds=folds)


def trace(*events: Event) -> Trace:
    return Trace(list(events), [])


def test_statistic_of_all_rows_leaks_into_the_score_of_the_test_part() -> None:
    scaled = influence(2, ALL)
    trained = fit(4, model(), TRAIN, scaled)
    parts, scored = split(3, TRAIN, TEST), score(5, trained, TEST)
    (leak,) = trace(parts, trained, scored).preprocessing_leaks
    assert (leak.influence, leak.split, leak.fit, leak.evaluation) == (
        scaled,
        parts,
        trained,
        scored,
    )
    assert leak.overlap is Overlap.MUST
    assert not leak.in_folds


def test_statistic_of_the_training_part_does_not_leak() -> None:
    trained = fit(4, model(), TRAIN, influence(2, TRAIN))
    assert trace(trained, score(5, trained, TEST)).preprocessing_leaks == []


def test_training_score_shows_no_preprocessing_leak() -> None:
    trained = fit(4, model(), TRAIN, influence(2, ALL))
    assert trace(trained, score(5, trained, TRAIN)).preprocessing_leaks == []


def test_leak_names_a_score_rather_than_an_earlier_prediction() -> None:
    trained = fit(4, model(), TRAIN, influence(2, ALL))
    predicted, scored = score(5, trained, TEST, set(), None), score(6, trained, TEST)
    (leak,) = trace(trained, predicted, scored).preprocessing_leaks
    assert leak.evaluation is scored


def test_leak_into_test_part_and_folds_is_one_leak() -> None:
    scaled = influence(2, ALL)
    trained = fit(4, model(), TRAIN, scaled)
    folds = CrossValidate(at(3), trained.model, "cross_val_score", TRAIN, (scaled,))
    (leak,) = trace(folds, trained, score(5, trained, TEST)).preprocessing_leaks
    assert isinstance(leak.evaluation, Evaluate)


def test_leak_is_that_of_the_strongest_influence_of_a_place() -> None:
    weak, strong = influence(2, ALL, Effect.LOW), influence(2, ALL, Effect.HIGH)
    trained = fit(4, model(), TRAIN, weak, strong, weak)
    (leak,) = trace(trained, score(5, trained, TEST)).preprocessing_leaks
    assert leak.influence is strong


def test_statistics_of_one_line_are_one_leak_and_fits_are_not() -> None:
    def leaks(kind: Kind) -> list[Effect]:
        mean = influence(2, ALL, Effect.LOW, kind, column=1)
        deviation = influence(2, ALL, Effect.MEDIUM, kind, column=20)
        trained = fit(4, model(), TRAIN, mean, deviation)
        found = trace(trained, score(5, trained, TEST)).preprocessing_leaks
        return [leak.influence.effect for leak in found]

    assert leaks(Kind.STATISTIC) == [Effect.MEDIUM]
    assert leaks(Kind.FIT) == [Effect.LOW, Effect.MEDIUM]


def test_prediction_of_rows_from_elsewhere_judges_no_preprocessing() -> None:
    elsewhere = rows(101, 102)
    trained = fit(4, model(), TRAIN, influence(2, Numbers(ALL.surely | elsewhere.surely)))
    assert trace(trained, score(5, trained, elsewhere, set(), None)).preprocessing_leaks == []
    assert len(trace(trained, score(5, trained, TEST, set(), None)).preprocessing_leaks) == 1


def test_statistic_before_folds_leaks_into_them() -> None:
    folds = CrossValidate(at(3), model(), "cross_val_score", ALL, (influence(2, ALL),))
    (leak,) = trace(folds).preprocessing_leaks
    assert leak.evaluation is folds
    assert leak.in_folds


def test_folds_by_hand_are_folds() -> None:
    trained = fit(4, model(), TRAIN, influence(2, ALL))
    parts = split(3, TRAIN, TEST, folds=True)
    found = trace(parts, trained, score(5, trained, TEST))
    assert [leak.in_folds for leak in found.preprocessing_leaks] == [True]
    assert found.in_folds(score(5, trained, TEST))
    assert not found.in_folds(score(5, trained, rows(9)))


def test_statistic_that_may_have_seen_other_rows_alone_is_no_leak() -> None:
    maybe = Numbers(frozenset({1}), frozenset({5}))
    trained = fit(4, model(), TRAIN, influence(2, maybe))
    assert trace(trained, score(5, trained, TEST)).preprocessing_leaks == []
    folds = CrossValidate(at(3), model(), "cross_val_score", TEST, (influence(2, maybe),))
    assert trace(folds).preprocessing_leaks == []


def test_fit_on_the_test_part_alone_is_no_preprocessing_leak_but_a_fit_on_test() -> None:
    scaled = influence(3, TEST)
    trained = fit(2, model(), TRAIN, influence(1, TRAIN))
    found = trace(trained, score(4, trained, TEST, influences=(scaled,)))
    assert found.preprocessing_leaks == []
    assert [leak.influence for leak in found.fits_on_test] == [scaled]


def test_transform_by_what_the_training_part_taught_is_no_fit_on_test() -> None:
    scaled = influence(1, TRAIN)
    trained = fit(2, model(), TRAIN, scaled)
    assert trace(trained, score(4, trained, TEST, influences=(scaled,))).fits_on_test == []


def test_model_trained_and_scored_on_the_test_part_is_no_fit_on_test() -> None:
    scaled = influence(1, TEST)
    trained = fit(2, model(), TEST, scaled)
    assert trace(trained, score(4, trained, TEST, influences=(scaled,))).fits_on_test == []


def test_held_out_needs_known_rows_that_are_disjoint() -> None:
    trained, unknown = fit(1, model(), TRAIN), fit(1, model(), UNKNOWN)
    assert score(2, trained, TEST).held_out
    assert not score(2, trained, ALL).held_out
    assert not score(2, trained, UNKNOWN).held_out
    assert not score(2, unknown, TEST).held_out


def test_overlaps_are_those_of_predictors() -> None:
    learner, scaler = fit(1, model(), ALL), fit(1, model(Role.TRANSFORMER), ALL)
    found = trace(score(2, learner, TEST), score(3, scaler, TEST)).overlaps
    assert [overlapping.fit for overlapping in found] == [learner]


def test_part_of_a_split_is_set_apart_from_a_training_beyond_it() -> None:
    trained = fit(2, model(), ALL)
    with_split = trace(split(1, TRAIN, TEST), score(3, trained, TEST))
    without = trace(score(3, trained, TEST))
    assert with_split.set_apart(TEST, trained.rows)
    assert not without.set_apart(TEST, trained.rows)


def test_training_part_is_not_set_apart_from_its_own_training() -> None:
    trained = fit(2, model(), TRAIN)
    found = trace(split(1, TRAIN, TEST), score(3, trained, TRAIN))
    assert not found.set_apart(TRAIN, trained.rows)


def test_rows_that_overlap_in_part_are_set_apart() -> None:
    trained = fit(2, model(), rows(1, 2, 3))
    assert trace(score(3, trained, rows(3, 4))).set_apart(rows(3, 4), trained.rows)


def test_score_on_other_rows_judges_a_class_of_models_apart() -> None:
    trained, again = fit(1, model(), TRAIN), fit(4, model(), TRAIN)
    other = fit(6, model(qualified="lib.Other"), TRAIN)
    told = [score(2, trained, TRAIN), score(7, other, TRAIN)]
    found = trace(*told, score(5, again, TEST))
    assert [found.judged_apart(one) for one in told] == [True, False]


def test_score_on_rows_that_nobody_knows_may_be_a_score_apart() -> None:
    trained = fit(1, model(), TRAIN)
    told = score(2, trained, TRAIN)
    assert trace(told, score(3, trained, UNKNOWN)).judged_apart(told)
    assert not trace(told, score(3, trained, TRAIN)).judged_apart(told)


def test_validation_rows_judge_apart_while_training() -> None:
    trained = fit(1, model(), TRAIN)
    told = score(2, trained, TRAIN)
    watch = Watch(at(1), trained.model, VALIDATION, "validation_data")
    watched_training = Watch(at(1), trained.model, TRAIN, "validation_data")
    assert trace(watch, told).judged_apart(told)
    assert not trace(watched_training, told).judged_apart(told)


def test_prediction_without_metric_judges_nothing() -> None:
    trained = fit(1, model(), TRAIN)
    told, predicted = score(2, trained, TRAIN), score(3, trained, TEST, set(), None)
    assert not trace(told, predicted).judged_apart(told)


def test_cross_validation_of_the_same_class_judges_apart() -> None:
    told = score(2, fit(1, model(), ALL), ALL)
    same = CrossValidate(at(3), model(), "cross_val_score", ALL)
    other = CrossValidate(at(3), model(qualified="lib.Other"), "cross_val_score", ALL)
    assert trace(told, same).judged_apart(told)
    assert not trace(told, other).judged_apart(told)


def test_finest_split_is_the_split_of_a_part() -> None:
    coarse, fine = split(1, NOT_TEST, TEST), split(2, TRAIN, VALIDATION)
    found = trace(coarse, fine)
    assert found.split_of(VALIDATION) is fine
    assert found.split_of(TEST) is coarse
    assert found.split_of(ALL) is None


def test_choice_on_the_only_reported_rows_is_found() -> None:
    trained = fit(1, model(), TRAIN)
    choice = score(2, trained, TEST, {Use.SELECTS, Use.REPORTED})
    (chosen,) = trace(choice).chosen_on_reported
    assert (chosen.choice, chosen.report) == (choice, choice)


def test_choice_on_validation_rows_is_right_when_other_rows_are_reported() -> None:
    trained = fit(1, model(), TRAIN)
    choice = score(2, trained, VALIDATION, {Use.SELECTS, Use.REPORTED})
    assert trace(choice, score(3, trained, TEST)).chosen_on_reported == []


def test_choice_that_nobody_reports_is_no_misuse() -> None:
    trained = fit(1, model(), TRAIN)
    assert trace(score(2, trained, TEST, {Use.SELECTS})).chosen_on_reported == []


def test_choice_by_a_training_score_is_not_a_choice_on_test() -> None:
    trained = fit(1, model(), TRAIN)
    choice = score(2, trained, TRAIN, {Use.SELECTS, Use.REPORTED})
    assert trace(choice).chosen_on_reported == []


def test_rows_that_are_only_predicted_remain_untouched() -> None:
    trained = fit(1, model(), TRAIN)
    choice = score(2, trained, VALIDATION, {Use.SELECTS})
    predicted = score(3, trained, TEST, set(), None)
    assert trace(choice, predicted).untouched_rows_remain(VALIDATION)
    assert not trace(choice, score(3, trained, TRAIN)).untouched_rows_remain(VALIDATION)


def divided(*outputs: str, folds: bool = False) -> Split:
    return Split(at(1), "split", ALL, (NOT_TEST, TEST), outputs, folds=folds)


def test_part_that_nothing_takes_is_left_by_its_names() -> None:
    learnt = fit(2, model(), TRAIN)
    choice = score(3, learnt, VALIDATION, {Use.SELECTS})
    two = Split(at(1), "split", ALL, (NOT_TEST, TEST), ("a", "b", "c", "d"), arrays=("x", "y"))
    assert list(trace(two, learnt, choice).parts_left(VALIDATION)) == [("b", "d")]
    assert list(trace(divided("a", "b"), learnt, choice).parts_left(VALIDATION)) == [("b",)]
    assert list(trace(divided("a", "b", "c"), learnt, choice).parts_left(VALIDATION)) == [()]


def test_part_that_was_learnt_or_chosen_by_is_not_left() -> None:
    split, learnt = divided("rest", "test"), fit(2, model(), TRAIN)
    taking = [
        fit(3, model(), ALL),
        score(3, learnt, TEST, {Use.SELECTS}),
        CrossValidate(at(3), model(), "cross_val_score", ALL),
        Watch(at(3), learnt.model, TEST, "eval_set", "the number of rounds"),
    ]
    for event in taking:
        assert list(trace(split, learnt, event).parts_left(VALIDATION)) == []
    scaled = fit(3, model(Role.TRANSFORMER), ALL)
    assert list(trace(split, learnt, scaled).parts_left(VALIDATION)) == [("test",)]


def test_folds_and_splits_of_other_rows_leave_no_part() -> None:
    learnt = fit(2, model(), TRAIN)
    assert list(trace(divided("a", "b", folds=True), learnt).parts_left(VALIDATION)) == []
    assert list(trace(divided("a", "b"), learnt).parts_left(rows(4, 5))) == []


def test_watch_concerns_the_reports_of_its_own_model() -> None:
    trained, other = fit(2, model(), TRAIN), fit(2, model(), TRAIN)
    watch = Watch(at(2), trained.model, TEST, "eval_set", "the number of rounds")
    own, foreign = score(3, trained, TEST), score(4, other, TEST)
    assert [c.report for c in trace(watch, own, foreign).chosen_on_reported] == [own]
    assert trace(watch, foreign).chosen_on_reported == []


def test_watch_that_chooses_nothing_is_no_choice() -> None:
    trained = fit(2, model(), TRAIN)
    watch = Watch(at(2), trained.model, TEST, "validation_data")
    assert trace(watch, score(3, trained, TEST)).chosen_on_reported == []


def test_choice_on_folds_that_hold_the_reported_rows_is_found_once() -> None:
    folds = CrossValidate(at(1), model(), "cross_val_score", ALL)
    trained = fit(2, model(), TRAIN)
    first, second = score(3, trained, TEST), score(4, trained, TEST)
    first.chosen_by = second.chosen_by = (folds,)
    (chosen,) = trace(folds, first, second).tuned_on_reported
    assert (chosen.choice, chosen.report) == (folds, first)


def test_choice_on_folds_of_other_rows_is_right() -> None:
    folds = CrossValidate(at(1), model(), "cross_val_score", TRAIN)
    told = score(3, fit(2, model(), TRAIN), TEST)
    told.chosen_by = (folds,)
    assert trace(folds, told).tuned_on_reported == []


def test_choice_on_folds_is_right_when_untouched_rows_are_reported_too() -> None:
    folds = CrossValidate(at(1), model(), "cross_val_score", NOT_TEST)
    trained = fit(2, model(), TRAIN)
    told = score(3, trained, VALIDATION)
    told.chosen_by = (folds,)
    assert trace(folds, told).tuned_on_reported != []
    assert trace(folds, told, score(4, trained, TEST)).tuned_on_reported == []


def test_events_near_rows_are_those_of_the_same_data_in_order() -> None:
    here, beyond = fit(1, model(), TRAIN), fit(2, model(), rows(901))
    both = fit(3, model(), rows(1, 901))
    found = trace(here, beyond, both)
    assert found.near(Fit, TEST) == [here, both]
    assert found.near(Fit, rows(901), TEST) == [here, beyond, both]
    assert found.near(Fit, UNKNOWN) == []
    assert found.near(Split, TEST) == []


def test_evaluation_is_near_the_rows_of_its_training() -> None:
    judged = score(2, fit(1, model(), TRAIN), rows(901))
    assert trace(judged).near(Evaluate, TEST) == [judged]
