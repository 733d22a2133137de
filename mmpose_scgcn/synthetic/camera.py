"""From the head frame to image pixels: rotation and weak perspective."""

from dataclasses import dataclass

import numpy as np

from .parameters import Pose


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Rotation matrix (3, 3) for column vectors; angles in degrees.

    Yaw turns first, then pitch, then roll in the image plane.
    """
    (sy, sp, sr), (cy, cp, cr) = (
        f(np.radians([yaw, pitch, roll])) for f in (np.sin, np.cos)
    )
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_z @ about_x @ about_y


@dataclass(frozen=True)
class Camera:
    """Maps head-frame points to pixels.

    Attributes:
        matrix (np.ndarray): (3, 3) rotation.
        scale (float): Pixels per head unit in the plane of the ears.
        center (np.ndarray): (2,) px, where the head's origin is shown.
        distance (float): Of the camera from the origin, head units.
    """

    matrix: np.ndarray
    scale: float
    center: np.ndarray
    distance: float

    def project(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) head frame to (..., 3): x px, y px, depth (near is big)."""
        turned = points @ self.matrix.T.astype(points.dtype)
        depth = turned[..., 2:]
        factor = self.scale * self.distance / (self.distance - depth)
        flat = turned[..., :2] * factor + self.center.astype(points.dtype)
        return np.concatenate([flat, depth], axis=-1)


def unit_camera(pose: Pose) -> Camera:
    """A camera that shows the head at one pixel per head unit, at (0, 0)."""
    matrix = rotation(pose.yaw, pose.pitch, pose.roll)
    return Camera(matrix, 1.0, np.zeros(2), pose.distance)


def frame_face(pose: Pose, flat: np.ndarray, size: int) -> Camera:
    """Scale and centre so that the landmarks fill the wished part.

    Args:
        pose (Pose): Angles, fill and shift.
        flat (np.ndarray): (98, 2) landmarks under :func:`unit_camera`.
        size (int): Image side in px.

    Returns:
        Camera: With scale and centre in px.
    """
    low, high = flat.min(0), flat.max(0)
    scale = pose.fill * size / (high - low).max()
    middle = np.array(pose.shift) * size + (size - 1) / 2
    center = middle - scale * (low + high) / 2
    matrix = rotation(pose.yaw, pose.pitch, pose.roll)
    return Camera(matrix, scale, center, pose.distance)
