"""Haar cascades, which OpenCV 4 brings."""

from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from .boxes import BoxMapping, suppress
from .detector import FaceDetector, fit_into

_FRONTAL = 'haarcascade_frontalface_alt2.xml'


def has_haar() -> bool:
    """Tell whether this OpenCV can run its cascade; OpenCV 5 has none."""
    return hasattr(cv2, 'CascadeClassifier') and _cascade_file().is_file()


def _cascade_file() -> Path:
    """Give the place of the cascade's file, which need not be there."""
    data = getattr(cv2, 'data', None)
    return Path(getattr(data, 'haarcascades', ''), _FRONTAL)


class Haar(FaceDetector):
    """OpenCV's Haar cascade for frontal faces.

    "Rapid Object Detection using a Boosted Cascade of Simple Features" (CVPR
    2001). It needs no file beside OpenCV 4. It misses turned and covered
    faces more often than YuNet does, and its boxes vary more.

    The cascade is asked for sure faces first. Where it finds none, less sure
    ones are taken; their score is lower.

    Args:
        longest (int): Larger images are shrunk to this side, px. Defaults
            to 640.
        mapping (BoxMapping, optional): See :class:`FaceDetector`.

    Raises:
        RuntimeError: This OpenCV has no cascades.
    """

    kind = 'haar'

    def __init__(
        self, longest: int = 640, mapping: BoxMapping | None = None
    ) -> None:
        super().__init__(mapping)
        if not has_haar():
            raise RuntimeError(
                f'OpenCV {cv2.__version__} has no Haar cascades (OpenCV 4 '
                'does: pip install "opencv-python<5"); use YuNet or give '
                'boxes'
            )
        self.longest = longest
        self._alone = Lock()  # the cascade keeps its image
        self.cascade = cv2.CascadeClassifier(str(_cascade_file()))

    def __reduce__(self) -> tuple:
        """Tell ``pickle`` and ``copy`` how to make another one."""
        return type(self), (self.longest, self.mapping)

    def find(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find faces; see :meth:`FaceDetector.find`.

        Scores are those of a logistic curve over the cascade's own weight.
        """
        small, factor = fit_into(image, self.longest)
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        least = max(20, round(min(grey.shape) / 16))
        for votes in (3, 1):
            with self._alone:
                found, _, weights = self.cascade.detectMultiScale3(
                    grey,
                    scaleFactor=1.05,
                    minNeighbors=votes,
                    minSize=(least, least),
                    outputRejectLevels=True,
                )
            if len(found):
                break
        else:
            return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
        boxes = np.asarray(found, np.float32)
        boxes = np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]])
        scores = 1 / (1 + np.exp(-np.ravel(weights)))
        kept = suppress(boxes, scores)
        return boxes[kept] * np.float32(factor), scores[kept].astype('f4')
