"""Which point of the head each pixel shows: a z-buffer made of samples.

The grid is refined until its samples lie closer than a pixel, the samples
that face the camera are written far to near, and single empty pixels take
a neighbour's sample.
"""

import cv2
import numpy as np

from .camera import Camera
from .head import resize_grid

_KEEP_FACING = -0.02
_CELLS = 32.0  # of the grid, in a head unit of the face's sparse parts
_PAD = 3  # px around the buffer, so that its rim has neighbours


def surface_normals(surface: np.ndarray) -> np.ndarray:
    """Outward unit normals of a grid: (H, W, 3) float32 to the same."""
    # The last column is the neighbour of the first.
    closed = np.hstack([surface[:, -1:], surface, surface[:, :1]])
    du = cv2.Sobel(closed, cv2.CV_32F, 1, 0, ksize=3)[:, 1:-1]
    dv = cv2.Sobel(closed, cv2.CV_32F, 0, 1, ksize=3)[:, 1:-1]
    normal = np.empty_like(surface)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        normal[..., i] = du[..., j] * dv[..., k] - du[..., k] * dv[..., j]
    length = np.sqrt(np.einsum('hwc,hwc->hw', normal, normal)) + 1e-9
    normal /= length[..., None]
    normal[0], normal[-1] = normal[1], normal[-2]  # poles have none
    return normal


def _seen_window(flat: np.ndarray, facing: np.ndarray, size: int) -> tuple:
    """Slices of the grid's rows and columns that the picture may show."""
    inside = (np.abs(flat[..., :2] - size / 2) < 0.6 * size).all(axis=-1)
    inside &= facing > -0.3
    inside = cv2.dilate(inside.astype(np.uint8), np.ones((5, 5)))
    rows, columns = (np.flatnonzero(inside.any(axis=i)) for i in (1, 0))
    if len(rows) == 0:
        return slice(0, 1), slice(0, 1)
    return (
        slice(int(rows[0]), int(rows[-1]) + 1),
        slice(int(columns[0]), int(columns[-1]) + 1),
    )


def _refinement(camera: Camera) -> int:
    """Samples along one side of a grid cell, so that they lie dense."""
    return int(np.clip(np.ceil(camera.scale / _CELLS), 1, 24))


def _samples(
    surface: np.ndarray,
    normals: np.ndarray,
    camera: Camera,
    size: int,
    fine: int,
) -> tuple:
    """Kept samples, far to near: pixel index and flat index in the grid."""
    flat = camera.project(surface)
    facing = normals @ camera.matrix[2].astype(np.float32)
    window = _seen_window(flat, facing, size)
    padding: np.ndarray = np.array([_PAD, _PAD, 0], np.float32)
    x, y, depth, facing = (
        resize_grid(
            field[window],
            field[window].shape[1] * fine,
            field[window].shape[0] * fine,
        )
        for field in (*cv2.split(flat + padding), facing)
    )
    keep = (facing > _KEEP_FACING) & (x > 0) & (y > 0)
    keep &= (x < size - 1) & (y < size - 1)
    kept = np.flatnonzero(keep)
    key = ((depth.ravel()[kept] + 4) * 8000).astype(np.uint16)
    kept = kept[np.argsort(key, kind='stable')]  # a radix sort
    pixel = (y.ravel()[kept] + np.float32(0.5)).astype(np.int32) * size
    pixel += (x.ravel()[kept] + np.float32(0.5)).astype(np.int32)
    row, column = np.divmod(kept.astype(np.int32), np.int32(keep.shape[1]))
    index = (row + window[0].start * fine) * (surface.shape[1] * fine)
    return pixel, index + column + window[1].start * fine


def rasterise(
    surface: np.ndarray, normals: np.ndarray, camera: Camera, size: int
) -> tuple:
    """The z-buffer of the head.

    Args:
        surface (np.ndarray): (H, W, 3) float32, head frame.
        normals (np.ndarray): (H, W, 3) float32, unit, head frame.
        camera (Camera): In pixels of the buffer.
        size (int): Side of the buffer in px.

    Returns:
        tuple: ``uv`` (size, size, 2) float32 in [0, 1] and ``mask``
        (size, size) bool, where the head is seen.
    """
    inner, size = slice(_PAD, size + _PAD), size + 2 * _PAD
    fine = _refinement(camera)
    pixel, index = _samples(surface, normals, camera, size, fine)
    buffer = np.full(size * size, -1, np.float32)
    buffer[pixel] = index  # a later, nearer sample overwrites
    buffer = buffer.reshape(size, size)
    mask = (buffer >= 0).astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5)))
    near = cv2.dilate(buffer, np.ones((5, 5)))
    buffer = np.where((mask == 0) & (closed == 1), near, buffer)
    buffer = buffer[inner, inner]
    height, width = np.array(surface.shape[:2]) * fine
    rows, columns = np.divmod(np.maximum(buffer, 0).astype(np.int32), width)
    uv = np.stack([(columns + 0.5) / width, (rows + 0.5) / height], axis=-1)
    return uv.astype(np.float32), buffer >= 0


def look_up(image: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Bilinear samples of an image or grid at a map of uv."""
    size = np.array(image.shape[1::-1], dtype=np.float32)
    where = uv * size - np.float32(0.5)
    return cv2.remap(
        image,
        where[..., 0],
        where[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
