"""Finding the images that annotation files name."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from mmpose_scgcn.inside import is_inside, outside, plain_name

from .column_names import has_image_suffix
from .image_files import CALLED
from .output import is_annotation_name
from .records import Problem

#: What Label Studio puts before the name of a file that is uploaded.
_UPLOAD = re.compile(r'[0-9a-f]{8}-(?=.)')
_URL = re.compile(r'\w{2,}://[^/]*|[A-Za-z]:')
#: Folders that tools make, whose names say nothing of the image.
_MADE = CALLED | {'default', 'upload', 'media', 'data'}


class NamedImages:
    """The images below a folder, found by how annotation files name them.

    Args:
        folder (Path): Of the images; listed once, where a name does not lead
            to a file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self.problems: list[Problem] = []
        self._listed: dict[str, list[Path]] = {}
        self._names: dict[Path, tuple[str, bool]] = {}

    def find(self, name: str, bases: Sequence[Path], where: str) -> Path:
        """Find an image.

        The name may have backslashes, be encoded as a URL is, or have accents
        as macOS writes them. It may lack its suffix, and begin with folders
        of another machine, or with what Label Studio puts before the name of
        an upload.

        Args:
            name (str): As the annotation file has it.
            bases (Sequence[Path]): Folders that it may be relative to, the
                likeliest first.
            where (str): File and place, for messages.

        Returns:
            Path: The image, or where it should be if it is missing.

        Raises:
            ValueError: No name, one of a file outside of all these folders,
                or several images that fit.
        """
        written = name.strip().replace('\\', '/')
        if not written or len(written) > 1000 or '\0' in written:
            raise ValueError(
                f'{where}: expected the name of an image, got {name[:40]!r}'
            )
        variants = list(dict.fromkeys(_variants(written)))
        bases = [Path(os.path.abspath(base)) for base in bases]
        exact = self._as_written(variants, bases, where)
        found = exact or self._search(variants, where)
        if found is None:
            parts = _parts(variants[0])
            return bases[0].joinpath(*parts or ['unnamed'])
        self._note(written, found, where, exact is None)
        return found

    def _as_written(
        self, variants: list[str], bases: list[Path], where: str
    ) -> Path | None:
        """Take the name as a path, which must be in one of the folders."""
        led_out = None
        for variant in variants:
            for base in bases:
                path = Path(os.path.normpath(base / variant))
                if not path.is_file():
                    continue
                if is_inside(path, [self.folder, *bases]):
                    return path
                led_out = variant
        if led_out is not None:
            raise outside(self.folder, led_out, where)
        return None

    def _search(self, variants: list[str], where: str) -> Path | None:
        """Look for the name in all folders."""
        if not self._listed:
            self._list()
        for parts in filter(None, map(_parts, variants)):
            ranks: dict[int, list[Path]] = {}
            for path in self._listed.get(plain_name(parts[-1]), []):
                there = path.relative_to(self.folder)
                if not has_image_suffix(parts[-1]):
                    there = there.with_suffix('')
                rank = _rank(parts, there.parts)
                ranks.setdefault(rank, []).append(path)
            ranks.pop(0, None)
            best = ranks[max(ranks)] if ranks else []
            if len(best) > 1:
                listed = ', '.join(map(str, best[:3]))
                raise ValueError(
                    f'{where}: expected one image {variants[0]}, got '
                    f'{listed}; say which folder with --images'
                )
            if best:
                return best[0]
        return None

    def _list(self) -> None:
        """List the images by name, and by name without suffix."""
        for path in list_files(self.folder):
            if has_image_suffix(path.name):
                for key in (path.name, path.stem):
                    same = self._listed.setdefault(plain_name(key), [])
                    same.append(path)

    def _note(
        self, written: str, found: Path, where: str, searched: bool
    ) -> None:
        """Report an image that another name led to than its own."""
        other, was = self._names.setdefault(found, (written, searched))
        if other != written and (searched or was):
            text = f'{found}: {other} and {written} ({where})'
            self.problems.append(Problem('image of several names', text))


def list_files(folder: Path) -> Iterator[Path]:
    """List the files in a folder and those below it, in order.

    Hidden ones are left out, what macOS adds to archives, and what this tool
    wrote into a folder below.

    Args:
        folder (Path): The folder.

    Yields:
        Path: Its files.
    """
    for above, folders, files in os.walk(folder):
        if Path(above) != folder and _is_ours(files):
            folders.clear()
            continue
        kept = (f for f in folders if f[0] != '.' and f != '__MACOSX')
        folders[:] = sorted(kept)
        for file in sorted(files):
            if file[0] != '.':
                yield Path(above, file)


def common_root(folder: Path, images: Iterable[Path]) -> Path:
    """Find the folder that all images can be named from.

    Args:
        folder (Path): Of the images.
        images (Iterable[Path]): Absolute paths.

    Returns:
        Path: ``folder``, or one above it.
    """
    parents = {os.path.dirname(image) for image in images}
    return Path(os.path.commonpath([os.path.abspath(folder), *parents]))


def _is_ours(files: list[str]) -> bool:
    """Tell a folder that this tool wrote by its files."""
    return 'problems.txt' in files and any(map(is_annotation_name, files))


def _variants(written: str) -> Iterator[str]:
    """Give the ways to understand a name, the plain one first."""
    yield written
    _, mark, after = written.partition('?d=')
    plain = after if mark else written.partition('?')[0]
    decoded = unquote(plain)
    yield decoded
    with suppress(UnicodeError):
        # dlib writes UTF-8 and declares Latin-1.
        yield decoded.encode('latin-1').decode('utf-8')
    name = PurePosixPath(decoded).name
    if _UPLOAD.match(name):
        yield _UPLOAD.sub('', name, count=1)


def _parts(name: str) -> list[str]:
    """Part a name into folders and file."""
    path = _URL.sub('', name, count=1) if _URL.match(name) else name
    return [p for p in path.split('/') if p not in ('', '.', '..')]


def _rank(written: list[str], found: tuple[str, ...]) -> int:
    """Count the last parts that agree; 0 where others contradict them."""
    count = 0
    for a, b in zip(reversed(written), reversed(found), strict=False):
        if plain_name(a) != plain_name(b):
            break
        count += 1
    rest = written[: len(written) - count], found[: len(found) - count]
    if not all(rest):
        return count
    uploaded = _UPLOAD.match(written[-1])
    made = {part[-1].lower() for part in rest} & _MADE
    return count if uploaded or made else 0
