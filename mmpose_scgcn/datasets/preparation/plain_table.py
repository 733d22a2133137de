"""Tables without names: are all numbers x, y, x, y, ...?"""

from pathlib import Path

import numpy as np

from .columns import Columns

#: x and y of a face, read rightly, correlate less than the first figure; x
#: and x of the next keypoint more than the second. On the 300W and YTF68
#: faces it is below 0.3 and above 0.6 for 8 keypoints or more.
_RIGHT, _WRONG = 0.4, 0.6
#: Share of negative values that pixels do not have and depths do.
_DEEP = 0.2


def check_plain(numbers: np.ndarray, columns: Columns, path: Path) -> None:
    """Find columns of a table without names that are no x, y, x, y, ...

    Args:
        numbers (np.ndarray): (N, C).
        columns (Columns): Columns as name, x0, y0, x1, y1, ...
        path (Path): Of the table.

    Raises:
        ValueError: A column has values of -2 to 2 throughout, as flags,
            confidences and depths have, among others that are pixels; every
            third one has negative values, as depths have; or all x seem to
            stand before all y.
    """
    x, y = numbers[:, columns.x], numbers[:, columns.y]
    _check_small(x, y, columns, path)
    flat = np.stack([x, y], axis=-1).reshape(len(x), -1)
    _check_depth(flat, path)
    first, second = np.split(flat, 2, axis=1)
    plain, split = _correlation(x, y), _correlation(first, second)
    if plain > _WRONG and split < _RIGHT:
        raise ValueError(
            f'{path}: expected columns name, x0, y0, x1, y1, ..., but all x '
            'seem to stand before all y: give the table a header, such as '
            'name,x0,x1,...,y0,y1,... (or name,x0,y0,... if it is right)'
        )


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Measure how close to a line the keypoints of a face lie (median).

    Pairs of equal numbers are left out: (0, 0) is not annotated.
    """
    found = []
    for known, a, b in zip(np.isfinite(x + y) & (x != y), x, y, strict=True):
        a, b = a[known], b[known]
        if len(a) >= 5 and a.std() and b.std():
            found.append(abs(np.corrcoef(a, b)[0, 1]))
    return float(np.median(found)) if found else 0.0


def _check_small(
    x: np.ndarray, y: np.ndarray, columns: Columns, path: Path
) -> None:
    """Find columns that have no pixels."""
    pixels = np.nanmedian(np.abs([x, y])) if np.isfinite(x).any() else 0
    if pixels < 10:
        return
    small = [_is_small(v) & (x != y).any(axis=0) for v in (x, y)]
    places = [*np.take(columns.x, np.flatnonzero(small[0]))]
    places += [*np.take(columns.y, np.flatnonzero(small[1]))]
    if places:
        listed = ', '.join(str(place + 1) for place in sorted(places)[:5])
        raise ValueError(
            f'{path}: expected coordinates in every column after the name, '
            f'but column {listed} has values of -2 to 2 only, as flags, '
            'confidences, scales and depths (z) have: give the table a header'
        )


def _check_depth(flat: np.ndarray, path: Path) -> None:
    """Find x, y, z, x, y, z, ... among numbers (N, C)."""
    if flat.shape[1] % 3:
        return
    x, y, z = (np.nanmean(flat[:, axis::3] < 0) for axis in range(3))
    if z > _DEEP and max(x, y) < _DEEP / 10:
        raise ValueError(
            f'{path}: expected columns name, x0, y0, x1, y1, ..., but every '
            'third number is negative again and again, as depths (z) are: '
            'give the table a header, such as name,x0,y0,z0,x1,y1,z1,...'
        )


def _is_small(values: np.ndarray) -> np.ndarray:
    """Tell the columns (C,) of (N, C) with values of -2 to 2 alone."""
    inside = (np.abs(values) <= 2) | np.isnan(values)
    return inside.all(axis=0) & np.isfinite(values).any(axis=0)
