"""The face contour: on the skin where it is seen, else on the silhouette.

WFLW's annotators follow the jaw while they see it; on the far side of a
turned head they follow the visible outline of the face without the nose.
Each point of the outline therefore owns a path over the surface from its home
towards the middle of the face, and goes to the outermost point of it. The
keypoints then divide what is seen of the outline evenly between the chin and
either end, as WFLW's do in every picture, however the head is turned.
"""

from functools import lru_cache

import numpy as np

from .camera import Camera
from .head import (
    JAW_ROW,
    base_grid,
    resize_grid,
    sample_grid,
    u_of_theta,
    v_of_y,
)
from .lines import divide_evenly
from .template import CONTOUR, neutral_keypoints

_STEPS = 40
_CHIN = 16


@lru_cache(maxsize=1)
def contour_uv() -> np.ndarray:
    """(33, 2) uv of the contour at home, symmetric."""
    scale = 4
    grid = base_grid()[..., :2]
    height, width = np.array(grid.shape[:2]) * scale
    fine = resize_grid(np.ascontiguousarray(grid), int(width), int(height))
    rows = int(JAW_ROW * height)
    first, last = int(u_of_theta(np.radians(-86)) * width), width // 2
    fine = fine[:rows, first:last]
    home = []
    for point in neutral_keypoints()[CONTOUR][:16]:
        gap = np.square(fine - point).sum(-1)
        i, j = np.unravel_index(np.argmin(gap), gap.shape)
        home.append(((j + first + 0.5) / width, (i + 0.5) / height))
    left = np.array([*home, (0.5, JAW_ROW)])
    inner = left[:-2] + left[2:]
    left[1:-1] = 0.5 * left[1:-1] + 0.25 * inner
    return np.concatenate([left, left[-2::-1] * [-1, 1] + [1, 0]])


@lru_cache(maxsize=1)
def _paths() -> np.ndarray:
    """(33, steps, 2) uv from home towards the middle, nose left out."""
    home = contour_uv()
    y = neutral_keypoints()[CONTOUR, 1]
    limit = np.interp(
        y, [-0.1, 0.0, 0.1, 0.45, 0.62, 0.75], [12, 10, 18, 22, 6, 2]
    )
    side = np.sign(home[:, 0] - 0.5)
    end_theta = np.radians(limit) * side
    end = np.stack([u_of_theta(end_theta), v_of_y(end_theta, y)], axis=-1)
    t = np.linspace(0, 1, _STEPS)[None, :, None]
    return home[:, None] * (1 - t) + end[:, None] * t


def visible_contour(
    surface: np.ndarray, camera: Camera, roll: float
) -> np.ndarray:
    """Contour points as an annotator sees them.

    Args:
        surface (np.ndarray): (H, W, 3) head, head frame.
        camera (Camera): The view.
        roll (float): In-plane angle of the head, degrees.

    Returns:
        np.ndarray: (33, 2) image px.
    """
    points = sample_grid(surface, _paths().reshape(-1, 2))
    flat = camera.project(points)[:, :2].reshape(33, _STEPS, 2)
    outward = flat @ [np.cos(np.radians(roll)), np.sin(np.radians(roll))]
    outward *= np.sign(np.arange(33) - _CHIN)[:, None]
    best = outward.argmax(axis=1)
    best[_CHIN] = 0
    outline = flat[np.arange(33), best]
    return np.concatenate(
        [
            divide_evenly(outline[: _CHIN + 1]),
            divide_evenly(outline[_CHIN:])[1:],
        ]
    )
