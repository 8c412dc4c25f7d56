"""The audience over time."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.ages import AGE_GROUP_NAMES
from mien.attributes.heads import AGE, GENDER, Head
from mien.errors import OptionError, VideoError
from mien.results import (
    SCHEMA,
    AgeEstimate,
    Box,
    Estimate,
    GenderEstimate,
    LabelEstimate,
    Quality,
    TrackedFace,
)
from mien.video.audience import Audience, AudienceRow
from mien.video.audience_files import write_audience
from mien.video.expected_people import ALL, summary

GROUPS = len(AGE_GROUP_NAMES)


def _face(
    number: int,
    *,
    since: float = 0.0,
    groups: Sequence[float] | None = None,
    female: float = 0.5,
    predicted: bool = True,
) -> TrackedFace:
    shares = np.full(GROUPS, 1 / GROUPS) if groups is None else np.array(groups)
    named = dict(zip(AGE_GROUP_NAMES, shares.tolist(), strict=True))
    age = AgeEstimate(30, 25, 35, AGE_GROUP_NAMES[0], named, *np.zeros((2, 101), np.float32))
    gender = GenderEstimate("undetermined", {"male": 1 - female, "female": female})
    return TrackedFace(
        estimates={"age": age, "gender": gender} if predicted else {},
        box=Box(0, 0, 50, 50),
        landmarks=None,
        score=0.9,
        quality=Quality(50, 0.5, 0.5) if predicted else None,
        person_id=number,
        since=since,
    )


def _with(face: TrackedFace, **estimates: Estimate) -> TrackedFace:
    return replace(face, estimates=estimates)


def _watch(audience: Audience, start: float, end: float, *faces: TrackedFace) -> None:
    """Adds frames with the same people from ``start`` to ``end``, 25 a second."""
    for index in range(round((end - start) * 25) + 1):
        audience.add(start + index / 25, faces)


def _only(group: int) -> list[float]:
    return [float(i == group) for i in range(GROUPS)]


def test_people_are_counted_and_not_frames() -> None:
    audience = Audience()
    _watch(audience, 0, 2, _face(1), _face(2))
    _watch(audience, 2.04, 3, _face(2), _face(3, since=2.04))
    (row,) = audience.rows()
    assert row.people == audience.people == 3
    assert row.seconds_in_view == pytest.approx((2 + 3 + 0.96) / 3, abs=0.01)


def test_cells_are_sums_of_probabilities_with_intervals() -> None:
    audience = Audience()
    people = [_face(n, female=0.7, groups=_only(2)) for n in range(100)]
    _watch(audience, 0, 1, *people)
    cells = audience.current.cells
    assert cells["female", ALL].people == pytest.approx(70)
    assert cells["male", AGE_GROUP_NAMES[2]].people == pytest.approx(30)
    # The 80 % interval of a binomial of 100 and 0.7.
    assert cells["female", ALL].low == pytest.approx(70 - 1.2816 * 21**0.5, abs=1e-3)
    assert cells["female", ALL].high == pytest.approx(70 + 1.2816 * 21**0.5, abs=1e-3)
    assert cells[ALL, AGE_GROUP_NAMES[2]] == pytest.approx((100, 100, 100))
    assert cells[ALL, AGE_GROUP_NAMES[0]] == (0, 0, 0)


def test_the_interval_contains_the_true_number_in_80_of_100_cases() -> None:
    random = np.random.default_rng(0)
    inside = 0
    for _ in range(300):
        female = random.uniform(0.05, 0.95, 40)
        audience = Audience()
        _watch(audience, 0, 0.9, *(_face(n, female=p) for n, p in enumerate(female)))
        truth = int((random.random(40) < female).sum())
        expected = audience.current.cells["female", ALL]
        inside += expected.low <= truth <= expected.high
    assert 0.75 <= inside / 300 <= 0.87


def test_the_latest_estimate_for_a_person_is_counted() -> None:
    audience = Audience()
    _watch(audience, 0, 1, _face(1, female=0.1))
    _watch(audience, 1.04, 2, _face(1, female=0.8))
    assert audience.current.cells["female", ALL].people == pytest.approx(0.8)


def test_a_person_seen_too_briefly_or_never_predicted_is_not_counted() -> None:
    audience = Audience()
    _watch(audience, 0, 0.7, _face(1))
    assert audience.people == 0
    _watch(audience, 1, 3, _face(2, since=1, predicted=False))
    assert audience.people == 0
    _watch(audience, 4, 4.9, _face(3, since=4))
    assert audience.people == audience.current.people == 1


def test_a_person_with_a_former_number_is_counted_once() -> None:
    audience = Audience(interval=2.0)
    _watch(audience, 0, 1.5, _face(1), _face(2))
    assert audience.current.people == 2
    known = replace(_face(1), former_ids=(2,))
    _watch(audience, 1.54, 1.9, known)
    assert audience.current.people == audience.people == 1
    assert audience.current.seconds_in_view == pytest.approx(1.9 + 1.5, abs=0.05)
    _watch(audience, 2, 3, known)
    assert audience.people == 1


def test_a_person_is_counted_in_each_interval_and_once_in_total() -> None:
    audience = Audience(10)
    _watch(audience, 0, 25, _face(1))
    _watch(audience, 25.04, 29, _face(2, since=25.04))
    rows = audience.rows()
    assert [(row.start, row.end, row.people) for row in rows] == [
        *((0, 10, 1), (10, 20, 1), (20, 30, 2))
    ]
    assert audience.people == 2
    assert rows[1].seconds_in_view == pytest.approx(10, abs=0.1)


def test_a_person_is_counted_in_an_interval_after_a_moment() -> None:
    audience = Audience(10)
    _watch(audience, 0, 10.04, _face(1))
    assert audience.current.people == 1  # 0.04 seconds in this interval, but ten in the one before


def test_intervals_without_people_have_rows_of_zeros() -> None:
    audience = Audience(1)
    _watch(audience, 0, 3)
    rows = audience.rows()
    assert [row.people for row in rows] == [0, 0, 0, 0]
    assert all(cell == (0, 0, 0) for row in rows for cell in row.cells.values())
    assert rows[0].seconds_in_view == 0


def test_a_long_absence_is_not_time_in_view() -> None:
    audience = Audience(None)
    _watch(audience, 0, 1, _face(1))
    _watch(audience, 100, 101, _face(1))
    (row,) = audience.rows()
    assert row.seconds_in_view < 3.1
    assert (row.start, row.end) == (0, 101)


_people = st.lists(
    st.tuples(st.lists(st.floats(0.001, 1), min_size=GROUPS, max_size=GROUPS), st.floats(0, 1)),
    max_size=8,
)


@given(_people)
def test_cells_add_up(people: list[tuple[list[float], float]]) -> None:
    audience = Audience()
    faces = [
        _face(n, groups=np.array(groups) / sum(groups), female=female)
        for n, (groups, female) in enumerate(people)
    ]
    _watch(audience, 0, 0.9, *faces)
    row = audience.current
    assert row.people == len(people)
    cells = {key: expected.people for key, expected in row.cells.items()}
    inner = [(g, a) for g in ("female", "male") for a in AGE_GROUP_NAMES]
    assert sum(cells[key] for key in inner) == pytest.approx(row.people)
    for gender in ("female", "male", ALL):
        assert sum(cells[gender, a] for a in AGE_GROUP_NAMES) == pytest.approx(cells[gender, ALL])
    for group in (*AGE_GROUP_NAMES, ALL):
        both = cells["female", group] + cells["male", group]
        assert both == pytest.approx(cells[ALL, group])
    for expected in row.cells.values():
        assert 0 <= expected.low <= expected.people + 1e-9
        assert expected.people - 1e-9 <= expected.high <= len(people) + 1e-9


def _rows() -> list[AudienceRow]:
    audience = Audience(1)
    _watch(audience, 0, 2, _face(1, female=0.9, groups=_only(3)), _face(2, female=0.3))
    return audience.rows()


def test_csv_and_json_have_the_same_values(tmp_path: Path) -> None:
    rows = _rows()
    for name in ("a.csv", "a.json"):
        write_audience(rows, tmp_path / name)
    document = json.loads((tmp_path / "a.json").read_text())
    assert document["schema"] == SCHEMA
    assert [row["people"] for row in document["intervals"]] == [2, 2, 2]
    flat = [
        {**{k: v for k, v in row.items() if k != "audience"}, **cell}
        for row in document["intervals"]
        for cell in row["audience"]
    ]
    with (tmp_path / "a.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == [
        *("start", "end", "people", "mean_seconds_in_view"),
        *("gender", "age_group", "expected", "low", "high"),
    ]
    assert lines == [{k: str(v) for k, v in line.items()} for line in flat]
    assert len(lines) == 3 * 3 * (GROUPS + 1)
    (cell,) = (
        line
        for line in flat
        if (line["start"], line["gender"], line["age_group"]) == (1, "female", ALL)
    )
    assert cell["expected"] == pytest.approx(1.2)


def test_a_summary_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"as \.csv or \.json, not 'a\.txt'"):
        write_audience(_rows(), tmp_path / "a.txt")
    with pytest.raises(VideoError, match=r"a\.csv' cannot be written: No such file"):
        write_audience(_rows(), tmp_path / "none" / "a.csv")


def test_the_summary_has_the_numbers_of_the_row() -> None:
    audience = Audience(None)
    _watch(audience, 0, 1, _face(1, female=0.7, groups=_only(3)), _face(2, groups=_only(4)))
    row = audience.current
    short = summary(row.cells)
    assert json.loads(json.dumps(short)) == short
    assert list(short) == ["people", "by_group", "by_gender"]
    assert short["people"] == {"people": 2, "low": 2, "high": 2}
    assert list(short["by_group"]) == list(AGE_GROUP_NAMES)
    assert short["by_group"][AGE_GROUP_NAMES[3]] == {"people": 1, "low": 1, "high": 1}
    assert short["by_gender"]["female"]["people"] == pytest.approx(1.2)
    assert short["by_gender"]["female"] == {
        name: round(value, 3) for name, value in row.cells["female", ALL]._asdict().items()
    }


def test_an_empty_summary_has_all_groups() -> None:
    short = summary(Audience(None).current.cells)
    none = {"people": 0, "low": 0, "high": 0}
    assert short["people"] == none
    assert short["by_group"] == dict.fromkeys(AGE_GROUP_NAMES, none)
    assert short["by_gender"] == {"female": none, "male": none}


@pytest.mark.parametrize("heads", [[AGE], [GENDER], [], [Head("hat", "binary", ("no", "yes"))]])
def test_people_are_counted_for_a_model_of_any_heads(heads: list[Head], tmp_path: Path) -> None:
    hat = LabelEstimate("yes", {"no": 0.1, "yes": 0.9})
    faces = [
        _with(face, **{h.name: face.estimates.get(h.name, hat) for h in heads})
        for face in (_face(1, female=0.7), _face(2, female=0.7))
    ]
    audience = Audience(None, heads)
    _watch(audience, 0, 1, *faces)
    row = audience.current
    assert audience.people == row.people == 2
    assert row.cells[ALL, ALL] == (2, 2, 2)
    short = summary(row.cells)
    assert list(short["by_group"]) == (list(AGE_GROUP_NAMES) if AGE in heads else [])
    assert list(short["by_gender"]) == (["female", "male"] if GENDER in heads else [])
    if GENDER in heads:
        assert short["by_gender"]["female"]["people"] == pytest.approx(1.4)
    write_audience([row], tmp_path / "audience.csv")
    with (tmp_path / "audience.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(row.cells)
    assert (lines[-1]["gender"], lines[-1]["age_group"], lines[-1]["people"]) == (ALL, ALL, "2")


def test_genders_are_the_labels_of_the_model() -> None:
    labels = ("woman", "man", "other")
    estimate = LabelEstimate("man", dict(zip(labels, (0.2, 0.7, 0.1), strict=True)))
    audience = Audience(None, [Head("gender", "categorical", labels)])
    _watch(audience, 0, 1, _with(_face(1), gender=estimate))
    people = {
        name: cell["people"] for name, cell in summary(audience.current.cells)["by_gender"].items()
    }
    assert people == {"man": 0.7, "other": 0.1, "woman": 0.2}


def test_an_interval_of_0_seconds_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^interval must be more than 0 seconds; it is 0$"):
        Audience(0)
