"""Rules about memory and time."""
