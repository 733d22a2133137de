"""The boxes that faces of files are predicted in: found, or the user's."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from mmpose_scgcn.files import read_json

import numpy as np

from .sources import Source

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
        boxes (Mapping[str, Sequence]): From an image's path or file name to
            boxes x1, y1, x2, y2, image px.
        kind (str): What they are, see
            :func:`mmpose_scgcn.detection.boxes_of_kind`. Defaults to
            ``landmarks``.
    """

    def __init__(
        self, boxes: Mapping[str, Sequence], kind: str = LANDMARK_BOX
    ) -> None:
        self.boxes = {_plain(name): rows for name, rows in boxes.items()}
        self.kind = kind

    def __call__(
        self, image: np.ndarray, path: Path
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give the boxes of a file; their scores are 1.

        Raises:
            ValueError: There are none for it, they are no boxes, or one is
                outside of the image.
        """
        own = self.boxes.get(_plain(path), self.boxes.get(_plain(path.name)))
        if own is None:
            raise ValueError(f'{path}: --boxes has none for this image')
        faces = boxes_of_kind(own, self.kind, f'boxes of {path}')
        check_in_image(faces, image, f'boxes of {path}')
        return faces, np.ones(len(faces), np.float32)


def read_boxes(path: str | Path, sources: Iterable[Source]) -> dict[str, list]:
    """Read the user's boxes for some images.

    Args:
        path (str | Path): JSON, an object from paths or file names to lists
            of boxes.
        sources (Iterable[Source]): What they are for.

    Returns:
        dict[str, list]: The object.

    Raises:
        ValueError: Not a JSON object of lists; it names a file by a name
            that several have; or not all sources are images.
        OSError: The file cannot be read.
    """
    sources = list(sources)
    boxes = _read_lists(Path(path))
    for source in sources:
        if source.kind != 'image':
            raise ValueError(
                f'--boxes are for images, and {source.path} is a '
                f'{source.kind}; predict it by itself'
            )
    by_name = Counter(
        _plain(source.path.name)
        for source in sources
        if _plain(source.path) not in boxes
    )
    for name, number in by_name.items():
        if number > 1 and name in boxes:
            raise ValueError(
                f'--boxes: {number} images are called {name!r}; write their '
                f'paths into {path}, as you give them to this command'
            )
    return boxes


def _plain(name: str | Path) -> str:
    """Write a path without "./" and "//", and with accents in its letters.

    macOS writes accents as letters of their own.
    """
    return unicodedata.normalize('NFC', str(Path(name)))


def _read_lists(path: Path) -> dict[str, list]:
    """Read a JSON object of lists."""
    try:
        boxes = read_json(path, once=True)
    except ValueError as error:
        raise ValueError(f'--boxes: {error}') from error
    if not isinstance(boxes, dict) or not all(
        isinstance(rows, list) for rows in boxes.values()
    ):
        raise ValueError(
            f'--boxes: expected in {path} an object from file names to lists '
            'of [x1, y1, x2, y2]'
        )
    plain = {_plain(name): rows for name, rows in boxes.items()}
    if len(plain) < len(boxes):
        raise ValueError(f'--boxes: {path} names a file twice')
    return plain


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
