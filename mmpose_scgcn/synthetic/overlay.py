"""Drawing on a finished picture, in image px with parts of a pixel."""

import cv2
import numpy as np

from .canvas import Color

SHIFT = 4  # fractional bits of cv2's drawing coordinates


def fixed(points: np.ndarray) -> np.ndarray:
    """Pixels to cv2's fixed-point coordinates."""
    return np.round(np.asarray(points) * (1 << SHIFT)).astype(np.int32)


def blend_picture(
    image: np.ndarray, mask: np.ndarray, color: Color, alpha: float = 1.0
) -> None:
    """Mix a colour, or a picture, into an image where the mask is set."""
    weight = mask.astype(np.float32)[..., None] * (alpha / 255)
    mixed = image + weight * (np.asarray(color, np.float32) - image)
    image[:] = np.clip(mixed, 0, 255).astype(np.uint8)


def polygon_cover(size: int, points: np.ndarray) -> np.ndarray:
    """(size, size) uint8 cover of a polygon (N, 2)."""
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [fixed(points)], (255,), cv2.LINE_AA, SHIFT)
    return mask


def draw_line(
    mask: np.ndarray, start: np.ndarray, end: np.ndarray, thickness: int
) -> None:
    """Draw a line with round ends, in place.

    Args:
        mask (np.ndarray): (H, W) uint8.
        start (np.ndarray): (2,) px.
        end (np.ndarray): (2,) px.
        thickness (int): Whole px.
    """
    ends = fixed(start).tolist(), fixed(end).tolist()
    cv2.line(mask, *ends, (255,), thickness, cv2.LINE_AA, SHIFT)
