import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from mien.video.tracking.assignment import assign

_COSTS = st.tuples(st.integers(0, 7), st.integers(0, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 2).map(lambda x: round(x, 6)))
)


def _total(cost: np.ndarray, pairs: list[tuple[int, int]], limit: float) -> float:
    """Returns the sum of the costs; a row without a pair costs ``limit``."""
    return sum(cost[pair] for pair in pairs) + limit * (len(cost) - len(pairs))


@given(_COSTS)
def test_the_total_cost_is_that_of_scipy(cost: np.ndarray) -> None:
    limit = 1.0
    pairs = assign(cost, limit)
    padded = np.hstack([np.minimum(cost, limit), np.full((len(cost), len(cost)), limit)])
    rows, columns = linear_sum_assignment(padded)
    assert np.isclose(_total(cost, pairs, limit), padded[rows, columns].sum())


@given(_COSTS)
def test_pairs_are_distinct_and_cheap(cost: np.ndarray) -> None:
    pairs = assign(cost, 1.0)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(cost[pair] < 1.0 for pair in pairs)


def test_a_pair_above_the_limit_is_left_out() -> None:
    assert assign(np.array([[0.2, 5.0], [5.0, 5.0]]), 1.0) == [(0, 0)]
