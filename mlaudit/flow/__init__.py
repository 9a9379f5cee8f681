"""Documents become traces, by abstract interpretation."""

from mlaudit.model.lazy import submodules

# Most programs need half of the modules.
__getattr__ = submodules(__name__, __path__)
