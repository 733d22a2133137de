"""A picture grid of faces, without and with their landmarks."""

import cv2
import numpy as np

from .template import CONTOUR, NUM_KEYPOINTS

_ZOOM = 2
_CONTOUR_COLOR, _INNER_COLOR = (80, 230, 80), (40, 190, 255)


def draw_keypoints(
    image: np.ndarray, keypoints: np.ndarray, zoom: int = _ZOOM
) -> np.ndarray:
    """The picture enlarged, with a dot on every landmark.

    Args:
        image (np.ndarray): (H, W, 3) uint8 BGR.
        keypoints (np.ndarray): (98, 2), image px.
        zoom (int): Factor of the enlargement. Defaults to 2.

    Returns:
        np.ndarray: (H * zoom, W * zoom, 3) uint8 BGR.
    """
    large = cv2.resize(
        image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC
    )
    centers = np.rint(((keypoints + 0.5) * zoom - 0.5) * 16).astype(int)
    for i in range(NUM_KEYPOINTS):
        color = _CONTOUR_COLOR if i < CONTOUR.stop else _INNER_COLOR
        cv2.circle(
            large, centers[i].tolist(), 10 * zoom, color, -1, cv2.LINE_AA, 4
        )
    return large


def preview_grid(
    images: list, keypoints: list, columns: int = 8
) -> np.ndarray:
    """Rows of bare faces, each above the same faces with landmarks."""
    rows = []
    for start in range(0, len(images), columns):
        part = slice(start, start + columns)
        bare = [
            cv2.resize(
                image, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_CUBIC
            )
            for image in images[part]
        ]
        marked = [
            draw_keypoints(*pair)
            for pair in zip(images[part], keypoints[part], strict=True)
        ]
        for tiles in (bare, marked):
            blank = [np.zeros_like(tiles[0])] * (columns - len(tiles))
            rows.append(np.hstack(tiles + blank))
    return np.vstack(rows)
