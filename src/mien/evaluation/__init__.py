"""Evaluation of models: metrics, reports, plots and comparisons, computed from predictions."""
