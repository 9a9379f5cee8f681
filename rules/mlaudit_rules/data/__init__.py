"""Rules about the data that models receive."""
