"""Rectangles that cover a part of a picture."""

from collections.abc import Sequence

import numpy as np

#: Range of a random rectangle's width over its height.
ASPECT_RATIO = (0.4, 2.5)


def draw_rectangle(
    size: tuple[int, int], area: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw a random rectangle within a picture.

    The logarithm of its aspect ratio is uniform between 0.4 and 2.5, as far
    as the picture allows, and its place is uniform among those that are
    wholly inside.

    Args:
        size (tuple[int, int]): Width and height of the picture, px.
        area (float): Area of the rectangle, a fraction of the picture's.
        rng (np.random.Generator): Where chance comes from.

    Returns:
        np.ndarray: (4,) int: left, top, right, bottom, px; the last two are
        the first column and row that are not covered.

    Raises:
        ValueError: ``area`` is not in (0, 1].
    """
    if not 0 < area <= 1:
        raise ValueError(f'area: expected a fraction in (0, 1], got {area}')
    ratio = np.exp(rng.uniform(*np.log(ASPECT_RATIO)))
    share = np.sqrt(area * np.array([ratio, 1 / ratio]))
    share = np.clip(share, area, 1)
    start = rng.random(2) * (1 - share)
    ends = np.stack([start, start + share]) * size
    return np.rint(ends).astype(int).ravel()


def grid_rectangles(
    box: Sequence[float],
    steps: int,
    share: float,
    size: tuple[int, int],
) -> np.ndarray:
    """Move a rectangle over a box, row by row.

    Args:
        box (Sequence[float]): (4,), x1, y1, x2, y2, image px.
        steps (int): Places in a row, and rows. The first touches the left and
            upper side of the box, the last one the right and lower side; a
            single place is the middle.
        share (float): Sides of the rectangle, a fraction of the box's.
        size (tuple[int, int]): Width and height of the image, px; what is
            outside of it is cut off.

    Returns:
        np.ndarray: (steps * steps, 4) int: left, top, right, bottom, image
        px.

    Raises:
        ValueError: Fewer than one place, or ``share`` not in (0, 1].
    """
    if steps < 1 or not 0 < share <= 1:
        raise ValueError(
            'expected at least one place and a share in (0, 1], got '
            f'{steps} and {share}'
        )
    low, high = np.reshape(np.asarray(box, np.float64), (2, 2))
    side = share * (high - low)
    along = np.linspace(0, 1, steps) if steps > 1 else np.array([0.5])
    row, column = np.meshgrid(along, along, indexing='ij')
    places = np.stack([column.ravel(), row.ravel()], axis=-1)  # (S * S, 2)
    start = low + places * (high - low - side)
    # Up to the pixels in which the ends are, which are covered too.
    ends = np.concatenate([start, start + side + 1], axis=1)
    ends = np.floor(ends + 0.5)
    return np.clip(ends, 0, np.tile(size, 2)).astype(int)


def points_inside(points: np.ndarray, rectangle: np.ndarray) -> np.ndarray:
    """Tell which points a rectangle covers.

    Args:
        points (np.ndarray): (..., 2), px; whole numbers are the centres of
            pixels.
        rectangle (np.ndarray): (4,): left, top, right, bottom, px, as of
            :func:`draw_rectangle`.

    Returns:
        np.ndarray: (...) boolean; False for points that are not finite.
    """
    left, top, right, bottom = rectangle
    x, y = points[..., 0] + 0.5, points[..., 1] + 0.5
    return (left <= x) & (x < right) & (top <= y) & (y < bottom)
