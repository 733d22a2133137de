"""Files that MMEngine writes whole or not at all.

MMEngine writes a checkpoint to its place, where a process that is killed
leaves a part of it, and the one that was there before is gone.
"""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from mmpose_scgcn.files import replace_file

from .import_hooks import after_execution


def _is_replaceable(path: Path) -> bool:
    """Tell whether a file can be put in the place of what is there."""
    return path.is_file() or not path.exists()


def _replace_at_the_end(put: Callable) -> Callable:
    """Write beside the place, and move the file when it is whole."""

    @functools.wraps(put)
    def put_whole(backend: Any, obj: Any, filepath: str | Path) -> None:
        path = Path(os.path.realpath(filepath))
        if not _is_replaceable(path):  # such as /dev/null
            put(backend, obj, filepath)
            return
        with replace_file(path) as partial:
            put(backend, obj, str(partial))
            _to_disk(partial)

    return put_whole


def _to_disk(path: Path) -> None:
    """Wait until a file is on the disk, for the power may fail too."""
    with path.open('rb+') as file:
        os.fsync(file.fileno())


def _mend(module: ModuleType) -> None:
    """Mend ``mmengine.fileio.backends.local_backend``."""
    backend = module.LocalBackend
    backend.put = _replace_at_the_end(backend.put)


def enable() -> None:
    """Mend MMEngine once its module for files is imported (idempotent)."""
    after_execution('mmengine.fileio.backends.local_backend', _mend)
