"""Predictions of other systems for labelled pictures, for ``mien evaluate --predictions``."""
