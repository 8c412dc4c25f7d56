from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mien.evaluation.metrics.classes import class_scores, confusion_matrix

CLASSES = 4
pairs = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*[hnp.arrays(np.int64, n, elements=st.integers(0, CLASSES - 1))] * 2)
)


@settings(max_examples=30)
@given(pairs)
def test_scores_are_scikit_learns(pair: tuple[np.ndarray, np.ndarray]) -> None:
    predicted, truth = pair
    confusion = confusion_matrix(predicted, truth, CLASSES)
    theirs = reference.confusion_matrix(truth, predicted, labels=range(CLASSES))
    np.testing.assert_array_equal(confusion, theirs)
    scores = class_scores(confusion)
    assert scores.accuracy["value"] == pytest.approx(reference.accuracy_score(truth, predicted))
    precision, recall, f1, support = reference.precision_recall_fscore_support(
        truth, predicted, labels=range(CLASSES), zero_division=0
    )
    for ours, each in ((scores.precision, precision), (scores.recall, recall), (scores.f1, f1)):
        assert [figure["value"] if figure else 0 for figure in ours] == pytest.approx(each)
    assert scores.support == support.tolist()
    for average, ours in (("macro", scores.macro), ("weighted", scores.weighted)):
        expected = reference.precision_recall_fscore_support(
            truth, predicted, average=average, zero_division=0
        )
        assert [figure["value"] for figure in ours] == pytest.approx(expected[:3])


def test_a_class_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid entry"):
        confusion_matrix(np.array([2]), np.array([0]), 2)


def test_the_interval_of_f1_is_that_of_a_bootstrap_of_pictures() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 400)
    predicted = np.where(random.random(400) < 0.7, truth, random.integers(0, 3, 400))
    macro = class_scores(confusion_matrix(predicted, truth, 3)).macro.f1
    drawn = [
        reference.f1_score(truth[chosen], predicted[chosen], average="macro")
        for chosen in random.integers(0, 400, (300, 400))
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert (macro["low"], macro["high"]) == pytest.approx((low, high), abs=0.012)


def test_a_class_that_does_not_occur_has_no_score() -> None:
    scores = class_scores(np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]]))
    assert (scores.precision[2], scores.recall[2], scores.f1[2]) == (None, None, None)
    assert scores.macro.recall["value"] == pytest.approx((0.75 + 1) / 2)
