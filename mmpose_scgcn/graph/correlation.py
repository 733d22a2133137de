"""Pearson correlation between keypoints over a set of shapes."""

from collections.abc import Sequence

from mmpose_scgcn.shapes import align_shapes

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
    aligned = align_shapes(keypoints, visible)
    seen = np.isfinite(aligned[..., 0])
    _check_moving(keypoints, aligned, seen, names)
    correlation = 0.5 * (
        np.abs(_pairwise_pearson(aligned[..., 0], seen))
        + np.abs(_pairwise_pearson(aligned[..., 1], seen))
    )
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _check_moving(
    keypoints: np.ndarray,
    aligned: np.ndarray,
    seen: np.ndarray,
    names: Sequence[str] | None,
) -> None:
    """Raise for keypoints that no correlation can be computed for."""

    def listed(indices: np.ndarray) -> str:
        return ', '.join(
            f'{i} ({names[i]})' if names is not None else str(i)
            for i in indices
        )

    never = np.flatnonzero(~seen.any(axis=0))
    if never.size:
        raise ValueError(
            f'keypoints never visible in {len(aligned)} shapes: '
            f'{listed(never)}; a graph needs every keypoint to be seen'
        )
    # A placeholder that annotators never move, such as (0, 0), moves once
    # its shape is aligned: look for it before.
    placed = _deviation(keypoints, seen).max(axis=-1)
    moved = _deviation(aligned, seen).min(axis=-1)
    still = np.flatnonzero(
        (placed < MIN_STANDARD_DEVIATION) | (moved < MIN_STANDARD_DEVIATION)
    )
    if still.size:
        raise ValueError(
            f'keypoints constant over the {len(aligned)} shapes (or seen '
            f'once), or in x or y over the aligned shapes: {listed(still)}; '
            'a constant has no correlation'
        )


def _deviation(points: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Standard deviation (K, 2) of points (N, K, 2) over where seen."""
    mask = np.broadcast_to(~seen[..., None], points.shape)
    return np.ma.masked_array(points, mask).std(axis=0).filled(0)


def _pairwise_pearson(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Pearson correlation (K, K) of columns (N, K), pairwise complete."""
    weight = seen.astype(np.float64)
    center = np.nanmean(values, axis=0)
    values = np.where(seen, values - center, 0.0)
    count = weight.T @ weight
    total = values.T @ weight
    square = (values**2).T @ weight
    with np.errstate(divide='ignore', invalid='ignore'):
        covariance = values.T @ values - total * total.T / count
        variance = np.maximum(square - total**2 / count, 0.0)
        rho = covariance / np.sqrt(variance * variance.T)
    shared = count >= max(2, min(MIN_SHARED_SHAPES, len(values) // 2))
    return np.where(shared & np.isfinite(rho), np.clip(rho, -1, 1), 0.0)
