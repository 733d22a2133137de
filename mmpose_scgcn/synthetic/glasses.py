"""Glasses: frames in 3D before the eyes, clear or dark lenses."""

import cv2
import numpy as np

from .camera import Camera
from .overlay import SHIFT, blend_picture, fixed, polygon_cover


def _rims(depth: float, shape: np.random.Generator) -> list:
    """Two closed (24, 3) rims before the eyes, head frame."""
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    power = shape.uniform(0.55, 1.0)
    wide, high = shape.uniform(0.21, 0.27), shape.uniform(0.13, 0.21)
    x = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** power * wide
    y = np.sign(np.sin(t)) * np.abs(np.sin(t)) ** power * high + 0.03
    x = x - 0.35
    left = np.stack([x, y, depth + 0.1 - 0.6 * x**2], axis=-1)
    return [left, left * [-1, 1, 1]]


def paint_glasses(
    image: np.ndarray,
    camera: Camera,
    depth: float,
    dark: bool,
    rng: np.random.Generator,
) -> np.ndarray:
    """Frames in 3D; dark lenses hide the eyes."""
    size = image.shape[0]
    rims = _rims(depth, rng)
    bridge = np.array([[-0.14, -0.01, 0.07], [0, -0.04, 0.1]])
    bridge = np.concatenate([bridge, bridge[:1] * [-1, 1, 1]])
    lines = [np.append(rim, rim[:1], axis=0) for rim in rims]
    lines.append(np.add(bridge, [0, 0, depth]))
    for side in (-1, 1):
        if camera.matrix[2, 0] * side > 0.1:  # this ear is seen
            temple = [[0.58, -0.02, depth - 0.12], [0.86, -0.02, 0.1]]
            lines.append(np.array(temple) * [side, 1, 1])
    flat = [camera.project(line)[:, :2] for line in lines]
    lenses = np.maximum(
        polygon_cover(size, flat[0]), polygon_cover(size, flat[1])
    )
    color = rng.uniform(5, 90, 3)
    tint = rng.uniform(0.82, 1.0) if dark else rng.uniform(0.03, 0.18)
    blend_picture(
        image, lenses, color * 0.4 if dark else (235, 230, 225), tint
    )
    frame = np.zeros((size, size), np.uint8)
    width = max(round(size / 160 * rng.uniform(0.8, 3)), 1)
    cv2.polylines(
        frame,
        [fixed(f) for f in flat],
        False,
        (255,),
        width,
        cv2.LINE_AA,
        SHIFT,
    )
    blend_picture(image, frame, color, 0.95)
    return np.maximum(lenses, frame) if dark else frame
