"""Colours for images of any number of channels."""

import numpy as np


def fitting_color(image: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Give a colour as many channels as an image has.

    Args:
        image (np.ndarray): (H, W) or (H, W, C).
        color (np.ndarray): (3,).

    Returns:
        np.ndarray: () or (C,); channels after the third begin anew.

    Example:
        >>> fitting_color(np.zeros((2, 2, 1)), np.array([7, 8, 9])).tolist()
        [7]
    """
    return color[0] if image.ndim == 2 else np.resize(color, image.shape[2])
