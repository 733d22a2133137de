"""Faces that an export is checked and calibrated on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmpose_scgcn.apis.sources import find_sources
from mmpose_scgcn.detection import FaceDetector
from mmpose_scgcn.images import read_image
from mmpose_scgcn.structures.boxes import tight_boxes
from mmpose_scgcn.synthetic import make_face

import numpy as np

#: Drawn faces come from here on, where no training or test set of
#: ``tools/make_synthetic_faces.py`` does.
_FIRST, _SEED, _SIZE = 30_000_000, 0, 192


@dataclass(frozen=True)
class CheckFaces:
    """Images with boxes, and with keypoints where they are known.

    Args:
        images (Sequence[np.ndarray]): (H, W, 3) uint8, BGR.
        boxes (Sequence[np.ndarray]): Those of each image (N, 4), image px.
        origin (str): Where they come from, in words.
        keypoints (np.ndarray, optional): (N, K, 2), image px, one face for
            each image.
        visible (np.ndarray, optional): Boolean (N, K).
        dataset (str): MMPose's name of the data set. Defaults to ''.
    """

    images: Sequence[np.ndarray]
    boxes: Sequence[np.ndarray]
    origin: str
    keypoints: np.ndarray | None = None
    visible: np.ndarray | None = None
    dataset: str = ''

    def __len__(self) -> int:
        """Count the faces."""
        return sum(len(boxes) for boxes in self.boxes)

    def first(self, count: int) -> 'CheckFaces':
        """Give the faces of the first images."""
        return CheckFaces(
            self.images[:count],
            self.boxes[:count],
            self.origin,
            None if self.keypoints is None else self.keypoints[:count],
            None if self.visible is None else self.visible[:count],
            self.dataset,
        )

    def repeated(self, least: int) -> 'CheckFaces':
        """Give each image as often as makes so many faces, or more.

        Args:
            least (int): Faces that are needed.

        Returns:
            CheckFaces: Without keypoints; each image equally often.
        """
        times = -(-least // len(self))
        return CheckFaces(
            [*self.images] * times, [*self.boxes] * times, self.origin
        )


def draw_faces(count: int, start: int = 0) -> CheckFaces:
    """Draw synthetic faces.

    Args:
        count (int): How many.
        start (int): The first one's number, so that faces to calibrate on
            are others than those to measure on. Defaults to 0.

    Returns:
        CheckFaces: With 98 keypoints each.
    """
    faces = [make_face(_SEED, _FIRST + start + n, _SIZE) for n in range(count)]
    keypoints = np.stack([face.keypoints for face in faces])
    return CheckFaces(
        [face.image for face in faces],
        list(tight_boxes(keypoints)[:, None]),
        'drawn faces',
        keypoints,
        np.ones(keypoints.shape[:2], bool),
        'wflw',
    )


def find_faces(
    folder: str | Path,
    detector: FaceDetector,
    most: int,
    tell: Callable[[str], object] = print,
) -> CheckFaces:
    """Find the faces of a folder's images; what cannot be read is left out.

    Args:
        folder (str | Path): The folder, or an image.
        detector (FaceDetector): What finds them.
        most (int): Faces that are enough.
        tell (Callable): Told of each image that is left out.

    Returns:
        CheckFaces: At least one face, each with the part of its photo that
        lies about it.

    Raises:
        ValueError: No image, or no face.
    """
    sources, problems = find_sources([str(folder)])
    images: list[np.ndarray] = []
    boxes: list[np.ndarray] = []
    for source in sources:
        if source.kind != 'image' or len(images) >= most:
            continue
        try:
            image = read_image(source.path)
        except (OSError, ValueError) as error:
            problems.append(str(error))
            tell(f'left out: {error}')
            continue
        for box in detector(image)[0][: most - len(images)]:
            part, corner = cut_out(image, box)
            images.append(part)
            boxes.append((box - np.tile(corner, 2))[None].astype(np.float32))
    if not images:
        reason = problems[0] if problems else 'no face was found'
        raise ValueError(f'{folder} has no face to check with: {reason}')
    return CheckFaces(images, boxes, f'images of {Path(folder).name}')


def cut_out(
    image: np.ndarray, box: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a face and what lies about it out of a photo, to save memory.

    Args:
        image (np.ndarray): (H, W, 3).
        box (np.ndarray): (4,), x1, y1, x2, y2, image px.

    Returns:
        tuple[np.ndarray, np.ndarray]: The part, a copy, with one longer side
        of the box around it, and its first pixel (2,), x and y in the image.
    """
    margin = (box[2:] - box[:2]).max()
    low = np.floor(np.maximum(box[:2] - margin, 0)).astype(int)
    high = np.ceil(box[2:] + margin).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]].copy()
    return part, low
