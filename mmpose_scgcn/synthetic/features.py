"""Eyes and brows, painted between the landmarks.

All points are made in the chart and brought to uv by ``chart_to_uv``, so
that what is painted and the landmarks agree to a fraction of a texel.
"""

import numpy as np

from .appearance import Appearance
from .canvas import HEIGHT, WIDTH, Color, fill, polygon_mask, stroke
from .head import chart_to_uv
from .landmarks import IRIS_RADIUS
from .template import (
    LEFT_BROW,
    LEFT_EYE,
    PUPILS,
    RIGHT_BROW,
    RIGHT_EYE,
)

#: Height of the lashes above the rim of the lid, in the chart.
_LASHES = 0.022
#: How far the lids go on beyond the landmark of the outer corner.
_CORNER = 0.012
_CIRCLE = np.linspace(0, 2 * np.pi, 20, endpoint=False)


def smooth_closed(points: np.ndarray, times: int = 4) -> np.ndarray:
    """A closed Catmull-Rom curve through points: (N, 2) to (N * times, 2)."""
    t = np.linspace(0, 1, times, endpoint=False)[:, None]
    before, after = np.roll(points, 1, 0), np.roll(points, -1, 0)
    beyond = np.roll(points, -2, 0)
    a, b = 2 * points, after - before
    c = 2 * before - 5 * points + 4 * after - beyond
    d = -before + 3 * points - 3 * after + beyond
    curve = [
        0.5 * (a[i] + b[i] * t + c[i] * t**2 + d[i] * t**3)
        for i in range(len(points))
    ]
    return np.concatenate(curve)


def ellipse(center: np.ndarray, rx: float, ry: float) -> np.ndarray:
    """(20, 2) chart points of an ellipse."""
    ring = np.stack([np.cos(_CIRCLE) * rx, np.sin(_CIRCLE) * ry], axis=-1)
    return center + ring


def full_mask(uv: np.ndarray, blur: float = 0.5) -> np.ndarray:
    """A polygon's mask over the whole texture."""
    mask, window = polygon_mask(uv, blur)
    full = np.zeros((HEIGHT, WIDTH), np.uint8)
    full[window] = mask
    return full


def paint_eye(
    image: np.ndarray, points: np.ndarray, side: int, appearance: Appearance
) -> None:
    """One eye, ``side`` 0 left or 1 right in the image, in place."""
    # The landmarks of the lids lie on the outer edge of the lashes.
    eye = points[(LEFT_EYE, RIGHT_EYE)[side]] + [0, _LASHES]
    # That of the outer corner lies before the lids have met.
    eye[4 * side] += [(-1, 1)[side] * _CORNER, 0]
    pupil = points[PUPILS.start + side] + [0, _LASHES]
    lens = smooth_closed(eye)
    uv = chart_to_uv(lens)
    opening = eye[5:8, 1].mean() - eye[1:4, 1].mean()
    skin = np.array(appearance.skin)
    if opening > 0.02:
        inside = full_mask(uv)
        white = (212, 216, 222) if appearance.tone < 0.6 else (195, 200, 208)
        fill(image, uv, white, 1.0, 0.5)
        _paint_iris(image, pupil, appearance, inside)
        shade = eye[[0, 1, 2, 3, 4, 3, 2, 1]] + np.repeat(
            [[0, -0.01], [0, 0.018]], [5, 3], axis=0
        )
        fill(image, chart_to_uv(shade), skin * 0.25, 0.55, 1.5, inside)
    _paint_lids(image, eye, appearance)


def _paint_iris(
    image: np.ndarray,
    pupil: np.ndarray,
    appearance: Appearance,
    inside: np.ndarray,
) -> None:
    """Iris with a dark rim, pupil and a glint, clipped by the lids."""
    color, radius = np.array(appearance.iris), IRIS_RADIUS
    shades: list[Color] = [
        color * 0.45,
        color,
        color * 1.25,
        (10, 10, 10),
        (250,) * 3,
    ]
    radii = radius * np.array([1.0, 0.84, 0.62, 0.42, 0.18])
    rings = np.stack([ellipse(pupil, size, size) for size in radii])
    rings[-1] += [0.018, -0.02]  # the glint
    rings = chart_to_uv(rings.reshape(-1, 2)).reshape(rings.shape)
    for ring, shade in zip(rings, shades, strict=True):
        fill(image, ring, shade, 1.0, 0.4, inside)


def _paint_lids(
    image: np.ndarray, eye: np.ndarray, appearance: Appearance
) -> None:
    """Lash line, crease and lower rim, in place."""
    skin = np.array(appearance.skin)
    left = eye[0, 0] < 0
    upper, lower = eye[:5], eye[[4, 5, 6, 7, 0]]
    dark = np.array(appearance.brow) * 0.15 + 12
    strength = min(appearance.lashes + 0.25 * appearance.eye_shadow, 1)
    wide = 4 if appearance.lipstick < 0.4 else 5
    # Lashes stand on the rim of the lid, and beside the outer corner.
    lashes = np.add(upper, [0, -0.007])
    stroke(image, [chart_to_uv(lashes)], dark, strength, wide, 0.6)
    outer = eye[0 if left else 4]
    away = np.array([-0.03 if left else 0.03, 0.012])
    tail = chart_to_uv(np.stack([outer, outer + away]))
    stroke(image, [tail], dark, strength * 0.6, 1, 0.5)
    rim = chart_to_uv(np.add(lower, [0, 0.006]))
    stroke(image, [rim], skin * 0.45, 0.3 + 0.4 * appearance.lashes, 1, 0.7)


def paint_brow(
    image: np.ndarray,
    points: np.ndarray,
    side: int,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """One eyebrow: a soft body and hair strokes, in place."""
    brow = points[(LEFT_BROW, RIGHT_BROW)[side]]
    brow = brow + np.repeat([[0, 0.012], [0, 0]], [5, 4], axis=0)  # soft rim
    density = appearance.brow_density
    fill(image, chart_to_uv(brow), appearance.brow, 0.55 * density, 1.6)
    order = [0, 1, 2, 3, 4] if side == 0 else [4, 3, 2, 1, 0]
    under = [0, 8, 7, 6, 5] if side == 0 else [4, 5, 6, 7, 8]
    top, bottom = brow[order], brow[under]  # outer to inner
    along = np.sort(rng.uniform(0, 4, 46))
    height = rng.uniform(0, 0.75, 46)[:, None]
    start = _along(bottom, along) * (1 - height) + _along(top, along) * height
    lean = np.stack(
        [
            (-1, 1)[side] * (0.008 + 0.009 * (4 - along)),
            -0.030 + 0.008 * (4 - along),
        ],
        axis=-1,
    )
    lean *= rng.uniform(0.7, 1.2, (46, 1))
    lines = chart_to_uv(np.stack([start, start + lean], 1).reshape(-1, 2))
    stroke(
        image,
        list(lines.reshape(46, 2, 2)),
        np.array(appearance.brow) * 0.8,
        0.75 * density,
        1,
    )


def _along(points: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Points at positions in [0, N - 1] along a polyline."""
    index = np.arange(len(points))
    return np.stack([np.interp(position, index, c) for c in points.T], -1)
