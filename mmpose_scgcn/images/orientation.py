"""The EXIF orientation of an image, and turning by it."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

_EIGHT = range(1, 9)


def orientation_of(image: 'Image.Image', content: bytes) -> int:
    """Read the EXIF orientation of a file.

    Only the EXIF block counts, and in TIFF the tag itself, as for OpenCV and
    browsers: not what XMP or a text chunk says.

    Args:
        image (PIL.Image.Image): The opened file.
        content (bytes): All of it.

    Returns:
        int: 1 (upright) to 8; 1 also where EXIF is missing or broken.
    """
    try:
        value = _read(image, content)
    except Exception:  # EXIF is parsed by trial, and fails in many ways
        return 1
    return value if isinstance(value, int) and value in _EIGHT else 1


def _read(image: 'Image.Image', content: bytes) -> int | None:
    from PIL import ExifTags, Image

    tag = ExifTags.Base.Orientation
    if image.format == 'TIFF':
        return getattr(image, 'tag_v2', {}).get(tag)
    if image.format == 'PNG' and 'exif' not in image.info:
        if b'eXIf' not in content:
            return None
        image.load()  # the chunk may follow the pixels
    block = image.info.get('exif')
    if not block:
        return None
    exif = Image.Exif()
    exif.load(block)
    # Without the XMP, which PIL would look into next.
    return exif.get(tag)


def turn_upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Undo an EXIF orientation.

    Args:
        pixels (np.ndarray): (H, W) or (H, W, C).
        orientation (int): 1 to 8.

    Returns:
        np.ndarray: (H, W, ...), or (W, H, ...) for 5 to 8; a view.
    """
    if orientation >= 5:  # rows of the file are columns
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
