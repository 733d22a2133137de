"""Boxes: about keypoints, their overlap, and who is who by it."""

import numpy as np

from .assignment import assign


def tight_boxes(keypoints: np.ndarray) -> np.ndarray:
    """Put the smallest box about the keypoints of each face.

    Args:
        keypoints (np.ndarray): (N, K, 2), image px, K at least 1.

    Returns:
        np.ndarray: (N, 4), x1, y1, x2, y2, image px, in the type of
        ``keypoints``.
    """
    low, high = keypoints.min(axis=1), keypoints.max(axis=1)
    return np.concatenate([low, high], axis=1)


def square_boxes(boxes: np.ndarray) -> np.ndarray:
    """Enlarge the shorter side of boxes, about the same centre.

    Args:
        boxes (np.ndarray): (N, 4), x1, y1, x2, y2, image px.

    Returns:
        np.ndarray: (N, 4), with sides of equal length.
    """
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.concatenate([center - half, center + half], axis=1)


def box_iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union, each box of one set with each of another.

    Args:
        first (np.ndarray): (..., N, 4), x1, y1, x2, y2, image px.
        second (np.ndarray): (..., M, 4), in the same way.

    Returns:
        np.ndarray: (..., N, M) float64 in [0, 1]; 0 where neither box has an
        area, and where coordinates are not finite.
    """
    with np.errstate(invalid='ignore', divide='ignore'):
        shared, one, other = _shared_areas(first, second)
        return np.nan_to_num(shared / (one + other - shared), nan=0.0)


def share_of_smaller(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over the smaller box, each box of one set with another's.

    Args:
        first (np.ndarray): (N, 4), x1, y1, x2, y2, image px.
        second (np.ndarray): (M, 4), in the same way.

    Returns:
        np.ndarray: (N, M) float64 in [0, 1]; 1 where one of the two lies in
        the other, 0 where the smaller box has no area.
    """
    with np.errstate(invalid='ignore', divide='ignore'):
        shared, one, other = _shared_areas(first, second)
        return np.nan_to_num(shared / np.minimum(one, other), nan=0.0)


def match_boxes(
    first: np.ndarray, second: np.ndarray, min_iou: float
) -> list[tuple[int, int]]:
    """Pair two sets of boxes so that the sum of the overlaps is largest.

    Args:
        first (np.ndarray): (N, 4), x1, y1, x2, y2, image px.
        second (np.ndarray): (M, 4), in the same way.
        min_iou (float): Boxes that overlap less are no pair.

    Returns:
        list[tuple[int, int]]: Places in ``first`` and in ``second``; each
        place at most once.
    """
    iou = box_iou(first, second)
    iou[iou < min_iou] = 0
    rows, columns = assign(-iou)
    return [
        (int(row), int(column))
        for row, column in zip(rows, columns, strict=True)
        if iou[row, column] > 0
    ]


def visible_share(boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """How much of each box lies within the image.

    Args:
        boxes (np.ndarray): (N, 4), x1, y1, x2, y2, image px.
        size (tuple[int, int]): Width and height of the image, px.

    Returns:
        np.ndarray: (N,) float64 in [0, 1], a share of the box's area; 0 for
        a box without area.
    """
    boxes = np.asarray(boxes, np.float64)
    inside = np.clip(boxes, 0, np.tile(np.array(size, np.float64), 2))
    with np.errstate(invalid='ignore', divide='ignore'):
        return np.nan_to_num(_areas(inside) / _areas(boxes), nan=0.0)


def _shared_areas(
    first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Areas of intersections (..., N, M) and of the boxes themselves."""
    first = np.asarray(first, np.float64)[..., :, None, :]
    second = np.asarray(second, np.float64)[..., None, :, :]
    low = np.maximum(first[..., :2], second[..., :2])
    high = np.minimum(first[..., 2:], second[..., 2:])
    shared = np.maximum(high - low, 0).prod(axis=-1)
    return shared, _areas(first), _areas(second)


def _areas(boxes: np.ndarray) -> np.ndarray:
    return np.maximum(boxes[..., 2:] - boxes[..., :2], 0).prod(axis=-1)
