"""LEAK009: rows are encoded by a mean of the target in which their own target took part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Fit,
    Fix,
    Kind,
    Needs,
    Pattern,
    Role,
    RuleMeta,
    Severity,
    named,
    quoted,
)
from mlaudit_rules.leakage.preprocessing import (
    PreprocessingRule,
    judged,
    model,
    number,
    takes_steps,
    trained,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Influence, Module, PreprocessingLeak, Trace


_KEY = Pattern(r"""groupby\(\s*\[?\s*["'](\w+)["']\s*\]?\s*[,)]""")
_FEW = Pattern(
    r"(?i)(hours?|hr|months?|quarters?|seasons?|years?|week_?days?|day_?of_?(the_?)?week|dow"
    r"|weekend|holiday|sex|gender|(is|has)_\w+)$"
)
# Groups by several keys at once, or by one that tells the single ones of many apart.
_SMALL = Pattern(
    r"""groupby\(\s*(by\s*=\s*)?\[[^\]]*,|groupby\([^()]*["'](\w*_)?(?i:id|user|customer|client|patient"""
    r"""|zip|zip_?code|post_?code|name|title|address|street|ticket|seller|merchant)["']"""
)
_TAKEN = {"mean": "the mean", "median": "the median"}


class TargetEncodingInSample(PreprocessingRule):
    """Reports means of the target by category that the encoded rows' own targets went into."""

    meta = RuleMeta(
        code="LEAK009",
        name="target-encoding-in-sample",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Encode each training row by other rows' targets, as `TargetEncoder` does by folds.",
        impact="Every row carries a part of its own answer, most of all in small categories.",
    )
    needs = Needs(trace=("preprocessing_leaks",), influences=(Kind.TARGET_ENCODING,))
    kinds = frozenset({Kind.TARGET_ENCODING})
    in_folds = None

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge encodings of the training rows alone, which spoil no score.

        In exploration only those whose groups are evidently many and small.
        """
        trace = module.trace
        reported = {
            _line(leak.influence)
            for leak in trace.preprocessing_leaks
            if leak.influence.kind in self.kinds
        }
        for fit, influence in _in_sample(trace):
            evident = _SMALL.search(influence.place.text) is not None
            if _line(influence) in reported or not (evident or module.profile != "exploration"):
                continue
            reported.add(_line(influence))
            yield self._of_training(fit, influence)

    def message(self, leak: PreprocessingLeak) -> str:
        """Say which rows' targets the encoding has seen."""
        return (
            f"{quoted(leak.influence.place)} takes {_means(leak.influence)} from all rows, those "
            f"included that {model(leak)} is scored on ({judged(leak)}): "
            f"{_spoilt(leak.influence)}, so {number(leak)} is too good"
        )

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Name the part to compute from, or the encoder that does."""
        if isinstance(leak.evaluation, CrossValidate) and takes_steps(leak):
            return (
                "Put sklearn's `TargetEncoder` and "
                f"{model(leak)} into one Pipeline and cross-validate that."
            )
        return (
            f"Split first and take the means from {trained(leak)} alone, for its own rows by folds "
            "as sklearn's `TargetEncoder.fit_transform` does."
        )

    def _of_training(self, fit: Fit, influence: Influence) -> Finding:
        return self.report(
            influence.place,
            f"{quoted(influence.place)} gives each training row {_means(influence)}, its own "
            f"target included, as `{influence.column}`: {named(fit.model)} trusts that feature "
            "more than it deserves on new rows",
            evidence=[("encoded here", influence.place), ("trained here", fit.place)],
            severity=Severity.WARNING,
            confidence=Confidence.MEDIUM,
            conditional=influence.conditional or fit.conditional,
            fix=Fix(
                "Take the means of other rows only: out of fold, leaving one out, or by sklearn's "
                "`TargetEncoder.fit_transform`."
            ),
        )


def _in_sample(trace: Trace) -> Iterator[tuple[Fit, Influence]]:
    """Find trainings on rows that all took part in the means that encode them."""
    for fit in trace.of(Fit):
        if fit.model.role is not Role.PREDICTOR:
            continue
        for influence in fit.influences:
            by_hand = influence.kind is Kind.TARGET_ENCODING and influence.source is not None
            if by_hand and fit.rows.within(influence.rows) and not _in_large_groups(influence):
                yield fit, influence


def _in_large_groups(influence: Influence) -> bool:
    """Say whether the groups are those of a calendar or the like: few, of many rows each."""
    key = _KEY.search(influence.place.text)
    return key is not None and _FEW.match(key[1]) is not None


def _means(influence: Influence) -> str:
    if influence.source is None:
        return influence.statistic or "statistics of the target"
    taken = influence.operation.rpartition(".")[2].removeprefix("nan")
    return f"{_TAKEN.get(taken, 'a statistic')} of the target `{influence.source}` of its group"


def _spoilt(influence: Influence) -> str:
    """Say where the labels went: encoders may leave out a row's own, or encode by folds."""
    if influence.source is None:
        return "their labels have shaped the features"
    return "their own labels are in their features"


def _line(influence: Influence) -> tuple[str, int]:
    return (influence.place.document.path, influence.place.line)
