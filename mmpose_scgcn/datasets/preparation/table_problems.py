"""What may be wrong with the rows of a table."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .columns import Columns
from .records import ABSENT, VISIBLE, Face, Problem


def table_problems(
    faces: Sequence[Face], columns: Columns, file: str | Path
) -> list[Problem]:
    """Find what the rows of a table make doubtful.

    Args:
        faces (Sequence[Face]): Of the rows.
        columns (Columns): What the columns hold.
        file (str | Path): The table.

    Returns:
        list[Problem]: Serious ones, but for faces that lie apart in one
        image.
    """
    problems = [*_repeated_names(faces), *_doubtful_flags(faces, columns)]
    if columns.gaps:
        kind = 'numbers of keypoints that no column has'
        text = f'{file}: {columns.gaps}; keypoints are numbered anew from 0'
        problems.append(Problem(kind, text))
    return problems


def _repeated_names(faces: Sequence[Face]) -> list[Problem]:
    """Find images named by several rows; faces that lie apart may be."""
    earlier: dict[str, list[Face]] = {}
    problems = []
    for face in faces:
        others = earlier.setdefault(face.file, [])
        same = next((o for o in others if _overlap(o, face)), None)
        if same or others:
            text = (
                f'{face.file}: {(same or others[0]).where}, and {face.where}'
            )
            kind = 'one face in several rows, or several that overlap'
            if not same:
                kind = 'several faces in one image'
            problems.append(Problem(kind, text, serious=same is not None))
        others.append(face)
    return problems


def _overlap(first: Face, second: Face) -> bool:
    """Tell whether the middle of a face lies within the other one."""
    a = first.keypoints[first.flags != ABSENT]
    b = second.keypoints[second.flags != ABSENT]
    if not len(a) or not len(b):
        return True  # nothing says that they are apart
    inside = [
        bool((p.min(axis=0) <= q.mean(axis=0)).all())
        and bool((q.mean(axis=0) <= p.max(axis=0)).all())
        for p, q in ((a, b), (b, a))
    ]
    return any(inside)


def _doubtful_flags(faces: Sequence[Face], columns: Columns) -> list[Problem]:
    """Find v of 0 and 1 alone beside coordinates: do they mean hidden?"""
    if columns.mark_kind != 'v' or not columns.marks:
        return []
    if any((face.flags == VISIBLE).any() for face in faces):
        return []
    count, where = 0, ''
    for face in faces:
        absent = face.keypoints[face.flags == ABSENT]
        placed = int((np.nan_to_num(absent) > 0).all(axis=1).sum())
        count += placed
        where = where or (face.where if placed else '')
    if not count:
        return []
    text = (
        f'{count} keypoints with coordinates, the first ones in {where}: '
        'taken for not annotated, as in COCO; if 0 means hidden, say '
        '--columns "visible=..."'
    )
    return [Problem('v of 0 beside coordinates, and no v of 2', text)]
