"""Plain tables: an image and its keypoints in each row."""

from collections.abc import Sequence
from pathlib import Path

from mmpose_scgcn.structures.limits import check_count

from .boxes import fill_boxes
from .column_map import map_columns
from .columns import Columns, find_columns, plain_columns
from .delimited import Row
from .keypoint_order import same_order
from .missing import mark_missing, parse_missing
from .plain_table import check_plain
from .records import Face, Source
from .rows import parse_cells, read_rows, split_header
from .table_faces import image_sizes, make_faces, without_confidences
from .table_images import find_images
from .table_problems import table_problems


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
        ValueError: A column that is not known, a row of another form, or a
            table of other keypoints than the first one; the message has the
            file, and the row if there is one.
    """
    files = dict(trainval=table, test=test)
    if val is not None:
        files = dict(train=table, val=val, test=test)
    folder = Path(images) if images else Path(table).parent
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: expected a folder of images')
    source = Source(name, {}, folder, origin=origin)
    wanted: tuple[str, ...] = ()
    for split, file in files.items():
        if file is not None:
            faces, told, sizes = read_table(
                Path(file), origin, group_pattern, columns, encoding
            )
            if not source.splits:
                source.names, wanted = told.names, told.keypoints
            faces = same_order(faces, told.keypoints, wanted, file)
            source.splits[split] = faces
            source.declared |= sizes
            source.problems += table_problems(faces, told, file)
            source.notes += tuple(f'{file}: {note}' for note in told.notes)
    source = find_images(source)
    return fill_boxes(mark_missing(source, parse_missing(missing)))


def read_table(
    path: Path,
    origin: int = 0,
    group_pattern: str | None = None,
    columns: str | None = None,
    encoding: str | None = None,
) -> tuple[list[Face], Columns, dict[str, tuple[int, int]]]:
    """Read one table: faces, what its columns hold, and sizes of images.

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
    check_count(len(told.x), str(path))
    numbers = parse_cells(rows, told, path)
    if told.plain:
        check_plain(numbers, told, path)
    told = without_confidences(told, numbers)
    faces = make_faces(rows, numbers, told, path, origin, group_pattern)
    return faces, told, image_sizes(faces, numbers, told)


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
