"""The neutral head as a grid of points, and where a chart point lies on it.

Head frame: unit and origin as the chart's (see ``template``), x right,
y down, z towards the viewer, z = 0 in the plane of the ears. The grid has
rows v from the crown to the shoulders and columns u around the head, u = 0.5
at the nose; (u, v) lie in [0, 1] and cell i of n has its centre at
(i + 0.5) / n, the convention of ``cv2.resize``.
"""

from functools import lru_cache

import cv2
import numpy as np

ROWS, COLUMNS = 120, 144

# One line per row: v; y at the front, side and back; half width; depth to
# the front and to the back; exponent of the cosine along the section.
_PROFILE = np.array(
    [
        (0.000, -1.25, -1.25, -1.25, 0.02, 0.02, 0.02, 1.0),
        (0.028, -1.22, -1.22, -1.22, 0.30, 0.38, 0.40, 1.0),
        (0.064, -1.10, -1.10, -1.10, 0.55, 0.66, 0.74, 1.0),
        (0.120, -0.87, -0.87, -0.87, 0.73, 0.88, 0.97, 0.85),
        (0.193, -0.55, -0.55, -0.55, 0.815, 1.03, 1.08, 0.75),
        (0.276, -0.25, -0.25, -0.25, 0.838, 1.07, 1.10, 0.70),
        (0.368, 0.00, 0.00, 0.00, 0.832, 1.09, 1.07, 1.0),
        (0.460, 0.25, 0.22, 0.22, 0.828, 1.09, 1.00, 1.0),
        (0.552, 0.50, 0.34, 0.36, 0.815, 1.13, 0.92, 1.1),
        (0.644, 0.75, 0.42, 0.46, 0.80, 1.16, 0.84, 1.2),
        (0.736, 1.01, 0.48, 0.54, 0.785, 1.10, 0.78, 1.5),
        (0.810, 1.22, 0.54, 0.60, 0.77, 1.03, 0.74, 1.8),
        (0.842, 1.315, 0.57, 0.64, 0.755, 0.86, 0.72, 1.6),
        (0.860, 1.30, 0.66, 0.72, 0.69, 0.58, 0.69, 1.3),
        (0.885, 1.36, 1.00, 0.95, 0.60, 0.30, 0.64, 1.0),
        (0.950, 1.72, 1.62, 1.45, 0.62, 0.27, 0.62, 1.0),
        (1.000, 2.45, 2.20, 1.95, 1.35, 0.50, 0.60, 1.0),
    ]
)
JAW_ROW = 0.830


def theta_of_u(u: np.ndarray) -> np.ndarray:
    """Angle around the vertical axis, rad, 0 at the nose, of a column u."""
    s = 2 * np.asarray(u) - 1
    return np.pi * (0.55 * s + 0.45 * s**3)


def u_of_theta(theta: np.ndarray) -> np.ndarray:
    """Inverse of :func:`theta_of_u`."""
    u = np.linspace(0, 1, 1025)
    return np.interp(theta, theta_of_u(u), u)


def _smooth_rows(rows: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian smoothing along the rows; ``sigma`` in grid rows."""
    offset = np.arange(-9, 10)
    kernel = np.exp(-0.5 * (offset / sigma) ** 2)
    kernel /= kernel.sum()
    return np.stack([np.convolve(row, kernel, mode='same') for row in rows])


def _profile_rows() -> np.ndarray:
    """The profile table at every grid row, smoothed: (7, ROWS)."""
    pad = 10
    v = (np.arange(-pad, ROWS + pad) + 0.5) / ROWS
    rows = np.stack(
        [np.interp(v, _PROFILE[:, 0], column) for column in _PROFILE[:, 1:].T]
    )
    narrow = _smooth_rows(rows, 1.3)
    wide = _smooth_rows(rows, 3.5)
    jaw = np.clip((v - 0.71) / 0.1, 0, 1)  # the jaw stays sharp
    return (wide + (narrow - wide) * jaw)[:, pad:-pad]


@lru_cache(maxsize=1)
def base_grid() -> np.ndarray:
    """The smooth head without nose, lips or sockets.

    Returns:
        np.ndarray: (ROWS, COLUMNS, 3) float32, head frame; read only.
    """
    front, side, back, width, forward, behind, power = (
        row[:, None] for row in _profile_rows()
    )
    theta = theta_of_u((np.arange(COLUMNS) + 0.5) / COLUMNS)[None]
    sine, cosine = np.sin(theta), np.cos(theta)
    ends = np.where(cosine > 0, front, back)
    y = ends + (side - ends) * np.abs(sine) ** 2.6
    depth = np.where(cosine > 0, forward, -behind)
    z = depth * np.abs(cosine) ** power
    grid = np.stack([width * sine, y, z], axis=-1).astype(np.float32)
    grid.setflags(write=False)
    return grid


def sample_grid(grid: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Bilinear samples of a grid.

    Args:
        grid (np.ndarray): (H, W, C).
        uv (np.ndarray): (N, 2), in [0, 1].

    Returns:
        np.ndarray: (N, C) float64.
    """
    size = np.array(grid.shape[1::-1])
    position = np.clip(uv * size - 0.5, 0, size - 1.001)
    j, i = position.astype(int).T
    a, b = (position % 1).T[..., None]
    upper = grid[i, j] * (1 - a) + grid[i, j + 1] * a
    lower = grid[i + 1, j] * (1 - a) + grid[i + 1, j + 1] * a
    return upper * (1 - b) + lower * b


def v_of_y(theta: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The row v, above the jaw line, where the column theta has height y."""
    rows = int(JAW_ROW * ROWS) + 1
    v = (np.arange(rows) + 0.5) / ROWS
    u = u_of_theta(np.abs(theta))  # the neutral head is symmetric
    columns = np.minimum(np.rint(u * COLUMNS - 0.5), COLUMNS - 1).astype(int)
    grid = base_grid()
    return np.array(
        [
            np.interp(height, grid[:rows, column, 1], v)
            for column, height in zip(columns, y, strict=True)
        ]
    )


_TABLE_ORIGIN = np.array([-0.80, -1.10])
_TABLE_STEP = 0.01
_TABLE_SHAPE = (240, 161)  # y, x


@lru_cache(maxsize=1)
def _chart_table() -> np.ndarray:
    """(240, 161, 2) uv of a regular lattice of chart points, by Newton."""
    rows, columns = _TABLE_SHAPE
    target = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1)
    target = (target * _TABLE_STEP + _TABLE_ORIGIN).reshape(-1, 2)
    chart = base_grid()[..., :2].astype(np.float64)
    du = np.gradient(chart, 1 / COLUMNS, axis=1)
    dv = np.gradient(chart, 1 / ROWS, axis=0)
    fields = np.concatenate([chart, du, dv], axis=-1)
    uv = np.stack(
        [
            u_of_theta(np.arcsin(target[:, 0] / 0.84)),
            np.interp(target[:, 1], _PROFILE[:13, 1], _PROFILE[:13, 0]),
        ],
        axis=-1,
    )
    for _ in range(12):
        x, y, xu, yu, xv, yv = sample_grid(fields, uv).T
        ex, ey = target.T - (x, y)
        det = xu * yv - xv * yu
        step = np.stack([yv * ex - xv * ey, xu * ey - yu * ex]) / det
        uv = np.clip(uv + np.clip(step.T, -0.05, 0.05), [0.2, 0], [0.8, 0.86])
    return uv.reshape(rows, columns, 2)


def chart_to_uv(points: np.ndarray) -> np.ndarray:
    """Grid coordinates of points given in the chart.

    Args:
        points (np.ndarray): (N, 2), chart frame, on the face (|x| < 0.8).

    Returns:
        np.ndarray: (N, 2) uv in [0, 1].
    """
    table = _chart_table()
    index = (np.asarray(points) - _TABLE_ORIGIN) / _TABLE_STEP
    return sample_grid(table, (index + 0.5) / table.shape[1::-1])


def resize_grid(grid: np.ndarray, width: int, height: int) -> np.ndarray:
    """Bilinear resampling of a grid to (height, width)."""
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)
