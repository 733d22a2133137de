"""Light on the head: ambient, key and fill lights, gloss and cavities."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Lighting:
    """Lights in the camera frame (x right, y down, z towards the viewer).

    ``key`` and ``ambient`` are strengths, ``direction`` points to the key
    light, ``warmth`` tints it (BGR gains) and ``cast`` the whole picture;
    ``gain`` is the exposure.
    """

    direction: tuple = (-0.4, -0.5, 0.8)
    key: float = 0.6
    ambient: float = 0.5
    gloss: float = 0.15
    warmth: tuple = (1.0, 1.0, 1.0)
    cast: tuple = (1.0, 1.0, 1.0)
    gain: float = 1.0


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def sample_lighting(rng: np.random.Generator) -> Lighting:
    """Draw a light: soft, hard from the side, dim or with a colour cast."""
    kind = rng.choice(4, p=[0.66, 0.14, 0.11, 0.09])
    direction = _unit(rng.normal([0, -0.5, 1.1], [0.6, 0.35, 0.25]))
    key, ambient = rng.uniform(0.45, 0.78), rng.uniform(0.48, 0.66)
    gain, cast = rng.uniform(0.85, 1.1), rng.normal(1, 0.03, 3)
    if kind == 1:
        side = rng.choice([-1.0, 1.0])
        direction = _unit(
            np.array([side, rng.uniform(-0.5, 0.2), rng.uniform(-0.1, 0.35)])
        )
        key, ambient = rng.uniform(0.8, 1.1), rng.uniform(0.2, 0.34)
    elif kind == 2:
        gain = rng.uniform(0.42, 0.65)
    elif kind == 3:
        cast = rng.uniform(0.68, 1.2, 3)
    return Lighting(
        direction=tuple(direction.tolist()),
        key=float(key),
        ambient=float(ambient),
        gloss=float(rng.uniform(0.03, 0.28)),
        warmth=tuple(rng.normal(1, 0.05, 3).tolist()),
        cast=tuple(np.clip(cast, 0.4, 1.3).tolist()),
        gain=float(gain),
    )


def _cavities(surface: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """(H, W) float32 darkening in [0.45, 1] where the surface is hollow."""
    shade = np.ones(surface.shape[:2], np.float32)
    for size, weight in ((7, 2.5), (21, 1.1)):
        rise = cv2.blur(surface, (size, size)) - surface
        hollow = np.einsum('hwc,hwc->hw', rise, normals)
        shade -= weight * np.clip(hollow, -0.008, 0.12)
    return np.clip(shade, 0.45, 1.08)


def shade_surface(
    surface: np.ndarray,
    normals: np.ndarray,
    matrix: np.ndarray,
    light: Lighting,
) -> tuple:
    """Light gathered by each grid point.

    Args:
        surface (np.ndarray): (H, W, 3) float32, head frame.
        normals (np.ndarray): (H, W, 3) float32, unit, head frame.
        matrix (np.ndarray): (3, 3) rotation, head to camera frame.
        light (Lighting): The lights, camera frame.

    Returns:
        tuple: ``diffuse`` (H, W, 3), a factor for the texture's BGR, and
        ``gloss`` (H, W), to be added, 1 is white; float32.
    """
    turned = normals @ matrix.T.astype(np.float32)
    key = _unit(np.array(light.direction)).astype(np.float32)
    lambert = np.clip(turned @ key * 0.85 + 0.15, 0, 1)
    sky = 0.78 - 0.22 * turned[..., 1]
    cavity = _cavities(surface, normals)
    ambient = light.ambient * sky * cavity
    lit = light.key * lambert * np.sqrt(cavity)
    diffuse = ambient[..., None] + lit[..., None] * np.asarray(
        light.warmth, np.float32
    )
    half = _unit(np.add(key, [0, 0, 1])).astype(np.float32)
    gloss = np.clip(turned @ half, 0, 1) ** 18 * light.gloss * light.key
    return diffuse, gloss


def expose(image: np.ndarray, light: Lighting) -> np.ndarray:
    """What the camera makes of a scene: exposure and colour cast.

    Args:
        image (np.ndarray): (H, W, 3) uint8 BGR.
        light (Lighting): For ``gain`` and ``cast``.

    Returns:
        np.ndarray: (H, W, 3) uint8 BGR.
    """
    gains = np.asarray(light.cast, np.float32) * np.float32(light.gain)
    table = np.arange(256, dtype=np.float32)[:, None] * gains
    table = np.clip(np.rint(table), 0, 255).astype(np.uint8)
    return cv2.LUT(image, table[None])
