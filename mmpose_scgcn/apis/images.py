"""Images as people have them: files, arrays, PIL images."""

import os
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

#: What may stand for an image.
ImageLike = str | os.PathLike | np.ndarray | Image.Image

#: Pixels from which an image is refused.
MOST_PIXELS = 180_000_000


def read_image(source: ImageLike) -> np.ndarray:
    """Read an image.

    A file is turned upright by its EXIF orientation. A 16-bit image becomes
    one of 8 bits. Transparency is dropped.

    Args:
        source (str | os.PathLike | np.ndarray | PIL.Image.Image): A file; an
            array (H, W), (H, W, 1), (H, W, 3) in BGR or (H, W, 4) in BGRA,
            uint8 or uint16; or a PIL image.

    Returns:
        np.ndarray: (H, W, 3) uint8, BGR.

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
        return _from_file(Path(source))
    raise TypeError(
        'expected an image as a path, a NumPy array or a PIL image, got '
        f'{type(source).__name__}'
    )


def _from_file(path: Path) -> np.ndarray:
    """Read with OpenCV, and what OpenCV cannot read with PIL."""
    if not path.is_file():
        raise FileNotFoundError(f'no image file {path}')
    content = np.fromfile(path, np.uint8)
    if not len(content):
        raise ValueError(f'{path} is empty')
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(
                    f'{path} has {image.width} x {image.height} pixels; '
                    f'at most {MOST_PIXELS:,} are read'
                )
            # OpenCV turns only JPEG files upright.
            if image.format != 'JPEG' and image.getexif().get(274, 1) != 1:
                return _from_pil(image)
            decoded = _decode(content)
            return _from_pil(image) if decoded is None else decoded
    except (Image.DecompressionBombError, UnidentifiedImageError):
        decoded = _decode(content)
        if decoded is not None:
            return decoded
        raise ValueError(f'{path} is no image that can be read') from None
    except (OSError, SyntaxError, EOFError) as error:
        raise ValueError(f'{path} cannot be read: {error}') from error


def _decode(content: np.ndarray) -> np.ndarray | None:
    try:
        return cv2.imdecode(content, cv2.IMREAD_COLOR)
    except cv2.error:
        return None


def _from_pil(image: Image.Image) -> np.ndarray:
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith('I;16') or image.mode == 'I':
        return _from_array(np.asarray(image).astype(np.uint16))
    return np.ascontiguousarray(np.asarray(image.convert('RGB'))[..., ::-1])


def _from_array(array: np.ndarray) -> np.ndarray:
    shape = array.shape
    channels = 1 if array.ndim == 2 else shape[-1]
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
