"""What the rules about statistics of evaluated rows have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Effect,
    Evaluate,
    Fit,
    Fix,
    Kind,
    Needs,
    Rule,
    Severity,
    named,
    quoted,
    says_test,
    says_validation,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Influence, Module, Place, PreprocessingLeak, Repair, Trace

_ROLES = {
    Kind.FIT: "fitted here",
    Kind.STATISTIC: "computed here",
    Kind.SELECTION: "selected here",
    Kind.RESAMPLING: "resampled here",
    Kind.DUPLICATION: "duplicated here",
    Kind.TARGET_ENCODING: "encoded here",
}

NEAR = 2
_OF_CLASSES = "class frequencies"  # they weigh rows, and IMBA005 speaks of them
_SPLIT_HERE = "split here"
IMPORTANCE = "the importance of features"
_UNMOVED = {
    True: "trees split scaled columns alike, so here its score hardly moves",
    False: "without a penalty it fits scaled columns alike, so its score does not move",
}

_WEIGHT = [Severity.INFO, Severity.WARNING, Severity.ERROR].index

# Resamplers that take rows away put no copies anywhere.
REMOVES = ("Under", "NearMiss", "Tomek", "Neighbour", "ClusterCentroids", "OneSided", "Instance")
_STEPS = {"sklearn", "imblearn", "xgboost", "lightgbm", "catboost"}


class PreprocessingRule(Rule):
    """Reports statistics that saw rows on which the model is scored later, one a place."""

    kinds: ClassVar[frozenset[Kind]]
    in_folds: ClassVar[bool | None] = False
    copies: ClassVar[bool] = False
    needs = Needs(trace=("preprocessing_leaks", "held_back"))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge the leaks of this rule's kinds."""
        leaks = [
            leak
            for leak in trace.preprocessing_leaks
            if leak.influence.kind in self.kinds
            and not (leak.influence.removes and only_predicted(leak))
            and leak.influence.statistic != _OF_CLASSES
            and self.in_folds in {None, leak.in_folds}
            and self.concerns(leak)
        ]
        for run in runs(leaks):
            yield self.judge(trace, *run)
        if self.copies:
            told = {leak.influence.place for leak in leaks}
            yield from (self._held_back(*back) for back in held_back(trace, self.kinds, told))

    def concerns(self, leak: PreprocessingLeak) -> bool:
        """Say whether the rule has a say in a leak of its kinds."""
        return True

    def judge(self, trace: Trace, leak: PreprocessingLeak, *more: PreprocessingLeak) -> Finding:
        """Report one leak at the place of its cause, with more of its kind on the next lines."""
        message = self.message(leak)
        if more:
            message += f" ({len(more)} more like it on the next lines)"
        again = [("again here", other.influence.place) for other in more]
        return self.report(
            leak.influence.place,
            message,
            evidence=[*chain(leak), *again],
            severity=self.severity(trace, leak),
            confidence=confidence(leak),
            conditional=leak.influence.conditional or leak.evaluation.conditional,
            fix=Fix(self.remedy(leak)),
        )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Take it from the training part below the split, or in the folds of a pipeline."""
        from mlaudit.rulekit.moving import below_split
        from mlaudit.rulekit.pipelines import into_pipeline

        divided = any(one.role == _SPLIT_HERE for one in finding.evidence)
        return below_split(module, finding) if divided else into_pipeline(module, finding)

    def _held_back(self, fit: Fit, influence: Influence) -> Finding:
        """Report copies of which training itself sets some apart for validation."""
        back = fit.held_back.text if fit.held_back else ""
        return self.report(
            influence.place,
            f"{quoted(influence.place)} puts copies or blends of rows behind them, and "
            f"`validation_split={back}` sets the last rows apart: {named(fit.model)} is validated "
            "on copies of rows that it is trained on",
            evidence=[(_ROLES[influence.kind], influence.place), ("set apart here", fit.place)],
            severity=Severity.WARNING,
            conditional=fit.conditional or influence.conditional,
            fix=Fix(
                "Split a validation part off first, add the copies to the training rows alone, and "
                "give that part as `validation_data`."
            ),
        )

    def message(self, leak: PreprocessingLeak) -> str:
        """Say what happened, on which rows, and what that does to the score."""
        raise NotImplementedError

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Say what to write instead, in the names of the code at hand."""
        raise NotImplementedError

    def severity(self, trace: Trace, leak: PreprocessingLeak) -> Severity:
        """Grade by how much the statistic can move a score, and whether that is the only score."""
        return graded(trace, leak, self.meta.severity)


def held_back(
    trace: Trace, kinds: frozenset[Kind], told: set[Place]
) -> Iterator[tuple[Fit, Influence]]:
    """Find trainings that set rows of a copied table apart by position, one a cause."""
    for fit in trace.held_back:
        for influence in fit.influences:
            removes = any(word in influence.operation for word in REMOVES)
            if influence.kind in kinds and influence.place not in told and not removes:
                told.add(influence.place)
                yield fit, influence


def graded(trace: Trace, leak: PreprocessingLeak, severity: Severity) -> Severity:
    """Lower a severity for weak statistics, and where another score, or none, is told.

    Another is one on held-out rows of the same data that had no part in the statistic.
    """
    if leak.influence.removes or leak.unmoved:
        return Severity.INFO
    if leak.influence.effect is Effect.LOW or only_predicted(leak):
        severity = min(severity, Severity.WARNING, key=_WEIGHT)
    if leak.only_chooses:
        severity = Severity.INFO
    if trace.judged_beyond(leak.influence.rows):
        severity = Severity.WARNING if severity is Severity.ERROR else Severity.INFO
    return severity


def runs(leaks: list[PreprocessingLeak]) -> Iterator[list[PreprocessingLeak]]:
    """Group leaks by the same statistic on successive lines, e.g. fills of column after column."""
    run: list[PreprocessingLeak] = []
    for leak in sorted(leaks, key=lambda leak: leak.influence.place.location.sort_key):
        if run and not _continues(run[-1], leak):
            yield run
            run = []
        run.append(leak)
    if run:
        yield run


def _continues(first: PreprocessingLeak, second: PreprocessingLeak) -> bool:
    one, two = first.influence, second.influence
    here, there = one.place.location, two.place.location
    near = 0 < there.line - here.line <= NEAR and (here.path, here.cell) == (there.path, there.cell)
    alike = (one.statistic, one.effect, one.kind) == (two.statistic, two.effect, two.kind)
    return near and alike


def chooses_only(trace: Trace, leak: PreprocessingLeak) -> bool:
    """Say whether the folds only choose settings, and rows without part in it are predicted."""
    validation = leak.evaluation
    if not isinstance(validation, CrossValidate) or not validation.search:
        return False
    return trace.judged_beyond(validation.rows) or any(
        event.held_out and event.rows.kin(validation.rows)
        for event in trace.near(Evaluate, validation.rows)
        if not event.rows.overlap(validation.rows)
    )


def only_predicted(leak: PreprocessingLeak) -> bool:
    """Say whether the rows are predicted, and no metric is seen that judges the predictions."""
    return isinstance(leak.evaluation, Evaluate) and leak.evaluation.metric is None


def confidence(leak: PreprocessingLeak) -> Confidence:
    """Tell how sure it is that the rows that the statistic saw are judged."""
    return Confidence.MEDIUM if only_predicted(leak) else Confidence.HIGH


def chain(leak: PreprocessingLeak) -> Iterator[tuple[str, Place]]:
    """Give the places that make the leak true, in the order of cause."""
    yield _ROLES[leak.influence.kind], leak.influence.place
    if leak.split is not None:
        yield _SPLIT_HERE, leak.split.place
    if leak.fit is not None:
        yield "trained here", leak.fit.place
    yield "predicted here" if only_predicted(leak) else "scored here", leak.evaluation.place


def trained(leak: PreprocessingLeak) -> str:
    """Name the training rows."""
    return _variables(leak)[0]


def judged(leak: PreprocessingLeak) -> str:
    """Name the evaluated rows."""
    return _variables(leak)[1]


def _variables(leak: PreprocessingLeak) -> tuple[str, str]:
    """Name training and evaluated rows as the code does, if its names tell them apart."""
    if isinstance(leak.evaluation, CrossValidate):
        return "the training folds", "the folds of " + quoted(leak.evaluation.place)
    if leak.in_folds and leak.split is not None:
        return "the training folds", "the folds of " + quoted(leak.split.place)
    training, test = leak.fit.variable if leak.fit else "", _called(leak.evaluation)
    part = "the validation part" if _validates(leak) else "the test part"
    if training == test:
        return "the training part", part
    return quoted(training) if training else "the training part", quoted(test) if test else part


def _called(evaluation: Evaluate) -> str:
    """Name rows as whoever asks for their score does, where that is a name."""
    outside = evaluation.outside
    return outside if outside.isidentifier() else evaluation.variable


def _validates(leak: PreprocessingLeak) -> bool:
    """Say whether the code calls the evaluated rows validation rows, wherever it set them apart."""
    return any(map(says_validation, leak.names)) and not any(map(says_test, leak.names))


def learnt(leak: PreprocessingLeak) -> str:
    """Name what was learnt from the rows."""
    return leak.influence.statistic or "statistics"


def tries(leak: PreprocessingLeak) -> str:
    """Say what a model does with the rows, as the end of "rows that the model …"."""
    return "predicts" if only_predicted(leak) else "is scored on"


def unmoved(leak: PreprocessingLeak) -> str:
    """Say why the model would predict the same without what was learnt."""
    return _UNMOVED[leak.evaluation.model.compares_only]


def spoilt(leak: PreprocessingLeak) -> str:
    """Say what the number, or the predictions, can no longer tell."""
    if only_predicted(leak):
        return "its predictions are no test on unseen data"
    told = ", which only chooses," if leak.only_chooses else ""
    return f"{number(leak)}{told} is not measured on unseen data"


def removal(leak: PreprocessingLeak) -> str:
    """Say that unusual rows were removed everywhere, and what the score is worth then."""
    return (
        f"rows are removed by {learnt(leak)} of all rows ({quoted(leak.influence.place)}), also "
        f"among those that {model(leak)} {tries(leak)} ({judged(leak)}): unusual rows are missing "
        f"there too, so {number(leak)} does not count them"
    )


def number(leak: PreprocessingLeak) -> str:
    """Name the score that is spoilt."""
    if isinstance(leak.evaluation, CrossValidate):
        return f"the score of {quoted(leak.evaluation.function)}"
    return score_of(leak.evaluation)


def model(leak: PreprocessingLeak) -> str:
    """Name the model that is scored."""
    return named(leak.evaluation.model)


def step(leak: PreprocessingLeak) -> str:
    """Name what belongs into a pipeline: the class of the transformer, or of what holds it."""
    name = leak.influence.operation.rsplit(" in ", 1)[-1].split(".")[0]
    return quoted(f"SelectFromModel({name}())" if leak.influence.statistic == IMPORTANCE else name)


def takes_steps(leak: PreprocessingLeak) -> bool:
    """Say whether the model can be a step of a scikit-learn Pipeline."""
    return leak.evaluation.model.qualified.split(".")[0] in _STEPS
