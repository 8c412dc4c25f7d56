"""The chip cache: a whole data set detected and aligned once."""
