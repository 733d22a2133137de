"""MATLAB files before version 7.3: numbers, texts and cells of them.

SciPy reads them, and believes what a file says of the sizes of its variables.
So these are first compared with the size of the file.
"""

import math
import struct
import zlib
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mmpose_scgcn.files import read_bytes

import numpy as np

#: How many times its file all variables may be: compressed ones are larger.
_TIMES = 30
_SLACK = 2**24
_HEAD = 128
#: Kinds of elements, and of arrays: cells, texts, and numbers.
_MATRIX, _COMPRESSED = 14, 15
_CELL = 1
_PLAIN = (4, *range(6, 16))
#: Cells in cells.
_MOST_NESTED = 4


class _Element(NamedTuple):
    kind: int
    data: memoryview


class _Array(NamedTuple):
    kind: int
    cells: int
    name: str
    items: list[_Element]


def read_mat(path: Path, names: Collection[str]) -> dict[str, np.ndarray]:
    """Read some variables of a file.

    Args:
        path (Path): The file.
        names (Collection[str]): The variables that are read.

    Returns:
        dict[str, np.ndarray]: Variables by name, those that the file has.

    Raises:
        ValueError: No such file, another kind of variable than numbers,
            texts and cells, or one far larger than the file.
        struct.error: It is damaged.
        zlib.error: Likewise.
    """
    from scipy.io import loadmat

    content = read_bytes(path)
    order = {b'MI': '>', b'IM': '<'}.get(content[126:_HEAD])
    if order is None:
        raise ValueError('it does not begin as one of version 5 does')
    left = _TIMES * len(content) + _SLACK
    for element in _elements(memoryview(content)[_HEAD:], order):
        if element.kind == _COMPRESSED:
            unpacked = memoryview(_unpack(element.data, left))
            left -= len(unpacked)
            element = next(_elements(unpacked, order))
        if element.kind == _MATRIX:
            array = _read_array(element.data, order)
            if array.name in names:
                _check(array, order, _MOST_NESTED)
    found = loadmat(path, variable_names=list(names), appendmat=False)
    return {name: found[name] for name in names if name in found}


def _unpack(data: memoryview, most: int) -> bytes:
    """Unpack a variable of a bounded size."""
    unpacked = zlib.decompressobj().decompress(data, most)
    if len(unpacked) >= most:
        raise ValueError('its variables are far larger than the file')
    return unpacked


def _elements(data: memoryview, order: str) -> Iterator[_Element]:
    """Part what is in a file, or in a variable."""
    while len(data) >= 8:
        kind, size = struct.unpack(f'{order}II', data[:8])
        begin, step = 8, 8 + size
        if kind >> 16:  # up to four bytes, in the tag itself
            kind, size, begin, step = kind & 0xFFFF, kind >> 16, 4, 8
        elif kind != _COMPRESSED:
            step += -size % 8
        if begin + size > len(data):
            raise ValueError('it is cut off')
        yield _Element(kind, data[begin : begin + size])
        data = data[step:]


def _read_array(data: memoryview, order: str) -> _Array:
    """Read what a variable or a cell says of itself."""
    elements = _elements(data, order)
    head = [element.data for element in islice(elements, 3)]
    if not head:
        return _Array(_PLAIN[0], 0, '', [])  # an empty cell
    flags, sides, name = head
    (flag,) = struct.unpack(f'{order}I', flags[:4])
    shape = struct.unpack(f'{order}{len(sides) // 4}i', sides)
    count = math.prod(shape) if min(shape, default=0) >= 0 else -1
    return _Array(
        flag & 0xFF, count, bytes(name).decode('latin-1'), list(elements)
    )


def _check(array: _Array, order: str, levels: int) -> None:
    """Check that there is what a variable says that it has."""
    if array.kind in _PLAIN:
        return  # SciPy makes them from the bytes that are there
    if array.kind != _CELL or not levels:
        raise ValueError(
            f'{array.name or "a cell"}: expected numbers, texts or cells of '
            f'them, got an array of class {array.kind}'
        )
    if array.cells != len(array.items):
        raise ValueError(
            f'{array.name or "a cell"}: expected {array.cells} cells, got '
            f'{len(array.items)}'
        )
    for item in array.items:
        _check(_read_array(item.data, order), order, levels - 1)
