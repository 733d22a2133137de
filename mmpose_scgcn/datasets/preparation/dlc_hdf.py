"""Tables that pandas wrote to HDF5, read with h5py alone."""

import pickle
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

_FORM = "expected DeepLabCut's labels as pandas writes them (df_with_missing)"
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
        import h5py
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f'{path}: h5py reads H5 files: pip install h5py; or give the CSV '
            'file that DeepLabCut writes beside it'
        ) from error
    try:
        with h5py.File(path, 'r') as file:
            key = 'df_with_missing'
            group = file.get(key) or next(iter(file.values()), None)
            if group is None or 'pandas_type' not in group.attrs:
                raise ValueError(f'{_FORM}, got {", ".join(file) or "none"}')
            if 'table' in group:
                return _read_table(group)
            return _read_fixed(group)
    except FileNotFoundError:
        raise
    except (OSError, KeyError, pickle.UnpicklingError, ValueError) as error:
        raise ValueError(f'{path}: {error}') from error


def _read_fixed(group: Any) -> Frame:
    """Read the form "fixed": columns in blocks, names as codes of levels."""
    names, columns = _index(group, 'axis0')
    _, rows = _index(group, 'axis1')
    position = {column: i for i, column in enumerate(columns)}
    numbers = np.full((len(rows), len(columns)), np.nan)
    for block in range(int(group.attrs['nblocks'])):
        _, items = _index(group, f'block{block}_items')
        values = group[f'block{block}_values']
        cells = values[...] if values.attrs.get('transposed') else values[:].T
        numbers[:, [position[item] for item in items]] = cells
    return _levels(names, columns), [list(row) for row in rows], numbers


def _index(group: Any, name: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Read the names of levels, and of rows or columns."""
    if name in group:
        return [''], [(text,) for text in _texts(group[name])]
    names, parts = [], []
    for level in range(int(group.attrs[f'{name}_nlevels'])):
        labels = group[f'{name}_level{level}']
        codes = group[f'{name}_label{level}'][...]
        texts = _texts(labels)
        # -1 is the code of nothing.
        parts.append([texts[c] if c >= 0 else '' for c in codes])
        named = labels.attrs.get('name', b'')
        names.append(named.decode() if isinstance(named, bytes) else '')
    return names, list(zip(*parts, strict=True))


def _texts(values: Any) -> list[str]:
    """Read texts, or numbers as texts."""
    return [
        value.decode() if isinstance(value, bytes) else str(value)
        for value in values[...].tolist()
    ]


def _read_table(group: Any) -> Frame:
    """Read the form "table": a row for each row, names of columns pickled."""
    info = _unpickle(group.attrs['info'])
    axis = next(iter(_unpickle(group.attrs['non_index_axes'])))
    columns = [tuple(map(str, column)) for column in axis[1]]
    names = [str(name) for name in info[axis[0]]['names']]
    table = group['table'][...]
    position = {column: i for i, column in enumerate(columns)}
    numbers = np.full((len(table), len(columns)), np.nan)
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


class _PlainUnpickler(pickle.Unpickler):
    """Reads lists and texts, and runs nothing that a file names."""

    def find_class(self, module: str, name: str) -> Any:
        """Refuse it."""
        raise pickle.UnpicklingError(f'{_FORM}, got {module}.{name}')


def _unpickle(value: Any) -> Any:
    """Read what PyTables keeps pickled."""
    return _PlainUnpickler(BytesIO(bytes(value))).load()
