"""From the bytes of an image file to pixels.

OpenCV decodes the formats of :data:`BY_OPENCV`, as in MMPose, and PIL all
others; the choice does not depend on what a build of OpenCV can do. PIL reads
every header: format, size and orientation. Where PIL is not installed, OpenCV
reads its formats alone, and turns them.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from .headers import UnknownError, check_size, open_image
from .orientation import orientation_of, turn_upright
from .stored_size import STARTS, stored_size

if TYPE_CHECKING:
    from PIL import Image

#: PIL's names of the formats that OpenCV decodes.
BY_OPENCV = frozenset(('BMP', 'DIB', 'JPEG', 'MPO', 'PNG', 'TIFF', 'WEBP'))

_AS_STORED = (
    cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
)
#: What a JPEG 2000 codestream begins with: its start, and that of its header.
_CODESTREAM = b'\xff\x4f\xff\x51'
#: v / 257, rounded, of each value of 16 bits: 65535 becomes 255.
_TO_8_BITS = ((np.arange(2**16) + 128) // 257).astype(np.uint8)

#: 16-bit images that reach no quarter of their range were made with fewer
#: bits, and are nearly black when read.
DARK = 2**14


class Decoded(NamedTuple):
    """An image file, decoded.

    Args:
        pixels (np.ndarray): (H, W, 3) uint8, BGR, upright.
        orientation (int): The EXIF orientation that was undone, 1 for none.
        brightest (int, optional): The largest value of an image of 16 bits,
            before they became 8; None for one of 8 bits.
        plainly (bool): Whether OpenCV alone gives the same.
    """

    pixels: np.ndarray
    orientation: int
    brightest: int | None
    plainly: bool


def decode_image(content: bytes) -> Decoded:
    """Decode an image file.

    Of several pictures in a file it is the first. Transparency is dropped:
    pixels have the colours that the file holds for them.

    Args:
        content (bytes): All of the file.

    Returns:
        Decoded: Pixels, and what was done to them.

    Raises:
        ValueError: It is no image that can be read: empty, cut off, damaged,
            too large, or of floating-point numbers. The message goes on after
            the name of the file.
    """
    if find_spec('PIL') is None:
        return _without_pil(content)
    try:
        image = open_image(content)
    except UnknownError as error:
        return _without_header(content, error)
    with image:
        try:
            return _decode(image, content)
        except MemoryError as error:
            width, height = image.size
            raise ValueError(
                f'cannot be read: {width} x {height} px are too many for the '
                'memory that is free'
            ) from error
        except Exception as error:  # damage ends decoders in many ways
            raise ValueError(f'cannot be read: {error}') from error


def by_opencv(content: bytes, flags: int = _AS_STORED) -> np.ndarray | None:
    """Decode with OpenCV.

    Args:
        content (bytes): All of the file.
        flags (int): Of OpenCV. Defaults to colour in the depth of the file,
            not turned.

    Returns:
        np.ndarray | None: (H, W, 3) BGR, or None if OpenCV cannot.
    """
    try:
        return cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error:
        return None


def by_pil(image: 'Image.Image') -> np.ndarray:
    """Decode with PIL, not turned.

    Args:
        image (PIL.Image.Image): In any mode.

    Returns:
        np.ndarray: (H, W, 3) uint8, BGR, or (H, W) uint16.

    Raises:
        ValueError: Its values are no 8 or 16 bits.
    """
    if image.mode.startswith('I'):  # 16 bits, also in 32
        values = np.asarray(image)
        if values.size and not 0 <= values.min() <= values.max() < 2**16:
            raise ValueError(
                'expected an image of 8 or 16 bits, got values from '
                f'{values.min()} to {values.max()}'
            )
        return values.astype(np.uint16)
    if image.mode == 'F':
        raise ValueError(_expected('floating point numbers'))
    if image.mode == 'P' and 'transparency' in image.info:
        image = image.convert('RGBA')
    return np.ascontiguousarray(np.asarray(image.convert('RGB'))[..., ::-1])


def to_bgr(array: np.ndarray) -> np.ndarray:
    """Bring pixels into the form that everything else expects.

    Args:
        array (np.ndarray): (H, W), (H, W, 1), (H, W, 3) in BGR or (H, W, 4)
            in BGRA, uint8 or uint16.

    Returns:
        np.ndarray: (H, W, 3) uint8, BGR, contiguous; not copied if it is so
        already.
    """
    if array.dtype == np.uint16:
        array = _TO_8_BITS[array]
    if array.ndim == 2 or array.shape[2] == 1:
        return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(array[..., :3])


def _decode(image: 'Image.Image', content: bytes) -> Decoded:
    """Decode what PIL knows."""
    orientation = orientation_of(image, content)
    pixels = None
    if image.format in BY_OPENCV and not _is_premultiplied(image):
        pixels = by_opencv(content)
    plainly = pixels is not None and orientation == 1
    if pixels is None:
        _check_jpeg2000(image, content)
        pixels = by_pil(image)
    _check_depth(pixels)
    if image.format != 'TIFF':  # both turn TIFF themselves
        pixels = turn_upright(pixels, orientation)
    deep = pixels.dtype == np.uint16
    brightest = int(pixels.max()) if deep else None
    return Decoded(
        to_bgr(pixels), orientation, brightest, plainly and not deep
    )


def _check_jpeg2000(image: 'Image.Image', content: bytes) -> None:
    """Refuse what PIL would round past 255, which becomes black.

    Raises:
        ValueError: It has colours of more than 8 bits.
    """
    if image.format != 'JPEG2000' or image.mode.startswith('I'):
        return
    start = content.find(_CODESTREAM)
    # Of the header: the number of components, then three bytes for each, of
    # which the first has the bits less one, and a sign.
    count = int.from_bytes(content[start + 40 : start + 42], 'big')
    depths = content[start + 42 : start + 42 + 3 * count : 3]
    bits = max(((depth & 0x7F) + 1 for depth in depths), default=8)
    if start >= 0 and bits > 8:
        raise ValueError(
            f'JPEG 2000 with colours of {bits} bits, of which Pillow makes '
            'wrong ones; expected 8 bits: convert it to PNG or TIFF'
        )


def _is_premultiplied(image: 'Image.Image') -> bool:
    """Tell whether OpenCV would darken what is transparent."""
    if image.format != 'TIFF' or image.mode != 'RGBA':
        return False
    bits = getattr(image, 'tag_v2', {}).get(258, (8,))
    return max(bits) <= 8


def _without_header(content: bytes, reason: UnknownError) -> Decoded:
    """Decode what PIL does not know, if OpenCV does."""
    size = stored_size(content)
    if size is None:
        raise reason
    check_size(*size)
    pixels = by_opencv(content, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if pixels is None:
        raise reason
    try:
        _check_depth(pixels)
    except ValueError as error:
        raise ValueError(f'cannot be read: {error}') from error
    deep = pixels.dtype == np.uint16
    brightest = int(pixels.max()) if deep else None
    return Decoded(to_bgr(pixels), 1, brightest, not deep)


def _without_pil(content: bytes) -> Decoded:
    """Decode with OpenCV alone, which turns by EXIF too.

    Raises:
        ValueError: It is damaged, or of a format that PIL reads.
    """
    if not content:
        raise ValueError('is empty')
    if content.startswith(STARTS):
        reason = UnknownError('is no image that can be read')
        return _without_header(content, reason)
    raise ValueError(
        'is no JPEG, PNG, BMP, TIFF or WebP image; other formats need '
        'Pillow, which is not installed here: pip install pillow'
    )


def _check_depth(pixels: np.ndarray) -> None:
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(_expected(f'{pixels.dtype}'))


def _expected(kind: str) -> str:
    return (
        f'expected an image of 8 or 16 bits, got one of {kind}; scale it to '
        '0..255 and convert it'
    )
