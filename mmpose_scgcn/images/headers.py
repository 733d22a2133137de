"""The headers of image files, read with PIL.

PIL is imported when the first header is read, not before.
"""

import io
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

#: A file of more pixels is refused before it is decoded. PIL refuses a few
#: less, where nobody has changed its limit.
MOST_PIXELS = 180_000_000

#: PIL's formats that are pictures of pixels. It knows others, and runs
#: Ghostscript for one of them. What a plug-in registers is read too.
_PICTURES = frozenset(
    (
        *('AVIF', 'BMP', 'DIB', 'GIF', 'ICO', 'JPEG', 'JPEG2000', 'MPO'),
        *('PCX', 'PNG', 'PPM', 'PSD', 'QOI', 'SGI', 'SUN', 'TGA', 'TIFF'),
        'WEBP',
    )
)

#: How HEIC files go on after four bytes.
_HEIC = frozenset(
    (b'ftypheic', b'ftypheix', b'ftyphevc', b'ftypmif1', b'ftypmsf1')
)


class UnknownError(ValueError):
    """PIL knows no such file, or finds its header damaged."""


def open_image(content: bytes) -> 'Image.Image':
    """Read the header of an image file.

    Args:
        content (bytes): All of the file.

    Returns:
        PIL.Image.Image: The image, not decoded.

    Raises:
        UnknownError: PIL cannot open it.
        ValueError: It is empty, or too large to be decoded.
    """
    from PIL import Image

    if not content:
        raise ValueError('is empty')
    try:
        image = _open(content)
    except Image.DecompressionBombError as error:
        raise ValueError(_too_large(str(error))) from error
    except Image.UnidentifiedImageError as error:
        raise UnknownError(_unknown(content)) from error
    except Exception as error:  # damage ends parsers in many ways
        raise UnknownError(f'cannot be read: {error}') from error
    check_size(image.width, image.height)
    return image


def check_size(width: int, height: int) -> None:
    """Refuse an image of more than :data:`MOST_PIXELS` pixels.

    Raises:
        ValueError: The image has more.
    """
    if width * height > MOST_PIXELS:
        raise ValueError(_too_large(f'{width} x {height} pixels'))


def _unknown(content: bytes) -> str:
    if content[4:12] in _HEIC:
        return (
            'is a HEIC image, which Pillow reads with a plug-in alone; '
            'convert it, for example to JPEG'
        )
    return 'is no image that can be read'


def _too_large(reason: str) -> str:
    return f'is too large: {reason}; at most {MOST_PIXELS:,} pixels are read'


def _open(content: bytes) -> 'Image.Image':
    """Open with PIL; a warning of its size is none of ours."""
    from PIL import Image

    formats = _formats()
    try:
        return Image.open(io.BytesIO(content), formats=formats)
    except Image.DecompressionBombWarning:  # somebody made warnings errors
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(content), formats=formats)


def _formats() -> list[str]:
    """List what PIL may open, the usual formats first."""
    from PIL import Image

    Image.preinit()
    usual = [name for name in Image.ID if name in _PICTURES]
    Image.init()
    return usual + [
        name
        for name in Image.ID
        if name not in usual
        and (
            name in _PICTURES
            or not Image.OPEN[name][0].__module__.startswith('PIL.')
        )
    ]
