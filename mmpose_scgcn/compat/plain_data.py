"""What a checkpoint may hold besides tensors, built from checked parts.

Unpickling lets a file set the state of what it makes, and NumPy believes it:
a number of 8 bytes that claims to hold objects, or 1,000 numbers. So a file
gets stand-ins for NumPy's constructors, which take nothing but numbers in
arrays, and a stand-in for MMEngine's log history.
"""

import math
import re
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

import numpy as np

_CODE = re.compile(r'[biuf]\d{1,2}')
HISTORY_METHODS = ('min', 'max', 'mean', 'current')


def told(value: object) -> str:
    """Name a text or a class; a list may be endless when written out.

    Args:
        value (object): What a file asks for.

    Returns:
        str: Its beginning if it is a text, else its name or its type's.
    """
    if isinstance(value, str):
        return repr(value[:40])
    return getattr(value, '__name__', type(value).__name__)


class Kind:
    """Stands for a ``numpy.dtype``: numbers and truth values alone."""

    def __init__(self, code: object, *_: object) -> None:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise UnpicklingError(f'numpy.dtype {told(code)} requested')
        self.dtype = np.dtype(code)

    def __setstate__(self, state: object) -> None:
        """Take the order of bytes, and nothing else."""
        order = state[1] if isinstance(state, tuple) and state[1:] else None
        if order not in ('<', '>', '|', '='):
            raise UnpicklingError('another state of a numpy.dtype requested')
        if order != '|':
            self.dtype = self.dtype.newbyteorder(order)


class ArrayType:
    """Stands for the class ``numpy.ndarray``, which a file only names."""

    def __new__(cls, *_: object) -> 'ArrayType':
        """Refuse to be called."""
        raise UnpicklingError('a call of numpy.ndarray requested')


class PlainArray(np.ndarray):
    """An array whose size is that of the bytes in the file."""

    def __new__(cls, *_: object) -> 'PlainArray':
        """Refuse to be called."""
        raise UnpicklingError('a call of numpy.ndarray requested')

    def __setstate__(self, state: Any) -> None:
        """Take shape, kind, order of axes and bytes."""
        version, shape, kind, fortran, raw = state
        if not (
            isinstance(kind, Kind)
            and isinstance(raw, bytes)
            and isinstance(shape, tuple)
            and all(type(side) is int and side >= 0 for side in shape)
            and math.prod(shape) * kind.dtype.itemsize == len(raw)
        ):
            raise UnpicklingError('an array unlike its bytes requested')
        plain = (version, shape, kind.dtype, bool(fortran), raw)
        super().__setstate__(plain)


def empty_array(*_: object) -> PlainArray:
    """Stand for NumPy's ``_reconstruct``."""
    return np.ndarray.__new__(PlainArray, (0,))


def plain_scalar(kind: object, raw: object) -> np.generic:
    """Stand for NumPy's ``scalar``."""
    if not (
        isinstance(kind, Kind)
        and isinstance(raw, bytes)
        and len(raw) == kind.dtype.itemsize
    ):
        raise UnpicklingError('a number unlike its bytes requested')
    return np.frombuffer(raw, kind.dtype)[0]


def no_bytes(*args: object) -> bytes:
    """Stand for ``bytes``, which pickling calls for empty ones."""
    if args:
        raise UnpicklingError('a call of bytes requested')
    return b''


def make_history() -> type:
    """Make what stands for MMEngine's ``HistoryBuffer``.

    Its own ``__setstate__`` puts functions that a file names into a table of
    the class, for all histories.
    """
    from mmengine.logging import HistoryBuffer

    class PlainHistory(HistoryBuffer):
        """Takes a log, and becomes a :class:`HistoryBuffer`."""

        unfinished = True

        def __new__(cls, *_: object) -> 'PlainHistory':
            return object.__new__(cls)

        def __init__(self, *_: object) -> None:
            """Wait for the state."""

        def __setstate__(self, state: Any) -> None:
            log, counts = (
                np.array(state[name], copy=True, subok=False)
                for name in ('_log_history', '_count_history')
            )
            length = state['max_length']
            fits = log.ndim == 1 and log.shape == counts.shape
            kinds = log.dtype.kind + counts.dtype.kind
            if not fits or set(kinds) - set('biuf') or type(length) is not int:
                raise UnpicklingError('a log history unlike one requested')
            self.__class__ = HistoryBuffer
            HistoryBuffer.__init__(self, [], [], length)
            self._log_history, self._count_history = log, counts

    return PlainHistory


def make_getattr(history: type) -> Callable[[object, object], Any]:
    """Make what stands for ``getattr``, of which checkpoints have one use.

    Args:
        history (type): See :func:`make_history`.

    Returns:
        Callable: Gives methods of :data:`HISTORY_METHODS`.
    """

    def guarded_getattr(owner: object, name: object) -> Any:
        if owner is history and name in HISTORY_METHODS:
            return getattr(history, str(name))
        raise UnpicklingError(
            f'attribute {told(name)} of {told(owner)} requested'
        )

    return guarded_getattr
