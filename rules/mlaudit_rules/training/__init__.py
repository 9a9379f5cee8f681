"""Rules about the training of networks."""
