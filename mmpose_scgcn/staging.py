"""A place where a data set is made, before it replaces an earlier one."""

import contextlib
import json
import os
import shutil
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

if sys.platform != 'win32':
    import fcntl

_PLAN = 'plan.json'


@dataclass(frozen=True)
class Stage:
    """A hidden folder, in the file system of the folder to be written.

    Args:
        root (Path): The hidden folder.
        out (Path): Folder that is to be written, without symbolic links.
    """

    root: Path
    out: Path

    @property
    def files(self) -> Path:
        """Folder of the new files."""
        return self.root / 'new'

    @property
    def old(self) -> Path:
        """Folder of those that they replace."""
        return self.root / 'old'

    @property
    def is_inside(self) -> bool:
        """Whether it is in ``out``, as nothing can be moved into it."""
        return self.root.parent == self.out

    def replace_all(self) -> None:
        """Replace all that ``out`` holds with all new files.

        Raises:
            OSError: See :meth:`replace`.
        """
        prefix = _prefix(self.out)
        there = [n for n in os.listdir(self.out) if not n.startswith(prefix)]
        self.replace(there, os.listdir(self.files))

    def replace(self, stale: list[str], new: list[str]) -> None:
        """Move files away, and others to their places.

        What is about to be done is written down first: :func:`recover` undoes
        what a killed process has left half done.

        Args:
            stale (list[str]): Names in ``out`` that go.
            new (list[str]): Names in ``files`` that come.

        Raises:
            OSError: One cannot be moved; all is as it was.
        """
        self.old.mkdir(exist_ok=True)
        partial = self.root / f'.{_PLAN}'
        plan = dict(folder=_identity(self.root), names=new)
        partial.write_text(json.dumps(plan), encoding='utf-8')
        partial.replace(self.root / _PLAN)
        try:
            for name in stale:
                os.replace(self.out / name, self.old / name)
            for name in new:
                os.replace(self.files / name, self.out / name)
        except BaseException:
            self.undo()
            raise
        (self.root / _PLAN).unlink()

    def undo(self) -> None:
        """Put everything back, if there is a plan that was not finished.

        Raises:
            OSError: Something cannot be put back, or the plan is not one of
                this folder: it may have come with the data.
        """
        plan = self.root / _PLAN
        if not plan.exists():
            return
        _check_plain(self.root, plan, self.files, self.old)
        for name in _read_plan(plan, _identity(self.root)):
            moved = not os.path.lexists(self.files / name)
            if moved and os.path.lexists(self.out / name):
                os.replace(self.out / name, self.files / name)
        for path in self.old.iterdir():
            os.replace(path, self.out / path.name)
        plan.unlink()


def check_writable(out: Path) -> None:
    """Check that a folder can be made, and files in it.

    Args:
        out (Path): Folder that is to be written; it may be missing.

    Raises:
        OSError: It cannot; the message says why.
    """
    _check_place(out, out)


def check_file_writable(out: Path) -> None:
    """Check that a file can be made, or replaced.

    Args:
        out (Path): File that is to be written; its folder may be missing.

    Raises:
        OSError: It cannot; the message says why.
    """
    if os.path.isdir(out):
        raise IsADirectoryError(f'{out} is a folder, expected a file')
    _check_place(out, out.parent)


def _check_place(out: Path, folder: Path) -> None:
    """Check that files can be made in a folder, or that it can be made."""
    real = Path(os.path.realpath(folder))
    if os.path.islink(real):
        raise OSError(f'{out}: expected a folder, got links in a circle')
    # Not the methods of Path, which raise where a folder is not searched.
    there = next(p for p in (real, *real.parents) if os.path.exists(p))
    if not there.is_dir():
        raise NotADirectoryError(f'{there} is a file, expected a folder')
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(
            f'{out} cannot be written: no permission to make files in {there}'
        )


def _identity(folder: Path) -> list[int]:
    """Give numbers that no copy of a folder has, and no other folder."""
    facts = folder.lstat()
    return [facts.st_dev, facts.st_ino]


def _check_plain(root: Path, plan: Path, *folders: Path) -> None:
    """Check that a plan and its folders are no links to other places."""
    kinds = [(plan, stat.S_ISREG), *((f, stat.S_ISDIR) for f in folders)]
    for path, is_kind in [(root, stat.S_ISDIR), *kinds]:
        if not is_kind(path.lstat().st_mode):
            raise OSError(
                f'{path}: expected a file or folder of a preparation that was '
                'killed, got a link or something else; it may have come with '
                f'the data. Remove {root}'
            )


def _read_plan(plan: Path, folder: list[int]) -> list[str]:
    """Read names of files, which must be in the folder itself."""
    try:
        content = json.loads(plan.read_text(encoding='utf-8'))
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict) and content.get('folder') != folder:
        raise OSError(
            f'{plan}: it is of a preparation in another folder, and may have '
            f'come with the data. Remove {plan.parent}'
        )
    names = content.get('names') if isinstance(content, dict) else None
    plain = isinstance(names, list) and all(
        isinstance(name, str)
        and name not in ('', '..')
        and name == Path(name).name
        for name in names
    )
    if names is None or not plain:
        raise OSError(f'{plan}: expected a list of names of files')
    return names


@contextmanager
def stage(out: Path) -> Iterator[Stage]:
    """Make a place for the files of a folder; it is gone at the end.

    The folders that ``out`` is in are made, and go again after an error.

    Args:
        out (Path): Folder that is to be written; it may be missing.

    Yields:
        Stage: The place, with an empty folder ``files``.

    Raises:
        OSError: Nothing can be written there.
    """
    check_writable(out)
    out = Path(os.path.realpath(out))
    made = _make_parents(out)
    recover(out)
    place = out.parent if _is_beside(out) else out
    root = Path(tempfile.mkdtemp(prefix=_prefix(out), dir=place))
    try:
        with _held(root):
            result = Stage(root, out)
            result.files.mkdir()
            yield result
    finally:
        shutil.rmtree(root, ignore_errors=True)
        for folder in made:
            with contextlib.suppress(OSError):  # filled
                folder.rmdir()


def recover(out: Path) -> None:
    """Undo what a killed process has left half done, and remove its files.

    Args:
        out (Path): Folder that was being written.

    Raises:
        OSError: Something cannot be put back.
    """
    out = Path(os.path.realpath(out))
    for place in filter(Path.is_dir, (out.parent, out)):
        for name in os.listdir(place):
            if name.startswith(_prefix(out)):
                _clear(Stage(place / name, out))


def _clear(stage: Stage) -> None:
    """Undo and remove what no process works on."""
    with _held(stage.root) as held:
        if held:
            stage.undo()
            shutil.rmtree(stage.root, ignore_errors=True)


def _prefix(out: Path) -> str:
    """Begin the names of the hidden folders of a folder."""
    number = zlib.crc32(os.fsencode(out.name))
    return f'.{out.name[:40]}.{number:08x}.new-'


def _make_parents(out: Path) -> list[Path]:
    """Make the folders above one; give those made, the deepest first."""
    made = []
    for folder in out.parents:
        if folder.exists():
            break
        made.append(folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    return made


def _is_beside(out: Path) -> bool:
    """Tell whether files beside a folder can be moved into it."""
    if not os.access(out.parent, os.W_OK | os.X_OK):
        return False
    return not out.exists() or out.stat().st_dev == out.parent.stat().st_dev


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder as long as this process uses it.

    Yields:
        bool: Whether it is held: not where another process does, and where
        the system does not know.
    """
    if sys.platform == 'win32':
        yield False
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        yield lock_open(number)
    finally:
        os.close(number)


def lock_open(number: int) -> bool:
    """Lock an open file or folder for this process.

    Args:
        number (int): Its descriptor; closing it ends the lock.

    Returns:
        bool: Whether it is locked: not where another process has done so,
        and where the system does not know.
    """
    if sys.platform == 'win32':
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
