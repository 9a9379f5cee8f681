"""Bytes become documents: one script or one notebook, one text, one line map."""
