"""Boxes of several images, as callers of MMPose's inferencers give them."""

from collections.abc import Sequence

import numpy as np

#: One image's boxes, or those of each of several images.
Boxes = np.ndarray | Sequence


def boxes_by_image(bboxes: Boxes, num_images: int | None) -> list:
    """Check boxes, and give each image its own.

    Args:
        bboxes (np.ndarray | Sequence): For each image boxes (N, 4), x1, y1,
            x2, y2 in image px, or (N, 5) with scores; none, or ``[]``, for
            no faces; ``None`` where faces are to be found. Of a single image
            the boxes alone will do.
        num_images (int, optional): How many images there are. None if that
            is not known, as with a camera.

    Returns:
        list[np.ndarray | None]: (N, 5) float32 for each image, scores that
        are not given are 1; None where faces are to be found.

    Raises:
        ValueError: Another number of images, boxes of another shape, or
            numbers that make no box.

    Example:
        >>> boxes_by_image([[10, 20, 50, 60]], 1)[0].tolist()
        [[10.0, 20.0, 50.0, 60.0, 1.0]]
    """
    if num_images is None:
        raise ValueError(
            'bboxes: expected a number of images that is known beforehand, '
            'got a stream'
        )
    given = list(bboxes)
    if num_images == 1 and (not given or _depth(given) < 3):
        given = [given]
    if len(given) != num_images:
        raise ValueError(
            f'bboxes: expected boxes for each of {num_images} images, got '
            f'them for {len(given)}'
        )
    return [_check(boxes, number) for number, boxes in enumerate(given)]


def _depth(value: object) -> int:
    """Count the dimensions of nested sequences, by their first items."""
    if hasattr(value, 'ndim'):
        return value.ndim
    if isinstance(value, (list, tuple)):
        return 1 + max((_depth(item) for item in value[:1]), default=1)
    return 3 if value is None else 0


def _check(boxes: Boxes | None, number: int) -> np.ndarray | None:
    """Check the boxes of an image; see :func:`boxes_by_image`."""
    if boxes is None:
        return None
    name = f'bboxes of image {number}'
    rows = _rows(boxes, name)
    sides = rows[:, 2:4] - rows[:, :2]
    wrong = ~np.isfinite(rows).all(1) | ~(sides > 0).all(1)
    if wrong.any():
        first = rows[wrong][0].tolist()
        raise ValueError(
            f'{name}: expected finite numbers with x1 < x2 and y1 < y2, got '
            f'{first}; boxes (x, y, w, h) have to be x, y, x + w, y + h'
        )
    if rows.shape[1] == 5:
        return rows
    return np.column_stack([rows, np.ones(len(rows), np.float32)])


def _rows(boxes: Boxes, name: str) -> np.ndarray:
    """Make an array (N, 4) or (N, 5) of them."""
    expected = 'expected (N, 4), x1, y1, x2, y2, or (N, 5) with scores'
    try:
        rows = np.asarray(boxes, np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f'{name}: {expected}, got {boxes!r}') from error
    if rows.size == 0:
        return np.zeros((0, 5), np.float32)
    if rows.ndim != 2 or rows.shape[1] not in (4, 5):
        raise ValueError(f'{name}: {expected}, got shape {rows.shape}')
    return rows
