"""Folds of the skin: above and below the eyes, beside the mouth, on the brow.

Real faces have lines of their own beside those that carry landmarks. Without
them a model takes the nearest dark line for the rim of an eye or a lip.
"""

import numpy as np

from .appearance import Appearance
from .canvas import stroke
from .head import chart_to_uv
from .parameters import Expression
from .template import LEFT_EYE, RIGHT_EYE

_LEFT_WING, _RIGHT_WING = 55, 59
_LEFT_CORNER, _RIGHT_CORNER = 76, 82
_LOWER_LIP = [83, 84, 85, 86, 87]


def paint_folds(
    image: np.ndarray,
    points: np.ndarray,
    expression: Expression,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """Draw all folds, in place.

    Args:
        image (np.ndarray): The texture.
        points (np.ndarray): (98, 2) landmarks, chart frame.
        expression (Expression): A smile deepens the folds of the cheeks,
            raised brows those of the forehead.
        appearance (Appearance): Age and strengths.
        rng (np.random.Generator): For what differs between both sides.
    """
    for part, side in ((LEFT_EYE, -1), (RIGHT_EYE, 1)):
        eye = points[part]
        if side > 0:  # outer corner first, as of the left eye
            eye = eye[[4, 3, 2, 1, 0, 7, 6, 5]]
        _crease(image, eye, side, appearance)
        _bags(image, eye, appearance, rng)
    ends = (
        (points[_LEFT_WING], points[_LEFT_CORNER], -1),
        (points[_RIGHT_WING], points[_RIGHT_CORNER], 1),
    )
    for wing, corner, side in ends:
        _cheek(image, wing, corner, side, expression, appearance, rng)
    _below_lips(image, points[_LOWER_LIP], appearance, rng)
    _forehead(image, expression, appearance, rng)


def _line(
    image: np.ndarray,
    line: np.ndarray,
    appearance: Appearance,
    strength: float,
    thickness: int = 2,
    blur: float = 1.0,
) -> None:
    """One soft dark line through chart points, in place."""
    color = np.array(appearance.skin) * 0.5
    strength = float(np.clip(strength, 0, 0.9))
    stroke(image, [chart_to_uv(line)], color, strength, thickness, blur)


def _crease(
    image: np.ndarray, eye: np.ndarray, side: int, appearance: Appearance
) -> None:
    """The fold of the upper lid; it ends beside the outer corner."""
    beyond = eye[0] + [side * 0.05, 0.01]
    rise = appearance.crease_height * np.array([0.7, 1.0, 1.0, 0.9, 0.4])
    fold = eye[:5] - np.stack([np.zeros(5), rise], axis=-1)
    fold = np.concatenate([[beyond], fold])
    _line(image, fold, appearance, 1.1 * appearance.crease, 2, 1.0)


def _bags(
    image: np.ndarray,
    eye: np.ndarray,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """Folds below the eye."""
    lower = eye[[4, 5, 6, 7, 0]]
    for depth in (rng.uniform(0.025, 0.06), rng.uniform(0.07, 0.12)):
        fall = depth * np.array([0.5, 1.0, 1.1, 0.9, 0.4])
        fold = lower + np.stack([np.zeros(5), fall], axis=-1)
        strength = (0.6 * appearance.bags + 0.3 * appearance.age) * (
            rng.uniform(0.3, 1)
        )
        _line(image, fold, appearance, strength, 2, 1.4)


def _cheek(
    image: np.ndarray,
    wing: np.ndarray,
    corner: np.ndarray,
    side: int,
    expression: Expression,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """The fold from the wing of the nose to beside the mouth."""
    start = np.add(wing, [side * 0.035, -0.06])
    out, down = rng.uniform([0.03, -0.02], [0.08, 0.09])
    end = np.add(corner, [side * out, down])
    middle = (start + end) / 2 + [side * rng.uniform(0.015, 0.05), -0.01]
    smile = max(expression.smile, 0)
    strength = 0.05 + 0.55 * smile + 0.4 * appearance.age
    strength *= rng.uniform(0.4, 1)
    _line(image, np.stack([start, middle, end]), appearance, strength, 2, 1.6)
    out, down = rng.uniform([0.02, -0.01], [0.09, 0.07])
    tail = np.add(corner, [side * out, down])
    _line(
        image,
        np.stack([corner, tail]),
        appearance,
        rng.uniform(0, 0.9),
        int(rng.integers(2, 5)),
        rng.uniform(0.6, 1.6),
    )


def _below_lips(
    image: np.ndarray,
    lip: np.ndarray,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """The shadow between the lower lip and the chin."""
    fold = lip * [rng.uniform(0.5, 0.95), 1] + [0, rng.uniform(0.02, 0.08)]
    wide, soft = int(rng.integers(2, 9)), rng.uniform(1.5, 5)
    _line(image, fold, appearance, rng.uniform(0, 0.9), wide, soft)


def _forehead(
    image: np.ndarray,
    expression: Expression,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """Lines across the forehead, and between frowning brows."""
    strength = 0.5 * appearance.age**2 + 0.35 * max(expression.brow, 0)
    x = np.linspace(-0.4, 0.4, 7)
    for height in (-0.36, -0.44, -0.52):
        y = height + 0.03 * x**2 + rng.normal(0, 0.006, 7)
        line = np.stack([x * rng.uniform(0.6, 1), y], axis=-1)
        _line(image, line, appearance, strength * rng.uniform(0.2, 1), 1, 1.2)
    frown = 0.6 * max(-expression.brow, 0) + 0.15 * appearance.age
    for side in (-1, 1):
        line = np.array([[side * 0.05, -0.1], [side * 0.06, -0.2]])
        _line(image, line, appearance, frown * rng.uniform(0.3, 1), 2, 1.2)
