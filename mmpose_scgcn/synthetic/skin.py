"""Skin: tone, blotches, freckles, stubble and beard, on the texture."""

from functools import lru_cache

import cv2
import numpy as np

from .appearance import Appearance
from .canvas import HEIGHT, WIDTH, blend
from .head import base_grid, resize_grid

# Skin is soft: it is painted at half size and enlarged.
_ROWS, _COLUMNS = HEIGHT // 2, WIDTH // 2


@lru_cache(maxsize=1)
def _chart() -> tuple:
    """x, y and z of the neutral head at every half-size texel."""
    grid = resize_grid(np.array(base_grid()), _COLUMNS, _ROWS)
    return tuple(cv2.split(grid))


def _soft(x: float, y: float, wide: float, high: float) -> np.ndarray:
    """A soft blob and its mirror image, uint8, in the chart."""
    cx, cy, cz = _chart()
    blob = np.exp(-(((np.abs(cx) - x) / wide) ** 2) - ((cy - y) / high) ** 2)
    return (255 * blob * (cz > 0.1)).astype(np.uint8)


@lru_cache(maxsize=1)
def _regions() -> dict:
    """Fixed masks by name, half size, uint8."""
    x, y, z = _chart()
    v = (np.arange(_ROWS)[:, None] + 0.5) / _ROWS
    side = np.abs(x)
    line = np.interp(
        side,
        [0, 0.2, 0.35, 0.6, 0.78, 0.82],
        [0.93, 0.9, 0.80, 0.62, 0.22, 0.10],
    )
    beard = np.clip((y - line) / 0.10, 0, 1) * np.clip(z / 0.1 - 0.2, 0, 1)
    beard *= np.clip((0.868 - v) / 0.02, 0, 1)
    lip = np.exp(-((x / 0.27) ** 4) - ((y - 0.655) / 0.055) ** 4)
    goatee = np.exp(-(((side - 0.31) / 0.06) ** 2) - ((y - 0.82) / 0.14) ** 2)
    masks = dict(beard=np.maximum(beard, goatee * 0.8), moustache=lip)
    masks = {k: (255 * m).astype(np.uint8) for k, m in masks.items()}
    cheek = _soft(0.47, 0.36, 0.2, 0.17)
    masks.update(
        cheek=cheek,
        lid=_soft(0.36, -0.07, 0.19, 0.07),
        flush=np.maximum(cheek, _soft(0, 0.44, 0.17, 0.1)),
        crease=np.maximum(
            _soft(0.35, 0.09, 0.17, 0.06), _soft(0.33, 0.58, 0.05, 0.11)
        ),
    )
    return masks


def noise(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Smooth noise of unit deviation, half the texture's size, float32."""
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    return cv2.resize(coarse, (_COLUMNS, _ROWS), interpolation=cv2.INTER_CUBIC)


def paint_skin(appearance: Appearance, rng: np.random.Generator) -> np.ndarray:
    """The bare skin and the beard: (HEIGHT, WIDTH, 3) uint8."""
    image = np.empty((_ROWS, _COLUMNS, 3), np.uint8)
    image[:] = np.round(appearance.skin)
    regions = _regions()
    skin = np.array(appearance.skin)
    red = skin * [0.82, 0.80, 1.0] + [0, 0, 10]
    blend(image, regions['flush'], red, 0.4)
    blend(image, regions['crease'], skin * 0.73, 0.2 + 0.45 * appearance.age)
    blend(image, regions['cheek'], (120, 90, 215), 0.4 * appearance.blush)
    blend(
        image,
        regions['lid'],
        appearance.shadow_color,
        0.75 * appearance.eye_shadow,
    )
    grain = noise(rng, 12, 14) * 3 + noise(rng, 120, 136) * (
        2 + 3 * appearance.age
    )
    if appearance.freckles > 0:
        spots = np.maximum(noise(rng, 120, 136) - 1.1, 0)
        grain -= (
            spots * 26 * appearance.freckles * (regions['cheek'] / 255 + 0.2)
        )
    shade = 1 + grain / 130
    image = np.asarray(
        cv2.multiply(image, cv2.merge([shade] * 3), dtype=cv2.CV_8U)
    )
    _paint_beard(image, appearance, rng)
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)


def _paint_beard(
    image: np.ndarray, appearance: Appearance, rng: np.random.Generator
) -> None:
    """Stubble or beard and moustache, in place."""
    if appearance.beard <= 0 and appearance.moustache <= 0:
        return
    regions = _regions()
    hairs = np.clip(0.62 + 0.3 * noise(rng, 150, 170), 0, 1)
    for name, strength in (
        ('beard', appearance.beard),
        ('moustache', appearance.moustache),
    ):
        mask = (regions[name] * hairs).astype(np.uint8)
        blend(image, mask, appearance.brow, 0.9 * strength)
