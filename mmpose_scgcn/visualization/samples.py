"""Samples of a data set as the network is fed them."""

from collections.abc import Sequence

from mmpose_scgcn.datasets.pipeline import crop_transform
from mmpose_scgcn.images import read_image

import cv2
import numpy as np

from .faces import crop_tile

#: BGR. Of two partners the one with the smaller index, the other one, and
#: keypoints without a partner; the box; the line between partners.
FIRST_COLOR = (80, 170, 255)
SECOND_COLOR = (255, 170, 60)
MIDDLE_COLOR = (90, 220, 90)
BOX_COLOR = (255, 255, 255)
PAIR_COLOR = (160, 160, 160)


def draw_crop(results: dict, size: int) -> np.ndarray:
    """Draw a sample after its pipeline.

    Args:
        results (dict): Of :func:`mmpose_scgcn.datasets.pipeline.run_pipeline`.
        size (int): Side of the tile, px.

    Returns:
        np.ndarray: (size, size, 3) BGR uint8: the crop, keypoints with their
        indices, lines between flip partners, and the annotated box, turned
        and shifted as the crop is.
    """
    image = displayable(results['img'])
    height, width = image.shape[:2]
    zoom = size / max(height, width)
    canvas = np.zeros((size, size, 3), np.uint8)
    shape = round(width * zoom), round(height * zoom)
    shown = cv2.resize(image, shape, interpolation=cv2.INTER_CUBIC)
    canvas[: shape[1], : shape[0]] = shown
    matrix = zoom * crop_transform(results)
    keypoints = zoom * results['transformed_keypoints'][0, :, :2]
    return _draw(canvas, results, keypoints, matrix)


def draw_annotation(info: dict, size: int) -> np.ndarray:
    """Draw a sample as it is annotated, before its pipeline.

    Args:
        info (dict): MMPose's data info.
        size (int): Side of the tile, px.

    Returns:
        np.ndarray: (size, size, 3) BGR uint8: the image about the box.

    Raises:
        FileNotFoundError, ValueError: The image cannot be read.
    """
    image = read_image(info['img_path'])
    tile, matrix = crop_tile(image, info['bbox'][0], size)
    keypoints = info['keypoints'][0, :, :2]
    keypoints = keypoints @ matrix[:, :2].T + matrix[:, 2]
    return _draw(tile, info, keypoints, matrix)


def displayable(image: np.ndarray) -> np.ndarray:
    """Bring an image of any range to BGR uint8.

    Args:
        image (np.ndarray): (H, W) or (H, W, 3), BGR; values of another type
            than uint8 are stretched from their minimum to their maximum.

    Returns:
        np.ndarray: (H, W, 3) uint8.
    """
    if image.dtype != np.uint8:
        low, high = float(image.min()), float(image.max())
        scaled = (image - low) / max(high - low, 1e-9)
        image = np.rint(255 * scaled).astype(np.uint8)
    return (
        cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    )


def keypoint_weights(results: dict) -> np.ndarray:
    """Find which keypoints count in training.

    Args:
        results (dict): MMPose's results, with ``keypoint_weights`` once
            targets are made, otherwise with ``keypoints_visible``.

    Returns:
        np.ndarray: (K,), 0 for those that do not count.
    """
    weights = results.get('keypoint_weights')
    if weights is None:
        weights = results['keypoints_visible']
    return np.asarray(weights)[0].reshape(results['keypoints'].shape[1], -1)[
        :, 0
    ]


def _draw(
    canvas: np.ndarray,
    results: dict,
    keypoints: np.ndarray,
    matrix: np.ndarray,
) -> np.ndarray:
    """Draw box, pairs, keypoints and indices on a tile."""
    if np.isfinite(matrix).all():
        _draw_box(canvas, results['bbox'][0], matrix)
    partners = np.asarray(results['flip_indices'])
    overlay = canvas.copy()
    for first, second in enumerate(partners):
        if first < second:
            start, end = _pixels(keypoints[[first, second]])
            cv2.line(overlay, start, end, PAIR_COLOR, 1, cv2.LINE_AA)
    cv2.addWeighted(overlay, 0.5, canvas, 0.5, 0, dst=canvas)
    weights = keypoint_weights(results)
    for index, point in enumerate(_pixels(keypoints)):
        color = partner_color(index, partners[index])
        filled = -1 if weights[index] > 0 else 1
        cv2.circle(canvas, point, 2, color, filled, cv2.LINE_AA)
        _write(canvas, str(index), (point[0] + 3, point[1] - 2), color)
    return canvas


def partner_color(index: int, partner: int) -> tuple[int, int, int]:
    """Choose the colour of a keypoint by the order of the two partners."""
    if partner == index:
        return MIDDLE_COLOR
    return FIRST_COLOR if index < partner else SECOND_COLOR


def _draw_box(canvas: np.ndarray, box: np.ndarray, matrix: np.ndarray) -> None:
    """Draw the outline of a box in image px through an affine transform."""
    left, top, right, bottom = box
    corners = np.array(
        [[left, top], [right, top], [right, bottom], [left, bottom]]
    )
    corners = corners @ matrix[:, :2].T + matrix[:, 2]
    outline = np.array(_pixels(corners))
    cv2.polylines(canvas, [outline], True, BOX_COLOR, 1, cv2.LINE_AA)


def _pixels(points: np.ndarray) -> list[tuple[int, int]]:
    """Round points, far ones to the edge of what OpenCV draws."""
    whole = np.rint(np.clip(np.nan_to_num(points), -(2**14), 2**14))
    return [(int(x), int(y)) for x, y in whole]


def _write(
    canvas: np.ndarray, text: str, at: Sequence[int], color: Sequence[int]
) -> None:
    """Write small text with a dark rim."""
    for tint, thickness in (((0, 0, 0), 2), (color, 1)):
        cv2.putText(
            canvas,
            text,
            at,
            cv2.FONT_HERSHEY_SIMPLEX,
            0.3,
            tint,
            thickness,
            cv2.LINE_AA,
        )
