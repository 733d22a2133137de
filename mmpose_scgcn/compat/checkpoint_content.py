"""Checks of a checkpoint: its file before it is read, its content after."""

import contextlib
import os
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from typing import IO, Any

from mmpose_scgcn.pickles import check_steps

import numpy as np
import torch

from .plain_data import Kind, PlainArray

#: How many times its file the content may be: two names can share a weight.
_TIMES = 4
_SLACK = 2**24
#: Levels of lists and dicts, and how many objects there may be if what is
#: named twice is counted twice: ten lists of ten lists of ten ...
_MOST_LEVELS = 100
_MOST_OBJECTS = 10**8
#: Bits of a whole number.
_MOST_BITS = 1024
#: Pickles in a file that PyTorch wrote before version 1.6.
_OLD_PICKLES = 5


class CheckpointError(ValueError):
    """A file that is no checkpoint, or would fill the memory, in words."""


def check_file(file: Any) -> int:
    """Check a file before it is unpickled.

    PyTorch writes archives that are not compressed, and reads others: a few
    MB of them can be many GB.

    Args:
        file (str | os.PathLike | IO[bytes]): The file, or an open one.

    Returns:
        int: Its size, bytes.

    Raises:
        CheckpointError: The archive is compressed.
        pickle.UnpicklingError: Its pickle is nested so deeply that Python
            would end.
    """
    with opened(file) as content:
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
        if not zipfile.is_zipfile(content):
            content.seek(0)
            check_steps(content, _OLD_PICKLES)
            return size
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            _check_stored(entries, size)
            for entry in entries:
                if entry.filename.endswith('.pkl'):
                    with archive.open(entry) as pickled:
                        check_steps(pickled)
    return size


def _check_stored(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Check that an archive is as large unpacked as it is."""
    unpacked = sum(entry.file_size for entry in entries)
    stored = all(e.compress_type == zipfile.ZIP_STORED for e in entries)
    if not stored or unpacked > size:
        raise CheckpointError(
            'expected an archive as PyTorch writes it, got a compressed one, '
            f'of {unpacked} bytes when unpacked'
        )


@contextlib.contextmanager
def opened(file: Any) -> Iterator[IO[bytes]]:
    """Open a file, or leave an open one where it is.

    Args:
        file (str | os.PathLike | IO[bytes]): The file, or an open one.

    Yields:
        IO[bytes]: The open file.
    """
    if isinstance(file, (str, os.PathLike)):
        with open(file, 'rb') as content:
            yield content
        return
    position = file.tell()
    try:
        yield file
    finally:
        file.seek(position)


def plain_content(content: Any, size: int) -> Any:
    """Check what was read, and put arrays in place of their stand-ins.

    Args:
        content (Any): Of the file; lists and dicts in it change.
        size (int): Of the file, bytes.

    Returns:
        Any: The content.

    Raises:
        CheckpointError: The content is larger than its file can hold, nested
            too deeply, or contains itself.
    """
    walk = _Walk(_TIMES * size + _SLACK)
    return walk.take(content, 0)[0]


class _Walk:
    """Goes through a content once, and counts.

    Args:
        most (int): Bytes that there may be.
    """

    def __init__(self, most: int) -> None:
        self._left = most
        self._done: dict[int, tuple[Any, int, int]] = {}
        self._kept: list = []  # so that no number of _done is used again
        self._inside: set[int] = set()

    def take(self, value: Any, level: int) -> tuple[Any, int, int]:
        """Go through a value.

        Args:
            value (Any): Anything.
            level (int): How deeply it is nested.

        Returns:
            tuple[Any, int, int]: The value or what stands for it, how many
            levels it has, and how many objects.
        """
        if value is None or isinstance(value, (str, float, int)):
            return self._leaf(value), 0, 1
        key = id(value)
        known = self._done.get(key)
        if known is None:
            if key in self._inside or level > _MOST_LEVELS:
                raise CheckpointError(
                    f'its lists are nested in more than {_MOST_LEVELS} levels'
                )
            self._inside.add(key)
            known = self._parts(value, level)
            self._inside.discard(key)
            self._done[key] = known
            self._kept.append(value)
        if level + known[1] > _MOST_LEVELS or known[2] > _MOST_OBJECTS:
            raise CheckpointError(
                f'expected at most {_MOST_LEVELS} levels of lists and '
                f'{_MOST_OBJECTS} objects, got {level + known[1]} and '
                f'{known[2]}'
            )
        return known

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise CheckpointError(
                f'a whole number of {value.bit_length()} bits'
            )
        return value

    def _parts(self, value: Any, level: int) -> tuple[Any, int, int]:
        """Go through what a value is made of."""
        if isinstance(value, PlainArray):
            self._count(value.nbytes, value.shape)
            return value.view(np.ndarray), 0, 1
        if isinstance(value, torch.Tensor):
            self._count(value.numel() * value.element_size(), value.shape)
            return value, 0, 1
        if isinstance(value, (bytes, bytearray)):
            self._count(len(value), (len(value),))
            return value, 0, 1
        if isinstance(value, dict):
            return self._dict(value, level)
        if isinstance(value, (list, tuple, set)):
            found = [self.take(item, level + 1) for item in value]
            if isinstance(value, list):
                value[:] = [item for item, _, _ in found]
            elif type(value) is tuple:
                value = tuple(item for item, _, _ in found)
            return value, *_summed(found)
        if 'unfinished' in vars(type(value)):
            raise CheckpointError('a log history without content')
        return value.dtype if isinstance(value, Kind) else value, 0, 1

    def _dict(self, value: dict, level: int) -> tuple[dict, int, int]:
        found = [self.take(key, level + 1) for key in value]
        for key, item in list(value.items()):
            found.append(self.take(item, level + 1))
            value[key] = found[-1][0]
        attributes = vars(value) if isinstance(value, OrderedDict) else {}
        if set(attributes) - {'_metadata'}:
            raise CheckpointError(
                f'a dict with attributes of its own: {", ".join(attributes)}'
            )
        found += [self.take(item, level + 1) for item in attributes.values()]
        return value, *_summed(found)

    def _count(self, size: int, shape: tuple) -> None:
        """Count the bytes of an array."""
        self._left -= size
        if self._left < 0:
            raise CheckpointError(
                'its arrays are larger than its file can hold; one has shape '
                f'{tuple(shape)}'
            )


def _summed(found: list[tuple[Any, int, int]]) -> tuple[int, int]:
    """Give the levels and the number of objects of what contains some."""
    levels = 1 + max((levels for _, levels, _ in found), default=0)
    return levels, 1 + sum(count for _, _, count in found)
