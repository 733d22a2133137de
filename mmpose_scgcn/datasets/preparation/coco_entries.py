"""What an annotation in the form of COCO says: keypoints, box, names."""

from collections.abc import Iterable, Sequence
from typing import Any

from mmpose_scgcn.structures.limits import check_count

import numpy as np

from .records import ABSENT, Box


def read_keypoints(
    listed: Any, where: str, count: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Read x, y and visibility of all keypoints.

    Args:
        listed (Any): Numbers in one list, or three for each keypoint.
        where (str): File and place, for messages.
        count (int): How many keypoints the category has names for; 0 if it
            has none.

    Returns:
        tuple[np.ndarray, np.ndarray]: (K, 2), px as the file has them, and
        COCO's flags (K,). Those that are 0, or without a number, are NaN.

    Raises:
        ValueError: No list of numbers, another length, or another flag than
            0, 1 and 2.
    """
    numbers = _numbers(listed, where)
    check_count(numbers.size // 3, where)
    if numbers.size % 3 or (count and numbers.size != 3 * count):
        wanted = (
            f'{count} names of keypoints have' if count else 'keypoints have'
        )
        raise ValueError(
            f'{where}: expected x, y and visibility of each keypoint, '
            f'{3 * count or "a multiple of 3"} numbers, as {wanted}, got '
            f'{numbers.size}'
        )
    points, flags = numbers.reshape(-1, 3)[:, :2], numbers[2::3]
    flags = np.where(np.isnan(flags), ABSENT, flags)
    wrong = ~np.isin(flags, (0, 1, 2))
    if wrong.any():
        index = int(np.argmax(wrong))
        raise ValueError(
            f'{where}: expected 0, 1 or 2 for the visibility of a keypoint, '
            f'got {flags[index]:g} for keypoint {index}'
        )
    known = np.isfinite(points).all(axis=1) & (flags != ABSENT)
    points = np.where(known[:, None], points, np.nan)
    return points, np.where(known, flags, ABSENT).astype(int)


def read_box(listed: Any, where: str) -> Box | None:
    """Read a box x, y, width, height.

    Args:
        listed (Any): Four numbers; nothing, or a box without a size, is
            none.
        where (str): File and place, for messages.

    Returns:
        tuple, optional: x1, y1, x2, y2, px as the file has them.

    Raises:
        ValueError: Not four numbers.
    """
    if not listed:
        return None
    numbers = _numbers(listed, where)
    if numbers.size != 4:
        raise ValueError(
            f'{where}: expected a bbox of x, y, width and height, got '
            f'{numbers.size} numbers'
        )
    x, y, width, height = numbers.tolist()
    if not (width > 0 and height > 0):
        return None
    return x, y, x + width, y + height


def read_names(category: dict) -> tuple[str, ...]:
    """Read the names of a category's keypoints.

    Args:
        category (dict): Of the file.

    Returns:
        tuple[str, ...]: The names (K,); none if there are none, or one is
        there twice.
    """
    listed = category.get('keypoints')
    names = tuple(map(str, listed)) if isinstance(listed, list) else ()
    return names if len(set(names)) == len(names) and all(names) else ()


def read_skeleton(category: dict, count: int) -> tuple[tuple[int, int], ...]:
    """Read which keypoints are joined.

    Args:
        category (dict): Of the file; its numbers begin with 1.
        count (int): Number of keypoints.

    Returns:
        tuple[tuple[int, int], ...]: Pairs of indices from 0; none if a
        number is none of a keypoint.
    """
    listed = category.get('skeleton')
    if not isinstance(listed, list) or not all(map(_is_pair, listed)):
        return ()
    lowest = min((min(pair) for pair in listed), default=1)
    pairs = tuple((a - (lowest > 0), b - (lowest > 0)) for a, b in listed)
    fits = all(0 <= i < count for pair in pairs for i in pair)
    return pairs if fits else ()


def _is_pair(pair: Any) -> bool:
    """Tell two numbers."""
    return (
        isinstance(pair, Sequence)
        and len(pair) == 2
        and all(isinstance(number, int) for number in pair)
    )


def _numbers(listed: Any, where: str) -> np.ndarray:
    """Read numbers; ``null`` is NaN."""
    parts: Iterable = listed if isinstance(listed, list) else [listed]
    flat: list = []
    for part in parts:
        flat += part if isinstance(part, list) else [part]
    for value in flat:
        if value is not None and not isinstance(value, (int, float)):
            raise ValueError(f'{where}: expected numbers, got {value!r:.40}')
    try:
        numbers = np.array(flat, dtype=float)
    except OverflowError:
        numbers = np.array([np.inf])
    if np.isinf(numbers).any():
        raise ValueError(f'{where}: expected finite numbers, got infinity')
    return numbers
