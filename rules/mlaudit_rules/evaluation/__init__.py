"""Rules about evaluation and test-set misuse."""
