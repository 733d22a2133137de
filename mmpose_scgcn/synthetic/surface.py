"""The 3D surface of one head: smooth bumps on the neutral grid."""

import numpy as np

from .head import base_grid, theta_of_u
from .parameters import Expression, Identity


def _bump(
    x: np.ndarray, y: np.ndarray, center: tuple, width: tuple
) -> np.ndarray:
    """A Gaussian bump of height 1 and its mirror image across x = 0."""
    dy = ((y - center[1]) / width[1]) ** 2
    if center[0] == 0:
        return np.exp(-((x / width[0]) ** 2) - dy)
    dx = ((np.abs(x) - center[0]) / width[0]) ** 2
    return np.exp(-dx - dy)


def _smoothstep(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below ``low``, 1 above ``high``, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _nose(
    x: np.ndarray, y: np.ndarray, identity: Identity, points: np.ndarray
) -> np.ndarray:
    """Forward displacement by the nose: ridge, tip, wings, partition."""
    # The bridge rises below its root. The landmark of the tip lies in the
    # middle of its ball, and those of the base below the nostrils.
    top, tip, base = points[51, 1] - 0.05, points[54, 1], points[57, 1] - 0.01
    t = np.clip((y - top) / (tip - top), 0, 1)
    height = 0.245 * t * (1 + 0.13 * identity.nose_height)
    height = height + 0.025 * identity.nose_hump * np.sin(np.pi * t)
    drop = base - 0.55 * np.clip(np.abs(x) - 0.03, 0, 0.14)
    under = _smoothstep(y, tip - 0.01, drop + 0.035)
    above = _smoothstep(y, top - 0.16, top + 0.06)
    wide = (0.085 + 0.035 * t) * (1 + 0.08 * identity.nose_width)
    ridge = height * above * (1 - under) * np.exp(-(np.abs(x / wide) ** 1.9))
    wing = abs(points[55, 0]) - 0.025
    wings = 0.08 * _bump(x, y, (wing, base - 0.07), (0.07, 0.075))
    tip_ball = 0.02 * _bump(x, y, (0, tip + 0.02), (0.085, 0.075))
    partition = 0.085 * _bump(x, y, (0, base + 0.01), (0.085, 0.05))
    return ridge + wings + tip_ball + partition


def _features(
    x: np.ndarray,
    y: np.ndarray,
    identity: Identity,
    expression: Expression,
    points: np.ndarray,
) -> np.ndarray:
    """Forward displacement by sockets, brows, cheeks, lips and chin."""
    eye = 0.35 + 0.018 * identity.eye_distance
    top, bottom = points[79, 1], points[85, 1]
    line, half = points[90, 1], abs(points[76, 0])
    opening = max(points[94, 1] - points[90, 1] - 0.02, 0)
    dz = (0.045 + 0.012 * identity.brow_ridge) * _bump(
        x, y, (0.42, -0.21), (0.3, 0.09)
    )
    dz -= 0.10 * _bump(x, y, (eye - 0.02, -0.02), (0.20, 0.12))
    dz -= 0.06 * _bump(x, y, (0.17, 0.01), (0.10, 0.10))
    # Outer corners of the eyes, the root of the nose between the brows, and
    # the corners of the mouth, which lie behind its middle.
    dz += 0.03 * _bump(x, y, (0.50, 0.0), (0.09, 0.08))
    dz -= 0.04 * _bump(x, y, (0, -0.19), (0.24, 0.12))
    dz -= 0.10 * _bump(x, y, (half + 0.02, line + 0.02), (0.15, 0.14))
    dz += 0.06 * _bump(x, y, (eye, 0.0), (0.13, 0.075))
    dz += (
        0.04 + 0.02 * identity.cheeks + 0.04 * max(expression.smile, 0)
    ) * _bump(x, y, (0.46, 0.30), (0.2, 0.17))
    dz -= (
        0.02
        * max(expression.smile, 0)
        * _bump(x, y, (0.36, 0.62), (0.06, 0.15))
    )
    dz += 0.075 * _bump(
        x, y, (0, (top + line) / 2 + 0.01), (half * 0.75, 0.075)
    )
    dz += 0.07 * _bump(
        x, y, (0, (bottom + points[94, 1]) / 2), (half * 0.65, 0.065)
    )
    dz -= 0.065 * _bump(x, y, (0, line + 0.01), (half, 0.022))
    hole = (0, line + opening * 0.75 + 0.01)  # below the upper teeth
    hollow = _bump(x, y, hole, (half * 0.6, max(opening * 0.4, 0.03)))
    dz -= 0.5 * opening * hollow
    dz -= 0.035 * _bump(x, y, (0, bottom + 0.06), (0.22, 0.05))
    dz -= 0.015 * _bump(x, y, (0, 0.61), (0.03, 0.06))
    return dz + (0.07 + 0.03 * identity.chin_forward) * _bump(
        x, y, (0, 1.15), (0.17, 0.12)
    )


def _ears(grid: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Displacement (H, W, 3) that pulls the ears out of the sides."""
    y = grid[..., 1]
    angle = np.degrees(np.abs(theta))[None]
    across, along = (angle - 97) / 12, (y - 0.17) / 0.30
    radius = across**2 + (along - 0.25 * across) ** 2
    plate = 1 / (1 + np.exp(np.minimum((radius - 0.85) * 9, 30)))
    plate = plate * (1 - 0.45 * np.exp(-radius * 4)) * (y < 0.9)
    back = np.clip((angle - 85) / 12, 0, 1.6)
    out = 0.10 * plate * (0.35 + 0.65 * back)
    return np.stack([np.sign(theta)[None] * out, 0 * out, -0.05 * plate], -1)


def _identity_scale(grid: np.ndarray, identity: Identity) -> None:
    """Width, length, jaw and chin of the whole head, in place."""
    y = grid[..., 1].copy()
    lower = _smoothstep(y, 0.2, 1.2) * (y < 1.45)
    grid[..., 0] *= (1 + 0.055 * identity.face_width) * (
        1.045**lower + 0.08 * identity.jaw_width * lower
    )
    # A real camera is near: what lies further back looks narrower.
    grid[..., 0] *= 1 + 0.05 * _smoothstep(np.abs(grid[..., 0]), 0.45, 0.85)
    cheek = np.exp(-(((y - 0.5) / 0.3) ** 2))
    grid[..., 0] *= 1 + 0.025 * identity.cheeks * cheek
    grid[..., 1] += 0.06 * identity.face_length * np.clip(y, 0, 1.4)
    grid[..., 1] -= 0.04 * _smoothstep(y, 0.5, 0.9)
    grid[..., 1] += 0.045 * identity.chin_length * _smoothstep(y, 0.9, 1.3)
    top = _smoothstep(-y, 0.3, 1.2)
    grid[..., 1] -= 0.05 * identity.forehead * top


def _asymmetry(grid: np.ndarray, identity: Identity) -> None:
    """A slight bend of the lower face to one side, in place."""
    bend = 0.012 * identity.asymmetry * np.clip(grid[..., 1], -0.3, 1.3) ** 2
    grid[..., 0] += bend * (grid[..., 2] > 0)


def add_hair(skin: np.ndarray, hair: np.ndarray) -> np.ndarray:
    """Lift the skin (H, W, 3) by the thickness (H, W) of the hair."""
    shrink: np.ndarray = np.array([1, 0.8, 1], np.float32)
    down: np.ndarray = np.array([0, 0.1, 0], np.float32)
    out = base_grid() * shrink - down
    out[..., 1] *= 1 - _smoothstep(base_grid()[..., 1], -0.3, 0.5)
    out /= np.linalg.norm(out, axis=-1, keepdims=True) + 1e-6
    return skin + out * hair[..., None]


def head_surface(
    identity: Identity,
    expression: Expression,
    points: np.ndarray,
    ears: float = 1.0,
) -> np.ndarray:
    """The head of one person with one expression.

    Args:
        identity (Identity): Proportions.
        expression (Expression): Muscle actions.
        points (np.ndarray): (98, 2) landmarks, chart frame.
        ears (float): How far the ears stand out, 0 for covered ones.

    Returns:
        np.ndarray: (ROWS, COLUMNS, 3) float32, head frame.
    """
    base = base_grid()
    grid = base.copy()
    theta = theta_of_u((np.arange(base.shape[1]) + 0.5) / base.shape[1])
    x, y = base[..., 0], base[..., 1]
    front = np.clip(base[..., 2] * 4 - 0.6, 0, 1) * (y < 1.5)
    front = np.where(front > 0, front, 0)
    dz = _nose(x, y, identity, points) + _features(
        x, y, identity, expression, points
    )
    grid[..., 2] += dz * front
    grid += ears * _ears(base, theta)
    jaw = _smoothstep(y, 0.62, 1.1) * (1 - _smoothstep(y, 1.35, 1.9))
    swing = np.clip(base[..., 2] * 1.3 + 0.1, 0, 1)
    grid[..., 1] += 0.30 * expression.jaw_open * jaw * swing
    _identity_scale(grid, identity)
    _asymmetry(grid, identity)
    return grid.astype(np.float32)
