"""The vocabulary that the static and the observing half share: events, row sets, traces."""

from mlaudit.model.lazy import submodules

__getattr__ = submodules(__name__, __path__)
