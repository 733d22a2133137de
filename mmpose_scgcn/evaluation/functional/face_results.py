"""The per-face results file: one CSV row for each face."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmpose_scgcn.files import read_text, replace_file

import numpy as np

#: Columns that every results file has, in this order. ``nme`` is a fraction,
#: ``inf`` for a prediction that is not finite and empty for a face that
#: cannot be scored, with the reason in ``fault``; ``normalizer`` is in image
#: px. Columns ``subset:NAME`` hold 0 or 1.
REQUIRED = ('id', 'img_path', 'nme', 'normalizer', 'num_visible', 'fault')
TEXT = ('id', 'img_path', 'fault')
SUBSET = 'subset:'


def write_face_results(
    path: str | Path, columns: Mapping[str, Sequence]
) -> None:
    """Write per-face results, whole or not at all.

    Args:
        path (str | Path): CSV file; its folder is made where missing.
        columns (Mapping[str, Sequence]): At least ``REQUIRED``, each (N,).
    """
    with (
        replace_file(path) as partial,
        partial.open('w', encoding='utf-8', newline='') as file,
    ):
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow([_cell(value) for value in row])


def check_replaceable(path: str | Path) -> None:
    """Check that per-face results may be written in the place of a file.

    Args:
        path (str | Path): CSV file; it may be missing.

    Raises:
        OSError: It cannot be read.
        ValueError: It is there, and something else.
    """
    if not Path(path).exists():
        return
    with open(path, 'rb') as file:
        start = file.read(200)
    expected = ','.join(REQUIRED[:3]).encode()
    if start and not start.startswith(expected):
        raise ValueError(
            f'{path} is no file of per-face results, which would replace it; '
            'choose another file to write to'
        )


def read_face_results(path: str | Path) -> dict[str, np.ndarray]:
    """Read a file that :func:`write_face_results` wrote.

    Args:
        path (str | Path): CSV file.

    Returns:
        dict: Each column (N,): strings for ``TEXT``, booleans for
        ``subset:NAME``, float64 otherwise, with NaN for empty cells.

    Raises:
        ValueError: A file without the ``REQUIRED`` columns, a row with
            other cells than the header has, or a cell that holds something
            else; the message has file and row.
    """
    names, rows = _read_rows(path)
    if not set(REQUIRED) <= set(names):
        raise ValueError(
            f'{path} is no per-face results file: expected columns '
            f'{REQUIRED}, got {tuple(names)}'
        )
    for number, cells in rows.items():
        if len(cells) != len(names):
            raise ValueError(
                f'{path}, row {number}: expected {len(names)} cells, as the '
                f'header, got {len(cells)}; is the file cut off?'
            )
    return {
        name: _parse(name, {n: cells[i] for n, cells in rows.items()}, path)
        for i, name in enumerate(names)
    }


def _read_rows(path: str | Path) -> tuple[list[str], dict[int, list[str]]]:
    """Read the header, and the rows that are not empty by their numbers."""
    # What an image is called, or what is wrong with it, may hold zeros.
    text = read_text(path, zeros=True)
    table = csv.reader(io.StringIO(text, newline=''))
    try:
        rows = dict(enumerate(table, 1))
    except csv.Error as error:
        raise ValueError(
            f'{path}, line {table.line_num}: expected cells of a table, but '
            f'{error}'
        ) from error
    names = rows.pop(1, [])
    return names, {number: cells for number, cells in rows.items() if cells}


def _cell(value: object) -> object:
    """Write numbers so that they read back exactly, and NaN as nothing."""
    if isinstance(value, bool | np.bool_):
        return int(value)
    if isinstance(value, float | np.floating):
        return '' if np.isnan(value) else repr(float(value))
    return value


def _parse(
    name: str, cells: Mapping[int, str], path: str | Path
) -> np.ndarray:
    """Read one column, by the numbers of its rows."""
    if name in TEXT:
        return np.array(list(cells.values()), dtype=str)
    is_subset = name.startswith(SUBSET)
    values = []
    for number, cell in cells.items():
        try:
            values.append(_flag(cell) if is_subset else float(cell or 'nan'))
        except ValueError:
            wanted = '0 or 1' if is_subset else 'a number'
            raise ValueError(
                f'{path}, row {number}: expected {wanted} as {name}, got '
                f'{cell!r:.40}'
            ) from None
    return np.array(values, dtype=bool if is_subset else float)


def _flag(cell: str) -> bool:
    """Read 0 or 1."""
    if cell not in ('0', '1'):
        raise ValueError
    return cell == '1'
