"""Records of plain values and arrays as bytes that are data alone.

A record is a JSON text, in which arrays stand by their number, type and shape,
and the bytes of the arrays after it. Reading it makes plain values and arrays
of numbers, no larger than the record, whatever the bytes are.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

#: Bytes of the text.
_HEAD = struct.Struct('<I')
#: Begins the names of what JSON has not.
_ODD = '\0'
_ARRAY, _SCALAR, _TUPLE = f'{_ODD}array', f'{_ODD}scalar', f'{_ODD}tuple'
#: Booleans, whole numbers and fractions.
_KINDS = 'biuf'


def write_record(record: Mapping) -> bytes:
    """Write a record.

    Args:
        record (Mapping): Names and values: texts, numbers, None, lists,
            tuples, dicts with texts as keys, arrays and scalars of NumPy.

    Returns:
        bytes: What :func:`read_record` reads.

    Raises:
        TypeError: It holds something else.
    """
    arrays: list[bytes] = []
    text = json.dumps(_as_json(dict(record), arrays)).encode()
    return b''.join([_HEAD.pack(len(text)), text, *arrays])


def read_record(content: bytes) -> dict:
    """Read a record.

    Args:
        content (bytes): Of :func:`write_record`, or anything else.

    Returns:
        dict: The record, its arrays its own.

    Raises:
        ValueError: It is no record.
    """
    try:
        (size,) = _HEAD.unpack_from(content)
        begin = _HEAD.size + size
        rest = [begin]

        def restore(found: dict) -> Any:
            return _restore(found, content, rest)

        text = content[_HEAD.size : begin].decode()
        record = json.loads(text, object_hook=restore)
        if type(record) is not dict or rest[0] != len(content):
            raise ValueError('no record, or not all of one')
        return record
    except (TypeError, KeyError, IndexError, RecursionError) as error:
        raise ValueError(f'{type(error).__name__}: {error}') from error
    except struct.error as error:
        raise ValueError(str(error)) from error


def _as_json(value: Any, arrays: list[bytes]) -> Any:
    """Give what JSON can hold; bytes of arrays are put aside."""
    kind = type(value)
    if value is None or kind in (str, int, float, bool):
        return value
    if kind is list:
        return [_as_json(item, arrays) for item in value]
    if kind is tuple:
        return {_TUPLE: [_as_json(item, arrays) for item in value]}
    if kind is dict:
        for key in value:
            if type(key) is not str or key.startswith(_ODD):
                raise TypeError(f'expected names of values, got {key!r}')
        return {key: _as_json(item, arrays) for key, item in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.kind in _KINDS:
            arrays.append(array.tobytes())
            name = _ARRAY if kind is np.ndarray else _SCALAR
            return {name: [array.dtype.str, list(array.shape)]}
    raise TypeError(
        'expected texts, numbers, lists, tuples, dicts and arrays of numbers, '
        f'got {kind.__name__}'
    )


def _restore(found: dict, content: bytes, rest: list[int]) -> Any:
    """Give what JSON has not; arrays come in the order of their bytes."""
    if len(found) != 1:
        return found
    ((name, value),) = found.items()
    if name == _TUPLE:
        return tuple(value)
    if name not in (_ARRAY, _SCALAR):
        return found
    code, shape = value
    dtype = np.dtype(str(code))
    if dtype.kind not in _KINDS:
        raise ValueError(f'array of {code!r}')
    count = 1
    for length in shape:
        if type(length) is not int or not 0 <= length <= len(content):
            raise ValueError(f'array of shape {shape}')
        count *= length
    end = rest[0] + count * dtype.itemsize
    if end > len(content):
        raise ValueError(f'array of shape {shape}')
    array = np.frombuffer(content, dtype, count, rest[0]).reshape(shape).copy()
    rest[0] = end
    return array[()] if name == _SCALAR else array
