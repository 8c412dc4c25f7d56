"""The chip cache: the aligned faces of a data set on disk."""
