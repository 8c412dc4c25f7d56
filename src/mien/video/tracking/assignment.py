"""The assignment problem: pairs of rows and columns of least total cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def assign(cost: NDArray[np.float64], most: float) -> list[tuple[int, int]]:
    """Pairs rows and columns such that the sum of costs is least, without expensive pairs.

    A pair that costs ``most`` or more is worse than no pair. This is the Hungarian method with
    potentials (Kuhn 1955, Munkres 1957), adding one row after another.

    Args:
        cost: (rows, columns).
        most: Cost of leaving a row and a column without a pair.

    Returns:
        (row, column) of each pair, by row.
    """
    rows, columns = cost.shape
    if rows == 0 or columns == 0:
        return []
    # Each row gets a column of its own that stands for "no pair".
    padded = np.full((rows, columns + rows), most)
    padded[:, :columns] = np.minimum(cost, most)
    owner = _hungarian(padded)
    pairs = [(int(row), column) for column, row in enumerate(owner[:columns]) if row >= 0]
    return sorted((r, c) for r, c in pairs if cost[r, c] < most)


def _hungarian(cost: NDArray[np.float64]) -> NDArray[np.int64]:
    """Returns the row that each column belongs to, -1 for none; rows <= columns."""
    rows, columns = cost.shape
    u, v = np.zeros(rows), np.zeros(columns)
    owner = np.full(columns, -1)
    for start in range(rows):
        slack = np.full(columns, np.inf)
        came_from = np.full(columns, -1)
        done = np.zeros(columns, bool)
        row, column = start, -1
        while True:
            reduced = cost[row] - u[row] - v
            better = ~done & (reduced < slack)
            slack[better] = reduced[better]
            came_from[better] = column
            nearest = int(np.where(done, np.inf, slack).argmin())
            delta = slack[nearest]
            u[start] += delta
            u[owner[done]] += delta
            v[done] -= delta
            slack[~done] -= delta
            done[nearest] = True
            column, row = nearest, int(owner[nearest])
            if row < 0:
                break
        while column >= 0:
            previous = int(came_from[column])
            owner[column] = start if previous < 0 else owner[previous]
            column = previous
    return owner
