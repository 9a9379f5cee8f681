"""Plants faults in clean programs: each module knows the faults of one family."""
