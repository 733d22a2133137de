"""Plain tables: an image and its keypoints in each row."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .column_map import map_columns
from .columns import Columns, find_columns, plain_columns
from .groups import find_group
from .keypoint_order import same_order
from .missing import mark_missing, parse_missing
from .plain_table import check_plain
from .records import ABSENT, LABELED, VISIBLE, Face, Problem, Source
from .rows import Row, parse_cells, read_rows, split_header


def read_tables(
    table: str | Path,
    images: str | Path | None = None,
    val: str | Path | None = None,
    test: str | Path | None = None,
    name: str = 'faces',
    origin: int = 0,
    group_pattern: str | None = None,
    columns: str | None = None,
    missing: str = 'auto',
    encoding: str | None = None,
) -> Source:
    """Read CSV files of keypoints.

    A header says what the columns hold, in whatever order
    (:func:`.columns.find_columns`). Without one, or where it only counts, a
    row is ``name, x0, y0, x1, y1, ...``, as in the YouTube-Faces frames.
    Commas, semicolons or tabs separate. A coordinate that is empty, ``nan``
    or ``NA`` is a keypoint that is not annotated.

    Args:
        table (str | Path): Training (and validation) faces.
        images (str | Path, optional): Folder of the images. Defaults to the
            table's.
        val (str | Path, optional): Table of a validation set, if there is a
            given one.
        test (str | Path, optional): Table of a test set.
        name (str): Of the data set. Defaults to ``'faces'``.
        origin (int): Coordinates of the first pixel's centre in the tables.
            Defaults to 0.
        group_pattern (str, optional): Regular expression whose first group,
            found in the image's name, is the identity or source; annotations
            then have it as ``identity``.
        columns (str, optional): What the columns hold, where their names do
            not say it (:func:`.column_map.map_columns`).
        missing (str): Coordinates that mean "not annotated"
            (:func:`.missing.parse_missing`). Defaults to ``'auto'``.
        encoding (str, optional): Of the tables. Defaults to UTF-8 or what
            their byte order mark says.

    Returns:
        Source: Splits ``trainval`` (or ``train`` and ``val``) and ``test``.

    Raises:
        FileNotFoundError: A table or the folder is not there.
        ValueError: A column that is not known, or a row of another form; the
            message has file and row.
    """
    files = dict(trainval=table, test=test)
    if val is not None:
        files = dict(train=table, val=val, test=test)
    folder = Path(images) if images else Path(table).parent
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: expected a folder of images')
    source = Source(name, {}, folder, origin=origin)
    for split, file in files.items():
        if file is not None:
            faces, told = read_table(
                Path(file), origin, group_pattern, columns, encoding
            )
            names = source.names = source.names or told.names
            faces = same_order(faces, told.names, names, file)
            source.splits[split] = faces
            source.problems += _repeated_names(faces, file)
            source.notes += tuple(f'{file}: {note}' for note in told.notes)
    return mark_missing(source, parse_missing(missing))


def read_table(
    path: Path,
    origin: int = 0,
    group_pattern: str | None = None,
    columns: str | None = None,
    encoding: str | None = None,
) -> tuple[list[Face], Columns]:
    """Read the faces of one table, and what its columns hold.

    See :func:`read_tables`.
    """
    rows = read_rows(path, encoding)
    if rows[0].cells[0].strip().lower() == 'scorer':
        raise ValueError(
            f"{path}: expected a table, got DeepLabCut's labels; they are of "
            'the kind dlc'
        )
    header, rows = split_header(rows, path)
    try:
        told = _find_columns(header, rows, columns)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    numbers = parse_cells(rows, told, path)
    if told.plain:
        check_plain(numbers, told, path)
    told = _without_confidences(told, numbers)
    return _faces(rows, numbers, told, path, origin, group_pattern), told


def _find_columns(
    header: Sequence[str] | None, rows: Sequence[Row], columns: str | None
) -> Columns:
    """Tell the columns by the header, by the user, or take the plain form."""
    if header is None:
        if columns:
            raise ValueError('--columns names columns, but there is no header')
        return plain_columns(len(rows[0].cells), ['no header'])
    mapped = map_columns(columns, header) if columns else None
    return find_columns(header, rows[0].cells, mapped)


def _without_confidences(columns: Columns, numbers: np.ndarray) -> Columns:
    """Take visibilities that are fractions for confidences, not used."""
    marks = numbers[:, columns.marks]
    fractions = (marks > 0) & (marks < 1)
    if columns.mark_kind != 'visible' or not fractions.any():
        return columns
    note = 'not used, visibilities: fractions, as confidences are'
    return replace(columns, marks=(), notes=(*columns.notes, note))


def _faces(
    rows: Sequence[Row],
    numbers: np.ndarray,
    columns: Columns,
    path: Path,
    origin: int,
    group_pattern: str | None,
) -> list[Face]:
    """Make the records of all rows."""
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
                box=boxes[index] if boxes else None,
                fields=dict(identity=group) if group_pattern else {},
            )
        )
    return faces


def _file(cell: str, where: str) -> str:
    """Check the name of an image."""
    file = cell.strip().replace('\\', '/')
    if not file or len(file) > 1000:
        got = f', got {len(file)} characters' if file else ''
        raise ValueError(f'{where}: expected the name of an image{got}')
    return file


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
) -> list[tuple[float, float, float, float]]:
    """Make the corners of the given boxes."""
    if not columns:
        return []
    side = {name: numbers[:, index] for name, index in columns.items()}
    if 'center_x' in side:
        side['left'] = side['center_x'] - side['width'] / 2
        side['top'] = side['center_y'] - side['height'] / 2
    right = side['right'] if 'right' in side else side['left'] + side['width']
    bottom = (
        side['bottom'] if 'bottom' in side else side['top'] + side['height']
    )
    corners = np.stack([side['left'], side['top'], right, bottom], axis=1)
    return [tuple(box) for box in (corners - origin).tolist()]


def _repeated_names(faces: list[Face], file: str | Path) -> list[Problem]:
    """Find images named by several rows."""
    first: dict[str, str] = {}
    problems = []
    for face in faces:
        if face.file in first:
            text = f'{face.file}: {first[face.file]}, and {face.where}'
            problems.append(Problem('image named by several rows', text))
        first.setdefault(face.file, face.where)
    return problems
