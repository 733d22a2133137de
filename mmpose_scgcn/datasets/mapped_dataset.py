"""Annotations that are mapped into memory, once for all processes.

MMPose reads an annotation file in every process and keeps all of it there,
about 13 kB for each face while it reads. Here one process reads it, once, and
writes what the data set holds to a file of records, which every process maps.
"""

import contextlib
import io
import json
import mmap
import os
import pickle
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

#: How a file ends: numbers of records and of bytes of what it is made of, and
#: a mark. Before it lie the records, where each ends (int64), and that text.
_TAIL = struct.Struct('<QQ8s')
_MARK = b'records1'

#: What records hold besides plain values. Nothing else is made of a file.
_ARRAYS = {
    (f'numpy{core}.multiarray', name)
    for core in ('.core', '._core')
    for name in ('_reconstruct', 'scalar')
} | {('numpy', 'ndarray'), ('numpy', 'dtype')}

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
    on_first(partial(_write_where_needed, dict(dataset), Path(folder)))
    path = records_file(dataset, folder)
    if not path.is_file():
        raise FileNotFoundError(
            f'{path}: expected the records that the first process has '
            'written; all machines must see the same folder'
        )
    built = _build(dataset)
    built.serialize_data = False
    built.data_list = Records(path)
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
        """Where records end, and what they are made of."""
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
    def made_of(self) -> bytes:
        """What the records are made of, as :func:`_made_of` gives it."""
        return self._parts[1]

    def __len__(self) -> int:
        """Number of records."""
        return len(self._parts[0])

    def __iter__(self) -> Iterator[dict]:
        """Read all records."""
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> dict:
        """Read a record.

        Args:
            index (int): From 0 on, or from -1 backwards.

        Returns:
            dict: A new one each time.

        Raises:
            IndexError: There is no such record.
            ValueError: The file holds something else.
        """
        ends = self._parts[0]
        index = range(len(ends))[index]
        begin = int(ends[index - 1]) if index else 0
        return _load(self._content[begin : int(ends[index])], self.path)

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
        key = sha256(self.made_of).hexdigest()
        try:
            found = json.loads(kept.read_text('utf-8'))
            if found['of'] == key:
                return found[name]
        except (OSError, ValueError, TypeError, KeyError):
            pass
        value = work()
        text = json.dumps({'of': key, name: value})
        # The folder may be somebody else's.
        with contextlib.suppress(OSError), replace_file(kept) as partial_file:
            partial_file.write_text(text, 'utf-8')
        return value


def records_file(dataset: Mapping, folder: str | os.PathLike) -> Path:
    """Name the file of records of a data set.

    Args:
        dataset (Mapping): Its setting.
        folder (str | os.PathLike): Of the records.

    Returns:
        Path: The file, which need not exist.
    """
    key = sha256(_settings(dataset).encode()).hexdigest()[:12]
    stem = Path(str(dataset.get('ann_file') or 'faces')).stem
    return Path(folder) / f'{stem}-{key}.records'


def is_mapped(dataset: Mapping, folder: str | os.PathLike) -> bool:
    """Tell whether there are records of a data set as it is now.

    Args:
        dataset (Mapping): Its setting.
        folder (str | os.PathLike): Of the records.
    """
    try:
        made_of = Records(records_file(dataset, folder)).made_of
        return made_of == _made_of(dataset)
    except (OSError, ValueError):
        return False


class _Record(dict):
    """Belongs to who reads it: MMEngine's copy needs to copy no arrays."""

    def __deepcopy__(self, memo: dict) -> dict:
        return dict(self)


class _Unpickler(pickle.Unpickler):
    """Makes plain values and arrays."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ARRAYS:
            raise pickle.UnpicklingError(f'{module}.{name} requested')
        return super().find_class(module, name)


def _load(content: bytes, path: Path) -> _Record:
    """Read a record of a file."""
    try:
        record = _Unpickler(io.BytesIO(content)).load()
        if type(record) is not dict:
            raise TypeError(f'expected a dict, got {type(record).__name__}')
        return _Record(record)
    except Exception as error:  # damage ends it in many ways
        raise ValueError(
            f'{path}: expected records of plain values and arrays, but '
            f'{type(error).__name__}: {error}; remove the file if it is yours'
        ) from error


def _settings(dataset: Mapping) -> str:
    """Write down all settings that matter."""
    kept = {k: v for k, v in dataset.items() if k not in _NO_MATTER}
    return json.dumps(kept, sort_keys=True, default=str)


def _made_of(dataset: Mapping) -> bytes:
    """Write down what the records of a data set depend on."""
    root = dataset.get('data_root') or ''
    facts = []
    for name in ('ann_file', 'bbox_file'):
        if dataset.get(name):
            path = os.path.join(root, dataset[name])
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


def _write_where_needed(dataset: dict, folder: Path) -> None:
    """Write the records of a data set, unless they are there."""
    made_of = _made_of(dataset)
    if is_mapped(dataset, folder):
        return
    built = _build(dataset)
    built.serialize_data = False  # it would make a copy of all
    built.full_init()
    write_records(records_file(dataset, folder), built.data_list, made_of)


def write_records(
    path: Path, records: Iterable[Mapping], made_of: bytes
) -> None:
    """Write a file of records, whole or not at all.

    Args:
        path (Path): The file.
        records (Iterable[Mapping]): They hold plain values and arrays.
        made_of (bytes): What they are made of.

    Raises:
        TypeError: A record holds something else.
    """
    ends, end = [], 0
    with replace_file(path) as partial_file, partial_file.open('wb') as file:
        for number, record in enumerate(records):
            content = pickle.dumps(dict(record), protocol=4)
            try:
                _load(content, path)
            except ValueError as error:
                raise TypeError(
                    f'MappedDataset: record {number} holds more than plain '
                    f'values and arrays: {error.__cause__}'
                ) from error
            file.write(content)
            end += len(content)
            ends.append(end)
        file.write(np.array(ends, '<i8').tobytes())
        file.write(made_of)
        file.write(_TAIL.pack(len(ends), len(made_of), _MARK))
