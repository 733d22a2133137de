"""Annotations that are mapped into memory, once for all processes.

MMPose reads an annotation file in every process and keeps all of it there,
about 13 kB for each face while it reads. Here one process reads it, once, and
writes what the data set holds to a file of records, which every process maps.
"""

import contextlib
import inspect
import json
import os
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from mmpose_scgcn.processes import on_first
from mmpose_scgcn.registry import DATASETS

import mmpose
import numpy as np
from mmengine.dataset import BaseDataset

from .records import Records, write_records

#: Packages whose versions stand for their classes.
_OF_PACKAGES = ('mmpose.', 'mmengine.', 'mmpose_scgcn.', 'torch.', 'builtins')

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
    made_of = [_settings(dataset), facts, versions]
    if code := _own_code(dataset.get('type')):
        made_of.append(code)
    return json.dumps(made_of).encode()


def _own_code(kind: Any) -> str:
    """Give the source of a user's class, whose records it makes."""
    if not isinstance(kind, type):
        with contextlib.suppress(KeyError):  # building it says so
            kind = DATASETS.get(str(kind))
    code = ''
    for part in getattr(kind, '__mro__', ()):
        if not part.__module__.startswith(_OF_PACKAGES):
            with contextlib.suppress(OSError, TypeError):
                code += inspect.getsource(part)
    return code


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
