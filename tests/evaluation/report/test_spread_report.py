from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.datasets.records import Record
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.spread import spread_report


def test_the_spread_is_that_within_the_groups(make_certain) -> None:
    records = [
        Record("a1", 20, 20, group=3),
        Record("b1", 60, 60, group=8),
        Record("a2", 24, 24, group=3),
        Record("b2", 60, 60, group=8),
        Record("b3", 60, 60, group=8),
        Record("c", 70, 70, group=9),
        Record("d", 70, 70),
    ]
    predictions = make_certain(
        records, [20, 60, 24, 63, 66, 10, 90], [0.9, 0.1, 0.4, 0.1, 0.7, 0.5, 0.5]
    )
    figures = spread_report(predictions)
    assert (figures["groups"], figures["pictures"]) == (2, 5)
    # The squares are 4 + 4 and 9 + 0 + 9; the degrees of freedom are 1 and 2.
    assert figures["deviation"]["value"] == pytest.approx(np.sqrt(26 / 3))
    assert figures["label_deviation"]["value"] == pytest.approx(np.sqrt(8 / 3))
    assert figures["same_gender"]["value"] == pytest.approx((0 + 1) / (1 + 3))


def test_a_known_spread_is_found(plausible: Predictions) -> None:
    random = np.random.default_rng(0)
    records = [replace(r, group=i // 4) for i, r in enumerate(plausible.records)]
    centre = np.repeat(random.uniform(10, 60, 500), 4)
    years = (centre + random.normal(0, 2.5, 2000)).astype(np.float32)
    figure = spread_report(replace(plausible, records=records, years=years))["deviation"]
    assert figure["value"] == pytest.approx(2.5, abs=0.1)
    assert figure["low"] < 2.5 < figure["high"]


def test_without_groups_there_is_no_spread(plausible: Predictions) -> None:
    assert spread_report(plausible) == {}
