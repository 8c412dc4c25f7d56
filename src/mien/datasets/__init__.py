"""Labelled pictures: readers, splits, near-duplicates, aligned faces kept on disk."""
