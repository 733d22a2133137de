"""From a box in an image to the network's input, and back.

The same arithmetic as MMPose's ``GetBBoxCenterScale``, ``TopdownAffine`` and
``PoseDataPreprocessor``, in NumPy and OpenCV, so that a crop has the same
pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np


@dataclass(frozen=True)
class Crop:
    """Where a crop lies in its image.

    Args:
        center (np.ndarray): (2,) float32, image px.
        scale (np.ndarray): (2,) float32, its width and height in image px.
    """

    center: np.ndarray
    scale: np.ndarray


class Cropper:
    """Makes crops as the model's test pipeline does.

    Args:
        settings (Mapping): The content of ``model.json``.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        image, box = settings['input'], settings['box']
        self.size = int(image['width']), int(image['height'])
        self.padding = float(box['padding'])
        self.udp = bool(box['udp'])
        self.standardize = bool(image['standardize'])
        self.reverse = image['channels'] == 'RGB'
        self.mean = np.array(image['mean'], np.float32)
        self.std = np.array(image['std'], np.float32)

    def place(self, box: np.ndarray) -> Crop:
        """Find the crop of a box (4,), x1, y1, x2, y2 in image px."""
        box = np.asarray(box, np.float32)
        scale = (box[2:] - box[:2]) * self.padding
        width, height = scale
        ratio = self.size[0] / self.size[1]
        if width > height * ratio:
            scale = np.stack([width, width / ratio])
        else:
            scale = np.stack([height * ratio, height])
        return Crop((box[2:] + box[:2]) * 0.5, scale.astype(np.float32))

    def cut(self, image: np.ndarray, crop: Crop) -> np.ndarray:
        """Cut a crop out of an image.

        Args:
            image (np.ndarray): (H, W, 3) uint8, BGR.
            crop (Crop): Where.

        Returns:
            np.ndarray: (3, height, width) float32, as the network wants it.
        """
        matrix = self._udp(crop) if self.udp else self._affine(crop)
        pixels = cv2.warpAffine(
            image, matrix, self.size, flags=cv2.INTER_LINEAR
        )
        if self.standardize:
            pixels = _standardize(pixels)
        if self.reverse:
            pixels = pixels[..., ::-1]
        values = (pixels.astype(np.float32) - self.mean) / self.std
        return np.ascontiguousarray(values.transpose(2, 0, 1))

    def to_image(
        self, points: np.ndarray, crops: Sequence[Crop]
    ) -> np.ndarray:
        """Map points (N, K, 2), px of the crops, to image px."""
        scale = np.stack([crop.scale for crop in crops])[:, None]
        center = np.stack([crop.center for crop in crops])[:, None]
        points = np.asarray(points, np.float64)
        return points / self.size * scale + center - 0.5 * scale

    def _affine(self, crop: Crop) -> np.ndarray:
        """Map centre onto centre, and the left edge onto the left edge."""
        width, height = self.size
        source = np.zeros((3, 2), np.float32)
        source[0] = crop.center
        source[1] = crop.center + np.array([crop.scale[0] * -0.5, 0.0])
        target = np.zeros((3, 2), np.float32)
        target[0] = width * 0.5, height * 0.5
        target[1] = 0.0, height * 0.5
        for points in (source, target):
            x, y = points[0] - points[1]
            points[2] = points[1] + np.array([-y, x])
        return cv2.getAffineTransform(source, target)

    def _udp(self, crop: Crop) -> np.ndarray:
        """Map the first pixel's centre onto that of the crop, and the last."""
        factor = (np.array(self.size) - 1) / crop.scale
        shift = factor * (0.5 * crop.scale - crop.center)
        return np.array(
            [[factor[0], 0, shift[0]], [0, factor[1], shift[1]]], np.float32
        )


def _standardize(image: np.ndarray) -> np.ndarray:
    """Give each channel of (H, W, 3) mean zero and variance one."""
    offset = image - image.mean(axis=(0, 1), dtype=np.float64)
    deviation = np.sqrt((offset**2).mean(axis=(0, 1)))
    return (offset / np.where(deviation > 0, deviation, 1)).astype(np.float32)
