"""Label files, files of splits and answers of other systems: CSV."""

from __future__ import annotations

import contextlib
import csv
import io
from pathlib import Path

from hypothesis import strategies as st

from fuzz.folders import empty_folder
from fuzz.strategies import damaged, extremes
from mien.datasets import readers
from mien.datasets.records import ANY_AGE, Record
from mien.datasets.splits import cell, part_of
from mien.errors import DataError
from mien.evaluation.answers import read_answers

_PICTURES = ("a.jpg", "b/c.jpg")
_COLUMNS = (
    *("path", "file", "file_name", "age", "age_low", "age_high", "age_deviation", "gender"),
    *("ethnicity", "race", "group", "split", "apparent_age", "apparent_age_avg", "female", "hat"),
    *("apparent_deviation", "at_least_18", "at_least_999"),
)
_CELLS = st.one_of(
    st.sampled_from(_PICTURES),
    st.sampled_from(("31", "4.5", "20-29", "70+", "more than 70", "0.9", "train", "val", "7")),
    st.sampled_from(("Male", "female", "White", "undetermined", "Black", "150", "29-20")),
    extremes.map(str),
    st.text(max_size=6),
)
_ROWS = st.tuples(
    st.lists(st.sampled_from(_COLUMNS) | st.text(max_size=3), min_size=1, max_size=9),
    st.lists(st.lists(_CELLS, max_size=9), max_size=4),
)


def _table(rows: tuple[list[str], list[list[str]]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([rows[0], *rows[1]])
    return text.getvalue().encode("utf-8", "surrogatepass")


INPUTS = st.one_of(_ROWS.map(_table), _ROWS.map(_table).flatmap(damaged), st.binary(max_size=80))


def run(data: bytes) -> None:
    """Reads a table in every way, each of which may refuse it."""
    folder = empty_folder("labelled")
    for name in _PICTURES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    table = folder / "table.csv"
    table.write_bytes(data)
    known = readers.Labels([Record(name, *ANY_AGE) for name in _PICTURES])
    for read in (
        lambda: readers.read_csv(table),
        lambda: readers.read_fairface(folder, table),
        lambda: readers.read_appareal(folder, table),
        lambda: readers.with_splits(known, table),
        lambda: _answers(table, folder, known.records),
    ):
        with contextlib.suppress(DataError):
            for record in read().records:
                assert 0 <= record.age_low <= record.age_high <= readers.OLDEST
                assert record.age_deviation is None or 0 < record.age_deviation < float("inf")
                cell(record)
                part_of(record)


def _answers(table: Path, folder: Path, records: list[Record]) -> readers.Labels:
    predictions = read_answers(table, folder, records)
    assert len(predictions) == len(records)
    assert predictions.age_group.shape == (len(records),)
    return readers.Labels(records)
