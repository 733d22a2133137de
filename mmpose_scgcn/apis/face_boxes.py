"""The boxes that faces of files are predicted in: found, or the user's."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.detection import (
    LANDMARK_BOX,
    FaceDetector,
    boxes_of_kind,
    build_detector,
    check_in_image,
    find_yunet,
    read_mapping,
)

import numpy as np

from .boxes_file import name_in, plain_name

#: From an image (H, W, 3) uint8, BGR, and its file to boxes about the
#: keypoints (N, 4), image px, and scores (N,).
BoxFinder = Callable[[np.ndarray, Path], tuple[np.ndarray, np.ndarray]]

#: Detectors that know no threshold of their own.
_WITHOUT_SCORE = ('auto', 'haar', 'whole_image', 'whole-image')

#: Detectors that shrink images to a size that can be chosen.
_WITH_SIZE = ('auto', 'haar', 'yunet')


class FoundBoxes:
    """Boxes that a detector finds, the surest first.

    Args:
        detector (FaceDetector): What finds them.
        min_score (float, optional): Faces with a lower score are left out.
            Defaults to None: what the detector gives.
    """

    def __init__(
        self,
        detector: FaceDetector,
        min_score: float | None = None,
    ) -> None:
        self.detector = detector
        self.min_score = min_score

    def __call__(
        self, image: np.ndarray, path: Path
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the faces of an image; its file does not matter."""
        boxes, scores = self.detector(image)
        if self.min_score is not None:
            kept = scores >= self.min_score
            boxes, scores = boxes[kept], scores[kept]
        return boxes, scores


class OwnBoxes:
    """The user's boxes, by file.

    Args:
        boxes (Mapping[str, Sequence]): From an image's path, or the end of
            it, to boxes x1, y1, x2, y2, image px.
        kind (str): What they are, see
            :func:`mmpose_scgcn.detection.boxes_of_kind`. Defaults to
            ``landmarks``.
    """

    def __init__(
        self, boxes: Mapping[str, Sequence], kind: str = LANDMARK_BOX
    ) -> None:
        self.boxes = {plain_name(name): rows for name, rows in boxes.items()}
        self.kind = kind

    def __call__(
        self, image: np.ndarray, path: Path
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give the boxes of a file; their scores are 1.

        Raises:
            ValueError: There are none for it, they are no boxes, or one is
                outside of the image.
        """
        name = name_in(self.boxes, path)
        if name is None:
            raise ValueError(f'{path}: --boxes has none for this image')
        own = self.boxes[name]
        faces = boxes_of_kind(own, self.kind, f'boxes of {path}')
        check_in_image(faces, image, f'boxes of {path}')
        return faces, np.ones(len(faces), np.float32)


def make_detector(
    spec: str | None = None,
    min_score: float | None = None,
    mapping_file: str | None = None,
    longest: int | None = None,
) -> FaceDetector:
    """Make a detector with a threshold and a measured mapping.

    Args:
        spec (str, optional): See
            :func:`mmpose_scgcn.detection.build_detector`. Defaults to None:
            ``auto``.
        min_score (float, optional): Its least score, where it has one.
            Defaults to None: its own.
        mapping_file (str, optional): What ``tools/calibrate_detector.py``
            measured. Defaults to None: what is known of its kind.
        longest (int, optional): Larger images are shrunk to this side, px.
            Defaults to None: what is usual for the detector.

    Returns:
        FaceDetector: The detector.

    Raises:
        ValueError, RuntimeError, FileNotFoundError: There is no such
            detector, it shrinks no images, or the file has no measurements
            of it.
    """
    spec = spec or 'auto'
    if spec == 'auto' and find_yunet():
        spec = 'yunet'
    options: dict[str, Any] = {}
    if min_score is not None and spec not in _WITHOUT_SCORE:
        options['score'] = min_score
    if longest is not None:
        if spec not in _WITH_SIZE and not spec.endswith('.onnx'):
            raise ValueError(
                f'--det-size is for yunet and haar, not for {spec}'
            )
        options['longest'] = longest
    detector = build_detector(spec, **options)
    if mapping_file:
        try:
            detector.mapping = read_mapping(spec, mapping_file)
        except KeyError:
            detector.mapping = read_mapping(detector.kind, mapping_file)
    return detector
