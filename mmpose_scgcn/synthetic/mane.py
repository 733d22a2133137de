"""Long hair that hangs behind the head and neck, drawn in the picture."""

import cv2
import numpy as np

from .appearance import Appearance
from .camera import Camera
from .lighting import Lighting

# Half width of the hanging hair at heights y, head frame.
_OUTLINE = np.array(
    [
        (-1.2, 0.35),
        (-0.9, 0.78),
        (-0.4, 0.98),
        (0.2, 1.02),
        (0.8, 0.98),
        (1.5, 1.02),
        (2.3, 1.1),
    ]
)


def paint_mane(
    background: np.ndarray,
    camera: Camera,
    appearance: Appearance,
    light: Lighting,
    rng: np.random.Generator,
) -> np.ndarray:
    """Add long hair to the background of a head that wears it.

    Args:
        background (np.ndarray): (size, size, 3) uint8 BGR.
        camera (Camera): The view.
        appearance (Appearance): Style, colour and volume of the hair.
        light (Lighting): For the brightness.
        rng (np.random.Generator): For waves and strands.

    Returns:
        np.ndarray: A new picture, or the same one for other styles.
    """
    if appearance.style not in ('long', 'parted'):
        return background
    wave = rng.normal(0, 0.03, (2, len(_OUTLINE)))
    half = _OUTLINE[:, 1] * (0.92 + 0.07 * appearance.hair_volume)
    left = np.stack([-half + wave[0], _OUTLINE[:, 0]], axis=-1)
    right = np.stack([half + wave[1], _OUTLINE[:, 0]], axis=-1)
    # A flat shape that always faces the camera, behind the ears.
    flat = np.concatenate([left, right[::-1]]) * camera.scale
    middle = camera.project(np.array([[0.0, 0.0, -0.35]]))[0, :2]
    roll = camera.matrix[:2, 1] / np.linalg.norm(camera.matrix[:2, 1])
    turn = np.array([[roll[1], roll[0]], [-roll[0], roll[1]]])
    outline = flat @ turn.T + middle
    size = background.shape[0]
    mask: np.ndarray = np.zeros((size, size), np.float32)
    cv2.fillPoly(
        mask, [np.round(outline * 16).astype(np.int32)], (1.0,), cv2.LINE_AA, 4
    )
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), size / 160))[..., None]
    strands = rng.normal(0, 0.14, (6, 40)).astype(np.float32)
    shade = 1 + cv2.resize(strands, (size, size))[..., None]
    glow = 0.5 * light.key + 0.6 * light.ambient
    hair = np.clip(
        np.asarray(appearance.hair, np.float32) * shade * glow, 0, 255
    )
    return (background * (1 - mask) + hair * mask).astype(np.uint8)
