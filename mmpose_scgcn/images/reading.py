"""Images as people have them: files, arrays, PIL images."""

import contextlib
import os
import re
import stat
import struct
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard, Union

import numpy as np

from .decoding import DARK, Decoded, by_pil, decode_image, to_bgr

if TYPE_CHECKING:
    from PIL import Image

#: What may stand for an image; PIL is not imported before it is needed.
ImageLike = Union[str, os.PathLike, np.ndarray, 'Image.Image']

#: More than the most pixels take in 16 bits.
_MOST_BYTES = 2**31

_CONTROLS = re.compile(r'[\x00-\x1f\x7f-\x9f]')

_BROKEN_EXIF = (SyntaxError, OSError, ValueError, struct.error)


def read_image(source: ImageLike) -> np.ndarray:
    """Read an image.

    A file or PIL image is turned upright by its EXIF orientation. A 16-bit
    image becomes one of 8 bits: each value is divided by 257. Transparency is
    dropped. ``docs/images.md`` has all kinds of files.

    Args:
        source (str | os.PathLike | np.ndarray | PIL.Image.Image): A file; an
            array (H, W), (H, W, 1), (H, W, 3) in BGR or (H, W, 4) in BGRA,
            uint8 or uint16; or a PIL image.

    Returns:
        np.ndarray: (H, W, 3) uint8, BGR; an array of that kind is given as
        it is, not copied.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no image, or no array of this kind; the message
            says what came.
        TypeError: Neither file, array nor PIL image.
    """
    return _read(source)[0]


def read_to_predict(source: ImageLike, number: int) -> np.ndarray:
    """Read an image as :func:`read_image` does; warn of a nearly black one.

    Args:
        source (ImageLike): See there.
        number (int): Its place among others, to name what is no file.

    Returns:
        np.ndarray: (H, W, 3) uint8, BGR.

    Raises:
        FileNotFoundError, ValueError, TypeError: As there.
    """
    pixels, brightest = _read(source)
    doubt = why_doubtful(brightest)
    if doubt:
        name = f'image {number}'
        if isinstance(source, (str, os.PathLike)):
            name = shown(os.fsdecode(source))
        warnings.warn(f'{name}: {doubt}', stacklevel=2)
    return pixels


def why_doubtful(brightest: int | None) -> str | None:
    """Tell of an image of 16 bits whose values are of fewer bits.

    Args:
        brightest (int, optional): Its largest value; None for one of 8 bits.

    Returns:
        str | None: What is doubtful, None if nothing is.
    """
    if brightest is None or brightest >= DARK:
        return None
    return (
        'an image of 16 bits that is nearly black when read: its values end '
        f'at {brightest} of 65535; scale them to the whole range'
    )


def _read(source: ImageLike) -> tuple[np.ndarray, int | None]:
    """Read an image; give its pixels, and the largest value of 16 bits."""
    if isinstance(source, np.ndarray):
        return _from_values(_check_array(source))
    if _is_pil(source):
        return _from_values(_values_of_pil(source))
    if isinstance(source, (str, os.PathLike)):
        decoded = read_file(source)
        return decoded.pixels, decoded.brightest
    raise TypeError(
        'expected an image as a path, a NumPy array or a PIL image, got '
        f'{type(source).__name__}'
    )


def _from_values(values: np.ndarray) -> tuple[np.ndarray, int | None]:
    deep = values.dtype == np.uint16
    colours = values[..., :3] if values.ndim == 3 else values  # no alpha
    return to_bgr(values), int(colours.max(initial=0)) if deep else None


def read_file(path: str | os.PathLike) -> Decoded:
    """Read an image file.

    Args:
        path (str | os.PathLike): The file.

    Returns:
        Decoded: Pixels, and what was done to them.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no image that can be read; the message says why.
    """
    path = Path(os.fsdecode(path))
    content = read_content(path)
    try:
        return decode_image(content)
    except ValueError as error:
        raise ValueError(f'{shown(path)} {error}') from error


def shown(path: str | os.PathLike) -> str:
    """Write a name so that it can be printed.

    It may be no UTF-8, and may hold orders to a terminal.
    """
    text = os.fspath(path).encode('utf-8', 'backslashreplace').decode()
    return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], text)


def read_content(path: Path) -> bytes:
    """Read the bytes of an image file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is a folder, a device or a pipe, too large, or cannot
            be opened.
    """
    try:
        facts = path.stat()
        if stat.S_ISREG(facts.st_mode) and facts.st_size > _MOST_BYTES:
            raise ValueError(
                f'{shown(path)} is too large: {facts.st_size:,} bytes; at '
                f'most {_MOST_BYTES:,} are read'
            )
        if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
            raise ValueError(f'{shown(path)} is a device or a pipe, no file')
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f'no image file {shown(path)}') from None
    except OSError as error:
        if os.path.isdir(path):
            raise ValueError(
                f'{shown(path)} is a folder; expected an image file'
            ) from None
        raise ValueError(
            f'{shown(path)} cannot be opened: {error.strerror}'
        ) from error


def _is_pil(source: object) -> 'TypeGuard[Image.Image]':
    """Tell an image of PIL; there is none before PIL is imported."""
    pil = sys.modules.get('PIL.Image')
    return pil is not None and isinstance(source, pil.Image)


def _values_of_pil(image: 'Image.Image') -> np.ndarray:
    """Give the values of an upright image, of 8 or 16 bits."""
    from PIL import ImageOps

    with contextlib.suppress(*_BROKEN_EXIF):
        image = ImageOps.exif_transpose(image)
    try:
        return by_pil(image)
    except OSError as error:  # the file behind it is cut off, or closed
        raise ValueError(
            f'an image of PIL cannot be decoded: {error}'
        ) from error


def _check_array(array: np.ndarray) -> np.ndarray:
    """Check an array; give its values as uint8 or uint16."""
    shape = array.shape
    channels = shape[-1] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or 0 in shape:
        raise ValueError(
            'expected an image array (H, W), (H, W, 1), (H, W, 3) in BGR or '
            f'(H, W, 4) in BGRA, got shape {shape}'
        )
    if array.dtype.newbyteorder('=') == np.uint16:  # of any byte order
        array = array.astype(np.uint16, copy=False)
    if array.dtype not in (np.uint8, np.uint16):
        raise ValueError(
            'expected an image array of uint8 or uint16, got '
            f'{array.dtype}; scale it to 0..255 and convert it'
        )
    return array
