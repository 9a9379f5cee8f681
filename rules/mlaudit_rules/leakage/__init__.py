"""Rules about data leakage."""
