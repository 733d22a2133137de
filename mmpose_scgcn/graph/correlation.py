"""Pearson correlation between keypoints over a set of shapes."""

from collections.abc import Iterator, Sequence

from mmpose_scgcn.shapes import align_shapes
from mmpose_scgcn.shapes.procrustes import CHUNK

import numpy as np

#: Pairs seen together in fewer shapes than this (or than half of them, where
#: that is less) count as uncorrelated: two points always lie on a line.
MIN_SHARED_SHAPES = 10

#: A coordinate of an aligned shape (of size one) that varies by less than
#: this standard deviation is constant, and its correlation is rounding noise.
MIN_STANDARD_DEVIATION = 1e-9


def keypoint_correlation(
    keypoints: np.ndarray,
    visible: np.ndarray,
    names: Sequence[str] | None = None,
) -> np.ndarray:
    r"""Mean absolute Pearson correlation of x and of y, pair by pair.

    .. math::
        C_{ij} = \tfrac12 \left(|\rho(x_i, x_j)| + |\rho(y_i, y_j)|\right)

    What the sparse graph of "Structure-Coherent Deep Feature Learning for
    Robust Face Alignment" (TIP 2021) is made from, taken on aligned shapes
    (:func:`mmpose_scgcn.shapes.align_shapes`) over the shapes in which both
    keypoints are visible.

    Args:
        keypoints (np.ndarray): Shapes (N, K, 2), such as image px.
        visible (np.ndarray): Boolean (N, K).
        names (Sequence[str], optional): Keypoint names for messages.
            Defaults to their indices.

    Returns:
        np.ndarray: (K, K), symmetric, in [0, 1], diagonal exactly 1.

    Raises:
        ValueError: Fewer than two shapes, or a keypoint that is never
            visible or never moves; the message names it.
    """
    if len(keypoints) < 2:
        raise ValueError(
            'a graph needs at least 2 shapes to correlate keypoints, got '
            f'{len(keypoints)}'
        )
    moments = _Moments(keypoints, visible)
    _check_moving(moments, len(keypoints), names)
    shared = max(2, min(MIN_SHARED_SHAPES, len(keypoints) // 2))
    correlation = 0.5 * (
        np.abs(moments.pearson(0, shared)) + np.abs(moments.pearson(1, shared))
    )
    np.fill_diagonal(correlation, 1.0)
    return correlation


class _Moments:
    """Sums over shapes and over pairs of keypoints, pairwise complete.

    Shapes are aligned a part at a time: a million of them take no more memory
    than a thousand. Two passes: sums are taken about the means.

    Args:
        keypoints (np.ndarray): (N, K, 2).
        visible (np.ndarray): Boolean (N, K).
    """

    def __init__(self, keypoints: np.ndarray, visible: np.ndarray) -> None:
        size = keypoints.shape[1]
        seen_in = np.zeros((size, 1))
        middle = np.zeros((2, size, 2))
        for points, seen in _parts(keypoints, visible):
            middle += points.sum(axis=1)
            seen_in += seen.sum(axis=0)[:, None]
        middle /= np.maximum(seen_in, 1)
        #: How often two keypoints are seen together, (K, K).
        self.count = np.zeros((size, size))
        self._total = np.zeros((2, size, size))
        self._square = np.zeros((2, size, size))
        self._product = np.zeros((2, size, size))
        squares = np.zeros((2, size, 2))
        for points, seen in _parts(keypoints, visible):
            points = np.where(seen[..., None], points - middle[:, None], 0)
            squares += (points**2).sum(axis=1)
            self._add(points[1], seen.astype(np.float64))
        #: Standard deviations (K, 2) as annotated, and aligned.
        self.placed, self.moved = np.sqrt(squares / np.maximum(seen_in, 1))

    def _add(self, aligned: np.ndarray, weight: np.ndarray) -> None:
        """Add aligned shapes (n, K, 2), less the mean, weight (n, K)."""
        self.count += weight.T @ weight
        for axis in range(2):
            values = np.ascontiguousarray(aligned[..., axis])
            self._total[axis] += values.T @ weight
            self._square[axis] += (values**2).T @ weight
            self._product[axis] += values.T @ values

    def pearson(self, axis: int, shared: int) -> np.ndarray:
        """Correlate the keypoints (K, K) in x (0) or y (1)."""
        count, total = self.count, self._total[axis]
        square, product = self._square[axis], self._product[axis]
        with np.errstate(divide='ignore', invalid='ignore'):
            covariance = product - total * total.T / count
            variance = np.maximum(square - total**2 / count, 0.0)
            rho = covariance / np.sqrt(variance * variance.T)
        known = (count >= shared) & np.isfinite(rho)
        return np.where(known, np.clip(rho, -1, 1), 0.0)


def _parts(
    keypoints: np.ndarray, visible: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield shapes (2, n, K, 2), as annotated and aligned, and what is seen.

    What is not seen, (n, K), is zero.
    """
    for start in range(0, len(keypoints), CHUNK):
        part = slice(start, start + CHUNK)
        aligned = align_shapes(keypoints[part], visible[part])
        seen = np.isfinite(aligned[..., 0])
        both = np.stack([keypoints[part], aligned])
        yield np.where(seen[..., None], both, 0.0), seen


def _check_moving(
    moments: _Moments, number: int, names: Sequence[str] | None
) -> None:
    """Raise for keypoints that no correlation can be computed for."""

    def listed(indices: np.ndarray) -> str:
        return ', '.join(
            f'{i} ({names[i]})' if names is not None else str(i)
            for i in indices
        )

    never = np.flatnonzero(moments.count.diagonal() == 0)
    if never.size:
        raise ValueError(
            f'keypoints never visible in {number} shapes: '
            f'{listed(never)}; a graph needs every keypoint to be seen'
        )
    # A placeholder that annotators never move, such as (0, 0), moves once
    # its shape is aligned: look for it before.
    least = MIN_STANDARD_DEVIATION
    stays = moments.placed.max(axis=-1) < least
    still = np.flatnonzero(stays | (moments.moved.min(axis=-1) < least))
    if still.size:
        raise ValueError(
            f'keypoints constant over the {number} shapes (or seen '
            f'once), or in x or y over the aligned shapes: {listed(still)}; '
            'a constant has no correlation'
        )
