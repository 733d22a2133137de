"""The inner landmarks in the chart, moved by identity and expression.

Only these move over the skin; the surface under them is moved by
``surface``. Indices and order are the WFLW ones.
"""

import numpy as np

from .parameters import Expression, Identity
from .template import (
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    NOSE,
    OUTER_LIPS,
    PUPILS,
    RIGHT_BROW,
    RIGHT_EYE,
    neutral_keypoints,
)

IRIS_RADIUS = 0.067
_UPPER_LID, _LOWER_LID = [1, 2, 3], [7, 6, 5]
# Rows of the lips, index in the 98, left to right.
_CORNERS = [76, 82, 88, 92]
_UPPER_OUTER, _LOWER_OUTER = [77, 78, 79, 80, 81], [87, 86, 85, 84, 83]
_MOUTH_LINE = 0.77
_UPPER_INNER, _LOWER_INNER = [89, 90, 91], [95, 94, 93]


def chart_landmarks(identity: Identity, expression: Expression) -> np.ndarray:
    """All 98 points in the chart frame; the contour stays the template's.

    Returns:
        np.ndarray: (98, 2) float64, chart frame.
    """
    points = neutral_keypoints()
    _move_brows(points, identity, expression)
    _move_eyes(points, identity, expression)
    _move_nose(points, identity, expression)
    _move_mouth(points, identity, expression)
    return points


def _move_brows(
    points: np.ndarray, identity: Identity, expression: Expression
) -> None:
    """Height, thickness, arch and raising or frowning, in place."""
    for part, side in ((LEFT_BROW, -1), (RIGHT_BROW, 1)):
        brow = points[part]
        middle = brow[:, 0].copy()
        along = (np.abs(middle) - 0.15) / 0.46  # 0 inner to 1 outer
        y = -0.02 * identity.brow_height - 0.02 * identity.brow_arch * np.sin(
            np.pi * along
        )
        y = y - 0.085 * expression.brow * (1 - 0.3 * along) * (
            expression.brow > 0
        )
        y = y - 0.06 * expression.brow * (1 - along) * (expression.brow < 0)
        thick = np.zeros(9)
        thick[:5] = -0.013 * identity.brow_thickness
        x = 0.018 * identity.eye_distance + 0.03 * min(expression.brow, 0) * (
            1 - along
        )
        tilt = 0.006 * side * identity.asymmetry
        points[part] = brow + np.stack([side * x, y + thick + tilt], -1)


def _move_eyes(
    points: np.ndarray, identity: Identity, expression: Expression
) -> None:
    """Size, tilt, distance, lids and gaze, in place."""
    closings = (expression.close_left, expression.close_right)
    for part, pupil, side, closing in zip(
        (LEFT_EYE, RIGHT_EYE),
        range(PUPILS.start, PUPILS.stop),
        (-1, 1),
        closings,
        strict=True,
    ):
        eye = np.concatenate([points[part], points[pupil : pupil + 1]])
        center = np.array([side * 0.35, 0.0])
        local = (eye - center) * [1, (1 + 0.13 * identity.eye_size)]
        local *= 1 + 0.04 * identity.eye_size
        local[:, 1] -= side * 0.06 * identity.eye_tilt * local[:, 0]
        local[:8] = _close_lids(local[:8], closing, max(expression.brow, 0))
        local[8, 0] += 0.045 * expression.gaze_x
        local[8, 1] += 0.015 * expression.gaze_y
        low, high = local[6, 1] - 0.012, local[2, 1] + 0.012
        local[8, 1] = np.clip(local[8, 1], min(low, high), max(low, high))
        shift = [side * 0.018 * identity.eye_distance, 0]
        points[part], points[pupil] = (
            local[:8] + center + shift,
            local[8] + center + shift,
        )


def _close_lids(eye: np.ndarray, closing: float, wide: float) -> np.ndarray:
    """Lower the upper lid onto the lower one: (8, 2) to (8, 2)."""
    order = slice(None) if eye[0, 0] < eye[4, 0] else slice(None, None, -1)
    eye = eye.copy()
    upper, lower = _UPPER_LID[order], _LOWER_LID[order]
    meeting = eye[lower] * 0.8 + eye[upper] * 0.2
    eye[upper, 1] += (meeting[:, 1] - 0.006 - eye[upper, 1]) * closing
    eye[lower, 1] += (meeting[:, 1] + 0.006 - eye[lower, 1]) * closing
    eye[upper, 1] -= 0.02 * wide * (1 - closing)
    return eye


def _move_nose(
    points: np.ndarray, identity: Identity, expression: Expression
) -> None:
    """Length and width; a smile widens the wings. In place."""
    nose = points[NOSE]
    wide = 1 + 0.1 * identity.nose_width + 0.08 * max(expression.smile, 0)
    nose[:, 0] *= wide
    nose[1:, 1] *= 1 + 0.05 * identity.nose_length
    nose[4:, 1] -= 0.01 * max(expression.smile, 0)


def _move_mouth(
    points: np.ndarray, identity: Identity, expression: Expression
) -> None:
    """Lips: thickness, width, height, smile, pucker, opening. In place."""
    smile = max(expression.smile, 0)
    full = 0.18 * identity.lip_fullness
    for rows, thin in (
        (_UPPER_OUTER, 0.1 * smile - 0.2 * identity.lip_upper - full),
        (_LOWER_OUTER, 0.05 * smile - 0.16 * identity.lip_lower - full),
    ):
        gap = _MOUTH_LINE - points[rows, 1]
        points[rows, 1] += gap * np.clip(thin, -0.55, 0.72)
    both = slice(OUTER_LIPS.start, INNER_LIPS.stop)
    mouth = points[both]
    corner = (np.abs(mouth[:, 0]) / 0.29) ** 2  # 0 middle to 1 corner
    mouth[:, 0] *= 1 + 0.08 * identity.mouth_width + 0.30 * expression.smile
    mouth[:, 0] *= 1 - 0.33 * expression.pucker - 0.06 * expression.jaw_open
    mouth[:, 1] -= 0.075 * expression.smile * corner + 0.012 * smile
    mouth[:, 1] += 0.02 * identity.mouth_height + 0.025 * identity.nose_length
    drop = np.zeros(len(points))
    drop[_LOWER_OUTER + _LOWER_INNER] = 0.20
    drop[both] *= 1 - 0.55 * corner
    drop[_CORNERS] = 0.07
    drop[_UPPER_OUTER + _UPPER_INNER] = -0.04
    if expression.closed:
        points[_LOWER_INNER, 1] = points[_UPPER_INNER, 1]
    else:
        points[:, 1] += drop * (expression.jaw_open + 0.4 * smile)
        _keep_thickness(points, expression.jaw_open)


def _keep_thickness(points: np.ndarray, jaw_open: float) -> None:
    """Thin the lips as much as an opening jaw stretches them, in place.

    ``head_surface`` swings the jaw, and the skin about it with it.
    """
    for rows, line, stretch in (
        (_UPPER_OUTER, points[90, 1], 0.36),
        (_LOWER_OUTER, points[94, 1], 0.94),
    ):
        height = points[rows, 1] - line
        points[rows, 1] = line + height / (1 + stretch * jaw_open)
