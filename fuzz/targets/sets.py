"""The files of data sets: YAML that names their labels."""

from __future__ import annotations

import os

import yaml
from hypothesis import strategies as st

from fuzz.folders import empty_folder
from fuzz.strategies import altered, damaged, extremes
from mien.datasets.readers.kinds import KINDS
from mien.datasets.sets import read_set

_NAMES = ("1_0_0_20170109150557335.jpg", "00001A23.jpg", "female/a.png")

_ENTRIES = st.fixed_dictionaries(
    {"kind": st.sampled_from(KINDS) | extremes, "pictures": st.just("pictures") | extremes},
    optional={
        "labels": st.just("labels.csv") | extremes,
        "splits": st.just("labels.csv") | extremes,
        "name": extremes,
    },
)


def _dumped(entries: object) -> bytes:
    return yaml.safe_dump(entries).encode("utf-8", "surrogatepass")


INPUTS = st.one_of(
    _ENTRIES.map(_dumped),
    altered({"kind": "csv", "pictures": "pictures", "labels": "labels.csv"}).map(_dumped),
    damaged(b"kind: csv\npictures: pictures\nlabels: labels.csv\nsplits: labels.csv\n"),
    st.binary(max_size=60),
)


def run(data: bytes) -> None:
    """Reads the file of a data set that is beside it."""
    if b"pictures: /\n" in data:
        return  # the whole machine would be searched
    folder = empty_folder("set")
    for name in _NAMES:
        (folder / "pictures" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pictures" / name).touch()
    row = b"1_0_0_20170109150557335.jpg,1_0_0_20170109150557335.jpg,20-29,Male,White,train,31.5\n"
    head = b"path,file,age,gender,race,split,apparent_age\n"
    (folder / "labels.csv").write_bytes(head + row)
    (folder / "set.yaml").write_bytes(data)
    before = os.getcwd()  # noqa: PTH109
    os.chdir(folder)
    try:
        read = read_set("set.yaml")
        assert read.labels.records
        read.split("train")
    finally:
        os.chdir(before)
