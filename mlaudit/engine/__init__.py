"""Runs the analysis and the rules, and makes the review."""
