import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.results import Quality
from mien.video.identity.evidence import (
    FORGET_AFTER,
    GENDER_COMMON,
    MOST_VIEWS,
    Pool,
    View,
    make_view,
    view_weight,
)

_GOOD = Quality(size=100.0, sharpness=1.0, frontality=1.0)


def _age(centre: float, spread: float = 5.0) -> np.ndarray:
    density = np.exp(-0.5 * ((np.arange(101) - centre) / spread) ** 2)
    return (density / density.sum()).astype(np.float32)


def _direction(number: int) -> np.ndarray:
    features = np.zeros(16, np.float32)
    features[number] = 1
    return features


def _view(
    centre: float = 30,
    female: float = 0.8,
    number: int = 0,
    weight: Quality = _GOOD,
    time: float = 0,
) -> View:
    return make_view(_age(centre), female, _direction(number), weight, 1.0, time)


def test_a_single_view_is_taken_as_it_is() -> None:
    pool = Pool()
    pool.add(_view())
    age, female = pool.pooled()
    assert female == pytest.approx(0.8, abs=1e-6)
    np.testing.assert_allclose(age, _age(30), atol=1e-4)


@given(st.integers(2, 60))
def test_the_same_view_again_adds_nothing(times: int) -> None:
    pool = Pool()
    for _ in range(times):
        pool.add(_view())
    assert pool.pooled()[1] == pytest.approx(0.8, abs=1e-6)
    assert pool.effective_views == pytest.approx(1.0)


def test_different_views_that_agree_make_surer_up_to_a_bound() -> None:
    pool = Pool()
    logit = np.log(0.8 / 0.2)
    last = 0.8
    for number in range(MOST_VIEWS):
        pool.add(_view(number=number))
        female = pool.pooled()[1]
        assert female >= last - 1e-9
        last = female
    assert 0.8 < last < 1 / (1 + np.exp(-logit / GENDER_COMMON))
    assert pool.effective_views == pytest.approx(MOST_VIEWS)


def test_views_that_contradict_each_other_make_unsure() -> None:
    pool = Pool()
    pool.add(_view(female=0.9, number=0))
    pool.add(_view(female=0.1, number=1))
    assert pool.pooled()[1] == pytest.approx(0.5)


def test_better_views_count_more() -> None:
    poor = Quality(size=20.0, sharpness=0.2, frontality=0.3)
    pool = Pool()
    pool.add(_view(centre=30, number=0))
    pool.add(_view(centre=60, number=1, weight=poor))
    age, _ = pool.pooled()
    assert age @ np.arange(101) < 35


def test_old_views_are_forgotten() -> None:
    pool = Pool()
    pool.add(_view(female=0.9, number=0, time=0.0))
    pool.add(_view(female=0.1, number=1, time=3 * FORGET_AFTER))
    assert pool.pooled()[1] < 0.2


def test_a_pool_keeps_few_views_and_those_that_differ() -> None:
    pool = Pool()
    for _ in range(50):
        pool.add(_view(number=0))
    for number in range(16):
        pool.add(_view(number=number))
    assert len(pool) == MOST_VIEWS


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1), st.integers(0, 15)), min_size=1))
def test_answers_are_probabilities(views: list[tuple[float, float, int]]) -> None:
    pool = Pool()
    for time, (centre, female, number) in enumerate(views):
        pool.add(_view(centre, female, number, time=float(time)))
    age, female = pool.pooled()
    assert age.sum() == pytest.approx(1, abs=1e-5)
    assert (age >= 0).all()
    assert 0 <= female <= 1


def test_similarity_is_to_the_likest_view() -> None:
    pool = Pool()
    assert pool.similarity_to(_direction(0)) == -1
    pool.add(_view(number=0))
    pool.add(_view(number=1))
    assert pool.similarity_to(_direction(1)) == pytest.approx(1)
    assert pool.similarity_to(_direction(2)) == pytest.approx(0)


def test_weight_grows_with_every_quality() -> None:
    base = view_weight(Quality(40.0, 0.5, 0.5), 0.8)
    assert view_weight(Quality(60.0, 0.5, 0.5), 0.8) > base
    assert view_weight(Quality(40.0, 0.7, 0.5), 0.8) > base
    assert view_weight(Quality(40.0, 0.5, 0.7), 0.8) > base
    assert view_weight(Quality(40.0, 0.5, 0.5), 0.9) > base
    assert view_weight(Quality(40.0, 0.5, None), 0.8) < base
