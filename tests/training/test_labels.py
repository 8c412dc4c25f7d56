from __future__ import annotations

import numpy as np
import pytest

from mien.datasets.records import ANY_AGE, Record
from mien.training.labels import label_arrays, pool_duplicates

RECORDS = [
    Record("a", 30, 30, "female", group=1),
    Record("b", 40, 40, "male", group=1),
    Record("c", 20, 29, "male", group=2),
    Record("d", 26, 26, None, group=3),
    Record("e", 4.37, 4.37, age_deviation=0.9),
    Record("f", *ANY_AGE, "male", "Asian"),
]


def test_labels_as_they_are() -> None:
    labels = label_arrays(RECORDS, width=1.0, growth=0.1)
    np.testing.assert_allclose(labels.age_low, [30, 40, 20, 26, 4.37, 0])
    np.testing.assert_allclose(labels.age_deviation, [4, 5, 3, 3.6, 0.9, 1])
    assert labels.gender.tolist() == [1, 0, 0, -1, -1, 0]
    assert labels.ethnicity.tolist() == [-1] * 5 + [2]
    assert labels.exact.tolist() == [True, True, False, True, True, False]
    assert labels.age_known.tolist() == [True] * 5 + [False]


def test_near_duplicates_share_what_they_disagree_about() -> None:
    labels = label_arrays(RECORDS, width=3.0)
    groups = [("one", record.group) for record in RECORDS]
    pooled = pool_duplicates(labels, groups, {})
    assert pooled.age_low[:2].tolist() == pooled.age_high[:2].tolist() == [35, 35]
    np.testing.assert_allclose(pooled.age_deviation[:2], np.hypot(3, 5))
    assert pooled.gender[:2].tolist() == [0.5, 0.5]
    for name in ("age_low", "age_high", "age_deviation", "gender", "ethnicity"):
        np.testing.assert_array_equal(getattr(pooled, name)[2:], getattr(labels, name)[2:])
    apart = [("one", 1), ("other", 1), *groups[2:]]
    np.testing.assert_array_equal(pool_duplicates(labels, apart, {}).age_low, labels.age_low)


@pytest.mark.parametrize(("name", "bracket"), [("utkface", (24, 28)), ("aaf", (26, 26))])
def test_an_age_given_too_often_is_doubted(name: str, bracket: tuple[int, int]) -> None:
    labels = label_arrays(RECORDS)
    pooled = pool_duplicates(labels, [(name, record.group) for record in RECORDS], {"utkface": 26})
    assert (pooled.age_low[3], pooled.age_high[3]) == bracket
