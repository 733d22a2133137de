"""The per-face results file: one CSV row for each face."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmpose_scgcn.files import replace_file

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
        ValueError: A file without the ``REQUIRED`` columns.
    """
    with open(path, newline='', encoding='utf-8') as file:
        reader = csv.DictReader(file)
        names = list(reader.fieldnames or ())
        rows = list(reader)
    if not set(REQUIRED) <= set(names):
        raise ValueError(
            f'{path} is no per-face results file: expected columns '
            f'{REQUIRED}, got {tuple(names)}'
        )
    return {name: _parse(name, [row[name] for row in rows]) for name in names}


def _cell(value: object) -> object:
    """Write numbers so that they read back exactly, and NaN as nothing."""
    if isinstance(value, bool | np.bool_):
        return int(value)
    if isinstance(value, float | np.floating):
        return '' if np.isnan(value) else repr(float(value))
    return value


def _parse(name: str, cells: list[str]) -> np.ndarray:
    """Read one column."""
    if name in TEXT:
        return np.array(cells, dtype=str)
    if name.startswith(SUBSET):
        return np.array([cell == '1' for cell in cells], dtype=bool)
    return np.array([float(cell or 'nan') for cell in cells], dtype=float)
