"""Names of files that data bring, which must stay inside a folder."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path


def is_inside(path: str | os.PathLike, folders: Iterable[str | Path]) -> bool:
    """Tell whether a path is in one of some folders, or below it.

    ``..`` is resolved as written. Symbolic links are followed: a link in a
    folder is part of it, and a folder may have several names.

    Args:
        path (str | os.PathLike): A path; the file may be missing.
        folders (Iterable[str | Path]): The folders.

    Returns:
        bool: Whether it is.
    """
    plain = os.path.abspath(path)
    roots = [os.path.abspath(folder) for folder in folders]
    if any(_is_below(plain, root) for root in roots):
        return True
    real = os.path.realpath(os.path.dirname(plain))
    return any(_is_below(real, os.path.realpath(root)) for root in roots)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ''))


def may_leave(name: str) -> bool:
    """Tell whether a name can lead out of the folder that it is of.

    Args:
        name (str): As a file has it.

    Returns:
        bool: Whether it is absolute, or has ``..`` among its parts.
    """
    parts = name.replace(os.sep, '/').split('/')
    return os.path.isabs(name) or '..' in parts


def check_stays(name: str, where: str) -> None:
    """Refuse the name of an image that can lead out of its folder.

    Args:
        name (str): As a file has it.
        where (str): Which file has the name, and where.

    Raises:
        ValueError: It is absolute, or has ``..`` among its parts.
    """
    if may_leave(name):
        raise ValueError(
            f"{where}: expected the name of an image inside the images' "
            f'folder, got {name!r}'
        )


def check_inside(
    folder: str | Path, name: str, where: str, option: str = '--images '
) -> None:
    """Refuse the name of a file outside of a folder.

    Args:
        folder (str | Path): The folder.
        name (str): A name that may be absolute or have ``..``.
        where (str): Which file has the name, and where.
        option (str): What names another folder. Defaults to ``--images``.

    Raises:
        ValueError: It is outside, or no name at all.
    """
    if '\0' in name:
        raise ValueError(f'{where}: expected the name of a file, got {name!r}')
    if may_leave(name) and not is_inside(Path(folder, name), [folder]):
        raise outside(folder, name, where, option)


def outside(
    folder: str | Path, name: str, where: str, option: str = '--images '
) -> ValueError:
    """Make the error for the name of a file outside of a folder.

    Args:
        folder (str | Path): As of :func:`check_inside`.
        name (str): Likewise.
        where (str): Likewise.
        option (str): Likewise.

    Returns:
        ValueError: To be raised.
    """
    paths = (os.path.abspath(path) for path in (folder, Path(folder, name)))
    try:
        common = os.path.commonpath(list(paths))
    except ValueError:  # on different drives
        common = os.path.dirname(name)
    return ValueError(
        f'{where}: expected the name of a file in {folder}, got {name!r}, '
        f'which is outside; if you trust it, name a folder that holds both: '
        f'{option}{common}'
    )


def plain_name(name: str) -> str:
    """Give what names have in common that may belong to one file.

    File systems of macOS and Windows do not tell capitals from small letters,
    and macOS writes accents as letters of their own.

    Args:
        name (str): A file's name.

    Returns:
        str: It in small letters, with accents in them.
    """
    return unicodedata.normalize('NFC', name).casefold()
