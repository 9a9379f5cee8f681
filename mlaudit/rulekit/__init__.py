"""All that a rule author imports; stable, versioned with the package."""

from typing import TYPE_CHECKING, Any

from mlaudit.model.budgets import Budgets
from mlaudit.model.finding import Certainty, Confidence, Evidence, Finding, Fix, Severity
from mlaudit.model.frozen import field, frozen, replace
from mlaudit.model.location import Location
from mlaudit.model.pattern import Pattern, Words
from mlaudit.rulekit.calls import Call
from mlaudit.rulekit.module import Module
from mlaudit.rulekit.needs import Needs
from mlaudit.rulekit.passed import passed_blocks
from mlaudit.rulekit.repair import NoRepair, Repair, block_of, statement_of
from mlaudit.rulekit.rule import Rule, RuleMeta, Tier
from mlaudit.rulekit.statements import names_evening
from mlaudit.rulekit.wording import (
    listed,
    named,
    quoted,
    says_test,
    says_training,
    says_validation,
    score_of,
)
from mlaudit.source.document import Place
from mlaudit.syntax.gradients import only_read
from mlaudit.syntax.names import NamedCall
from mlaudit.syntax.nodes import Nodes, children
from mlaudit.syntax.parameters import by_position, defaults
from mlaudit.syntax.spelling import last_name, spelt
from mlaudit.trace.columns import Columns
from mlaudit.trace.conclusions import ChosenOnReported, Overlapping, PreprocessingLeak
from mlaudit.trace.evening import DrawnAlike
from mlaudit.trace.events import (
    Alias,
    Among,
    Argument,
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

if TYPE_CHECKING:
    from mlaudit.model.measured import Fault, FaultKind, Matrix, Measured, Score
    from mlaudit.model.profile import Memory, Profile

_OF_RUNS = {"Fault", "FaultKind", "Matrix", "Measured", "Memory", "Profile", "Score"}


def __getattr__(name: str) -> Any:
    """Import what is known of runs only for rules that judge them."""
    if name not in _OF_RUNS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mlaudit.model import measured, profile

    return getattr(profile if name in {"Memory", "Profile"} else measured, name)


__all__ = [
    "Alias",
    "Among",
    "Argument",
    "Budgets",
    "Call",
    "Certainty",
    "ChosenOnReported",
    "Columns",
    "Confidence",
    "CrossValidate",
    "Draw",
    "DrawnAlike",
    "Effect",
    "Evaluate",
    "Evidence",
    "Fault",
    "FaultKind",
    "Finding",
    "Fit",
    "Fix",
    "Grouped",
    "Influence",
    "Kind",
    "Load",
    "Location",
    "Matrix",
    "Measured",
    "Memory",
    "Model",
    "Module",
    "NamedCall",
    "Needs",
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
    "Score",
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
    "by_position",
    "children",
    "defaults",
    "field",
    "frozen",
    "last_name",
    "listed",
    "named",
    "names_evening",
    "only_read",
    "passed_blocks",
    "quoted",
    "replace",
    "says_test",
    "says_training",
    "says_validation",
    "score_of",
    "spelt",
    "statement_of",
]
