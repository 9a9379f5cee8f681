"""Bytes become documents: one script or one notebook, one text, one line map."""

from mlaudit.model.lazy import submodules

__getattr__ = submodules(__name__, __path__)
