import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.attributes.calibration import Floats
from mien.results import Quality
from mien.video.identity.evidence import (
    COMMON_SHARES,
    FORGET_AFTER,
    MOST_VIEWS,
    Evidence,
    View,
    make_view,
    view_weight,
)

SHARES = {
    "age": COMMON_SHARES["distribution"],
    "gender": COMMON_SHARES["binary"],
    "hair": COMMON_SHARES["categorical"],
}

_GOOD = Quality(size=100.0, sharpness=1.0, frontality=1.0)


def _age(center: float, spread: float = 5.0) -> Floats:
    density = np.exp(-0.5 * ((np.arange(101) - center) / spread) ** 2)
    return (density / density.sum()).astype(np.float32)


def _gender(female: float) -> Floats:
    return np.array([1 - female, female], np.float32)


def _direction(number: int) -> Floats:
    embedding = np.zeros(16, np.float32)
    embedding[number] = 1
    return embedding


def _view(
    center: float = 30,
    female: float = 0.8,
    number: int = 0,
    quality: Quality = _GOOD,
    time: float = 0,
) -> View:
    probabilities = {"age": _age(center), "gender": _gender(female)}
    return make_view(probabilities, _direction(number), quality, 1.0, time)


def _female(evidence: Evidence) -> float:
    return float(evidence.pooled(SHARES).probabilities["gender"][0, 1])


def _years(evidence: Evidence) -> float:
    return float(evidence.pooled(SHARES).probabilities["age"][0] @ np.arange(101))


def test_a_single_view_is_not_changed() -> None:
    evidence = Evidence()
    evidence.add(_view())
    pooled = evidence.pooled(SHARES)
    np.testing.assert_allclose(pooled.probabilities["gender"], [_gender(0.8)], atol=1e-6)
    np.testing.assert_allclose(pooled.probabilities["age"], [_age(30)], atol=1e-4)
    np.testing.assert_allclose(pooled.embedding, [_direction(0)])


@given(st.integers(2, 60))
def test_the_same_view_again_adds_nothing(times: int) -> None:
    evidence = Evidence()
    for _ in range(times):
        evidence.add(_view())
    assert _female(evidence) == pytest.approx(0.8, abs=1e-6)
    assert evidence.effective_views == pytest.approx(1.0)


def test_different_views_that_agree_increase_the_certainty_up_to_a_limit() -> None:
    evidence = Evidence()
    logit = np.log(0.8 / 0.2)
    last = 0.8
    for number in range(MOST_VIEWS):
        evidence.add(_view(number=number))
        female = _female(evidence)
        assert female >= last - 1e-6
        last = female
    assert 0.8 < last < 1 / (1 + np.exp(-logit / SHARES["gender"]))
    assert evidence.effective_views == pytest.approx(MOST_VIEWS)


def test_two_labels_are_pooled_as_their_logit() -> None:
    females, own = (0.7, 0.9, 0.2), 1 / 3
    evidence = Evidence()
    for number, female in enumerate(females):
        evidence.add(_view(female=female, number=number))
    common = SHARES["gender"]
    logits = [np.log(female / (1 - female)) for female in females]
    pooled = np.mean(logits) / (common + (1 - common) * own)
    assert _female(evidence) == pytest.approx(1 / (1 + np.exp(-pooled)), abs=1e-5)


def test_several_labels_are_pooled_like_two() -> None:
    rows = np.array([[0.6, 0.3, 0.1], [0.5, 0.1, 0.4]], np.float32)
    evidence = Evidence()
    for number, row in enumerate(rows):
        evidence.add(make_view({"hair": row}, _direction(number), _GOOD, 1.0, 0.0))
    logs = np.log(rows).mean(axis=0) / (SHARES["hair"] + (1 - SHARES["hair"]) / 2)
    expected = np.exp(logs) / np.exp(logs).sum()
    np.testing.assert_allclose(evidence.pooled(SHARES).probabilities["hair"], [expected], atol=1e-6)


def test_views_that_contradict_each_other_reduce_the_certainty() -> None:
    evidence = Evidence()
    evidence.add(_view(female=0.9, number=0))
    evidence.add(_view(female=0.1, number=1))
    assert _female(evidence) == pytest.approx(0.5)


def test_better_views_have_a_higher_weight() -> None:
    poor = Quality(size=20.0, sharpness=0.2, frontality=0.3)
    evidence = Evidence()
    evidence.add(_view(center=30, number=0))
    evidence.add(_view(center=60, number=1, quality=poor))
    assert _years(evidence) < 35


def test_old_views_lose_their_weight() -> None:
    evidence = Evidence()
    evidence.add(_view(female=0.9, number=0, time=0.0))
    evidence.add(_view(female=0.1, number=1, time=3 * FORGET_AFTER))
    assert _female(evidence) < 0.2


def test_only_a_few_different_views_are_kept() -> None:
    evidence = Evidence()
    for _ in range(50):
        evidence.add(_view(number=0))
    for number in range(16):
        evidence.add(_view(number=number))
    assert len(evidence) == MOST_VIEWS


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1), st.integers(0, 15)), min_size=1))
def test_pooled_predictions_are_probabilities(views: list[tuple[float, float, int]]) -> None:
    evidence = Evidence()
    for time, (center, female, number) in enumerate(views):
        evidence.add(_view(center, female, number, time=float(time)))
    for probabilities in evidence.pooled(SHARES).probabilities.values():
        assert probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert (probabilities >= 0).all()


def test_similarity_is_to_the_most_similar_view() -> None:
    evidence = Evidence()
    assert evidence.similarity_to(_direction(0)) == -1
    evidence.add(_view(number=0))
    evidence.add(_view(number=1))
    assert evidence.similarity_to(_direction(1)) == pytest.approx(1)
    assert evidence.similarity_to(_direction(2)) == pytest.approx(0)


def test_similarity_is_to_the_average_of_similar_views() -> None:
    evidence = Evidence()
    near = np.array([np.cos(0.2), np.sin(0.2), *[0] * 14], np.float32)
    evidence.add(_view(number=0))
    evidence.add(make_view({"age": _age(30), "gender": _gender(0.8)}, near, _GOOD, 1.0, 0.0))
    assert len(evidence) == 1
    assert evidence.similarity_to(_direction(0)) == pytest.approx(np.cos(0.1), abs=1e-5)


def test_the_weight_grows_with_each_measure_of_quality() -> None:
    base = view_weight(Quality(40.0, 0.5, 0.5), 0.8)
    assert view_weight(Quality(60.0, 0.5, 0.5), 0.8) > base
    assert view_weight(Quality(40.0, 0.7, 0.5), 0.8) > base
    assert view_weight(Quality(40.0, 0.5, 0.7), 0.8) > base
    assert view_weight(Quality(40.0, 0.5, 0.5), 0.9) > base
    assert view_weight(Quality(40.0, 0.5, None), 0.8) < base
