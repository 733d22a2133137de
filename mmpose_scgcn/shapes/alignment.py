"""Removing position and size from shapes before they are compared."""

import numpy as np


def align_shapes(keypoints: np.ndarray, visible: np.ndarray) -> np.ndarray:
    r"""Centre every shape and scale it to centroid size one.

    .. math::
        \tilde p_i = (p_i - \bar p) \,/\,
        \sqrt{\textstyle\sum_j \lVert p_j - \bar p \rVert^2}

    with the mean and the sum over the visible keypoints of the shape.
    Rotation stays: how heads turn is part of what correlates keypoints.

    Note:
        The released code ships the resulting neighbours, not how shapes were
        aligned for them; this alignment is a choice of ours.

    Args:
        keypoints (np.ndarray): Shapes (N, K, 2) in any common unit, such as
            image px.
        visible (np.ndarray): Boolean (N, K); only these are used.

    Returns:
        np.ndarray: Aligned shapes (N, K, 2), float64, without unit. Invisible
        keypoints, and shapes that are a single point, are NaN.
    """
    mask = visible[..., None]
    points = np.where(mask, keypoints, 0.0).astype(np.float64)
    count = np.maximum(mask.sum(axis=1, keepdims=True), 1)
    offset = points - points.sum(axis=1, keepdims=True) / count
    offset = np.where(mask, offset, 0.0)
    size = np.sqrt((offset**2).sum(axis=(1, 2), keepdims=True))
    return np.where(
        mask & (size > 0), offset / np.where(size > 0, size, 1), np.nan
    )
