"""Boxes of faces, and how one kind of box becomes another."""

from collections.abc import Sequence
from dataclasses import dataclass

from mmpose_scgcn.structures.boxes import box_iou, visible_share

import numpy as np

#: Sides of a box over the longer side of its image: more is a mistake.
_MOST_TIMES = 100

_TOO_SMALL = (
    'is less than 1 px wide or high; expected px, not shares of the width and '
    'height, of the'
)

#: The box that our models are trained for: tight about the keypoints.
LANDMARK_BOX = 'landmarks'


@dataclass(frozen=True)
class BoxMapping:
    """From a detector's box to the box about the keypoints.

    A detector draws its own kind of box: with or without forehead, wide or
    tight. A model must get the kind that it was trained for, or it sees every
    face too large, too small or moved.

    Args:
        shift_x (float): Of the centre, in widths of the detector's box.
        shift_y (float): Of the centre, in heights of the detector's box;
            positive is downwards.
        scale_x (float): Width over the detector's width.
        scale_y (float): Height over the detector's height.
    """

    shift_x: float = 0.0
    shift_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0

    def __call__(self, boxes: np.ndarray) -> np.ndarray:
        """Map boxes.

        Args:
            boxes (np.ndarray): (N, 4), x1, y1, x2, y2.

        Returns:
            np.ndarray: (N, 4) float32, a new array.

        Example:
            >>> import numpy as np
            >>> BoxMapping(shift_y=0.1, scale_y=0.8)(
            ...     np.array([[0, 0, 100, 100]])
            ... ).tolist()
            [[0.0, 20.0, 100.0, 100.0]]
        """
        boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
        size = boxes[:, 2:] - boxes[:, :2]
        center = (boxes[:, :2] + boxes[:, 2:]) / 2
        center = center + size * (self.shift_x, self.shift_y)
        half = size * (self.scale_x, self.scale_y) / 2
        return np.hstack([center - half, center + half]).astype(np.float32)


def relate_boxes(detected: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Measure where wanted boxes lie in detected ones.

    Args:
        detected (np.ndarray): (N, 4), x1, y1, x2, y2.
        wanted (np.ndarray): (N, 4) of the same faces.

    Returns:
        np.ndarray: (N, 4): shift_x, shift_y, scale_x, scale_y of each face,
        see :class:`BoxMapping`.
    """
    size = detected[:, 2:] - detected[:, :2]
    shift = wanted[:, :2] + wanted[:, 2:] - detected[:, :2] - detected[:, 2:]
    scale = (wanted[:, 2:] - wanted[:, :2]) / size
    return np.hstack([shift / 2 / size, scale])


def suppress(
    boxes: np.ndarray, scores: np.ndarray, threshold: float = 0.4
) -> np.ndarray:
    """Keep the best of boxes that overlap (non-maximum suppression).

    Args:
        boxes (np.ndarray): (N, 4), x1, y1, x2, y2.
        scores (np.ndarray): (N,).
        threshold (float): Overlap (intersection over union) from which two
            boxes are the same face. Defaults to 0.4.

    Returns:
        np.ndarray: Numbers of the kept boxes, the best first.

    Example:
        >>> boxes = np.array([[0, 0, 9, 9], [0, 0, 10, 10], [50, 0, 60, 10]])
        >>> suppress(boxes, scores=np.array([0.6, 0.9, 0.7])).tolist()
        [1, 2]
    """
    order = np.argsort(-scores, kind='stable')
    shared = box_iou(boxes, boxes)
    kept: list[int] = []
    for index in order:
        if all(shared[index, other] <= threshold for other in kept):
            kept.append(int(index))
    return np.array(kept, int)


def check_boxes(boxes: Sequence | np.ndarray, source: str) -> np.ndarray:
    """Check boxes that somebody gives.

    Args:
        boxes (Sequence | np.ndarray): (N, 4), or (4,) for one face.
        source (str): What they belong to, for the message.

    Returns:
        np.ndarray: (N, 4) float32, x1, y1, x2, y2.

    Raises:
        ValueError: Not rows of four finite numbers, or a box without area.
    """
    try:
        array = np.asarray(boxes, np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f'{source}: expected boxes as rows of x1, y1, x2, y2, got '
            f'{boxes!r}'
        ) from error
    if array.size == 0:
        return np.zeros((0, 4), np.float32)
    if array.ndim == 1:
        array = array[None]
    if array.ndim != 2 or array.shape[1] != 4:
        scores = array.ndim == 2 and array.shape[1] > 4
        raise ValueError(
            f'{source}: expected boxes of shape (N, 4), x1, y1, x2, y2, got '
            f'{array.shape}'
            + ('; leave scores out: boxes[:, :4]' if scores else '')
        )
    good = np.isfinite(array).all(1) & (array[:, 2:] > array[:, :2]).all(1)
    if not good.all():
        bad = int(np.flatnonzero(~good)[0])
        raise ValueError(
            f'{source}: box {bad} is {array[bad].tolist()}; expected finite '
            'x1, y1, x2, y2 with x1 < x2 and y1 < y2, in image px'
        )
    return array


def check_in_image(
    boxes: np.ndarray, image: np.ndarray, source: str
) -> np.ndarray:
    """Check that each box that somebody gives shows some of the image.

    Args:
        boxes (np.ndarray): (N, 4), x1, y1, x2, y2, image px.
        image (np.ndarray): (H, W, ...).
        source (str): What the boxes belong to, for the message.

    Returns:
        np.ndarray: ``boxes``.

    Raises:
        ValueError: A box lies wholly outside the image, is more than a
            hundred times larger than it, or is less than a pixel wide or
            high.
    """
    height, width = image.shape[:2]
    share = visible_share(boxes, (width, height))
    sides = np.asarray(boxes, np.float64).reshape(-1, 2, 2)
    sides, most = sides[:, 1] - sides[:, 0], _MOST_TIMES * max(height, width)
    for bad, told in (
        (share == 0, 'lies outside the'),
        (sides.max(1, initial=0) > most, 'is far larger than the'),
        (sides.min(1, initial=np.inf) < 1, _TOO_SMALL),
    ):
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            raise ValueError(
                f'{source}: box {first}, {boxes[first].tolist()}, {told} '
                f'image of {width} x {height} px'
            )
    return boxes
