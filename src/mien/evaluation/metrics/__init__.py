"""Metrics of estimates against labels: pure functions of NumPy arrays."""
