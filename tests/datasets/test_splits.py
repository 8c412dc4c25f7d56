from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.datasets.records import Record
from mien.datasets.splits import cell, part_of, split_records
from mien.errors import DataError

SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}

a_record = st.builds(
    Record,
    path=st.just("a.png"),
    age_low=st.sampled_from([1, 25, 80]),
    age_high=st.just(80),
    gender=st.sampled_from(["female", "male", None]),
    race=st.sampled_from(["", "White", "Asian"]),
)


def of_ethnicities(**counts: int) -> list[Record]:
    return [
        Record(f"{ethnicity}{i}.png", 30, 30, "female", race=ethnicity)
        for ethnicity, count in counts.items()
        for i in range(count)
    ]


@given(st.lists(st.tuples(a_record, st.integers(0, 10)), max_size=80), st.integers(0, 3))
def test_groups_are_never_divided(labelled: list[tuple[Record, int]], seed: int) -> None:
    records = [record for record, _ in labelled]
    groups = np.array([group for _, group in labelled], np.int64)
    splits = split_records(records, groups, SHARES, seed=seed)
    assert len(splits) == len(records)
    assert set(splits) <= set(SHARES)
    for group in set(groups.tolist()):
        members = np.flatnonzero(groups == group)
        assert len({splits[i] for i in members}) == 1


@given(st.lists(a_record, max_size=80), st.integers(1, 3), st.integers(0, 3))
def test_every_cell_has_its_shares(records: list[Record], copies: int, seed: int) -> None:
    pictures = [record for record in records for _ in range(copies)]
    groups = np.arange(len(records)).repeat(copies)
    splits = split_records(pictures, groups, SHARES, seed=seed)
    sizes = Counter(map(cell, pictures))
    counts = Counter((cell(record), split) for record, split in zip(pictures, splits, strict=True))
    for key, size in sizes.items():
        for name, share in SHARES.items():
            # The split that lacks most gets the next group, so that none has a group too many.
            assert counts[key, name] - size * share < copies
            assert size * share - counts[key, name] < copies * (len(SHARES) - 1)


def test_balanced_splits_have_as_many_pictures_of_each_ethnicity() -> None:
    records = of_ethnicities(White=400, Asian=150, Black=50)
    shares = {"train": 0.8, "val": 0.05, "test": 0.15}
    splits = split_records(records, np.arange(len(records)), shares, ["test"])
    counts = Counter((record.race, split) for record, split in zip(records, splits, strict=True))
    assert [counts[race, "test"] for race in ("White", "Asian", "Black")] == [30, 30, 30]
    # The other splits divide the rest in their shares.
    assert counts["White", "val"] == pytest.approx(370 / 17, abs=1)
    assert counts["Black", "val"] == pytest.approx(20 / 17, abs=1)


def test_pictures_without_an_ethnicity_are_not_balanced() -> None:
    unlabelled = [Record(f"{i}.png", 30, 30) for i in range(10)]
    records = [*of_ethnicities(White=100, Asian=100), *unlabelled]
    splits = split_records(records, np.arange(len(records)), {"train": 0.5, "test": 0.5}, ["test"])
    assert Counter(splits[200:]) == {"train": 5, "test": 5}
    assert Counter(splits[:100]) == Counter(splits[100:200]) == {"train": 50, "test": 50}


def test_the_same_seed_gives_the_same_splits() -> None:
    records = of_ethnicities(White=60)
    groups = np.arange(60)
    first = split_records(records, groups, SHARES, seed=1)
    assert split_records(records, groups, SHARES, seed=1) == first
    assert split_records(records, groups, SHARES, seed=2) != first


@pytest.mark.parametrize(
    ("shares", "balanced", "message"),
    [
        ({"train": 0.8, "test": 0.1}, [], "sum to 1"),
        ({"train": 1.2, "test": -0.2}, [], "be positive"),
        ({"train": float("nan"), "test": 0.5}, [], "be positive"),
        ({}, [], "be positive"),
        ({"train": 0.5, "test": 0.5}, ["val"], "no split 'val'"),
        ({"train": 0.5, "test": 0.5}, ["train", "test"], "not all splits can be balanced"),
        ({"train": 0.5, "test": 0.5}, ["test"], "the ethnicity 'Asian' has too few pictures"),
    ],
)
def test_impossible_shares_are_refused(
    shares: dict[str, float], balanced: list[str], message: str
) -> None:
    records = of_ethnicities(White=90, Asian=10)
    with pytest.raises(DataError, match=message):
        split_records(records, np.arange(100), shares, balanced)


def test_near_duplicates_are_in_the_same_half_of_val() -> None:
    val = [Record(f"{i}.png", 30, 30, group=i // 2, split="val") for i in range(200)]
    parts = [part_of(record) for record in val]
    assert parts[::2] == parts[1::2]
    assert 70 < Counter(parts)["calibration"] < 130
    assert part_of(Record("a.png", 30, 30, split="test")) == "test"


@pytest.mark.data
def test_the_committed_splits_of_fairface_are_balanced(shared_data: Path) -> None:
    recipes = Path(__file__).parents[2] / "recipes"
    with (recipes / "fairface-splits.csv").open(newline="") as file:
        splits = {row["file"]: row["split"] for row in csv.DictReader(file)}
    with (shared_data / "fairface.csv").open(newline="") as file:
        races = {row["file"]: row["race"] for row in csv.DictReader(file)}
    assert splits.keys() == races.keys()
    for split in ("val", "test"):
        counts = Counter(races[path] for path, name in splits.items() if name == split)
        assert len(counts) == 7
        assert max(counts.values()) - min(counts.values()) <= 4
