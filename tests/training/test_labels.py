from __future__ import annotations

import numpy as np
import pytest

from mien.attributes.heads import AGE, ETHNICITY, GENDER, Head
from mien.datasets.records import ANY_AGE, Record
from mien.errors import DataError
from mien.training.labels import label_arrays, pool_duplicates

HAT = Head("hat", "binary", ("no", "yes"))
FELT_AGE = Head("felt_age", "distribution")
HEADS = (AGE, GENDER, ETHNICITY, HAT, FELT_AGE)

RECORDS = [
    Record("a", 30, 30, "female", group=1, labels={"hat": "yes", "felt_age": "20-29"}),
    Record("b", 40, 40, "male", group=1, labels={"hat": "no"}),
    Record("c", 20, 29, "male", group=2, labels={"hat": "yes"}),
    Record("d", 26, 26, None, group=3, labels={"felt_age": "31"}),
    Record("e", 4.37, 4.37, age_deviation=0.9),
    Record("f", *ANY_AGE, "male", "Asian"),
]


def test_labels_of_known_heads_are_those_of_the_records() -> None:
    labels = label_arrays(RECORDS, HEADS, width=1.0, growth=0.1)
    age = labels.ages["age"]
    np.testing.assert_allclose(age.low, [30, 40, 20, 26, 4.37, 0])
    np.testing.assert_allclose(age.deviation, [4, 5, 3, 3.6, 0.9, 1])
    assert age.exact.tolist() == [True, True, False, True, True, False]
    assert labels.known("age").tolist() == [True] * 5 + [False]
    assert labels.classes["gender"].tolist() == [1, 0, 0, -1, -1, 0]
    assert labels.known("gender").tolist() == [True] * 3 + [False, False, True]
    assert labels.classes["ethnicity"].tolist() == [-1] * 5 + [2]


def test_labels_of_further_attributes_come_from_their_columns() -> None:
    labels = label_arrays(RECORDS, HEADS, width=1.0, growth=0.1)
    assert labels.classes["hat"].tolist() == [1, 0, 1, -1, -1, -1]
    felt = labels.ages["felt_age"]
    assert list(zip(felt.low, felt.high, strict=True))[:4] == [(20, 29), ANY_AGE, ANY_AGE, (31, 31)]
    assert felt.known.tolist() == [True, False, False, True, False, False]
    assert felt.deviation[4] == 1  # the deviation in the record is that of the head 'age' alone


def test_one_chip_has_a_label_for_each_head() -> None:
    row = label_arrays(RECORDS, HEADS, width=1.0).row(0)
    assert list(row) == ["age", "felt_age", "gender", "ethnicity", "hat"]
    assert row["age"].tolist() == [30, 30, 1]
    assert row["hat"] == 1
    assert all(values.dtype == np.float32 for values in row.values())


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"hat": "maybe"}, "the label 'maybe' of 'hat' for 'x.png' is not one of no, yes"),
        ({"felt_age": "old"}, "the label 'old' of 'felt_age' for 'x.png' is not an age"),
    ],
)
def test_a_label_that_a_head_does_not_have_is_named(labels: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        label_arrays([*RECORDS, Record("x.png", 1, 1, labels=labels)], HEADS)


def test_near_duplicates_get_the_mean_of_their_labels() -> None:
    labels = label_arrays(RECORDS, HEADS, width=3.0)
    groups = [("one", record.group) for record in RECORDS]
    pooled = pool_duplicates(labels, HEADS, groups, {})
    age = pooled.ages["age"]
    assert age.low[:2].tolist() == age.high[:2].tolist() == [35, 35]
    np.testing.assert_allclose(age.deviation[:2], np.hypot(3, 5))
    assert pooled.classes["gender"][:2].tolist() == [0.5, 0.5]
    assert pooled.classes["hat"][:3].tolist() == [0.5, 0.5, 1]
    for i in range(2, len(RECORDS)):
        for name, values in labels.row(i).items():
            np.testing.assert_array_equal(pooled.row(i)[name], values)
    apart = [("one", 1), ("other", 1), *groups[2:]]
    unpooled = pool_duplicates(labels, HEADS, apart, {})
    np.testing.assert_array_equal(unpooled.ages["age"].low, labels.ages["age"].low)


def test_categorical_labels_are_not_averaged() -> None:
    records = [Record("a", 1, 1, ethnicity="White"), Record("b", 1, 1, ethnicity="Asian")]
    labels = label_arrays(records, [ETHNICITY])
    pooled = pool_duplicates(labels, [ETHNICITY], [("one", 1), ("one", 1)], {})
    assert pooled.classes["ethnicity"].tolist() == [0, 2]


@pytest.mark.parametrize(("name", "bracket"), [("utkface", (24, 28)), ("aaf", (26, 26))])
def test_an_age_given_too_often_becomes_a_bracket(name: str, bracket: tuple[int, int]) -> None:
    labels = label_arrays(RECORDS, HEADS)
    groups = [(name, record.group) for record in RECORDS]
    age = pool_duplicates(labels, HEADS, groups, {"utkface": 26}).ages["age"]
    assert (age.low[3], age.high[3]) == bracket
