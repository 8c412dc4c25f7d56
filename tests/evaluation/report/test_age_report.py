from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as reference

from mien.datasets.records import Record
from mien.evaluation.predictions import Predictions
from mien.evaluation.report.ages import age_report


def test_each_year_has_the_error_of_its_pictures(plausible: Predictions) -> None:
    years = {year["age"]: year for year in age_report(plausible)["by_year"]}
    assert set(years) == {int(age) for age in plausible.age_low}
    for age in (5, 30):
        of_age = plausible.select(plausible.age_low == age)
        error = of_age.years.astype(np.float64) - age
        assert years[age]["mae"]["value"] == pytest.approx(np.abs(error).mean())
        assert years[age]["bias"]["value"] == pytest.approx(error.mean())
        assert years[age]["mae"]["n"] == len(of_age)


def test_each_decade_counts_the_same(plausible: Predictions) -> None:
    figures = age_report(plausible)
    decades = np.minimum(plausible.age_low // 10, 8)
    expected = np.mean(
        [
            reference.mean_absolute_error(
                plausible.age_low[decades == decade], plausible.years[decades == decade]
            )
            for decade in range(9)
        ]
    )
    assert figures["macro_decades"]["value"] == pytest.approx(expected, rel=1e-6)
    assert figures["decades"] == 9


def test_nists_mean_is_over_13_ages_and_two_genders(make_certain) -> None:
    records, years = [], []
    for age in range(17, 32):
        for i, gender in enumerate(("female", "female", "female", "male", "male")):
            records.append(Record(f"{age}-{i}", age, age, gender))
            off = (1 if gender == "female" else 3) if 18 <= age <= 30 else 50
            years.append(age + off)
    figures = age_report(make_certain(records, years, [0.5] * len(years)))
    # Over the pictures the mean would be 1.8.
    assert figures["macro_18_30"]["value"] == pytest.approx(2)
    assert figures["cells"] == 26
    assert figures["macro_18_30_female"]["value"] == pytest.approx(1)
    assert (figures["cells_female"], figures["cells_male"]) == (13, 13)


def test_the_cumulative_score_counts_an_error_of_exactly_the_limit(make_certain) -> None:
    records = [Record(f"{i}", 20, 20) for i in range(4)]
    curve = age_report(make_certain(records, [20, 25, 14, 60], [0.5] * 4))["cumulative"]
    shares = dict(zip(curve["years"], curve["share"], strict=True))
    assert (shares[0], shares[4], shares[5], shares[6], shares[20]) == (0.25, 0.25, 0.5, 0.75, 0.75)


def test_the_histogram_has_every_picture_once(plausible: Predictions) -> None:
    squares = age_report(plausible)["histogram"]
    assert sum(count for *_, count in squares) == len(plausible)
    assert {edge % 2 for x, y, _ in squares for edge in (x, y)} == {0}


def test_an_age_above_100_is_counted_at_100(make_certain) -> None:
    (square,) = age_report(make_certain([Record("a", 116, 116)], [95], [0.5]))["histogram"]
    assert square == [100, 94, 1]


def test_without_exact_ages_there_is_no_report(make_certain) -> None:
    assert age_report(make_certain([Record("a", 20, 29)], [25], [0.5])) == {}
