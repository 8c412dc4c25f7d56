"""The assignment problem: pairs of rows and columns with the minimum total cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def assign(cost: NDArray[np.float64], limit: float) -> list[tuple[int, int]]:
    """Pairs rows and columns such that the sum of the costs is minimal.

    This is the Hungarian method with potentials (Kuhn 1955, Munkres 1957), which adds one row after
    another.

    Args:
        cost: Cost of each pair, at least 0, (rows, columns).
        limit: Cost of a row without a column; a pair that costs as much or more is left out.

    Returns:
        The (row, column) of each pair, ordered by row.
    """
    rows, columns = cost.shape
    if rows == 0 or columns == 0:
        return []
    # Each row has one more column, which stands for "no pair".
    padded = np.full((rows, columns + rows), limit)
    padded[:, :columns] = np.minimum(cost, limit)
    owner = _hungarian(padded)
    pairs = [(int(row), column) for column, row in enumerate(owner[:columns]) if row >= 0]
    return sorted((r, c) for r, c in pairs if cost[r, c] < limit)


def _hungarian(cost: NDArray[np.float64]) -> NDArray[np.int64]:
    """Returns the row of each column, (columns,), -1 for none; it needs rows <= columns."""
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
