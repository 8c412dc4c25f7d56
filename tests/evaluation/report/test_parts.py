from __future__ import annotations

from dataclasses import replace

import numpy as np

from mien.datasets.records import Record
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.parts import AGE_BANDS, banding, parts


def test_every_age_is_in_one_band(make_certain) -> None:
    records = [Record(f"{age}", age, age) for age in range(117)]
    bands = parts(make_certain(records, [30] * 117, [0.5] * 117))["age_band"]
    assert list(bands) == list(AGE_BANDS)
    assert (np.sum(list(bands.values()), axis=0) == 1).all()
    assert bands["16-17"].nonzero()[0].tolist() == [16, 17]


def test_a_bracket_or_a_mean_is_in_the_band_that_holds_it(make_certain) -> None:
    records = [Record("a", 17.8, 17.8), Record("b", 30, 39), Record("c", 13, 17)]
    made = parts(make_certain(records, [17, 35, 15], [0.5] * 3))
    assert {name: mask.tolist() for name, mask in made["age_band"].items()} == {
        "16-17": [True, False, False],
        "30-39": [False, True, False],
    }
    assert made["age_group"]["10-19"].tolist() == [True, False, True]


def test_views_that_are_not_known_are_in_no_part(plausible: Predictions) -> None:
    distance = np.array([5, 12, 95.9, 96, np.nan], np.float32)
    chosen = replace(plausible.select(range(5)), eye_distance=distance)
    masks = parts(chosen)["eye_distance"]
    assert {name: mask.nonzero()[0].tolist() for name, mask in masks.items()} == {
        "0-12": [0],
        "12-24": [1],
        "48-96": [2],
        "96+": [3],
    }


def test_brackets_are_divided_by_age_group(make_certain, plausible: Predictions) -> None:
    brackets = [Record("a", 3, 9), Record("b", 10, 19), Record("c", 30, 39)]
    assert banding(make_certain(brackets, [5, 15, 35], [0.5] * 3)) == "age_group"
    assert banding(plausible) == "age_band"
    mixed = [*brackets, Record("d", 25, 25)]
    assert banding(make_certain(mixed, [5, 15, 35, 25], [0.5] * 4)) == "age_band"
