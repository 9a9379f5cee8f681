"""The base of every rule, and its single verb: `report`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from mlaudit.model.finding import Confidence, Evidence, Finding, Fix, Severity
from mlaudit.model.frozen import frozen
from mlaudit.model.location import Location
from mlaudit.rulekit.needs import Needs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.profile import Profile
    from mlaudit.rulekit.module import Module
    from mlaudit.rulekit.repair import Repair
    from mlaudit.source.document import Place
    from mlaudit.trace.trace import Trace


class Tier(StrEnum):
    """The first profile that turns a rule on; opt-in rules are on only when selected by name."""

    DEFAULT = "default"
    RESEARCH = "research"
    PRODUCTION = "production"
    OPT_IN = "opt-in"


@frozen
class RuleMeta:
    """What is fixed about a rule.

    `help` is the remedy in one sentence; `impact` and `effort` fill the recommendations table.
    """

    code: str
    name: str
    family: str
    severity: Severity
    confidence: Confidence
    help: str
    tier: Tier = Tier.DEFAULT
    impact: str = ""
    effort: str = "low"
    since: str = "0.1"


class Rule:
    """A rule reads facts and reports findings; it keeps no state between documents."""

    meta: ClassVar[RuleMeta]
    needs: ClassVar[Needs] = Needs()

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge a trace, static or observed."""
        return ()

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the resolved calls and names of one document."""
        return ()

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge what was measured in a run of the program."""
        return ()

    @classmethod
    def reads_code(cls) -> bool:
        """Say whether the rule has anything to say of code, rather than of a run alone."""
        return cls.check_trace is not Rule.check_trace or cls.check_module is not Rule.check_module

    @property
    def measures(self) -> bool:
        """Whether the rule has anything to say of a run."""
        return type(self).check_profile is not Rule.check_profile

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Offer edits that mend a finding of this rule, the best first; asked only for fixes."""
        return ()

    def report(
        self,
        place: Place | Location,
        message: str,
        *,
        evidence: Iterable[tuple[str, Place | Location]] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        conditional: bool = False,
        fix: Fix | None = None,
    ) -> Finding:
        """Make a finding at a place; `evidence` is the chain of (role, place) that makes it true.

        A `conditional` finding, true on some paths only, loses one grade of confidence.
        """
        confidence = confidence or self.meta.confidence
        if conditional:
            confidence = Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW
        return Finding(
            code=self.meta.code,
            name=self.meta.name,
            family=self.meta.family,
            message=message,
            severity=severity or self.meta.severity,
            confidence=confidence,
            location=_location(place),
            evidence=tuple(Evidence(role, _location(related)) for role, related in evidence),
            fix=fix,
            help=self.meta.help,
        )


def _location(place: Place | Location) -> Location:
    return place if isinstance(place, Location) else place.location
