"""What a rule starts from: where none of it is there, the rule is not even imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from mlaudit.rulekit.module import Module


@frozen
class Needs:
    """Things of which one at least must be there for a rule to have anything to say.

    `trace` names classes of events and questions to a trace that have an answer, `influences` kinds
    of those that reach a training, `calls` kinds of library calls, `unseeded` kinds of such calls
    that vary and get no seed, and `words` stand in the text.  A rule without any is always asked.
    """

    trace: tuple[str, ...] = ()
    influences: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    unseeded: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def met(self, module: Module) -> bool:
        """Say whether any of them is there, or none is asked for."""
        return (
            self == _NONE
            or any(word in module.document.text for word in self.words)
            or not module.kinds.isdisjoint(self.calls)
            or not module.unseeded.isdisjoint(self.unseeded)
            or not module.trace.influences.isdisjoint(self.influences)
            or any(map(module.trace.tells, self.trace))
        )


_NONE = Needs()
