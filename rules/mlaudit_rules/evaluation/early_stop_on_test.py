"""EVAL004: the rows of the reported score had decided when training stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fix,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    Watch,
    named,
    quoted,
    score_of,
)
from mlaudit_rules.evaluation.choices import (
    of_file_for_validation,
    test_part_left,
    two_names,
    watches_validation,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import ChosenOnReported, Place, Trace


class EarlyStopOnTest(Rule):
    """Reports early stopping and best checkpoints that watch the rows of the final score."""

    meta = RuleMeta(
        code="EVAL004",
        name="early-stop-on-test",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Let training watch a validation part, and keep the test part for the final score.",
        impact="The number of rounds is fitted to the test part, so its score is too good.",
    )
    needs = Needs(trace=("chosen_on_reported",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge watches that choose, one finding a place."""
        seen: set[Place] = set()
        for chosen in trace.chosen_on_reported:
            watch = chosen.choice
            if not isinstance(watch, Watch) or watch.place in seen:
                continue
            if two_names(trace, chosen):
                continue  # the cause is that one set goes by two names
            validation = watches_validation(trace, watch, chosen.report)
            if validation and _promises_nothing(trace, chosen):
                continue
            if test_part_left(trace, watch):
                continue
            seen.add(watch.place)
            yield self._judge(chosen, watch, validation)

    def _judge(self, chosen: ChosenOnReported, watch: Watch, validation: bool) -> Finding:
        report = chosen.report
        rows = quoted(watch.variable) if watch.variable else "the same rows"
        left = (
            f"the only score is {score_of(report)} on the same rows, which is too good"
            if validation
            else f"{score_of(report)} is then reported on the same rows: no rows are left that "
            "took no part in training"
        )
        return self.report(
            watch.place,
            f"`{watch.argument}` lets {rows} decide {watch.chooses} of {named(watch.model)}, and "
            f"{left}",
            evidence=[("watched here", watch.place), ("scored here", report.place)],
            severity=Severity.INFO if validation else None,
            confidence=Confidence.MEDIUM if validation else None,
            conditional=watch.conditional or report.conditional,
            fix=Fix(
                f"Split a validation part off the training rows, give that to `{watch.argument}`, "
                f"and keep {rows} for the final score."
            ),
        )


def _promises_nothing(trace: Trace, chosen: ChosenOnReported) -> bool:
    """Say whether a score on validation rows guides the work, and other rows will tell the rest."""
    report, rows = chosen.report, chosen.choice.rows
    if report.of_trials or trace.in_folds(report):
        return True
    return trace.untouched_rows_remain(rows) or of_file_for_validation(trace, rows)
