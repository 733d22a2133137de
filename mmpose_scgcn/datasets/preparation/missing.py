"""How files write a keypoint that is not annotated."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from .records import ABSENT, Face, Problem, Source

#: As often as this, a value is no accident.
_OFTEN = 3


@dataclass(frozen=True)
class Missing:
    """Which coordinates mean that a keypoint is not annotated.

    Cells without a number do in any case.

    Args:
        values (tuple[float, ...]): x and y both have one of these.
        negative (bool): x or y is below 0.
        told (bool): Find out from what is repeated.
    """

    values: tuple[float, ...] = ()
    negative: bool = False
    told: bool = False


def parse_missing(text: str) -> Missing:
    """Read ``auto``, ``none``, or a list such as ``0,-1,negative``.

    Args:
        text (str): What the user said.

    Returns:
        Missing: What it means.

    Raises:
        ValueError: Neither these words nor numbers.
    """
    if text in ('auto', 'none'):
        return Missing(told=text == 'auto')
    parts = [part.strip() for part in text.split(',')]
    try:
        values = tuple(float(p) for p in parts if p != 'negative')
    except ValueError:
        raise ValueError(
            'expected auto, none, or values such as 0,-1,negative for '
            f'keypoints that are not annotated, got {text!r}'
        ) from None
    return Missing(values, 'negative' in parts)


def mark_missing(source: Source, missing: Missing) -> Source:
    """Flag keypoints as not annotated whose coordinates say so.

    ``auto`` takes (0, 0) and (-1, -1) where they lie outside the other
    keypoints of every face that has them; and other pairs of equal numbers
    that do so by more than the size of the face: whole negative ones, such as
    (-999, -999), and any that at least three faces have.

    Args:
        source (Source): What a reader read.
        missing (Missing): What the user said.

    Returns:
        Source: The same with other flags, and with what was told as a
        problem: serious where it may be an accident.
    """
    values, problems = missing.values, list(source.problems)
    if missing.told:
        counts = _tell(source)
        values = tuple(counts)
        problems += [_told(value, n) for value, n in counts.items()]
    marked = {
        face: _mark(face, values, missing.negative, source.origin)
        for face in source.faces
    }
    splits = {
        split: [marked[face] for face in faces]
        for split, faces in source.splits.items()
    }
    return replace(source, splits=splits, problems=problems)


def _mark(
    face: Face, values: Iterable[float], negative: bool, origin: int
) -> Face:
    """Flag the keypoints of one face."""
    points = face.keypoints + origin
    absent = np.zeros(len(points), dtype=bool)
    for value in values:
        absent |= (points == value).all(axis=1)
    if negative:
        absent |= (points < 0).any(axis=1)
    absent &= face.flags != ABSENT
    if not absent.any():
        return face
    return replace(face, flags=np.where(absent, ABSENT, face.flags))


def _tell(source: Source) -> dict[float, int]:
    """Find repeated impossible values, and how many keypoints have each."""
    counts: Counter[float] = Counter()
    faces: Counter[float] = Counter()
    far: dict[float, bool] = defaultdict(lambda: True)
    possible: set[float] = set()
    for face in source.faces:
        known = face.flags != ABSENT
        points = face.keypoints + source.origin
        equal = known & (points[:, 0] == points[:, 1])
        for value in set(points[equal, 0].tolist()):
            has = (points == value).all(axis=1)
            counts[value] += int((has & known).sum())
            others = points[known & ~has]
            if len(others) < 2:
                continue  # it tells nothing
            away = _distance(value, others)
            faces[value] += 1
            far[value] &= away > 1
            if away <= 0:
                possible.add(value)
    return {
        value: counts[value]
        for value in sorted(counts)
        if value not in possible
        and (
            value in (0, -1)
            or (far[value] and (_is_code(value) or faces[value] >= _OFTEN))
        )
    }


def _is_code(value: float) -> bool:
    """Tell a number such as -999, which no keypoint has by chance."""
    return value < 0 and value.is_integer()


def _distance(value: float, others: np.ndarray) -> float:
    """Measure how far (value, value) lies from the box of other keypoints.

    Returns:
        float: As a share of the box's longer side; 0 or less inside it.
    """
    low, high = others.min(axis=0), others.max(axis=0)
    away = np.maximum(low - value, value - high).max()
    return float(away / max((high - low).max(), 1e-9))


def _told(value: float, count: int) -> Problem:
    """Say what was taken for not annotated."""
    keypoints = 'keypoint' if count == 1 else 'keypoints'
    return Problem(
        'value taken for "not annotated"',
        f'({value:g}, {value:g}) of {count} {keypoints}; say --missing=none '
        'if that is where they are',
        serious=count < _OFTEN,
    )
