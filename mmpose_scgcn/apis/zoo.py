"""The models that come with the package."""

import hashlib
import re
from pathlib import Path

WEIGHTS = Path(__file__).resolve().parent.parent / 'weights'

_FILE = re.compile(r'(?P<name>[a-z0-9][a-z0-9-]*)-(?P<hash>[0-9a-f]{8})\.pth')


def list_models() -> list[str]:
    """List the names that :func:`mmpose_scgcn.load_model` knows.

    Returns:
        list[str]: In alphabetical order.

    Example:
        >>> from mmpose_scgcn import list_models
        >>> 'face68' in list_models()
        True
    """
    return sorted(_files())


def weights_file(name: str) -> Path:
    """Find the weights of a model by its name, and check them.

    Args:
        name (str): One of :func:`list_models`.

    Returns:
        pathlib.Path: The file.

    Raises:
        ValueError: No such model, or a damaged file.
    """
    files = _files()
    if name not in files:
        raise ValueError(
            f'no model {name!r} in this package; it has '
            f'{", ".join(sorted(files)) or "none"}'
        )
    return check_hash(files[name])


def weights_path(file_name: str) -> Path:
    """Find a file of weights by its file name, and check it.

    Args:
        file_name (str): ``NAME-<8 hex digits>.pth``, or a name of
            :func:`list_models`.

    Returns:
        pathlib.Path: The file.

    Raises:
        FileNotFoundError: This package has no such file; the message names
            those that it has.
        ValueError: The file is damaged.
    """
    files = _files()
    by_file = {path.name: path for path in files.values()} | files
    if file_name not in by_file:
        known = ', '.join(path.name for path in files.values())
        raise FileNotFoundError(
            f'no weights {file_name} in this package; it has {known or "none"}'
        )
    return check_hash(by_file[file_name])


def check_hash(path: Path) -> Path:
    """Check a file against the hash in its name.

    Args:
        path (pathlib.Path): ``NAME-<first 8 hex digits of its
            SHA-256>.pth``.

    Returns:
        pathlib.Path: The same.

    Raises:
        ValueError: The content is another one.
    """
    match = _FILE.fullmatch(path.name)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if match and found.startswith(match['hash']):
        return path
    expected = match['hash'] if match else 'NAME-<8 hex digits>.pth'
    raise ValueError(
        f'{path} is damaged or is another file: its name promises a SHA-256 '
        f'that starts with {expected}, and it has {found[:8]}. Get it again; '
        'the models of this package come with its installation'
    )


def has_hash(path: Path) -> bool:
    """Tell whether a file's name promises a hash, as a published one's does.

    Args:
        path (pathlib.Path): The file.

    Returns:
        bool: Whether it is ``NAME-<8 hex digits>.pth``.
    """
    return _FILE.fullmatch(path.name) is not None


def _files() -> dict[str, Path]:
    """Find the files by the names of their models."""
    matches = {path: _FILE.fullmatch(path.name) for path in WEIGHTS.glob('*')}
    return {m['name']: path for path, m in sorted(matches.items()) if m}
