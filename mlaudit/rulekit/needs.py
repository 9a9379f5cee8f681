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
            any(word in module.document.text for word in self.words)
            or any(kind in module.kinds for kind in self.calls)
            or any(kind in module.unseeded for kind in self.unseeded)
            or any(kind in module.trace.influences for kind in self.influences)
            or any(map(module.trace.tells, self.trace))
            or self == _NONE
        )


_NONE = Needs()
