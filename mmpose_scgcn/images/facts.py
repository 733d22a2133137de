"""What is to be known of an image file before a network is trained on it."""

import os
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from .decoding import Decoded, by_opencv, decode_image
from .headers import UnknownError, open_image
from .orientation import orientation_of
from .reading import read_content, shown

#: Decoders round in different ways.
_SAME = 2

_JPEG_2000 = b'jP  \r\n\x87\n'


class ImageFacts(NamedTuple):
    """What :func:`image_facts` tells.

    Args:
        width (int): Of the upright image, px.
        height (int): Of it, px.
        orientation (int): The EXIF orientation that is undone, 1 for none.
        brightest (int, optional): The largest value of an image of 16 bits;
            None for one of 8 bits.
        elsewhere (str): What MMPose's ``LoadImage`` makes of the file on this
            machine, in words, where that is something else; empty if it is
            the same.
    """

    width: int
    height: int
    orientation: int = 1
    brightest: int | None = None
    elsewhere: str = ''


def image_facts(path: str | os.PathLike) -> ImageFacts:
    """Read an image as training will, and say what came out.

    Args:
        path (str | os.PathLike): The file.

    Returns:
        ImageFacts: Of the pixels that :func:`.read_image` gives.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It is no image that can be read. The message goes on after
            the name of the file.
    """
    path = Path(os.fsdecode(path))
    try:
        content = read_content(path)
    except ValueError as error:
        raise OSError(str(error).removeprefix(f'{shown(path)} ')) from error
    try:
        return _coarse_facts(content) or _facts(content)
    except ValueError as error:
        raise OSError(str(error)) from error


def _coarse_facts(content: bytes) -> ImageFacts | None:
    """Read a JPEG file at an eighth of its size, which is quicker.

    PIL goes through all of it, and stops where OpenCV stops: at damage, and
    where the file is cut off. Size and orientation are in the header.

    Returns:
        ImageFacts | None: None for other files, and where PIL has a doubt.
    """
    try:
        image = open_image(content)
    except UnknownError:
        return None
    with image:
        if image.format not in ('JPEG', 'MPO'):
            return None
        width, height = image.size
        orientation = orientation_of(image, content)
        if orientation >= 5:
            width, height = height, width
        if 'exif' in image.info and not _has_shape(content, width, height):
            return None
        try:
            image.draft('RGB', (1, 1))
            image.load()
        except Exception:  # damage ends decoders in many ways
            return None
    return ImageFacts(width, height, orientation)


def _has_shape(content: bytes, width: int, height: int) -> bool:
    """Tell whether OpenCV turns a JPEG file in the same way."""
    theirs = by_opencv(content, cv2.IMREAD_REDUCED_COLOR_8)
    return theirs is not None and theirs.shape[:2] == (
        -(-height // 8),
        -(-width // 8),
    )


def _facts(content: bytes) -> ImageFacts:
    """Decode a file as it will be decoded in training."""
    decoded = decode_image(content)
    height, width = decoded.pixels.shape[:2]
    return ImageFacts(
        width,
        height,
        decoded.orientation,
        decoded.brightest,
        '' if decoded.plainly else _elsewhere(decoded, content),
    )


def _elsewhere(decoded: Decoded, content: bytes) -> str:
    """Compare with what MMPose reads."""
    if content[4:12] == _JPEG_2000:
        return ''  # OpenCV reads it too, but may end the process
    theirs = by_opencv(content, cv2.IMREAD_COLOR)
    if theirs is None:
        return 'not read at all'
    turned = decoded.orientation != 1
    if theirs.shape != decoded.pixels.shape:
        return 'not turned upright' if turned else 'read in another size'
    difference = np.abs(theirs.astype(np.int16) - decoded.pixels).max()
    if difference <= _SAME:
        return ''
    return 'not turned upright' if turned else 'read with other colours'
