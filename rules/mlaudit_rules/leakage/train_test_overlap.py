"""LEAK007: the model was trained on rows of its own test part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fit,
    Fix,
    Needs,
    Overlap,
    Rule,
    RuleMeta,
    Severity,
    Watch,
    named,
    quoted,
    says_test,
    says_training,
    score_of,
)

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Module, Overlapping, Place, Trace
    from mlaudit_rules.leakage.reshuffled import Reshuffled


class TrainTestOverlap(Rule):
    """Reports models scored on a part that was set apart, yet lies within their training rows."""

    meta = RuleMeta(
        code="LEAK007",
        name="train-test-overlap",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Train on the training part only; refit on everything after the last score.",
        impact="The test score is a training score: it says nothing about new data.",
    )
    needs = Needs(trace=("overlaps", "Watch"), words=(".skip(",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge overlaps, then what trainings watch, one finding a training."""
        if trace.cut_short:
            return
        seen: set[Place] = set()
        for overlapping in trace.overlaps:
            if overlapping.fit.place in seen or overlapping.evaluation.metric is None:
                continue
            if overlapping.as_guessed or overlapping.by_choice:
                continue
            name = overlapping.evaluation.called
            if says_training(name) and not says_test(name):
                continue  # it is told as a training score
            if overlapping.overlap is Overlap.MUST:
                apart = trace.set_apart(overlapping.evaluation.rows, overlapping.fit.rows)
                apart = apart or _called_test(trace, overlapping)
                apart = apart and not _named_apart(overlapping)
                if apart and trace.trained_apart(overlapping) is None:
                    seen.add(overlapping.fit.place)
                    yield self._judge(trace, overlapping)
            elif trace.drawn_anew(overlapping):
                seen.add(overlapping.fit.place)
                yield self._judge_new_parts(trace, overlapping)
        for watch in trace.of(Watch):
            if watch.place not in seen and _watches_learnt_rows(trace, watch):
                seen.add(watch.place)
                yield self._judge_watch(trace, watch)

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge parts of data that comes in another order each time."""
        from mlaudit_rules.leakage.reshuffled import reshuffled_parts

        seen: set[ast.Call] = set()
        for found in reshuffled_parts(module):
            if found.shuffle not in seen:
                seen.add(found.shuffle)
                yield self._judge_order(module, found)

    def _judge_order(self, module: Module, found: Reshuffled) -> Finding:
        trained, judged = module.text(found.trained), module.text(found.judged)
        return self.report(
            module.place(found.shuffle),
            "this `shuffle` draws another order each time the data is gone through, so "
            f"`{trained}` and `{judged}`, taken behind it, hold other rows in every epoch: in the "
            f"end the model has learnt rows of `{judged}`",
            evidence=[
                ("trained on", module.place(found.trained)),
                ("judged on", module.place(found.judged)),
            ],
            fix=Fix(
                "Keep the order of this shuffle, and shuffle the training part once more.",
                "shuffle(..., reshuffle_each_iteration=False)",
            ),
        )

    def _judge(self, trace: Trace, overlapping: Overlapping) -> Finding:
        fit, evaluation = overlapping.fit, overlapping.evaluation
        called = evaluation.called
        test = quoted(called) if called else "the rows it is scored on"
        return self.report(
            fit.place,
            f"{quoted(fit.place)} trains {named(fit.model)} on data that holds rows of {test}, "
            f"so {score_of(evaluation)} is measured on rows that it has learnt",
            evidence=_chain(trace, overlapping),
            conditional=fit.conditional or evaluation.conditional,
            fix=Fix(f"Train on the part that is disjoint from {test}."),
        )

    def _judge_new_parts(self, trace: Trace, overlapping: Overlapping) -> Finding:
        fit, evaluation = overlapping.fit, overlapping.evaluation
        called = evaluation.called
        test = quoted(called) if called else "the rows it is scored on"
        trained = trace.split_of(fit.rows)
        drawn = [("split before training", trained.place)] if trained else []
        again = trace.split_of(evaluation.rows)
        how = (
            f"is a part of another division of all the rows than the one that {named(fit.model)} "
            "was trained on"
            if again is not None and trace.precedes(again, fit)
            else f"was drawn anew from all the rows after {named(fit.model)} had been trained on "
            "another division of them"
        )
        return self.report(
            evaluation.place,
            f"{test} {how}, so {score_of(evaluation)} is measured {_how_far(trace, overlapping)} "
            "on rows that it has learnt",
            evidence=[*drawn, *_chain(trace, overlapping)],
            conditional=fit.conditional or evaluation.conditional,
            fix=Fix(
                "Divide the rows once, or train anew on the training part of the new division."
            ),
        )

    def _judge_watch(self, trace: Trace, watch: Watch) -> Finding:
        rows = quoted(watch.variable) if watch.variable else "the rows of its validation"
        split = trace.split_of(watch.rows, before=watch)
        harm = (
            f"{watch.chooses} of {named(watch.model)} is decided by rows that it learns"
            if watch.chooses
            else f"what {named(watch.model)} is told to reach on them is a training score"
        )
        return self.report(
            watch.place,
            f"{quoted(watch.place)} trains on data that holds {rows}, which it validates on as "
            f"`{watch.argument}`, so {harm}",
            evidence=[("split here", split.place)] if split is not None else [],
            severity=Severity.WARNING,
            conditional=watch.conditional,
            fix=Fix(f"Train on the part that is disjoint from {rows}."),
        )


def _how_far(trace: Trace, overlapping: Overlapping) -> str:
    """Say how much of a part that was drawn anew the model may have learnt."""
    share = trace.share_learnt(overlapping)
    if share is None:
        return "in part"
    return "for the most part" if share > 1 / 2 else f"to about {share:.0%}"


def _watches_learnt_rows(trace: Trace, watch: Watch) -> bool:
    """Say whether a training surely learns rows that had been set apart for its validation."""
    return any(
        fit.place == watch.place
        and fit.model is watch.model
        and watch.rows.overlap(fit.rows) is Overlap.MUST
        and trace.set_apart(watch.rows, fit.rows)
        for fit in trace.near(Fit, watch.rows)
    )


def _called_test(trace: Trace, overlapping: Overlapping) -> bool:
    """Say whether some of the trained rows are called a test part, beside another fair score.

    Without that other score, the number is reported as a training score.
    """
    fit, evaluation = overlapping.fit, overlapping.evaluation
    return (
        says_test(evaluation.variable)
        and not says_test(fit.variable)
        and not fit.rows.within(evaluation.rows)
        and trace.judged_apart(evaluation)
    )


def _named_apart(overlapping: Overlapping) -> bool:
    """Say whether the rows are called training and test rows, and each has parts of its own.

    Who names them apart has mostly parted them: what both hold is then rather something that each
    was put together with, as a table that their rows are looked up in.
    """
    fit, evaluation = overlapping.fit, overlapping.evaluation
    judged = evaluation.called
    return (
        says_training(fit.variable)
        and says_test(judged)
        and not says_training(judged)
        and fit.rows.apart_in_part(evaluation.rows)
    )


def _chain(trace: Trace, overlapping: Overlapping) -> Iterator[tuple[str, Place]]:
    evaluation = overlapping.evaluation
    split = trace.split_of(evaluation.rows, before=evaluation)
    if split is not None:
        yield "split here", split.place
    yield "trained here", overlapping.fit.place
    yield "scored here", evaluation.place
