"""Keypoints drawn on faces, and grids of them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

#: BGR colours of ground truth and prediction.
TRUE_COLOR = (90, 220, 60)
PREDICTED_COLOR = (60, 60, 255)


def draw_points(
    image: np.ndarray,
    keypoints: np.ndarray,
    color: tuple[int, int, int],
    visible: np.ndarray | None = None,
    radius: int = 2,
) -> np.ndarray:
    """Draw keypoints as anti-aliased discs.

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
    for x, y in np.clip(keypoints[shown], -(2**12), 2**12):
        # Four fractional bits: positions finer than a pixel.
        center = (round(float(x) * 16), round(float(y) * 16))
        cv2.circle(canvas, center, radius * 16, color, -1, cv2.LINE_AA, 4)
    return canvas


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
        FileNotFoundError: An image cannot be read.
    """
    total = np.zeros((size, size, 3))
    for file, center, side in zip(files, centers, sides, strict=True):
        image = cv2.imread(str(file))
        if image is None:
            raise FileNotFoundError(f'cannot read image {file}')
        matrix = np.diag(size / side)
        shift = size / 2 - matrix @ center
        total += cv2.warpAffine(image, np.c_[matrix, shift], (size, size))
    return (total / max(len(files), 1)).astype(np.uint8)


def face_grid(
    tiles: Sequence[np.ndarray],
    captions: Sequence[str],
    columns: int = 6,
    size: int = 192,
) -> np.ndarray:
    """Lay square pictures out in rows, each under its caption.

    Args:
        tiles (Sequence[np.ndarray]): Square BGR uint8 pictures.
        captions (Sequence[str]): One line each, ASCII.
        columns (int): Pictures in a row. Defaults to 6.
        size (int): Side of each in the grid, px. Defaults to 192.

    Returns:
        np.ndarray: The grid, BGR uint8.

    Raises:
        ValueError: No tiles, or another number of captions.
    """
    if not tiles or len(tiles) != len(captions):
        raise ValueError(
            'expected as many captions as tiles, and at least one, got '
            f'{len(tiles)} tiles and {len(captions)} captions'
        )
    bar = 18
    rows = -(-len(tiles) // columns)
    shape = (rows * (size + bar), min(columns, len(tiles)) * size, 3)
    grid = np.full(shape, 24, dtype=np.uint8)
    for index, (tile, caption) in enumerate(zip(tiles, captions, strict=True)):
        top = index // columns * (size + bar)
        left = index % columns * size
        grid[top + bar : top + bar + size, left : left + size] = cv2.resize(
            tile, (size, size), interpolation=cv2.INTER_AREA
        )
        cv2.putText(
            grid,
            caption,
            (left + 4, top + 13),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.4,
            (235, 235, 235),
            1,
            cv2.LINE_AA,
        )
    return grid
