from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import colormaps
from rich.console import Console

from mien.datasets.audit.plots import draw
from mien.datasets.audit.report import Audit, audit, label_noise
from mien.datasets.audit.tables import ordered_splits, split_table, tables
from mien.datasets.chips.cache import ChipCache
from mien.datasets.records import Record
from mien.errors import DataError
from mien.images import read_picture


@pytest.fixture
def caches(patches: np.ndarray, cache_of: Callable[..., ChipCache]) -> list[ChipCache]:
    """Two sets: ``b`` and ``c`` are copies of ``a``; ``x`` in the other set is a copy of ``d``."""
    records = [
        Record("a", 30, 30, "female", "White", "White", split="train"),
        Record("b", 36, 36, "male", "White", "White", split="test"),
        Record("c", 33, 33, "female", "White", "White", split="train"),
        Record("d", 61, 61, "male", "Indian", "Indian", split="val"),
        Record("e", 4, 4, None, None, "", split="train"),
        Record("f", 5, 5, "male", "Asian", "Asian", split="test"),
    ]
    copies = patches[[0, 0, 0, 1, 2, 3]]
    one = replace(
        cache_of("one", records, copies, unreadable=("e",)), problems=[("e", "no gender")]
    )
    others = [
        Record("x", 50, 59, "male", "Indian", "Indian", split="train"),
        Record("y", 20, 29, "female", "Black", "Black"),
    ]
    larger = np.stack([cv2.resize(patch, (96, 96)) for patch in patches[[1, 4]]])
    return [one, cache_of("other", others, larger)]


@pytest.fixture
def result(caches: list[ChipCache]) -> Audit:
    return audit(caches)


def test_pictures_and_labels_of_sets_are_counted(result: Audit) -> None:
    one, other = result["sets"]
    assert (one["name"], one["pictures"], other["pictures"]) == ("one", 6, 2)
    assert one["splits"] == {"train": 3, "test": 2, "val": 1}
    assert other["splits"] == {"train": 1, "no split": 1}
    assert (one["exact_ages"], one["brackets"]) == (6, 0)
    assert (other["exact_ages"], other["brackets"]) == (0, 2)
    assert (one["without_gender"], one["without_ethnicity"]) == (1, 1)
    assert one["problems"] == [("e", "no gender")]
    assert one["unreadable"] == [("e", "the file is empty")]
    assert one["not_found"] == []


def test_every_picture_is_in_a_cell_and_has_an_age(result: Audit) -> None:
    one, other = result["sets"]
    white = {"age_group": "30-39", "gender": "female", "ethnicity": "White", "pictures": 2}
    assert white in one["cells"]
    unknown = {
        "age_group": "3-9",
        "gender": "unlabelled",
        "ethnicity": "unlabelled",
        "pictures": 1,
    }
    assert unknown in one["cells"]
    assert sum(cell["pictures"] for cell in one["cells"]) == 6
    assert {"split": "train", "age_low": 50, "age_high": 59, "pictures": 1} in other["ages"]
    assert sum(count["pictures"] for count in one["ages"]) == 6


def test_faces_that_were_not_found_are_not_unreadable_pictures(
    patches: np.ndarray, cache_of: Callable[..., ChipCache]
) -> None:
    cache = cache_of("set", [Record("a", 1, 1), Record("b", 2, 2)], patches[:2], unreadable=("a",))
    cache.rows[1] = replace(cache.rows[1], found=False)
    (one,) = audit([cache])["sets"]
    assert one["not_found"] == ["b"]
    assert [path for path, _ in one["unreadable"]] == ["a"]


def test_near_duplicates_that_disagree_are_found(result: Audit) -> None:
    duplicates = result["duplicates"]
    assert duplicates["pairs"] == {"one": 3, "one + other": 1}
    assert duplicates["pictures"] == 5
    assert duplicates["genders_disagree"] == 1
    assert duplicates["brackets_disagree"] == 1
    first, second = duplicates["groups"]  # the first group disagrees more
    assert [member["path"] for member in first["members"]] == ["a", "b", "c"]
    assert (first["age_difference"], first["genders_disagree"]) == (6, True)
    assert not first["brackets_disagree"]
    assert [member["set"] for member in second["members"]] == ["one", "other"]
    assert (second["brackets_disagree"], second["genders_disagree"]) == (True, False)
    noise = duplicates["label_noise"]
    assert noise is not None
    assert (noise["pairs"], noise["mean_difference"]) == (3, 4.0)  # the mean of 6, 3 and 3
    assert noise["p90_difference"] == pytest.approx(5.4)


def test_brackets_that_share_an_age_agree(
    patches: np.ndarray, cache_of: Callable[..., ChipCache]
) -> None:
    records = [Record("a", 20, 29), Record("b", 29, 29), Record("c", 25, 35)]
    duplicates = audit([cache_of("set", records, patches[[0, 0, 0]])])["duplicates"]
    assert len(duplicates["groups"]) == 1
    assert duplicates["brackets_disagree"] == 0
    assert duplicates["label_noise"] is None


def test_leakage_names_the_pairs(result: Audit) -> None:
    by_splits = {leak["splits"]: leak["pairs"] for leak in result["leakage"]}
    assert by_splits.keys() == {("test", "train"), ("train", "val")}
    assert sorted(by_splits["test", "train"]) == [
        (("one", "b"), ("one", "a")),
        (("one", "b"), ("one", "c")),
    ]
    assert by_splits["train", "val"] == [(("other", "x"), ("one", "d"))]


def test_chips_of_several_templates_are_refused(caches: list[ChipCache]) -> None:
    one, other = caches
    wider = replace(other, template=replace(other.template, crop_scale=1.2))
    with pytest.raises(DataError, match="'one' and 'other' were cut by different templates"):
        audit([one, wider])


def test_pictures_without_a_split_do_not_leak(
    patches: np.ndarray, cache_of: Callable[..., ChipCache]
) -> None:
    records = [Record("a", 30, 30, split="train"), Record("b", 30, 30)]
    result = audit([cache_of("set", records, patches[[0, 0]])])
    assert result["duplicates"]["pairs"] == {"set": 1}
    assert result["leakage"] == []


def test_label_noise_finds_the_error_of_a_perfect_predictor() -> None:
    rng = np.random.default_rng(0)
    errors = rng.normal(0, 5, (100_000, 2))
    differences = np.abs(errors[:, 0] - errors[:, 1])
    noise = label_noise(differences)
    assert noise["ceiling_mae"] == pytest.approx(np.abs(errors).mean(), rel=0.01)
    assert noise["ceiling_mae"] == pytest.approx(5 * sqrt(2 / np.pi), rel=0.01)


@pytest.mark.parametrize("gross", [0.02, 0.5, 1.0])
def test_label_noise_bounds_hold_for_other_distributions_of_errors(gross: float) -> None:
    rng = np.random.default_rng(0)
    errors = rng.laplace(0, 20, (100_000, 2)) * (rng.random((100_000, 2)) < gross)
    noise = label_noise(np.abs(errors[:, 0] - errors[:, 1]))
    assert noise["least_mae"] < np.abs(errors).mean() < noise["greatest_mae"]


def test_the_audit_is_json(result: Audit) -> None:
    read = json.loads(json.dumps(result))
    assert read["sets"][0]["problems"] == [["e", "no gender"]]
    assert read["leakage"][0]["splits"] == ["test", "train"]


def test_tables_fit_a_terminal(result: Audit) -> None:
    output = io.StringIO()
    console = Console(width=80, file=output)
    for part in tables(result):
        console.print(part)
    lines = [line.split() for line in output.getvalue().splitlines()]
    assert ["pairs,", "one", "+", "other", "1"] in lines
    assert ["White", "female", "0", "0", "0", "0", "2", "0", "0", "0", "0", "2"] in lines
    assert ["e", "no", "gender"] in lines
    assert ["e", "the", "file", "is", "empty"] in lines
    assert ["test", "and", "train", "2"] in lines
    assert "…" not in output.getvalue()


def test_plots_have_bars_and_cells_of_the_right_colours(result: Audit, tmp_path: Path) -> None:
    paths = draw(result, tmp_path / "plots")
    assert [path.name for path in paths] == ["ages.png", "cells.png"]
    ages, cells = map(read_picture, paths)
    for colour_of_split in ((0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (0x00, 0x9E, 0x73)):
        assert (ages == colour_of_split).all(axis=2).sum() > 500
    of_two, of_one = (255 * np.array(colormaps["Blues"](sqrt(n / 2.4))[:3]) for n in (2, 1))
    cell_area = (np.abs(cells - of_two) < 2).all(axis=2).sum()
    assert cell_area > 1000
    assert (np.abs(cells - of_one) < 2).all(axis=2).sum() == pytest.approx(6 * cell_area, rel=0.1)


def test_splits_are_in_their_usual_order() -> None:
    assert ordered_splits({"no split", "other", "test", "train"}) == [
        "train",
        "test",
        "other",
        "no split",
    ]


def test_the_split_table_counts_labels_of_each_split() -> None:
    records = [
        Record("a", 1, 1, "female", race="Black"),
        Record("b", 1, 1, "male"),
        Record("c", 1, 1),
    ]
    table = split_table(records, ["train", "test", "train"])
    columns = [list(column.cells) for column in table.columns]
    assert [column.header for column in table.columns] == ["", "train", "test"]
    rows = dict(zip(columns[0], zip(*columns[1:], strict=True), strict=True))
    assert rows["pictures"] == ("2", "1")
    assert rows["per cent"] == ("66.7", "33.3")
    assert rows["female"] == ("1", "0")
    assert rows["Black"] == ("1", "0")
