"""Decoded images in files that are mapped into memory."""

import hashlib
import logging
import mmap
import os
import struct
from pathlib import Path

from mmpose_scgcn.files import replace_file
from mmpose_scgcn.images import read_image

import cv2
import numpy as np
from mmengine.logging import print_log

#: How a file starts: a mark, then height and width. Pixels follow, BGR.
_HEAD = struct.Struct('<8sII')
_MARK = b'pixels01'


class PixelCache:
    """Read images as :func:`mmpose_scgcn.read_image`, but decode each once.

    The pixels lie in a file for each image, 3 bytes each. All processes of a
    machine share what the system keeps of these files in memory. An image
    that has changed (its size or time), or another version of OpenCV, has
    another file; nothing is ever deleted. What cannot be written is said
    once, and images are decoded as without a cache.

    Args:
        folder (str | os.PathLike): Made where missing. One in ``/dev/shm`` is
            memory.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self.folder = Path(folder)
        self._writes = True

    def read(self, path: Path) -> np.ndarray:
        """Read an image.

        Args:
            path (Path): The file.

        Returns:
            np.ndarray: (H, W, 3) uint8, BGR, upright, as
            :func:`mmpose_scgcn.read_image` gives it. It may be written to:
            the file stays as it is.

        Raises:
            FileNotFoundError, ValueError: As :func:`mmpose_scgcn.read_image`.
        """
        try:
            file = self._place(path)
        except OSError:
            return read_image(path)  # which says what is wrong
        pixels = _load(file)
        if pixels is None:
            pixels = read_image(path)
            self._store(file, pixels)
        return pixels

    def _place(self, path: Path) -> Path:
        """Name the file of an image."""
        facts = path.stat()
        text = f'{facts.st_size} {facts.st_mtime_ns} {cv2.__version__} '
        name = os.fsencode(os.path.abspath(path))
        key = hashlib.sha256(text.encode() + name).hexdigest()[:40]
        return self.folder / key[:2] / f'{key[2:]}.px'

    def _store(self, file: Path, pixels: np.ndarray) -> None:
        """Write pixels, whole or not at all."""
        if not self._writes:
            return
        height, width = pixels.shape[:2]
        try:
            with replace_file(file) as partial, partial.open('wb') as out:
                out.write(_HEAD.pack(_MARK, height, width))
                out.write(np.ascontiguousarray(pixels).data)
        except OSError as error:
            self._writes = False
            print_log(
                f'the cache {self.folder} cannot be written ({error}); '
                'images that are not in it are decoded each time',
                logger='current',
                level=logging.WARNING,
            )


def _load(file: Path) -> np.ndarray | None:
    """Map a file, each reader for itself; None if it is not there whole."""
    try:
        with file.open('rb') as opened:
            content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):  # missing, or empty
        return None
    if len(content) < _HEAD.size:
        return None
    mark, height, width = _HEAD.unpack_from(content)
    if mark != _MARK or len(content) != _HEAD.size + 3 * height * width:
        return None
    pixels = np.frombuffer(content, np.uint8, offset=_HEAD.size)
    return pixels.reshape(height, width, 3)
