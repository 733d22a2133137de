"""Text files of any encoding, and files that are written whole or not."""

import codecs
import contextlib
import json
import os
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from .staging import lock_open

#: Bytes of the largest file of text: more than the annotations of any data
#: set that is known.
MOST_BYTES = 2**31
#: Lists and numbers take about so many times the bytes that they are as JSON.
_MEMORY_TIMES = 8

#: Byte order marks; that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, 'utf-8-sig'),
    (codecs.BOM_UTF32_LE, 'utf-32'),
    (codecs.BOM_UTF32_BE, 'utf-32'),
    (codecs.BOM_UTF16_LE, 'utf-16'),
    (codecs.BOM_UTF16_BE, 'utf-16'),
)

#: How files begin that are no text, and what they are.
_NO_TEXT = (
    (
        b'PK\x03\x04',
        'a ZIP archive, such as a workbook of Excel or LibreOffice; save it '
        'as CSV, or unpack it',
    ),
    (b'\xd0\xcf\x11\xe0', "an old Office file (Excel's .xls); save it as CSV"),
    (b'\x1f\x8b', 'a gzip archive; unpack it'),
    (b'BZh91AY&SY', 'a bzip2 archive; unpack it'),
    (b'\xfd7zXZ', 'an xz archive; unpack it'),
    (b'SQLite format 3\0', 'an SQLite database; export its table as CSV'),
    (b'\x89HDF', 'an HDF5 file'),
    (b'PAR1\x15', 'a Parquet file; save it as CSV'),
    (b'%PDF', 'a PDF file'),
    (b'\x89PNG', 'a PNG image'),
    (b'\xff\xd8\xff', 'a JPEG image'),
    (
        b'version https://git-lfs',
        'a pointer of Git LFS; "git lfs pull" fetches the file',
    ),
)


def read_text(
    path: str | Path,
    encoding: str | None = None,
    hint: str = 'save it as UTF-8',
    zeros: bool = False,
) -> str:
    """Read a text file, whatever the locale is.

    Args:
        path (str | Path): The file.
        encoding (str, optional): Its encoding. Defaults to what its byte
            order mark says, or UTF-8.
        hint (str): What to do about another encoding, for the message.
        zeros (bool): Whether characters of code 0 are text too. Defaults to
            False: they tell UTF-16 without a mark, and files of no text.

    Returns:
        str: The text without a byte order mark.

    Raises:
        IsADirectoryError: A folder.
        ValueError: The file is not in that encoding or no text at all, or
            there is no such encoding; or it is too large.
    """
    if Path(path).is_dir():
        raise IsADirectoryError(f'{path}: expected a file, got a folder')
    content = read_bytes(path)
    for begin, what in _NO_TEXT:
        if content.startswith(begin):
            raise ValueError(f'{path}: expected text, got {what}')
    marked = (name for mark, name in _MARKS if content.startswith(mark))
    used = encoding or next(marked, 'utf-8')
    try:
        text = content.decode(used)
    except LookupError as error:
        raise ValueError(f'{path}: there is no encoding {used!r}') from error
    except UnicodeDecodeError as error:
        raise ValueError(
            f'{path}: expected text in {used}, but byte {error.start + 1} is '
            f'{content[error.start]:#04x} ({error.reason}); {hint}'
        ) from error
    except UnicodeError as error:  # of codecs that tell no place
        raise ValueError(
            f'{path}: expected text in {used}, but {error}; {hint}'
        ) from error
    if '\0' in text and not zeros:
        raise ValueError(
            f'{path}: expected text in {used}, got bytes that are 0, as in '
            f'UTF-16 without a mark or a file that is no text; {hint}'
        )
    return text.removeprefix('\ufeff')


def read_bytes(path: str | Path, most: int | None = None) -> bytes:
    """Read a file of a bounded size.

    Args:
        path (str | Path): The file.
        most (int, optional): Bytes that are read. Defaults to
            :data:`MOST_BYTES`, or fewer on a machine of little memory.

    Returns:
        bytes: All of it.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is larger; or a device, or a pipe, which may have no
            end.
    """
    if most is None:
        most = min(MOST_BYTES, _memory() // _MEMORY_TIMES)
    facts = os.stat(path)
    if not stat.S_ISREG(facts.st_mode) and not stat.S_ISDIR(facts.st_mode):
        raise ValueError(f'{path}: expected a file, got a device or a pipe')
    if facts.st_size > most:
        raise ValueError(
            f'{path}: it has {facts.st_size:,} bytes; at most {most:,} are '
            'read on this machine'
        )
    return Path(path).read_bytes()


def _memory() -> int:
    """Tell how much memory the machine has, bytes."""
    try:
        return os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
    except (AttributeError, OSError, ValueError):  # not on Windows
        return MOST_BYTES * _MEMORY_TIMES


def read_json(
    path: str | Path,
    encoding: str | None = None,
    hint: str = 'save it as UTF-8',
    once: bool = False,
) -> Any:
    """Read a JSON file: UTF-8, or what its byte order mark says.

    Args:
        path (str | Path): The file.
        encoding (str, optional): See :func:`read_text`.
        hint (str): See there.
        once (bool): Whether an object that has a key twice is an error;
            else the last one counts, as in JSON. Defaults to False.

    Returns:
        Any: Its content.

    Raises:
        json.JSONDecodeError: It is no JSON; the message has file and line.
        ValueError: See :func:`read_text`; or lists nested too deeply, or a
            key that is there twice.
    """
    text = read_text(path, encoding, hint)
    pairs_hook = partial(_keep_keys, path) if once else None
    try:
        return json.loads(text, object_pairs_hook=pairs_hook)
    except json.JSONDecodeError as error:
        said = f'{path}: expected JSON, but {error.msg}'
        if text.lstrip()[:1] == '<':
            said = f'{path}: expected JSON, got XML{_of_cvat(text)}'
        raise json.JSONDecodeError(said, error.doc, error.pos) from None
    except RecursionError:
        raise ValueError(f'{path}: JSON nested too deeply') from None


def _keep_keys(path: str | Path, pairs: list[tuple[str, Any]]) -> dict:
    """Make an object of JSON.

    Raises:
        ValueError: It has a key twice.
    """
    content = dict(pairs)
    if len(content) < len(pairs):
        ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f'{path} has {key!r} more than once')
    return content


def _of_cvat(text: str) -> str:
    """Say what to do with XML of CVAT."""
    if '<annotations' not in text[:1000]:
        return ''
    return ' of CVAT: export it in the form of COCO'


#: In the names of files that are being written.
_PARTIAL = '.partial-'
_cleared: set[Path] = set()


@contextmanager
def replace_file(path: str | Path) -> Iterator[Path]:
    """Give a place to write to, and move it to ``path`` at the end.

    Until then an earlier file of that name stays as it is, and after an
    error or an interruption nothing else is left. What a killed process has
    left is removed by the next one that writes to the folder.

    Args:
        path (str | Path): Where the file is to be; its folder is made. A
            symbolic link there is replaced, and not what it leads to.

    Yields:
        Path: An empty file in the same folder, with the same suffix.

    Raises:
        OSError: ``path`` is a folder, a pipe or a device, which a file would
            take the place of; or nothing can be written there.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        kind = 'a folder' if path.is_dir() else 'a pipe or a device'
        raise OSError(f'{path}: expected a file to write to, got {kind}')
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path.parent)
    partial, number = _make_partial(path)
    try:
        yield partial
        partial.chmod(0o666 & ~_umask())  # mkstemp's is for the owner alone
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
        if number is not None:
            os.close(number)


def _make_partial(path: Path) -> tuple[Path, int | None]:
    """Make the empty file, and hold it where the system can."""
    # Not the whole name, which may be as long as a name can be.
    begin = f'.{path.stem[:16]}{_PARTIAL}'
    while True:
        number, name = tempfile.mkstemp(path.suffix, begin, path.parent)
        if not lock_open(number):
            os.close(number)
            return Path(name), None
        if os.fstat(number).st_nlink:  # nobody took it for one that is left
            return Path(name), number
        os.close(number)


def _clear(folder: Path) -> None:
    """Remove what killed processes have left; once for each folder."""
    folder = folder.absolute()
    if folder in _cleared:
        return
    _cleared.add(folder)
    for path in folder.glob(f'.*{_PARTIAL}*'):
        with contextlib.suppress(OSError), path.open('rb') as file:
            if lock_open(file.fileno()):
                path.unlink()


def write_text(path: str | Path, text: str) -> None:
    """Write a text file, all of it or nothing.

    Args:
        path (str | Path): The file; its folder is made.
        text (str): Its content, written in UTF-8.
    """
    with replace_file(path) as partial:
        partial.write_text(text, encoding='utf-8')


def _umask() -> int:
    """Read the permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
