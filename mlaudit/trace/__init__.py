"""The vocabulary that the static and the observing half share: events, row sets, traces."""
