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
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import torch

from .checkpoint_content import CheckpointError, check_file, plain_content
from .import_hooks import after_execution
from .plain_data import (
    ArrayType,
    Kind,
    PlainArray,
    empty_array,
    make_getattr,
    make_history,
    no_bytes,
    plain_scalar,
)

# No module here imports MMEngine at its top: once that is executed, it asks
# for these modules, which must not be half executed themselves then.

# A version, which PyTorch compares as such: 2.10 is later.
SAFE_BY_DEFAULT = torch.__version__ >= '2.6'
TRUST = 'TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD'


@functools.cache
def safe_globals() -> list:
    """List what a genuine MMEngine checkpoint is made of, besides tensors.

    Returns:
        list[tuple[Callable, str]]: Each with the name that a file uses for
        it; NumPy 1 and NumPy 2 write different ones.
    """
    history = make_history()
    named = [
        (history, 'mmengine.logging.history_buffer.HistoryBuffer'),
        (make_getattr(history), 'builtins.getattr'),
        (no_bytes, 'builtins.bytes'),
        (ArrayType, 'numpy.ndarray'),
        (Kind, 'numpy.dtype'),
        # Whose state a file may set; nothing else has it in these names.
        (PlainArray, f'{PlainArray.__module__}.PlainArray'),
    ]
    for core in ('numpy.core', 'numpy._core'):
        named.append((empty_array, f'{core}.multiarray._reconstruct'))
        named.append((plain_scalar, f'{core}.multiarray.scalar'))
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
        r'WeightsUnpickler error:\s*([^\n]+)', message
    ) or re.search(r'([^\n]*(?:GLOBAL|requested)[^\n]*)', message)
    text = telling.group(1) if telling else message.split('\n')[0]
    # torch goes on with advice that is wrong for a file of unknown origin
    return re.split(r'\s(?:Please use|Re-running)', text)[0].strip(' .\t')


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Let :func:`torch.load` read data only, in this block."""
    if _trusted():
        yield
        return
    whole = torch.load
    restricted = whole
    if not SAFE_BY_DEFAULT:
        from .data_pickles import data_only

        restricted = data_only({name: value for value, name in safe_globals()})

    @functools.wraps(whole)
    def load(f: Any, *args: Any, **kwargs: Any) -> Any:
        size = check_file(f)
        return plain_content(restricted(f, *args, **kwargs), size)

    torch.load = load
    try:
        yield
    finally:
        torch.load = whole


def _trusted() -> bool:
    """Tell whether the user has said that files may run code."""
    return os.environ.get(TRUST, '').lower() in ('1', 'y', 'yes', 'true')


def _explain_refusal(load_checkpoint: Callable) -> Callable:
    """Make a failure say which file it is about and how to go on."""

    @functools.wraps(load_checkpoint)
    def load(filename: str, *args: Any, **kwargs: Any) -> Any:
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
        except CheckpointError as error:
            raise CheckpointError(
                f'{filename} was not loaded: {error}'
            ) from None
        except OSError:
            raise
        except Exception as error:  # damage ends it in many ways
            told = str(error).split('\n')[0]
            raise CheckpointError(
                f'{filename} is no checkpoint that PyTorch can read '
                f'({type(error).__name__}: {told})'
            ) from error
        if not isinstance(content, dict):
            raise CheckpointError(
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
