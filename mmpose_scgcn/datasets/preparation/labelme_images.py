"""The images of files of LabelMe: beside them, or in them."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from mmpose_scgcn.files import read_json
from mmpose_scgcn.images import decode_image, read_image

import numpy as np

from .image_files import find_image
from .labelme_file import LabelmeFile
from .named_images import NamedImages
from .records import Problem


def find_labelme_image(
    file: LabelmeFile, root: Path, finder: NamedImages, given: bool
) -> tuple[Path, list[Problem]]:
    """Find the image of a file.

    Args:
        file (LabelmeFile): The file.
        root (Path): Folder that it is below.
        finder (NamedImages): Looks for images.
        given (bool): Whether the user names the images' folder.

    Returns:
        tuple[Path, list[Problem]]: The image, or where it should be, and a
        problem if ``imagePath`` leads nowhere and an image of the file's own
        name was taken.
    """
    inside = file.path.parent.relative_to(root)
    bases = [finder.folder / inside, finder.folder]
    bases = bases if given else [file.path.parent, *bases]
    bases = [base.absolute() for base in bases]
    name = file.image or f'{file.path.stem}.jpg'
    image = finder.find(name, bases, str(file.path))
    if image.is_file():
        return image, []
    for base in bases:
        other, problems = find_image(file.path, base)
        if other.is_file():
            text = f'{file.path}: no {name}, took {other}'
            kind = 'image taken by the name of its annotation file'
            return other, [Problem(kind, text, serious=False), *problems]
    return image, []


def part_images(
    found: dict[Path, Path],
    files: Iterable[LabelmeFile],
    encoding: str | None,
) -> tuple[dict[Path, Path], list[Problem]]:
    """Tell images apart that files hold under one name.

    Args:
        found (dict): The image of each file.
        files (Iterable[LabelmeFile]): The files.
        encoding (str, optional): Of them.

    Returns:
        tuple[dict, list[Problem]]: The image of each file, by its own name
        where the one that it names is missing; and what was found.
    """
    named: dict[Path, list[Path]] = {}
    for file in files:
        if file.has_image:
            named.setdefault(found[file.path], []).append(file.path)
    found, problems = dict(found), []
    for image, paths in named.items():
        if len(paths) == 1 or len({_digest(p, encoding) for p in paths}) == 1:
            continue
        text = (
            f'{paths[0]} and {len(paths) - 1} more name {image}, and their '
            'imageData are different images'
        )
        there = image.is_file()
        if there:
            text += '; all have got that file'
        else:
            for path in paths:
                found[path] = image.with_name(f'{path.stem}{image.suffix}')
        kind = 'several images of one name'
        problems.append(Problem(kind, text, serious=there))
    return found, problems


def _digest(path: Path, encoding: str | None) -> bytes:
    """Tell the image that a file holds from others."""
    data = read_json(path, encoding).get('imageData')
    return hashlib.sha256(str(data).encode()).digest()


def embed(
    images: Iterable[tuple[LabelmeFile, Path, str]], encoding: str | None
) -> tuple[dict[str, Callable[[], np.ndarray]], list[Problem]]:
    """Give the images from the files that hold them, or from their place.

    Args:
        images (Iterable): Files, their images, and the names that these get.
        encoding (str, optional): Of the files.

    Returns:
        tuple[dict, list[Problem]]: A function for each name that reads the
        image, and what is taken from the files.
    """
    readers: dict[str, Callable[[], np.ndarray]] = {}
    problems = []
    for file, image, name in images:
        if image.is_file():
            readers[name] = partial(_read, image)
            continue
        readers[name] = partial(_decode, file.path, encoding)
        kind = 'missing image, taken from imageData'
        problems.append(Problem(kind, f'{file.path}: {image}', serious=False))
    return readers, problems


def _read(path: Path) -> np.ndarray:
    """Read an image beside its file."""
    try:
        return read_image(path)
    except ValueError as error:
        raise OSError(str(error)) from error


def _decode(path: Path, encoding: str | None) -> np.ndarray:
    """Read an image that a file holds."""
    data = read_json(path, encoding).get('imageData')
    if not data:
        raise FileNotFoundError(f'{path} holds no image')
    try:
        content = base64.b64decode(data, validate=False)
        return decode_image(content).pixels
    except (binascii.Error, TypeError, ValueError) as error:
        raise OSError(f'{path}: imageData {error}') from error
