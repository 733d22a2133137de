"""Lips, teeth, tongue and nostrils, painted between the landmarks."""

import numpy as np

from .appearance import Appearance
from .canvas import fill, stroke
from .features import ellipse, full_mask, smooth_closed
from .head import chart_to_uv
from .parameters import Expression
from .template import INNER_LIPS, NOSE, OUTER_LIPS


def paint_mouth(
    image: np.ndarray,
    points: np.ndarray,
    expression: Expression,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """Lips, the gap or line between them, teeth and tongue, in place."""
    outer, inner = points[OUTER_LIPS], points[INNER_LIPS]
    lips = np.array(appearance.lips)
    upper = np.concatenate([outer[:7], inner[4::-1]])
    soft = 0.7 if appearance.lipstick > 0.3 else rng.uniform(0.8, 3.0)
    fill(image, chart_to_uv(smooth_closed(outer, 3)), lips, 0.9, soft)
    fill(image, chart_to_uv(upper), lips * 0.82, 0.7, 1.0)
    shine = ellipse((outer[9] + inner[6]) / 2, 0.09, 0.022)
    fill(
        image, chart_to_uv(shine), np.minimum(lips * 1.35 + 12, 255), 0.5, 2.5
    )
    gap = inner[6, 1] - inner[2, 1]
    mouth = chart_to_uv(smooth_closed(inner, 3))
    if gap > 0.035:
        inside = full_mask(mouth)
        fill(image, mouth, (22, 18, 45), 1.0, 0.5)
        _paint_teeth(image, inner, gap, expression, appearance, inside)
    if expression.closed:
        _paint_line(image, outer, inner, lips, rng)
        return
    _paint_corners(image, outer, np.array(appearance.skin), rng)
    line = inner[[0, 1, 2, 3, 4]]
    stroke(image, [chart_to_uv(line)], lips * 0.35, 0.8, 1, 0.6)
    if gap <= 0.035:
        stroke(
            image,
            [chart_to_uv(inner[[4, 5, 6, 7, 0]])],
            lips * 0.4,
            0.6,
            1,
            0.6,
        )


def _paint_line(
    image: np.ndarray,
    outer: np.ndarray,
    inner: np.ndarray,
    lips: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """One dark line between closed lips, often beyond the corners."""
    line = np.concatenate([outer[:1], inner[:5], outer[6:7]])
    beyond = rng.uniform([0, -0.01], [0.06, 0.03])
    ends = line[[0, -1]] + beyond * [[-1, 1], [1, 1]]
    line = np.concatenate([ends[:1], line, ends[1:]])
    wide = int(rng.choice([rng.integers(1, 4), rng.integers(1, 9)]))
    color, soft = lips * rng.uniform(0.12, 0.55), rng.uniform(0.5, 1.8)
    stroke(image, [chart_to_uv(line)], color, 0.9, wide, soft)


def _paint_corners(
    image: np.ndarray,
    outer: np.ndarray,
    skin: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """The folds in which an open mouth ends, beyond its corners."""
    beyond = rng.uniform([0.01, -0.02], [0.08, 0.03])
    corners = outer[[0, 6]]
    folds = np.stack([corners, corners + beyond * [[-1, 1], [1, 1]]], axis=1)
    color, soft = skin * rng.uniform(0.3, 0.6), rng.uniform(0.6, 1.8)
    wide, strength = int(rng.integers(1, 4)), rng.uniform(0, 0.8)
    for fold in folds:
        stroke(image, [chart_to_uv(fold)], color, strength, wide, soft)


def _paint_teeth(
    image: np.ndarray,
    inner: np.ndarray,
    gap: float,
    expression: Expression,
    appearance: Appearance,
    inside: np.ndarray,
) -> None:
    """Upper teeth, and a tongue when the mouth is wide open, in place."""
    if gap > 0.12:
        tongue = ellipse(inner[6] + [0, -0.02], 0.13, gap * 0.35)
        fill(image, chart_to_uv(tongue), (85, 80, 165), 0.8, 2.0, inside)
    height = min(0.085, gap * 0.9) * (
        0.5 + 0.5 * np.clip(expression.smile, 0, 1)
    )
    upper = inner[:5] * [0.93, 1] + [0, -0.01]
    level = inner[2, 1] * 0.6 + inner[[0, 4], 1].mean() * 0.4
    lower = ellipse(np.array([0, level]), 0.26, height)[:11]
    teeth = np.concatenate([upper, lower])
    white = np.array([228, 242, 250]) * appearance.teeth
    fill(image, chart_to_uv(teeth), white, 0.95, 0.8, inside)
    x = np.linspace(-0.2, 0.2, 9)
    y = np.interp(x, inner[:5, 0], inner[:5, 1])
    lines = np.stack([x, y, x, y + height], axis=-1).reshape(-1, 2)
    lines = chart_to_uv(lines).reshape(-1, 2, 2)
    stroke(image, list(lines), white * 0.6, 0.3, 1)


def paint_nostrils(
    image: np.ndarray, points: np.ndarray, appearance: Appearance
) -> None:
    """Dark nostrils and the shadow lines of the wings, in place."""
    nose = points[NOSE]
    skin = np.array(appearance.skin)
    under = np.add(nose[4:9], [0, 0.004])
    stroke(image, [chart_to_uv(under)], skin * 0.45, 0.35, 2, 1.2)
    for inner, outer, side in ((5, 4, -1), (7, 8, 1)):
        center = nose[inner] + [side * 0.005, -0.022]
        hole = ellipse(center, 0.042, 0.017)
        fill(image, chart_to_uv(hole), skin * 0.2, 0.72, 1.0)
        wing = nose[outer] + np.array(
            [[0, -0.10], [side * 0.012, -0.05], [0, 0.0]]
        )
        stroke(image, [chart_to_uv(wing)], skin * 0.5, 0.4, 2, 1.2)
