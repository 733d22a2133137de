"""Tables that pandas wrote to HDF5, read with h5py alone."""

from collections.abc import Sized
from pathlib import Path
from typing import Any

from mmpose_scgcn.pickles import read_plain

import numpy as np

from .hdf import check_size, open_hdf, read_values

_FORM = "expected DeepLabCut's labels as pandas writes them (df_with_missing)"
_HINT = (
    'h5py reads H5 files: pip install h5py; or give the CSV file that '
    'DeepLabCut writes beside it'
)
Frame = tuple[dict[str, list[str]], list[list[str]], np.ndarray]


def read_frame(path: Path) -> Frame:
    """Read a table whose columns have several names each.

    Both forms of pandas are read: "fixed", which DeepLabCut writes, and
    "table", which it wrote when names of images were one text.

    Args:
        path (Path): The file.

    Returns:
        tuple[dict, list, np.ndarray]: Names of the C columns by level, names
        of the N rows (one or more texts each), and numbers (N, C).

    Raises:
        ModuleNotFoundError: h5py is not installed.
        ValueError: No such file.
    """
    try:
        with open_hdf(path, _HINT) as file:
            key = 'df_with_missing'
            group = file.get(key) or next(iter(file.values()), None)
            if group is None or 'pandas_type' not in group.attrs:
                raise ValueError(f'{_FORM}, got {", ".join(file) or "none"}')
            if 'table' in group:
                return _read_table(group, path)
            return _read_fixed(group, path)
    except (FileNotFoundError, ModuleNotFoundError):
        raise
    except Exception as error:  # damage ends it in many ways
        told = f'{error}'.removeprefix(f'{path}: ')
        raise ValueError(f'{path}: {told}') from error


def _read_fixed(group: Any, path: Path) -> Frame:
    """Read the form "fixed": columns in blocks, names as codes of levels."""
    names, columns = _index(group, 'axis0', path)
    _, rows = _index(group, 'axis1', path)
    position = {column: i for i, column in enumerate(columns)}
    numbers = _nothing(rows, columns, path)
    for block in range(int(group.attrs['nblocks'])):
        _, items = _index(group, f'block{block}_items', path)
        values = group[f'block{block}_values']
        cells = read_values(values, path)
        cells = cells if values.attrs.get('transposed') else cells.T
        numbers[:, [position[item] for item in items]] = cells
    return _levels(names, columns), [list(row) for row in rows], numbers


def _nothing(rows: Sized, columns: Sized, path: Path) -> np.ndarray:
    """Make a table without numbers."""
    check_size(8 * len(rows) * len(columns), path, 'its table')
    return np.full((len(rows), len(columns)), np.nan)


def _index(
    group: Any, name: str, path: Path
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Read the names of levels, and of rows or columns."""
    if name in group:
        return [''], [
            (text,) for text in _texts(read_values(group[name], path))
        ]
    names, parts = [], []
    for level in range(int(group.attrs[f'{name}_nlevels'])):
        labels = group[f'{name}_level{level}']
        codes = read_values(group[f'{name}_label{level}'], path)
        texts = _texts(read_values(labels, path))
        # -1 is the code of nothing.
        parts.append([texts[c] if c >= 0 else '' for c in codes])
        named = labels.attrs.get('name', b'')
        names.append(named.decode() if isinstance(named, bytes) else '')
    return names, list(zip(*parts, strict=True))


def _texts(values: np.ndarray) -> list[str]:
    """Read texts, or numbers as texts."""
    return [
        value.decode() if isinstance(value, bytes) else str(value)
        for value in values.tolist()
    ]


def _read_table(group: Any, path: Path) -> Frame:
    """Read the form "table": a row for each row, names of columns pickled."""
    info = _unpickle(group.attrs['info'])
    axis = next(iter(_unpickle(group.attrs['non_index_axes'])))
    columns = [tuple(map(str, column)) for column in axis[1]]
    names = [str(name) for name in info[axis[0]]['names']]
    table = read_values(group['table'], path)
    position = {column: i for i, column in enumerate(columns)}
    numbers = _nothing(table, columns, path)
    for field in _unpickle(group.attrs['values_cols']):
        kind = group['table'].attrs[f'{field}_kind']
        items = [tuple(map(str, item)) for item in _unpickle(kind)]
        numbers[:, [position[item] for item in items]] = table[field]
    rows = [[text] for text in _texts(table['index'])]
    return _levels(names, columns), rows, numbers


def _levels(
    names: list[str], columns: list[tuple[str, ...]]
) -> dict[str, list[str]]:
    """List the names of the columns by level."""
    parts = zip(*columns, strict=True)
    return {name: list(p) for name, p in zip(names, parts, strict=True)}


def _unpickle(value: Any) -> Any:
    """Read what PyTables keeps pickled."""
    return read_plain(bytes(value))
