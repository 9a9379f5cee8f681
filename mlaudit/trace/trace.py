"""A trace: the ordered events of one program, and the questions that several rules ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from mlaudit.model.once import once
from mlaudit.trace import apart, choosing, leaks, redrawn
from mlaudit.trace.choosing import cut_by_hand, made_again, of_other_data, of_other_task
from mlaudit.trace.conclusions import ChosenOnReported, Overlapping, PreprocessingLeak
from mlaudit.trace.events import (
    Beside,
    CrossValidate,
    Cut,
    Evaluate,
    Event,
    Fit,
    Kind,
    Load,
    Model,
    Role,
    Split,
    Use,
    Watch,
)
from mlaudit.trace.kinship import Kinship
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.source.document import Place
    from mlaudit.trace.rows import RowSet

E = TypeVar("E", bound=Event)
Spot = tuple[str, int, int]  # the path of a file, the line and the column


class Trace:
    """Events in program order; `notes` say what the analysis could not follow.

    `passed` are the blocks that no run comes to, by where they begin: whether this is so whatever
    their function is given.
    """

    def __init__(self, events: list[Event], models: list[Model], notes: list[str] | None = None):
        self.events = events
        self.models = models
        self.notes = notes or []
        self.passed: dict[Spot, bool] = {}
        self._near: dict[type[Event], Kinship[Any]] = {}
        self._divided: dict[int, tuple[RowSet, list[Split]]] = {}

    @property
    def cut_short(self) -> bool:
        """Whether a part of the program was not followed, which may divide what seems to be one."""
        return any(note.endswith("not followed") for note in self.notes)

    def of(self, kind: type[E]) -> Iterator[E]:
        """Give the events of one kind, in order."""
        found: list[E] = self._of_kind.get(kind, [])  # type: ignore[assignment]
        return iter(found)

    def near(self, kind: type[E], *rows: RowSet) -> list[E]:
        """Give the events of one kind, in order, that have to do with the data of these rows.

        To them belong all whose rows overlap, hold or lie within these.
        """
        if kind not in self._near:
            self._near[kind] = Kinship()
            for event in self.of(kind):
                self._near[kind].put(event, event.all_rows)
        return self._near[kind].near(*rows)

    def tells(self, what: str) -> bool:
        """Say whether there are events of a class, or anything in answer to a question, by name."""
        if what[0].isupper():
            return what in self._told
        return bool(getattr(self, what))

    @once
    def _told(self) -> set[str]:
        """The classes of all events, by name."""
        return {kind.__name__ for kind in self._of_kind}

    @once
    def influences(self) -> frozenset[Kind]:
        """The kinds of influences that reach any training."""
        return frozenset(influence.kind for fit in self.of(Fit) for influence in fit.influences)

    @once
    def held_back(self) -> list[Fit]:
        """Trainings that set some of their rows apart by position."""
        return [fit for fit in self.of(Fit) if fit.held_back is not None]

    @once
    def _of_kind(self) -> dict[type[Event], list[Event]]:
        found: dict[type[Event], list[Event]] = {}
        for event in self.events:
            found.setdefault(type(event), []).append(event)
        return found

    @once
    def held_out(self) -> list[Evaluate]:
        """Evaluations on rows that are surely none of the training, told or not."""
        return [event for event in self.of(Evaluate) if event.held_out]

    @once
    def _perhaps_held_out(self) -> list[Evaluate]:
        """Evaluations on rows that need not be among those of the training, if that is seen."""
        known = (event for event in self.of(Evaluate) if event.rows.known)
        return [event for event in known if _beyond(event)]

    @once
    def overlaps(self) -> list[Overlapping]:
        """Evaluations on rows that the same model had been trained on."""
        found = []
        for evaluation in self.of(Evaluate):
            for fit, overlap in zip(evaluation.fits, evaluation.meetings, strict=True):
                if overlap is Overlap.DISJOINT or fit.model.role is not Role.PREDICTOR:
                    continue
                unsure = overlap is Overlap.MUST and (
                    self._other_answers(fit, evaluation)
                    or self._other_path(fit, evaluation)
                    or evaluation.rows.named_in(fit.rows)
                    or apart.parted(self.near(Split, fit.rows), evaluation.rows, fit.rows)
                )
                found.append(Overlapping(fit, evaluation, Overlap.MAY if unsure else overlap))
        return found

    def _other_answers(self, fit: Fit, evaluation: Evaluate) -> bool:
        """Say whether the labels leave open which rows were learnt, or are judged.

        Those of the training may be of another part, or not be those of the judgement.
        """
        learnt, answers = fit.target_rows, evaluation.answers
        if learnt is None:
            return False
        for split in self.near(Split, learnt) if learnt.kin(fit.rows) else ():
            of_labels = [part for part in split.parts if learnt.within(part)]
            if of_labels and not fit.rows.within(of_labels[0]):
                return any(fit.rows.within(part) for part in split.parts)
        if answers is None or not learnt.kin(answers):
            return False
        return learnt.overlap(answers) is not Overlap.MUST

    def _other_path(self, fit: Fit, evaluation: Evaluate) -> bool:
        """Say whether the judged part is made on one path only, where the training has the rest."""
        judged = evaluation.rows
        return any(
            split.conditional
            and any(judged.within(part) for part in split.parts)
            and any(
                fit.rows.perhaps_within(part) for part in split.parts if not part.overlap(judged)
            )
            for split in self.near(Split, judged)
        )

    @once
    def preprocessing_leaks(self) -> list[PreprocessingLeak]:
        """Influences of rows that are evaluated later, where training and evaluation rows differ.

        One leak a cause, of its strongest influence: the evaluation is the first that it
        invalidates, one by a metric rather than a mere prediction, one on held-out rows rather
        than on folds.
        """
        return [leaks.named(self, leak) for leak in leaks.one_a_cause(self._leaks)]

    def models_reached(self, kinds: frozenset[Kind]) -> list[Model]:
        """Give the models whose judgement influences of such kinds spoil, in order of leaks."""
        reached = (
            leak.fit.model if leak.fit is not None else leak.evaluation.model
            for leak in self._leaks
            if leak.influence.kind in kinds
        )
        return list({id(model): model for model in reached}.values())

    @once
    def _leaks(self) -> list[PreprocessingLeak]:
        return list(leaks.reaching(self))

    @once
    def trained_elsewhere(self) -> list[Fit]:
        """Steps of networks that another document than the one with the steps has built."""
        return [
            fit
            for fit in self.of(Fit)
            if fit.operation == "backward" and fit.place.document is not fit.model.place.document
        ]

    @once
    def fits_on_test(self) -> list[PreprocessingLeak]:
        """Influences that come from evaluated rows alone and never met the training rows.

        One a cause; `split` is the one that made the evaluated rows.
        """
        return [leaks.named(self, leak) for leak in leaks.one_a_cause(leaks.on_test(self))]

    @once
    def reports(self) -> list[Evaluate]:
        """Evaluations by a metric whose number is told to people."""
        return [event for event in self.of(Evaluate) if event.reported]

    @once
    def chosen_on_reported(self) -> list[ChosenOnReported]:
        """Choices by a score on held-out rows that also give a reported score, and no others do.

        A reported score on held-out rows that share nothing with those of a choice shows that the
        latter are a validation part: such a choice is as it should be.
        """
        found = []
        for choice in self._choices():
            reports = [
                report
                for report in self.near(Evaluate, choice.rows)
                if report.reported
                and not (report.of_trials and type(choice) is Evaluate)
                and report.held_out
                and choosing.meet(choice, report)
                and (report.model is choice.model or type(choice) is Evaluate)
            ]
            told = self._told_of(choice, reports)
            if told is not None and not self._untouched_reports_remain(choice, told):
                found.append(ChosenOnReported(choice, told))
        return found

    def _told_of(self, choice: Evaluate | Watch, reports: list[Evaluate]) -> Evaluate | None:
        """Find the report that tells what a choice has brought.

        It is the number of the choice itself, else the first of what it chose, else the first
        behind it of a model of the same class.  What was told before, and once only, and what is
        told of other models, owes nothing to the choice.
        """
        if isinstance(choice, Evaluate) and choice in reports:
            return choice
        number = self._numbers[id(choice)]
        behind = [report for report in reports if self._numbers[id(report)] > number]
        classes = list(_classes(choice.model))
        alike = (r for r in behind if list(_classes(r.model)) == classes)
        chosen = (report for report in reports if choice in report.chosen_by)
        rest = (r for r in reports if r.in_loop and not of_other_task(r.model, choice.model))
        return next(iter((*chosen, *alike, *rest)), None)

    @once
    def tuned_on_reported(self) -> list[ChosenOnReported]:
        """Choices on folds of rows that hold those of a score of the chosen model, one a choice."""
        found: dict[Place, ChosenOnReported] = {}
        for report in self.reports:
            for choice in report.chosen_by if report.held_out else ():
                if (
                    type(choice) is CrossValidate
                    and report.rows.overlap(choice.rows) is Overlap.MUST
                    and not self._untouched_reports_remain(choice, report)
                ):
                    found.setdefault(choice.place, ChosenOnReported(choice, report))
        return list(found.values())

    def judged_beyond(self, rows: RowSet) -> bool:
        """Say whether a metric judges a model of the same data on held-out rows beyond these."""
        return any(
            fit.rows.kin(rows)
            for report in self.near(Evaluate, rows)
            if report.metric is not None and report.reported and report.held_out
            if not report.rows.overlap(rows)
            for fit in report.fits
        )

    @once
    def judges_fairly(self) -> bool:
        """Whether any model is judged on folds, or told a score on held-out rows."""
        return bool(self._validations) or any(report.held_out for report in self.reports)

    def untouched_rows_remain(self, rows: RowSet) -> bool:
        """Say whether rows that need not be among these are predicted, told or not."""
        surely = Overlap.MUST
        return any(event.rows.overlap(rows) is not surely for event in self._perhaps_held_out)

    def parts_left(self, rows: RowSet) -> Iterator[tuple[str, ...]]:
        """Name the parts set apart from these rows that no training and no choice has taken.

        They come from splits another part of which holds these rows, or were cut off by hand, or
        are given by the function that gave these, asked for by another name.
        """
        for split in self._divisions(rows):
            if split.folds:
                continue
            for part, names in split.named_parts:
                if not part.overlap(rows) and not self._taken(part):
                    yield names
        for cut in self.near(Cut, rows):
            if not cut.rows.overlap(rows) and not self._taken(cut.rows):
                yield (cut.name,)
        for beside in self.near(Beside, rows):
            if rows.within(beside.rows):
                yield (beside.name,)

    def judged_apart(self, evaluation: Evaluate) -> bool:
        """Say whether such a model is also judged on folds, or on rows that may well be others.

        Programs train a model anew between two scores, so one of the same class counts.
        """
        watched = self._watched.get(id(evaluation.model), [])
        return (
            evaluation.model.scores_read
            or not self._classes_judged_apart.isdisjoint(_classes(evaluation.model))
            or any(fit.place in self._places_of_folds for fit in evaluation.fits)
            or any(not rows.within(evaluation.rows) for rows in watched)
            or any(
                event.function == "cv" and event.rows.kin(evaluation.rows)
                for event in self._validations
            )
        )

    def watched_beside(self, fit: Fit) -> bool:
        """Say whether a training tells its scores on rows that it does not learn."""
        return any(not rows.overlap(fit.rows) for rows in self._watched.get(id(fit.model), []))

    def judged_where_given(self, evaluation: Evaluate) -> bool:
        """Say whether the program also judges the model on other rows where a caller gives them."""
        return any(
            event.model is evaluation.model and not event.argument for event in self.of(Watch)
        )

    def set_apart(self, judged: RowSet, trained: RowSet) -> bool:
        """Say whether rows that are judged were meant to be kept from a training."""
        splits = self.near(Split, judged)
        if apart.parted(splits, judged, trained):
            return False
        return apart.kept_from(splits, judged, trained)

    def trained_apart(self, overlapping: Overlapping) -> Fit | None:
        """Find an earlier training of such a model that had left the evaluated rows out.

        The rows must come from the same data; of several the last counts.
        """
        late, judged = overlapping.fit, overlapping.evaluation.rows
        found = None
        for fit in self.near(Fit, judged):
            if fit is late:
                break
            if fit.model.qualified != late.model.qualified or not fit.rows.kin(judged):
                continue
            if not fit.rows.overlap(judged):
                found = fit
        return found

    def drawn_anew(self, overlapping: Overlapping) -> bool:
        """Say whether training and judged rows are parts of two divisions of the same rows."""
        return redrawn.drawn_anew(*self._divided_by(overlapping), overlapping)

    def share_learnt(self, overlapping: Overlapping) -> float | None:
        """Tell which share of what is drawn anew is to be expected among the rows learnt."""
        trained, judged = self._divided_by(overlapping)
        if trained is None or judged is None or overlapping.fit.rows != trained.parts[0]:
            return None
        return redrawn.share_learnt(trained, judged)

    def _divided_by(self, overlapping: Overlapping) -> tuple[Split | None, Split | None]:
        """Find the divisions that training and judged rows come from."""
        return self.split_of(overlapping.fit.rows), self.split_of(overlapping.evaluation.rows)

    def precedes(self, event: Event, other: Event) -> bool:
        """Say whether an event of the trace comes before another."""
        return self._numbers[id(event)] < self._numbers[id(other)]

    def split_of(self, rows: RowSet, *names: str, before: Event | None = None) -> Split | None:
        """Find the last split that made a part of which these rows are: the finest.

        Of several that make the very same parts, it is the last before an event, and of those one
        whose parts have these names.
        """
        found = self._divisions(rows)[::-1]
        alike = [split for split in found if split.parts == found[0].parts]
        if before is not None:
            last = self._numbers[id(before)]
            alike = [split for split in alike if self._numbers[id(split)] < last] or alike
        named = next((split for split in alike if set(names) & set(split.outputs)), None)
        return named or next(iter(alike), None)

    def names_given(self, rows: RowSet, name: str) -> list[str]:
        """List the names that rows were split off under, or cut off, or else read under.

        Of several splits that make the very same parts, it is one with this name.
        """
        split = self.split_of(rows, name)
        parts = split.named_parts if split is not None else ()
        names = [each for part, given in parts if rows.within(part) for each in given]
        names = names or [cut.name for cut in self.near(Cut, rows) if rows.within(cut.rows)]
        return names or [read.source for read in self.near(Load, rows) if rows.within(read.rows)]

    @once
    def _numbers(self) -> dict[int, int]:
        """Number the events in order, by identity."""
        return {id(event): number for number, event in enumerate(self.events)}

    def in_folds(self, evaluation: Evaluate) -> bool:
        """Say whether the rows are those of a fold that takes its turn."""
        split = self.split_of(evaluation.rows)
        return split is not None and split.folds

    def out_of_fold(self, rows: RowSet, evaluated: RowSet) -> bool:
        """Say whether a statistic of some folds reached the rows of others, to be judged anew."""
        for split in self._divisions(rows):
            if split.folds:
                return not any(evaluated.within(part) for part in split.parts)
        return False

    def _divisions(self, rows: RowSet) -> list[Split]:
        """List the splits that made a part of which these rows are."""
        known = self._divided.get(id(rows))
        if known is None:
            near = self.near(Split, rows)
            found = [split for split in near if any(rows.within(part) for part in split.parts)]
            # With the rows, whose identity is theirs alone as long as they are kept.
            known = self._divided[id(rows)] = (rows, found)
        return known[1]

    def _untouched_reports_remain(
        self, choice: Evaluate | Watch | CrossValidate, told: Evaluate
    ) -> bool:
        """Say whether any reported score is on held-out rows that need not be those of a choice.

        Scores on folds of other rows show no test part, but for a choice inside such folds; nor do
        scores of other data, where the same code chooses again, or the choice has one of its own.
        """
        rows, surely = choice.rows, Overlap.MUST
        inside = any(split.folds for split in self._divisions(rows))
        divided = self._divisions(rows) or cut_by_hand(choice)
        again = made_again(choice, self.of(Evaluate)) if divided else []
        return choosing.judged_unseen(choice, self.of(Evaluate)) or any(
            event.reported
            and (event.rows.overlap(rows) is not surely or choosing.tested_apart(choice, event))
            and (inside or not self.in_folds(event))
            and not any(event.rows.overlap(other.rows) is surely for other in again)
            and not of_other_data(event, choice, told)
            for event in self._perhaps_held_out
        )

    def _taken(self, part: RowSet) -> bool:
        """Say whether a model surely learnt rows of a part, or something was chosen by them."""
        taking = (
            *(fit for fit in self.near(Fit, part) if fit.model.role is Role.PREDICTOR),
            *self.near(CrossValidate, part),
            *self._choices(),
        )
        return any(event.rows.overlap(part) is Overlap.MUST for event in taking)

    @once
    def _classes_judged_apart(self) -> set[str]:
        """The models that are judged on folds, or on rows that may well be others, by class."""
        return {
            *(
                event.model.qualified
                for event in self.of(Evaluate)
                if event.metric is not None and _beyond(event)
            ),
            *(name for event in self._validations for name in _classes(event.model)),
        }

    @once
    def _places_of_folds(self) -> set[Place]:
        return {event.place for event in self._validations}

    @once
    def _validations(self) -> list[CrossValidate]:
        """The validations on folds whose scores are seen; searches may keep theirs."""
        return [
            event
            for event in self.of(CrossValidate)
            if not event.search or event.model.scores_read or _talks(event.model)
        ]

    @once
    def _watched(self) -> dict[int, list[RowSet]]:
        """The rows that trainings watch, by the identity of the model."""
        found: dict[int, list[RowSet]] = {}
        for event in self.of(Watch):
            if not event.argument:
                continue
            found.setdefault(id(event.model), []).append(event.rows)
        return found

    def _choices(self) -> Iterator[Evaluate | Watch]:
        """Give what chooses something by rows that the model concerned was not trained on."""
        for event in self.events:
            match event:
                case Evaluate() if Use.SELECTS in event.uses and event.metric is not None:
                    if event.held_out:
                        yield event
                case Watch() if event.chooses is not None and event.rows.known:
                    yield event
                case _:
                    continue


def _talks(model: Model) -> bool:
    """Say whether a search may print its scores while it runs."""
    verbose = model.arguments.get("verbose")
    return verbose is not None and not (verbose.known and not verbose.value)


def _classes(model: Model) -> Iterator[str]:
    """Name the class of a model, and those of what it holds, such as what a search tries."""
    yield model.qualified
    for step in model.steps:
        yield from _classes(step)


def _beyond(evaluation: Evaluate) -> bool:
    """Say whether the judged rows are not surely those that the model was trained on."""
    return Overlap.MUST not in evaluation.meetings
