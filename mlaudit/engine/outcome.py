"""What is kept of one file once its trees are gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlaudit.engine.description import Description

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Failure, FileCoverage


@dataclass(slots=True)
class Outcome:
    """The findings and the description of one file, and how much of it was examined."""

    coverage: FileCoverage
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    suppressed: int = 0
    description: Description = field(default_factory=Description)
