"""Folders that are replaced whole, or not at all."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from .staging import stage

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def swap_folders(first: Path, second: Path) -> bool:
    """Exchange two folders in one step of the file system.

    Args:
        first (Path): A folder.
        second (Path): Another folder of the same file system.

    Returns:
        bool: Whether it was done. Only Linux can, and not in every file
        system.
    """
    if not sys.platform.startswith('linux'):
        return False
    rename = getattr(ctypes.CDLL(None), 'renameat2', None)
    if rename is None:
        return False
    old, new = os.fsencode(first), os.fsencode(second)
    return rename(_AT_FDCWD, old, _AT_FDCWD, new, _RENAME_EXCHANGE) == 0


def replace_folder(source: Path, target: Path) -> None:
    """Put a finished folder in the place of another one, which goes.

    Where folders can be exchanged in one step, a process that is killed
    leaves the old folder or the new one.

    Args:
        source (Path): The finished folder, in the same file system.
        target (Path): Folder, absent or to be replaced.

    Raises:
        OSError: It cannot be replaced; ``target`` is as it was.
    """
    if not target.exists():
        source.rename(target)
        return
    if swap_folders(source, target):
        shutil.rmtree(source, ignore_errors=True)
        return
    # A name of its own: another run may be at the same place.
    old = target.with_name(f'{target.name[:40]}.old-{token_hex(4)}')
    target.rename(old)
    try:
        source.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a folder to fill, and put it in the place of another at the end.

    A folder stays, and its files are replaced, where it is empty, is the
    current one, or cannot be moved: it is mounted, or the one above it cannot
    be written. What a killed process has left of its folder goes, and
    files that it has replaced in part come back.

    Args:
        target (Path): Folder, absent or to be replaced; those above it are
            made.

    Yields:
        Path: An empty folder in the same file system.

    Raises:
        OSError: It cannot be written; ``target`` is as it was.
    """
    with stage(target) as place:
        stays = place.is_inside or _stays(place.out)
        yield place.files
        if stays:
            place.replace_all()
        else:
            replace_folder(place.files, place.out)


def _stays(folder: Path) -> bool:
    """Tell whether a folder is empty or the current one."""
    return folder.is_dir() and (
        not os.listdir(folder) or os.path.samefile(folder, os.curdir)
    )
