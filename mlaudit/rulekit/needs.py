"""What a rule starts from: where none of it is there, the rule is not even imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.model.pattern import any_stands_in

if TYPE_CHECKING:
    from mlaudit.rulekit.calls import Call
    from mlaudit.rulekit.module import Module


@frozen
class Needs:
    """Things of which one at least must be there for a rule to have anything to say.

    `trace` names classes of events and questions to a trace that have an answer, `influences` kinds
    of those that reach a training, `calls` kinds of library calls, `unseeded` kinds of such calls
    that vary and get no seed, and `words`, in lower case, stand in the text in any.  A rule without
    any is always asked.
    """

    trace: tuple[str, ...] = ()
    influences: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    unseeded: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def met(self, module: Module) -> bool:
        """Say whether any of them is there, or none is asked for."""
        trace = module.trace
        if self.words and any_stands_in(module.document.lowered, self.words):
            return True
        if self.calls and not module.kinds.isdisjoint(self.calls):
            return True
        if self.influences and not trace.influences.isdisjoint(self.influences):
            return True
        if self.trace and any(map(trace.tells, self.trace)):
            return True
        if self.unseeded:
            return any(map(_is_unseeded, module.calls_of(*self.unseeded)))
        return not (self.words or self.calls or self.influences or self.trace)


def _is_unseeded(call: Call) -> bool:
    """Say whether a call varies, and has no seed or gets none."""
    entry = call.entry
    return entry is not None and call.is_random and (entry.seed is None or call.lacks_seed)
