"""EVAL002: the reported score is a training score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Finding,
    Fix,
    Needs,
    Overlap,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Use,
    named,
    quoted,
    says_test,
    says_training,
    says_validation,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Overlapping, Place, Trace


_TESTED = Pattern(r"(?i)\.(cdf|sf)\(|p_?val|pearsonr|spearmanr|linregress|[ft]_stat")
_NEAR = 30  # lines around a score
_LABEL = Pattern(r"\b(label|name)\s*=\s*$")
_COLUMN = Pattern(r"reshape\(\s*-1\s*,\s*1\s*\)$|\[:,\s*(None|[\w.]*newaxis)\]$|\[\[[^,\[\]]+\]\]$")
_ENTRY = Pattern(r"""\[(["'])[^"'\]]*\1\]""")


class EvaluateOnTrain(Rule):
    """Reports training scores that are told as the model's quality, with no other beside."""

    meta = RuleMeta(
        code="EVAL002",
        name="evaluate-on-train",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Score the model on rows that it was not trained on.",
        impact="A training score rewards memory: it says nothing about new data.",
    )
    needs = Needs(trace=("overlaps",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge overlaps, one finding a training: its first score."""
        seen: set[Place] = set()
        for overlapping in trace.overlaps:
            evaluation = overlapping.evaluation
            if overlapping.fit.place in seen or not is_told(overlapping):
                continue
            if trace.judged_apart(evaluation) or _called_apart(overlapping):
                continue
            if trace.set_apart(evaluation.rows, overlapping.fit.rows) or _describes(evaluation):
                continue
            if overlapping.fit.held_back is not None and _told_apart(overlapping):
                continue
            fair = trace.judges_fairly or trace.judged_where_given(evaluation)
            fair = fair or _judged_for_test_too(trace, evaluation)
            if told_as_training(evaluation) or (fair and called_training(evaluation)):
                continue
            seen.add(overlapping.fit.place)
            yield self._judge(trace, overlapping)

    def _judge(self, trace: Trace, overlapping: Overlapping) -> Finding:
        fit, evaluation = overlapping.fit, overlapping.evaluation
        rows = quoted(evaluation.variable) if evaluation.variable else "the training rows"
        if trace.judges_fairly:
            alone = "this model has no score on other rows"
        elif fit.held_back is not None or trace.watched_beside(fit):
            alone = "of other rows only the training itself tells scores"
        else:
            alone = "no score on other rows stands beside it"
        return self.report(
            evaluation.asked_at,
            f"{score_of(evaluation)} of {named(evaluation.model)} is measured on {rows}, "
            f"{_learnt(overlapping)}, and {alone}",
            evidence=[("trained here", fit.place), ("scored here", evaluation.asked_at)],
            severity=Severity.WARNING if trace.judges_fairly else None,
            conditional=evaluation.conditional or fit.conditional,
            fix=Fix(
                "Split the rows before training, train on one part and report the score on the "
                "other, or cross-validate."
            ),
        )


def _describes(evaluation: Evaluate) -> bool:
    """Say whether least squares describe a sample: tests of significance stand around the R².

    Or it is the label of a line that is drawn through points, over a single column.
    """
    if not evaluation.model.qualified.endswith("LinearRegression"):
        return False
    if evaluation.metric not in {"score", "r2_score"}:
        return False
    if _labels_line(evaluation):
        return True
    place = evaluation.asked_at
    around = place.document.lines[max(place.line - _NEAR, 0) : place.line + _NEAR]
    return _TESTED.search("\n".join(around)) is not None


def _labels_line(evaluation: Evaluate) -> bool:
    told = evaluation.reported_at
    if told is None or not all(_COLUMN.search(fit.variable) for fit in evaluation.fits):
        return False
    return _LABEL.search(told.document.lines[told.line - 1][: told.column - 1]) is not None


def _told_apart(overlapping: Overlapping) -> bool:
    """Say whether the score may be of the rows that the training set apart, or was told of them.

    After each epoch it tells of them what `evaluate` does.
    """
    fit, evaluation = overlapping.fit, overlapping.evaluation
    return evaluation.metric == "evaluate" or not fit.rows.within(evaluation.rows)


def _learnt(overlapping: Overlapping) -> str:
    """Say which of the judged rows were learnt."""
    fit, evaluation = overlapping.fit, overlapping.evaluation
    those = "rows that" if evaluation.rows.within(fit.rows) else "among which are all rows that"
    learnt = f"{those} {quoted(fit.place)} trained it on"
    if fit.held_back is None:
        return learnt
    return f"{learnt} but for those that `validation_split={fit.held_back.text}` sets apart"


def _called_apart(overlapping: Overlapping) -> bool:
    """Say whether the rows are called training and test rows, and may have parted unseen.

    Such as in a function of another library; not where one is seen to be cut from the other.
    Who names them apart has mostly parted them, in whatever way.
    """
    fit, evaluation = overlapping.fit, overlapping.evaluation
    if not fit.rows.within(evaluation.rows):
        return False
    judged = evaluation.called
    if not says_training(fit.variable) or says_training(judged):
        return False
    return says_test(judged) or says_validation(judged)


def _judged_for_test_too(trace: Trace, evaluation: Evaluate) -> bool:
    """Say whether the same line of a function is given rows that a caller names after a test."""
    return bool(evaluation.outside) and any(
        event.place == evaluation.place and says_test(event.outside) for event in trace.of(Evaluate)
    )


def called_training(evaluation: Evaluate) -> bool:
    """Say whether the rows, or the line that tells the score, are called after training."""
    named_so = says_training(evaluation.variable) or says_training(evaluation.outside)
    return named_so or says_training(_line(evaluation))


def told_as_training(evaluation: Evaluate) -> bool:
    """Say whether the text beside a number that chooses nothing calls it a training score."""
    if Use.SELECTS in evaluation.uses:
        return False
    told = evaluation.reported_at.text if evaluation.reported_at else ""
    return any(says_training(text) for text in _texts(_line(evaluation) + told))


def _line(evaluation: Evaluate) -> str:
    place = evaluation.asked_at
    return place.document.lines[place.line - 1]


def _texts(code: str) -> list[str]:
    """Give what stands in quotes in some code, but for the names of entries: `parts["train"]`."""
    shown = _ENTRY.sub("", code)
    return [*shown.split('"')[1::2], *shown.split("'")[1::2]]


def is_told(overlapping: Overlapping) -> bool:
    """Say whether a supervised model's number on surely known rows is told to people.

    A loss is what training reports of itself, and residuals are looked at one by one: nobody takes
    them for the model's quality.  What guesses without looking at a row has no memory of it.
    """
    evaluation = overlapping.evaluation
    return (
        overlapping.overlap is Overlap.MUST
        and not (overlapping.by_choice or overlapping.as_guessed)
        and evaluation.metric is not None
        and not evaluation.metric.endswith("Loss")
        and evaluation.metric != "own error"
        and Use.REPORTED in evaluation.uses
        and evaluation.model.task not in {"cluster", "outlier"}
        and not evaluation.model.ignores_features
        and _supervised(overlapping)
    )


def _supervised(overlapping: Overlapping) -> bool:
    """Say whether the model learns labels: of a network only what judges it tells that.

    One that learns to give back what it is given knows none.
    """
    fit, evaluation = overlapping.fit, overlapping.evaluation
    if fit.of_itself:
        return False
    if fit.target_rows is not None or evaluation.model.task is not None:
        return True
    if evaluation.metric == "evaluate":
        return True
    return fit.operation == "backward" and (
        evaluation.judges in {"labels", "scores", "probabilities"}
        or evaluation.metric == "r2_score"
    )
