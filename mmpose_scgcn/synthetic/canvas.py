"""A texture in uv, and smooth paint on it."""

from collections.abc import Sequence

import cv2
import numpy as np

#: Blue, green and red.
Color = Sequence[float] | np.ndarray

WIDTH, HEIGHT = 544, 480
_SHIFT = 4  # fractional bits of cv2's drawing coordinates


def to_texels(uv: np.ndarray) -> np.ndarray:
    """Points in [0, 1] to cv2's fixed-point texel coordinates, int32."""
    texels = np.asarray(uv) * [WIDTH, HEIGHT] - 0.5
    return np.round(texels * (1 << _SHIFT)).astype(np.int32)


def blend(
    image: np.ndarray, mask: np.ndarray, color: Color, alpha: float = 1.0
) -> None:
    """Mix a colour into an image, in place.

    Args:
        image (np.ndarray): (H, W, 3) uint8.
        mask (np.ndarray): (H, W) uint8, 255 is full cover.
        color (Sequence | np.ndarray): BGR.
        alpha (float): Strength in [0, 1].
    """
    if alpha <= 0:
        return
    weight = mask * np.float32(alpha / 255)
    paint = np.empty(image.shape, np.uint8)
    paint[:] = [min(max(int(c), 0), 255) for c in color]
    np.copyto(
        image,
        cv2.blendLinear(
            np.ascontiguousarray(image), paint, 1 - weight, weight
        ),
    )


def _window(texels: np.ndarray, pad: int) -> tuple:
    """Slices of the padded bounding box of fixed-point points."""
    low = np.maximum((texels.min(0) >> _SHIFT) - pad, 0)
    high = (texels.max(0) >> _SHIFT) + pad + 2
    return slice(low[1], high[1]), slice(low[0], high[0])


def polygon_mask(uv: np.ndarray, blur: float = 0.0) -> tuple:
    """Cover of a polygon: windowed mask (h, w) uint8 and the two slices."""
    texels = to_texels(uv)
    rows, columns = _window(texels, int(3 * blur) + 2)
    shape = (
        min(rows.stop, HEIGHT) - rows.start,
        min(columns.stop, WIDTH) - columns.start,
    )
    mask = np.zeros((max(shape[0], 1), max(shape[1], 1)), np.uint8)
    offset = np.array([columns.start, rows.start]) << _SHIFT
    cv2.fillPoly(mask, [texels - offset], (255,), cv2.LINE_AA, _SHIFT)
    if blur > 0:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), blur))
    return mask, (rows, columns)


def fill(
    image: np.ndarray,
    uv: np.ndarray,
    color: Color,
    alpha: float = 1.0,
    blur: float = 0.0,
    clip: np.ndarray | None = None,
) -> None:
    """Fill a polygon, in place.

    Args:
        image (np.ndarray): The texture.
        uv (np.ndarray): (N, 2) corners.
        color (Sequence | np.ndarray): BGR.
        alpha (float): Strength in [0, 1].
        blur (float): Softness of the rim, texels.
        clip (np.ndarray, optional): (HEIGHT, WIDTH) uint8 outer mask.
    """
    mask, window = polygon_mask(uv, blur)
    if clip is not None:
        mask = cv2.multiply(mask, clip[window], scale=1 / 255)
    blend(image[window], mask, color, alpha)


def stroke(
    image: np.ndarray,
    lines: list,
    color: Color,
    alpha: float = 1.0,
    thickness: int = 1,
    blur: float = 0.0,
) -> None:
    """Draw open polylines of uv points with one colour, in place."""
    texels = [to_texels(line) for line in lines]
    rows, columns = _window(
        np.concatenate(texels), int(3 * blur) + thickness + 1
    )
    part = image[rows, columns]
    mask = np.zeros(part.shape[:2], np.uint8)
    offset = np.array([columns.start, rows.start]) << _SHIFT
    cv2.polylines(
        mask,
        [line - offset for line in texels],
        False,
        (255,),
        thickness,
        cv2.LINE_AA,
        _SHIFT,
    )
    if blur > 0:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), blur))
    blend(part, mask, color, alpha)
