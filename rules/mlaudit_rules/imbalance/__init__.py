"""Rules about class imbalance and metric choice."""
