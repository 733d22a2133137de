"""One face over time, and what makes its keypoints believable."""

from dataclasses import dataclass, field, fields, replace

from mmpose_scgcn.structures import Faces
from mmpose_scgcn.structures.boxes import box_iou, visible_share

import numpy as np

from .one_euro import OneEuroFilter

#: A face that overlaps less with where it was looked for is another thing:
#: it jumped, shrank or grew. As IoU.
MIN_OVERLAP = 0.25

#: A face with less of its box in the image has left it.
MIN_VISIBLE = 0.5

#: A box with a shorter side has collapsed, px.
MIN_SIDE = 4.0

#: The fields of :class:`Faces` that all faces of an image share.
SHARED = ('image', 'neighbors', 'links')


@dataclass
class Track:
    """One face over time.

    Args:
        id (int): Its name.
        face (Faces): One face, the last that was seen, not smoothed.
        box_score (float): Of the last detection that confirmed it.
        time_s (float): When ``face`` was seen.
        smooth (OneEuroFilter, optional): Its own filter.
        motion (np.ndarray): (2,) of the mean keypoint, px per second.
        doubt (int): For how many frames no detection has confirmed it.
        lost (bool): Whether the face is out of sight.
    """

    id: int
    face: Faces
    box_score: float
    time_s: float
    smooth: OneEuroFilter | None = None
    motion: np.ndarray = field(default_factory=lambda: np.zeros(2))
    doubt: int = 0
    lost: bool = False

    @property
    def box(self) -> np.ndarray:
        """(4,) image px, tight about the last keypoints."""
        return self.face.landmark_boxes[0]

    def expected_box(self, time_s: float) -> np.ndarray:
        """Where the face will be if it keeps moving, (4,) image px.

        For a face that sways, this is nearer to the truth than its last box
        as long as one sway lasts more than six frames.
        """
        return self.box + np.tile(self.motion * (time_s - self.time_s), 2)

    def follow(self, face: Faces, time_s: float) -> None:
        """Take the face of the next frame."""
        step = (face.keypoints - self.face.keypoints).mean(axis=(0, 1))
        self.motion = step / (time_s - self.time_s)
        self.face, self.time_s = face, time_s

    def find(self, face: Faces, time_s: float) -> None:
        """Take a face from a detection: how it moves is not known."""
        if self.lost and self.smooth is not None:
            self.smooth.reset()
        self.motion, self.lost, self.doubt = np.zeros(2), False, 0
        self.face, self.time_s = face, time_s

    def report(self) -> Faces:
        """Give the face of this frame, smoothed; once for each frame."""
        points = self.face.keypoints
        if self.smooth is not None:
            # Of one adapted keypoint alone there is no size.
            scale = float(np.linalg.norm(self.box[2:] - self.box[:2]))
            points = self.smooth(points[0], self.time_s, scale)[None]
        return replace(
            self.face,
            keypoints=points,
            box_scores=np.array([self.box_score], np.float32),
            ids=np.array([self.id], np.int64),
        )


def are_believable(
    faces: Faces, boxes: np.ndarray, size: tuple[int, int], min_score: float
) -> np.ndarray:
    """Tell which predictions can be faces.

    Args:
        faces (Faces): N faces.
        boxes (np.ndarray): (N, 4) image px, where they were looked for.
        size (tuple[int, int]): Width and height of the image, px.
        min_score (float): Smallest mean score of a face's keypoints.

    Returns:
        np.ndarray: (N,) bool.
    """
    tight = faces.landmark_boxes
    with np.errstate(invalid='ignore'):
        sides = (tight[:, 2:] - tight[:, :2]).min(axis=1)
        # One with itself each: (N, 1, 4) and (N, 1, 4) give (N, 1, 1).
        overlap = box_iou(tight[:, None], boxes[:, None])[:, 0, 0]
        return (
            np.isfinite(tight).all(axis=1)
            & (faces.scores.mean(axis=1) >= min_score)
            & (sides >= MIN_SIDE)
            & (overlap >= MIN_OVERLAP)
            & (visible_share(tight, size) >= MIN_VISIBLE)
        )


def join_faces(parts: list[Faces]) -> Faces:
    """Put faces of one image together.

    Args:
        parts (list[Faces]): At least one, all with the same fields.

    Returns:
        Faces: All of them, in order.
    """
    joined = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts])
        for one in fields(Faces)
        if one.name not in SHARED and getattr(parts[0], one.name) is not None
    }
    return replace(parts[0], **joined)
