"""The faces of a table: names, keypoints, flags and boxes of its rows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from .columns import Columns
from .delimited import Row
from .groups import find_group
from .records import ABSENT, LABELED, VISIBLE, Box, Face


def without_confidences(columns: Columns, numbers: np.ndarray) -> Columns:
    """Take visibilities that are fractions for confidences, not used.

    Args:
        columns (Columns): What the columns hold.
        numbers (np.ndarray): (N, C).

    Returns:
        Columns: Without such marks.
    """
    marks = numbers[:, columns.marks]
    fractions = (marks > 0) & (marks < 1)
    if columns.mark_kind != 'visible' or not fractions.any():
        return columns
    note = 'not used, visibilities: fractions, as confidences are'
    return replace(columns, marks=(), notes=(*columns.notes, note))


def make_faces(
    rows: Sequence[Row],
    numbers: np.ndarray,
    columns: Columns,
    path: Path,
    origin: int,
    group_pattern: str | None,
) -> list[Face]:
    """Make the records of all rows.

    Args:
        rows (Sequence[Row]): N rows.
        numbers (np.ndarray): (N, C), NaN where there is no number.
        columns (Columns): What the C columns hold.
        path (Path): Of the table.
        origin (int): Coordinates of the first pixel's centre in it.
        group_pattern (str, optional): See :func:`.groups.find_group`.

    Returns:
        list[Face]: N faces.

    Raises:
        ValueError: No name of an image, a flag that is not known, or a
            pattern that does not fit; the message has the row.
    """
    points = (
        np.stack([numbers[:, columns.x], numbers[:, columns.y]], axis=-1)
        - origin
    )
    known = np.isfinite(points).all(axis=-1)
    flags = _flags(rows, numbers, columns, path, known)
    boxes = _boxes(numbers, columns.box, origin)
    faces = []
    for index, row in enumerate(rows):
        where = f'{path}, row {row.number}'
        file = _file(row.cells[columns.file], where)
        try:
            group = find_group(file, group_pattern)
        except ValueError as error:
            raise ValueError(f'{where}: {error}') from error
        faces.append(
            Face(
                file,
                points[index],
                flags[index],
                where,
                group,
                box=boxes[index],
                fields=dict(identity=group) if group_pattern else {},
            )
        )
    return faces


def _file(cell: str, where: str) -> str:
    """Check the name of an image."""
    file = cell.strip().replace('\\', '/')
    if not file or len(file) > 1000:
        got = f', got {len(file)} characters' if file else ''
        if set(file) <= set('0123456789 ') and file:
            got = ', got its pixels; write each image to a file first'
        raise ValueError(f'{where}: expected the name of an image{got}')
    if '://' in file:
        return file
    return PurePosixPath(file).as_posix()  # without ./ and //


def _flags(
    rows: Sequence[Row],
    numbers: np.ndarray,
    columns: Columns,
    path: Path,
    known: np.ndarray,
) -> np.ndarray:
    """Make COCO's flags (N, K) of the marks of the known keypoints."""
    if not columns.marks:
        return np.where(known, LABELED, ABSENT)
    marks = numbers[:, columns.marks]
    kind = columns.mark_kind
    is_coco = kind == 'v' or (kind == 'visible' and (marks == 2).any())
    allowed = (0, 1, 2) if is_coco else (0, 1)
    wrong = (known & ~np.isin(marks, allowed)).any(axis=1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f'{path}, row {rows[row].number}: expected flags '
            f'{" or ".join(map(str, allowed))} ({kind}), got '
            f'{marks[row].tolist()}'
        )
    if is_coco:
        return np.where(known, marks, ABSENT).astype(int)
    shown = np.where(marks == (kind == 'visible'), VISIBLE, LABELED)
    return np.where(known, shown, ABSENT)


def _boxes(
    numbers: np.ndarray, columns: dict[str, int], origin: int
) -> list[Box | None]:
    """Make the corners of the given boxes; None where cells are empty."""
    if not columns:
        return [None] * len(numbers)
    side = {name: numbers[:, index] for name, index in columns.items()}
    if 'center_x' in side:
        side['left'] = side['center_x'] - side['width'] / 2
        side['top'] = side['center_y'] - side['height'] / 2
    right = side['right'] if 'right' in side else side['left'] + side['width']
    bottom = (
        side['bottom'] if 'bottom' in side else side['top'] + side['height']
    )
    corners = np.stack([side['left'], side['top'], right, bottom], axis=1)
    return [
        None if np.isnan(box).any() else tuple(box.tolist())
        for box in corners - origin
    ]


def image_sizes(
    faces: Sequence[Face], numbers: np.ndarray, columns: Columns
) -> dict[str, tuple[int, int]]:
    """Give width and height of the images, where the table has them.

    Args:
        faces (Sequence[Face]): N faces.
        numbers (np.ndarray): (N, C).
        columns (Columns): What the C columns hold.

    Returns:
        dict[str, tuple[int, int]]: By file, px.
    """
    if not columns.size:
        return {}
    values = numbers[:, columns.size]
    return {
        face.file: (int(width), int(height))
        for face, (width, height) in zip(faces, values, strict=True)
        if width > 0 and height > 0
    }
