"""The graph as a plain dict, and what makes one valid."""

from collections.abc import Mapping

import numpy as np

KEYS = ('num_keypoints', 'top_k', 'neighbors', 'mean_shape')


def check_graph(graph: Mapping) -> tuple[np.ndarray, np.ndarray]:
    """Read a graph dict, as a config or a fragment of one holds it.

    Args:
        graph (Mapping): ``num_keypoints`` K, ``top_k`` k, ``neighbors``
            (K, k + 1) with self first, ``mean_shape`` (K, 2) normalised to
            the un-augmented top-down crop.

    Returns:
        tuple[np.ndarray, np.ndarray]: ``neighbors`` (K, k + 1) int64 and
        ``mean_shape`` (K, 2) float32.

    Raises:
        ValueError: A key is missing, a value is not an array of numbers, a
            size does not fit, a neighbour is out of range or repeated, a row
            does not start with itself, or the mean shape is not finite.
    """
    missing = [key for key in KEYS if key not in graph]
    if missing:
        raise ValueError(
            f'a graph is a dict with {", ".join(KEYS)}; missing: '
            f'{", ".join(missing)}'
        )
    num_keypoints, top_k = graph['num_keypoints'], graph['top_k']
    neighbors = _read(graph, 'neighbors', np.int64)
    shape = _read(graph, 'mean_shape', np.float32)
    if neighbors.shape != (num_keypoints, top_k + 1):
        raise ValueError(
            'graph neighbors: expected (num_keypoints, top_k + 1) = '
            f'({num_keypoints}, {top_k + 1}), got {neighbors.shape}'
        )
    if shape.shape != (num_keypoints, 2) or not np.isfinite(shape).all():
        raise ValueError(
            f'graph mean_shape: expected {num_keypoints} finite pairs '
            f'(x, y), got shape {shape.shape} with '
            f'{(~np.isfinite(shape)).sum()} values not finite'
        )
    _check_neighbors(neighbors)
    return neighbors, shape


def _read(graph: Mapping, key: str, dtype: type) -> np.ndarray:
    """Read an array; rows of uneven length and fractions are refused."""
    try:
        values = np.asarray(graph[key], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f'graph {key}: expected rows of numbers, all as long ({error})'
        ) from error
    array: np.ndarray = values.astype(dtype)
    if dtype == np.int64 and (array != values).any():
        raise ValueError(f'graph {key}: expected whole numbers')
    return array


def _check_neighbors(neighbors: np.ndarray) -> None:
    """Raise for the first row that is not a list of distinct neighbours."""
    num_keypoints = len(neighbors)
    for index, row in enumerate(neighbors.tolist()):
        if row[0] != index:
            fault = 'must start with the keypoint itself'
        elif min(row) < 0 or max(row) >= num_keypoints:
            fault = f'has an index outside 0..{num_keypoints - 1}'
        elif len(set(row)) < len(row):
            fault = 'names a keypoint twice'
        else:
            continue
        raise ValueError(f'graph neighbors: row {index}, {row}, {fault}')
