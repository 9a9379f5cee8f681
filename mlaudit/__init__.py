"""mlaudit: the reviewer that machine-learning code deserves."""

__version__ = "0.1.0"
