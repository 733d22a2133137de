"""Edge weights of one face, and how an occluder that moves changes them."""

from dataclasses import dataclass

from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.structures.boxes import tight_boxes

import numpy as np

from .occlusion import require_dynamic
from .rectangles import grid_rectangles, points_inside

#: Of the occluder.
_GREY = 128


@dataclass(frozen=True, eq=False)
class CoveredFace:
    """A face as it is and with an occluder at T places, one at a time.

    Args:
        image (np.ndarray): (H, W, 3) uint8, BGR.
        keypoints (np.ndarray): (K, 2), image px, of the uncovered face.
        neighbors (np.ndarray): (K, k + 1) int, each row starting with the
            keypoint itself.
        before (np.ndarray): (K, k + 1), weights of the uncovered face.
        covers (list[np.ndarray]): T images like ``image``, with the occluder.
        rectangles (np.ndarray): (T, 4): left, top, right, bottom, image px.
        after (np.ndarray): (T, K, k + 1), the weights in ``covers``.

    Raises:
        ValueError: No places, or fields of different lengths.
    """

    image: np.ndarray
    keypoints: np.ndarray
    neighbors: np.ndarray
    before: np.ndarray
    covers: list[np.ndarray]
    rectangles: np.ndarray
    after: np.ndarray

    def __post_init__(self) -> None:
        """Check the lengths."""
        lengths = len(self.covers), len(self.rectangles), len(self.after)
        if len(set(lengths)) > 1 or not lengths[0]:
            first, second, third = lengths
            raise ValueError(
                'expected as many covered images, rectangles and weights, '
                f'and at least one, got {first}, {second} and {third}'
            )

    @property
    def covered(self) -> np.ndarray:
        """Which keypoints are covered at each place, (T, K) boolean."""
        return np.stack(
            [points_inside(self.keypoints, place) for place in self.rectangles]
        )

    @property
    def changes(self) -> np.ndarray:
        """Changes of the weights, (T, K, k + 1), percentage points."""
        return 100 * (np.asarray(self.after, np.float64) - self.before)

    def describe(self) -> str:
        """Say in how many places the edges out of covered keypoints lose."""
        means = [
            change_summary(change, self.neighbors, covered)[0]
            for change, covered in zip(self.changes, self.covered, strict=True)
            if covered.any()
        ]
        if not means:
            return 'The occluder covers no keypoint'
        return (
            f'{len(means)} of {len(self.covers)} places cover keypoints; in '
            f'{sum(mean < 0 for mean in means)} of them the edges out of '
            'those lose weight on average'
        )


def cover_face(
    model: FaceModel,
    image: np.ndarray,
    box: np.ndarray,
    steps: int,
    share: float,
) -> CoveredFace:
    """Weigh the edges of a face, and again under a grey rectangle.

    Args:
        model (FaceModel): With a dynamic adjacency.
        image (np.ndarray): (H, W, 3) uint8, BGR.
        box (np.ndarray): (4,), about the keypoints, image px.
        steps (int): Places of the rectangle along each side of the face.
        share (float): Its sides, a part of the face's.

    Returns:
        CoveredFace: With ``steps * steps`` places.

    Raises:
        ValueError: The model has no dynamic adjacency.
    """
    neighbors = require_dynamic(model.model, model.name)
    (keypoints,) = model(image, boxes=[box]).keypoints
    height, width = image.shape[:2]
    places = grid_rectangles(
        tight_boxes(keypoints[None])[0], steps, share, (width, height)
    )
    covers = [cover_image(image, place) for place in places]
    images = [image, *covers]
    faces = model(images, boxes=[[box]] * len(images), with_edges=True)
    before, *after = [
        face.edges[0] for face in faces if face.edges is not None
    ]
    return CoveredFace(
        image, keypoints, neighbors, before, covers, places, np.stack(after)
    )


def cover_image(image: np.ndarray, rectangle: np.ndarray) -> np.ndarray:
    """Paint a grey rectangle on a copy of an image.

    Args:
        image (np.ndarray): (H, W, 3) uint8.
        rectangle (np.ndarray): (4,) int: left, top, right, bottom, px.

    Returns:
        np.ndarray: The copy.
    """
    left, top, right, bottom = rectangle
    covered = image.copy()
    covered[top:bottom, left:right] = _GREY
    return covered


def change_summary(
    change: np.ndarray, neighbors: np.ndarray, covered: np.ndarray
) -> tuple[float, float, int]:
    """Average the changes of the edges that leave covered keypoints.

    Args:
        change (np.ndarray): (K, k + 1), with an occluder minus without.
        neighbors (np.ndarray): (K, k + 1) int, each row starting with the
            keypoint itself.
        covered (np.ndarray): (K,) boolean.

    Returns:
        tuple[float, float, int]: The mean over edges j != i out of covered
        keypoints, whether or not they end in one, the mean over all other
        edges, and how many leave covered keypoints. NaN where there are
        none.
    """
    sent = covered[neighbors[:, 1:]]
    values = change[:, 1:]
    leaving = float(values[sent].mean()) if sent.any() else np.nan
    others = float(values[~sent].mean()) if (~sent).any() else np.nan
    return leaving, others, int(sent.sum())
