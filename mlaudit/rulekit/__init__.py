"""All that a rule author imports; stable, versioned with the package."""

from mlaudit.model.finding import Certainty, Confidence, Evidence, Finding, Fix, Severity
from mlaudit.model.frozen import field, frozen
from mlaudit.model.pattern import Pattern
from mlaudit.rulekit.module import Call, Module
from mlaudit.rulekit.rule import Rule, RuleMeta, Tier
from mlaudit.rulekit.wording import (
    named,
    quoted,
    says_test,
    says_training,
    says_validation,
    score_of,
)
from mlaudit.source.document import Place
from mlaudit.syntax.nodes import children
from mlaudit.trace.events import (
    Alias,
    Among,
    Argument,
    ChosenOnReported,
    Columns,
    CrossValidate,
    Draw,
    Effect,
    Evaluate,
    Fit,
    Influence,
    Kind,
    Load,
    Model,
    Overlapping,
    PreprocessingLeak,
    Resample,
    Role,
    Seed,
    Split,
    Use,
    Watch,
)
from mlaudit.trace.rows import Overlap, RowSet
from mlaudit.trace.trace import Trace

__all__ = [
    "Alias",
    "Among",
    "Argument",
    "Call",
    "Certainty",
    "ChosenOnReported",
    "Columns",
    "Confidence",
    "CrossValidate",
    "Draw",
    "Effect",
    "Evaluate",
    "Evidence",
    "Finding",
    "Fit",
    "Fix",
    "Influence",
    "Kind",
    "Load",
    "Model",
    "Module",
    "Overlap",
    "Overlapping",
    "Pattern",
    "Place",
    "PreprocessingLeak",
    "Resample",
    "Role",
    "RowSet",
    "Rule",
    "RuleMeta",
    "Seed",
    "Severity",
    "Split",
    "Tier",
    "Trace",
    "Use",
    "Watch",
    "children",
    "field",
    "frozen",
    "named",
    "quoted",
    "says_test",
    "says_training",
    "says_validation",
    "score_of",
]
