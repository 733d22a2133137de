"""A graph from the shapes of a training set."""

import warnings
from collections.abc import Sequence

from mmpose_scgcn.shapes import mean_shape

import numpy as np

from .correlation import keypoint_correlation
from .neighbors import check_top_k, top_k_neighbors

#: Mean shapes are written with this many decimals of the crop: 1e-5 of a
#: 256 px crop is 0.003 px.
DECIMALS = 5


def build_graph(
    keypoints: np.ndarray,
    visible: np.ndarray,
    normalized: np.ndarray,
    top_k: int = 3,
    names: Sequence[str] | None = None,
) -> dict:
    """Build the graph of a keypoint set from its annotated shapes.

    Args:
        keypoints (np.ndarray): (N, K, 2), image px.
        visible (np.ndarray): Boolean (N, K).
        normalized (np.ndarray): The same keypoints (N, K, 2) in the
            un-augmented crop (:func:`mmpose_scgcn.shapes.normalize_to_crop`).
        top_k (int): Neighbours of each keypoint. Defaults to 3.
        names (Sequence[str], optional): Keypoint names for messages.

    Returns:
        dict: ``num_keypoints``, ``top_k``, ``neighbors``, ``mean_shape`` as
        plain numbers and lists, fit for a config file.

    Raises:
        ValueError: Coordinates that are not finite, fewer than 2 shapes,
            fewer than ``top_k + 1`` keypoints, or a keypoint never visible
            or constant.

    Example:
        >>> mean = np.random.default_rng(0).uniform(20, 80, (5, 2))
        >>> shapes = mean + np.random.default_rng(1).normal(size=(50, 5, 2))
        >>> seen = np.ones((50, 5), bool)
        >>> graph = build_graph(shapes, seen, shapes / 100, top_k=2)
        >>> len(graph['neighbors']), graph['neighbors'][3][0]
        (5, 3)
    """
    check_top_k(keypoints.shape[1], top_k)
    _check_finite(keypoints, visible)
    correlation = keypoint_correlation(keypoints, visible, names)
    neighbors = top_k_neighbors(correlation, top_k)
    _warn_of_strangers(correlation, neighbors)
    shape = mean_shape(normalized, visible)
    return dict(
        num_keypoints=len(neighbors),
        top_k=top_k,
        neighbors=neighbors.tolist(),
        mean_shape=np.round(shape, DECIMALS).tolist(),
    )


def _check_finite(keypoints: np.ndarray, visible: np.ndarray) -> None:
    """Raise for visible keypoints that are NaN or inf."""
    finite = np.isfinite(keypoints).all(axis=-1)  # (N, K)
    bad = np.flatnonzero((~finite & visible).any(axis=1))
    if bad.size:
        raise ValueError(
            'visible keypoints must be finite; NaN or inf in shapes '
            f'{bad[:10].tolist()} ({len(bad)} in all)'
        )


def _warn_of_strangers(correlation: np.ndarray, neighbors: np.ndarray) -> None:
    """Warn where neighbours were taken without any correlation."""
    chosen = np.take_along_axis(correlation, neighbors, axis=1)
    alone = np.flatnonzero((chosen == 0).any(axis=1))
    if alone.size:
        warnings.warn(
            f'keypoints {alone.tolist()} are seen together with too few '
            f'others to choose {neighbors.shape[1] - 1} neighbours by '
            'correlation; the rest are those of lowest index',
            stacklevel=3,
        )
