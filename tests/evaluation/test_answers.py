from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.answers import read_answers
from mien.evaluation.predictions import Predictions

RECORDS = [Record("a.jpg", 20, 20, "female"), Record("part 1/ö.jpg", 30, 39), Record("c.jpg", 5, 5)]


def read(folder: Path, text: str) -> Predictions:
    path = folder / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return read_answers(path, folder / "pictures", RECORDS)


def test_all_columns_are_read_in_any_order(tmp_path: Path) -> None:
    answers = read(
        tmp_path,
        "gender,age_high,at_least_18,path,age,age_low,female,at_least_21,model,novelty\n"
        "female,25.5,0.9,a.jpg,22.5,19,0.97,0.6,x,2.5\n"
        "Undetermined,,0.99,part 1/ö.jpg,35,,.55,,x,\n"
        "male,1,1,picture of another split.jpg,1,1,1,1,x,1\n",
    )
    assert answers.records == RECORDS
    np.testing.assert_array_equal(answers.years, np.float32([22.5, 35, np.nan]))
    np.testing.assert_array_equal(answers.low, np.float32([19, np.nan, np.nan]))
    np.testing.assert_array_equal(answers.high, np.float32([25.5, np.nan, np.nan]))
    np.testing.assert_array_equal(answers.at_least(18), np.float32([0.9, 0.99, np.nan]))
    np.testing.assert_array_equal(answers.at_least(21), np.float32([0.6, np.nan, np.nan]))
    np.testing.assert_array_equal(answers.novelty, np.float32([2.5, np.nan, np.nan]))
    assert answers.at_least(13) is None
    assert answers.found.tolist() == [True, True, False]
    gender = answers.labels["gender"]
    assert gender.decided.tolist() == ["female", "undetermined", ""]
    np.testing.assert_allclose(gender.probabilities[:, 1], np.float32([0.97, 0.55, np.nan]))
    assert gender.predicted.tolist() == [1, 1, -1]
    assert np.isnan(answers.sharpness).all()


def test_a_system_may_have_an_age_alone(tmp_path: Path) -> None:
    answers = read(tmp_path, "path,age\nc.jpg,4\n")
    assert answers.labels == {}
    assert answers.age is None
    assert answers.answered.tolist() == [False, False, True]


def test_a_system_may_have_labels_without_probabilities(tmp_path: Path) -> None:
    answers = read(tmp_path, "path,gender\na.jpg,male\nc.jpg,\n")
    assert answers.labels["gender"].probabilities is None
    assert answers.labels["gender"].decided.tolist() == ["male", "", ""]
    assert not answers.answered.any()
    assert answers.found.tolist() == [True, False, False]


def test_a_probability_without_a_label_is_decided(tmp_path: Path) -> None:
    answers = read(tmp_path, "path,female\na.jpg,0.4\nc.jpg,0.5\n")
    assert answers.labels["gender"].decided.tolist() == ["male", "", "female"]


def test_a_row_may_have_the_path_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "pictures" / "part 1" / "ö.jpg"
    windows = str(path).replace("/", "\\")
    for written in (path, windows):
        assert read(tmp_path, f"path,age\n{written},33\n").years[1] == 33


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no column 'path'"),
        ("name,age\na.jpg,3\n", "has no column 'path'"),
        ("path,years\na.jpg,3\n", "has no answers; add a column 'age', 'female' or 'gender'"),
        ("path,age\n", "no row of a picture of the data set.*such as 'a.jpg'"),
        ("path,age\nb.jpg,3\n", "no row of a picture of the data set"),
        ("path,age\na.jpg,3\na.jpg,3\n", "two rows for 'a.jpg'"),
        ("path,age\na.jpg,old\n", "'old' in the column 'age' for 'a.jpg'.*from 0 to 150"),
        ("path,age\na.jpg,-1\n", "'-1' in the column 'age'"),
        ("path,age\na.jpg,nan\n", "'nan' in the column 'age'"),
        ("path,female\na.jpg,97\n", "'97' in the column 'female'.*from 0 to 1"),
        ("path,at_least_18\na.jpg,1.5\n", "'1.5' in the column 'at_least_18'"),
        ("path,age,novelty\na.jpg,3,-1\n", "'-1' in the column 'novelty'.*of 0 or more"),
        ("path,age,novelty\na.jpg,3,inf\n", "'inf' in the column 'novelty'"),
        ("path,gender\na.jpg,woman\n", "the gender 'woman' for 'a.jpg'"),
        ("path,age,age_low,age_high\na.jpg,3,5,4\n", "age_low above age_high for 'a.jpg'"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        read_answers(tmp_path / "missing.csv", tmp_path, RECORDS)
    with pytest.raises(DataError, match="cannot be read"):
        read_answers(tmp_path, tmp_path, RECORDS)
    (tmp_path / "x.csv").write_bytes(b"path,age\n\xff\xfe,3\n")
    with pytest.raises(DataError, match="is not a CSV file"):
        read_answers(tmp_path / "x.csv", tmp_path, RECORDS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.text(max_size=12), max_size=3))
def test_no_text_is_read_as_an_error_of_the_program(tmp_path: Path, cells: list[str]) -> None:
    try:
        answers = read(tmp_path, "path,age,female,gender\na.jpg," + ",".join(cells))
    except DataError:
        return
    assert len(answers) == 3
