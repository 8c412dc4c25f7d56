"""Readers of the labels of data sets.

Every reader returns the records together with the problems: a file name or a row that cannot be
read is always reported.
"""

from mien.datasets.readers.aaf import read_aaf
from mien.datasets.readers.appareal import read_appareal
from mien.datasets.readers.celeba import read_celeba
from mien.datasets.readers.cells import OLDEST, parse_bracket
from mien.datasets.readers.csv import read_csv
from mien.datasets.readers.fairface import read_fairface
from mien.datasets.readers.labels import Labels
from mien.datasets.readers.splits import with_splits
from mien.datasets.readers.utkface import parse_utkface_name, read_utkface

__all__ = [
    "OLDEST",
    "Labels",
    "parse_bracket",
    "parse_utkface_name",
    "read_aaf",
    "read_appareal",
    "read_celeba",
    "read_csv",
    "read_fairface",
    "read_utkface",
    "with_splits",
]
