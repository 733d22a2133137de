"""The window in which predictions are shown."""

import os
import sys

from mmpose_scgcn.images import shown

import cv2
import numpy as np

_NAME = 'mmpose_scgcn'
_NO_WINDOW = (
    '--show needs a screen and an OpenCV with windows (opencv-python, not '
    'opencv-python-headless)'
)


class NoWindowError(RuntimeError):
    """There is no screen, or an OpenCV without windows."""

    def __init__(self) -> None:
        super().__init__(_NO_WINDOW)


def show_picture(picture: np.ndarray, title: str, wait_ms: int) -> bool:
    """Show a picture, in the same window as the last one.

    Args:
        picture (np.ndarray): (H, W, 3) uint8, BGR.
        title (str): Of the window.
        wait_ms (int): How long a key is waited for; 0: until one is pressed.

    Returns:
        bool: Whether Q or Escape was pressed.

    Raises:
        NoWindowError: It cannot be shown.
    """
    try:
        cv2.imshow(_NAME, picture)
        cv2.setWindowTitle(_NAME, shown(title))
        return cv2.waitKey(wait_ms) & 0xFF in (27, ord('q'), ord('Q'))
    except cv2.error as error:
        raise NoWindowError from error


def close_window() -> None:
    """Close the window; nothing where there is none."""
    try:
        cv2.destroyWindow(_NAME)
    except cv2.error:
        return


def check_screen() -> None:
    """Find out whether there is a screen, before anything is predicted.

    Raises:
        NoWindowError: There is none: Qt, which OpenCV's windows have on
            Linux, would end the process.
    """
    if not sys.platform.startswith('linux'):
        return
    names = ('DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM')
    if not any(os.environ.get(name) for name in names):
        raise NoWindowError
