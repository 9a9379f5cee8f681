"""What is kept of one file once its trees are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.engine.description import Description
from mlaudit.model.frozen import field, record

if TYPE_CHECKING:
    from mlaudit.engine.anchors import Anchored
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Failure, FileCoverage


@record
class Outcome:
    """The findings and the description of one file, and how much of it was examined.

    Findings may stand in other files of the project that the file imports.  `unused` are the
    suppressions without effect, by file: one that has an effect in any outcome is used.
    """

    coverage: FileCoverage
    findings: list[Anchored] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    unused: dict[str, set[str]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    description: Description = field(default_factory=Description)
