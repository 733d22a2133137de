"""HDF5 files of others, opened so that they read nothing but themselves."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

#: How many times its file a data set may be: compressed ones are larger.
_TIMES = 20
_SLACK = 2**24


@contextmanager
def open_hdf(path: Path, hint: str, checked: bool = False) -> Iterator[Any]:
    """Open a file, after a look at all that is in it.

    Args:
        path (Path): The file.
        hint (str): What to say where h5py is missing.
        checked (bool): Whether that look has been taken. Defaults to False.

    Yields:
        h5py.File: Without what leads out of the file.

    Raises:
        ModuleNotFoundError: h5py is not installed.
        OSError: Not such a file.
        ValueError: It refers to other files.
    """
    try:
        import h5py
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f'{path}: {hint}') from error
    with h5py.File(path, 'r') as file:
        if not checked:
            _check_group(file, path, set())
        yield file


def _check_group(group: Any, path: Path, known: set) -> None:
    """Check that all links of a group, and of those in it, stay inside."""
    import h5py

    waiting = [group]
    while waiting:
        group = waiting.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(
                    f'{path}: {name!r} in {group.name} is a link; expected '
                    'data in the file itself'
                )
            item = group[name]
            place = h5py.h5o.get_info(item.id).addr
            if isinstance(item, h5py.Group) and place not in known:
                known.add(place)
                waiting.append(item)


def read_values(item: Any, path: Path) -> np.ndarray:
    """Read a data set, after a look at its size.

    Args:
        item (h5py.Dataset): What is to be read.
        path (Path): Of the file.

    Returns:
        np.ndarray: Its values.

    Raises:
        ValueError: It is no data set, its values are in other files, it is
            far larger than its file, or it holds objects of any size.
    """
    import h5py

    if not isinstance(item, h5py.Dataset):
        raise ValueError(f'{path}: expected numbers, got {item!r:.80}')
    if item.is_virtual or item.external:
        raise ValueError(
            f'{path}: {item.name} takes its values from other files, which '
            'are not read'
        )
    refers = h5py.check_ref_dtype(item.dtype) is h5py.Reference
    if item.dtype.hasobject and not refers:
        # They can all be the same long one, which is in the file once.
        raise ValueError(
            f'{path}: {item.name}: expected numbers, or texts of one length, '
            f'got {item.dtype}'
        )
    whole = item.shape or ()
    for shape in (whole, item.chunks or ()):
        check_size(math.prod(shape) * item.dtype.itemsize, path, item.name)
    return item[()]


def check_size(size: int, path: Path, what: str) -> None:
    """Refuse what is far larger than its file.

    Args:
        size (int): Bytes.
        path (Path): The file.
        what (str): What it is, for the message.

    Raises:
        ValueError: It claims far more bytes than its file can hold.
    """
    stored = path.stat().st_size
    if size > _TIMES * stored + _SLACK:
        raise ValueError(
            f'{path}: {what} claims {size:,} bytes, far more than a file of '
            f'{stored:,} bytes can hold'
        )
