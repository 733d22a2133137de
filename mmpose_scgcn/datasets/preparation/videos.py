"""Frames of videos, read one after the other."""

from pathlib import Path

import cv2
import numpy as np


class Videos:
    """Reads frames of videos; one video is open at a time."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._capture = cv2.VideoCapture()
        self._next = 1

    def read(self, path: Path, number: int) -> np.ndarray:
        """Read a frame; those that are asked for in order are read once.

        Args:
            path (Path): The video.
            number (int): Of the frame; the first one is 1.

        Returns:
            np.ndarray: (H, W, 3) BGR uint8.

        Raises:
            OSError: The video cannot be opened, or has no such frame.
        """
        if path != self._path or number < self._next:
            self._capture.release()
            self._path, self._next = path, 1
            if not self._capture.open(str(path)):
                raise OSError(f'{path}: no video that OpenCV can read')
        while self._next < number and self._capture.grab():
            self._next += 1
        found, frame = self._capture.read()
        if not found:
            raise OSError(
                f'{path}: expected a frame {number}, the video ends after '
                f'{self._next - 1}'
            )
        self._next += 1
        return frame
