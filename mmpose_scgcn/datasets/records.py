"""Records of a data set in one file, which is mapped into memory."""

import contextlib
import json
import mmap
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import replace_file

import numpy as np

from .record_format import read_record, write_record

#: How a file ends: numbers of records and of bytes of what else is known, and
#: a mark. Before it lie the records, where each ends (int64), and that text.
_TAIL = struct.Struct('<QQ8s')
_MARK = b'records2'


class Records:
    """The records of a data set in a file.

    Args:
        path (Path): The file. It is opened when the first record is read, by
            each process for itself.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _content(self) -> mmap.mmap:
        """The file, mapped."""
        with self.path.open('rb') as opened:
            return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)

    @cached_property
    def _parts(self) -> tuple[np.ndarray, bytes]:
        """Where records end, and what else is known."""
        content = self._content
        if len(content) >= _TAIL.size:
            tail = len(content) - _TAIL.size
            number, size, mark = _TAIL.unpack_from(content, tail)
            begin = tail - size - 8 * number
            if mark == _MARK and begin >= 0:
                ends = np.frombuffer(content, '<i8', number, begin)
                last = int(ends[-1]) if number else 0
                if last == begin and (np.diff(ends, prepend=0) > 0).all():
                    return ends, content[tail - size : tail]
        raise ValueError(f'{self.path}: expected a whole file of records')

    @property
    def is_whole(self) -> bool:
        """Whether the file ends as files of records do."""
        try:
            return isinstance(self.metainfo, dict)
        except ValueError:
            return False

    @property
    def metainfo(self) -> dict:
        """What reading has added to the data set's metainfo."""
        return json.loads(self._parts[1])

    def __len__(self) -> int:
        """Number of records."""
        return len(self._parts[0])

    def __iter__(self) -> Iterator[dict]:
        """Read all records."""
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        """Read a record, or those of a slice.

        Args:
            index (int | slice): From 0 on, or from -1 backwards.

        Returns:
            dict | list[dict]: New ones each time.

        Raises:
            IndexError: There is no such record.
            ValueError: The file holds something else.
        """
        ends = self._parts[0]
        chosen = range(len(ends))[index]
        if isinstance(chosen, range):
            return [self[number] for number in chosen]
        begin = int(ends[chosen - 1]) if chosen else 0
        try:
            return read_record(self._content[begin : int(ends[chosen])])
        except ValueError as error:
            raise ValueError(
                f'{self.path}: expected records, but that of number {chosen} '
                f'is damaged ({error}); remove the file'
            ) from error

    def __getstate__(self) -> dict:
        """Give a process that is not forked the name of the file alone."""
        return dict(path=self.path)

    def remember(self, name: str, work: Callable[[], Any]) -> Any:
        """Find something out once, and keep it beside the records.

        Args:
            name (str): Of what it is.
            work (Callable): Gives it, as JSON can hold it.

        Returns:
            Any: What it gave, now or earlier, for these records.
        """
        kept = self.path.with_suffix(f'.{name}.json')
        with contextlib.suppress(OSError, ValueError):
            return json.loads(kept.read_text('utf-8'))
        value = work()
        # The folder may be somebody else's.
        with contextlib.suppress(OSError), replace_file(kept) as partial_file:
            partial_file.write_text(json.dumps(value), 'utf-8')
        return value


def write_records(
    path: Path, records: Iterable[Mapping], metainfo: Mapping
) -> None:
    """Write a file of records, whole or not at all.

    Args:
        path (Path): The file.
        records (Iterable[Mapping]): They hold plain values and arrays.
        metainfo (Mapping): What reading has added to that of the data set.

    Raises:
        TypeError: A record holds something else.
    """
    ends, end = [], 0
    with replace_file(path) as partial_file, partial_file.open('wb') as file:
        for number, record in enumerate(records):
            try:
                content = write_record(record)
            except TypeError as error:
                raise TypeError(
                    f'MappedDataset: record {number} cannot be written: '
                    f'{error}'
                ) from error
            file.write(content)
            end += len(content)
            ends.append(end)
        file.write(np.array(ends, '<i8').tobytes())
        known = json.dumps(metainfo).encode()
        file.write(known)
        file.write(_TAIL.pack(len(ends), len(known), _MARK))
