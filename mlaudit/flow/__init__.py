"""Documents become traces, by abstract interpretation."""
