"""Files that would run code, fill the memory or end the process."""

import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch


class Call:
    """Pickles into a call of anything."""

    def __init__(self, function: Callable, *args: object) -> None:
        self.call = function, args

    def __reduce__(self) -> tuple:
        return self.call


class Built:
    """Pickles into a call, and a state for what it returns."""

    def __init__(self, function: Callable, args: tuple, state: object):
        self.call = function, args, state

    def __reduce__(self) -> tuple:
        return self.call


def save(path: Path, extra: object, archive: bool = True) -> str:
    """Write a checkpoint with one more entry."""
    content = dict(state_dict={}, meta={}, extra=extra)
    torch.save(content, path, _use_new_zipfile_serialization=archive)
    return str(path)


def save_pickle(path: Path, pickled: bytes, archive: bool = True) -> str:
    """Write a checkpoint whose pickle is made by hand."""
    torch.save({}, path, _use_new_zipfile_serialization=archive)
    if not archive:
        heads = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
        path.write_bytes(heads + pickle.dumps({}, 2) + pickled)
        return str(path)
    with zipfile.ZipFile(path) as old:
        entries = [(e.filename, old.read(e)) for e in old.infolist()]
    with zipfile.ZipFile(path, 'w') as new:
        for name, content in entries:
            pkl = name.endswith('data.pkl')
            new.writestr(name, pickled if pkl else content)
    return str(path)


def in_dict(value: bytes) -> bytes:
    """Put steps that make a value into a pickle of a dict."""
    return b'\x80\x02}X\x01\x00\x00\x00a' + value + b's.'
