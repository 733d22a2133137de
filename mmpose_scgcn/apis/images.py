"""Images as people have them: files, arrays, PIL images."""

import contextlib
import os
import struct
import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

#: What may stand for an image.
ImageLike = str | os.PathLike | np.ndarray | Image.Image

#: A file of more pixels is refused before it is decoded. PIL refuses a few
#: less, where nobody has changed its limit.
MOST_PIXELS = 180_000_000

_BROKEN_EXIF = (SyntaxError, OSError, ValueError, struct.error)


def read_image(source: ImageLike) -> np.ndarray:
    """Read an image.

    A file or PIL image is turned upright by its EXIF orientation. A 16-bit
    image becomes one of 8 bits. Transparency is dropped.

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
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        return _from_pil(source)
    if isinstance(source, (str, os.PathLike)):
        return _from_file(Path(os.fsdecode(source)))
    raise TypeError(
        'expected an image as a path, a NumPy array or a PIL image, got '
        f'{type(source).__name__}'
    )


def _from_file(path: Path) -> np.ndarray:
    """Read with OpenCV, and what OpenCV cannot read with PIL."""
    if path.is_dir():
        raise ValueError(f'{path} is a folder; expected an image file')
    if not path.is_file():
        raise FileNotFoundError(f'no image file {path}')
    content = np.fromfile(path, np.uint8)
    if not len(content):
        raise ValueError(f'{path} is empty')
    try:
        with _open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError(
                    f'{image.width} x {image.height} pixels'
                )
            # OpenCV turns only JPEG files upright.
            if image.format != 'JPEG' and _orientation(image) != 1:
                return _from_pil(image)
            decoded = _decode(content)
            return _from_pil(image) if decoded is None else decoded
    except UnidentifiedImageError:
        decoded = _decode(content)
        if decoded is not None:
            return decoded
        raise ValueError(f'{path} is no image that can be read') from None
    except Image.DecompressionBombError as error:
        raise ValueError(
            f'{path} is too large: {error}; at most {MOST_PIXELS:,} pixels '
            'are read'
        ) from error
    except (OSError, SyntaxError, EOFError, ValueError) as error:
        raise ValueError(f'{path} cannot be read: {error}') from error


def _open(path: Path) -> Image.Image:
    """Read a file's header, without PIL's warning of its size."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', Image.DecompressionBombWarning)
        return Image.open(path)


def _orientation(image: Image.Image) -> int:
    """Read the EXIF orientation; 1, upright, where EXIF is broken."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except _BROKEN_EXIF:
        return 1


def _decode(content: np.ndarray) -> np.ndarray | None:
    try:
        return cv2.imdecode(content, cv2.IMREAD_COLOR)
    except cv2.error:
        return None


def _from_pil(image: Image.Image) -> np.ndarray:
    with contextlib.suppress(*_BROKEN_EXIF):
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith('I'):  # 16 bits, also in 32
        values = np.asarray(image)
        if values.size and not 0 <= values.min() <= values.max() < 2**16:
            raise ValueError(
                'expected an image of 8 or 16 bits, got values from '
                f'{values.min()} to {values.max()}'
            )
        return _from_array(values.astype(np.uint16))
    if image.mode == 'F':
        raise ValueError(
            'expected an image of 8 or 16 bits, got one of floating point '
            'numbers; scale it to 0..255 and convert it'
        )
    return np.ascontiguousarray(np.asarray(image.convert('RGB'))[..., ::-1])


def _from_array(array: np.ndarray) -> np.ndarray:
    shape = array.shape
    channels = shape[-1] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or 0 in shape:
        raise ValueError(
            'expected an image array (H, W), (H, W, 1), (H, W, 3) in BGR or '
            f'(H, W, 4) in BGRA, got shape {shape}'
        )
    if array.dtype == np.uint16:
        array = np.rint(array / 257).astype(np.uint8)
    elif array.dtype != np.uint8:
        raise ValueError(
            'expected an image array of uint8 or uint16, got '
            f'{array.dtype}; scale it to 0..255 and convert it'
        )
    if channels == 1:
        return np.repeat(array.reshape(*shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(array[..., :3])
