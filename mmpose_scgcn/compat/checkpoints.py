"""Checkpoints that load and resume, and that cannot run code.

MMEngine keeps its message hub (log history) in every checkpoint, which
``torch.load(weights_only=True)``, the default since PyTorch 2.6, refuses; the
onedl-mmengine fork then loads the pickle without restraint. Here the few
data-only types that a genuine checkpoint is made of are put on torch's
allow-list, and everything else is refused by either engine.

PyTorch before 2.6 loads any pickle unless told otherwise, and its allow-list
knows no aliases: there, :mod:`.data_pickles` reads the files.
"""

import contextlib
import functools
import os
import pickle
import re
import zipfile
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import torch

from .import_hooks import after_execution

# No module here imports MMEngine at its top: once that is executed, it asks
# for these modules, which must not be half executed themselves then.

# A version, which PyTorch compares as such: 2.10 is later.
SAFE_BY_DEFAULT = torch.__version__ >= '2.6'
TRUST = 'TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD'
HISTORY_METHODS = ('min', 'max', 'mean', 'current')


def guarded_getattr(owner: object, name: str) -> Any:
    """Serve the one use of ``getattr`` that a genuine checkpoint has.

    Args:
        owner (object): Must be :class:`mmengine.logging.HistoryBuffer`.
        name (str): One of :data:`HISTORY_METHODS`.

    Returns:
        Callable: The statistics method of the history buffer.

    Raises:
        pickle.UnpicklingError: For any other owner or name.
    """
    from mmengine.logging import HistoryBuffer

    if owner is HistoryBuffer and name in HISTORY_METHODS:
        return getattr(HistoryBuffer, name)
    raise pickle.UnpicklingError(f'attribute {name!r} of {owner!r} requested')


def safe_globals() -> list:
    """List what a genuine MMEngine checkpoint is made of, besides tensors.

    Returns:
        list[tuple[Callable, str]]: Each with the name that a file uses for
        it; NumPy 1 and NumPy 2 write different ones.
    """
    from mmengine.logging import HistoryBuffer

    reconstruct = np.empty(0).__reduce__()[0]
    scalar = np.float64(0).__reduce__()[0]
    named = [
        (HistoryBuffer, 'mmengine.logging.history_buffer.HistoryBuffer'),
        (guarded_getattr, 'builtins.getattr'),
        (bytes, 'builtins.bytes'),
        (np.ndarray, 'numpy.ndarray'),
        (np.dtype, 'numpy.dtype'),
    ]
    for core in ('numpy.core', 'numpy._core'):
        named.append((reconstruct, f'{core}.multiarray._reconstruct'))
        named.append((scalar, f'{core}.multiarray.scalar'))
    for code in np.typecodes['AllInteger'] + np.typecodes['Float'] + '?':
        kind = type(np.dtype(code))
        named.append((kind, f'{kind.__module__}.{kind.__qualname__}'))
    return named


def _load_without_fallback(
    file: Any, map_location: Any = None, weights_only: Any = None
) -> Any:
    """Stand for onedl-mmengine's loader, without its full unpickling."""
    return torch.load(
        file, map_location=map_location, weights_only=weights_only
    )


def _reason(error: pickle.UnpicklingError) -> str:
    """Take the one telling sentence out of torch's long message."""
    message = str(error)
    telling = re.search(
        r'WeightsUnpickler error: *([^\n]+)', message
    ) or re.search(r'([^\n]*(?:GLOBAL|requested)[^\n]*)', message)
    text = telling.group(1) if telling else message.split('\n')[0]
    # torch goes on with advice that is wrong for a file of unknown origin
    return re.split(r'\s(?:Please use|Re-running)', text)[0].strip(' .\t')


def _check_stored(filename: str) -> None:
    """Check that a file is as large unpacked as it is.

    PyTorch writes archives that are not compressed, and reads others.

    Raises:
        ValueError: It is compressed, and could fill the memory.
    """
    if not (os.path.isfile(filename) and zipfile.is_zipfile(filename)):
        return
    with zipfile.ZipFile(filename) as archive:
        entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    stored = all(e.compress_type == zipfile.ZIP_STORED for e in entries)
    if not stored or size > os.path.getsize(filename):
        raise ValueError(
            f'{filename} was not loaded: expected an archive as PyTorch '
            f'writes it, got a compressed one, of {size} bytes when unpacked'
        )


def _reading() -> contextlib.AbstractContextManager[None]:
    """Choose how PyTorch reads a file: data alone, if that is not refused."""
    if SAFE_BY_DEFAULT or os.environ.get(TRUST) in ('1', 'y', 'yes', 'true'):
        return contextlib.nullcontext()
    from .data_pickles import data_only

    return data_only({name: value for value, name in safe_globals()})


def _explain_refusal(load_checkpoint: Callable) -> Callable:
    """Make a failure say which file it is about and how to go on."""

    @functools.wraps(load_checkpoint)
    def load(filename: str, *args: Any, **kwargs: Any) -> Any:
        _check_stored(filename)
        try:
            with _reading():
                content = load_checkpoint(filename, *args, **kwargs)
        except pickle.UnpicklingError as error:
            raise pickle.UnpicklingError(
                f'{filename} was not loaded: it is damaged, or it carries '
                f'more than data and could run code ({_reason(error)}). If '
                f'you trust where it comes from, set {TRUST}=1 in the '
                'environment of this one command.'
            ) from None
        except (EOFError, KeyError, RuntimeError, TypeError) as error:
            told = str(error).split('\n')[0]
            raise ValueError(
                f'{filename} is no checkpoint that PyTorch can read '
                f'({type(error).__name__}: {told})'
            ) from error
        if not isinstance(content, dict):
            raise ValueError(
                f'{filename} is no checkpoint: expected a dict of weights, '
                f'got {type(content).__name__}'
            )
        meta = content.get('meta')
        if isinstance(meta, dict):
            # MMEngine runs this text when a training is resumed.
            meta.pop('config', None)
        return content

    return load


def _guard(checkpoint: ModuleType) -> None:
    """Refuse and explain in ``mmengine.runner.checkpoint``."""
    loader = checkpoint.CheckpointLoader
    explained = _explain_refusal(loader.load_checkpoint)
    loader.load_checkpoint = staticmethod(explained)
    if hasattr(checkpoint, '_safe_torch_load'):  # onedl-mmengine
        vars(checkpoint)['_safe_torch_load'] = _load_without_fallback


def enable() -> None:
    """Allow :func:`safe_globals` and nothing else (idempotent)."""
    if SAFE_BY_DEFAULT:
        torch.serialization.add_safe_globals(safe_globals())
    after_execution('mmengine.runner.checkpoint', _guard)
