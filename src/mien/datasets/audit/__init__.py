"""Audits of data sets: contents, problems, near-duplicates and leakage."""
