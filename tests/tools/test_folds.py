"""Five folds: each picture is held out once, and near-duplicates are never divided."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.datasets.chips.cache import ChipCache
from mien.datasets.chips.index import CachedChip
from mien.datasets.records import ETHNICITIES, Record
from mien.datasets.sets import read_set
from mien.datasets.splits import cell
from mien.faces.align import UTKFACE_TEMPLATE
from tools.folds import FOLDS, fold_splits, main, near_duplicates, write_folds

a_record = st.builds(
    Record,
    path=st.just("a.png"),
    age_low=st.sampled_from([1, 15, 25, 80]),
    age_high=st.just(80),
    gender=st.sampled_from(["female", "male", None]),
    race=st.sampled_from(["", *ETHNICITIES]),
)


@settings(max_examples=50)
@given(st.lists(st.tuples(a_record, st.integers(0, 30)), max_size=40))
def test_each_picture_is_held_out_once_and_no_group_is_divided(
    labelled: list[tuple[Record, int]],
) -> None:
    records = [record for record, _ in labelled]
    numbers = np.array([number for _, number in labelled], np.int64)
    folds = fold_splits(records, numbers)
    assert len(folds) == FOLDS
    assert all(set(splits) <= {"train", "val", "test"} for splits in folds)
    assert all(list(of_picture).count("test") == 1 for of_picture in zip(*folds, strict=True))
    for splits in folds:
        for number in set(numbers.tolist()):
            assert len({splits[i] for i in np.flatnonzero(numbers == number)}) == 1
    assert fold_splits(records, numbers) == folds


@settings(max_examples=50)
@given(st.lists(a_record, max_size=40))
def test_every_cell_is_divided_equally(records: list[Record]) -> None:
    folds = fold_splits(records, np.arange(len(records)))
    sizes = Counter(map(cell, records))
    for splits in folds:
        counts = Counter(zip(map(cell, records), splits, strict=True))
        for key, size in sizes.items():
            assert abs(counts[key, "test"] - size / FOLDS) < 1
            assert abs(counts[key, "val"] - (size - counts[key, "test"]) / 10) < 1


@pytest.fixture
def cache() -> ChipCache:
    """Forty pictures of noise; 3 and 8 have the same chip, 8 and 20 are named as one group."""
    random = np.random.default_rng(0)
    chips = random.integers(0, 256, (40, 32, 32, 3), np.uint8)
    chips[8] = chips[3]
    records = [Record(f"{i:02}.png", i + 10, i + 10, "female", group=100 + i) for i in range(40)]
    records[20] = replace(records[20], group=108)
    rows = [CachedChip(record, True, 0.9, 32, 32, np.zeros((2, 3))) for record in records]
    return ChipCache("faces", 32, UTKFACE_TEMPLATE, rows, chips)


def test_near_duplicates_are_those_of_the_chips_and_those_of_the_set(cache: ChipCache) -> None:
    numbers = near_duplicates(cache)
    assert numbers[3] == numbers[8] == numbers[20]
    assert len(set(numbers.tolist())) == 38
    unnamed = [replace(row, record=replace(row.record, group=None)) for row in cache.rows]
    numbers = near_duplicates(replace(cache, rows=unnamed))
    assert numbers[3] == numbers[8] != numbers[20]


def test_the_folder_of_a_fold_has_a_data_set_with_its_splits(
    cache: ChipCache, tmp_path: Path
) -> None:
    (tmp_path / "pictures").mkdir()
    for row in cache.rows:
        (tmp_path / "pictures" / row.record.path).write_bytes(b"")
    lines = [f"{row.record.path},{row.record.age_low},female" for row in cache.rows]
    (tmp_path / "labels.csv").write_text("\n".join(["path,age,gender", *lines]))
    entries = ["kind: csv", f"pictures: {(tmp_path / 'pictures').as_posix()}"]
    entries += [f"labels: {(tmp_path / 'labels.csv').as_posix()}", "splits: others.csv"]
    (tmp_path / "faces.yaml").write_text("\n".join(entries))
    folds = write_folds(tmp_path / "faces.yaml", cache, tmp_path / "folds")
    for fold, splits in enumerate(folds, start=1):
        read = read_set(str(tmp_path / "folds" / str(fold) / "faces.yaml"))
        assert read.name == "faces"
        assert [record.split for record in read.labels.records] == splits
        assert [record.group for record in read.labels.records] == [
            row.record.group for row in cache.rows
        ]


def test_the_command_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["set.yaml", "--chips", str(tmp_path), "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["folds", *arguments])
    with pytest.raises(SystemExit, match="folds: there is no chip cache in"):
        main()
