"""The boxes of faces."""

from dataclasses import replace

import numpy as np

from .records import ABSENT, Box, Face, Problem, Source

BOX_KINDS = ('landmarks', 'given')
_NONE_GIVEN = 'face without a given box, its keypoints taken for one'


def check_box_kind(kind: str) -> None:
    """Check that a kind of box is known.

    Args:
        kind (str): One of ``BOX_KINDS``.

    Raises:
        ValueError: Another one.
    """
    if kind not in BOX_KINDS:
        raise ValueError(
            f'expected a kind of box among {", ".join(BOX_KINDS)}, got '
            f'{kind!r}'
        )


def face_box(face: Face, kind: str, padding: float = 0.0) -> np.ndarray:
    """Compute the box of a face.

    Args:
        face (Face): The face.
        kind (str): ``'landmarks'``, the tight box of the annotated
            keypoints, a square where they lie on a level or upright line;
            or ``'given'``, the data set's own.
        padding (float): Added on each side, as a fraction of the box's width
            and height. Defaults to 0.

    Returns:
        np.ndarray: x1, y1, x2, y2 (4,), image px.

    Raises:
        ValueError: An unknown kind, no such box, or one without an area.
    """
    check_box_kind(kind)
    if kind == 'given':
        box = np.array(face.box if face.box is not None else [np.nan] * 4)
    else:
        points = face.keypoints[face.flags != ABSENT]
        if not len(points):
            raise ValueError('no annotated keypoint')
        low, high = points.min(axis=0), points.max(axis=0)
        # Two eyes at the same height: as wide as high, as their crop is.
        flat = (high == low) * (high - low).max() / 2
        box = np.concatenate([low - flat, high + flat])
    size = box[2:] - box[:2]
    if not (np.isfinite(box).all() and (size > 0).all()):
        raise ValueError(f'no {kind} box with an area, got {box.tolist()}')
    margin = padding * size
    return np.concatenate([box[:2] - margin, box[2:] + margin])


def shift_box(box: Box | None, origin: int) -> Box | None:
    """Move a box of a file that counts pixels from ``origin``."""
    if box is None:
        return None
    left, top, right, bottom = box
    return left - origin, top - origin, right - origin, bottom - origin


def fill_boxes(source: Source) -> Source:
    """Give faces without a box that of their keypoints, if others have one.

    Args:
        source (Source): What a reader read.

    Returns:
        Source: With boxes and a problem for each; the same if no face has
        a box of its own.
    """
    if all(face.box is None for face in source.faces):
        return source
    problems, filled = list(source.problems), {}
    for face in source.faces:
        filled[face] = face
        known = face.keypoints[face.flags != ABSENT]
        if face.box is None and len(known):
            box = (*known.min(axis=0).tolist(), *known.max(axis=0).tolist())
            filled[face] = replace(face, box=box)
            text = f'{face.file} ({face.where})'
            problems.append(Problem(_NONE_GIVEN, text, serious=False))
    splits = {
        split: [filled[face] for face in faces]
        for split, faces in source.splits.items()
    }
    return replace(source, splits=splits, problems=problems)
