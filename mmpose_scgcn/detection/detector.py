"""What all face detectors have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from .boxes import BoxMapping, check_boxes
from .calibration import read_mapping


class FaceDetector(ABC):
    """Finds faces and gives the boxes that our models are trained for.

    Args:
        mapping (BoxMapping, optional): From the detector's boxes to boxes
            about the keypoints. Defaults to None: the measured one of this
            kind of detector (``tools/calibrate_detector.py``).
    """

    #: Name of the kind, a key of ``calibrations.json``.
    kind: str

    def __init__(self, mapping: BoxMapping | None = None) -> None:
        self.mapping = mapping or read_mapping(self.kind)

    @abstractmethod
    def find(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find faces.

        Args:
            image (np.ndarray): (H, W, 3) uint8, BGR.

        Returns:
            tuple[np.ndarray, np.ndarray]: The detector's own boxes (N, 4)
            float32 as x1, y1, x2, y2 in image px, and scores (N,) float32,
            the best first.
        """

    def __call__(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find faces; boxes are about the keypoints. See :meth:`find`."""
        boxes, scores = self.find(image)
        return self.mapping(boxes), scores


class WholeImage(FaceDetector):
    """Takes the whole image for one face.

    The crop of the model is then the image: the box is the image without the
    margin that the model's pipeline adds.

    Args:
        padding (float): Side of the crop over that of the box. Defaults to
            1.25, as in MMPose's configs.
    """

    kind = 'whole_image'

    def __init__(self, padding: float = 1.25) -> None:
        super().__init__(BoxMapping(scale_x=1 / padding, scale_y=1 / padding))

    def find(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the image's own box."""
        height, width = image.shape[:2]
        # From edge to edge: pixel centres count from 0.
        box = [-0.5, -0.5, width - 0.5, height - 0.5]
        return np.array([box], np.float32), np.ones(1, np.float32)


class CallableDetector(FaceDetector):
    """A function of the user's.

    Args:
        function (Callable): From an image (H, W, 3) uint8, BGR, to boxes
            (N, 4), boxes with scores (N, 5), or a pair of boxes and scores.
        mapping (BoxMapping, optional): Defaults to None: its boxes are
            about the keypoints already.
    """

    kind = 'callable'

    def __init__(
        self, function: Callable, mapping: BoxMapping | None = None
    ) -> None:
        super().__init__(mapping or BoxMapping())
        self.function = function

    def find(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Call the function.

        Raises:
            ValueError: It gives no boxes (N, 4) and scores (N,), or a box
                without area.
        """
        found = self.function(image)
        if isinstance(found, tuple) and len(found) == 2:
            boxes, scores = (_numbers(part) for part in found)
        else:
            rows = _numbers(found)
            rows = np.zeros((0, 4), np.float32) if rows.size == 0 else rows
            boxes, scores = rows, np.ones(len(rows), np.float32)
            if rows.shape[1:] == (5,):
                boxes, scores = rows[:, :4], rows[:, 4]
        if boxes.size == 0:
            boxes = boxes.reshape(0, 4)
        if boxes.shape[1:] != (4,) or scores.shape != (len(boxes),):
            raise ValueError(
                'the face detector gave boxes of shape '
                f'{boxes.shape} and scores of shape {scores.shape}; expected '
                '(N, 4), x1, y1, x2, y2 in image px, and (N,); or both as '
                'rows of five numbers'
            )
        boxes = check_boxes(boxes, 'boxes of the face detector')
        order = np.argsort(-scores, kind='stable')
        return boxes[order], scores[order]


def _numbers(value: Any) -> np.ndarray:
    """Make an array of what a detector gives."""
    try:
        array = np.asarray(value, np.float32)
    except (TypeError, ValueError):
        array = np.zeros((), np.float32)
    if array.ndim == 0:
        raise ValueError(
            f'the face detector gave {value!r}; expected boxes (N, 4), x1, '
            'y1, x2, y2 in image px, or (N, 5) with scores, or a pair of '
            'both; for no face an empty list'
        )
    return array


def fit_into(image: np.ndarray, longest: int) -> tuple[np.ndarray, float]:
    """Shrink an image until its longer side is short enough.

    Args:
        image (np.ndarray): (H, W, 3).
        longest (int): The longer side that is allowed, px.

    Returns:
        tuple[np.ndarray, float]: The image, the same one where it fits, and
        how many times larger the given one is.
    """
    height, width = image.shape[:2]
    factor = max(height, width) / longest
    if factor <= 1:
        return image, 1.0
    size = (max(round(width / factor), 1), max(round(height / factor), 1))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), factor
