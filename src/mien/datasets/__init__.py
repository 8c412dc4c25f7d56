"""Labelled pictures: readers, splits, near-duplicates, and caches of aligned faces."""
