"""Labelled pictures: reading, auditing and splitting data sets, and caching their chips."""
