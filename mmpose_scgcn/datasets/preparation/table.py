"""Plain tables: an image and its keypoints in each row."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .pts import find_group
from .records import ABSENT, LABELED, Face, Problem, Source, parse_numbers

BOX_COLUMNS = ('x_min', 'y_min', 'x_max', 'y_max')


@dataclass(frozen=True)
class Columns:
    """Where a table has what.

    Args:
        file (int): Column of the image's name.
        coordinates (tuple[int, ...]): Columns x0, y0, x1, ...
        flags (tuple[int, ...]): Columns of the flags, or none.
        box (tuple[int, ...]): Columns of x_min, y_min, x_max and y_max, or
            none.
        width (int): Number of columns.
    """

    file: int
    coordinates: tuple[int, ...]
    flags: tuple[int, ...]
    box: tuple[int, ...]
    width: int


def read_tables(
    table: str | Path,
    images: str | Path | None = None,
    val: str | Path | None = None,
    test: str | Path | None = None,
    name: str = 'faces',
    origin: int = 0,
    group_pattern: str | None = None,
) -> Source:
    """Read CSV files of keypoints.

    A row is ``name, x0, y0, x1, y1, ...``, of any number of keypoints, as in
    the YouTube-Faces frames. With a header, columns ``v0, v1, ...`` are
    COCO's flags (0 not annotated, 1 occluded, 2 visible), and ``x_min,
    y_min, x_max, y_max`` a given box. An empty or ``nan`` coordinate is a
    keypoint that is not annotated. Commas, semicolons or tabs separate.

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

    Returns:
        Source: Splits ``trainval`` (or ``train`` and ``val``) and ``test``.

    Raises:
        FileNotFoundError: A table or the folder is not there.
        ValueError: A row of another form; the message has file and row.
    """
    files = dict(trainval=table, test=test)
    if val is not None:
        files = dict(train=table, val=val, test=test)
    folder = Path(images) if images else Path(table).parent
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: expected a folder of images')
    source = Source(name, {}, folder)
    for split, file in files.items():
        if file is not None:
            faces = read_table(Path(file), origin, group_pattern)
            source.splits[split] = faces
            source.problems += _repeated_names(faces, file)
    return source


def read_table(
    path: Path, origin: int = 0, group_pattern: str | None = None
) -> list[Face]:
    """Read the faces of one table; see :func:`read_tables`."""
    text = path.read_text(encoding='utf-8-sig')
    separator = max(',;\t', key=text[: text.find('\n')].count)
    rows = [
        (number, row)
        for number, row in enumerate(
            csv.reader(text.splitlines(), delimiter=separator), 1
        )
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        raise ValueError(f'{path}: expected rows, found none')
    header = rows[0][1] if _is_header(rows[0][1]) else None
    columns = _find_columns(header, len(rows[0][1]), path)
    return [
        _face(row, columns, f'{path}, row {number}', origin, group_pattern)
        for number, row in rows[header is not None :]
    ]


def _is_header(row: Sequence[str]) -> bool:
    """Tell a header: no image's name, or names or numbers of columns."""
    if not row[0].strip():
        return True
    try:
        cells = parse_numbers(list(row[1:]), '')
    except ValueError:
        return True
    if Path(row[0]).suffix:
        return False
    steps = np.arange(len(cells))
    return any(np.array_equal(cells, steps + first) for first in (0, 1))


def _find_columns(
    header: Sequence[str] | None, width: int, path: Path
) -> Columns:
    """Tell the columns by the header, or take x, y, x, y, ..."""
    names = [n.strip().lower() for n in header or [''] * width]
    flags = [i for i, n in enumerate(names) if re.fullmatch(r'v_?\d+', n)]
    box = [names.index(n) for n in BOX_COLUMNS if n in names]
    rest = [i for i in range(1, width) if i not in {*flags, *box}]
    if (
        not rest
        or len(rest) % 2
        or len(flags) not in (0, len(rest) // 2)
        or len(box) not in (0, 4)
    ):
        raise ValueError(
            f'{path}: expected columns name, x0, y0, x1, y1, ... (a header '
            f'may name v0, v1, ... and {", ".join(BOX_COLUMNS)}), got '
            f'{len(rest)} columns of coordinates, {len(flags)} of flags and '
            f'{len(box)} of a box'
        )
    return Columns(0, tuple(rest), tuple(flags), tuple(box), width)


def _face(
    row: Sequence[str],
    columns: Columns,
    where: str,
    origin: int,
    group_pattern: str | None,
) -> Face:
    """Make the record of one row."""
    if len(row) != columns.width:
        raise ValueError(
            f'{where}: expected {columns.width} fields, got {len(row)}'
        )
    file = row[columns.file].strip().replace('\\', '/')
    if not file:
        raise ValueError(f'{where}: expected the name of an image')
    cells = parse_numbers(list(row[1:]), where)
    points = _take(cells, columns.coordinates).reshape(-1, 2) - origin
    known = np.isfinite(points).all(axis=1)
    flags = np.full(len(points), LABELED)
    if columns.flags:
        flags = _flags(_take(cells, columns.flags), where)
    box = tuple((_take(cells, columns.box) - origin).tolist())
    try:
        group = find_group(file, group_pattern)
    except ValueError as error:
        raise ValueError(f'{where}: {error}') from error
    return Face(
        file,
        points,
        np.where(known, flags, ABSENT),
        where,
        group,
        box=box or None,
        fields=dict(identity=group) if group_pattern else {},
    )


def _take(cells: np.ndarray, columns: tuple[int, ...]) -> np.ndarray:
    """Take the numbers of some columns; the first column is the name."""
    return cells[[c - 1 for c in columns]] if columns else np.empty(0)


def _flags(values: np.ndarray, where: str) -> np.ndarray:
    """Check COCO's flags."""
    if not np.isin(values, (0, 1, 2)).all():
        raise ValueError(f'{where}: expected flags 0, 1 or 2')
    return values.astype(int)


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
