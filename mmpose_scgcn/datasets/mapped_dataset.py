"""Annotations that are mapped into memory, once for all processes.

MMPose reads an annotation file in every process and keeps all of it there,
about 13 kB for each face while it reads. Here one process reads it, once, and
writes what the data set holds to a file of records, which every process maps.
"""

import contextlib
import json
import mmap
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import replace_file
from mmpose_scgcn.processes import on_first
from mmpose_scgcn.registry import DATASETS

import mmpose
import numpy as np
from mmengine.dataset import BaseDataset

from .record_format import read_record, write_record

#: How a file ends: numbers of records and of bytes of what else is known, and
#: a mark. Before it lie the records, where each ends (int64), and that text.
_TAIL = struct.Struct('<QQ8s')
_MARK = b'records2'

#: Settings of a data set that change nothing about what it holds.
_NO_MATTER = ('pipeline', 'lazy_init', 'serialize_data', 'max_refetch')


@DATASETS.register_module('MappedDataset')
def mapped_dataset(dataset: Mapping, folder: str | os.PathLike) -> BaseDataset:
    """Build a data set whose annotations are mapped into memory.

    The first time, the first process reads the annotation file as the data
    set does, and writes the records that it holds to ``folder``. From then on
    every process maps them: nothing is read until a face is asked for, and
    processes of one machine share what the system keeps in memory. The data
    set has the same faces in the same order; it is read anew when its
    annotation file or a setting has changed.

    Args:
        dataset (Mapping): Setting of the data set: a class of MMPose or
            another child of MMEngine's ``BaseDataset``, no wrapper. Wrappers
            such as ``ConcatDataset`` go around this one.
        folder (str | os.PathLike): Folder of the records, made where missing.
            All machines of a run must see the same one.

    Returns:
        BaseDataset: The data set itself, of its own class.

    Raises:
        TypeError: The setting is that of a wrapper, or records hold what
            cannot be mapped.
        FileNotFoundError: The annotation file is missing, or a process of
            another machine does not see the folder.
        ValueError: A file of records holds something else.

    Example:
        >>> train_dataloader = dict(  # of a config
        ...     dataset=dict(
        ...         _delete_=True,
        ...         type='mmpose_scgcn.MappedDataset',
        ...         folder='data/records',
        ...         dataset=dict(type='WFLWDataset', ann_file='faces.json'),
        ...     )
        ... )
    """
    path = on_first(partial(_write_where_needed, dict(dataset), Path(folder)))
    if not path.is_file():
        raise FileNotFoundError(
            f'{path}: expected the records that the first process has '
            'written; all machines must see the same folder'
        )
    records = Records(path)
    built = _build(dataset)
    built.serialize_data = False
    built.data_list = records
    built._metainfo.update(records.metainfo)
    built._fully_initialized = True
    return built


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


def records_file(dataset: Mapping, folder: str | os.PathLike) -> Path:
    """Name the file of records of a data set as it is now.

    Args:
        dataset (Mapping): Its setting.
        folder (str | os.PathLike): Of the records.

    Returns:
        Path: The file, which need not exist. Another annotation file, one
        that has changed, and another setting have another name.
    """
    key = sha256(_made_of(dataset)).hexdigest()[:16]
    stem = Path(str(dataset.get('ann_file') or 'faces')).stem
    return Path(folder) / f'{stem}-{key}.records'


def is_mapped(dataset: Mapping, folder: str | os.PathLike) -> bool:
    """Tell whether there are records of a data set as it is now.

    Args:
        dataset (Mapping): Its setting.
        folder (str | os.PathLike): Of the records.
    """
    try:
        return Records(records_file(dataset, folder)).is_whole
    except OSError:
        return False


def _settings(dataset: Mapping) -> str:
    """Write down all settings that matter."""
    kept = {k: v for k, v in dataset.items() if k not in _NO_MATTER}
    return json.dumps(kept, sort_keys=True, default=str)


def _made_of(dataset: Mapping) -> bytes:
    """Write down what the records of a data set depend on."""
    facts = []
    # MMPose looks for the annotations below data_root, for boxes not.
    for name, root in (
        ('ann_file', dataset.get('data_root')),
        ('bbox_file', ''),
    ):
        if dataset.get(name):
            path = os.path.join(root or '', dataset[name])
            state = os.stat(path)
            where = os.path.abspath(path)
            facts.append([where, state.st_size, state.st_mtime_ns])
    versions = [mmpose.__version__, np.__version__]
    return json.dumps([_settings(dataset), facts, versions]).encode()


def _build(dataset: Mapping) -> BaseDataset:
    """Build a data set, its annotations unread."""
    built = DATASETS.build({**dataset, 'lazy_init': True})
    if not isinstance(built, BaseDataset):
        raise TypeError(
            f'MappedDataset: expected a data set that reads a file, got '
            f'{type(built).__name__}; put wrappers around it, not inside'
        )
    return built


def _write_where_needed(dataset: dict, folder: Path) -> Path:
    """Write the records of a data set, unless they are there.

    Returns:
        Path: Of the records.
    """
    path = records_file(dataset, folder)
    if is_mapped(dataset, folder):
        return path
    built = _build(dataset)
    built.serialize_data = False  # it would make a copy of all
    before = set(built.metainfo)
    built.full_init()
    added = {k: v for k, v in built.metainfo.items() if k not in before}
    write_records(path, built.data_list, added)
    return path


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
