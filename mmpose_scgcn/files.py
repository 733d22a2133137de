"""Files that are written as a whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replace_file(path: str | Path) -> Iterator[Path]:
    """Give a place to write to, and move it to ``path`` at the end.

    Until then an earlier file of that name stays as it is, and after an
    error or an interruption nothing else is left.

    Args:
        path (str | Path): Where the file is to be; its folder is made.

    Yields:
        Path: An empty file in the same folder, with the same suffix.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not the whole name, which may be as long as a name can be.
    begin = f'.{path.stem[:16]}.'
    handle, name = tempfile.mkstemp(path.suffix, begin, path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o666 & ~_umask())  # mkstemp's is for the owner alone
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    """Read the permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
