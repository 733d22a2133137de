"""Keypoints drawn on faces."""

from collections.abc import Sequence
from pathlib import Path

from mmpose_scgcn.images import read_image

import cv2
import numpy as np

from .drawing import FARTHEST

#: BGR colours of ground truth and prediction, seen on skin and by the
#: colour-blind.
TRUE_COLOR = (80, 230, 90)
PREDICTED_COLOR = (255, 90, 40)
_RIM = (25, 25, 25)


def draw_points(
    image: np.ndarray,
    keypoints: np.ndarray,
    color: tuple[int, int, int],
    visible: np.ndarray | None = None,
    radius: int = 2,
) -> np.ndarray:
    """Draw keypoints as anti-aliased discs with thin dark rims.

    Args:
        image (np.ndarray): (H, W, 3) BGR uint8; left as it is.
        keypoints (np.ndarray): (K, 2), px of this image.
        color (tuple[int, int, int]): BGR.
        visible (np.ndarray, optional): Boolean (K,). Defaults to all.
        radius (int): Radius in px. Defaults to 2.

    Returns:
        np.ndarray: A new picture. Keypoints that are not finite are left
        out.
    """
    canvas = image.copy()
    shown = np.isfinite(keypoints).all(axis=-1)
    if visible is not None:
        shown &= visible
    # Four fractional bits: positions finer than a pixel.
    centers = [
        (round(float(x) * 16), round(float(y) * 16))
        for x, y in np.clip(keypoints[shown], *FARTHEST)
    ]
    # All rims come first: none covers a disc beside it.
    for size, shade in ((radius * 16 + 12, _RIM), (radius * 16, color)):
        for center in centers:
            cv2.circle(canvas, center, size, shade, -1, cv2.LINE_AA, 4)
    return canvas


def draw_comparison(
    image: np.ndarray,
    box: np.ndarray,
    gt: np.ndarray,
    pred: np.ndarray,
    visible: np.ndarray | None,
    size: int,
) -> np.ndarray:
    """Draw a face's true and predicted keypoints on a square about its box.

    Args:
        image (np.ndarray): (H, W, 3) BGR uint8.
        box (np.ndarray): Corners (4,) as x1, y1, x2, y2, image px.
        gt (np.ndarray): (K, 2 or more), image px.
        pred (np.ndarray): (K, 2 or more), image px.
        visible (np.ndarray, optional): Boolean (K,): which true ones are
            known. None: all.
        size (int): Side of the tile, px.

    Returns:
        np.ndarray: (size, size, 3) BGR uint8: truth in :data:`TRUE_COLOR`,
        prediction above it in :data:`PREDICTED_COLOR`.
    """
    tile, matrix = crop_tile(image, box, size)
    for keypoints, color, shown in (
        (gt, TRUE_COLOR, visible),
        (pred, PREDICTED_COLOR, None),
    ):
        points = keypoints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        tile = draw_points(tile, points, color, shown)
    return tile


def crop_tile(
    image: np.ndarray, box: np.ndarray, size: int, margin: float = 1.4
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a square about a box.

    Args:
        image (np.ndarray): (H, W, 3) BGR uint8.
        box (np.ndarray): Corners (4,) as x1, y1, x2, y2, image px.
        size (int): Side of the tile, px.
        margin (float): Side of the cut over the longer side of the box.
            Defaults to 1.4.

    Returns:
        tuple[np.ndarray, np.ndarray]: The tile (size, size, 3), and the
        matrix (2, 3) from image px to tile px.
    """
    center = (box[:2] + box[2:]) / 2
    scale = size / (margin * max(box[2:] - box[:2]))
    shift = size / 2 - center * scale
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    shrink = scale < 1
    tile = cv2.warpAffine(
        image,
        matrix,
        (size, size),
        flags=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC,
    )
    return tile, matrix


def mean_crop(
    files: Sequence[str | Path],
    centers: np.ndarray,
    sides: np.ndarray,
    size: int = 256,
) -> np.ndarray:
    """Average crops of images, each stretched to a square.

    Args:
        files (Sequence[str | Path]): N image files.
        centers (np.ndarray): Crop centres (N, 2), image px.
        sides (np.ndarray): Crop widths and heights (N, 2), image px.
        size (int): Side of the result, px. Defaults to 256.

    Returns:
        np.ndarray: (size, size, 3) BGR uint8.

    Raises:
        FileNotFoundError, ValueError: An image cannot be read.
    """
    total = np.zeros((size, size, 3))
    for file, center, side in zip(files, centers, sides, strict=True):
        image = read_image(file)
        matrix = np.diag(size / side)
        shift = size / 2 - matrix @ center
        total += cv2.warpAffine(image, np.c_[matrix, shift], (size, size))
    return (total / max(len(files), 1)).astype(np.uint8)
