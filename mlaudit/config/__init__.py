"""The schema of the configuration, its loading, and the selection of rules."""
