"""The part of the probe that lives inside the user's interpreter: standard library only."""
