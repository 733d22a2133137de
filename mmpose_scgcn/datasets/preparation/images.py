"""The sizes of images, as the training pipeline will see them."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image, UnidentifiedImageError

_ORIENTATION = 0x0112  # EXIF tag
_TURNED = (5, 6, 7, 8)  # its values that exchange width and height


def image_size(path: str | Path) -> tuple[int, int, int]:
    """Read the size of an image, and check that all of it is there.

    Args:
        path (str | Path): The file.

    Returns:
        tuple[int, int, int]: Width and height in px after the rotation that
        its EXIF tag asks for, which OpenCV applies when it reads, and that
        tag (1 for none).

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It is no image, or cut off.
    """
    try:
        with Image.open(path) as image:
            width, height = image.size
            # A coarse decoding goes through the whole file all the same.
            image.draft('RGB', (1, 1))
            orientation = image.getexif().get(_ORIENTATION, 1)
            image.load()
    except (UnidentifiedImageError, SyntaxError, ValueError) as error:
        raise OSError(f'no image that can be read ({error})') from error
    if orientation in _TURNED:
        width, height = height, width
    return width, height, orientation


def read_image_sizes(
    folder: Path,
    files: Sequence[str],
    workers: int | None = None,
    track: Callable[[Iterable], Iterable] = iter,
) -> dict[str, tuple[int, int, int] | OSError]:
    """Read the sizes of images, several at a time.

    Args:
        folder (Path): That the names are relative to.
        files (Sequence[str]): N names.
        workers (int, optional): Threads. Defaults to one for each processor.
        track (Callable): Wraps the iteration, for a progress bar.

    Returns:
        dict: For each name what :func:`image_size` returned or raised.
    """
    read = partial(_read, folder)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        results = track(pool.map(read, files))
        return dict(zip(files, results, strict=True))


def _read(folder: Path, file: str) -> tuple[int, int, int] | OSError:
    """Catch what is wrong with one image."""
    try:
        return image_size(folder / file)
    except OSError as error:
        return error
