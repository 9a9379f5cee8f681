"""All that a rule author imports; stable, versioned with the package."""

from mlaudit.model.finding import Certainty, Confidence, Evidence, Finding, Fix, Severity
from mlaudit.model.frozen import field, frozen
from mlaudit.model.location import Location
from mlaudit.model.pattern import Pattern, Words
from mlaudit.model.profile import Memory, Profile
from mlaudit.rulekit.calls import Call
from mlaudit.rulekit.module import Module
from mlaudit.rulekit.repair import NoRepair, Repair, block_of, statement_of
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
from mlaudit.syntax.names import NamedCall
from mlaudit.syntax.nodes import Nodes, children
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
    Grouped,
    Influence,
    Kind,
    Load,
    Model,
    Ordered,
    Overlapping,
    PreprocessingLeak,
    Resample,
    Role,
    Seed,
    Split,
    Use,
    Watch,
    Weigh,
    Windowed,
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
    "Grouped",
    "Influence",
    "Kind",
    "Load",
    "Location",
    "Memory",
    "Model",
    "Module",
    "NamedCall",
    "NoRepair",
    "Nodes",
    "Ordered",
    "Overlap",
    "Overlapping",
    "Pattern",
    "Place",
    "PreprocessingLeak",
    "Profile",
    "Repair",
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
    "Weigh",
    "Windowed",
    "Words",
    "block_of",
    "children",
    "field",
    "frozen",
    "named",
    "quoted",
    "says_test",
    "says_training",
    "says_validation",
    "score_of",
    "statement_of",
]
