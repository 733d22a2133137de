"""The assignment problem, in NumPy alone.

SciPy solves it as well, but is a large part to install for the few faces of a
video frame; the tests compare both.
"""

import numpy as np


def assign(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pair rows with columns so that the sum of the costs is least.

    The Hungarian method: rows are added one by one, each along the cheapest
    augmenting path ("A Shortest Augmenting Path Algorithm for Dense and Sparse
    Linear Assignment Problems", Computing 1987).

    Args:
        cost (np.ndarray): (N, M), finite.

    Returns:
        tuple[np.ndarray, np.ndarray]: Rows in order, and the column of each,
        min(N, M) of them.

    Example:
        >>> import numpy as np
        >>> assign(np.array([[1.0, 2.0], [0.0, 9.0]]))[1].tolist()
        [1, 0]
    """
    cost = np.asarray(cost, np.float64)
    if cost.shape[0] > cost.shape[1]:
        columns, rows = assign(cost.T)
        order = np.argsort(rows)
        return rows[order], columns[order]
    count, size = cost.shape
    of_row, of_column = np.zeros(count), np.zeros(size)
    owner = np.full(size, -1)
    for row in range(count):
        path = _add(cost, row, of_row, of_column, owner)
        for column, before in path:
            owner[column] = row if before < 0 else owner[before]
    columns = np.flatnonzero(owner >= 0)
    order = np.argsort(owner[columns])
    return owner[columns][order], columns[order]


def _add(
    cost: np.ndarray,
    row: int,
    of_row: np.ndarray,
    of_column: np.ndarray,
    owner: np.ndarray,
) -> list[tuple[int, int]]:
    """Find the cheapest path from a new row to a free column.

    Args:
        cost (np.ndarray): (N, M).
        row (int): The new row.
        of_row (np.ndarray): Dual values (N,), changed.
        of_column (np.ndarray): Dual values (M,), changed.
        owner (np.ndarray): The row of each column (M,), -1 where it is free.

    Returns:
        list[tuple[int, int]]: From the free column back to the new row:
        a column, and the one before it on the path, -1 at the end.
    """
    least = np.full(len(owner), np.inf)
    before = np.full(len(owner), -1)
    done = np.zeros(len(owner), bool)
    current, last = row, -1
    while True:
        reduced = cost[current] - of_row[current] - of_column
        shorter = ~done & (reduced < least)
        least[shorter], before[shorter] = reduced[shorter], last
        column = int(np.where(done, np.inf, least).argmin())
        step = least[column]
        of_row[row] += step
        of_row[owner[done]] += step
        of_column[done] -= step
        least[~done] -= step
        done[column] = True
        last = column
        if owner[column] < 0:
            break
        current = int(owner[column])
    path = []
    while last >= 0:
        path.append((last, int(before[last])))
        last = int(before[last])
    return path
