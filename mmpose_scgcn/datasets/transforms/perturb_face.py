"""Test faces that are turned or covered, and boxes that miss them."""

import zlib

from mmpose_scgcn.registry import TRANSFORMS

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from .colors import fitting_color


@TRANSFORMS.register_module()
class PerturbFace(BaseTransform):
    """Cover the face, turn it, shift its box: the same every time.

    For measuring how a model stands up to faces that are turned in the
    plane, to boxes that are off and to occlusion. The image itself is
    turned, with its keypoints, so that MMPose's way back to the image, which
    knows no rotation, stays exact. What is drawn at random depends on the
    annotation's ``id`` alone: every model sees the same.

    The occlusion is one rectangle of one random colour within the box, its
    aspect ratio between 0.4 and 2.5 as far as the box allows.

    Comes after ``LoadImage`` and before ``GetBBoxCenterScale``. Modified
    keys: ``img``, ``keypoints`` (1, K, 2), and ``bbox`` (1, 4) or
    ``bbox_center`` (1, 2), image px.

    Args:
        rotation (float): Angle of the rotation, degrees. Defaults to 0.
        shift (float): Length of the shift, as a fraction of the box's
            longer side. Defaults to 0.
        occlusion (float): Area of the rectangle, as a fraction of the box's.
            Defaults to 0.

    Raises:
        ValueError: Values out of range.
    """

    def __init__(
        self, rotation: float = 0.0, shift: float = 0.0, occlusion: float = 0.0
    ) -> None:
        if not (
            0 <= rotation <= 180 and 0 <= shift < np.inf and 0 <= occlusion < 1
        ):
            raise ValueError(
                'expected rotation in [0, 180], shift >= 0 and occlusion in '
                f'[0, 1), got {rotation}, {shift} and {occlusion}'
            )
        self.rotation = rotation
        self.shift = shift
        self.occlusion = occlusion

    def transform(self, results: dict) -> dict:
        """Cover and turn the image and shift the box.

        Args:
            results (dict): With ``id``, ``img``, ``keypoints`` and ``bbox``.

        Returns:
            dict: The same, changed.
        """
        rng = np.random.default_rng(_seed(results['id']))
        sign, direction = rng.choice([-1, 1]), rng.uniform(0, 2 * np.pi)
        box = results['bbox'][0]
        center = results.get('bbox_center', (box[None, :2] + box[2:]) / 2)[0]
        matrix = cv2.getRotationMatrix2D(
            tuple(map(float, center)), sign * self.rotation, 1.0
        )
        image = self._cover(results['img'], box, rng)
        height, width = image.shape[:2]
        results['img'] = cv2.warpAffine(image, matrix, (width, height))
        keypoints = results['keypoints'].copy()
        turned = keypoints[..., :2] @ matrix[:, :2].T + matrix[:, 2]
        keypoints[..., :2] = turned.astype(keypoints.dtype)
        results['keypoints'] = keypoints
        length = self.shift * max(box[2:] - box[:2])
        step = length * np.array([np.cos(direction), np.sin(direction)])
        step = step.astype(np.float32)
        results['bbox'] = results['bbox'] + np.tile(step, 2)
        if 'bbox_center' in results:
            results['bbox_center'] = results['bbox_center'] + step
        return results

    def _cover(
        self, image: np.ndarray, box: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Cover a part of the box in a copy of the image."""
        if not self.occlusion:
            return image
        size = box[2:] - box[:2]
        ratio = np.exp(rng.uniform(*np.log([0.4, 2.5])))
        # Wide or high as it is drawn, but within the box.
        share = np.sqrt(self.occlusion * np.array([ratio, 1 / ratio]))
        share = np.clip(share, self.occlusion, 1)
        start = box[:2] + rng.random(2) * (1 - share) * size
        ends = np.rint([start, start + share * size]).astype(int)
        (left, top), (right, bottom) = np.maximum(ends, 0)
        color = rng.integers(0, 256, 3, dtype=np.uint8)
        image = image.copy()
        image[top:bottom, left:right] = fitting_color(image, color)
        return image

    def __repr__(self) -> str:
        """Show the arguments."""
        return (
            f'{type(self).__name__}(rotation={self.rotation}, '
            f'shift={self.shift}, occlusion={self.occlusion})'
        )


def _seed(id_: int | str) -> int:
    """Make a seed of an annotation's id: itself, or a checksum of its text."""
    if isinstance(id_, str) or id_ < 0:
        return zlib.crc32(str(id_).encode())
    return int(id_)
