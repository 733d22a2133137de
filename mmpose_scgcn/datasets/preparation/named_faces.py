"""Faces whose keypoints have names, from files of one or more faces."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmpose_scgcn.structures.limits import check_count

import numpy as np

from .boxes import shift_box
from .groups import find_group
from .keypoint_order import natural_order, odd_names, plain_numbers
from .records import (
    ABSENT,
    LABELED,
    VISIBLE,
    Box,
    Face,
    Problem,
    Source,
)

_UNNAMED = 'keypoints that --keypoints does not name, left out'


@dataclass(frozen=True)
class NamedFace:
    """A face as a label tool writes it.

    Args:
        image (Path): Absolute.
        where (str): File and place, for messages.
        points (Mapping[str, tuple[float, float]]): Keypoints by name, px as
            the file has them.
        box (tuple, optional): x1, y1, x2, y2, likewise.
        hidden (frozenset[str]): Keypoints that are marked as occluded.
        tells (bool): Whether the file says which are.
    """

    image: Path
    where: str
    points: Mapping[str, tuple[float, float]]
    box: Box | None = None
    hidden: frozenset[str] = frozenset()
    tells: bool = False


def named_source(
    source: Source,
    splits: Mapping[str, Sequence[NamedFace]],
    wanted: Sequence[str] = (),
    group_pattern: str | None = None,
) -> Source:
    """Put the keypoints of all faces in one order.

    Args:
        source (Source): Without faces; gets them, the names of the keypoints,
            and what is noticed.
        splits (Mapping[str, Sequence[NamedFace]]): Faces by split.
        wanted (Sequence[str]): Names (K,) in the order that the user wants;
            other keypoints are left out. Defaults to all in natural order.
        group_pattern (str, optional): See :func:`.groups.find_group`.

    Returns:
        Source: The same one.

    Raises:
        ValueError: A wanted name that no face has.
    """
    faces = [face for members in splits.values() for face in members]
    counts = Counter(name for face in faces for name in face.points)
    check_count(len(counts), 'the names of all faces together')
    if unknown := [name for name in wanted if name not in counts]:
        raise ValueError(
            f'no face has the keypoint {unknown[0]!r} of --keypoints; there '
            f'are {", ".join(natural_order(counts)) or "none"}'
        )
    if not counts:
        raise ValueError(
            'expected faces with keypoints, found none'
            + ''.join(f'; {p.kind}: {p.text}' for p in source.problems[:1])
        )
    names = list(wanted) or natural_order(counts)
    if wanted:
        source.problems += [
            Problem(_UNNAMED, f'{name!r} of {counts[name]} faces', False)
            for name in natural_order(counts.keys() - set(names))
        ]
    else:
        source.problems += odd_names(counts, len(faces))
    tells = any(face.tells for face in faces)
    for split, members in splits.items():
        source.splits[split] = [
            _face(f, names, tells, source, group_pattern) for f in members
        ]
    plain = plain_numbers(names)
    source.names = () if plain else tuple(names)
    told = f'{names[0]} to {names[-1]}' if plain else ', '.join(names)
    source.notes += (f'{len(names)} keypoints, in this order: {told}',)
    return source


def _face(
    face: NamedFace,
    names: Sequence[str],
    tells: bool,
    source: Source,
    group_pattern: str | None,
) -> Face:
    """Make the record of one face."""
    file = face.image.relative_to(source.folder).as_posix()
    points = np.array([face.points.get(n, (np.nan,) * 2) for n in names])
    known = np.isfinite(points).all(axis=1)
    hidden = np.array([name in face.hidden for name in names])
    seen = np.where(hidden | (not tells), LABELED, VISIBLE)
    group = find_group(file, group_pattern)
    return Face(
        file,
        points - source.origin,
        np.where(known, seen, ABSENT),
        face.where,
        group,
        box=shift_box(face.box, source.origin),
        fields=dict(identity=group) if group_pattern else {},
    )
