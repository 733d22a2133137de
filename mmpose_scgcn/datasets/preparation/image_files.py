"""Finding the image that belongs to an annotation file, by its name."""

from collections.abc import Collection, Iterator
from pathlib import Path

from .column_names import IMAGE_SUFFIXES
from .records import Problem

#: Taken first where several images have one name.
_PREFERRED = ('.png', '.jpg', '.jpeg', '.bmp')
_VIDEOS = frozenset(('.avi', '.m4v', '.mkv', '.mov', '.mp4', '.mpg', '.webm'))
#: What this tool writes, if its output is beside the files.
_OURS = {'preview', 'preview.png'}
#: How folders of images are called.
CALLED = frozenset(
    (
        *('frame', 'frames', 'image', 'images', 'img', 'imgs', 'jpegimages'),
        *('jpg', 'photos', 'pics', 'pictures', 'png', 'vid', 'video'),
    )
)


class OnlyVideoError(ValueError):
    """Frames are in a video, not in files; ``video`` is the first one."""

    def __init__(self, message: str, video: Path) -> None:
        super().__init__(message)
        self.video = video


class Folders:
    """What is in folders; each is listed once."""

    def __init__(self) -> None:
        self._names: dict[Path, list[str]] = {}
        self._images: dict[Path, dict[str, list[str]]] = {}

    def images(self, folder: Path) -> dict[str, list[str]]:
        """List the images of a folder by their stems and names.

        Args:
            folder (Path): It may be missing.

        Returns:
            dict[str, list[str]]: Names of images by stem, and by name, in
            lower case; those to be taken first come first.
        """
        if folder not in self._images:
            found: dict[str, list[str]] = {}
            for name in self._list(folder):
                if Path(name).suffix.lower() in IMAGE_SUFFIXES:
                    found.setdefault(Path(name).stem.lower(), []).append(name)
                    found.setdefault(name.lower(), []).append(name)
            for names in found.values():
                names.sort(key=_rank)
            self._images[folder] = found
        return self._images[folder]

    def folders(self, folder: Path) -> list[Path]:
        """List the folders in a folder."""
        paths = (folder / n for n in self._list(folder) if '.' not in n[1:])
        return [path for path in paths if path.is_dir()]

    def videos(self, folder: Path) -> list[Path]:
        """List the videos in a folder."""
        names = self._list(folder)
        return [folder / n for n in names if Path(n).suffix.lower() in _VIDEOS]

    def _list(self, folder: Path) -> list[str]:
        """List names once, without what macOS adds to archives."""
        if folder not in self._names:
            try:
                names = sorted(path.name for path in folder.iterdir())
            except (FileNotFoundError, NotADirectoryError, PermissionError):
                names = []
            self._names[folder] = [n for n in names if n[:2] != '._']
        return self._names[folder]


def _rank(name: str) -> tuple[int, str]:
    """Order images of one name."""
    suffix = Path(name).suffix.lower()
    known = suffix in _PREFERRED
    return _PREFERRED.index(suffix) if known else len(_PREFERRED), name


def find_image(
    file: Path, folder: Path | None = None, folders: Folders | None = None
) -> tuple[Path, list[Problem]]:
    """Find the image of an annotation file: the same stem, any suffix.

    Args:
        file (Path): The file.
        folder (Path, optional): Of the image. Defaults to the file's.
        folders (Folders, optional): What was listed before.

    Returns:
        tuple[Path, list[Problem]]: The image, or the most likely name of one
        that is missing, and a problem where several fit.
    """
    folder, folders = folder or file.parent, folders or Folders()
    fits = folders.images(folder).get(file.stem.lower(), [])
    exact = [n for n in fits if file.stem in (n, Path(n).stem)]
    fits = exact or fits
    if not fits:
        return folder / f'{file.stem}.jpg', []
    problems = []
    if len(fits) > 1:
        text = f'{file}: {", ".join(fits)}; took the first'
        problems.append(Problem('several images of one name', text))
    return folder / fits[0], problems


def find_image_folder(
    files: Collection[Path],
    root: Path,
    images: Path | None = None,
    folders: Folders | None = None,
) -> Path:
    """Find the folder of the images of the annotation files of a folder.

    It is the files' own if there is any image in it. Otherwise a folder
    beside it, or beside one above it, that has images of these names, as
    ``001/image`` beside 300-VW's ``001/annot``, or ``images/test`` beside
    ``annotations/test``.

    Args:
        files (Collection[Path]): Annotation files of one folder.
        root (Path): Folder that all annotation files are below.
        images (Path, optional): Folder that the images are in or below, as
            the user says.
        folders (Folders, optional): What was listed before.

    Returns:
        Path: The folder; the files' own if there is none.

    Raises:
        ValueError: Several folders fit.
        OnlyVideoError: There is only a video.
    """
    folders = folders or Folders()
    own = next(iter(files)).parent
    if images is not None:
        mirrored = images / own.relative_to(root)
        return mirrored if folders.images(mirrored) else images
    if folders.images(own).keys() - _OURS:
        return own
    stems = {file.stem.lower() for file in files}
    for candidates in _beside(own, root, folders):
        fits = [c for c in candidates if stems & folders.images(c).keys()]
        if len(fits) > 1:
            listed = ', '.join(map(str, fits))
            raise ValueError(
                f'{own}: expected one folder of images for these files, got '
                f'{listed}; say which with --images'
            )
        if fits:
            return fits[0]
    for folder in (own, own.parent):
        for video in folders.videos(folder):
            raise OnlyVideoError(
                f'{own}: expected an image for each file, found only the '
                f'video {video}: extract its frames, such as with ffmpeg -i '
                f'{video} -start_number 1 {own.parent}/image/%06d.png, or '
                'take the kind 300vw, which reads the video',
                video,
            )
    return own


def _beside(own: Path, root: Path, folders: Folders) -> Iterator[list[Path]]:
    """List folders where images may be, the nearest first.

    Outside of the folder that the user named, only those are looked into
    that are called as folders of images are.
    """
    for above in (own, *own.parents):
        rest = own.relative_to(above)
        others = [f for f in folders.folders(above.parent) if f != above]
        if above == root:
            others = [f for f in others if f.name.lower() in CALLED]
            yield [other / rest for other in others]
            return
        found = [other / rest for other in others]
        yield [*found, own.parent] if above == own else found
