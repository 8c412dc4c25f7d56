"""Tools for those who work on mien; they are not part of the package."""
