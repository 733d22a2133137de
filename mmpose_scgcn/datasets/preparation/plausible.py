"""Faces that cannot be right: too small, far away, beside their box."""

from collections.abc import Iterator

import numpy as np

from .records import ABSENT, Face, Problem, Source
from .units import SMALLEST, Sizes

#: As often as this, keypoints on an edge are no accident.
_OFTEN = 3
#: A keypoint is far from its face beyond so many median distances.
_FAR = 6.0
#: x and y of a face that correlate more than this lie on a line.
_LINE = 0.9


def find_implausible(source: Source, sizes: Sizes) -> list[Problem]:
    """Find faces and sets that cannot be right.

    Args:
        source (Source): Faces in pixels.
        sizes (Mapping): Width and height by image, px.

    Returns:
        list[Problem]: Serious ones, but for official sets, whose users cannot
        mend them.
    """
    serious = not source.expected
    faces = [face for face in source.faces if face.file in sizes]
    found = [
        Problem(kind, f'{face.file} ({face.where}): {text}', serious)
        for face in faces
        for kind, text in _of_face(face, np.array(sizes[face.file]))
    ]
    return [
        *found,
        *(Problem(*told, serious) for told in _of_set(source, faces, sizes)),
    ]


def _of_face(face: Face, size: np.ndarray) -> Iterator[tuple[str, str]]:
    """Find what is wrong with a face in an image of some size (w, h)."""
    points = face.keypoints[face.flags != ABSENT]
    if not len(points):
        return
    low, high = points.min(axis=0), points.max(axis=0)
    side = float((high - low).max())
    if side < SMALLEST and len(points) > 1:
        yield f'face smaller than {SMALLEST:g} px', f'{side:.2g} px'
    outside = ((points < -0.5) | (points > size - 0.5)).any(axis=1)
    if outside.all():
        yield 'no keypoint inside the image', _corners(low, high)
    else:
        yield from _far(points, outside)
    if face.box is not None:
        yield from _beside(points, np.array(face.box))


def _far(points: np.ndarray, outside: np.ndarray) -> Iterator[tuple[str, str]]:
    """Find keypoints (N, 2) outside of the image and far from the others."""
    distance = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    far = points[outside & (distance > _FAR * np.median(distance))]
    if len(far):
        first = ', '.join(f'({x:g}, {y:g})' for x, y in far[:3].round(2))
        values = 'negative' if (far < 0).any() else 'VALUE'
        yield (
            'keypoint outside the image and far from its face',
            f'{first}; if that means "not annotated", say --missing={values}',
        )


def _beside(points: np.ndarray, box: np.ndarray) -> Iterator[tuple[str, str]]:
    """Find a given box that is none of the keypoints (N, 2)."""
    size = box[2:] - box[:2]
    corners = _corners(box[:2], box[2:])
    if not (size > 0).all():
        yield 'given box without an area', corners
        return
    margin = 0.25 * size
    inside = (points >= box[:2] - margin) & (points <= box[2:] + margin)
    count = int(inside.all(axis=1).sum())
    if count < len(points) / 2:
        text = f'{count} of {len(points)} in {corners}'
        yield 'given box that does not hold the keypoints', text


def _of_set(
    source: Source, faces: list[Face], sizes: Sizes
) -> Iterator[tuple[str, str]]:
    """Find what only all faces together tell."""
    origin = _other_origin(source, faces, sizes)
    if origin is not None:
        yield (
            'pixels that seem to count from another number',
            f'keypoints lie on the edges of images that count from {origin}, '
            f'and are outside where they count from {source.origin}: say '
            f'--origin {origin}',
        )
    boxed = [f for f in faces if f.box is not None and f.flags.any()]
    out = sum(_reaches_out(face, sizes[face.file]) for face in boxed)
    if out > max(1, len(boxed) / 4) and all(map(_holds_corners, boxed)):
        yield (
            'given boxes whose width and height seem to be right and bottom',
            f'{out} of {len(boxed)} boxes reach out of their image, and all '
            'would fit as corners: call the columns left, top, right, bottom',
        )
    lines = [_on_a_line(face) for face in faces]
    if faces and np.mean(lines) > 0.5:
        yield (
            'keypoints that lie on a diagonal line',
            f'{sum(lines)} of {len(faces)} faces: are the columns x0, x1, '
            '..., y0, y1, ...? Give the table a header',
        )


def _other_origin(
    source: Source, faces: list[Face], sizes: Sizes
) -> int | None:
    """Tell whether the files count pixels from another number.

    Where keypoints are kept inside of their image, some lie on its edges:
    0 and width - 1, or 1 and width.
    """
    first, last, below, above = 0, 0, 0, 0
    for face in faces:
        points = face.keypoints[face.flags != ABSENT] + source.origin
        size = np.array(sizes[face.file])
        first += int(((points >= 0) & (points < 0.5)).sum())
        last += int(((points > size - 0.5) & (points <= size)).sum())
        below += int((points < 0).sum())
        above += int((points > size).sum())
    if below or above:
        return None
    if source.origin == 0 and last >= _OFTEN and not first:
        return 1
    if source.origin == 1 and first >= _OFTEN and not last:
        return 0
    return None


def _reaches_out(face: Face, size: tuple[int, int]) -> bool:
    """Tell a given box that ends beyond its image (w, h)."""
    box = np.array(face.box)
    return bool((box[2:] > np.array(size) + 1).any())


def _holds_corners(face: Face) -> bool:
    """Tell a given box whose sizes would do as its right and bottom."""
    box = np.array(face.box)
    corner = box[2:] - box[:2]
    points = face.keypoints[face.flags != ABSENT]
    inside = (points <= corner * 1.1).all(axis=1)
    return bool((corner > box[:2]).all() and inside.mean() > 0.5)


def _on_a_line(face: Face) -> bool:
    """Tell whether the keypoints lie on a line from top left."""
    x, y = face.keypoints[face.flags != ABSENT].T
    if len(x) < 5 or not x.std() or not y.std():
        return False
    return bool(np.corrcoef(x, y)[0, 1] > _LINE)


def _corners(low: np.ndarray, high: np.ndarray) -> str:
    """Write a box."""
    left, top, right, bottom = np.concatenate([low, high]).round(1).tolist()
    return f'({left:g}, {top:g}) to ({right:g}, {bottom:g})'
