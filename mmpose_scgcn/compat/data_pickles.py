"""Checkpoints before PyTorch 2.6, read by an unpickler that holds data only.

PyTorch before 2.6 runs whatever a file asks for, and its own restricted reader
has no aliases, which genuine checkpoints need, and was found to be open
(CVE-2025-32434). Here :func:`torch.load` gets an unpickler that knows the
names on a list and no others; archives that it reads in another way are
refused.
"""

import contextlib
import functools
import os
import pickle
import tarfile
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch
from torch._weights_only_unpickler import _get_allowed_globals


def make_pickle_module(allowed: dict[str, Any]) -> SimpleNamespace:
    """Make what stands for :mod:`pickle` in :func:`torch.load`.

    Args:
        allowed (dict[str, Any]): What a file may ask for besides tensors, by
            the name that it has in the file, as ``builtins.bytes``.

    Returns:
        SimpleNamespace: With ``Unpickler`` and ``load``.
    """

    class Unpickler(pickle.Unpickler):
        """Finds what is allowed."""

        def find_class(self, module: str, name: str) -> Any:
            """Find a name of a file.

            Raises:
                pickle.UnpicklingError: It is not allowed.
            """
            # Files of protocol 2 use Python 2's name.
            module = 'builtins' if module == '__builtin__' else module
            full = f'{module}.{name}'
            known = {**_get_allowed_globals(), **allowed}
            if full not in known:
                raise pickle.UnpicklingError(f'{full} requested')
            return known[full]

    def load(file: Any, **options: Any) -> Any:
        return Unpickler(file, **options).load()

    return SimpleNamespace(
        __name__='pickle',
        Unpickler=Unpickler,
        load=load,
        UnpicklingError=pickle.UnpicklingError,
    )


@contextlib.contextmanager
def data_only(allowed: dict[str, Any]) -> Iterator[None]:
    """Let :func:`torch.load` read data only, in this block.

    Args:
        allowed (dict[str, Any]): As of :func:`make_pickle_module`.
    """
    whole = torch.load
    module = make_pickle_module(allowed)

    @functools.wraps(whole)
    def load(f: Any, *args: Any, **kwargs: Any) -> Any:
        _check_archive(f)
        options = dict(kwargs, pickle_module=module, weights_only=False)
        return whole(f, *args, **options)

    torch.load = load
    try:
        yield
    finally:
        torch.load = whole


def _check_archive(file: Any) -> None:
    """Check that torch reads a file by unpickling it.

    Raises:
        pickle.UnpicklingError: It is a program of TorchScript, or an archive
            of the kind that PyTorch wrote before 0.1.10.
    """
    if not isinstance(file, str | os.PathLike) and not hasattr(file, 'seek'):
        return
    with _kept_position(file):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()
            if any(name.endswith('constants.pkl') for name in names):
                raise pickle.UnpicklingError('a TorchScript program requested')
        elif tarfile.is_tarfile(file):
            raise pickle.UnpicklingError('a tar archive requested')


@contextlib.contextmanager
def _kept_position(file: Any) -> Iterator[None]:
    """Leave an open file where it is."""
    if not hasattr(file, 'seek'):
        yield
        return
    position = file.tell()
    try:
        yield
    finally:
        file.seek(position)
