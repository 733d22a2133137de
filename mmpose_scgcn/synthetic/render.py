"""From a head, its texture and its lights to a picture of it."""

import cv2
import numpy as np

from .camera import Camera
from .lighting import Lighting, shade_surface
from .raster import look_up, rasterise, surface_normals

SUPERSAMPLING = 1.5


def render_head(
    surface: np.ndarray,
    texture: np.ndarray,
    camera: Camera,
    light: Lighting,
    background: np.ndarray,
) -> np.ndarray:
    """Draw the head over a background.

    Args:
        surface (np.ndarray): (H, W, 3) float32, head frame.
        texture (np.ndarray): (h, w, 3) uint8 BGR over uv.
        camera (Camera): In pixels of the background.
        light (Lighting): The lights.
        background (np.ndarray): (size, size, 3) uint8.

    Returns:
        np.ndarray: (size, size, 3) uint8.
    """
    size = background.shape[0]
    large = round(size * SUPERSAMPLING)
    ratio = large / size
    center = (camera.center + 0.5) * ratio - 0.5
    big = Camera(camera.matrix, camera.scale * ratio, center, camera.distance)
    normals = surface_normals(surface)
    uv, seen = rasterise(surface, normals, big, large)
    diffuse, gloss = shade_surface(surface, normals, camera.matrix, light)
    head = cv2.multiply(
        look_up(texture, uv), look_up(diffuse, uv), dtype=cv2.CV_32F
    )
    head = cv2.add(head, cv2.merge([look_up(gloss * 255, uv)] * 3))
    cover = cv2.resize(
        seen.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA
    )
    head[~seen] = 0
    head = cv2.resize(head, (size, size), interpolation=cv2.INTER_AREA)
    behind = cv2.multiply(
        background, cv2.merge([1 - cover] * 3), dtype=cv2.CV_32F
    )
    return cv2.add(head, behind, dtype=cv2.CV_8U)
