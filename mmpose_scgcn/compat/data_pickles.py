"""Checkpoints before PyTorch 2.6, read by an unpickler that holds data only.

PyTorch before 2.6 runs whatever a file asks for, and its own restricted reader
has no aliases, which genuine checkpoints need, and was found to be open
(CVE-2025-32434). Here :func:`torch.load` gets an unpickler that knows the
names on a list and no others, and calls nothing else; archives that it reads
in another way are refused.
"""

import functools
import pickle
import tarfile
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch._weights_only_unpickler import _get_allowed_globals

from .checkpoint_content import opened
from .plain_data import told

_DICTS = (dict, OrderedDict, Counter)
#: What a list, a dict or an object is made of, and whatever else
#: :func:`torch.save` writes; of other steps one reaches past what is checked.
_STEPS = (
    *('PROTO', 'STOP', 'MARK', 'NONE', 'NEWTRUE', 'NEWFALSE'),
    *('BININT', 'BININT1', 'BININT2', 'LONG1', 'BINFLOAT', 'BINUNICODE'),
    *('SHORT_BINSTRING', 'EMPTY_TUPLE', 'TUPLE', 'TUPLE1', 'TUPLE2'),
    *('TUPLE3', 'EMPTY_LIST', 'APPEND', 'APPENDS', 'EMPTY_DICT', 'SETITEM'),
    *('SETITEMS', 'EMPTY_SET', 'BINGET', 'LONG_BINGET', 'BINPUT'),
    *('LONG_BINPUT', 'GLOBAL', 'REDUCE', 'NEWOBJ', 'BUILD', 'BINPERSID'),
)


def make_pickle_module(allowed: dict[str, Any]) -> SimpleNamespace:
    """Make what stands for :mod:`pickle` in :func:`torch.load`.

    Args:
        allowed (dict[str, Any]): What a file may ask for besides tensors, by
            the name that it has in the file, as ``builtins.bytes``.

    Returns:
        SimpleNamespace: With ``Unpickler`` and ``load``.
    """
    # PyTorch 2.6 and later know the two as well.
    plain = {'builtins.set': set, 'builtins.complex': complex}
    known = {**_get_allowed_globals(), **plain, **allowed}

    class Unpickler(pickle._Unpickler):
        """Finds what is allowed.

        Python's own unpickler in C makes room for as many objects as a file
        says that it has; this one, written in Python, does not.
        """

        dispatch = _restricted(tuple(known.values()))

        def find_class(self, module: str, name: str) -> Any:
            """Find a name of a file.

            Raises:
                pickle.UnpicklingError: It is not allowed.
            """
            # Files of protocol 2 use Python 2's name.
            module = 'builtins' if module == '__builtin__' else module
            full = f'{module}.{name}'
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


class _Steps(dict[int, Callable]):
    """What an unpickler does, by the byte that asks for it."""

    def __missing__(self, code: int) -> Callable:
        raise pickle.UnpicklingError(f'the step {code:#04x} requested')


def _restricted(known: tuple) -> dict[int, Callable]:
    """Take the steps of an unpickler that change and call what is known."""
    usual = pickle._Unpickler.dispatch
    steps = _Steps(
        (getattr(pickle, name)[0], usual[getattr(pickle, name)[0]])
        for name in _STEPS
    )

    def checked(name: str, fits: Callable[[Any], bool]) -> None:
        """Look at what a step is about to change or call."""
        code = getattr(pickle, name)[0]
        step = usual[code]
        # Of a list, what follows its mark is on a stack of its own.
        marked = name in ('APPENDS', 'SETITEMS')
        below = dict(SETITEM=-3).get(name, -1 if marked else -2)

        def run(self: Any) -> None:
            stack = self.metastack[-1] if marked else self.stack
            if not fits(stack[below]):
                raise pickle.UnpicklingError(
                    f'{name} of {told(stack[below])} requested'
                )
            step(self)

        steps[code] = run

    def is_known(value: Any) -> bool:
        # Storages are found by PyTorch itself.
        return any(value is one for one in known)

    def has_state(value: Any) -> bool:
        kind = type(value)
        return kind in (torch.Tensor, OrderedDict) or is_known(kind)

    checked('REDUCE', is_known)
    checked('NEWOBJ', is_known)
    checked('BUILD', has_state)
    for name in ('APPEND', 'APPENDS'):
        checked(name, lambda value: type(value) is list)
    for name in ('SETITEM', 'SETITEMS'):
        checked(name, lambda value: type(value) in _DICTS)
    return steps


def data_only(allowed: dict[str, Any]) -> Callable:
    """Make a :func:`torch.load` that reads data only.

    Args:
        allowed (dict[str, Any]): As of :func:`make_pickle_module`.

    Returns:
        Callable: To be called as :func:`torch.load`.
    """
    whole = torch.load
    module = make_pickle_module(allowed)

    @functools.wraps(whole)
    def load(f: Any, *args: Any, **kwargs: Any) -> Any:
        _check_archive(f)
        options = dict(kwargs, pickle_module=module, weights_only=False)
        return whole(f, *args, **options)

    return load


def _check_archive(file: Any) -> None:
    """Check that torch reads a file by unpickling it.

    Raises:
        pickle.UnpicklingError: It is a program of TorchScript, or an archive
            of the kind that PyTorch wrote before 0.1.10.
    """
    with opened(file) as content:
        # A tar archive may end as a zip archive does.
        if tarfile.is_tarfile(content):
            raise pickle.UnpicklingError('a tar archive requested')
        if zipfile.is_zipfile(content):
            with zipfile.ZipFile(content) as archive:
                names = archive.namelist()
            if any(name.endswith('constants.pkl') for name in names):
                raise pickle.UnpicklingError('a TorchScript program requested')
