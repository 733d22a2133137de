"""Coordinates that are no pixels: told, refused or converted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from .records import ABSENT, Face, Source

#: What a unit of the files is, as a share of the image's width or height.
UNITS = {'auto': None, 'pixels': None, 'fractions': 1.0, 'percent': 0.01}
#: Faces whose longer side is below this are no faces, px.
SMALLEST = 4.0
#: From this side on, images are much larger than 100 px.
_LARGE = 200.0
_FRACTION = 1.5
Sizes = Mapping[str, tuple[int, int]]


def to_pixels(source: Source, sizes: Sizes, units: str) -> Source:
    """Convert fractions or percent of the images to pixels.

    Args:
        source (Source): What a reader returned.
        sizes (Mapping): Width and height by image, px.
        units (str): One of :data:`UNITS`.

    Returns:
        Source: In pixels; the same where it was so. 0 is the left or upper
        edge of the image, 1 or 100 the other one.

    Raises:
        ValueError: Another unit.
    """
    if units not in UNITS:
        raise ValueError(
            f'expected units among {", ".join(UNITS)}, got {units!r}'
        )
    share = UNITS[units]
    if share is None:
        return source
    scaled = {
        face: _scale(face, share * np.array(sizes[face.file]), source.origin)
        for face in source.faces
        if face.file in sizes
    }
    splits = {
        split: [scaled.get(face, face) for face in faces]
        for split, faces in source.splits.items()
    }
    return replace(source, splits=splits)


def _scale(face: Face, size: np.ndarray, origin: int) -> Face:
    """Scale the coordinates of a face to an image's size (w, h).

    A fraction counts from the edge of the first pixel, half a pixel before
    its centre.
    """

    def convert(points: np.ndarray) -> np.ndarray:
        return (points + origin) * size - 0.5

    box = face.box
    if box is not None:
        corners = convert(np.reshape(box, (2, 2)))
        box = tuple(corners.ravel().tolist())
    return replace(face, keypoints=convert(face.keypoints), box=box)


def check_units(source: Source, sizes: Sizes) -> None:
    """Refuse coordinates that cannot be pixels of their images.

    Args:
        source (Source): What a reader returned.
        sizes (Mapping): Width and height by image, px.

    Raises:
        ValueError: Most faces are a few pixels wide or outside of their
            image, or all lie within 0 to 1, or 0 to 100 of large images.
    """
    for split, members in source.splits.items():
        faces = _measurable(members, sizes)
        try:
            if faces:
                _check_faces(faces, sizes, source.origin)
        except ValueError as error:
            raise ValueError(f'{split}: {error}') from error


def _check_faces(faces: Sequence[Face], sizes: Sizes, origin: int) -> None:
    """Check the faces of a split."""
    limits = np.array([_limits(f, origin) for f in faces])
    low, high = limits[:, 0], limits[:, 1]
    shape = np.array([sizes[face.file] for face in faces])
    width, height = np.median(shape, axis=0).astype(int).tolist()
    images = f'although the images have {width} x {height} px (median)'
    within = f'all coordinates lie within {low.min():g} and {high.max():g}'
    if max(-low.min(), high.max()) <= _FRACTION:
        if low.min() < -0.25 or high.max() < 0.25:
            raise ValueError(
                f'{within}, {images}: expected pixels, got normalised or '
                'metric coordinates; convert them first'
            )
        _refuse(f'{within}, {images}', 'fractions of the image')
    percent = low.min() >= -1 and high.max() <= 101
    if percent and np.median(shape.min(axis=1)) >= _LARGE:
        _refuse(f'{within}, {images}', 'percent of the image')
    # A single keypoint has no size.
    several = np.array([(f.flags != ABSENT).sum() > 1 for f in faces])
    small = (several & ((high - low).max(axis=1) < SMALLEST)).sum()
    if small > len(faces) / 2:
        _refuse(
            f'{small} of {len(faces)} faces are smaller than {SMALLEST:g} px'
        )
    outside = _most_outside(faces, sizes)
    if outside:
        _refuse(f'{outside}, {images} and {within}')


def check_converted(source: Source, sizes: Sizes, units: str) -> None:
    """Refuse coordinates that were no such units.

    Args:
        source (Source): What :func:`to_pixels` returned.
        sizes (Mapping): Width and height by image, px.
        units (str): What it was told.

    Raises:
        ValueError: Most faces of a split are outside of their image.
    """
    for split, members in source.splits.items():
        faces = _measurable(members, sizes)
        outside = _most_outside(faces, sizes)
        if outside:
            raise ValueError(
                f'{split}: taken for {units} of the image, {outside}; are '
                'they pixels? Without --units that is found out'
            )


def _measurable(members: Sequence[Face], sizes: Sizes) -> list[Face]:
    """Keep faces with a keypoint, in images whose size is known."""
    return [
        face
        for face in members
        if face.file in sizes and (face.flags != ABSENT).any()
    ]


def _most_outside(faces: Sequence[Face], sizes: Sizes) -> str:
    """Say that most faces are outside of their image; empty if not."""
    count = sum(_is_outside(f, np.array(sizes[f.file])) for f in faces)
    if count <= len(faces) / 2:
        return ''
    return (
        f'{count} of {len(faces)} faces have most of their keypoints outside '
        'of their image'
    )


def _limits(face: Face, origin: int) -> np.ndarray:
    """Give the smallest and largest x and y as the file has them (2, 2)."""
    points = face.keypoints[face.flags != ABSENT] + origin
    return np.stack([points.min(axis=0), points.max(axis=0)])


def _is_outside(face: Face, size: np.ndarray) -> bool:
    """Tell whether most keypoints lie outside of the image."""
    points = face.keypoints[face.flags != ABSENT]
    outside = (points < -0.5) | (points > size - 0.5)
    return bool(outside.any(axis=1).mean() > 0.5)


def _refuse(what: str, unit: str | None = None) -> None:
    """Say what is wrong and which option is right."""
    hint = 'expected pixels of these images, not of larger copies'
    if unit:
        word = unit.split()[0]
        hint = f'these look like {unit}: say --units {word}'
    raise ValueError(
        f'{what}: {hint} (if they are right as they are, --units pixels)'
    )
